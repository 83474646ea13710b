import fp from 'fastify-plugin';
import { AppError } from '../../errors/app-error.ts';
import type { Readiness } from '../readiness.ts';

/** What {@link readinessGate} asks before an operation. */
export interface ReadinessGateOptions {
  readiness: Pick<Readiness, 'blockers' | 'stopping'>;
}

const RETRY_AFTER_SECONDS = 5;

/**
 * Refuses operations that could only fail: while a blocking check fails (the database lacks a migration), and for
 * requests that still arrive over an open connection after the service was told to stop.
 */
export const readinessGate = fp<ReadinessGateOptions>(
  async (app, { readiness }) => {
    let closing = false;
    app.addHook('preClose', async () => {
      closing = true;
    });
    app.addHook('onSend', async (_request, reply, payload) => {
      // A connection that is kept alive would hold up the end of the service until it times out.
      if (closing) reply.header('connection', 'close');
      return payload;
    });
    app.addHook('onRequest', async (request) => {
      const { operation, mcpEndpoint } = request.routeOptions.config;
      if (operation === undefined && mcpEndpoint !== true) return;
      if (closing) {
        throw new AppError('NOT_READY', {
          detail: 'This instance of the service is stopping. Send the request again.',
          retryAfterSeconds: 1,
        });
      }
      const blockers = await readiness.blockers();
      if (blockers.length > 0) {
        throw new AppError('NOT_READY', {
          detail: `The service waits for: ${blockers.join(', ')}. Try again in a few seconds; /readyz tells operators more.`,
          retryAfterSeconds: RETRY_AFTER_SECONDS,
        });
      }
    });
  },
  { name: 'readiness-gate' },
);
