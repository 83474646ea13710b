import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { markOf } from '../../../src/hosting/keeper.ts';
import { processesWith } from '../../../src/hosting/process-table.ts';
import { ServerHost } from '../../../src/hosting/server-host.ts';
import type { InstanceSpec } from '../../../src/runtimes/runtime.ts';
import { openTestHost, specOf, type TestHost, textOf } from '../../support/hosting/test-host.ts';
import { connectModern } from '../gateway/support/mcp-clients.ts';

let test: TestHost;

beforeAll(async () => {
  const patience = { stopGraceMs: 500, readyTimeoutMs: 15_000, firstPauseMs: 20, maxPauseMs: 20 };
  test = await openTestHost({ patience: { ...patience, maxQuickExits: 2, watchPauseMs: 200 } });
});

afterAll(() => test.close());

const small = (mode: string, more: Parameters<typeof specOf>[1] = {}) =>
  specOf({ command: [process.execPath, test.program, mode] }, more);

async function running(spec: InstanceSpec): Promise<InstanceSpec> {
  test.host.ensure(spec);
  await test.until(spec, 'running');
  return spec;
}

async function call(
  spec: InstanceSpec,
  name: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  const client = await connectModern(test.accessOf(spec));
  try {
    return textOf(await client.callTool({ name, arguments: args }));
  } finally {
    await client.close();
  }
}

const left = ({ instanceId }: InstanceSpec) => processesWith(markOf(instanceId)).length;
const folderOf = ({ instanceId }: InstanceSpec) => path.join(test.folder, 'servers', instanceId);

