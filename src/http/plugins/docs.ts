import fastifySwagger, { type StaticDocumentSpec } from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';

/** What {@link docs} shows. */
export interface DocsOptions {
  /** The OpenAPI document to show. */
  document: Readonly<Record<string, unknown>>;
}

/**
 * Only files of the service itself, and the API as the page's only peer. The page styles elements from scripts,
 * which needs no exception; its stylesheets embed pictures as data. No `upgrade-insecure-requests`: it would break
 * the page on http://localhost.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `GET /openapi.json`, the contract, and `GET /docs`, a page that shows it and can try it. */
export const docs = fp<DocsOptions>(
  async (app, { document }) => {
    // Static: the contract is the source, never what happens to be registered.
    await app.register(fastifySwagger, {
      mode: 'static',
      // The generator and the linter have checked what this type asks for.
      specification: { document: document as unknown as StaticDocumentSpec['document'] },
    });
    await app.register(fastifySwaggerUi, {
      routePrefix: '/docs',
      staticCSP: PAGE_POLICY,
      uiConfig: { deepLinking: true, persistAuthorization: false, tryItOutEnabled: true },
    });
    const text = JSON.stringify(document);
    app.get('/openapi.json', async (_request, reply) =>
      reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache').send(text),
    );
  },
  { name: 'docs' },
);
