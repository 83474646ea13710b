import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { markOf } from '../../../src/hosting/keeper.ts';
import { processesWith } from '../../../src/hosting/process-table.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { trustAlso } from '../../../src/outbound/certificate-authorities.ts';
import { createOutbound, type Outbound } from '../../../src/outbound/guarded-fetch.ts';
import { SystemResolver } from '../../../src/outbound/host-resolver.ts';
import { ManagedPolicy } from '../../../src/outbound/outbound-policy.ts';
import { AgentRuntime } from '../../../src/runtimes/agent-runtime.ts';
import type { Launch } from '../../../src/runtimes/launch.ts';
import type { InstanceSpec } from '../../../src/runtimes/runtime.ts';
import { specOf } from '../../support/hosting/test-host.ts';
import { describeRuntime, knockAt } from '../../support/runtime-contract.ts';
import { createTestAuthority } from '../../support/test-certificates.ts';
import { Program, until } from './support/program.ts';
import {
  type HeartbeatReceiver,
  newSecret,
  receiveHeartbeats,
  startTestAgent,
  type TestAgent,
} from './support/test-agent.ts';

// A deployment agent as operators run it: a process of its own, with servers that are processes of theirs.

const { signal } = new AbortController();
const serviceSecret = newSecret();
const heartbeatSecret = newSecret();
let folder: string;
let program: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-test-'));
  chmodSync(folder, 0o711);
  program = path.join(folder, 'stdio-server.mjs');
  copyFileSync(path.join(import.meta.dirname, '../../support/hosting/stdio-server.mjs'), program);
  chmodSync(program, 0o644);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const launch = (command: readonly string[]): Launch => specOf({ command }).launch;
const small = (mode = 'plain') => launch([process.execPath, program, mode]);

/** An agent, with who takes its heartbeats and a runtime that asks it. */
interface Bench {
  agent: TestAgent;
  service: HeartbeatReceiver;
  runtime: AgentRuntime;
  close(): Promise<void>;
}

async function openBench(env: Record<string, string> = {}): Promise<Bench> {
  const service = await receiveHeartbeats();
  const agent = await startTestAgent({
    ...{ name: 'edge-1', serviceUrl: service.url, serviceSecret, heartbeatSecret, env },
    commands: [[process.execPath, program], ['no-such-program']],
  });
  const outbound = outboundTo(agent.origin);
  return {
    ...{ agent, service, runtime: runtimeOf(agent.origin, outbound) },
    close: async () => {
      await outbound.close();
      await agent.destroy();
      await service.close();
    },
  };
}

function outboundTo(origin: string, secureContext?: SecureContext): Outbound {
  return createOutbound({
    policy: new ManagedPolicy({ origins: [origin] }),
    resolver: new SystemResolver(),
    ...(secureContext !== undefined && { secureContext }),
  });
}

function runtimeOf(origin: string, outbound: Outbound): AgentRuntime {
  return new AgentRuntime({
    agents: {
      find: (name) => (name === 'edge-1' ? { name, origin, secret: serviceSecret } : undefined),
      leastLoaded: async () => ['edge-1'],
      names: () => ['edge-1'],
      alive: async () => ['edge-1'],
    },
    outbound: () => outbound,
    clock: systemClock,
  });
}

