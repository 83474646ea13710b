import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../../scripts/free-port.ts';
import type { Agents, Deployment } from '../../../src/contract/generated.ts';
import { markOf } from '../../../src/hosting/keeper.ts';
import { processesWith } from '../../../src/hosting/process-table.ts';
import { type AgentsFile, writeAgentsFile } from '../../support/agents-file.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { EventReader } from '../../support/event-reader.ts';
import { OffsetClock } from '../../support/offset-clock.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { writeCatalogFile } from '../catalog/support.ts';
import { DeploymentClient, newProject, type TestProject } from '../deployments/support.ts';
import { until } from './support/program.ts';
import { startTestAgent, type TestAgent } from './support/test-agent.ts';

// The whole story of managed servers on machines of their own, on loopback: the service, agents and servers are as in production.

const TOKEN = 'lab_s3cret-of-the-project';
const SECONDS = 1_000;
const NAMES = ['north', 'south'] as const;
type Name = (typeof NAMES)[number];

const clock = new OffsetClock();
const running = new Map<Name, TestAgent>();
const ports = new Map<Name, number>();
let folder: string;
let program: string;
let agents: AgentsFile;
let catalog: ReturnType<typeof writeCatalogFile>;
let service: TestService;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-story-'));
  chmodSync(folder, 0o711);
  program = path.join(folder, 'stdio-server.mjs');
  copyFileSync(path.join(import.meta.dirname, '../../support/hosting/stdio-server.mjs'), program);
  chmodSync(program, 0o644);
  for (const name of NAMES) ports.set(name, await freePort(0));
  agents = writeAgentsFile(
    NAMES.map((name) => ({ name, url: `http://127.0.0.1:${ports.get(name)}` })),
  );
  const command = JSON.stringify([process.execPath, program]);
  const token =
    '{ name: token, title: Token, type: string, required: true, secret: true, env: LAB }';
  const entry = (key: string, more: string) =>
    `  - { key: ${key}, title: ${key}, description: A server., launch: { command: ${command} }, run_on: [agent]${more} }\n`;
  catalog = writeCatalogFile(
    `entries:\n${entry('lab', `, settings: [${token}]`)}${entry('pair', ', instances: 2')}`,
  );
  service = await startTestService({
    clock,
    env: {
      ...agents.env,
      ...{ CATALOG_FILE: catalog.file, AUTO_PROVISION: 'true', AUTO_CLEANUP: 'true' },
    },
  });
}, 120_000);

