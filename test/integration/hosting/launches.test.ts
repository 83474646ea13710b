import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InstanceSpec } from '../../../src/runtimes/runtime.ts';
import { openTestHost, specOf, type TestHost, textOf } from '../../support/hosting/test-host.ts';
import { connectModern } from '../gateway/support/mcp-clients.ts';

const SUPPORT = path.resolve(import.meta.dirname, '../../support/hosting');
const patience = { stopGraceMs: 500, firstPauseMs: 20, maxQuickExits: 2 };

describe('a server that speaks HTTP itself', () => {
  let test: TestHost;

  beforeAll(async () => {
    test = await openTestHost({ patience });
  });
  afterAll(() => test.close());

  const command = [process.execPath, path.join(SUPPORT, 'http-server.mjs')];
  const ask = async (spec: InstanceSpec): Promise<{ port: number }> => {
    const headers = { authorization: `Bearer ${spec.bearer}` };
    const answer = await fetch(test.urlOf(spec), { method: 'POST', headers, body: '{}' });
    return JSON.parse(await answer.text());
  };

  it('is told its port, so that two of one entry do not meet', async () => {
    const launch = { command, speaks: 'http', path: '/own/mcp', port: 8_123 } as const;
    const specs = [specOf(launch), specOf(launch)];
    for (const spec of specs) test.host.ensure(spec);
    for (const spec of specs) await test.until(spec, 'running');
    const ports = await Promise.all(specs.map(async (spec) => (await ask(spec)).port));
    expect(new Set(ports).size).toBe(2);
    await Promise.all(specs.map(({ instanceId }) => test.host.stop(instanceId)));
  });

  it.runIf(process.platform === 'linux')(
    'is ended where it listens for the whole network: nothing would ask there for its secret',
    async () => {
      const launch = {
        command: [...command, '0.0.0.0'],
        speaks: 'http',
        path: '/own/mcp',
      } as const;
      const spec = specOf(launch);
      test.host.ensure(spec);
      await test.until(spec, 'failed');
      expect(test.host.status(spec.instanceId).problem?.code).toBe('LAUNCH_NOT_ALLOWED');
    },
  );
});

