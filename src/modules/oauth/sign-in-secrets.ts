import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Identity } from '../../tenancy/caller.ts';
import { type SealContext, SealError, type SealedBox } from '../credentials/index.ts';
import type { SignInFlow } from './authorization.ts';

/** Names a sign-in to somebody who has no token: to a browser. */
export interface SignInName {
  identity: Identity;
  id: string;
}

/** What a sealed name is good for: to open the sign-in, or to come back to it. */
export type NamePurpose = 'ticket' | 'state';

/** Seals what belongs to a sign-in, and names it so that nobody can make up or change the name. */
export class SignInSecrets {
  readonly #box: Pick<SealedBox, 'seal' | 'open'>;

  constructor({ box }: { box: Pick<SealedBox, 'seal' | 'open'> }) {
    this.#box = box;
  }

  sealFlow(name: SignInName, flow: SignInFlow): string {
    return this.#box.seal(JSON.stringify(flow), flowContext(name));
  }

  /** @throws SealError */
  openFlow(name: SignInName, sealed: string): SignInFlow {
    // The seal proves that the text is the one that sealFlow wrote.
    return JSON.parse(this.#box.open(sealed, flowContext(name))) as SignInFlow;
  }

  /** Random, never the same twice, and good for one purpose. */
  sealName({ identity, id }: SignInName, purpose: NamePurpose): string {
    const parts = [identity.tenantId, identity.userId, id];
    return this.#box.seal(JSON.stringify(parts), nameContext(purpose));
  }

  /** Undefined where nobody of us made it, or for another purpose. */
  openName(sealed: string, purpose: NamePurpose): SignInName | undefined {
    try {
      const parts = JSON.parse(this.#box.open(sealed, nameContext(purpose))) as string[];
      const [tenantId = '', userId = '', id = ''] = parts;
      return { identity: { tenantId, userId }, id };
    } catch (error) {
      if (error instanceof SealError) return undefined;
      throw error;
    }
  }
}

/** 256 random bits, for a cookie or a URL. */
export function randomKey(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 in hex: what is stored of a key that only its holder is to know. */
export function keyHash(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Is this the key with that hash? */
export function isKeyOf(key: string, hash: string | undefined): boolean {
  if (hash === undefined) return false;
  const [given, expected] = [Buffer.from(keyHash(key)), Buffer.from(hash)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function flowContext({ identity: { tenantId, userId }, id }: SignInName): SealContext {
  return {
    table: 'oauth_authorizations',
    column: 'sealed',
    tenantId,
    owner: `user:${userId}`,
    rowId: id,
    url: '-',
  };
}

/** Who it belongs to stands inside. */
function nameContext(purpose: NamePurpose): SealContext {
  const nobody = { tenantId: '-', owner: '-', rowId: '-', url: '-' };
  return { table: 'oauth_authorizations', column: purpose, ...nobody };
}
