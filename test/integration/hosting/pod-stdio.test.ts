import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freeLoopbackPort } from '../../../src/hosting/loopback.ts';
import { podTemplate } from '../../../src/runtimes/kubernetes-pod.ts';
import { textOf } from '../../support/hosting/test-host.ts';
import { instanceOf, launchOf } from '../../support/kubernetes/kubernetes-bench.ts';
import { readManifests } from '../../support/kubernetes/manifests.ts';
import { connectModern } from '../gateway/support/mcp-clients.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SERVER = path.join(ROOT, 'test/support/hosting/stdio-server.mjs');
const BUSYBOX = spawnSync('sh', ['-c', 'command -v busybox']).stdout.toString().trim();
const TOKEN = 'a-token-of-more-than-thirty-two-characters';
const folder = mkdtempSync(path.join(tmpdir(), 'pod-'));
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A text of a manifest, with paths and ports of this machine. */
function here(text: string, port: number): string {
  return text
    .replaceAll('/run/mcp-tools/busybox', BUSYBOX)
    .replaceAll('9100', String(port))
    .replaceAll('238C', port.toString(16).toUpperCase().padStart(4, '0'));
}

/** Programs of our image, from their sources. */
function fromSource(command: readonly string[]): string[] {
  return command.flatMap((one) => {
    if (one === 'node') return [process.execPath, '--import', 'tsx'];
    return [one.replace(/^dist\/(.+)\.js$/, (_all, name) => path.join(ROOT, `src/${name}.ts`))];
  });
}

/** The commands of a pod's containers. */
function commandsOf(command: readonly string[], port: number) {
  const spec = instanceOf({ launch: launchOf('registry.example.com/mcp/server:1', { command }) });
  const settings = { frontImage: 'front', pullSecret: undefined };
  const { containers = [] } = podTemplate(spec, 'server', settings).spec ?? {};
  const [front = [], server = []] = containers.map(({ command: all = [] }) =>
    all.map((one) => here(one, port)),
  );
  return { front: fromSource(front), server };
}

function start(command: readonly string[], env: Record<string, string>): ChildProcess {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

// Only where busybox is there, as in CI.
describe.skipIf(BUSYBOX === '')('a server over stdio in a pod', () => {
  it('is reached through the front, in another container, and has an environment of its own', async () => {
    const port = await freeLoopbackPort();
    const { front, server } = commandsOf([process.execPath, SERVER], port);
    const program = start(server, { API_TOKEN: 'of-the-owner' });
    writeFileSync(path.join(folder, 'token'), TOKEN);
    const endpoint = start(front, {
      ...{ PATH: process.env['PATH'] ?? '', FRONT_TOKEN_FILE: path.join(folder, 'token') },
      ...{ FRONT_FOLDER: path.join(folder, 'run'), FRONT_HOST: '127.0.0.1', FRONT_PORT: '0' },
    });
    const origin = `http://127.0.0.1:${await portOf(endpoint)}`;
    await expect
      .poll(async () => (await fetch(`${origin}/healthz`)).status, { timeout: 20_000 })
      .toBe(200);
    expect((await fetch(`${origin}/mcp`, { method: 'POST' })).status).toBe(401);
    const client = await connectModern({ url: `${origin}/mcp`, token: TOKEN });
    const environment = textOf(await client.callTool({ name: 'environment' }));
    expect(environment).toContain('of-the-owner');
    expect(environment).not.toMatch(/LD_|FRONT_|NODE_/);
    expect(environment).not.toContain(TOKEN);
    await client.close();
    // Its end is that of its container.
    const ended = once(program, 'exit');
    program.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
  });

  it('is reached through the bridge of its manifest', async () => {
    const port = await freeLoopbackPort();
    const listen = await freeLoopbackPort();
    const { read, find } = readManifests('servers');
    const pod = find('Deployment', 'llmctl-mcp-github').spec?.template.spec;
    const bridge = pod?.containers.find(({ name }) => name === 'bridge')?.command ?? [];
    const script = path.join(folder, 'connect.sh');
    writeFileSync(script, here(read('connect.sh'), port));
    start([BUSYBOX, 'sh', script, process.execPath, SERVER], { API_TOKEN: 'of-the-provider' });
    const command = bridge.map((one) => here(one, port).replace('=8000', `=${listen}`));
    start(fromSource(command), { PATH: process.env['PATH'] ?? '' });
    const origin = `http://127.0.0.1:${listen}`;
    const ping = () =>
      fetch(`${origin}/ping`).then(
        ({ status }) => status,
        () => 0,
      );
    await expect.poll(ping, { timeout: 20_000 }).toBe(200);
    const client = await connectModern({ url: `${origin}/mcp`, token: '' });
    const environment = textOf(await client.callTool({ name: 'environment' }));
    expect(environment).toContain('of-the-provider');
    await client.close();
  });

  it('ends its container as it ended itself, so that the cluster can tell why', async () => {
    for (const [command, code] of [
      [['sh', '-c', 'exit 7'], 7],
      [['/nowhere/program'], 127],
    ] as const) {
      const port = await freeLoopbackPort();
      const { front, server } = commandsOf(command, port);
      const program = start(server, { PATH: process.env['PATH'] ?? '' });
      start(front.slice(front.indexOf('--') + 1), {});
      expect(await once(program, 'exit')).toEqual([code, null]);
    }
  });
});

async function portOf(child: ChildProcess): Promise<string> {
  for await (const chunk of child.stdout ?? []) {
    const port = /"port":(\d+)/.exec(String(chunk))?.[1];
    if (port !== undefined) return port;
  }
  throw new Error('the front ended');
}
