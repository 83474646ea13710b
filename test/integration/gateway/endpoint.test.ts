import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { type LegacyServer, startLegacyServer } from '../../support/mcp-servers/legacy-server.ts';
import { type ModernServer, startDualServer } from '../../support/mcp-servers/modern-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { connectLegacy, connectModern } from './support/mcp-clients.ts';

const NAMES = [
  'one__add',
  'one__echo',
  'one__fail',
  'one__wait',
  'two__add',
  'two__echo',
  'two__fail',
  'two__wait',
];

let service: TestService;
let one: LegacyServer;
let two: ModernServer;
let alice: ApiClient;
let token: string;
let url: string;

beforeAll(async () => {
  service = await startTestService();
  one = await startLegacyServer();
  two = await startDualServer();
  alice = await service.clientFor('alice');
  token = await service.tokenFor('alice');
  url = `${service.url}/mcp`;
  (await alice.createConnector({ name: 'One', server_url: one.url })).ok(201);
  (await alice.createConnector({ name: 'Two', server_url: two.url })).ok(201);
});

afterAll(async () => {
  await service.close();
  await one.close();
  await two.close();
});

const clients = [
  ['SDK 1, legacy', () => connectLegacy({ url, token })],
  ['SDK 2, legacy', () => connectModern({ url, token }, 'default')],
  ['SDK 2, modern', () => connectModern({ url, token })],
] as const;

describe.each(clients)('the official client %s', (name, connect) => {
  it('lists the tools of all connectors by name', async () => {
    const client = await connect();
    try {
      const { tools } = await client.listTools();

      expect(tools.map(({ name }) => name)).toEqual(NAMES);
      expect(tools[1]).toMatchObject({
        title: 'Echo',
        description: 'Says back what it is told.',
        inputSchema: { type: 'object', required: ['message'] },
      });
      expect(tools[0]).toMatchObject({
        outputSchema: { required: ['sum'] },
        annotations: { readOnlyHint: true },
      });
    } finally {
      await client.close();
    }
  });

  it.each(['one', 'two'])('calls a tool of %s', async (slug) => {
    const client = await connect();
    try {
      const called = await client.callTool({ name: `${slug}__add`, arguments: { a: 2, b: 40 } });

      expect(called).toMatchObject({
        content: [{ type: 'text', text: '42' }],
        structuredContent: { sum: 42 },
      });
      expect(called.isError ?? false).toBe(false);
    } finally {
      await client.close();
    }
  });

  it('reads what a tool says of its own failure', async () => {
    const client = await connect();
    try {
      expect(await client.callTool({ name: 'one__fail' })).toMatchObject({
        content: [{ type: 'text', text: 'It went wrong.' }],
        isError: true,
      });
    } finally {
      await client.close();
    }
  });

  it('is told of a tool that does not exist', async () => {
    const client = await connect();
    try {
      await expect(client.callTool({ name: 'one__nothing' })).rejects.toMatchObject({
        code: -32602,
        message: expect.stringContaining('one__nothing'),
      });
    } finally {
      await client.close();
    }
  });

  it('knows who we are, and what we have', async () => {
    const client = await connect();
    try {
      expect(client.getServerVersion()).toMatchObject({ name: 'mcp-connectors' });
      // The legacy era would need a session to be told of changes.
      expect(client.getServerCapabilities()).toEqual({
        tools: name.endsWith('modern') ? { listChanged: true } : {},
        prompts: name.endsWith('modern') ? { listChanged: true } : {},
        resources: name.endsWith('modern') ? { listChanged: true } : {},
        completions: {},
      });
      expect(client.getInstructions()).toContain('<connector>__<tool>');
    } finally {
      await client.close();
    }
  });
});
