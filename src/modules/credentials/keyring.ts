import { createSecretKey, type KeyObject } from 'node:crypto';
import type { KeyService } from './key-service.ts';

/** Why a keyring was refused. Never carries a key. */
export type KeyringFault =
  | 'KEYRING_MISSING'
  | 'KEYRING_BAD_KEY_ID'
  | 'KEYRING_DUPLICATE_KEY_ID'
  | 'KEYRING_BAD_KEY'
  | 'KEYRING_WEAK_KEY'
  | 'KEYRING_REUSED_KEY';

const EXPLANATION: Record<KeyringFault, string> = {
  KEYRING_MISSING: 'no key is set',
  KEYRING_BAD_KEY_ID: 'a key id must be 1 to 32 characters of a-z, 0-9 and -',
  KEYRING_DUPLICATE_KEY_ID: 'two keys have the same id',
  KEYRING_BAD_KEY: 'a key must be exactly 32 bytes in base64',
  KEYRING_WEAK_KEY: 'a key is not random; make one with: openssl rand -base64 32',
  KEYRING_REUSED_KEY: 'two ids hold the same key',
};

/** `ENCRYPTION_KEYS` cannot be used. The message says why, without a value. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
  readonly code: KeyringFault;

  constructor(code: KeyringFault) {
    super(EXPLANATION[code]);
    this.code = code;
  }
}

/** The root keys by id. New secrets are sealed with the active one; all of them open. */
export interface Keyring {
  /** Id of the key that seals. */
  readonly activeKeyId: string;
  /** Every key that opens, 32 bytes each; the active one first. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** Keys that only a key service opens, by id, as it wrote them; they move to `keys` when it has. */
  readonly wrapped?: ReadonlyMap<string, string>;
}

/** A keyring whose wrapped keys can be opened. */
export interface LockedKeyring extends Keyring {
  readonly wrapped: ReadonlyMap<string, string>;
  /**
   * Has the service open what is wrapped. It may be called again after a failure: what is open is not asked for again.
   * @throws KeyServiceError; KeyringError where what it opened is no key
   */
  unlock(service: KeyService): Promise<void>;
}

const KEY_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;
const KEY_BYTES = 32;
/** 32 random bytes have fewer than 16 distinct values with a probability below 1e-15. */
const LEAST_DISTINCT_BYTES = 16;
/** A ciphertext of Vault's transit engine. */
const WRAPPED = /^vault:v[1-9]\d{0,9}:[A-Za-z0-9+/]{40,2000}={0,2}$/;

interface OpenKeyring {
  keys: Map<string, KeyObject>;
  wrapped: Map<string, string>;
}

function readKey(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  // Node skips characters that are not base64; only the exact spelling counts.
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== base64) {
    throw new KeyringError('KEYRING_BAD_KEY');
  }
  if (new Set(bytes).size < LEAST_DISTINCT_BYTES) throw new KeyringError('KEYRING_WEAK_KEY');
  return bytes;
}

function addPart({ keys, wrapped }: OpenKeyring, part: string): string {
  const colon = part.indexOf(':');
  const id = part.slice(0, Math.max(colon, 0)).trim();
  if (!KEY_ID.test(id)) throw new KeyringError('KEYRING_BAD_KEY_ID');
  if (keys.has(id) || wrapped.has(id)) throw new KeyringError('KEYRING_DUPLICATE_KEY_ID');
  const text = part.slice(colon + 1).trim();
  if (WRAPPED.test(text)) wrapped.set(id, text);
  else addKey(keys, id, text);
  return id;
}

function addKey(keys: Map<string, KeyObject>, id: string, base64: string): void {
  const bytes = readKey(base64);
  for (const other of keys.values()) {
    if (other.export().equals(bytes)) throw new KeyringError('KEYRING_REUSED_KEY');
  }
  keys.set(id, createSecretKey(bytes));
  bytes.fill(0);
}

/**
 * Reads `id:base64,id:vault:v1:base64`; the first key is the active one.
 * @throws KeyringError on a missing, short, weak, repeated or badly named key.
 */
export function parseKeyring(text: string | undefined): LockedKeyring {
  if (text === undefined || text.trim() === '') throw new KeyringError('KEYRING_MISSING');
  const keys = new Map<string, KeyObject>();
  const wrapped = new Map<string, string>();
  const ids = text.split(',').map((part) => addPart({ keys, wrapped }, part));
  const unlock = async (service: KeyService) => {
    for (const [id, ciphertext] of wrapped) {
      addKey(keys, id, await service.unwrap(ciphertext));
      wrapped.delete(id);
    }
  };
  // Splitting a text gives at least one part, and addPart an id or an error.
  return { activeKeyId: String(ids[0]), keys, wrapped, unlock };
}

/** What is wrong with a keyring text, for the check of the configuration; undefined where it can be used. */
export function checkKeyring(text: string): string | undefined {
  try {
    parseKeyring(text);
    return undefined;
  } catch (error) {
    if (error instanceof KeyringError) return `cannot be used: ${error.message}`;
    throw error;
  }
}
