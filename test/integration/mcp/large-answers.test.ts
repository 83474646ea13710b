import { setMaxListeners } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { startHttpEndpoint } from '../../support/mcp-servers/http-endpoint.ts';
import { createTestClient } from '../../support/mcp-servers/test-client.ts';

const MIB = 1024 * 1024;
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'large', version: '1' },
};
const SERVERS = 60;

/** A server that sends almost all that is accepted instead of its tools, and then keeps its client waiting; a good one under /good. */
async function startHoarder() {
  const filler = Buffer.alloc(10 * MIB - 1_000, ' ');
  let asked = 0;
  const server = await startHttpEndpoint((_request, response, { body, path, rpcMethod }) => {
    if (rpcMethod === '') return response.writeHead(405).end();
    const { id } = JSON.parse(body);
    if (id === undefined) return response.writeHead(202).end();
    response.writeHead(200, { 'content-type': 'application/json' });
    if (rpcMethod === 'tools/list' && path !== '/good') {
      asked += 1;
      return response.write(filler);
    }
    const result = rpcMethod === 'tools/list' ? { tools: [] } : INITIALIZED;
    return response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
  cleanups.push(() => server.close());
  return { origin: server.origin, asked: () => asked };
}

it('many large answers at once take up a bounded part of the memory, and no small answer waits for them', async () => {
  const server = await startHoarder();
  const client = createTestClient({ limits: { maxBufferedBytes: 40 * MIB } });
  cleanups.push(() => client.close());
  const caller = new AbortController();
  setMaxListeners(SERVERS, caller.signal);
  const list = async (path: string, signal: AbortSignal) => {
    const target = { url: server.origin + path, secretHeaders: {} };
    const connection = await client.mcpClient.connect(
      { ...target, transport: 'streamable-http', era: 'legacy' },
      { signal },
    );
    return await connection.listTools({ signal });
  };
  const used = () => process.memoryUsage().arrayBuffers;
  const before = used();
  const outcomes = Array.from({ length: SERVERS }, (_, n) =>
    list(`/${n}`, caller.signal).then(
      () => 'listed',
      (error: { code?: unknown }) => error.code,
    ),
  );
  await expect.poll(() => server.asked()).toBe(SERVERS);
  let most = 0;
  for (let sample = 0; sample < 50; sample += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    most = Math.max(most, used() - before);
  }
  // 600 MiB are on their way.

  expect(most).toBeGreaterThan(40 * MIB);
  expect(most).toBeLessThan(160 * MIB);
  expect(await list('/good', AbortSignal.timeout(20_000))).toEqual({ tools: [], warnings: [] });
  caller.abort();
  expect(await Promise.all(outcomes)).toEqual(Array(SERVERS).fill('TIMEOUT'));
  expect(await list('/good', AbortSignal.timeout(20_000))).toEqual({ tools: [], warnings: [] });
});