/** Processes of the program itself, without those around it. */
function copiesOf(instanceId: string): number {
  return processesWith(markOf(instanceId)).filter(({ pid }) => argumentsOf(pid)[1] === program)
    .length;
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

describeRuntime('of a deployment agent', async () => {
  const { runtime, close } = await openBench();
  return {
    ...{ runtime, close, launch: small(), unknownTarget: 'edge-9', knock: knockAt },
    broken: { launch: launch(['no-such-program']), codes: ['LAUNCH_NOT_FOUND'] },
    count: async (instanceId) => copiesOf(instanceId),
  };
});

describe('a deployment agent', () => {
  let bench: Bench;
  const at = ({ instanceId }: InstanceSpec) => ({ instanceId, target: 'edge-1' });
  const phaseOf = async (spec: InstanceSpec) =>
    (await bench.runtime.status(at(spec), signal)).phase;
  const untilPhase = (spec: InstanceSpec, phase: string) =>
    until(`it is ${phase}`, async () => (await phaseOf(spec)) === phase);
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  it('tells the service how it is, and each change at once', async () => {
    const { service, runtime } = bench;
    await until('the first heartbeat came', () => service.received.length > 0);
    const [first] = service.received;
    expect(first).toMatchObject({
      path: '/api/agents/edge-1/heartbeat',
      authorization: `Bearer ${heartbeatSecret}`,
      heartbeat: { sequence: 1, is_stopping: false, servers: [] },
    });
    const spec = specOf({ command: small().command });
    await runtime.ensure(spec, 'edge-1', signal);
    const told = () =>
      service.received.flatMap(({ heartbeat }) =>
        heartbeat.servers.filter(({ instance_id: id }) => id === spec.instanceId),
      );
    await until('its start was told', () => told().some(({ phase }) => phase === 'running'));
    // How far a start is, is told as long as it is one.
    for (const { phase, percent } of told()) expect(percent === null).toBe(phase === 'running');
    await runtime.stop(at(spec), signal);
    await until(
      'its end was told',
      () =>
        service.received
          .at(-1)
          ?.heartbeat.servers.every(({ instance_id: id }) => id !== spec.instanceId) === true,
    );
    const sequences = service.received.map(({ heartbeat }) => heartbeat.sequence);
    expect(sequences).toEqual(sequences.map((_sequence, index) => index + 1));
  });

  it('starts a server that ends again, and counts it', async () => {
    const spec = specOf({ command: small().command });
    await bench.runtime.ensure(spec, 'edge-1', signal);
    await untilPhase(spec, 'running');
    const [own] = processesWith(markOf(spec.instanceId)).filter(
      ({ pid }) => argumentsOf(pid)[1] === program,
    );
    process.kill(own?.pid ?? 0, 'SIGKILL');
    const restarts = () =>
      bench.service.received
        .at(-1)
        ?.heartbeat.servers.find(({ instance_id: id }) => id === spec.instanceId)?.restarts;
    await until('it was started again', () => restarts() === 1);
    await untilPhase(spec, 'running');
    await bench.runtime.stop(at(spec), signal);
  });

  it('has no secret of anybody in its log, on a command line, or on disk after the end', async () => {
    const setting = `setting-${randomUUID()}`;
    const content = `file-${randomUUID()}`;
    const spec = specOf(
      { command: small().command },
      {
        environment: { API_TOKEN: setting },
        files: [{ name: 'key.json', content, variable: 'KEY_FILE' }],
      },
    );
    await bench.runtime.ensure(spec, 'edge-1', signal);
    await untilPhase(spec, 'running');
    const secrets = [setting, content, spec.bearer, serviceSecret, heartbeatSecret];
    const lines = execFileSync('ps', ['-eo', 'args', 'ww'], { encoding: 'utf8' });
    for (const secret of secrets) expect(lines).not.toContain(secret);
    await bench.runtime.stop(at(spec), signal);
    for (const secret of secrets) expect(bench.agent.program.output).not.toContain(secret);
    expect(
      filesBelow(bench.agent.dataDir).filter((file) => file.includes(spec.instanceId)),
    ).toEqual([]);
  });

  it('that is killed leaves nothing running, and begins anew without servers', async () => {
    const spec = specOf({ command: small().command });
    await bench.runtime.ensure(spec, 'edge-1', signal);
    await untilPhase(spec, 'running');
    const { dataDir, port } = bench.agent;
    bench.agent.program.kill('SIGKILL');
    await bench.agent.program.ended();
    await until('its servers ended', () => processesWith(markOf(spec.instanceId)).length === 0);
    expect(await phaseOf(spec)).toBe('unreachable');

    bench.agent = await startTestAgent({
      ...{ name: 'edge-1', serviceUrl: bench.service.url, serviceSecret, heartbeatSecret },
      ...{ port, dataDir, commands: [[process.execPath, program]] },
    });
    expect(await phaseOf(spec)).toBe('gone');
    expect(filesBelow(dataDir).filter((file) => file.includes(spec.instanceId))).toEqual([]);
    // The service puts it there anew.
    await bench.runtime.ensure(spec, 'edge-1', signal);
    await untilPhase(spec, 'running');
    const runs = new Set(bench.service.received.map(({ heartbeat }) => heartbeat.run_id));
    expect(runs.size).toBe(2);
  });

  it('says that it ends, and takes its servers with it', async () => {
    const { program: own } = bench.agent;
    const running = own.pid;
    expect(processesOf(running)).not.toEqual([]);
    own.kill('SIGTERM');
    expect(await own.ended()).toEqual({ code: 0, signal: null });
    expect(bench.service.received.at(-1)?.heartbeat).toMatchObject({
      ...{ is_stopping: true, servers: [] },
    });
    expect(processesOf(running)).toEqual([]);
  });
});

it('a deployment agent with a certificate is reached by who trusts it, and by nobody without TLS', async () => {
  const authority = await createTestAuthority();
  const { cert, key } = await authority.issue({ names: ['127.0.0.1'] });
  const file = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const env = {
    AGENT_TLS_CERT_FILE: file('cert.pem', cert),
    AGENT_TLS_KEY_FILE: file('key.pem', key),
  };
  const bench = await openBench(env);
  const { origin, port } = bench.agent;
  const trusting = outboundTo(origin, trustAlso([authority.cert]));
  try {
    const placement = { instanceId: randomUUID(), target: 'edge-1' };
    const trusted = runtimeOf(origin, trusting);
    expect(await trusted.status(placement, signal)).toMatchObject({ phase: 'gone' });
    expect(await bench.runtime.status(placement, signal)).toMatchObject({
      ...{ phase: 'unreachable', problem: { code: 'RUNTIME_UNREACHABLE', target: 'edge-1' } },
    });
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  } finally {
    await trusting.close();
    await bench.close();
  }
});

it('a deployment agent with a container engine runs the images that its operator allows', async () => {
  const docker = path.join(folder, 'docker.mjs');
  copyFileSync(path.join(import.meta.dirname, '../../support/hosting/docker.mjs'), docker);
  chmodSync(docker, 0o755);
  const images = 'registry.example.com/mcp/';
  const bench = await openBench({ AGENT_DOCKER: docker, AGENT_IMAGES: images });
  const imageOf = (image: string) =>
    specOf({ image }, { environment: { API_TOKEN: 'secret-of-the-container' } });
  try {
    await until('it is said', () => bench.service.received.length > 0);
    expect(bench.service.received[0]?.heartbeat.agent.has_docker).toBe(true);
    const spec = imageOf(`${images}tracker:1`);
    await bench.runtime.ensure(spec, 'edge-1', signal);
    const placement = { instanceId: spec.instanceId, target: 'edge-1' };
    await until('it is up', async () => {
      return (await bench.runtime.status(placement, signal)).phase === 'running';
    });
    const { url = '' } = await bench.runtime.status(placement, signal);
    expect(await knockAt(url, spec.bearer)).toBe(200);
    for (const image of ['registry.example.com/other:1', `${images}../other:1`]) {
      await expect(bench.runtime.ensure(imageOf(image), 'edge-1', signal)).rejects.toMatchObject({
        problem: { code: 'LAUNCH_NOT_ALLOWED', target: 'edge-1' },
      });
    }
    await bench.runtime.stop(placement, signal);
    const asked = readFileSync(path.join(folder, 'asked.jsonl'), 'utf8').split('\n');
    expect(asked.filter((line) => line.includes('"verb":"run"'))).toHaveLength(1);
    // In the file that it reads, and on no command line.
    const telling = asked.filter((line) => line.includes('secret-of-the-container'));
    expect(telling.every((line) => line.includes('"verb":"env-file"'))).toBe(true);
  } finally {
    await bench.close();
  }
});

describe('a deployment agent does not start', () => {
  it('where another program has its port, its folder or its certificate', async () => {
    const bench = await openBench();
    const start = (env: Record<string, string>) =>
      Program.built('agent', [], {
        env: {
          ...{ AGENT_NAME: 'edge-2', AGENT_SERVICE_URL: bench.service.url, AGENT_PORT: '0' },
          ...{ AGENT_SERVICE_SECRETS: serviceSecret, AGENT_HEARTBEAT_SECRET: heartbeatSecret },
          ...{ AGENT_SAME_ACCOUNT: 'on', AGENT_DATA_DIR: path.join(folder, 'other'), ...env },
        },
      });
    const missing = path.join(folder, 'missing.pem');
    const all = [
      start({ AGENT_PORT: String(bench.agent.port) }),
      start({ AGENT_DATA_DIR: bench.agent.dataDir }),
      start({
        AGENT_TLS_CERT_FILE: missing,
        AGENT_TLS_KEY_FILE: missing,
        AGENT_DATA_DIR: path.join(folder, 'third'),
      }),
    ];
    const ends = await Promise.all(all.map((one) => one.ended()));
    expect(ends.map(({ code }) => code)).toEqual([1, 1, 1]);
    const [port, data, tls] = all.map(({ output }) => output);
    expect(port).toContain('Set AGENT_PORT');
    expect(data).toContain('Give each a folder of its own');
    expect(tls).toContain('AGENT_TLS_CERT_FILE');
    await bench.close();
  });

  it('with settings that are not valid, and names all of them without their values', async () => {
    const own = Program.built('agent', [], {
      env: { AGENT_NAME: 'Edge 1', AGENT_PORT: 'x', AGENT_SERVICE_SECRETS: 'too-short-secret' },
    });
    expect(await own.ended()).toMatchObject({ code: 1 });
    for (const name of ['NAME', 'PORT', 'SERVICE_URL', 'SERVICE_SECRETS', 'HEARTBEAT_SECRET']) {
      expect(own.output).toContain(`AGENT_${name}`);
    }
    expect(own.output).not.toMatch(/too-short-secret|Edge 1/);
  });
});

function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true }).map(String);
}

/** Processes that it started, and those started by these. */
function processesOf(pid: number): string[] {
  const text = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
  const found = rows.filter(([, parent]) => Number(parent) === pid).map(([own = '']) => own);
  return [...found, ...found.flatMap((child) => processesOf(Number(child)))];
}