afterAll(async () => {
  await service.close();
  for (const agent of running.values()) await agent.destroy();
  agents.remove();
  catalog.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function startAgent(name: Name): Promise<void> {
  const [heartbeatSecret] = agents.heartbeatSecretsOf(name);
  const former = running.get(name);
  const agent = await startTestAgent({
    ...{ name, serviceUrl: service.url, serviceSecret: agents.secretOf(name), heartbeatSecret },
    ...{ port: ports.get(name) ?? 0, commands: [[process.execPath, program]] },
    ...(former !== undefined && { dataDir: former.dataDir }),
  });
  running.set(name, agent);
}
async function kill(name: Name): Promise<void> {
  const agent = running.get(name);
  agent?.program.kill('SIGKILL');
  await agent?.program.ended();
}
async function stateOf(name: Name): Promise<string | undefined> {
  const operator = await service.clientFor('the-operator', { scopes: ['operator'] });
  const { items } = (await operator.send<Agents>('GET', '/api/admin/agents')).ok();
  return items.find((agent) => agent.name === name)?.state;
}
/** Has all deployments looked at, as if their time had come, and waits until that is done. */
async function lookAgain(): Promise<void> {
  const { owner } = service.databaseTools;
  await owner.query("UPDATE deployments SET due_at = 'epoch' WHERE due_at IS NOT NULL");
  await owner.query("SELECT FROM mcp_connectors_jobs.add_job('advance-deployments')");
  await until('all were looked at', async () => {
    const { rowCount } = await owner.query("SELECT FROM deployments WHERE due_at = 'epoch'");
    return rowCount === 0;
  });
}
const idsOf = async (deployment: string) => {
  const { rows } = await service.databaseTools.owner.query<{ id: string; target: string }>(
    'SELECT id::text, target FROM deployment_instances WHERE deployment_id = $1',
    [deployment],
  );
  return rows;
};
const processesOf = (ids: readonly string[]) => ids.flatMap((id) => processesWith(markOf(id)));
/** Which process of which server answers. */
async function identity(key: string, { id: project_id }: TestProject, client: ApiClient) {
  const answer = await client.callTool({ name: `p--${key}__identity`, project_id });
  const { content } = answer.ok();
  const [first] = Array.isArray(content) ? content : [];
  return Number(JSON.parse(String(first?.['text'])).pid);
}

it('a server comes up on an agent, is lost with it, comes back with it, and leaves nothing behind', async () => {
  await startAgent('north');
  await until('the agent is known', async () => (await stateOf('north')) === 'alive');
  expect(await stateOf('south')).toBe('never');

  const project = await newProject(service);
  const deployments = new DeploymentClient(project.admin);
  const claims = { projects: { [project.id]: 'member' } };
  const events = await EventReader.open(service.url, {
    token: await service.tokenFor('the-member', { claims }),
  });

  const { deployment_id } = (await project.catalog.enable('lab', { token: TOKEN })).ok(202);
  const id = String(deployment_id);
  const steps = new Set<string>();
  await until('it is switched on', async () => {
    const { progress, enabling } = (await deployments.get(id)).ok();
    if (progress !== null) steps.add(progress.step);
    return !enabling;
  });
  // Each step was told while it was under way.
  expect(steps.size).toBeGreaterThan(1);
  const toldOf = (kind: string) => events.changes.filter((change) => change === `${kind} ${id}`);
  await expect.poll(() => toldOf('deployment.updated').length).toBeGreaterThan(1);
  expect(toldOf('deployment.created')).toHaveLength(1);
  expect((await deployments.get(id)).ok()).toMatchObject({
    ...{ state: 'running', runtime: 'agent', error_code: null },
    instances: [{ runtime: 'agent', target: 'north', state: 'running' }],
  });

  const { tools } = (
    await project.member.send<{ tools: { name: string }[] }>(
      'GET',
      `/api/users/me/tools?project_id=${project.id}`,
    )
  ).ok();
  expect(tools.map(({ name }) => name)).toContain('p--lab__identity');
  const first = await identity('lab', project, project.member);

  // Killed, it takes its servers with it: nobody is left who could answer, and that is said.
  const [{ id: instance } = { id: '' }] = await idsOf(id);
  await kill('north');
  await until('its servers ended', () => processesOf([instance]).length === 0);
  const told = events.changes.length;
  await lookAgain();
  await lookAgain();
  const lost = await deployments.until(id, 'unreachable');
  expect(lost).toMatchObject({
    error_code: 'RUNTIME_UNREACHABLE',
    instances: [{ target: 'north', state: 'unreachable' }],
  });
  expect(lost.error_message).toMatch(/^north: /);
  clock.offsetMs += 31 * SECONDS;
  expect(await stateOf('north')).toBe('unreachable');
  await expect.poll(() => events.changes.length).toBeGreaterThan(told);
  const call = { name: 'p--lab__identity', project_id: project.id };
  (await project.member.callTool(call)).problem(502, 'UPSTREAM_UNREACHABLE');

  // It has kept nothing; its return is enough for the service to put the server there anew.
  await startAgent('north');
  await deployments.until(id, 'running');
  expect(await identity('lab', project, project.member)).not.toBe(first);

  expect((await project.catalog.remove('lab')).status).toBe(204);
  await expect.poll(async () => (await deployments.get(id)).status, { timeout: 20_000 }).toBe(404);
  expect(processesOf([instance])).toEqual([]);
  const left = readdirSync(running.get('north')?.dataDir ?? '', { recursive: true }).map(String);
  expect(left.filter((file) => file.includes(instance))).toEqual([]);
  for (const table of ['deployments', 'deployment_instances', 'connectors', 'credentials']) {
    const { rows } = await service.databaseTools.owner.query(`SELECT FROM ${table}`);
    expect(rows.length, table).toBe(0);
  }
  const log = running.get('north')?.program.output ?? '';
  for (const secret of [TOKEN, agents.secretOf('north'), ...agents.heartbeatSecretsOf('north')]) {
    expect(log).not.toContain(secret);
    expect(service.logLines.join('')).not.toContain(secret);
  }
  await events.close();
}, 120_000);

it('two agents share the instances, and when one dies new sessions go to the other', async () => {
  if (!running.get('north')?.program.isRunning) await startAgent('north');
  await startAgent('south');
  await until('both are known', async () => {
    return (await stateOf('north')) === 'alive' && (await stateOf('south')) === 'alive';
  });
  const project = await newProject(service);
  const deployments = new DeploymentClient(project.admin);
  const { deployment_id } = (await project.catalog.enable('pair')).ok(202);
  const id = String(deployment_id);
  const statesOf = ({ instances }: Deployment) =>
    instances.map(({ target, state }) => `${target} ${state}`).sort();
  await until('both are up', async () => {
    const deployment = (await deployments.get(id)).ok();
    return !deployment.enabling && statesOf(deployment).join() === 'north running,south running';
  });

  const member = () =>
    service.clientFor(undefined, { claims: { projects: { [project.id]: 'member' } } });
  const before = new Set<number>();
  for (let n = 0; n < 4; n += 1) before.add(await identity('pair', project, await member()));
  expect(before.size).toBe(2);

  await kill('south');
  await lookAgain();
  await lookAgain();
  await until('the loss is known', async () => {
    const states = statesOf((await deployments.get(id)).ok()).join();
    return states === 'north running,south unreachable';
  });
  const after = new Set<number>();
  for (let n = 0; n < 3; n += 1) after.add(await identity('pair', project, await member()));
  expect(after.size).toBe(1);
  expect([...before]).toContain([...after][0]);
  expect((await deployments.get(id)).ok().state).toBe('running');

  await startAgent('south');
  await until('both are up again', async () => {
    return statesOf((await deployments.get(id)).ok()).join() === 'north running,south running';
  });
  // What was left running when its deployment is taken away ends with it, at both.
  const instances = (await idsOf(id)).map(({ id: instance }) => instance);
  (await project.catalog.remove('pair')).ok(204);
  await expect.poll(async () => (await deployments.get(id)).status, { timeout: 20_000 }).toBe(404);
  expect(processesOf(instances)).toEqual([]);
}, 120_000);
