import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dumpTables } from '../../support/database-dump.ts';
import { FAKE_BROKEN_LAUNCH, FakeRuntime } from '../../support/fake-runtime.ts';
import { type ModernServer, startModernServer } from '../../support/mcp-servers/modern-server.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { writeCatalogFile } from '../catalog/support.ts';
import { DeploymentClient, newProject, type TestProject } from './support.ts';

// Servers of the catalog that are brought up for projects, at a runtime whose instances are real MCP servers.

const TOKEN = 'lab_s3cret-of-the-project';

let service: TestService;
let runtime: FakeRuntime;
let elsewhere: ModernServer;
let file: ReturnType<typeof writeCatalogFile>;
let project: TestProject;
let deployments: DeploymentClient;

beforeAll(async () => {
  runtime = new FakeRuntime({ targets: ['north', 'south'] });
  elsewhere = await startModernServer();
  const token =
    '{ name: token, title: Token, type: string, required: true, secret: true, env: LAB_TOKEN }';
  const entry = (key: string, rest: string) =>
    `  - { key: ${key}, title: ${key}, description: A server., ${rest} }\n`;
  file = writeCatalogFile(`entries:
${entry('lab', `launch: { command: [server] }, run_on: [agent], settings: [${token}]`)}
${entry('plain', 'launch: { command: [server] }, run_on: [agent]')}
${entry('pair', 'launch: { command: [server] }, run_on: [agent], instances: 2')}
${entry('broken', `launch: { command: ['${FAKE_BROKEN_LAUNCH.command?.[0]}'] }, run_on: [agent]`)}
${entry('either', `launch: { command: ['${FAKE_BROKEN_LAUNCH.command?.[0]}'] }, run_on: [agent, static], url: '${elsewhere.url}'`)}
${entry('nowhere', 'launch: { image: own }, run_on: [kubernetes]')}
${entry('gated', 'launch: { command: [server] }, run_on: [agent], gate: later')}
`);
  const env = { CATALOG_FILE: file.file, AUTO_PROVISION: 'true', AUTO_CLEANUP: 'true' };
  service = await startTestService({ env, runtimes: [runtime] });
});

afterAll(async () => {
  await service.close();
  await runtime.close();
  await elsewhere.close();
  file.remove();
});

beforeEach(async () => {
  project = await newProject(service);
  deployments = new DeploymentClient(project.admin);
});

const toolsOf = async ({ member, id }: TestProject) =>
  (
    await member.send<{ tools: { name: string }[] }>(
      'GET',
      `/api/users/me/tools?project_id=${encodeURIComponent(id)}`,
    )
  )
    .ok()
    .tools.map(({ name }) => name);
const call = (key: string) =>
  project.member.callTool({
    ...{ name: `p--${key}__echo`, arguments: { message: 'hello' }, project_id: project.id },
  });
const enable = async (key: string, settings?: unknown) => {
  const answer = await project.catalog.enable(key, settings);
  const item = answer.ok(202);
  expect(answer.headers.get('location')).toBe(`/api/deployments/${item.deployment_id}`);
  return { id: String(item.deployment_id), item };
};
const instancesOf = (id: string) =>
  [...runtime.instances.values()].filter(({ spec }) => spec.deploymentId === id);

