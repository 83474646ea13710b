import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it } from 'vitest';
import type { HeaderParameter, McpTarget } from '../../../src/mcp/client/mcp-client.ts';
import { startHttpEndpoint } from '../../support/mcp-servers/http-endpoint.ts';
import { createTestClient } from '../../support/mcp-servers/test-client.ts';

const cleanups: (() => Promise<unknown>)[] = [];
const signal = () => AbortSignal.timeout(20_000);

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A server of the SDK, which refuses a call whose headers do not mirror its arguments; in both eras. */
async function startMirroring(header: () => string) {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'mirror', version: '1' });
    const inputSchema = fromJsonSchema<{ region: string }>({
      type: 'object',
      properties: {
        region: Object.assign({ type: 'string' as const }, { 'x-mcp-header': header() }),
      },
    });
    server.registerTool('query', { inputSchema }, ({ region }) => ({
      content: [{ type: 'text', text: `ran in ${region}` }],
    }));
    return server;
  });
  const node = toNodeHandler(handler);
  const endpoint = await startHttpEndpoint((request, response, seen) => {
    const { method = 'GET', url = '/', headers } = request;
    const message = {
      method,
      url,
      headers,
      [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
    };
    return node(message, response, seen.body === '' ? undefined : JSON.parse(seen.body));
  });
  cleanups.push(() => endpoint.close());
  const calls = () => endpoint.requests.filter(({ rpcMethod }) => rpcMethod === 'tools/call');
  return { url: `${endpoint.origin}/mcp`, calls };
}

async function connect(url: string, more: Partial<McpTarget> = {}) {
  const client = createTestClient({ probeTimeoutMs: 20_000 });
  cleanups.push(() => client.close());
  const target = { url, transport: 'auto', era: undefined, secretHeaders: {}, ...more } as const;
  return client.mcpClient.connect(target, { signal: signal() });
}

function query(region: string, headerParameters?: HeaderParameter[]) {
  return { name: 'query', arguments: { region }, ...(headerParameters && { headerParameters }) };
}

const REGION: HeaderParameter[] = [{ name: 'region', path: ['region'] }];
const ran = (region: string) => ({
  kind: 'result',
  content: [{ type: 'text', text: `ran in ${region}` }],
});

describe('a server of the modern era that wants a parameter as a header', () => {
  it('gets it, encoded where a header cannot hold it', async () => {
    const { url, calls } = await startMirroring(() => 'Region');
    const connection = await connect(url);
    for (const region of ['us-west1', 'Zürich\r\nx-evil: 1', '']) {
      const outcome = await connection.callTool(query(region, REGION), { signal: signal() });
      expect(outcome).toMatchObject(ran(region));
    }
    expect(calls().map(({ headers }) => headers['mcp-param-region'])).toEqual([
      'us-west1',
      '=?base64?WsO8cmljaA0KeC1ldmlsOiAx?=',
      '=?base64??=',
    ]);
    expect(calls().every(({ headers }) => headers['x-evil'] === undefined)).toBe(true);
  });

  it('gets no such header from the credentials of a connector, and other headers stay as they are', async () => {
    const { url, calls } = await startMirroring(() => 'Region');
    const connection = await connect(url, {
      secretHeaders: { 'Mcp-Param-Region': 'forged', authorization: 'Bearer a-secret-token' },
    });
    const parameters = [...REGION, { name: 'name', path: ['region'] }];
    const outcome = await connection.callTool(query('eu', parameters), { signal: signal() });
    expect(outcome).toMatchObject(ran('eu'));
    expect(calls()[0]?.headers).toMatchObject({
      'mcp-param-region': 'eu',
      'mcp-name': 'query',
      'mcp-method': 'tools/call',
      authorization: 'Bearer a-secret-token',
    });
  });

  it('that wants another header than before is asked again, once, and its change is noticed', async () => {
    let header = 'Region';
    const { url, calls } = await startMirroring(() => header);
    const connection = await connect(url);
    let changes = 0;
    connection.watchLists(() => {
      changes += 1;
    });
    header = 'Zone';
    const outcome = await connection.callTool(query('eu', REGION), { signal: signal() });
    expect(outcome).toMatchObject(ran('eu'));
    expect(calls().map(({ headers }) => headers['mcp-param-zone'])).toEqual([undefined, 'eu']);
    expect(changes).toBe(1);
  });

  it('is not sent what no header could hold', async () => {
    const { url, calls } = await startMirroring(() => 'Region');
    const connection = await connect(url);
    const call = query('x'.repeat(5_000), REGION);
    expect(await connection.callTool(call, { signal: signal() })).toMatchObject({
      kind: 'protocol-error',
      code: -32602,
      message: expect.stringContaining('4096 characters'),
    });
    expect(calls()).toEqual([]);
  });
});

it('a server of the legacy era gets none', async () => {
  const { url, calls } = await startMirroring(() => 'Region');
  const connection = await connect(url, { era: 'legacy' });
  expect(connection.era).toBe('legacy');
  const outcome = await connection.callTool(query('eu', REGION), { signal: signal() });
  expect(outcome).toMatchObject(ran('eu'));
  expect(calls()[0]?.headers['mcp-param-region']).toBeUndefined();
});
