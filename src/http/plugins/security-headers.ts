import fastifyHelmet from '@fastify/helmet';
import fp from 'fastify-plugin';

/**
 * Security headers for an API: nothing may be framed, and no answer may load anything.
 * The page of the documentation states its own policy (docs.ts).
 */
export const securityHeaders = fp(
  async (app) => {
    await app.register(fastifyHelmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      // Frontends of other origins read the API where CORS allows them to.
      crossOriginResourcePolicy: { policy: 'cross-origin' },
      referrerPolicy: { policy: 'no-referrer' },
    });
    app.addHook('onSend', async (request, reply, payload) => {
      // Answers belong to one caller; those with an ETag may be kept by the caller, and asked for again.
      const { operation, mcpEndpoint } = request.routeOptions.config;
      if ((operation !== undefined || mcpEndpoint === true) && !reply.hasHeader('cache-control')) {
        reply.header('cache-control', reply.hasHeader('etag') ? 'private, no-cache' : 'no-store');
      }
      return payload;
    });
  },
  { name: 'security-headers' },
);
