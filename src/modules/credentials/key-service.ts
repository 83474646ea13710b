/** Opens keys that were wrapped under one that never leaves it (envelope encryption). */
export interface KeyService {
  /** @returns the key in base64 @throws KeyServiceError */
  unwrap(ciphertext: string): Promise<string>;
}

/** Why a key service gave no key. */
export type KeyServiceFault =
  /** It cannot be reached, or cannot answer now: it may, later. */
  | 'UNREACHABLE'
  /** It answers that it will not: the token, the name of its key, or the wrapped key is wrong. */
  | 'REFUSED'
  /** What it says is no answer of a key service. */
  | 'UNUSABLE';

const EXPLANATION: Record<KeyServiceFault, string> = {
  UNREACHABLE: 'The key service cannot be reached, or is sealed.',
  REFUSED:
    'The key service refuses to unwrap a key of ENCRYPTION_KEYS: look at KEY_SERVICE_TOKEN, KEY_SERVICE_KEY and the wrapped key.',
  UNUSABLE: 'What answers at KEY_SERVICE_URL is no key service, or what it unwrapped is no key.',
};

/** A key service gave no key. The message is for operators, and quotes nothing. */
export class KeyServiceError extends Error {
  override readonly name = 'KeyServiceError';
  readonly code: KeyServiceFault;

  constructor(code: KeyServiceFault, options: { cause?: unknown } = {}) {
    super(EXPLANATION[code], options);
    this.code = code;
  }
}
