import type { Clock } from '../../lib/clock.ts';
import { RateBudget } from '../../lib/rate-budget.ts';
import type { CallProgress, JsonObject } from './mcp-client.ts';
import { cleanText } from './untrusted-text.ts';

/** UTF-16 units of a progress message that are passed on. */
const MESSAGE_LENGTH = 1_000;
/** Notifications that are passed on at once, and each second after that. The others are left out: the next one says more. */
const RATE = { capacity: 20, perSecond: 10 } as const;

/** Makes what a server sends as progress fit to be told: checked, cleaned, and not more often than anybody can follow. */
export function readProgress(
  onProgress: (progress: CallProgress) => void,
  clock: Pick<Clock, 'monotonic'>,
): (params: JsonObject) => void {
  const budget = new RateBudget({ ...RATE, clock });
  return ({ progress, total, message }) => {
    if (!isFiniteNumber(progress) || !budget.take(1)) return;
    onProgress({
      progress,
      total: isFiniteNumber(total) ? total : undefined,
      message: typeof message === 'string' ? cleanText(message, MESSAGE_LENGTH) : undefined,
    });
  };
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
