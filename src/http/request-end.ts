import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How a request ended. */
export interface RequestEnd {
  request: FastifyRequest;
  /** 499 where the client left before the answer was complete, as proxies log it. */
  status: number;
  /** Since its headers arrived. */
  durationMs: number;
}

const CLIENT_LEFT = 499;

/**
 * Tells of every request once, when its answer is complete or its client has left. Fastify's `onResponse` alone would
 * miss the latter.
 */
export function onRequestEnd(app: FastifyInstance, listener: (end: RequestEnd) => void): void {
  const startedAt = new WeakMap<FastifyRequest, number>();
  const end = (request: FastifyRequest, status: number) => {
    const start = startedAt.get(request);
    if (start === undefined) return;
    startedAt.delete(request);
    listener({ request, status, durationMs: performance.now() - start });
  };
  app.addHook('onRequest', async (request, reply) => {
    startedAt.set(request, performance.now());
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) end(request, CLIENT_LEFT);
    });
  });
  app.addHook('onResponse', async (request, reply) => end(request, reply.statusCode));
}
