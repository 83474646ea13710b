import { randomUUID } from 'node:crypto';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ApiClient } from '../../support/api-client.ts';
import { OfferingServer } from '../../support/mcp-servers/offering-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { connectModern } from './support/mcp-clients.ts';
import { legacyRequest, post } from './support/raw-endpoint.ts';

// The endpoint with the tools, prompts and resources of a project beside those of its user.

let service: TestService;
let server: OfferingServer;
const clients: Client[] = [];

beforeAll(async () => {
  service = await startTestService();
  server = await OfferingServer.start(1);
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

afterAll(async () => {
  await service.close();
  await server.close();
});

const claimsOf = (project: string, role: string) => ({ claims: { projects: { [project]: role } } });

async function connect(user: string, project: string, query = `?project_id=${project}`) {
  const token = await service.tokenFor(user, claimsOf(project, 'member'));
  const client = await connectModern({ url: `${service.url}/mcp${query}`, token });
  clients.push(client);
  return client;
}

const save = async (api: ApiClient, name: string, project?: string) =>
  (
    await api.createConnector({
      name,
      server_url: server.url,
      ...(project !== undefined && { project_id: project }),
    })
  ).ok(201);

it('a member gets what is their own and what is of the project, each under its own name', async () => {
  const [project, user] = [`project-${randomUUID()}`, `user-${randomUUID()}`];
  await save(await service.clientFor(undefined, claimsOf(project, 'admin')), 'One', project);
  await save(await service.clientFor(user), 'One');

  const client = await connect(user, project);
  const names = (await client.listPrompts()).prompts.map(({ name }) => name);
  expect(names).toEqual(['one__review', 'p--one__review']);
  const uris = (await client.listResources()).resources.map(({ uri }) => uri);
  expect(uris.filter((uri) => uri.startsWith('p--one+')).map((uri) => uri.slice(3))).toEqual(
    uris.filter((uri) => uri.startsWith('one+')),
  );
  for (const slug of ['one', 'p--one']) {
    const { contents } = await client.readResource({ uri: `${slug}+test://static/a` });
    expect(contents[0]?.uri).toBe(`${slug}+test://static/a`);
    const code = { code: 'x' };
    expect(
      (await client.getPrompt({ name: `${slug}__review`, arguments: code })).messages,
    ).not.toEqual([]);
  }

  const alone = await connect(user, project, '');
  expect((await alone.listPrompts()).prompts.map(({ name }) => name)).toEqual(['one__review']);
  await expect(alone.readResource({ uri: 'p--one+test://static/a' })).rejects.toThrow('not found');
  await expect(
    alone.getPrompt({ name: 'p--one__review', arguments: { code: 'x' } }),
  ).rejects.toThrow();
});

it('a stranger gets nothing of it, whatever the address names', async () => {
  const project = `project-${randomUUID()}`;
  await save(await service.clientFor(undefined, claimsOf(project, 'admin')), 'One', project);
  const strangers = [
    await service.tokenFor('stranger'),
    await service.tokenFor('stranger', claimsOf(`${project}x`, 'admin')),
  ];
  for (const token of strangers) {
    const url = `${service.url}/mcp?project_id=${project}`;
    expect((await post(url, { token, ...legacyRequest('tools/list') })).status).toBe(404);
  }
  const tenant = { ...claimsOf(project, 'member'), tenant: 'elsewhere' };
  const token = await service.tokenFor('stranger', tenant);
  const answer = await post(`${service.url}/mcp?project_id=${project}`, {
    token,
    ...legacyRequest('prompts/list'),
  });
  expect(answer.message.result).toMatchObject({ prompts: [] });
});

it('who listens hears of changes of the project, and who is not in it does not', async () => {
  const project = `project-${randomUUID()}`;
  const admin = await service.clientFor(undefined, claimsOf(project, 'admin'));
  const listen = async (client: Client) => {
    let changes = 0;
    client.setNotificationHandler('notifications/prompts/list_changed', () => {
      changes += 1;
    });
    await client.listen({ promptsListChanged: true });
    return () => changes;
  };
  const user = `user-${randomUUID()}`;
  const inside = await listen(await connect(user, project));
  const outside = await listen(await connect(user, project, ''));
  await save(admin, 'One', project);
  await expect.poll(inside, { timeout: 5_000 }).toBe(1);
  expect(outside()).toBe(0);
});
