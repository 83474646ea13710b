import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import { SdkMcpClient } from '../../../src/mcp/client/sdk-mcp-client.ts';
import { startLegacyServer } from '../../support/mcp-servers/legacy-server.ts';
import { startDualServer, startModernServer } from '../../support/mcp-servers/modern-server.ts';
import { ProxiedNetwork, PUBLIC_V4 } from './support/proxied-network.ts';

const NAME = 'mcp.example.com';
const ZONES = { [`${NAME}/A`]: [[PUBLIC_V4]] };

let network: ProxiedNetwork;

beforeAll(async () => {
  network = await ProxiedNetwork.create();
});

afterEach(() => network.clear());

const SERVERS = {
  'of both eras': startDualServer,
  'of the modern era': startModernServer,
  'of the legacy era': () => startLegacyServer(),
};

describe.each(Object.entries(SERVERS))('an MCP server %s', (_name, start) => {
  it.each(['address', 'name'] as const)(
    'works through a proxy asked for the %s',
    async (connectBy) => {
      const server = await start();
      network.later(() => server.close());
      const { port, openSockets } = await network.terminateTls(
        [NAME],
        Number(new URL(server.url).port),
      );
      const proxy = await network.startProxy();
      const outbound = await network.outbound({ proxy: { ...proxy, connectBy }, zones: ZONES });
      const mcpClient = new SdkMcpClient({ outbound });
      network.later(() => mcpClient.close());
      const connection = await mcpClient.connect(
        {
          url: `https://${NAME}:${port}/mcp`,
          transport: 'auto',
          era: undefined,
          secretHeaders: { authorization: 'Bearer token-4711' },
        },
        { signal: AbortSignal.timeout(20_000) },
      );
      const { tools } = await connection.listTools({ signal: AbortSignal.timeout(20_000) });
      expect(tools.map((tool) => tool.name)).toContain('echo');
      await connection.close();
      const asked = `${connectBy === 'name' ? NAME : PUBLIC_V4}:${port}`;
      expect([...new Set(proxy.connects)]).toEqual([asked]);
      // The token is for the server.
      expect(JSON.stringify(proxy.headers)).not.toContain('4711');
      await expect.poll(() => [proxy.openSockets(), openSockets()]).toEqual([0, 0]);
    },
  );
});

it('a proxy that makes no connection is a connection that failed', async () => {
  const proxy = await network.startProxy({ authorization: 'Basic other' });
  const outbound = await network.outbound({ proxy, zones: ZONES });
  const mcpClient = new SdkMcpClient({ outbound });
  network.later(() => mcpClient.close());
  const connecting = mcpClient.connect(
    { url: `https://${NAME}/mcp`, transport: 'auto', era: undefined, secretHeaders: {} },
    { signal: AbortSignal.timeout(20_000) },
  );
  const failure = await connecting.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(McpFailure);
  expect(failure).toMatchObject({ code: 'CONNECTION_FAILED', notExecuted: true });
  await expect.poll(() => proxy.openSockets()).toBe(0);
});
