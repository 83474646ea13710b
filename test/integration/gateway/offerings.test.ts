import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { OfferingServer } from '../../support/mcp-servers/offering-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { connectLegacy, connectModern } from './support/mcp-clients.ts';

let service: TestService;
let one: OfferingServer;
let two: OfferingServer;
let alice: ApiClient;
let token: string;
let url: string;

beforeAll(async () => {
  service = await startTestService();
  one = await OfferingServer.start(1);
  two = await OfferingServer.start(2);
  alice = await service.clientFor('alice');
  token = await service.tokenFor('alice');
  url = `${service.url}/mcp`;
  (await alice.createConnector({ name: 'One', server_url: one.url })).ok(201);
  (await alice.createConnector({ name: '2nd', server_url: two.url })).ok(201);
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
  ['SDK 2, modern, of lazy tools', () => connectModern({ url: `${url}?tools=lazy`, token })],
] as const;
const behind = [
  ['one__', 'one+', () => one],
  // A scheme cannot begin with a digit, and no slug does.
  ['mcp-2nd__', 'mcp-2nd+', () => two],
] as const;

describe.each(clients)('the official client %s', (_name, connect) => {
  it('lists the prompts, resources and templates of all connectors', async () => {
    const client = await connect();
    try {
      const { prompts } = await client.listPrompts();
      expect(prompts.map(({ name }) => name)).toEqual(['mcp-2nd__review', 'one__review']);
      expect(prompts[1]).toMatchObject({
        title: 'Review',
        description: 'Reviews some code.',
        arguments: [{ name: 'code', description: 'The code.', required: true }, { name: 'tone' }],
      });
      const { resources } = await client.listResources();
      expect(resources.map(({ uri }) => uri)).toEqual([
        'mcp-2nd+file:///etc/passwd',
        'mcp-2nd+test://static/a',
        'one+file:///etc/passwd',
        'one+test://static/a',
      ]);
      expect(resources[3]).toMatchObject({ name: 'a', mimeType: 'text/plain', size: 5 });
      const { resourceTemplates } = await client.listResourceTemplates();
      expect(resourceTemplates).toMatchObject([
        { uriTemplate: 'mcp-2nd+test://items/{id}{?q}', name: 'items' },
        { uriTemplate: 'one+test://items/{id}{?q}', name: 'items', title: 'Items' },
      ]);
    } finally {
      await client.close();
    }
  });

  it.each(behind)('uses the prompts and resources of %s', async (prompt, address, server) => {
    const client = await connect();
    try {
      const got = await client.getPrompt({
        name: `${prompt}review`,
        arguments: { code: 'let x', tone: 'kind' },
      });
      expect(got).toMatchObject({
        description: 'A review.',
        messages: [{ role: 'user', content: { type: 'text', text: 'Review let x' } }],
      });
      expect(server().asked('prompts/get').at(-1)).toEqual({
        name: 'review',
        arguments: { code: 'let x', tone: 'kind' },
      });

      // Not listed: a client fills a template by itself.
      for (const uri of ['test://static/a', 'test://items/7?q=ä+b%20{c}', 'file:///etc/passwd']) {
        const read = await client.readResource({ uri: `${address}${uri}` });
        expect(read.contents).toEqual([
          { uri: `${address}${uri}`, mimeType: 'text/plain', text: `content of ${uri}` },
        ]);
        expect(server().asked('resources/read').at(-1)).toEqual({ uri });
      }

      const argument = { name: 'id', value: 'a' };
      const ofPrompt = { type: 'ref/prompt', name: `${prompt}review` } as const;
      const ofTemplate = { type: 'ref/resource', uri: `${address}test://items/{id}{?q}` } as const;
      for (const ref of [ofPrompt, ofTemplate]) {
        const context = { arguments: { q: 'x' } };
        const { completion } = await client.complete({ ref, argument, context });
        expect(completion).toEqual({ values: ['a1', 'a2'], total: 2, hasMore: false });
      }
      expect(server().asked('completion/complete').slice(-2)).toEqual([
        {
          ref: { type: 'ref/prompt', name: 'review' },
          argument,
          context: { arguments: { q: 'x' } },
        },
        {
          ref: { type: 'ref/resource', uri: 'test://items/{id}{?q}' },
          argument,
          context: { arguments: { q: 'x' } },
        },
      ]);
    } finally {
      await client.close();
    }
  });

  it('is told what does not exist', async () => {
    const client = await connect();
    try {
      for (const name of ['one__nothing', 'review', '', '__proto__', 'x'.repeat(10_000)]) {
        await expect(client.getPrompt({ name })).rejects.toMatchObject({ code: -32602 });
      }
      for (const uri of ['one+test://missing', 'nobody+test://static/a', 'test://static/a']) {
        await expect(client.readResource({ uri })).rejects.toMatchObject({
          code: -32602,
          data: { uri },
        });
      }
    } finally {
      await client.close();
    }
  });
});

it('a server whose lists changed is listed anew', async () => {
  const client = await connectLegacy({ url, token });
  try {
    await client.readResource({ uri: 'one+test://static/a' });
    await expect
      .poll(() => one.requests.filter(({ method }) => method === 'GET').length)
      .toBeGreaterThan(0);
    one.prompts = [...one.prompts, { name: 'second' }];
    await one.announce('prompts');
    const names = async () => (await client.listPrompts()).prompts.map(({ name }) => name);
    await expect.poll(names).toEqual(['mcp-2nd__review', 'one__review', 'one__second']);
  } finally {
    await client.close();
  }
});
