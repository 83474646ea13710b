import type { OutgoingHttpHeaders } from 'node:http';
import fastifyHelmet from '@fastify/helmet';
import type { FastifyReply } from 'fastify';
import fp from 'fastify-plugin';

/**
 * Security headers for an API: nothing may be framed, and no answer may load anything.
 * The page of the documentation states its own policy (docs.ts).
 */
export const securityHeaders = fp(
  async (app) => {
    await app.register(fastifyHelmet, {
      // It would build all policies anew for each request, for a fifth of what a kept list costs.
      global: false,
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
    let headers: OutgoingHttpHeaders | undefined;
    app.addHook('onRequest', (_request, reply, done) => {
      headers ??= headersOfHelmet(reply);
      reply.headers(headers);
      done();
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

/** What helmet answers every request with. It writes past Fastify, so that is taken back: routes have the last word. */
function headersOfHelmet(reply: FastifyReply): OutgoingHttpHeaders {
  const { raw } = reply;
  const others = new Set(raw.getHeaderNames());
  reply.helmet();
  const own = Object.entries(raw.getHeaders()).filter(([name]) => !others.has(name));
  for (const [name] of own) raw.removeHeader(name);
  return Object.fromEntries(own);
}
