import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';

/** How long a token that Gmail took is not asked about again. Calls find out by themselves. */
const GOOD_MS = 5 * 60_000;
const MAX_TOKENS = 10_000;

/** Which tokens Gmail took lately, by their hash, so that not every request has to be asked twice. */
export class TokenChecks {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Hash of a token, and until when it counts as good; the oldest first. */
  readonly #good = new Map<string, number>();

  constructor({ clock }: { clock: Pick<Clock, 'monotonic'> }) {
    this.#clock = clock;
  }

  isKnown(token: string): boolean {
    return (this.#good.get(hashOf(token)) ?? 0) > this.#clock.monotonic();
  }

  remember(token: string): void {
    const key = hashOf(token);
    this.#good.delete(key);
    this.#good.set(key, this.#clock.monotonic() + GOOD_MS);
    const [oldest] = this.#good.keys();
    if (this.#good.size > MAX_TOKENS && oldest !== undefined) this.#good.delete(oldest);
  }

  forget(token: string): void {
    this.#good.delete(hashOf(token));
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
