import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Heartbeats } from '../../../src/agent/heartbeats.ts';
import type { AgentServer } from '../../../src/contract/agent-generated.ts';
import { createOutbound, type Outbound } from '../../../src/outbound/guarded-fetch.ts';
import { SystemResolver } from '../../../src/outbound/host-resolver.ts';
import { ManagedPolicy } from '../../../src/outbound/outbound-policy.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type HeartbeatReceiver, receiveHeartbeats } from '../system/support/test-agent.ts';

// When a deployment agent tells the service how it is, and what it does while nobody listens.

let clock: FakeClock;
let service: HeartbeatReceiver;
let outbound: Outbound;
let heartbeats: Heartbeats;
let servers: AgentServer[];
let logged: string[];
/** Requests that have ended. */
let answered: number;

beforeEach(async () => {
  clock = new FakeClock();
  service = await receiveHeartbeats();
  servers = [];
  logged = [];
  answered = 0;
  outbound = createOutbound({
    policy: new ManagedPolicy({ origins: [service.url] }),
    resolver: new SystemResolver(),
  });
  const write = (line: string) => void logged.push(String(JSON.parse(line).msg));
  const request: Outbound['request'] = (...args) =>
    outbound.request(...args).finally(() => {
      answered += 1;
    });
  heartbeats = new Heartbeats({
    ...{ url: `${service.url}/api/agents/edge-1/heartbeat`, secret: 'x', runId: randomUUID() },
    report: () => ({
      agent: {
        ...{ version: '0.1.0', has_docker: false },
        load: { servers: 0, max_servers: 1, load_average: 0, processors: 1, free_memory_mb: 1 },
      },
      servers: [...servers],
    }),
    ...{ outbound: { request }, clock, logger: pino({}, { write }) },
  });
});
afterEach(async () => {
  await outbound.close();
  await service.close();
});

const server = (given: Partial<AgentServer> = {}): AgentServer => ({
  ...{ instance_id: '6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11', generation: 1, phase: 'starting' },
  ...{ step: null, percent: null, problem_code: null, sessions: 0, restarts: 0, ...given },
});
/** Waits until this heartbeat was answered, and its sender waits for the next one. */
async function came(count: number): Promise<void> {
  await expect.poll(() => service.received.length).toBe(count);
  await expect.poll(() => answered).toBe(count);
  await new Promise((resolve) => setImmediate(resolve));
  await expect.poll(() => clock.sleeping).toBe(1);
}
/** Time passes as slowly as the agent looks. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    clock.advance(250);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('heartbeats', () => {
  it('come every ten seconds, and with each change of a server', async () => {
    heartbeats.start();
    await came(1);
    await pass(9_750);
    expect(service.received.length).toBe(1);
    await pass(250);
    await came(2);
    servers = [server()];
    await pass(250);
    await came(3);
    servers = [server({ phase: 'running' })];
    await pass(250);
    await came(4);
    // Sessions come and go all the time.
    servers = [server({ phase: 'running', sessions: 7 })];
    await pass(5_000);
    expect(service.received.length).toBe(4);
    await pass(5_000);
    await came(5);
    expect(service.received.at(-1)?.heartbeat.servers).toEqual(servers);
    await heartbeats.stop();
  });

  it('come more and more rarely while the service does not take them, and it is said once', async () => {
    service.status = 503;
    heartbeats.start();
    await came(1);
    let count = 1;
    for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      servers = [server({ restarts: count })];
      clock.advance(pause - 1);
      await new Promise((resolve) => setImmediate(resolve));
      expect(service.received.length).toBe(count);
      clock.advance(1);
      count += 1;
      await came(count);
    }
    expect(logged).toEqual(['the service does not take the heartbeats']);
    service.status = 204;
    clock.advance(30_000);
    await came(count + 1);
    expect(logged.at(-1)).toBe('the service hears the heartbeats again');
    await pass(10_000);
    await came(count + 2);
    await heartbeats.stop();
  });

  it('end with one that says so, also where the service is away', async () => {
    heartbeats.start();
    await came(1);
    servers = [server()];
    await heartbeats.stop();
    await heartbeats.stop();
    expect(service.received.at(-1)?.heartbeat).toMatchObject({
      ...{ is_stopping: true, servers: [], sequence: 2 },
    });
    expect(clock.sleeping).toBe(0);
  });

  it('do not follow a service that sends them elsewhere', async () => {
    service.status = 307;
    heartbeats.start();
    await came(1);
    expect(logged).toEqual(['the service does not take the heartbeats']);
    await heartbeats.stop();
  });
});
