import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { USER_SCOPES } from '../../../scripts/development-token.ts';
import { type AgentsFile, writeAgentsFile } from '../../support/agents-file.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { type FuzzRequest, fuzzOperations } from '../../support/contract-fuzz.ts';
import { parseBody } from '../../support/damage.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from '../api/support/impatient-clock.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

// The whole service, its database included, under valid and damaged requests for every operation. Ids, tool names and
// addresses are made to exist every other time, so that requests get further than to a 404.

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/i;
const HEARTBEAT = /^\/api\/agents\/([^/?]*)\/heartbeat/;
const AGENT_NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;
const ONE_TOOL = new RegExp(`/tools/${UUID.source}`, 'i');
/** Refused before anything is sent. */
const BLOCKED_ORIGIN = 'https://10.0.0.1';

let service: TestService;
let agents: AgentsFile;
let server: ScriptedServer;
let client: ApiClient;
const outcomes = new Map<string, number>();

beforeAll(async () => {
  agents = writeAgentsFile([{ name: 'fuzz', url: 'http://127.0.0.1:1' }]);
  service = await startTestService({ clock: new ImpatientClock(), env: agents.env });
  server = await ScriptedServer.start();
  client = await service.clientFor('fuzz', { scopes: [...USER_SCOPES, 'operator'] });
});

afterAll(async () => {
  await service.close();
  await server.stop();
  agents.remove();
});

type TameRequest = FuzzRequest & { real: boolean };

/** Requests that touch nothing but the service and the test's own server, whatever was generated. */
function tame(requests: fc.Arbitrary<FuzzRequest>): fc.Arbitrary<TameRequest> {
  return fc
    .record({
      request: requests,
      real: fc.boolean(),
      target: fc.constantFrom('blocked', 'server', 'as generated'),
    })
    .map(({ request, real, target }) => ({
      ...request,
      body: request.verdict === 'malformed' ? request.body : tameBody(request.body, target),
      real,
    }));
}

function tameBody(body: string | undefined, target: string): string | undefined {
  if (body === undefined) return undefined;
  const value = parseBody(body);
  if (typeof value !== 'object' || value === null || !('server_url' in value)) return body;
  const { server_url: text } = value;
  // Another text of another length could turn what the contract refuses into what it accepts.
  if (typeof text !== 'string' || text === '' || text.length > 300 || !text.isWellFormed()) {
    return body;
  }
  // What is no URL goes nowhere; all others get an address of ours.
  if (target === 'as generated' && !URL.canParse(text)) return body;
  const origin = target === 'server' ? server.origin : BLOCKED_ORIGIN;
  const path = encodeURIComponent(text.slice(0, 100).toWellFormed());
  return JSON.stringify({ ...value, server_url: `${origin}/${path}` });
}

/** A connector that works; there may be none yet, or none left. */
async function ensureConnector(): Promise<{ id: string; tool: string }> {
  const { items } = (await client.listConnectors('?limit=100')).ok();
  const found = items.find(({ status }) => status === 'ENABLED');
  if (found !== undefined) return { id: found.id, tool: `${found.slug}__echo` };
  for (const { id } of items) (await client.deleteConnector(id)).ok(204);
  const credentials = { token: 'fuzz-token' };
  const draft = {
    name: 'Fuzzed',
    server_url: server.url,
    auth_type: 'bearer',
    credentials,
  } as const;
  const { id, slug } = (await client.createConnector(draft)).ok(201);
  return { id, tool: `${slug}__echo` };
}

/** Has the tools of a connector offered: what was moved waits for approval, and other requests switch tools off. */
async function offerTools(id: string): Promise<void> {
  const { items } = (await client.listConnectorTools(id)).ok();
  for (const { id: tool_id, definition_hash, enabled, held_back } of items) {
    if (held_back) (await client.approveTools(id, [{ tool_id, definition_hash }])).ok();
    if (!enabled) (await client.updateConnectorTool(id, tool_id, { enabled: true })).ok();
  }
}

/** The address with a tool of the connector, where it names one. */
async function aimAtTool(url: string, id: string): Promise<string> {
  if (!ONE_TOOL.test(url)) return url;
  const [tool] = (await client.listConnectorTools(id)).ok().items;
  return tool === undefined ? url : url.replace(ONE_TOOL, `/tools/${tool.id}`);
}

/** The request with ids, user and tool of something that exists. */
async function aim(request: TameRequest): Promise<TameRequest> {
  if (!request.real || request.verdict !== 'accepted') return request;
  const { id, tool } = await ensureConnector();
  const known = request.url.replace(UUID, id).replace(/^\/api\/users\/[^/]+/, '/api/users/me');
  const url = await aimAtTool(known, id);
  if (request.body === undefined) return { ...request, url };
  const body: object = Object(parseBody(request.body));
  // A hash or a project that was made up would only ever be another one.
  if ('server_url' in body) {
    const own = { ...body, project_id: undefined, credential_mode: undefined };
    return { ...request, url, body: JSON.stringify(own) };
  }
  if (!url.endsWith('/tools/call')) return { ...request, url };
  await offerTools(id);
  const real = { ...body, name: tool, definition_hash: undefined, project_id: undefined };
  return { ...request, url, body: JSON.stringify(real) };
}

/** The request of an agent that there is, with its secret; undefined where its name is what was damaged: nobody is that. */
function asAgent(request: TameRequest): TameRequest | undefined {
  const [, name = ''] = HEARTBEAT.exec(request.url) ?? [];
  if (!AGENT_NAME.test(decodeURIComponent(name))) return undefined;
  const [secret] = agents.heartbeatSecretsOf('fuzz');
  const headers = { ...request.headers, authorization: `Bearer ${secret}` };
  return { ...request, url: request.url.replace(HEARTBEAT, '/api/agents/fuzz/heartbeat'), headers };
}

async function send(generated: TameRequest): Promise<void> {
  const request = generated.url.startsWith('/api/agents/') ? asAgent(generated) : generated;
  if (request === undefined) return;
  const { method, url, headers, body, verdict } = await aim(request);
  const answer = await client.send(method, url, {
    headers,
    ...(body === undefined ? {} : { text: body }),
  });
  expect(answer.status, answer.text).toBeLessThan(500);
  const { outcome } = answer;
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  expect(outcome === 'VALIDATION_FAILED', answer.text).toBe(verdict === 'refused');
  expect(outcome === 'MALFORMED_REQUEST', answer.text).toBe(verdict === 'malformed');
}

describe('the whole service under fuzzing', () => {
  it.each(fuzzOperations())('$operationId', async ({ valid, damaged }) => {
    await fc.assert(fc.asyncProperty(tame(valid), send), { numRuns: 60 });
    await fc.assert(fc.asyncProperty(tame(damaged), send), { numRuns: 120 });
  });

  it('got further than the edge, and nowhere else than to the test server', () => {
    expect([...outcomes.keys()]).toEqual(
      expect.arrayContaining(['ok', 'VALIDATION_FAILED', 'MALFORMED_REQUEST', 'BLOCKED_URL']),
    );
    expect(outcomes.get('ok')).toBeGreaterThan(100);
    expect(server.calls.length).toBeGreaterThan(10);
    const serverErrors = service.logLines.filter((line) => line.includes('"level":"error"'));
    expect(serverErrors).toEqual([]);
  });
});