describe('an entry that is brought up by switching it on', () => {
  it('answers at once, comes up, is called by members, and leaves nothing behind', async () => {
    runtime.looksToStart = 1;
    // The machine takes its time; nobody who asks waits for it.
    const machine: { answer?: () => void } = {};
    runtime.hold = new Promise((resolve) => {
      machine.answer = resolve;
    });
    const { id, item } = await enable('lab', { token: TOKEN });
    machine.answer?.();
    runtime.hold = undefined;
    expect(item).toMatchObject({ status: 'DEPLOYING', connector_id: null, tool_count: 0 });
    const running = await deployments.until(id, 'running');
    runtime.looksToStart = 0;
    expect(running).toMatchObject({
      ...{ key: 'lab', project_id: project.id, runtime: 'agent', enabling: false },
      ...{ error_code: null, error_message: null, progress: { step: 'running', percent: 100 } },
      instances: [{ runtime: 'agent', state: 'running', error_code: null }],
    });
    expect(instancesOf(id).map(({ spec }) => spec.environment)).toEqual([{ LAB_TOKEN: TOKEN }]);
    const enabled = (await project.catalog.get('lab')).ok();
    expect(enabled).toMatchObject({ status: 'ENABLED', deployment_id: id, tool_count: 4 });
    expect(enabled.settings).toMatchObject([{ is_set: true, value: null }]);
    expect(await toolsOf(project)).toContain('p--lab__echo');
    expect(JSON.stringify((await call('lab')).ok().content)).toContain('hello');

    // Said again with the same settings it is switched on already.
    const again = (await project.catalog.enable('lab', { token: TOKEN })).ok();
    expect(again).toMatchObject({ status: 'ENABLED', connector_id: enabled.connector_id });
    expect((await project.catalog.sync('lab')).ok().status).toBe('ENABLED');
    expect((await project.catalog.disable('lab')).ok().status).toBe('DISABLED');
    expect((await project.catalog.enable('lab')).ok().status).toBe('ENABLED');
    const { items } = (await project.catalog.discover()).ok();
    expect(items.find(({ key }) => key === 'lab')).toMatchObject({
      ...{ is_healthy: true, runtime: 'agent', status: 'ENABLED' },
    });
    expect(items.find(({ key }) => key === 'either')).toMatchObject({
      ...{ is_healthy: true, runtime: 'static', status: 'NOT_ENABLED' },
    });
    expect(items.find(({ key }) => key === 'plain')).toMatchObject({
      ...{ is_healthy: false, runtime: null, error_code: 'CONNECTION_FAILED' },
    });

    expect((await project.catalog.remove('lab')).status).toBe(204);
    await expect.poll(async () => (await deployments.get(id)).status).toBe(404);
    expect(instancesOf(id)).toEqual([]);
    expect((await project.catalog.get('lab')).ok()).toMatchObject({
      ...{ status: 'NOT_ENABLED', deployment_id: null, connector_id: null },
    });
    expect(await toolsOf(project)).toEqual([]);
  });

  it('is brought up once, however many switch it on at once', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => enable('plain')));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    const [{ id } = { id: '' }] = all;
    await deployments.until(id, 'running');
    expect(instancesOf(id)).toHaveLength(1);
    await expect.poll(async () => (await project.catalog.get('plain')).ok().status).toBe('ENABLED');
  });

  it('is replaced where its settings change, and begins anew while it is stopping', async () => {
    const { id } = await enable('lab', { token: 'first' });
    await deployments.until(id, 'running');
    const [old] = instancesOf(id);
    (await project.catalog.enable('lab', { other: 'x' })).problem(422, 'SETTINGS_INVALID');
    await enable('lab', { token: 'second' });
    await expect
      .poll(() => instancesOf(id).map(({ spec }) => spec.environment['LAB_TOKEN']))
      .toEqual(['second']);
    await deployments.until(id, 'running');
    expect(instancesOf(id)[0]?.spec).toMatchObject({
      ...{ instanceId: old?.spec.instanceId, bearer: old?.spec.bearer, generation: 2 },
    });
    (await call('lab')).ok();

    // Where there is no successor, what there was serves on, and why is told.
    runtime.refusal = 'LAUNCH_NOT_ALLOWED';
    await enable('lab', { token: 'third' });
    await expect
      .poll(async () => (await deployments.get(id)).ok())
      .toMatchObject({ state: 'running', error_code: 'LAUNCH_NOT_ALLOWED' });
    expect(instancesOf(id).map(({ spec }) => spec.environment['LAB_TOKEN'])).toEqual(['second']);
    (await call('lab')).ok();
    runtime.refusal = undefined;
    await deployments.start(id);
    await expect
      .poll(() => instancesOf(id).map(({ spec }) => spec.environment['LAB_TOKEN']))
      .toEqual(['third']);
    await expect
      .poll(async () => (await deployments.get(id)).ok())
      .toMatchObject({ state: 'running', error_code: null });

    // It cannot be stopped while nobody reaches the place where it runs.
    for (const target of ['north', 'south']) runtime.lost.add(target);
    expect((await deployments.remove(id)).ok(202).state).toBe('stopping');
    await expect
      .poll(async () => (await deployments.get(id)).ok().error_code)
      .toBe('RUNTIME_UNREACHABLE');
    const back = await enable('lab');
    expect(back).toMatchObject({ id, item: { status: 'DEPLOYING' } });
    runtime.lost.clear();
    await deployments.until(id, 'running');
    await expect.poll(() => instancesOf(id)).toHaveLength(1);
    expect(instancesOf(id)[0]?.spec.instanceId).not.toBe(old?.spec.instanceId);
    (await call('lab')).ok();
  });

  it('falls back to the next place, and says why', async () => {
    const { id } = await enable('either');
    const found = await deployments.until(id, 'running');
    expect(found).toMatchObject({ runtime: 'static', error_code: 'SERVER_EXITED', instances: [] });
    expect(found.error_message).toMatch(/^(north|south): The server ended/);
    await expect
      .poll(async () => (await project.catalog.get('either')).ok().status)
      .toBe('ENABLED');
    (await call('either')).ok();
    expect(instancesOf(id)).toEqual([]);
  });

  it('fails with what can be done, and is tried again', async () => {
    const { id } = await enable('nowhere');
    const failed = await deployments.until(id, 'failed');
    expect(failed).toMatchObject({ error_code: 'RUNTIME_NOT_CONFIGURED', instances: [] });
    expect(failed.error_message).toMatch(/^kubernetes: There is no place here/);
    expect((await project.catalog.get('nowhere')).ok().status).toBe('NOT_ENABLED');

    const broken = await enable('broken');
    expect(await deployments.until(broken.id, 'failed')).toMatchObject({
      error_code: 'SERVER_EXITED',
    });
    await expect.poll(() => instancesOf(broken.id)).toEqual([]);
    const logged = service.logLines
      .map((line) => JSON.parse(line))
      .filter(
        (line) => line.deployment_id === broken.id && line.msg === 'a deployment has a problem',
      );
    expect(logged).toMatchObject([
      { level: 'warn', code: 'SERVER_EXITED', target: expect.stringMatching(/^(north|south)$/) },
    ]);
    expect((await deployments.start(broken.id)).ok(202).state).toBe('deploying');
    await deployments.until(broken.id, 'failed');
  });
});

