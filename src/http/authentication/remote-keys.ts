import {
  createRemoteJWKSet,
  customFetch,
  errors,
  exportSPKI,
  type FetchImplementation,
} from 'jose';
import type { Clock } from '../../lib/clock.ts';

/** The algorithms a key set may be pinned to. All are asymmetric: a public key can never serve as a shared secret. */
export type RemoteAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA';

/** Where {@link RemoteKeys} come from, and how they are fetched. */
export interface RemoteKeysOptions {
  /** Where the identity provider publishes its key set (RFC 7517). */
  url: URL;
  algorithm: RemoteAlgorithm;
  /** How the key set is fetched; the composition root gives the guarded one. */
  fetch: FetchImplementation;
  clock: Pick<Clock, 'monotonic'>;
  /** Called, for the log, each time the key set could not be fetched. */
  onFailure: (error: unknown) => void;
}

/** The key set could not be fetched, and there is none to fall back on. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** The key set holds no key of the token's kind. */
export class UnknownKey extends Error {
  override readonly name = 'UnknownKey';
}

/** After this time a key set is fetched again, so that a revoked key stops working. */
const REFRESH_AFTER_MS = 10 * 60_000;
/** An unknown key id fetches the key set at once, but not more often than this, or anybody could make us do it. */
const COOLDOWN_MS = 30_000;
/** The same while there is no key set at all, when every request is refused. */
const FIRST_COOLDOWN_MS = 1_000;
/** During an outage of the identity provider its last key set is believed for so long. */
const BELIEVE_FOR_MS = 24 * 60 * 60_000;
const FETCH_TIMEOUT_MS = 5_000;

/** The public keys of an identity provider: fetched when needed, kept, and renewed when keys rotate. */
export class RemoteKeys {
  readonly #options: RemoteKeysOptions;
  readonly #keySet: ReturnType<typeof createRemoteJWKSet>;
  readonly #pems = new WeakMap<object, Promise<string>>();
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(options: RemoteKeysOptions) {
    this.#options = options;
    this.#keySet = createRemoteJWKSet(options.url, {
      [customFetch]: options.fetch,
      timeoutDuration: FETCH_TIMEOUT_MS,
      // When to fetch is decided here: jose would fetch for every request while the provider is down.
      cacheMaxAge: Number.POSITIVE_INFINITY,
      cooldownDuration: Number.POSITIVE_INFINITY,
    });
  }

  /** The one algorithm that is accepted. */
  get algorithm(): RemoteAlgorithm {
    return this.#options.algorithm;
  }

  /**
   * The public key a token names, as PEM.
   * @throws UnknownKey when the provider has no such key.
   * @throws KeysUnavailable when the key set cannot be had.
   */
  async getKey(kid: string | undefined): Promise<string> {
    if (this.#age(this.#fetchedAt) > REFRESH_AFTER_MS) await this.#refresh();
    if (this.#age(this.#fetchedAt) > BELIEVE_FOR_MS) throw new KeysUnavailable();
    const known = await this.#findKey(kid);
    if (known !== undefined) return known;
    await this.#refresh();
    const fresh = await this.#findKey(kid);
    if (fresh === undefined) throw new UnknownKey();
    return fresh;
  }

  #age(since: number): number {
    return this.#options.clock.monotonic() - since;
  }

  async #findKey(kid: string | undefined): Promise<string | undefined> {
    try {
      const header = { alg: this.algorithm, ...(kid === undefined ? {} : { kid }) };
      const key = await this.#keySet(header);
      const pem = this.#pems.get(key) ?? exportSPKI(key);
      this.#pems.set(key, pem);
      return await pem;
    } catch (error) {
      // No key fits, several do (the token names none), or the one that fits cannot be used.
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  /** Fetches the key set, unless that was tried a moment ago. Never throws: the keys at hand stay. */
  async #refresh(): Promise<void> {
    const cooldown = this.#fetchedAt === Number.NEGATIVE_INFINITY ? FIRST_COOLDOWN_MS : COOLDOWN_MS;
    if (this.#running === undefined && this.#age(this.#triedAt) > cooldown) {
      this.#triedAt = this.#options.clock.monotonic();
      this.#running = this.#fetch().finally(() => {
        this.#running = undefined;
      });
    }
    await this.#running;
  }

  async #fetch(): Promise<void> {
    try {
      await this.#keySet.reload();
      this.#fetchedAt = this.#options.clock.monotonic();
    } catch (error) {
      this.#options.onFailure(error);
    }
  }
}
