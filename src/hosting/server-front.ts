import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerWith, forward } from './forward.ts';
import type { HostLogger } from './hosted-server.ts';
import type { Upstream } from './loopback.ts';
import type { SessionCount } from './session-count.ts';

/** A server, as the front sees it. */
export interface FrontedServer {
  /** Undefined while it is not up. */
  readonly upstream: Upstream | undefined;
  readonly sessions: SessionCount;
  /** Is that its secret? Takes the same time for all. */
  accepts(bearer: string): boolean;
}

/** What a {@link ServerFront} needs. */
export interface ServerFrontDeps {
  /** @param path of a request, as it was sent, without a query */
  find: (path: string) => FrontedServer | undefined;
  logger: Pick<HostLogger, 'warn'>;
}

const METHODS = ['GET', 'POST', 'DELETE'];
/** Soon: it may be starting. */
const RETRY_SECONDS = '2';

/** Stands in front of servers: asks for the secret of each, and lets nobody through who does not have it. */
export class ServerFront {
  readonly #find: ServerFrontDeps['find'];
  readonly #logger: ServerFrontDeps['logger'];

  constructor({ find, logger }: ServerFrontDeps) {
    this.#find = find;
    this.#logger = logger;
  }

  /**
   * Answers a request: 404 where no server is, 401 without its secret, 503 while it is not up, 502 where it hung up, 405 and 413 for what no
   * server takes; else what the server says.
   */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const server = this.#find(request.url ?? '');
    const refusal = refusalOf(request, server);
    if (refusal !== undefined) answerWith(response, refusal.status, refusal.headers);
    else if (server?.upstream !== undefined) {
      this.#pass(server.upstream, server.sessions, request, response);
    }
  }

  #pass(
    upstream: Upstream,
    sessions: SessionCount,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const header = request.headers['mcp-session-id'];
    const session = typeof header === 'string' ? header : undefined;
    const end = session === undefined ? sessions.begin() : () => {};
    response.once('close', end);
    forward(upstream, request, response, {
      onAnswer: (status, begun) => {
        if (begun !== undefined && status < 300) sessions.used(begun);
        if (session === undefined) return;
        if (status === 404 || (request.method === 'DELETE' && status < 300))
          sessions.ended(session);
        else sessions.used(session);
      },
      onFailure: (error) => this.#logger.warn({ err: error }, 'a managed server did not answer'),
    });
  }
}

/** Why a request does not reach its server; undefined where it may. */
function refusalOf(
  { headers, method }: IncomingMessage,
  server: FrontedServer | undefined,
): { status: number; headers?: Record<string, string> } | undefined {
  if (server === undefined) return { status: 404 };
  const [, bearer] = /^Bearer +([\w.~+/=-]{1,512})$/i.exec(headers.authorization ?? '') ?? [];
  if (bearer === undefined || !server.accepts(bearer)) {
    return { status: 401, headers: { 'www-authenticate': 'Bearer' } };
  }
  if (!METHODS.includes(method ?? ''))
    return { status: 405, headers: { allow: METHODS.join(', ') } };
  if (server.upstream !== undefined) return undefined;
  return { status: 503, headers: { 'retry-after': RETRY_SECONDS } };
}

const PATH = /^\/servers\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/mcp$/;

/** Where the front of a host has the endpoint of a server. */
export function pathOf(instanceId: string): string {
  return `/servers/${instanceId}/mcp`;
}

/** The id of the server that a path belongs to; undefined for all other paths. */
export function instanceOf(path: string): string | undefined {
  return PATH.exec(path)?.[1];
}
