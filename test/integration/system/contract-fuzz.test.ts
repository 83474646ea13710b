import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FuzzRequest, fuzzOperations } from '../../support/contract-fuzz.ts';
import { ContractJudge } from '../../support/contract-judge.ts';
import { parseBody } from '../../support/damage.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from '../api/support/impatient-clock.ts';
import { ScriptedServer } from '../api/support/scripted-server.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

// The whole service, its database included, under valid and damaged requests for every operation. Ids, tool names and
// addresses are made to exist every other time, so that requests get further than to a 404.

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/i;
/** Refused before anything is sent. */
const BLOCKED_ORIGIN = 'https://10.0.0.1';
const TOKEN = 'fuzz-token';

const judge = new ContractJudge();
let service: TestService;
let server: ScriptedServer;
let authorization: string;
const outcomes = new Map<string, number>();

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
  server = await ScriptedServer.start();
  authorization = `Bearer ${await service.tokenFor('fuzz')}`;
});

afterAll(async () => {
  await service.close();
  await server.stop();
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

/** A connector that exists; there may be none yet, or none left. */
async function ensureConnector(): Promise<{ id: string; tool: string }> {
  const headers = { authorization, 'content-type': 'application/json' };
  const list = await fetch(`${service.url}/api/connectors?limit=1`, { headers });
  const { items }: { items: { id: string; slug: string }[] } = JSON.parse(await list.text());
  const [found] = items;
  if (found !== undefined) return { id: found.id, tool: `${found.slug}__echo` };
  const body = JSON.stringify({
    name: 'Fuzzed',
    server_url: server.url,
    auth_type: 'bearer',
    credentials: { token: TOKEN },
  });
  await fetch(`${service.url}/api/connectors`, { method: 'POST', headers, body });
  return ensureConnector();
}

async function send(request: TameRequest): Promise<void> {
  const { method, verdict, real } = request;
  const existing = real ? await ensureConnector() : undefined;
  const url = existing === undefined ? request.url : request.url.replace(UUID, existing.id);
  const body =
    existing === undefined || verdict !== 'accepted' || !url.endsWith('/tools/call')
      ? request.body
      : withName(request.body ?? '{}', existing.tool);
  const response = await fetch(`${service.url}${url}`, {
    method,
    headers: { ...request.headers, authorization },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const { status } = response;
  const headers = Object.fromEntries(response.headers);
  judge.judge({ method, url, status, headers, body: text });
  expect(status, text).toBeLessThan(500);
  const code: unknown = status < 400 ? 'OK' : JSON.parse(text).code;
  outcomes.set(String(code), (outcomes.get(String(code)) ?? 0) + 1);
  expect(code === 'VALIDATION_FAILED', `${url} ${body} ${text}`).toBe(verdict === 'refused');
  expect(code === 'MALFORMED_REQUEST', `${url} ${body} ${text}`).toBe(verdict === 'malformed');
}

function withName(body: string, name: string): string {
  return JSON.stringify(Object.assign(Object(parseBody(body)), { name }));
}

describe('the whole service under fuzzing', () => {
  it.each(fuzzOperations())('$operationId', async ({ valid, damaged }) => {
    await fc.assert(fc.asyncProperty(tame(valid), send), { numRuns: 60 });
    await fc.assert(fc.asyncProperty(tame(damaged), send), { numRuns: 120 });
  });

  it('got further than the edge, and nowhere else than to the test server', () => {
    expect([...outcomes.keys()]).toEqual(
      expect.arrayContaining(['OK', 'VALIDATION_FAILED', 'MALFORMED_REQUEST', 'BLOCKED_URL']),
    );
    expect(outcomes.get('OK')).toBeGreaterThan(100);
    const serverErrors = service.logLines.filter((line) => line.includes('"level":"error"'));
    expect(serverErrors).toEqual([]);
  });
});
