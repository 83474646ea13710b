import { request as httpRequest } from 'node:http';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { type ModernServer, startDualServer } from '../../support/mcp-servers/modern-server.ts';
import { OfferingServer } from '../../support/mcp-servers/offering-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { connectLegacy, connectModern } from './support/mcp-clients.ts';
import { modernRequest, post } from './support/raw-endpoint.ts';

let service: TestService;
let server: ModernServer;
let url: string;
const clients: Client[] = [];
/** Milliseconds that the service's clock is ahead. */
let ahead = 0;

beforeAll(async () => {
  const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + ahead) };
  service = await startTestService({ clock });
  server = await startDualServer();
  url = `${service.url}/mcp`;
});

afterEach(async () => {
  ahead = 0;
  for (const client of clients.splice(0)) await client.close();
});

afterAll(async () => {
  await service.close();
  await server.close();
});

/** A user's official client that listens for changes of tools. */
async function listen(user: string, options: { tenant?: string; query?: string } = {}) {
  const { query = '', ...tokenOptions } = options;
  const token = await service.tokenFor(user, tokenOptions);
  const client = await connectModern({ url: `${url}${query}`, token });
  clients.push(client);
  let changes = 0;
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    changes += 1;
  });
  const told: string[] = [];
  for (const list of ['prompts', 'resources'] as const) {
    client.setNotificationHandler(`notifications/${list}/list_changed`, () => {
      told.push(list);
    });
  }
  const subscription = await client.listen({
    toolsListChanged: true,
    promptsListChanged: true,
    resourcesListChanged: true,
  });
  return { client, subscription, changes: () => changes, told: () => told.toSorted() };
}

const save = async (api: ApiClient, name: string) =>
  (await api.createConnector({ name, server_url: server.url })).ok(201);

describe('the official client that listens', () => {
  it('is told of each kind of change of its own tools, and of nothing else', async () => {
    const alice = await service.clientFor('alice');
    const listening = await listen('alice');
    expect(listening.client.getServerCapabilities()).toMatchObject({
      tools: { listChanged: true },
    });
    expect(listening.subscription.honoredFilter).toMatchObject({ toolsListChanged: true });
    const others = [
      await listen('bob'),
      // The same name in another tenant is somebody else.
      await listen('alice', { tenant: 'other' }),
    ];

    const connector = await save(alice, 'Mine');
    await expect.poll(listening.changes, { timeout: 5_000 }).toBe(1);
    expect((await listening.client.listTools()).tools.map(({ name }) => name)).toContain(
      'mine__echo',
    );
    (await alice.setStatus(connector.id, 'DISABLED')).ok();
    await expect.poll(listening.changes, { timeout: 5_000 }).toBe(2);
    expect((await listening.client.listTools()).tools).toEqual([]);
    (await alice.deleteConnector(connector.id)).ok(204);

    await save(await service.clientFor('bob'), 'Of bob');
    await expect.poll(others[0]?.changes ?? (() => 0), { timeout: 5_000 }).toBe(1);
    expect(listening.changes()).toBe(2);
    expect(others[1]?.changes()).toBe(0);
  });

  it('of the lazy mode hears nothing: its two tools stay', async () => {
    const api = await service.clientFor('lara');
    const lazy = await listen('lara', { query: '?tools=lazy' });
    const all = await listen('lara');
    await save(api, 'Mine');
    await expect.poll(all.changes, { timeout: 5_000 }).toBe(1);
    expect(lazy.changes()).toBe(0);
  });

  it.each(['', '?tools=lazy'])(
    'hears of prompts and resources, each for itself%s',
    async (query) => {
      const offering = await OfferingServer.start(2);
      try {
        const user = `olga${query}`;
        const api = await service.clientFor(user);
        const listening = await listen(user, { query });
        const stranger = await listen('nobody');
        expect(listening.subscription.honoredFilter).toMatchObject({
          promptsListChanged: true,
          resourcesListChanged: true,
        });
        const body = { name: 'Mine', server_url: offering.url };
        const { id } = (await api.createConnector(body)).ok(201);
        await expect.poll(listening.told, { timeout: 5_000 }).toEqual(['prompts', 'resources']);

        offering.prompts = [{ name: 'review', description: 'Another text.' }];
        (await api.syncConnector(id)).ok();
        const once = ['prompts', 'prompts', 'resources'];
        await expect.poll(listening.told, { timeout: 5_000 }).toEqual(once);
        offering.templates = [{ uriTemplate: 'test://others/{id}', name: 'others' }];
        (await api.syncConnector(id)).ok();
        const twice = [...once, 'resources'];
        await expect.poll(listening.told, { timeout: 5_000 }).toEqual(twice);

        // A connector that is disabled offers nothing.
        (await api.setStatus(id, 'DISABLED')).ok();
        const all = ['prompts', ...twice, 'resources'];
        await expect.poll(listening.told, { timeout: 5_000 }).toEqual(all);
        expect([listening.changes(), stranger.told()]).toEqual([0, []]);
      } finally {
        await offering.close();
      }
    },
  );

  it('in the legacy era is promised nothing', async () => {
    const client = await connectLegacy({ url, token: await service.tokenFor('carol') });
    try {
      expect(client.getServerCapabilities()?.tools).toEqual({});
    } finally {
      await client.close();
    }
  });
});

