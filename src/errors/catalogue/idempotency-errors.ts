import type { ErrorCode } from '../error-codes.ts';
import type { ErrorExplanation } from './error-explanation.ts';

/** Errors of requests with an `Idempotency-Key`. */
export const IDEMPOTENCY_ERRORS = {
  IDEMPOTENCY_KEY_REUSED: {
    retryable: false,
    cause: [
      'The same `Idempotency-Key` came within an hour with another body or path. Nothing ran.',
    ],
    shown:
      'This Idempotency-Key belongs to a different request. Use a new key, or repeat the first request unchanged.',
    user: [
      'Make a new key, such as a random UUID, for everything a user does.',
      'For a retry send exactly what was sent first, and the same key.',
    ],
    operator: ['Nothing: this is a fault of the client.'],
  },
  IDEMPOTENCY_IN_PROGRESS: {
    retryable: true,
    cause: [
      'The first request with this key still runs; a tool call may take a minute.',
      'The service stopped, or could not keep the answer, while a tool call ran. Whether the tool ran is unknown, so the key stays taken for an hour. A create gives its key back after two minutes.',
    ],
    shown:
      'The first request with this Idempotency-Key is still in progress. Wait a moment, then send it again.',
    user: [
      'Wait for the seconds in `Retry-After`, then send the same request with the same key: it gets the answer of the first one.',
      'Where it does not end, find out whether the tool ran before you call it with a new key.',
    ],
    operator: [
      'Look for a replica that was killed, and in the log for `the answer of an Idempotency-Key is lost`.',
    ],
  },
  IDEMPOTENCY_NOT_REPLAYABLE: {
    retryable: false,
    cause: [
      'The first request with this key was served, and its answer was larger than 64 KB. Such answers are not kept. Nothing ran again.',
    ],
    shown:
      'The request was served already, but its answer was too large to keep. Look at its effect before you send it with a new key.',
    user: [
      'Do not repeat it blindly: it was done. Look at what it did, or use a new key where doing it twice does no harm.',
      'Ask the tool for less, such as fewer results in a page.',
    ],
    operator: [
      'Nothing: the limit is fixed. Longer timeouts between client and service make the loss of an answer rarer.',
    ],
  },
} satisfies Partial<Record<ErrorCode, ErrorExplanation>>;
