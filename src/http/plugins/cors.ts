import fastifyCors from '@fastify/cors';
import fp from 'fastify-plugin';

/** Whom {@link cors} lets in. */
export interface CorsOptions {
  /** Origins of frontends that may call the API from a browser; none by default. */
  origins: readonly string[];
}

/** Lets the listed frontends, and only those, call the API and read the headers it answers with. */
export const cors = fp<CorsOptions>(
  async (app, { origins }) => {
    // Without the plugin no answer mentions CORS, and browsers keep every frontend out.
    if (origins.length === 0) return;
    await app.register(fastifyCors, {
      origin: [...origins],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: [
        'Authorization',
        'Content-Type',
        'Idempotency-Key',
        'If-Match',
        'If-None-Match',
        'Last-Event-ID',
        'MCP-Protocol-Version',
        'Mcp-Method',
        'Mcp-Name',
        'Mcp-Session-Id',
        'X-Request-Id',
      ],
      exposedHeaders: [
        'ETag',
        'Idempotency-Replayed',
        'Location',
        'Mcp-Session-Id',
        'RateLimit-Limit',
        'RateLimit-Remaining',
        'RateLimit-Reset',
        'Retry-After',
        'WWW-Authenticate',
        'X-Request-Id',
      ],
      maxAge: 600,
      // An OPTIONS request that is no preflight gets the same answer as any unknown method.
      strictPreflight: false,
    });
  },
  { name: 'cors' },
);
