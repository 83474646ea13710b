import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { html } from '../../http/html.ts';
import { type BrowserService, SignInLinkInvalid } from './browser-service.ts';
import { type ClientMetadata, METADATA_PATH } from './client-metadata.ts';

/** What the pages for browsers are made of. */
export interface BrowserRoutesOptions {
  browserService: BrowserService;
  /** Undefined where authorization servers could not read it. */
  clientMetadata: ClientMetadata | undefined;
}

/** Tied to this host and to https by its prefix; browsers take `localhost` for https. */
const COOKIE = '__Host-mcp-connectors-sign-in';
/** Who looks at a link without opening it must not use it up. */
const NO_HEAD = { exposeHeadRoute: false };
/** As long as a browser may be away. */
const COOKIE_SECONDS = 600;

/**
 * Registers what a browser meets on its way to an authorization server and back. It has no token of ours: a link leads it in, a cookie
 * shows that it is the same one. It is only ever sent to the authorization server, and to pages that the operator allows.
 */
export function browserRoutes(
  app: FastifyInstance,
  { browserService, clientMetadata }: BrowserRoutesOptions,
): void {
  app.get('/oauth/authorize', NO_HEAD, async (request, reply) =>
    answering(reply, async () => {
      const ticket = parametersOf(request).get('ticket') ?? '';
      const { location, browserKey } = await browserService.leave(ticket, keyOf(request));
      // Lax: the way back is a link from another site.
      const cookie = `${COOKIE}=${browserKey}; Path=/; Max-Age=${COOKIE_SECONDS}; Secure; HttpOnly; SameSite=Lax`;
      return reply.header('set-cookie', cookie).redirect(location, 303);
    }),
  );

  app.get('/oauth/callback', NO_HEAD, async (request, reply) =>
    answering(reply, async () => {
      const location = await browserService.comeBack(parametersOf(request), keyOf(request));
      return reply.redirect(location, 303);
    }),
  );

  if (clientMetadata === undefined) return;
  app.get(METADATA_PATH, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').send(clientMetadata),
  );
}

/** As it came: parameters that are given twice have to be seen twice. */
function parametersOf({ url }: FastifyRequest): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at));
}

/** The key in the cookie, where there is exactly one of the form we give out. */
function keyOf({ headers }: FastifyRequest): string | undefined {
  const values = (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${COOKIE}=`))
    .map((pair) => pair.slice(COOKIE.length + 1));
  const [key] = values;
  return values.length === 1 && /^[\w-]{43}$/.test(key ?? '') ? key : undefined;
}

async function answering(
  reply: FastifyReply,
  answer: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store');
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof SignInLinkInvalid)) throw error;
    return reply.code(400).type('text/html; charset=utf-8').send(INVALID_PAGE);
  }
}

/** Loads nothing and leads nowhere. */
const INVALID_PAGE = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>This sign-in cannot go on · MCP Connectors</title>
</head>
<body>
<main>
<h1>This sign-in cannot go on</h1>
<p>It was started in another browser, was used already, or took longer than ten minutes. Go back to your application and start it
again there. If somebody sent you this link, do not sign in with it.</p>
</main>
</body>
</html>
`.text;
