import { always, type Behaviours, early, type Handler, on, onTools } from './behaviour.ts';

function status(code: number, headers: Record<string, string> = {}): Handler {
  return ({ response }) =>
    response.writeHead(code, { 'content-type': 'text/plain', ...headers }).end('upstream text');
}

/** Refuses with one status. */
const PLAIN = [304, 400, 401, 403, 404, 405, 406, 407, 408, 410, 425, 429, 451, 500, 501, 502, 503];

const METADATA = 'http://169.254.169.254/latest/meta-data';

function redirects(code: number): Behaviours {
  return {
    ...early(`${code}-to-metadata`, status(code, { location: METADATA })),
    ...early(`${code}-to-neighbour`, ({ neighbour, response }) =>
      response.writeHead(code, { location: `${neighbour}/mcp` }).end(),
    ),
  };
}

/** Refusals by status, and redirects. */
export const STATUSES: Behaviours = {
  ...Object.assign({}, ...PLAIN.map((code) => early(String(code), status(code)))),
  ...early('401-with-metadata', ({ neighbour, response }) => {
    const metadata = `${neighbour}/.well-known/oauth-protected-resource/mcp`;
    const challenge = `Bearer error="invalid_token", resource_metadata="${metadata}"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end('upstream text');
  }),
  ...early(
    '403-insufficient-scope',
    status(403, { 'www-authenticate': 'Bearer error="insufficient_scope", scope="admin"' }),
  ),
  ...Object.assign({}, ...[301, 302, 303, 307, 308].map(redirects)),
  'redirect-to-itself': always(({ request, response }) =>
    response.writeHead(308, { location: request.url ?? '' }).end(),
  ),
  'redirect-to-nowhere': always(status(302)),
  /** 502 to the first request, then as it should be. */
  '502-then-fine': {
    dialects: ['legacy', 'modern', 'sse'],
    handler: () => (exchange) => (exchange.count === 1 ? status(502)(exchange) : exchange.behave()),
  },
  '500-on-discover': on('server/discover', status(500), ['legacy']),
  '404-on-initialized': on('notifications/initialized', status(404), ['legacy', 'sse']),
  '500-on-message': onTools(status(500), ['sse']),
  '404-on-message': onTools(status(404), ['sse']),
  '307-on-message': onTools(status(307, { location: METADATA }), ['sse']),
  /** The status says it all, and a body follows that never ends. */
  ...early('404-endless-body', ({ response }) => {
    response.writeHead(404, { 'content-type': 'application/json' });
    const more = () => response.write(' '.repeat(64 * 1024), () => !response.destroyed && more());
    more();
  }),
  ...early('404-hang-in-body', ({ response, stall }) => {
    response.writeHead(404, { 'content-type': 'application/json' }).write('{');
    stall();
  }),
  ...early('401-hang-in-body', ({ response }) => {
    response.writeHead(401, { 'content-type': 'application/json' }).write('{');
  }),
};
