import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { markOf } from '../../../src/hosting/keeper.ts';
import { processesWith } from '../../../src/hosting/process-table.ts';
import { type RunningService, settingChecks, startService } from '../../../src/service.ts';
import { ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { writeCatalogFile } from '../catalog/support.ts';
import { DeploymentClient, newProject, type TestProject } from './support.ts';

// A published server as a process of one of two replicas, called through both, which goes on at the other one when its own stops.

const everything = path.resolve(
  'node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);
const TOKEN = 'token-of-the-project';

let file: ReturnType<typeof writeCatalogFile>;
let folders: string[];
let first: TestService;
let second: RunningService | undefined;
let project: TestProject;

beforeAll(async () => {
  file = writeCatalogFile(`entries:
  - key: demo
    title: Demo
    description: The published demo server.
    launch: { command: ['${process.execPath}', '${everything}', stdio] }
    run_on: [process]
    settings: [{ name: token, title: Token, type: string, required: true, secret: true, env: DEMO_TOKEN }]
`);
  folders = ['one', 'two'].map((name) => mkdtempSync(path.join(tmpdir(), `replica-${name}-`)));
  for (const folder of folders) chmodSync(folder, 0o711);
  const env = { CATALOG_FILE: file.file, AUTO_PROVISION: 'true', AUTO_CLEANUP: 'true' };
  const processes = { PROCESS_RUNTIME: 'on', PROCESS_PORT: '0' };
  first = await startTestService({ env: { ...env, ...processes, DATA_DIR: folders[0] ?? '' } });
  project = await newProject(first);
});

afterAll(async () => {
  await second?.stop();
  await first.close();
  file.remove();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Another replica of the same service. */
async function startSecond(): Promise<RunningService> {
  const env = { ...first.env, DATA_DIR: folders[1] ?? '' };
  second = await startService(loadConfig(env, settingChecks), {
    logDestination: { write: () => {} },
    hasSchedule: false,
  });
  return second;
}

const keepersOf = (instanceId: string) =>
  processesWith(markOf(instanceId)).filter(({ pid, group }) => pid === group).length;

async function instanceOf(deploymentId: string): Promise<string> {
  const { rows } = await first.databaseTools.owner.query<{ id: string }>(
    'SELECT id FROM deployment_instances WHERE deployment_id = $1',
    [deploymentId],
  );
  return String(rows[0]?.id);
}

it('comes up at one replica, is called through both, goes on elsewhere, and leaves nothing', async () => {
  const call = (client: ApiClient) =>
    client.callTool({
      ...{ name: 'p--demo__echo', arguments: { message: 'hello' }, project_id: project.id },
    });
  const enabled = (await project.catalog.enable('demo', { token: TOKEN })).ok(202);
  const id = String(enabled.deployment_id);
  const running = await new DeploymentClient(project.admin).until(id, 'running');
  await expect.poll(async () => (await project.catalog.get('demo')).ok().status).toBe('ENABLED');
  expect(running.instances).toHaveLength(1);
  const before = await instanceOf(id);
  expect(keepersOf(before)).toBe(1);
  expect(JSON.stringify((await call(project.member)).ok().content)).toContain('Echo: hello');

  const other = await startSecond();
  const token = await first.tokenFor('admin', { claims: { projects: { [project.id]: 'admin' } } });
  const atOther = new ApiClient({ baseUrl: other.url, token });
  expect(JSON.stringify((await call(atOther)).ok().content)).toContain('Echo: hello');
  const deployments = new DeploymentClient(atOther);
  // Over the front of the first one, which has the server.
  expect((await deployments.logs(id)).ok().instances[0]?.lines.length).toBeGreaterThan(0);

  await first.service.stop();
  expect(keepersOf(before)).toBe(0);
  // Looked at now, and not in a quarter of a minute.
  await first.databaseTools.owner.query('UPDATE deployments SET due_at = now()');
  await expect.poll(() => instanceOf(id), { timeout: 25_000 }).not.toBe(before);
  await deployments.until(id, 'running');
  const after = await instanceOf(id);
  expect(JSON.stringify((await call(atOther)).ok().content)).toContain('Echo: hello');

  (await deployments.remove(id)).ok(202);
  await expect.poll(async () => (await deployments.get(id)).status, { timeout: 15_000 }).toBe(404);
  expect(keepersOf(after)).toBe(0);
}, 90_000);
