import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Clock } from '../../lib/clock.ts';
import { startDeadline } from '../../lib/deadline.ts';
import { tryParseJson } from '../../lib/try-parse-json.ts';
import { type KeyService, KeyServiceError } from './key-service.ts';

/** Where the key service is, and how it is asked. */
export interface TransitKeyServiceOptions {
  /** Of the engine's mount, without a slash at its end. */
  url: string;
  /** Name of the key there. */
  key: string;
  token: string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  clock: Pick<Clock, 'sleep'>;
}

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_CHARACTERS = 64 * 1024;
const TOO_MANY_REQUESTS = 429;
const Decrypted = Type.Object({ data: Type.Object({ plaintext: Type.String() }) });

/**
 * Vault's transit engine, or what has its API: `POST <mount>/decrypt/<key>` with `{"ciphertext"}` answers `{"data": {"plaintext"}}`, in base64
 * (https://developer.hashicorp.com/vault/api-docs/secret/transit#decrypt-data). A standby or sealed one answers 429 and 503.
 */
export class TransitKeyService implements KeyService {
  readonly #options: TransitKeyServiceOptions;

  constructor(options: TransitKeyServiceOptions) {
    this.#options = options;
  }

  async unwrap(ciphertext: string): Promise<string> {
    const { status, text } = await this.#ask(ciphertext);
    if (status === TOO_MANY_REQUESTS || status >= 500) throw new KeyServiceError('UNREACHABLE');
    if (status >= 400) throw new KeyServiceError('REFUSED');
    if (status !== 200) throw new KeyServiceError('UNUSABLE');
    return parse(text).data.plaintext;
  }

  async #ask(ciphertext: string): Promise<{ status: number; text: string }> {
    const { url, key, token, fetch, clock } = this.#options;
    const deadline = startDeadline(clock, TIMEOUT_MS);
    try {
      const response = await fetch(`${url}/decrypt/${encodeURIComponent(key)}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-vault-token': token,
          'x-vault-request': 'true',
        },
        body: JSON.stringify({ ciphertext }),
        signal: deadline.signal,
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw new KeyServiceError('UNREACHABLE', { cause });
    } finally {
      deadline.release();
    }
  }
}

/** The text may hold the key, so nothing of it gets into an error. */
function parse(text: string): Static<typeof Decrypted> {
  const answer = text.length <= MAX_ANSWER_CHARACTERS ? tryParseJson(text) : undefined;
  if (Value.Check(Decrypted, answer)) return answer;
  throw new KeyServiceError('UNUSABLE');
}