describe('an image', () => {
  let test: TestHost;
  let folder: string;
  const secret = 'secret-for-the-container';

  beforeAll(async () => {
    const first = await openTestHost();
    folder = path.join(path.dirname(first.folder), 'docker');
    mkdirSync(folder);
    for (const name of ['docker.mjs', 'stdio-server.mjs'])
      copyFileSync(path.join(SUPPORT, name), path.join(folder, name));
    chmodSync(path.join(folder, 'docker.mjs'), 0o755);
    const searchPath = `${path.dirname(process.execPath)}:/usr/bin:/bin`;
    test = await openTestHost({
      patience,
      docker: {
        program: path.join(folder, 'docker.mjs'),
        environment: { PATH: searchPath, DOCKER_HOST: 'unix:///engine.sock' },
        images: ['registry.example.com/allowed/', 'exact:1'],
        network: 'bridge',
      },
    });
    const { close } = test;
    test.close = async () => {
      await close();
      await first.close();
    };
  });
  afterAll(() => test.close());

  const asked = (): {
    verb: string;
    args: string[];
    environment: string[];
    text: string;
    mode: string;
  }[] =>
    readFileSync(path.join(folder, 'asked.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('runs in a container that may do next to nothing, and gets no secret on a command line', async () => {
    const spec = specOf(
      {
        image: 'registry.example.com/allowed/server:1.2',
        command: ['serve', '--all'],
        memoryMb: 300,
        cpuMillis: 250,
      },
      {
        environment: { API_TOKEN: secret, DOCKER_HOST: 'tcp://elsewhere.example.com' },
        files: [{ name: 'key', content: secret, variable: 'KEY_FILE' }],
      },
    );
    test.host.ensure(spec);
    await test.until(spec, 'running');
    const client = await connectModern(test.accessOf(spec));
    const environment: Record<string, string> = JSON.parse(
      textOf(await client.callTool({ name: 'environment' })),
    );
    await client.close();
    expect(environment).toMatchObject({ API_TOKEN: secret, KEY_FILE: '/run/credentials/key' });
    const run = asked().find(({ verb }) => verb === 'run');
    expect(run?.args).toEqual(
      expect.arrayContaining([
        ...[
          '--rm',
          '--interactive',
          '--read-only',
          '--cap-drop=ALL',
          '--security-opt=no-new-privileges',
        ],
        ...[
          '--memory=300m',
          '--memory-swap=300m',
          '--cpus=0.25',
          '--pids-limit=256',
          '--network=bridge',
        ],
        ...['--pull=never', `--name=mcp-${spec.instanceId}`],
      ]),
    );
    // The command takes the place of what the image starts, as it does in a cluster.
    expect(asked().find(({ verb }) => verb === 'started')).toEqual({
      ...{ verb: 'started', image: 'registry.example.com/allowed/server:1.2' },
      started: ['serve', '--all'],
    });
    expect(run?.args.slice(-3)).toEqual([
      '--entrypoint=serve',
      'registry.example.com/allowed/server:1.2',
      '--all',
    ]);
    expect(run?.args.filter((arg) => arg.startsWith('--mount='))).toEqual([
      expect.stringMatching(
        /^--mount=type=bind,source=.*\/credentials\/key,target=\/run\/credentials\/key,readonly$/,
      ),
    ]);
    // The program gets the operator's environment alone: a setting cannot send it to another engine.
    expect(asked().every((one) => one.environment?.includes('API_TOKEN') !== true)).toBe(true);
    expect(JSON.stringify(asked().filter(({ verb }) => verb !== 'env-file'))).not.toContain(secret);
    expect(asked().find(({ verb }) => verb === 'env-file')).toMatchObject({ mode: '600' });
    expect(
      asked()
        .map(({ verb }) => verb)
        .slice(0, 5),
    ).toEqual(['version', 'ps', 'rm', 'image', 'pull']);
    await test.host.stop(spec.instanceId);
    expect(asked().at(-1)).toMatchObject({
      verb: 'rm',
      args: ['--force', `mcp-${spec.instanceId}`],
    });
  });

  it('starts what it starts by itself where no command is said', async () => {
    const spec = specOf({ image: 'exact:1' });
    test.host.ensure(spec);
    await test.until(spec, 'running');
    expect(asked().findLast(({ verb }) => verb === 'started')).toMatchObject({
      ...{ image: 'exact:1', started: ['of-the-image'] },
    });
    await test.host.stop(spec.instanceId);
  });

  it.each([
    'registry.example.com/other/server',
    'registry.example.com/allowed',
    'exact:2',
    'exact:1@sha256:0',
    '--privileged',
    'registry.example.com/allowed/../other',
    '',
  ])('%j is not on the list', (image) => {
    expect(() => test.host.ensure(specOf({ image }))).toThrow('LAUNCH_NOT_ALLOWED');
  });

  it('that cannot be had is told at once', async () => {
    const spec = specOf({ image: 'registry.example.com/allowed/missing' });
    const other = await openTestHost({
      ...test.options,
      folder: path.join(path.dirname(test.folder), 'second'),
      docker: test.options.docker && { ...test.options.docker, program: missing() },
    });
    other.host.ensure(spec);
    await other.until(spec, 'failed');
    expect(other.host.status(spec.instanceId).problem?.code).toBe('LAUNCH_NOT_FOUND');
    await other.close();
  });

  it('runs in a network in which servers do not reach each other, where the operator names none', async () => {
    const spec = specOf({ image: 'exact:1' });
    const other = await openTestHost({
      ...test.options,
      folder: path.join(path.dirname(test.folder), 'third'),
      docker: test.options.docker && { ...test.options.docker, network: undefined },
    });
    other.host.ensure(spec);
    await other.until(spec, 'running');
    await other.close();
    const [created] = asked().filter(
      ({ verb, args }) => verb === 'network' && args[0] === 'create',
    );
    const name = created?.args.at(-1);
    expect(name).toMatch(/^mcp-connectors-[0-9a-f]{16}$/);
    expect(created?.args).toContain('--opt=com.docker.network.bridge.enable_icc=false');
    expect(asked().findLast(({ verb }) => verb === 'run')?.args).toContain(`--network=${name}`);
  });

  it('is not waited for while it is pulled, once nobody wants it', async () => {
    const spec = specOf({ image: 'registry.example.com/allowed/slow' });
    const other = await openTestHost({
      ...test.options,
      folder: path.join(path.dirname(test.folder), 'fourth'),
      docker: test.options.docker && { ...test.options.docker, program: missing() },
    });
    other.host.ensure(spec);
    await expect.poll(() => other.host.status(spec.instanceId).step).toBe('pulling-image');
    await other.host.stop(spec.instanceId);
    expect(other.host.status(spec.instanceId).phase).toBe('gone');
    await other.close();
  });

  it('is not started as a command where there is no engine', async () => {
    const other = await openTestHost({
      docker: { program: '/no/docker', environment: {}, images: ['exact:1'], network: 'bridge' },
    });
    expect(other.host.hasDocker).toBe(false);
    const launch = { image: 'exact:1', command: [process.execPath, test.program] };
    expect(() => other.host.ensure(specOf(launch))).toThrow('LAUNCH_NOT_ALLOWED');
    await other.close();
  });

  /** The same program, which has pulled nothing yet. */
  function missing(): string {
    const elsewhere = mkdtempSync(path.join(folder, 'fresh'));
    const program = path.join(elsewhere, 'docker.mjs');
    copyFileSync(path.join(SUPPORT, 'docker.mjs'), program);
    chmodSync(program, 0o755);
    return program;
  }
});
