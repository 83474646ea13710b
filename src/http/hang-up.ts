import type { ServerResponse } from 'node:http';
import { Cancelled } from '../lib/cancelled.ts';

/** A signal that aborts when the client leaves before its answer is complete. */
export function hangUpSignal({ raw }: { raw: ServerResponse }): AbortSignal {
  const controller = new AbortController();
  const onClose = () => {
    if (!raw.writableFinished) controller.abort(new Cancelled());
  };
  if (raw.destroyed) onClose();
  else raw.once('close', onClose);
  return controller.signal;
}
