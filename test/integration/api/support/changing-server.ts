import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import { startHttpEndpoint } from '../../../support/mcp-servers/http-endpoint.ts';
import { ScriptedServer, tool } from './scripted-server.ts';

/** A server whose tools a test changes while it runs. */
export interface ChangingServer {
  url: string;
  tools: ReturnType<typeof tool>[];
  /** Names of the tools that ran, in order. */
  readonly calls: string[];
  stop(): Promise<void>;
}

/** A server of the modern era only (SDK 2). */
async function startModern(): Promise<ChangingServer> {
  const state = { tools: [tool('echo')], calls: [] as string[] };
  const handler = createMcpHandler(
    () => {
      const info = { name: 'changing', version: '1.0.0' };
      const server = new Server(info, { capabilities: { tools: {} } });
      server.setRequestHandler('tools/list', () => ({
        tools: state.tools.map(({ name, description, annotations }) => ({
          name,
          ...(description !== undefined && { description }),
          ...(annotations !== undefined && { annotations }),
          inputSchema: { type: 'object' as const },
        })),
      }));
      server.setRequestHandler('tools/call', ({ params }) => {
        state.calls.push(params.name);
        return { content: [{ type: 'text', text: 'done' }] };
      });
      return server;
    },
    { legacy: 'reject' },
  );
  const node = toNodeHandler(handler);
  const { origin, close } = await startHttpEndpoint(async (request, response, { body }) => {
    const { method = 'GET', url = '/', headers } = request;
    const chunks = () => request[Symbol.asyncIterator]();
    const message = { method, url, headers, [Symbol.asyncIterator]: chunks };
    await node(message, response, body === '' ? undefined : JSON.parse(body));
  });
  return Object.assign(state, { url: `${origin}/mcp`, stop: close });
}

/** Starts one of each era. */
export const CHANGING_SERVERS: readonly [string, () => Promise<ChangingServer>][] = [
  ['of the legacy era', () => ScriptedServer.start()],
  ['of the modern era', startModern],
];
