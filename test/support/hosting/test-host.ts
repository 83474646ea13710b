import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listenAsFront } from '../../../src/hosting/front-listener.ts';
import type { HostLogger } from '../../../src/hosting/hosted-server.ts';
import { instanceOf, pathOf, ServerFront } from '../../../src/hosting/server-front.ts';
import { ServerHost, type ServerHostOptions } from '../../../src/hosting/server-host.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Launch } from '../../../src/runtimes/launch.ts';
import type { InstanceSpec } from '../../../src/runtimes/runtime.ts';

/** A host of servers with its front, in a folder of its own. */
export interface TestHost {
  host: ServerHost;
  /** What it was opened with. */
  options: ServerHostOptions;
  folder: string;
  /** The program of the small server, where every account can read it. */
  program: string;
  /** What the host logged, as JSON. */
  logged: string[];
  origin: string;
  urlOf(spec: Pick<InstanceSpec, 'instanceId'>): string;
  /** Waits until it is in this phase. */
  until(spec: Pick<InstanceSpec, 'instanceId'>, phase: string): Promise<void>;
  /** Where and as whom clients connect. */
  accessOf(spec: Pick<InstanceSpec, 'instanceId' | 'bearer'>): { url: string; token: string };
  close(): Promise<void>;
}

/** Opens a host in a temporary folder, by default without accounts of their own for servers. */
export async function openTestHost(options: Partial<ServerHostOptions> = {}): Promise<TestHost> {
  const base = mkdtempSync(path.join(tmpdir(), 'hosting-'));
  chmodSync(base, 0o711);
  const folder = options.folder ?? path.join(base, 'host');
  const program = path.join(base, 'stdio-server.mjs');
  copyFileSync(path.join(import.meta.dirname, 'stdio-server.mjs'), program);
  chmodSync(program, 0o644);
  const logged: string[] = [];
  const line = (fields: object, message: string) =>
    void logged.push(JSON.stringify({ message, ...fields }));
  const logger: HostLogger = { info: line, warn: line };
  const complete: ServerHostOptions = {
    ...{ folder, target: 'test-host', isolation: { kind: 'same-account' }, docker: undefined },
    ...{ commands: undefined, maxServers: 20, clock: systemClock, logger },
    searchPath: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
    ...options,
  };
  const host = await ServerHost.open(complete);
  const front = new ServerFront({
    find: (requested) => {
      const id = instanceOf(requested);
      return id === undefined ? undefined : host.find(id);
    },
    logger,
  });
  const listener = await listenAsFront({ host: '127.0.0.1', port: 0 }, (request, response) =>
    front.handle(request, response),
  );
  const origin = `http://127.0.0.1:${listener.port}`;
  const urlOf = ({ instanceId }: Pick<InstanceSpec, 'instanceId'>) =>
    `${origin}${pathOf(instanceId)}`;
  return {
    ...{ host, options: complete, folder, program, logged, origin, urlOf },
    until: async ({ instanceId }, phase) => {
      const deadline = performance.now() + 25_000;
      while (host.status(instanceId).phase !== phase) {
        if (performance.now() > deadline) {
          throw new Error(
            `${JSON.stringify(host.status(instanceId))} ${host.logs(instanceId, 20).join('\n')}`,
          );
        }
        await systemClock.sleep(20);
      }
    },
    accessOf: (spec) => ({ url: urlOf(spec), token: spec.bearer }),
    close: async () => {
      await listener.close();
      await host.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** A specification as the service makes it. */
export function specOf(launch: Partial<Launch>, more: Partial<InstanceSpec> = {}): InstanceSpec {
  return {
    instanceId: randomUUID(),
    deploymentId: randomUUID(),
    entryKey: 'small',
    launch: {
      ...{ command: undefined, image: undefined, speaks: 'stdio', port: 8_000, path: '/mcp' },
      ...{ environment: {}, memoryMb: 512, cpuMillis: 500 },
      ...launch,
    },
    environment: {},
    files: [],
    bearer: randomBytes(32).toString('base64url'),
    generation: 1,
    ...more,
  };
}

/** The published demo server, over stdio. */
export function everythingCommand(): readonly string[] {
  const { resolve } = createRequire(import.meta.url);
  const manifest = resolve('@modelcontextprotocol/server-everything/package.json');
  return [process.execPath, path.join(manifest, '..', 'dist', 'index.js'), 'stdio'];
}

/** The text of a tool's result. */
export function textOf(result: object): string {
  const [first] = 'content' in result && Array.isArray(result.content) ? result.content : [];
  return String(first?.text);
}
