import { OutboundError } from './outbound-error.ts';

/** Ends with the work, or with the signal's reason as soon as it fires, whatever the work does then. */
export function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const settled = () => signal.removeEventListener('abort', onAbort);
    work.finally(settled).then(resolve, reject);
  });
}

/**
 * Runs an attempt to connect that ends when its time is over or `closing` fires. The attempt gets a signal for that, on which it
 * has to close what it opened.
 * @throws OutboundError CONNECT_FAILED then; what the attempt throws otherwise
 */
export async function withTimeLimit<Result>(
  attempt: (signal: AbortSignal) => Promise<Result>,
  { milliseconds, closing }: { milliseconds: number; closing?: AbortSignal | undefined },
): Promise<Result> {
  const ending = new AbortController();
  const end = () =>
    ending.abort(new OutboundError('CONNECT_FAILED', 'No connection was made in time.'));
  if (closing?.aborted === true) end();
  const timer = setTimeout(end, milliseconds);
  closing?.addEventListener('abort', end, { once: true });
  try {
    ending.signal.throwIfAborted();
    return await unlessAborted(attempt(ending.signal), ending.signal);
  } finally {
    clearTimeout(timer);
    closing?.removeEventListener('abort', end);
  }
}
