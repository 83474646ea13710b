import type { IncomingHttpHeaders } from 'node:http';
import type { McpAnswer, McpEndpoint } from '../../mcp/server/mcp-endpoint.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import type { GatewayService } from './gateway-service.ts';

/** One POST to the MCP endpoint. */
export interface GatewayRequest {
  caller: Caller;
  /** The caller, at work in a project where the address names one. */
  identity: Identity;
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
  readonly #endpoint: Pick<McpEndpoint, 'handle' | 'close'>;
  readonly #service: Pick<GatewayService, 'backendFor'>;

  constructor({
    endpoint,
    service,
  }: {
    endpoint: Pick<McpEndpoint, 'handle' | 'close'>;
    service: Pick<GatewayService, 'backendFor'>;
  }) {
    this.#endpoint = endpoint;
    this.#service = service;
  }

  /** Answers one POST. Never throws for what a client sent. */
  handle({ caller, identity, isLazy, headers, body, signal }: GatewayRequest): Promise<McpAnswer> {
    const backend = this.#service.backendFor(identity, { isLazy });
    const { tenantId, userId, clientId, actor, tokenExpiresAt } = caller;
    const owner = JSON.stringify([tenantId, userId, clientId, actor]);
    const user = JSON.stringify([tenantId, userId]);
    return this.#endpoint.handle({ headers, body, owner, user, tokenExpiresAt, backend, signal });
  }

  /** Ends what would not end by itself; the service is stopping. */
  close(): void {
    this.#endpoint.close();
  }
}
