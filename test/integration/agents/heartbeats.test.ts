import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentServer, Agents, Heartbeat } from '../../../src/contract/generated.ts';
import { type AgentsFile, writeAgentsFile } from '../../support/agents-file.ts';
import { ContractJudge } from '../../support/contract-judge.ts';
import { openPool } from '../../support/database.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';

// What deployment agents tell the service, and what operators see of it.

const SECONDS = 1_000;
const judge = new ContractJudge();
const clock = new OffsetClock();
let agents: AgentsFile;
let service: TestService;

beforeAll(async () => {
  agents = writeAgentsFile([
    { name: 'edge-1', url: 'https://edge-1.example.com:30000', labels: { region: 'north' } },
    { name: 'edge-2', url: 'http://127.0.0.1:30000' },
    { name: 'edge-3', url: 'http://127.0.0.1:30001' },
  ]);
  service = await startTestService({ clock, env: agents.env });
});
afterAll(async () => {
  await service.close();
  agents.remove();
});

const LOAD = { servers: 1, max_servers: 4, load_average: 0.5, processors: 2, free_memory_mb: 512 };
const server = (given: Partial<AgentServer> = {}): AgentServer => ({
  ...{ instance_id: randomUUID(), generation: 1, phase: 'running', step: null, percent: null },
  ...{ problem_code: null, sessions: 0, restarts: 0, ...given },
});
let sequence = 0;
const runs = new Map<string, string>();
function heartbeat(name: string, given: Partial<Heartbeat> = {}): Heartbeat {
  const run_id = runs.get(name) ?? randomUUID();
  runs.set(name, run_id);
  sequence += 1;
  const agent = { version: '0.1.0', has_docker: false, load: LOAD };
  return { run_id, sequence, is_stopping: false, agent, servers: [server()], ...given };
}

