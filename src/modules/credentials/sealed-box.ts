import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { Keyring } from './keyring.ts';

/** Where a secret belongs. Every field is bound into the seal: a ciphertext moved elsewhere does not open. */
export interface SealContext {
  table: string;
  column: string;
  tenantId: string;
  /** `user:<id>`, `project:<id>`, or `member:["<project>","<user>"]`. */
  owner: string;
  rowId: string;
  /** The canonical URL the secret may be sent to, or `-` for a secret that is sent nowhere. */
  url: string;
}

/** Why a sealed text did not open. */
export type SealFault = 'SEALED_FORMAT' | 'UNKNOWN_KEY_ID' | 'OPEN_FAILED' | 'CONTEXT_INCOMPLETE';

/** A sealed text could not be opened, or not be made. Carries neither text nor key. */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly code: SealFault;

  constructor(code: SealFault) {
    super(code);
    this.code = code;
  }
}

const VERSION = 'mc1';
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^mc1\.([a-z0-9][a-z0-9-]{0,31})\.([A-Za-z0-9_-]+)$/;

/** Each field with its length in front, so that no two contexts make the same bytes. */
function additionalData(keyId: string, context: SealContext): Buffer {
  const { table, column, tenantId, owner, rowId, url } = context;
  const parts: Buffer[] = [];
  for (const field of [VERSION, keyId, table, column, tenantId, owner, rowId, url]) {
    // Lone surrogates would all become the same bytes.
    if (field === '' || !field.isWellFormed()) throw new SealError('CONTEXT_INCOMPLETE');
    const bytes = Buffer.from(field);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}

/**
 * A fresh AES key for every message (RFC 5869), so that the bound of 2^32 random 96-bit nonces under one key
 * (NIST SP 800-38D, 8.3) is never near.
 */
function deriveKey(root: KeyObject, salt: Buffer, keyId: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, salt, `${VERSION}|${keyId}|seal`, 32));
}

/**
 * AES-256-GCM at rest. Text form: `mc1.<key id>.<base64url(salt 16 | nonce 12 | ciphertext | tag 16)>`.
 */
export class SealedBox {
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    const { activeKeyId, keys, wrapped } = keyring;
    if (!keys.has(activeKeyId) && wrapped?.has(activeKeyId) !== true) {
      throw new SealError('UNKNOWN_KEY_ID');
    }
    this.#keyring = keyring;
  }

  /** Ids of the keys that open, or will once the key service has unwrapped them. */
  get keyIds(): string[] {
    const { keys, wrapped = new Map<string, string>() } = this.#keyring;
    return [...keys.keys(), ...wrapped.keys()];
  }

  /** Id of the key that seals. */
  get activeKeyId(): string {
    return this.#keyring.activeKeyId;
  }

  /**
   * Seals with the active key; never gives the same text twice.
   * @throws SealError `UNKNOWN_KEY_ID` while that key is wrapped; `CONTEXT_INCOMPLETE` on a field of the context that is empty or not well-formed Unicode.
   */
  seal(plaintext: string, context: SealContext): string {
    const keyId = this.#keyring.activeKeyId;
    const root = this.#keyring.keys.get(keyId);
    if (root === undefined) throw new SealError('UNKNOWN_KEY_ID');
    const data = additionalData(keyId, context);
    const salt = randomBytes(SALT_BYTES);
    const nonce = randomBytes(NONCE_BYTES);
    const key = deriveKey(root, salt, keyId);
    try {
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(data);
      const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      const body = Buffer.concat([salt, nonce, ciphertext, cipher.getAuthTag()]);
      return `${VERSION}.${keyId}.${body.toString('base64url')}`;
    } finally {
      key.fill(0);
    }
  }

  /**
   * Opens a sealed text at the moment of use.
   * @throws SealError when the text is damaged, its key is not on the keyring, or it belongs to another context.
   */
  open(sealed: string, context: SealContext): string {
    const { keyId, body } = parseSealed(sealed);
    const root = this.#keyring.keys.get(keyId);
    if (root === undefined) throw new SealError('UNKNOWN_KEY_ID');
    const data = additionalData(keyId, context);
    const key = deriveKey(root, body.subarray(0, SALT_BYTES), keyId);
    try {
      const nonce = body.subarray(SALT_BYTES, SALT_BYTES + NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(data);
      decipher.setAuthTag(body.subarray(-TAG_BYTES));
      const ciphertext = body.subarray(SALT_BYTES + NONCE_BYTES, -TAG_BYTES);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
    } catch {
      throw new SealError('OPEN_FAILED');
    } finally {
      key.fill(0);
    }
  }

  /**
   * HMAC-SHA256 of the text in hex under each key, the active one first: tells whether a text is the same as an earlier
   * one, but nothing to somebody who only has the database and guesses.
   */
  fingerprints(text: string): string[] {
    const { activeKeyId, keys } = this.#keyring;
    // Wrapped ones came to the map later.
    const activeFirst = [...keys].sort(
      ([a], [b]) => Number(b === activeKeyId) - Number(a === activeKeyId),
    );
    return activeFirst.map(([id, root]) => {
      const key = Buffer.from(hkdfSync('sha256', root, '', `${VERSION}|${id}|fingerprint`, 32));
      return createHmac('sha256', key).update(text).digest('hex');
    });
  }
}

function parseSealed(sealed: string): { keyId: string; body: Buffer } {
  const match = SEALED.exec(sealed);
  const keyId = match?.[1];
  const base64 = match?.[2];
  if (keyId === undefined || base64 === undefined) throw new SealError('SEALED_FORMAT');
  const body = Buffer.from(base64, 'base64url');
  // Two spellings of the same bytes must not both be valid.
  if (body.length < SALT_BYTES + NONCE_BYTES + TAG_BYTES || body.toString('base64url') !== base64) {
    throw new SealError('SEALED_FORMAT');
  }
  return { keyId, body };
}
