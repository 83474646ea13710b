// Refusals that every operation shares, asked of every operation that declares them; the client judges each answer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { USER_SCOPES } from '../../../scripts/development-token.ts';
import { type AgentsFile, writeAgentsFile } from '../../support/agents-file.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { type DocumentedOperation, documentedOperations } from '../../support/contract-document.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';

const ID = '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11';
const EVERY_SCOPE = {
  scopes: [...USER_SCOPES, 'operator'],
  claims: { projects: { [ID]: 'admin' } },
};
const JSON_TYPE = { 'content-type': 'application/json' };

function declaring(status: number): DocumentedOperation[] {
  return documentedOperations().filter(({ responses }) => String(status) in responses);
}

function pathOf({ path }: DocumentedOperation, parameter = ID): string {
  return path
    .replaceAll('{user_id}', parameter === ID ? 'me' : parameter)
    .replaceAll(/\{\w+\}/g, parameter);
}

let service: TestService;
let client: ApiClient;
let agents: AgentsFile;

beforeAll(async () => {
  agents = writeAgentsFile([{ name: ID, url: 'http://127.0.0.1:1' }]);
  service = await startTestService({ env: agents.env });
  client = await service.clientFor(undefined, EVERY_SCOPE);
});

afterAll(async () => {
  await service.close();
  agents.remove();
});

/** Whoever may send it: a user, or the agent that it is for. */
function senderOf({ path }: DocumentedOperation, user: ApiClient): ApiClient {
  return path.startsWith('/api/agents/') ? user.withToken(agents.heartbeatSecretsOf(ID)[0]) : user;
}

it.each(declaring(414))('$operationId refuses an endless path parameter', async (operation) => {
  const answer = await senderOf(operation, client).send(
    operation.method,
    pathOf(operation, 'x'.repeat(300)),
  );
  answer.problem(414, 'URI_TOO_LONG');
});

it.each(declaring(400))('$operationId refuses a broken path or body', async (operation) => {
  const isBodyless = operation.method === 'GET';
  const path = isBodyless && operation.path.includes('{') ? pathOf(operation, '%E0%A4%A') : null;
  if (path !== null) {
    // The service cannot tell the operation from such a path; whoever reads the contract can.
    (await client.send(operation.method, path)).problem(400, 'MALFORMED_REQUEST');
    return;
  }
  if (isBodyless) {
    const project = operation.parameters.some(
      ({ name, required }) => name === 'project_id' && required === true,
    );
    const cursor = `${pathOf(operation)}?cursor=abc${project ? `&project_id=${ID}` : ''}`;
    (await client.send(operation.method, cursor)).problem(400, 'INVALID_CURSOR');
    return;
  }
  const answer = await senderOf(operation, client).send(operation.method, pathOf(operation), {
    text: '{"name": ',
    headers: JSON_TYPE,
  });
  answer.problem(400, 'MALFORMED_REQUEST');
});

it.each(declaring(415))('$operationId refuses a body that is not JSON', async (operation) => {
  const answer = await senderOf(operation, client).send(operation.method, pathOf(operation), {
    text: '<name/>',
    headers: { 'content-type': 'application/xml' },
  });
  answer.problem(415, 'UNSUPPORTED_MEDIA_TYPE');
});

it.each(declaring(413))('$operationId refuses a body above 1 MiB', async (operation) => {
  const answer = await senderOf(operation, client).send(operation.method, pathOf(operation), {
    text: JSON.stringify({ name: 'x'.repeat(1_100_000) }),
    headers: JSON_TYPE,
  });
  answer.problem(413, 'PAYLOAD_TOO_LARGE');
});

it.each(declaring(401))('$operationId refuses a caller without a token', async (operation) => {
  const nobody = client.withToken(undefined);
  (await nobody.send(operation.method, pathOf(operation))).problem(401, 'UNAUTHENTICATED');
});

describe('with one request a minute', () => {
  let limited: TestService;

  beforeAll(async () => {
    limited = await startTestService({ env: { ...agents.env, RATE_LIMIT_MAX: '1' } });
  });

  afterAll(() => limited.close());

  it.each(declaring(429))('$operationId is limited per caller', async (operation) => {
    const user = await limited.clientFor(undefined, EVERY_SCOPE);
    const caller = senderOf(operation, user);
    if (caller === user) await caller.send('GET', '/api/connectors');
    else await caller.send(operation.method, pathOf(operation));
    const answer = await caller.send(operation.method, pathOf(operation));
    answer.problem(429, 'RATE_LIMITED');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('on a database without tables', () => {
  let waiting: TestService;

  beforeAll(async () => {
    waiting = await startTestService({ migrated: false, env: agents.env });
  });

  afterAll(() => waiting.close());

  it.each(declaring(503))('$operationId waits', async (operation) => {
    const user = await waiting.clientFor(undefined, EVERY_SCOPE);
    const caller = senderOf(operation, user);
    (await caller.send(operation.method, pathOf(operation))).problem(503, 'NOT_READY');
  });
});
