import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { RuntimeFailure } from '../../../src/runtimes/runtime.ts';
import {
  everythingCommand,
  openTestHost,
  specOf,
  type TestHost,
  textOf,
} from '../../support/hosting/test-host.ts';
import { connectLegacy, connectModern } from '../gateway/support/mcp-clients.ts';

const MODERN_SERVER = path.resolve(import.meta.dirname, '../../support/hosting/modern-server.mjs');
let test: TestHost;

beforeAll(async () => {
  test = await openTestHost({ patience: { firstPauseMs: 50, maxPauseMs: 50, maxQuickExits: 3 } });
});

afterAll(() => test.close());

const small = (mode: string, more: Parameters<typeof specOf>[1] = {}) =>
  specOf({ command: [process.execPath, test.program, mode] }, more);

describe('a published server', () => {
  it('is reached by clients of both eras, over one process, through the front', async () => {
    const spec = specOf({ command: everythingCommand() });
    test.host.ensure(spec);
    expect(test.host.status(spec.instanceId)).toMatchObject({ phase: 'starting', generation: 1 });
    await test.until(spec, 'running');
    const [legacy, modern] = await Promise.all([
      connectLegacy(test.accessOf(spec)),
      connectModern(test.accessOf(spec)),
    ]);
    const call = { name: 'echo', arguments: { message: 'hello' } };
    expect(textOf(await legacy.callTool(call))).toBe('Echo: hello');
    expect(textOf(await modern.callTool(call))).toBe('Echo: hello');
    expect((await modern.listTools()).tools.map(({ name }) => name)).toContain('get-sum');
    const progress: number[] = [];
    const long = { name: 'trigger-long-running-operation', arguments: { duration: 0.3, steps: 3 } };
    await modern.callTool(long, { onprogress: (one) => progress.push(one.progress) });
    // The last one may come together with the result.
    expect(progress.slice(0, 2)).toEqual([1, 2]);
    expect(test.host.status(spec.instanceId).sessions).toBeGreaterThanOrEqual(1);
    await Promise.all([legacy.close(), modern.close()]);
    await test.host.stop(spec.instanceId);
    expect(test.host.status(spec.instanceId).phase).toBe('gone');
  });
});

describe('a server that speaks over stdio', () => {
  it.each([
    ['knows the handshake alone, and does not answer anything else', () => [test.program, 'deaf']],
    ['knows revision 2026-07-28 alone', () => [MODERN_SERVER]],
  ])('comes up where it %s', async (_what, program) => {
    const spec = specOf({ command: [process.execPath, ...program()] });
    test.host.ensure(spec);
    await test.until(spec, 'running');
    const client = await connectLegacy(test.accessOf(spec));
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    await client.close();
    await test.host.stop(spec.instanceId);
  });
});

describe('what a server gets', () => {
  it('is its own environment, and nothing of ours, and no secret on a command line', async () => {
    const secret = 'a-secret-of-the-owner';
    const spec = small('plain', {
      environment: { API_TOKEN: secret, NODE_OPTIONS: '--inspect', LD_PRELOAD: '/x.so' },
      files: [{ name: 'key.json', content: '{"private":"key-in-a-file"}', variable: 'KEY_FILE' }],
    });
    test.host.ensure(spec);
    await test.until(spec, 'running');
    const client = await connectModern(test.accessOf(spec));
    const call = async (name: string, args: Record<string, unknown> = {}) =>
      textOf(await client.callTool({ name, arguments: args }));
    const environment: Record<string, string> = JSON.parse(await call('environment'));
    expect(Object.keys(environment).sort()).toEqual(
      [
        ...['API_TOKEN', 'HOME', 'KEY_FILE', 'LANG', 'MCP_CONNECTORS_INSTANCE', 'PATH'],
        ...['PWD', 'TMPDIR'],
      ].sort(),
    );
    expect(environment).toMatchObject({ API_TOKEN: secret });
    expect(await call('read', { file: environment['KEY_FILE'] })).toContain('key-in-a-file');
    await client.close();
  });
});

describe('failing servers', () => {
  it('are started again in growing pauses', async () => {
    const pauses: number[] = [];
    const other = await openTestHost({
      patience: { watchPauseMs: 100, stopGraceMs: 500 },
      clock: {
        ...systemClock,
        sleep: (ms, signal) => {
          if (ms < 1_000) return systemClock.sleep(ms, signal);
          pauses.push(ms);
          return Promise.resolve();
        },
      },
    });
    const spec = specOf({ command: ['/bin/sh', '-c', 'exit 3'], speaks: 'http' });
    other.host.ensure(spec);
    await other.until(spec, 'failed');
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000]);
    await other.close();
  });

  it.each([
    ['that ends at once', 'exit', 'SERVER_EXITED'],
    ['whose program is not there', undefined, 'LAUNCH_NOT_FOUND'],
  ])('one %s is given up, with a reason', async (_what, mode, code) => {
    const spec =
      mode === undefined
        ? specOf({ command: ['no-such-program'] })
        : small(mode, { environment: { SECRET: 'secret-in-the-log' } });
    test.host.ensure(spec);
    await test.until(spec, 'failed');
    expect(test.host.status(spec.instanceId).problem).toMatchObject({ code, target: 'test-host' });
    expect(test.host.logs(spec.instanceId, 100).join('\n')).not.toContain('secret-in-the-log');
  });

  it('one that never answers is given up', async () => {
    const other = await openTestHost({
      patience: { readyTimeoutMs: 1_500, maxQuickExits: 1, stopGraceMs: 200 },
    });
    const spec = specOf({ command: [process.execPath, other.program, 'silent'] });
    other.host.ensure(spec);
    await other.until(spec, 'failed');
    expect(other.host.status(spec.instanceId).problem?.code).toBe('SERVER_NOT_READY');
    await other.close();
  });

  it('one without a command is refused', () => {
    expect(() => test.host.ensure(specOf({}))).toThrow(RuntimeFailure);
  });
});
