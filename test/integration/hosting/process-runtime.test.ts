import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../src/container-processes.ts';
import { markOf } from '../../../src/hosting/keeper.ts';
import { processesWith } from '../../../src/hosting/process-table.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { parseKeyring, SealedBox } from '../../../src/modules/credentials/index.ts';
import type { ProcessHost, ProcessHosts } from '../../../src/runtimes/process-hosts.ts';
import { ProcessReplica } from '../../../src/runtimes/process-replica.ts';
import type { InstanceSpec } from '../../../src/runtimes/runtime.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { specOf } from '../../support/hosting/test-host.ts';
import { describeRuntime, knockAt } from '../../support/runtime-contract.ts';

const SERVER = path.resolve(import.meta.dirname, '../../support/hosting/stdio-server.mjs');
const box = new SealedBox(parseKeyring(`k1:${randomBytes(32).toString('base64')}`));
const logger = pino({ level: 'silent' });

/** A replica of the service, as far as it runs servers. */
function replicaOn(test: TestDatabase, folder: string, ownBox = box) {
  const { runtimes, ...life } = createProcesses({
    ...{ database: test.database, box: ownBox, clock: systemClock, logger },
    config: {
      dataDir: folder,
      processes: {
        ...{ host: '127.0.0.1', port: 0, origin: undefined, accounts: undefined, images: [] },
        ...{ allowSameAccount: true, maxServers: 10, dockerEnvironment: {} },
        searchPath: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
      },
    },
  });
  const [runtime] = runtimes;
  if (runtime === undefined) throw new Error('there is no process runtime');
  return { runtime, ...life };
}

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'replica-'));
  chmodSync(folder, 0o711);
  return folder;
}

/** One keeper for each copy, who leads its group. */
const copies = async (instanceId: string) =>
  processesWith(markOf(instanceId)).filter(({ pid, group }) => pid === group).length;

const launch = specOf({ command: [process.execPath, SERVER] }).launch;
const { signal } = new AbortController();

// From one replica that runs nothing, on another one that does: what is done there itself is all of it done as well.
describeRuntime('process', async () => {
  const test = await createTestDatabase();
  const folders = [newFolder(), newFolder()];
  const [asking, running] = folders.map((folder) => replicaOn(test, folder));
  if (asking === undefined || running === undefined) throw new Error('no replicas');
  await running.open();
  running.announce();
  while ((await asking.runtime.targets(signal)).length === 0) await systemClock.sleep(20);
  return {
    runtime: asking.runtime,
    launch,
    broken: { launch: { ...launch, command: ['no-such-program'] }, codes: ['LAUNCH_NOT_FOUND'] },
    unknownTarget: randomUUID(),
    count: copies,
    knock: knockAt,
    close: async () => {
      await running.close();
      await asking.close();
      await test.drop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
});

describe('replicas', () => {
  let test: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    test = await createTestDatabase();
    folder = newFolder();
  });
  afterAll(async () => {
    await test.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const at = ({ instanceId }: InstanceSpec, target: string) => ({ instanceId, target });

  it('have no servers once their lease is over, and none when they come back', async () => {
    const first = replicaOn(test, folder);
    const other = replicaOn(test, newFolder());
    await first.open();
    first.announce();
    await expect.poll(() => other.runtime.targets(signal)).toHaveLength(1);
    const [target = ''] = await first.runtime.targets(signal);
    const spec = specOf(launch);
    await first.runtime.ensure(spec, target, signal);
    await expect
      .poll(async () => (await other.runtime.status(at(spec, target), signal)).phase)
      .toBe('running');
    await expect
      .poll(async () => (await first.runtime.status(at(spec, target), signal)).url)
      .toMatch(/^http:\/\/127\.0\.0\.1:\d+\/servers\//);
    await test.owner.query(`update process_hosts set seen_at = now() - interval '31 seconds'`);
    expect(await other.runtime.targets(signal)).toEqual([]);
    expect((await other.runtime.status(at(spec, target), signal)).phase).toBe('gone');
    await first.close();
    expect(await copies(spec.instanceId)).toBe(0);

    const again = replicaOn(test, folder);
    await again.open();
    again.announce();
    await expect.poll(() => other.runtime.targets(signal)).toEqual([target]);
    expect((await other.runtime.status(at(spec, target), signal)).phase).toBe('gone');
    await again.close();
    expect(await other.runtime.targets(signal)).toEqual([]);
    expect(await other.runtime.obstacle(signal)).toMatchObject({ code: 'RUNTIME_UNREACHABLE' });
  });

  it('believe only what was sealed for the row it stands in', async () => {
    const first = replicaOn(test, folder);
    await first.open();
    first.announce();
    await expect.poll(() => first.runtime.targets(signal)).toHaveLength(1);
    const { rows } = await test.owner.query('select sealed from process_hosts');
    // Neither origin nor secret is readable in the database.
    expect(JSON.stringify(rows)).not.toContain('127.0.0.1');
    const forged = randomUUID();
    await test.owner.query(
      `insert into process_hosts select $1, sealed, 0, true, now() from process_hosts`,
      [forged],
    );
    const stranger = new SealedBox(parseKeyring(`k1:${randomBytes(32).toString('base64')}`));
    expect(await replicaOn(test, newFolder(), stranger).runtime.targets(signal)).toEqual([]);
    expect(await first.runtime.targets(signal)).not.toContain(forged);
    await first.close();
  });

  it('answer nobody who does not know their secret', async () => {
    const first = replicaOn(test, folder);
    await first.open();
    first.announce();
    await expect.poll(() => first.runtime.targets(signal)).toHaveLength(1);
    const [target = ''] = await first.runtime.targets(signal);
    const spec = specOf(launch);
    await first.runtime.ensure(spec, target, signal);
    const up = async () => (await first.runtime.status(at(spec, target), signal)).url;
    await expect.poll(up).toBeDefined();
    const { origin } = new URL((await up()) ?? '');
    for (const authorization of ['', 'Bearer wrong', `Bearer ${spec.bearer}`]) {
      const answer = await fetch(`${origin}/servers`, { headers: { authorization } });
      expect(answer.status).toBe(401);
    }
    await first.close();
  });

  it('end their servers when they cannot say that they are there: others may start them', async () => {
    let isDown = false;
    let ahead = 0;
    const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + ahead };
    const announced: ProcessHost[] = [];
    const hosts: ProcessHosts = {
      announce: async (host) => {
        if (isDown) throw new Error('no database');
        announced.push(host);
      },
      withdraw: async () => {},
      alive: async () => announced.slice(-1),
    };
    const replica = new ProcessReplica({
      host: () => ({
        ...{ folder: path.join(folder, 'fenced'), isolation: { kind: 'same-account' } },
        ...{ docker: undefined, commands: undefined, searchPath: '/usr/bin:/bin', maxServers: 5 },
        ...{ clock: systemClock, logger, patience: { stopGraceMs: 500 } },
      }),
      ...{ listen: { host: '127.0.0.1', port: 0 }, origin: undefined, hosts, clock, logger },
      answerPeers: async () => (_request, response) => response.end(),
    });
    await replica.open();
    replica.announce();
    await expect.poll(() => replica.own).toBeDefined();
    const spec = specOf(launch);
    replica.own?.host.ensure(spec);
    await expect.poll(() => copies(spec.instanceId)).toBe(1);
    isDown = true;
    ahead = 21_000;
    await expect.poll(() => copies(spec.instanceId)).toBe(0);
    expect(replica.own).toBeUndefined();
    await replica.close();
  });
});