describe('a deployment', () => {
  it('is made, read, stopped, started and deleted', async () => {
    const made = await deployments.create(project.id, 'plain');
    const { id } = made.ok(202);
    expect(made.headers.get('location')).toBe(`/api/deployments/${id}`);
    const running = await deployments.until(id, 'running');
    expect(running.enabling).toBe(false);
    expect((await project.catalog.get('plain')).ok().status).toBe('NOT_ENABLED');
    expect((await deployments.create(project.id, 'plain')).ok(202).version).toBe(running.version);
    expect((await deployments.start(id)).ok(202).version).toBe(running.version);
    expect((await project.catalog.enable('plain')).ok().status).toBe('ENABLED');
    const { items } = (await new DeploymentClient(project.member).list(project.id)).ok();
    expect(items).toEqual([(await new DeploymentClient(project.member).get(id)).ok()]);
    const { instances } = (await deployments.logs(id, 1)).ok();
    expect(instances).toMatchObject([
      { runtime: 'agent', lines: [expect.stringMatching(/^instance/)] },
    ]);

    for (const target of ['north', 'south']) runtime.lost.add(target);
    const untold = (await deployments.logs(id)).problem(502, 'RUNTIME_UNREACHABLE');
    expect(untold.detail).toMatch(/^(north|south): The machine/);
    runtime.lost.clear();

    (await deployments.stop(id)).ok(202);
    expect(await deployments.until(id, 'stopped')).toMatchObject({ instances: [], runtime: null });
    expect((await deployments.stop(id)).ok(202).state).toBe('stopped');
    (await call('plain')).problem(502, 'UPSTREAM_UNREACHABLE');
    expect((await deployments.logs(id)).ok().instances).toEqual([]);
    (await deployments.start(id)).ok(202);
    await deployments.until(id, 'running');
    (await call('plain')).ok();
    (await deployments.remove(id)).ok(202);
    await expect.poll(async () => (await deployments.get(id)).status).toBe(404);
    (await deployments.remove(id)).problem(404, 'DEPLOYMENT_NOT_FOUND');
  });

  it('spreads its instances, and sends new sessions to the one with the fewest', async () => {
    const { id } = await enable('pair');
    await expect
      .poll(async () => (await deployments.get(id)).ok().instances.map(({ state }) => state))
      .toEqual(['running', 'running']);
    expect(
      instancesOf(id)
        .map(({ target }) => target)
        .sort(),
    ).toEqual(['north', 'south']);
    await expect.poll(async () => (await project.catalog.get('pair')).ok().status).toBe('ENABLED');
    for (const member of ['a', 'b', 'c', 'd']) {
      const client = await service.clientFor(`${member}-${randomUUID()}`, {
        claims: { projects: { [project.id]: 'member' } },
      });
      (
        await client.callTool({
          ...{ name: 'p--pair__echo', arguments: { message: member }, project_id: project.id },
        })
      ).ok();
    }
    expect(instancesOf(id).map(({ server }) => server.calls['echo'])).toEqual([2, 2]);
    // One is lost: whoever was there goes on at the other, and it is started again.
    const [lost] = instancesOf(id);
    await runtime.lose(String(lost?.spec.instanceId));
    (await call('pair')).ok();
    (await call('pair')).ok();
  });
});

