import { Gauge, type Registry } from 'prom-client';
import type { McpEndpoint } from '../../mcp/server/mcp-endpoint.ts';

/** Publishes how many clients of the MCP endpoint listen for changes, counted when that is asked for. */
export function registerGatewayMetrics(
  registry: Registry,
  endpoint: Pick<McpEndpoint, 'listening'>,
): void {
  const streams: Gauge = new Gauge({
    name: 'mcp_listen_streams',
    help: 'Clients of the MCP endpoint that listen for changes (subscriptions/listen).',
    registers: [registry],
    collect: () => void streams.set(endpoint.listening),
  });
}
