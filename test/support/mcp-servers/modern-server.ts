import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, ProtocolError, Server } from '@modelcontextprotocol/server';
import { type AccessOptions, checkAccess } from './access.ts';
import { type SeenRequest, startHttpEndpoint } from './http-endpoint.ts';
import { countingProgress, runTestTool, TEST_TOOLS } from './test-tools.ts';

/** A server made with SDK 2. */
export interface ModernServer {
  /** The MCP endpoint. */
  url: string;
  port: number;
  requests: SeenRequest[];
  openSockets(): number;
  /** How often each tool ran. */
  calls: Record<string, number>;
  /** Calls whose client no longer waits. */
  cancelled(): number;
  close(): Promise<void>;
}

/** Settings of {@link startModernServer}. */
export type ModernServerOptions = AccessOptions;

/** Starts a server that speaks both eras, with the tools `echo`, `add`, `fail` and `wait`. */
export function startDualServer(options: ModernServerOptions = {}): Promise<ModernServer> {
  return start(options, {});
}

/** Starts a server that speaks the modern era only, with the same tools. */
export function startModernServer(options: ModernServerOptions = {}): Promise<ModernServer> {
  return start(options, { legacy: 'reject' });
}

async function start(
  options: ModernServerOptions,
  era: { legacy?: 'reject' },
): Promise<ModernServer> {
  const calls: Record<string, number> = {};
  let cancelled = 0;
  const handler = createMcpHandler(() => {
    const server = new Server(
      { name: 'modern-test-server', version: '2.0.0', title: 'Modern test server' },
      { capabilities: { tools: {} } },
    );
    server.setRequestHandler('tools/list', () => ({ tools: TEST_TOOLS }));
    server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
      for (const progress of countingProgress(params.name, mcpReq._meta?.progressToken)) {
        await mcpReq.notify({ method: 'notifications/progress', params: progress });
      }
      calls[params.name] = (calls[params.name] ?? 0) + 1;
      mcpReq.signal.addEventListener('abort', () => {
        cancelled += 1;
      });
      try {
        return await runTestTool(params.name, params.arguments, mcpReq.signal);
      } catch (error) {
        throw new ProtocolError(-32602, error instanceof Error ? error.message : '');
      }
    });
    return server;
  }, era);
  const node = toNodeHandler(handler);
  const endpoint = await startHttpEndpoint(async (request, response, seen) => {
    if (!(await checkAccess(request, response, options))) return;
    const { method = 'GET', url = '/', headers } = request;
    const message = {
      method,
      url,
      headers,
      [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
    };
    await node(message, response, seen.body === '' ? undefined : JSON.parse(seen.body));
  });
  return {
    url: `${endpoint.origin}/mcp`,
    port: endpoint.port,
    requests: endpoint.requests,
    openSockets: endpoint.openSockets,
    calls,
    cancelled: () => cancelled,
    close: endpoint.close,
  };
}
