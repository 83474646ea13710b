import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { AppError } from '../../errors/app-error.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is the MCP endpoint: it has tokens of its own, and web pages may not reach it under any name. */
    mcpEndpoint?: boolean;
  }
}

/** From where, and under which names, the MCP endpoint may be called. */
export interface McpGuardOptions {
  /** Names and addresses the service is called by, without a port. */
  hosts: readonly string[];
  /** Whether the names of the own machine are among them. */
  allowLoopback: boolean;
  /** Origins whose pages may call it. */
  origins: readonly string[];
}

/**
 * Keeps web pages from the MCP endpoint: by DNS rebinding a page can reach a service in the network of its reader under a name of
 * its own, and the browser takes that for the page's own origin. So the name must be one of ours, and where a browser says
 * which origin asks, it must be listed, or be the service itself.
 */
export const mcpGuard = fp<McpGuardOptions>(
  async (app, { hosts, allowLoopback, origins }) => {
    const names = new Set(hosts.map(normalized));
    const listed = new Set(origins);
    app.addHook('onRequest', async (request) => {
      if (request.routeOptions.config.mcpEndpoint !== true) return;
      const name = normalized(request.hostname);
      if (!names.has(name) && !(allowLoopback && isLoopback(name))) {
        throw new AppError('FORBIDDEN', { detail: 'The service is not called by this host name.' });
      }
      const { origin } = request.headers;
      if (origin !== undefined && !listed.has(origin) && origin !== ownOrigin(request)) {
        throw new AppError('FORBIDDEN', {
          detail: 'Pages of this origin may not call the service.',
        });
      }
    });
  },
  { name: 'mcp-guard' },
);

/** As the request came, so that a proxy that ends TLS has to be believed for it (`TRUST_PROXY`). */
function ownOrigin({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${host}`;
}

function normalized(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function isLoopback(name: string): boolean {
  if (name === 'localhost' || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}