async function send(
  name: string,
  body: unknown,
  { secret = agents.heartbeatSecretsOf(name)[0], headers = {} }: SendOptions = {},
) {
  const url = `/api/agents/${name}/heartbeat`;
  const response = await fetch(`${service.url}${url}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const { status } = response;
  judge.judge({
    ...{ method: 'POST', url, status, body: text },
    headers: Object.fromEntries(response.headers),
  });
  return { status, text, headers: response.headers };
}
interface SendOptions {
  secret?: string | undefined;
  headers?: Record<string, string>;
}
const operator = () => service.clientFor('the-operator', { scopes: ['operator'] });
async function list() {
  const answer = await (await operator()).send<Agents>('GET', '/api/admin/agents');
  return answer.ok().items;
}
const stateOf = async (name: string) =>
  (await list()).find(({ name: found }) => found === name)?.state;

describe('a heartbeat', () => {
  it('makes the agent known to operators, with what it says of itself', async () => {
    expect(await stateOf('edge-1')).toBe('never');
    expect((await send('edge-1', heartbeat('edge-1'))).status).toBe(204);
    const [first, second] = await list();
    expect(first).toEqual({
      name: 'edge-1',
      url: 'https://edge-1.example.com:30000',
      labels: { region: 'north' },
      state: 'alive',
      seen_at: expect.any(String),
      agent: { version: '0.1.0', has_docker: false, load: LOAD },
    });
    expect(second).toMatchObject({ name: 'edge-2', state: 'never', seen_at: null, agent: null });
    expect(JSON.stringify([first, second])).not.toContain(agents.secretOf('edge-1'));
  });

  it('that does not come three times leaves its agent unreachable, until the next one', async () => {
    await send('edge-2', heartbeat('edge-2'));
    clock.offsetMs += 29 * SECONDS;
    expect(await stateOf('edge-2')).toBe('alive');
    clock.offsetMs += 2 * SECONDS;
    expect(await stateOf('edge-2')).toBe('unreachable');
    await send('edge-2', heartbeat('edge-2'));
    expect(await stateOf('edge-2')).toBe('alive');
  });

  it('may say that the agent ends, and a new run is alive at once', async () => {
    await send('edge-2', heartbeat('edge-2', { is_stopping: true, servers: [] }));
    expect(await stateOf('edge-2')).toBe('unreachable');
    runs.set('edge-2', randomUUID());
    await send('edge-2', heartbeat('edge-2', { sequence: 0 }));
    expect(await stateOf('edge-2')).toBe('alive');
  });

  it('that was overtaken or is sent again changes nothing', async () => {
    const early = heartbeat('edge-2');
    await send('edge-2', heartbeat('edge-2', { is_stopping: true }));
    expect((await send('edge-2', early)).status).toBe(204);
    expect(await stateOf('edge-2')).toBe('unreachable');
  });

  it('is taken with the former secret while it is exchanged', async () => {
    const [, former] = agents.heartbeatSecretsOf('edge-3');
    const { status } = await send('edge-3', heartbeat('edge-3'), { secret: former });
    expect(status).toBe(204);
  });

  it('keeps its order where many come at once', async () => {
    const run_id = randomUUID();
    const all = Array.from({ length: 20 }, (_, index) =>
      heartbeat('edge-3', { run_id, sequence: index, is_stopping: index < 19 }),
    );
    await Promise.all(all.reverse().map((body) => send('edge-3', body)));
    expect(await stateOf('edge-3')).toBe('alive');
  });
});

describe('nobody else', () => {
  it.each([
    ['no secret', () => undefined],
    ['a wrong one', () => 'x'.repeat(43)],
    ['that of another agent', () => agents.heartbeatSecretsOf('edge-1')[0]],
    ['what the service shows to the agent', () => agents.secretOf('edge-2')],
    ['the token of an operator', () => service.tokenFor('op', { scopes: ['operator'] })],
    ['a very long one', () => 'x'.repeat(9_000)],
  ])('speaks for an agent with %s', async (_name, secretOf) => {
    const before = await list();
    const { status, headers } = await send('edge-2', heartbeat('edge-2'), {
      headers: { authorization: `Bearer ${await secretOf()}` },
    });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(await list()).toEqual(before);
  });

  it('learns which names there are', async () => {
    const secret = 'x'.repeat(43);
    const [known, unknown] = [
      await send('edge-1', heartbeat('edge-1'), { secret }),
      await send('edge-9', heartbeat('edge-9'), { secret }),
    ];
    const body = ({ text }: { text: string }) => ({ ...JSON.parse(text), instance: '' });
    expect(unknown.status).toBe(401);
    expect(body(unknown)).toEqual(body(known));
  });

  it('reads an agent’s secret as a token, or the list without being an operator', async () => {
    const [secret] = agents.heartbeatSecretsOf('edge-1');
    const headers = { authorization: `Bearer ${secret}` };
    for (const path of ['/api/admin/agents', '/api/connectors']) {
      expect((await fetch(`${service.url}${path}`, { headers })).status).toBe(401);
    }
    const user = await service.clientFor();
    (await user.send('GET', '/api/admin/agents')).problem(403, 'FORBIDDEN');
    (await (await operator()).send('GET', '/api/admin/agents?x=1')).problem(
      422,
      'VALIDATION_FAILED',
    );
  });
});

describe('a heartbeat that is not as it should be is refused', () => {
  const refused = (given: Record<string, unknown>) => ({ ...heartbeat('edge-1'), ...given });
  it.each<[string, () => unknown, number]>([
    ['no JSON', () => '{', 400],
    ['nothing', () => '', 422],
    ['unknown fields', () => refused({ url: 'https://elsewhere.example.com' }), 422],
    ['no UUID', () => refused({ run_id: '../x' }), 422],
    ['a negative number', () => refused({ sequence: -1 }), 422],
    ['a huge number', () => refused({ sequence: 1e300 }), 422],
    ['an unknown phase', () => refused({ servers: [{ ...server(), phase: 'mining' }] }), 422],
    ['an address of a server', () => refused({ servers: [{ ...server(), url: 'http://x' }] }), 422],
    ['a step that is a text', () => refused({ servers: [server({ step: '<b>x</b>' })] }), 422],
    [
      'too many servers',
      () => refused({ servers: Array.from({ length: 1001 }, () => server()) }),
      422,
    ],
    ['more than a mebibyte', () => refused({ padding: 'x'.repeat(1_100_000) }), 413],
  ])('%s', async (_name, body, status) => {
    expect((await send('edge-1', body())).status).toBe(status);
  });

  it('another type of content, and a name that is none', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await send('edge-1', 'x', { headers })).status).toBe(415);
    expect((await send('x'.repeat(300), heartbeat('edge-1'), { secret: 'x' })).status).toBe(414);
  });
});

it('what agents say is in no log, and out of reach for the role of requests', async () => {
  const logged = service.logLines.join('');
  for (const name of ['edge-1', 'edge-2', 'edge-3']) {
    for (const secret of [agents.secretOf(name), ...agents.heartbeatSecretsOf(name)]) {
      expect(logged).not.toContain(secret);
    }
  }
  const app = openPool({
    connectionString: service.databaseTools.url,
    options: '-c role=mcp_connectors_app',
    max: 1,
  });
  try {
    expect((await app.query('SELECT FROM agents')).rowCount).toBe(0);
    await expect(app.query('UPDATE agents SET is_stopped = true')).rejects.toThrow(/permission/);
    await expect(app.query('DELETE FROM agents')).rejects.toThrow(/permission/);
  } finally {
    await app.end();
  }
});