describe.runIf(process.platform === 'linux')('nothing is left', () => {
  it('of a server that is stopped, though it ignores the signal and left its group', async () => {
    const spec = await running(small('ignore-term'));
    await call(spec, 'leave');
    expect(left(spec)).toBeGreaterThan(2);
    await test.host.stop(spec.instanceId);
    expect(left(spec)).toBe(0);
    expect(existsSync(folderOf(spec))).toBe(false);
    expect(readdirSync(path.join(test.folder, 'records'))).toEqual([]);
  });

  it('of a server that lays traps for whoever cleans up, and none of them is a trap for its host', async () => {
    const spec = await running(small('plain'));
    expect(await call(spec, 'trap')).toBe('0');
    await call(spec, 'exit').catch(() => {});
    // It is started again, in a folder that was made anew.
    await expect.poll(() => test.host.find(spec.instanceId)?.restarts, { timeout: 15_000 }).toBe(1);
    await test.until(spec, 'running');
    expect(existsSync(path.join(folderOf(spec), 'home', 'closed'))).toBe(false);
    expect(await call(spec, 'trap')).toBe('0');
    await test.host.stop(spec.instanceId);
    expect(existsSync(folderOf(spec))).toBe(false);
    expect(test.host.status(spec.instanceId).phase).toBe('gone');
  });

  it('of a server whose host is killed; what left its group ends when the host is back', async () => {
    const folder = path.join(test.folder, 'killed');
    const spec = small('ignore-term', {
      files: [{ name: 'key', content: 'secret-content', variable: 'KEY_FILE' }],
    });
    const program = path.resolve(import.meta.dirname, '../../support/hosting/host-process.ts');
    const args = ['--import', 'tsx', program, folder, JSON.stringify(spec)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const before = processesWith(markOf(spec.instanceId));
    expect(before.length).toBeGreaterThanOrEqual(4);
    await expect(
      ServerHost.open({ ...test.options, folder }),
      'two hosts on one folder',
    ).rejects.toThrow('folder');
    // As a server that daemonizes itself: it is not in the group of the keeper.
    const daemon = spawn('sleep', ['1000'], {
      detached: true,
      stdio: 'ignore',
      env: { MCP_CONNECTORS_INSTANCE: spec.instanceId },
    });
    child.kill('SIGKILL');
    await expect.poll(() => left(spec), { timeout: 15_000 }).toBe(1);
    const next = await ServerHost.open({ ...test.options, folder });
    expect(readdirSync(path.join(folder, 'servers'))).toEqual([]);
    await expect.poll(() => left(spec)).toBe(0);
    expect(daemon.pid).toBeGreaterThan(0);
    await next.close();
  });

  it('of a server that is stopped while it starts', async () => {
    const spec = small('silent');
    test.host.ensure(spec);
    await expect.poll(() => left(spec)).toBeGreaterThan(0);
    await test.host.stop(spec.instanceId);
    expect(left(spec)).toBe(0);
  });
});

describe.runIf(process.platform === 'linux')('a server that takes too much', () => {
  it('memory: is ended, with the reason', async () => {
    const spec = await running(
      small('plain', { launch: { ...small('plain').launch, memoryMb: 200 } }),
    );
    const answer = call(spec, 'eat', { megabytes: 400 });
    await answer.catch(() => {});
    await expect
      .poll(() => [
        test.host.status(spec.instanceId).problem?.code,
        test.host.logs(spec.instanceId, 50).join(),
      ])
      .toEqual(['SERVER_OUT_OF_MEMORY', expect.stringContaining('MiB of 200')]);
    await test.host.stop(spec.instanceId);
  });

  it('processes: is ended', async () => {
    const { launch } = small('plain');
    const spec = await running(small('plain', { launch: { ...launch, memoryMb: 8_192 } }));
    await call(spec, 'fork', { count: 520 }).catch(() => {});
    await expect.poll(() => test.host.logs(spec.instanceId, 50).join()).toContain('processes');
    await test.host.stop(spec.instanceId);
    expect(left(spec)).toBe(0);
  });

  it('log: goes on, and little of it is kept', async () => {
    const spec = await running(small('flood'));
    await expect.poll(() => test.host.logs(spec.instanceId, 10_000).length).toBeGreaterThan(300);
    const lines = test.host.logs(spec.instanceId, 10_000);
    expect(lines.length).toBeLessThanOrEqual(600);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(2_000);
    expect(await call(spec, 'identity')).toContain('pid');
    await test.host.stop(spec.instanceId);
  });
});

describe('a server that ends', () => {
  it('is started again, and is reached again', async () => {
    const spec = await running(small('plain'));
    const before = await call(spec, 'identity');
    await call(spec, 'exit').catch(() => {});
    await expect
      .poll(() => call(spec, 'identity').catch(() => before), { timeout: 20_000 })
      .not.toBe(before);
    await call(spec, 'exit').catch(() => {});
    await test.until(spec, 'failed');
    expect(test.host.status(spec.instanceId).problem?.code).toBe('SERVER_EXITED');
    // Whoever asks for it again has it started again.
    await running(spec);
    await test.host.stop(spec.instanceId);
  });
});

describe('secrets', () => {
  it('are on no command line, in no log, and not in what is told of a failure', async () => {
    const secret = 'value-that-nobody-may-see';
    const spec = small('plain', {
      environment: { API_TOKEN: secret },
      files: [{ name: 'key', content: `first\n${secret}-in-a-file`, variable: 'KEY_FILE' }],
    });
    await running(spec);
    await call(spec, 'shout', { text: `${secret} ${secret}-in-a-file ${spec.bearer}` });
    await expect.poll(() => test.host.logs(spec.instanceId, 50).join()).toContain('[redacted]');
    const told = [
      ...test.host.logs(spec.instanceId, 50),
      JSON.stringify(test.host.status(spec.instanceId)),
      ...test.logged,
      ...processesWith(markOf(spec.instanceId)).map(({ pid }) =>
        readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
      ),
    ].join('\n');
    for (const one of [secret, spec.bearer]) expect(told).not.toContain(one);
    const environments = processesWith(markOf(spec.instanceId)).map(({ pid }) =>
      readFileSync(`/proc/${pid}/environ`, 'utf8'),
    );
    expect(environments.join()).not.toContain(spec.bearer);
    // Its own key is the bridge's alone: the server does not get it.
    expect(await call(spec, 'environment')).not.toContain('MCP_PROXY');
    await test.host.stop(spec.instanceId);
  });

  it('in files are for their owner alone, and gone with the server', async () => {
    const spec = small('plain', { files: [{ name: 'key', content: 'x', variable: 'KEY_FILE' }] });
    await running(spec);
    const folder = path.join(folderOf(spec), 'credentials');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, 'key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['key']);
    await test.host.stop(spec.instanceId);
    expect(existsSync(folder)).toBe(false);
  });

  it('are not written through links that wait for them', async () => {
    const outside = path.join(test.folder, '..', 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'key'), 'untouched');
    const spec = small('plain', { files: [{ name: 'key', content: 'x', variable: 'KEY_FILE' }] });
    symlinkSync(outside, folderOf(spec));
    await running(spec);
    expect(readFileSync(path.join(outside, 'key'), 'utf8')).toBe('untouched');
    // The server may put a link into its own folder; the next start does not follow it either.
    rmSync(path.join(folderOf(spec), 'credentials', 'key'));
    symlinkSync(path.join(outside, 'key'), path.join(folderOf(spec), 'credentials', 'key'));
    await test.until(spec, 'gone');
    await running({ ...spec, generation: 2 });
    expect(readFileSync(path.join(outside, 'key'), 'utf8')).toBe('untouched');
    await test.host.stop(spec.instanceId);
    expect(readdirSync(outside)).toEqual(['key']);
  });

  it.each(['../key', '.', '..', 'a/b', '', '/etc/key', 'a\0b'])('no file is named %j', (name) => {
    const files = [{ name, content: 'x', variable: 'KEY_FILE' }];
    expect(() => test.host.ensure(small('plain', { files }))).toThrow('LAUNCH_NOT_ALLOWED');
  });

  it('whose file goes away are not used any more until the server is made anew', async () => {
    const spec = small('plain', { files: [{ name: 'key', content: 'x', variable: 'KEY_FILE' }] });
    await running(spec);
    unlinkSync(path.join(folderOf(spec), 'credentials', 'key'));
    await test.until(spec, 'gone');
    expect((await fetch(test.urlOf(spec), { method: 'POST' })).status).toBe(404);
    await running(spec);
    expect(
      await call(spec, 'read', { file: path.join(folderOf(spec), 'credentials', 'key') }),
    ).toBe('x');
    await test.host.stop(spec.instanceId);
  });
});