describe('a request to listen', () => {
  it.each([
    ['nothing', {}],
    ['a text', { notifications: 'tools' }],
    ['a flag that is none', { notifications: { toolsListChanged: 'yes' } }],
    ['resources that are none', { notifications: { resourceSubscriptions: [1] } }],
  ])('for %s is refused', async (_what, params) => {
    const token = await service.tokenFor('dora');
    const answer = await post(url, { ...modernRequest('subscriptions/listen', params), token });
    expect(answer.message.error?.code).toBe(-32602);
  });

  it('needs a token that may read tools', async () => {
    const body = modernRequest('subscriptions/listen', {
      notifications: { toolsListChanged: true },
    });
    const token = await service.tokenFor('dora', { scopes: ['tools:call'] });
    expect((await post(url, { ...body, token })).status).toBe(403);
    expect((await post(url, body)).status).toBe(401);
  });

  it('is answered with a stream that ends with its token', async () => {
    const token = await service.tokenFor('emil');
    // A token is believed by the time of the system; it is over by that of the service.
    ahead = 24 * 60 * 60_000;
    const body = modernRequest(
      'subscriptions/listen',
      { notifications: { toolsListChanged: true } },
      'end',
    );
    const answer = await post(url, { ...body, token });
    expect(answer.text).toContain('subscriptions/acknowledged');
    expect(answer.message).toMatchObject({ id: 'end', result: { resultType: 'complete' } });
  });

  it('is one of ten at most for a user', async () => {
    const token = await service.tokenFor('greta');
    const body = modernRequest('subscriptions/listen', {
      notifications: { toolsListChanged: true },
    });
    const streams = async () => {
      const metrics = await (await fetch(`${service.url}/metrics`)).text();
      return Number(/^mcp_listen_streams (\d+)$/m.exec(metrics)?.[1]);
    };
    await expect.poll(streams).toBe(0);
    const sockets = await Promise.all(Array.from({ length: 10 }, () => hold(token, body)));
    expect(await streams()).toBe(10);
    const refused = await post(url, { ...body, token });
    expect(refused.message.error).toMatchObject({ code: -32000, data: { code: 'RATE_LIMITED' } });
    for (const close of sockets) close();
    await expect.poll(streams).toBe(0);
    // A place that is free again can be taken.
    await expect
      .poll(async () => {
        try {
          const close = await hold(token, body);
          close();
          return true;
        } catch {
          return false;
        }
      })
      .toBe(true);
  });
});

/** Opens a stream and keeps it. @returns closes it */
function hold(
  token: string,
  { body, headers }: ReturnType<typeof modernRequest>,
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      url,
      {
        method: 'POST',
        headers: {
          accept: 'application/json, text/event-stream',
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          ...headers,
        },
      },
      (response) => {
        response.on('error', () => {});
        response.once('data', (part: Buffer) =>
          String(part).includes('acknowledged')
            ? resolve(() => sent.destroy())
            : reject(new Error(String(part))),
        );
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

it('a service that stops ends its streams at once, in good order', async () => {
  const stopping = await startTestService();
  const token = await stopping.tokenFor('alice');
  const client = await connectModern({ url: `${stopping.url}/mcp`, token });
  const { closed } = await client.listen({ toolsListChanged: true });
  const startedAt = performance.now();
  await stopping.close();
  expect(await closed).toBe('graceful');
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  await client.close();
});