describe('who may not', () => {
  it('sees and changes nothing of other projects, and members change nothing', async () => {
    const { id } = await enable('plain');
    await deployments.until(id, 'running');
    const stranger = new DeploymentClient((await newProject(service)).admin);
    const outsider = new DeploymentClient(await service.clientFor());
    const tenant = await service.clientFor(undefined, {
      ...{ tenant: 'elsewhere', claims: { projects: { [project.id]: 'admin' } } },
    });
    for (const client of [stranger, outsider, new DeploymentClient(tenant)]) {
      for (const refused of [
        await client.get(id),
        await client.stop(id),
        await client.start(id),
        await client.remove(id),
        await client.logs(id),
        await client.get(randomUUID()),
      ]) {
        refused.problem(404, 'DEPLOYMENT_NOT_FOUND');
      }
    }
    (await stranger.list(project.id)).problem(404, 'PROJECT_NOT_FOUND');
    (await stranger.create(project.id, 'plain')).problem(404, 'PROJECT_NOT_FOUND');
    expect((await new DeploymentClient(tenant).list(project.id)).ok().items).toEqual([]);

    const member = new DeploymentClient(project.member);
    expect((await member.get(id)).ok().state).toBe('running');
    for (const refused of [
      await member.create(project.id, 'plain'),
      await member.stop(id),
      await member.start(id),
      await member.remove(id),
      await member.logs(id),
    ]) {
      refused.problem(403, 'PROJECT_ADMIN_REQUIRED');
    }
    expect((await deployments.get(id)).ok().state).toBe('running');
  });

  it('gets no further with bad input', async () => {
    (await deployments.create(project.id, 'gated')).problem(409, 'CATALOG_ENTRY_CLOSED');
    (await deployments.create(project.id, 'github')).problem(422, 'DEPLOYMENT_NOT_POSSIBLE');
    (await deployments.create(project.id, 'gone')).problem(404, 'CATALOG_ENTRY_NOT_FOUND');
    (await deployments.create(project.id, 'lab')).problem(422, 'SETTINGS_INVALID');
    for (const token of ['a\nLD_PRELOAD=x', 'x'.repeat(2_001), 'ünïcode']) {
      (await deployments.create(project.id, 'lab', { token })).problem(422, 'SETTINGS_INVALID');
    }
    (await deployments.create(project.id, 'lab', { token: 'x'.repeat(20_001) })).problem(
      422,
      'VALIDATION_FAILED',
    );
    (await deployments.create(project.id, 'lab', { token: 'x'.repeat(2 ** 20) })).problem(
      413,
      'PAYLOAD_TOO_LARGE',
    );
    (await deployments.list(project.id, '&cursor=eA')).problem(400, 'INVALID_CURSOR');
    (await deployments.get('not-an-id')).problem(422, 'VALIDATION_FAILED');
    (await deployments.logs(randomUUID(), 0)).problem(422, 'VALIDATION_FAILED');
    expect((await deployments.list(project.id)).ok().items).toEqual([]);
  });

  it('cannot reach an instance by a connector of their own', async () => {
    const { id } = await enable('plain');
    await deployments.until(id, 'running');
    const [instance] = instancesOf(id);
    const { port } = new URL(String(instance?.server.url));
    const user = await service.clientFor();
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]']) {
      const report = (await user.testConnection({ server_url: `http://${host}:${port}/mcp` })).ok();
      expect(report).toMatchObject({ success: false, error_code: 'BLOCKED_URL' });
    }
    // Nor does one that gets there learn more than that there is something.
    expect((await fetch(String(instance?.server.url), { method: 'POST' })).status).toBe(401);
  });
});

describe('secrets', () => {
  it('stand in no answer, no log, no event, no audit record and no row', async () => {
    const { id } = await enable('lab', { token: TOKEN });
    await deployments.until(id, 'running');
    (await call('lab')).ok();
    const [instance] = instancesOf(id);
    const secrets = [TOKEN, String(instance?.spec.bearer), String(instance?.server.url)];
    const shown = [
      (await deployments.get(id)).text,
      (await deployments.list(project.id)).text,
      (await deployments.logs(id)).text,
      (await project.catalog.get('lab')).text,
      (await project.admin.listConnectors(`?project_id=${project.id}`)).text,
      service.logLines.join(''),
    ].join('');
    for (const secret of secrets) expect(shown).not.toContain(secret);
    const [token, bearer] = secrets;
    for (const { table, text } of await dumpTables(service.databaseTools.owner)) {
      expect(text, table).not.toContain(token);
      expect(text, table).not.toContain(bearer);
    }
    const { rows } = await service.databaseTools.owner.query<{ kind: string }>(
      "SELECT DISTINCT kind FROM events WHERE project_id = $1 AND object_type = 'deployment'",
      [project.id],
    );
    expect(rows.map(({ kind }) => kind).sort()).toEqual([
      'deployment.created',
      'deployment.updated',
    ]);
    const records = await service.databaseTools.owner.query<{ action: string; outcome: string }>(
      'SELECT action, outcome FROM audit_records WHERE object_id = $1',
      [id],
    );
    expect(records.rows).toEqual([{ action: 'deployment.deploy', outcome: 'ok' }]);
  });
});
