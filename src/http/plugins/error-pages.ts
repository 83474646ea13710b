import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { AppError } from '../../errors/app-error.ts';
import { ERROR_TOPICS } from '../../errors/error-catalogue.ts';
import { errorSlug } from '../../errors/error-codes.ts';
import { jsonWeightOf, weightOf } from '../accept.ts';
import { errorResource, renderErrorIndex, renderErrorPage } from '../error-documents.ts';
import { ERROR_PAGE_STYLE } from '../error-page-style.ts';
import { entityTag, matchesNone } from '../etag.ts';

/** The pages load nothing, and style themselves with the one stylesheet that has this hash. */
const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(ERROR_PAGE_STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * `GET /errors`, the catalogue of error codes, and `GET /errors/:slug`, the page that the `type` of a problem leads to:
 * HTML, or JSON where the client likes that better. Public, and served whatever state the service is in.
 */
export const errorPages = fp(
  async (app) => {
    const codes = ERROR_TOPICS.flatMap((topic) => topic.codes);
    const index = represent(renderErrorIndex(), { items: codes.map(errorResource) });
    const pages = new Map(
      codes.map((code) => [errorSlug(code), represent(renderErrorPage(code), errorResource(code))]),
    );
    app.get('/errors', async (request, reply) => send(request, reply, index));
    app.get<{ Params: { slug: string } }>('/errors/:slug', async (request, reply) => {
      const found = pages.get(request.params.slug);
      if (found === undefined) throw new AppError('NOT_FOUND', { detail: UNKNOWN_CODE });
      return send(request, reply, found);
    });
  },
  { name: 'error-pages' },
);

const UNKNOWN_CODE =
  'There is no error with this code. See /errors for all of them; addresses are in lower case, with hyphens.';

/** One form of a document. */
interface Representation {
  readonly mediaType: string;
  readonly text: string;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The forms of a document, the preferred one first. */
type Representations = readonly [html: Representation, json: Representation];

function represent(page: string, resource: unknown): Representations {
  const json = JSON.stringify(resource);
  return [
    {
      mediaType: 'text/html',
      text: page,
      etag: etagOf(page),
      headers: { 'content-security-policy': PAGE_POLICY },
    },
    { mediaType: 'application/json', text: json, etag: etagOf(json), headers: {} },
  ];
}

function etagOf(text: string): string {
  return entityTag(createHash('sha256').update(text).digest('hex').slice(0, 32));
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  [html, json]: Representations,
): FastifyReply {
  const { accept, 'if-none-match': ifNoneMatch } = request.headers;
  const isJson = jsonWeightOf(accept) > weightOf(accept, html.mediaType);
  const { mediaType, text, etag, headers } = isJson ? json : html;
  const vary = reply.getHeader('vary');
  reply
    .headers(headers)
    .header('cache-control', 'public, max-age=300')
    .header('etag', etag)
    .header('vary', vary === undefined ? 'Accept' : `${String(vary)}, Accept`);
  if (matchesNone(ifNoneMatch, etag)) return reply.code(304).send();
  return reply.type(`${mediaType}; charset=utf-8`).send(text);
}
