import type { FastifyReply } from 'fastify';

/**
 * Runs work that is of use to nobody once its client has left.
 * @param work is told by its signal that the client has left, and throws the signal's reason then.
 * @returns undefined where the client left; there is nobody to answer.
 * @throws whatever else `work` throws.
 */
export async function untilClientLeaves<Result extends object>(
  { raw }: Pick<FastifyReply, 'raw'>,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | undefined> {
  const left = new AbortController();
  // The connection also closes after a complete answer; nobody listens to the signal any more then.
  const onClose = () => left.abort();
  if (raw.destroyed) onClose();
  else raw.once('close', onClose);
  try {
    return await work(left.signal);
  } catch (error) {
    if (left.signal.aborted && error === left.signal.reason) return undefined;
    throw error;
  } finally {
    raw.off('close', onClose);
  }
}
