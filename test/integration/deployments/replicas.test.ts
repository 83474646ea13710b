import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { type RunningService, settingChecks, startService } from '../../../src/service.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';
import { type ModernServer, startModernServer } from '../../support/mcp-servers/modern-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { CatalogClient, writeCatalogFile } from '../catalog/support.ts';
import { DeploymentClient, newProject, type TestProject } from './support.ts';

// Two replicas on one database, at the same machines. The second one brings nothing up, and takes nothing away, unless it is told to.

let first: TestService;
let second: RunningService;
let runtime: FakeRuntime;
let elsewhere: ModernServer;
let file: ReturnType<typeof writeCatalogFile>;
let project: TestProject;

beforeAll(async () => {
  runtime = new FakeRuntime();
  elsewhere = await startModernServer();
  const entry = (key: string, rest: string) =>
    `  - { key: ${key}, title: ${key}, description: A server., launch: { command: [server] }, ${rest} }\n`;
  file = writeCatalogFile(`entries:
${entry('lab', 'run_on: [agent]')}
${entry('spare', `run_on: [agent, static], url: '${elsewhere.url}'`)}
${entry('dead', "run_on: [static, agent], url: 'http://127.0.0.1:1/mcp'")}
${entry('alive', `run_on: [static, agent], url: '${elsewhere.url}'`)}
`);
  const env = { CATALOG_FILE: file.file, OUTBOUND_ALLOWED_HOSTS: 'localhost' };
  const runtimes = [runtime];
  first = await startTestService({ env: { ...env, AUTO_PROVISION: 'true' }, runtimes });
  const settings = { ...first.env, AUTO_PROVISION: 'false' };
  second = await startService(loadConfig(settings, settingChecks), {
    ...{ runtimes, hasSchedule: false, logDestination: { write: () => undefined } },
  });
});

afterAll(async () => {
  await second.stop();
  await first.close();
  await runtime.close();
  await elsewhere.close();
  file.remove();
});

beforeEach(async () => {
  project = await newProject(first);
});

const atSecond = () => new CatalogClient(project.admin.at(second.url), project.id);
const deploymentsAt = (url: string) => new DeploymentClient(project.admin.at(url));

it('bring a server up once, whichever is asked, and reach it from both', async () => {
  const ids = await Promise.all(
    Array.from({ length: 6 }, async (_, index) =>
      index % 2 === 0
        ? String((await project.catalog.enable('lab')).ok(202).deployment_id)
        : (await deploymentsAt(second.url).create(project.id, 'lab')).ok(202).id,
    ),
  );
  expect(new Set(ids).size).toBe(1);
  const id = String(ids[0]);
  await deploymentsAt(second.url).until(id, 'running');
  expect(
    [...runtime.instances.values()].filter(({ spec }) => spec.deploymentId === id),
  ).toHaveLength(1);
  await expect.poll(async () => (await atSecond().get('lab')).ok().status).toBe('ENABLED');
  for (const url of [first.url, second.url]) {
    const called = await project.member.at(url).callTool({
      ...{ name: 'p--lab__echo', arguments: { message: url }, project_id: project.id },
    });
    expect(JSON.stringify(called.ok().content)).toContain(url);
  }
});

it('keep users away from where the other one has put a server', async () => {
  const { id } = (await deploymentsAt(first.url).create(project.id, 'lab')).ok(202);
  await deploymentsAt(first.url).until(id, 'running');
  const [instance] = [...runtime.instances.values()].filter(({ spec }) => spec.deploymentId === id);
  const { port } = new URL(String(instance?.server.url));
  const user = (await first.clientFor(`user-${randomUUID()}`)).at(second.url);
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
    const test = () => user.testConnection({ server_url: `http://${host}:${port}/mcp` });
    await expect.poll(async () => (await test()).ok().error_code).toBe('BLOCKED_URL');
  }
});

it('bring nothing up by switching on where that is not set, and say what to do', async () => {
  const refused = (await atSecond().enable('lab')).problem(409, 'DEPLOYMENT_REQUIRED');
  expect(refused.detail).toContain('has to be deployed');
  expect((await deploymentsAt(second.url).list(project.id)).ok().items).toEqual([]);
  // Its other place will do.
  expect((await atSecond().enable('spare')).ok().status).toBe('ENABLED');

  const { id } = (await deploymentsAt(second.url).create(project.id, 'lab')).ok(202);
  await deploymentsAt(second.url).until(id, 'running');
  expect((await atSecond().enable('lab')).ok()).toMatchObject({
    ...{ status: 'ENABLED', deployment_id: id },
  });
  // Nor does it go by itself.
  expect((await atSecond().remove('lab')).status).toBe(204);
  expect((await deploymentsAt(second.url).get(id)).ok().state).toBe('running');
  expect((await atSecond().enable('lab')).ok().status).toBe('ENABLED');
});

it('do not switch on again what was switched off or removed while it comes up', async () => {
  const deployments = deploymentsAt(second.url);
  const { deployment_id } = (await project.catalog.enable('lab')).ok(202);
  const id = String(deployment_id);
  const statusOf = async () => (await atSecond().get('lab')).ok().status;
  await expect.poll(statusOf).toBe('ENABLED');
  const comeUpAnew = async (meanwhile: () => Promise<unknown>) => {
    (await deployments.stop(id)).ok(202);
    await deployments.until(id, 'stopped');
    runtime.looksToStart = 1_000_000;
    (await project.catalog.enable('lab')).ok(202);
    expect((await deployments.get(id)).ok().enabling).toBe(true);
    await meanwhile();
    expect((await deployments.get(id)).ok().enabling).toBe(false);
    runtime.looksToStart = 0;
    for (const one of runtime.instances.values()) one.looksToGo = 0;
    await deployments.until(id, 'running');
  };
  await comeUpAnew(async () => (await atSecond().disable('lab')).ok());
  expect(await statusOf()).toBe('DISABLED');
  await comeUpAnew(() => atSecond().remove('lab'));
  expect(await statusOf()).toBe('NOT_ENABLED');
});

it('use what somebody else runs where that is preferred, and bring up what is not there', async () => {
  expect((await project.catalog.enable('alive')).ok()).toMatchObject({
    ...{ status: 'ENABLED', deployment_id: null },
  });
  const { deployment_id: id } = (await project.catalog.enable('dead')).ok(202);
  const found = await deploymentsAt(first.url).until(String(id), 'running');
  expect(found).toMatchObject({ runtime: 'agent', instances: [{ state: 'running' }] });
  await expect.poll(async () => (await project.catalog.get('dead')).ok().status).toBe('ENABLED');
  (await atSecond().enable('dead')).ok();
});

it('tell each other of progress', async () => {
  runtime.looksToStart = 3;
  const { id } = (await deploymentsAt(first.url).create(project.id, 'lab')).ok(202);
  await deploymentsAt(second.url).until(id, 'running');
  runtime.looksToStart = 0;
  const { rows } = await first.databaseTools.owner.query<{ kind: string }>(
    'SELECT kind FROM events WHERE object_id = $1 AND project_id = $2 ORDER BY position',
    [id, project.id],
  );
  expect(rows[0]?.kind).toBe('deployment.created');
  expect(rows.filter(({ kind }) => kind === 'deployment.updated').length).toBeGreaterThan(1);
});
