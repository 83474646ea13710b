import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { TestAuthority } from '../test-certificates.ts';

/** How a server speaks: streamable HTTP with the legacy handshake or in the modern era, or legacy SSE. */
export type Dialect = 'legacy' | 'modern' | 'sse';

/** The part of a JSON-RPC message that behaviours look at; empty where the body holds none. */
export interface RpcMessage {
  id?: string | number;
  method?: string;
  params?: { [key: string]: unknown };
}

/** What a request is answered with, without its envelope. */
export type Outcome =
  | { result: { [key: string]: unknown } }
  | { error: { [key: string]: unknown } };

/** One HTTP exchange with a server of the workshop. */
export interface Exchange {
  dialect: Dialect;
  request: IncomingMessage;
  response: ServerResponse;
  message: RpcMessage;
  /** How many requests the server has seen, this one among them. */
  count: number;
  /** The event stream of the SSE dialect, once it is open. */
  stream: ServerResponse | undefined;
  /** Origin of another server, which is to see no request. */
  neighbour: string;
  /** Sends a message as the dialect does: in the response or on the event stream. Text goes out as it is. */
  send(message: unknown): void;
  /** Answers the request of this exchange. */
  reply(outcome: Outcome): void;
  /** Does what a good server does. */
  behave(): void;
  /** Says that nothing more will come: now only time ends the client's wait. */
  stall(): void;
}

/** Handles one exchange. */
export type Handler = (exchange: Exchange) => unknown;

/** One way to misbehave. Everything that is not said is as a good server does it. */
export interface Behaviour {
  /** Where it makes sense. */
  dialects: readonly Dialect[];
  /** Makes the handler of one server, with all that it remembers. */
  handler?: () => Handler;
  /** Takes over connections before any HTTP. */
  onConnection?: (socket: Socket, stall: () => void) => unknown;
  /** Nobody listens at the address. */
  closed?: boolean;
  /** Speaks TLS with what this returns. */
  tls?: (authority: TestAuthority) => Promise<TlsOptions>;
  /** Scheme in the URL. Default: what the server speaks. */
  scheme?: 'http' | 'https';
  /** Host name in the URL. Default: 127.0.0.1. */
  hostname?: string;
}

/** Named behaviours. */
export type Behaviours = Record<string, Behaviour>;

const ALL: readonly Dialect[] = ['legacy', 'modern', 'sse'];
/** A server that treats all requests alike has no era. */
const ERALESS: readonly Dialect[] = ['legacy', 'sse'];

/** Strikes at every request. */
export function always(strike: Handler, dialects: readonly Dialect[] = ERALESS): Behaviour {
  return { dialects, handler: () => strike };
}

/** Is this method called, and where the dialect has it called? */
function calls({ dialect, message, request }: Exchange, method: string): boolean {
  return message.method === method && (dialect !== 'sse' || request.url === '/messages');
}

/** Strikes where one JSON-RPC method is called. */
export function on(method: string, strike: Handler, dialects: readonly Dialect[] = ALL): Behaviour {
  return {
    dialects,
    handler: () => (exchange) => (calls(exchange, method) ? strike(exchange) : exchange.behave()),
  };
}

/** Strikes at the first request that a client of the dialect has to make: `initialize` or `server/discover`. */
export function onHandshake(strike: Handler, dialects: readonly Dialect[] = ALL): Behaviour {
  return {
    dialects,
    handler: () => (exchange) => {
      const handshake = exchange.dialect === 'modern' ? 'server/discover' : 'initialize';
      return calls(exchange, handshake) ? strike(exchange) : exchange.behave();
    },
  };
}

/** Strikes at `tools/list`. */
export function onTools(strike: Handler, dialects: readonly Dialect[] = ALL): Behaviour {
  return on('tools/list', strike, dialects);
}

/** The same strike at every request, and under a name of its own at `tools/list` of streamable HTTP. */
export function early(name: string, strike: Handler): Behaviours {
  return {
    [name]: always(strike),
    [`${name}-on-tools`]: onTools(strike, ['legacy', 'modern']),
  };
}

/** Makes something when it is first needed, and keeps it. */
export function once<Thing>(make: () => Thing): () => Thing {
  let thing: Thing | undefined;
  return () => {
    thing ??= make();
    return thing;
  };
}
