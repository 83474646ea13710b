// A server over stdio that knows revision 2026-07-28 alone.
import { Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

serveStdio(
  () => {
    const server = new Server(
      { name: 'modern', version: '1.0.0' },
      { capabilities: { tools: {} } },
    );
    server.setRequestHandler('tools/list', async () => ({
      tools: [{ name: 'noop', inputSchema: { type: 'object' } }],
    }));
    return server;
  },
  { legacy: 'reject' },
);
