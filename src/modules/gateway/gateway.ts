import type { IncomingHttpHeaders } from 'node:http';
import type { McpAnswer, McpEndpoint } from '../../mcp/server/mcp-endpoint.ts';
import type { Caller } from '../../tenancy/caller.ts';
import type { GatewayService } from './gateway-service.ts';

/** One POST to the MCP endpoint. */
export interface GatewayRequest {
  caller: Caller;
  /** Two tools, to search and to run, instead of all. */
  isLazy: boolean;
  headers: IncomingHttpHeaders;
  /** The parsed body. */
  body: unknown;
  /** Aborts when the client has left. */
  signal: AbortSignal;
}

/** The MCP endpoint with the tools of whoever calls. */
export class Gateway {
  readonly #endpoint: Pick<McpEndpoint, 'handle'>;
  readonly #service: Pick<GatewayService, 'backendFor'>;

  constructor({
    endpoint,
    service,
  }: { endpoint: Pick<McpEndpoint, 'handle'>; service: Pick<GatewayService, 'backendFor'> }) {
    this.#endpoint = endpoint;
    this.#service = service;
  }

  /** Answers one POST. Never throws for what a client sent. */
  handle({ caller, isLazy, headers, body, signal }: GatewayRequest): Promise<McpAnswer> {
    const backend = this.#service.backendFor(caller, { isLazy });
    const owner = JSON.stringify([caller.tenantId, caller.userId, caller.clientId, caller.actor]);
    return this.#endpoint.handle({ headers, body, owner, backend, signal });
  }
}
