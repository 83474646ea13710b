import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import type { ErrorCode } from '../../../src/errors/error-codes.ts';
import { OperationLog } from '../../../src/lib/operation-log.ts';
import { RequestContext } from '../../../src/lib/request-context.ts';
import {
  Catalog,
  type CatalogConnectorService,
  type CatalogEntry,
} from '../../../src/modules/catalog/index.ts';
import {
  CredentialVault,
  parseKeyring,
  SealedBox,
} from '../../../src/modules/credentials/index.ts';
import type { Deployment } from '../../../src/modules/deployments/deployment.ts';
import type { DeploymentWorkStore } from '../../../src/modules/deployments/deployment-store.ts';
import {
  DeployedServers,
  DeploymentAdvanceService,
  DeploymentSecrets,
  DeploymentService,
  DeploymentWork,
  PrismaDeploymentStore,
  PrismaDeploymentWorkStore,
  Runtimes,
} from '../../../src/modules/deployments/index.ts';
import type { Runtime } from '../../../src/runtimes/runtime.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FAKE_BROKEN_LAUNCH, FAKE_LAUNCH, FakeRuntime } from '../../support/fake-runtime.ts';

// Background work on real rows, in a time of its own: what becomes of deployments when machines are lost, starts take too long, and processes are
// killed between any two effects.

const OWNER = { tenantId: 't', userId: 'admin', projectId: 'atlas' };
const { signal } = new AbortController();
const LEASE_MS = 60_000;

let database: TestDatabase;
let clock: FakeClock;
let runtime: FakeRuntime;
let entries: Map<string, CatalogEntry>;
/** Answers of the test that an entry is switched on with; passes where there is none. */
let verdicts: ErrorCode[];
let enabled: string[];
/** Problems that were told, the oldest first. */
let told: { code: string; target: string; deploymentId: string }[];
const secrets = new DeploymentSecrets({
  vault: new CredentialVault({
    box: new SealedBox(parseKeyring(`k1:${randomBytes(32).toString('base64')}`)),
  }),
});

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.owner.query('TRUNCATE deployments CASCADE');
  clock = new FakeClock();
  runtime = new FakeRuntime({ targets: ['north', 'south'] });
  verdicts = [];
  enabled = [];
  told = [];
  entries = new Map(
    [
      entryOf('lab'),
      entryOf('pair', { instances: 2 }),
      entryOf('broken', { launch: FAKE_BROKEN_LAUNCH, runOn: ['agent', 'process'] }),
    ].map((entry) => [entry.key, entry]),
  );
});
afterEach(() => runtime.close());

function entryOf(key: string, changes: Partial<CatalogEntry> = {}): CatalogEntry {
  return {
    ...{ key, title: key, description: key, icon: undefined, offeredTo: 'project' },
    ...{ image: undefined, launch: FAKE_LAUNCH, runOn: ['agent'], instances: 1, url: undefined },
    ...{ transport: 'streamable-http', reach: 'pinned', auth: { kind: 'none' }, settings: [] },
    ...{ gate: undefined, legacyKeys: [] },
    ...changes,
  };
}

/** What switches entries on. */
type Enabling = Pick<CatalogConnectorService, 'enable'>;

/** A process that works on deployments. @param wrap what stands between it and the rest of the world */
function processOf({
  wrapStore = (store) => store,
  wrapRuntime = (one) => one,
  wrapEntries = (one) => one,
  hasRuntime = true,
}: {
  wrapStore?: (store: DeploymentWorkStore) => DeploymentWorkStore;
  wrapRuntime?: (runtime: Runtime) => Runtime;
  wrapEntries?: (entries: Enabling) => Enabling;
  hasRuntime?: boolean;
} = {}) {
  const store = wrapStore(new PrismaDeploymentWorkStore(database));
  const catalog = new Catalog({ entries: [...entries.values()], gates: [] });
  const switching: Enabling = {
    enable: (_owner, { key }) => {
      const code = verdicts.shift();
      if (code !== undefined) return Promise.reject(new AppError(code));
      enabled.push(key);
      return Promise.resolve({} as never);
    },
  };
  const runtimes = new Runtimes(hasRuntime ? [wrapRuntime(runtime)] : []);
  const work = new DeploymentWork({
    ...{ store, runtimes, catalog, secrets, entries: wrapEntries(switching), clock },
    onProblem: ({ code, target }, deploymentId) => void told.push({ code, target, deploymentId }),
  });
  const errors: unknown[] = [];
  const service = new DeploymentAdvanceService({
    ...{ store, work, clock, onError: (error) => void errors.push(error) },
  });
  return { service, errors, runtimes, catalog };
}

function requests() {
  const { runtimes, catalog } = processOf();
  const log = new OperationLog({
    ...{ logger: pino({ level: 'silent' }), clock, context: new RequestContext() },
  });
  const store = new PrismaDeploymentStore(database);
  return new DeploymentService({ store, secrets, catalog, runtimes, clock, log });
}

const deploy = (key: string, isEnabling = false) => {
  const entry = entries.get(key);
  if (entry === undefined) throw new Error('there is no such entry');
  return requests().deploy(OWNER, entry, { settings: {}, isEnabling });
};
const read = (id: string): Promise<Deployment | undefined> =>
  new PrismaDeploymentStore(database).find(OWNER, id);
/** Lets time pass, and has work done as often as it is due. */
async function pass(ms: number, process = processOf()): Promise<void> {
  const until = clock.monotonic() + ms;
  const store = new PrismaDeploymentWorkStore(database);
  await process.service.advanceDue(signal);
  for (;;) {
    const due = await store.nextDue();
    const waitMs =
      due === undefined ? Infinity : Math.max(due.getTime() - clock.now().getTime(), 1);
    if (clock.monotonic() + waitMs > until) break;
    clock.advance(waitMs);
    await process.service.advanceDue(signal);
  }
  clock.advance(until - clock.monotonic());
}

describe('a deployment whose machine', () => {
  it('is lost becomes unreachable, and runs again when it is back', async () => {
    const { id } = await deploy('lab', true);
    await pass(1_000);
    expect(await read(id)).toMatchObject({ state: 'running', enableWanted: false });
    expect(enabled).toEqual(['lab']);
    const target = String((await read(id))?.instances[0]?.target);
    runtime.lost.add(target);
    await pass(60_000);
    expect(await read(id)).toMatchObject({
      ...{ state: 'unreachable', error: { code: 'RUNTIME_UNREACHABLE', target } },
      instances: [{ state: 'unreachable', target }],
    });
    // Looked at a dozen times, told once.
    expect(told).toEqual([{ code: 'RUNTIME_UNREACHABLE', target, deploymentId: id }]);
    // Nobody knows whether it still runs, so it is not started a second time.
    expect(runtime.instances.size).toBe(1);
    runtime.lost.clear();
    await pass(60_000);
    expect(await read(id)).toMatchObject({ state: 'running', error: undefined });
    expect(enabled).toEqual(['lab']);
  });

  it('has lost its instance gets it again, and a new entry replaces it', async () => {
    const { id } = await deploy('lab');
    await pass(1_000);
    const instance = String((await read(id))?.instances[0]?.id);
    await runtime.lose(instance);
    await pass(20_000);
    expect(await read(id)).toMatchObject({ state: 'running', instances: [{ id: instance }] });
    entries.set('lab', entryOf('lab', { launch: { ...FAKE_LAUNCH, memoryMb: 128 } }));
    await pass(30_000);
    expect(await read(id)).toMatchObject({ state: 'running', generation: 2 });
    expect(runtime.instances.get(instance)?.spec).toMatchObject({
      ...{ generation: 2, launch: { memoryMb: 128 } },
    });
    // One more is wanted, and then one less.
    entries.set('lab', entryOf('lab', { launch: { ...FAKE_LAUNCH, memoryMb: 128 }, instances: 2 }));
    await pass(30_000);
    expect((await read(id))?.instances.map(({ target }) => target).sort()).toEqual([
      'north',
      'south',
    ]);
    entries.set('lab', entryOf('lab', { launch: { ...FAKE_LAUNCH, memoryMb: 128 } }));
    await pass(30_000);
    expect([...runtime.instances.keys()]).toEqual([instance]);
    // It is offered no more.
    entries.delete('lab');
    await pass(500_000);
    // It may be in the catalog of another replica.
    expect(await read(id)).toMatchObject({
      ...{ state: 'running', error: { code: 'CATALOG_ENTRY_NOT_FOUND' } },
    });
    expect([...runtime.instances.keys()]).toEqual([instance]);
    await pass(200_000);
    expect(await read(id)).toMatchObject({
      ...{ state: 'failed', error: { code: 'CATALOG_ENTRY_NOT_FOUND' }, instances: [] },
    });
    expect(runtime.instances.size).toBe(0);
  });

  it('replaces two one after the other, so that one serves at any time', async () => {
    const { id } = await deploy('pair');
    await pass(1_000);
    runtime.looksToStart = 3;
    entries.set(
      'pair',
      entryOf('pair', { instances: 2, launch: { ...FAKE_LAUNCH, cpuMillis: 50 } }),
    );
    const serving: number[] = [];
    for (let second = 0; second < 60; second += 1) {
      await pass(1_000);
      const up = [...runtime.instances.values()].filter(({ looksToGo }) => looksToGo === 0);
      serving.push(up.length);
    }
    expect(Math.min(...serving)).toBe(1);
    expect([...runtime.instances.values()].map(({ spec }) => spec.generation)).toEqual([2, 2]);
    expect((await read(id))?.state).toBe('running');
  });
});

describe('replicas with different catalogs, while they are replaced', () => {
  it('give up nothing that one of them does not know', async () => {
    entries.delete('pair');
    const former = processOf();
    entries.set('pair', entryOf('pair'));
    const next = processOf();
    runtime.looksToStart = 1_000_000;
    const { id } = await deploy('pair');
    await pass(1_000, next);
    await pass(300_000, former);
    await pass(60_000, next);
    expect(await read(id)).toMatchObject({ state: 'deploying', error: undefined });
    for (const one of runtime.instances.values()) one.looksToGo = 0;
    await pass(5_000, next);
    expect(await read(id)).toMatchObject({ state: 'running', instances: [{}] });
  });

  it('let a start that they replace for each other have its time', async () => {
    runtime.looksToStart = 1_000_000;
    const { id } = await deploy('lab');
    const former = processOf();
    entries.set('lab', entryOf('lab', { launch: { ...FAKE_LAUNCH, memoryMb: 128 } }));
    const next = processOf();
    for (let handover = 0; handover < 4; handover += 1) {
      await pass(50_000, former);
      await pass(50_000, next);
    }
    expect((await read(id))?.state).toBe('deploying');
    for (const one of runtime.instances.values()) one.looksToGo = 0;
    await pass(5_000, next);
    expect((await read(id))?.state).toBe('running');
  });
});

describe('a deployment whose runtime is not configured where it is looked at', () => {
  it('is kept for those who may have it, and given up after a while', async () => {
    const { id } = await deploy('lab');
    await pass(1_000);
    const instances = [...runtime.instances.keys()];
    const stranger = processOf({ hasRuntime: false });
    await pass(500_000, stranger);
    expect(await read(id)).toMatchObject({
      ...{ state: 'unreachable', error: { code: 'RUNTIME_NOT_CONFIGURED' } },
    });
    await pass(60_000);
    expect((await read(id))?.state).toBe('running');
    expect([...runtime.instances.keys()]).toEqual(instances);
    // That it was seen counts: the time begins anew.
    await pass(500_000, stranger);
    expect(await read(id)).toMatchObject({ state: 'unreachable', instances: [{}] });
    await pass(200_000, stranger);
    expect(await read(id)).toMatchObject({
      ...{ state: 'failed', instances: [], error: { code: 'RUNTIME_NOT_CONFIGURED' } },
    });
  });

  it('is not deleted as long as others may end what runs', async () => {
    const { id } = await deploy('lab');
    await pass(1_000);
    const stranger = processOf({ hasRuntime: false });
    await requests().delete(OWNER, id);
    await pass(500_000, stranger);
    expect(await read(id)).toMatchObject({ state: 'stopping', instances: [{ state: 'stopping' }] });
    await pass(60_000);
    expect(await read(id)).toBeUndefined();
    expect(runtime.instances.size).toBe(0);

    const other = await deploy('pair');
    await pass(1_000);
    await requests().delete(OWNER, other.id);
    await pass(2_000_000, stranger);
    expect(await read(other.id)).toBeUndefined();
  });
});

describe('a start', () => {
  it('that takes too long fails with what can be done, and leaves nothing behind', async () => {
    runtime.looksToStart = 1_000_000;
    const { id } = await deploy('lab', true);
    await pass(119_000);
    expect(await read(id)).toMatchObject({ state: 'deploying', step: 'pulling-image' });
    await pass(10_000);
    expect(await read(id)).toMatchObject({
      ...{ state: 'failed', instances: [], error: { code: 'SERVER_NOT_READY' } },
    });
    expect(told.map(({ code }) => code)).toEqual(['SERVER_NOT_READY']);
    expect(runtime.instances.size).toBe(0);
    expect(enabled).toEqual([]);
    runtime.looksToStart = 0;
    await requests().start(OWNER, id);
    await pass(1_000);
    expect(await read(id)).toMatchObject({ state: 'running', error: undefined });
    // What was wanted then is wanted now.
    expect(enabled).toEqual(['lab']);
  });

  it('whose steps break off comes to an end, and leaves nothing behind', async () => {
    const { id } = await deploy('lab', true);
    const breaking = new Proxy(runtime, {
      get: (one, name) => {
        const member: unknown = Reflect.get(one, name);
        if (name === 'status') return () => Promise.reject(new Error('an answer without sense'));
        return typeof member === 'function' ? member.bind(one) : member;
      },
    });
    const process = processOf({ wrapRuntime: () => breaking });
    await pass(110_000, process);
    expect(await read(id)).toMatchObject({ state: 'deploying', error: undefined });
    expect(process.errors.length).toBeGreaterThan(1);
    await pass(60_000, process);
    expect(await read(id)).toMatchObject({
      ...{ state: 'failed', error: { code: 'INTERNAL' }, instances: [] },
    });
    expect(runtime.instances.size).toBe(0);
  });

  it('that is refused goes to the next place, and ends where there is none', async () => {
    const { id } = await deploy('broken');
    await pass(5_000);
    expect(await read(id)).toMatchObject({
      ...{ state: 'failed', error: { code: 'RUNTIME_NOT_CONFIGURED', target: 'process' } },
    });
    expect(runtime.instances.size).toBe(0);
    expect(told.map(({ code }) => code)).toEqual(['SERVER_EXITED', 'RUNTIME_NOT_CONFIGURED']);
    runtime.refusal = 'LAUNCH_NOT_ALLOWED';
    const refused = await deploy('lab');
    await pass(5_000);
    expect(await read(refused.id)).toMatchObject({
      ...{ state: 'failed', error: { code: 'LAUNCH_NOT_ALLOWED' }, instances: [] },
    });
  });

  it('whose server does not pass its test at once is tried again, and not for ever', async () => {
    verdicts = ['CONNECTION_FAILED', 'TEST_LIMIT_REACHED'];
    const { id } = await deploy('lab', true);
    await pass(20_000);
    expect(await read(id)).toMatchObject({ state: 'running', error: undefined });
    expect(enabled).toEqual(['lab']);
    verdicts = ['AUTH_FAILED'];
    const refused = await deploy('pair', true);
    await pass(5_000);
    expect(await read(refused.id)).toMatchObject({
      ...{ state: 'failed', error: { code: 'AUTH_FAILED' }, instances: [] },
    });
  });

  it('is waited for where the server has been up, for as long as it takes', async () => {
    const { id } = await deploy('lab');
    await pass(1_000);
    const instance = String((await read(id))?.instances[0]?.id);
    // The machine is about to end: its servers are gone, and it takes no new ones. Then it is away.
    await runtime.lose(instance);
    runtime.refusal = 'RUNTIME_REFUSED';
    await pass(200_000);
    expect(await read(id)).toMatchObject({
      ...{ state: 'deploying', error: { code: 'RUNTIME_REFUSED' } },
    });
    for (const target of ['north', 'south']) runtime.lost.add(target);
    await pass(300_000);
    expect(await read(id)).toMatchObject({ error: { code: 'RUNTIME_UNREACHABLE' } });
    runtime.refusal = undefined;
    runtime.lost.clear();
    await pass(60_000);
    expect(await read(id)).toMatchObject({ state: 'running', error: undefined });
  });

  it('waits for a machine that is not there yet', async () => {
    for (const target of ['north', 'south']) runtime.lost.add(target);
    const { id } = await deploy('lab');
    await pass(30_000);
    expect(await read(id)).toMatchObject({
      ...{ state: 'deploying', error: { code: 'RUNTIME_UNREACHABLE', target: 'north, south' } },
    });
    runtime.lost.clear();
    runtime.isFull = true;
    await pass(40_000);
    expect(await read(id)).toMatchObject({
      ...{ state: 'deploying', error: { code: 'RUNTIME_REFUSED', target: 'north, south' } },
    });
    expect(told.map(({ code }) => code)).toEqual(['RUNTIME_UNREACHABLE', 'RUNTIME_REFUSED']);
    runtime.isFull = false;
    await pass(40_000);
    expect((await read(id))?.state).toBe('running');
  });
});

describe('a session', () => {
  it('wakes an instance that sleeps, and goes to none that is about to end', async () => {
    const { id } = await deploy('lab');
    await pass(1_000);
    const [instance] = [...runtime.instances.values()];
    if (instance === undefined) throw new Error('there is no instance');
    instance.phase = 'idle';
    await pass(20_000);
    expect(await read(id)).toMatchObject({ state: 'idle', instances: [{ state: 'idle' }] });
    const { runtimes, catalog } = processOf();
    const pinned: string[] = [];
    const servers = new DeployedServers({
      ...{ catalog, runtimes, secrets, clock, pin: (origin) => void pinned.push(origin) },
      store: new PrismaDeploymentStore(database),
    });
    const found = await servers.findServer(OWNER, 'lab');
    expect(instance.phase).toBe('running');
    expect(found).toMatchObject({ url: instance.server.url, isPinned: true });
    expect(found?.secretHeaders).toEqual({ Authorization: `Bearer ${instance.spec.bearer}` });
    expect(pinned).toEqual([new URL(instance.server.url).origin]);
    const other = { ...OWNER, projectId: 'borea' };
    await expect(servers.findServer(other, 'lab')).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
    });
    await requests().stop(OWNER, id);
    await expect(servers.findServer(OWNER, 'lab')).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
    });
    expect(await servers.findServer(OWNER, 'gone')).toBeUndefined();
  });
});

/** What changes something; to be killed before or after a question is to be killed between two of these. */
const EFFECTS = new Set<string | symbol>([
  ...['claim', 'addInstance', 'saveInstance', 'removeInstance', 'finish', 'remove', 'release'],
  ...['ensure', 'stop', 'enable'],
]);

/** Wraps an object so that the process dies at the n-th moment before or after one of its effects, for good. */
function dyingAt(moment: number) {
  let now = 0;
  const state = { isDead: false };
  const check = () => {
    if (now === moment) state.isDead = true;
    now += 1;
    if (state.isDead) throw new Error('the process was killed');
  };
  const wrap = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get: (_target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]) => {
          if (state.isDead || EFFECTS.has(name)) check();
          const result: unknown = await Reflect.apply(member, target, given);
          if (EFFECTS.has(name)) check();
          return result;
        };
      },
    });
  return { wrap, state };
}

describe('a process that is killed between any two effects', () => {
  it.each<[string, (id: string) => Promise<unknown>, (id: string) => Promise<void>]>([
    [
      'of a start',
      () => Promise.resolve(),
      async (id) => {
        expect(await read(id)).toMatchObject({ state: 'running', enableWanted: false });
        expect((await read(id))?.instances).toHaveLength(1);
        expect(runtime.instances.size).toBe(1);
      },
    ],
    [
      'of a deletion',
      async (id) => {
        await pass(1_000);
        await requests().delete(OWNER, id);
      },
      async (id) => {
        expect(await read(id)).toBeUndefined();
        expect(runtime.instances.size).toBe(0);
      },
    ],
    [
      'of a replacement',
      async (id) => {
        await pass(1_000);
        entries.set('lab', entryOf('lab', { launch: { ...FAKE_LAUNCH, memoryMb: 99 } }));
        await requests().start(OWNER, id);
        clock.advance(16_000);
      },
      async (id) => {
        expect(await read(id)).toMatchObject({ state: 'running', generation: 2 });
        expect([...runtime.instances.values()].map(({ spec }) => spec.launch.memoryMb)).toEqual([
          99,
        ]);
      },
    ],
  ])('%s is followed by another one, with the same end', async (_what, prepare, expectEnd) => {
    let moment = 0;
    for (let isOver = false; !isOver; moment += 1) {
      await database.owner.query('DELETE FROM deployments');
      await runtime.close();
      entries.set('lab', entryOf('lab'));
      const { id } = await deploy('lab', true);
      await prepare(id);
      const { wrap, state } = dyingAt(moment);
      const dying = processOf({ wrapStore: wrap, wrapRuntime: wrap, wrapEntries: wrap });
      await pass(5_000, dying).catch(() => {});
      isOver = !state.isDead;
      // Nobody else goes on before the lease is over.
      await processOf().service.advanceDue(signal);
      clock.advance(LEASE_MS);
      await pass(2_000);
      await expectEnd(id);
    }
    // Each of them has been tried.
    expect(moment).toBeGreaterThan(10);
  });

  it('is not waited for where it only stops', async () => {
    const stop = new AbortController();
    const { id } = await deploy('lab');
    runtime.onEffect = () => {
      stop.abort();
      throw new DOMException('stopping', 'AbortError');
    };
    const { service, errors } = processOf();
    await service.advanceDue(stop.signal);
    runtime.onEffect = () => {};
    expect(errors).toEqual([]);
    await pass(1_000);
    expect((await read(id))?.state).toBe('running');
    expect(runtime.instances.size).toBe(1);
  });
});

describe('two processes', () => {
  it('share the work, and do none of it twice', async () => {
    const ids = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const owner = { ...OWNER, projectId: `project-${index}` };
        const entry = entries.get('lab');
        if (entry === undefined) throw new Error('there is no such entry');
        const deployed = await requests().deploy(owner, entry, { settings: {}, isEnabling: true });
        return deployed.id;
      }),
    );
    const [one, two] = [processOf(), processOf()];
    for (let round = 0; round < 4; round += 1) {
      await Promise.all([one.service.advanceDue(signal), two.service.advanceDue(signal)]);
      clock.advance(200);
    }
    expect(runtime.instances.size).toBe(8);
    expect(enabled).toHaveLength(8);
    const ensured = runtime.asked.filter((what) => what.startsWith('ensure'));
    expect(new Set(ensured).size).toBe(ensured.length);
    expect(new Set(ids).size).toBe(8);
  });

  it('switch nothing on that somebody switched off while the server came up', async () => {
    const { id } = await deploy('lab', true);
    const forgetting = (one: Runtime): Runtime => ({
      kind: one.kind,
      targets: (limited) => one.targets(limited),
      obstacle: (limited) => one.obstacle(limited),
      ensure: (...given) => one.ensure(...given),
      status: async (...given) => {
        const status = await one.status(...given);
        if (status.phase === 'running') await requests().forgetEnable(OWNER, id);
        return status;
      },
      stop: (...given) => one.stop(...given),
      logs: (...given) => one.logs(...given),
      wake: (...given) => one.wake(...given),
    });
    await pass(1_000, processOf({ wrapRuntime: forgetting }));
    await pass(5_000);
    expect(await read(id)).toMatchObject({ state: 'running', enableWanted: false });
    expect(enabled).toEqual([]);
  });

  it('do not undo what a request wants meanwhile', async () => {
    const { id } = await deploy('lab', true);
    let isAsked = false;
    runtime.onEffect = () => {
      if (isAsked) return;
      isAsked = true;
      stopping = requests().stop(OWNER, id);
    };
    let stopping: Promise<unknown> = Promise.resolve();
    // The runtime answers once the request was answered.
    const waiting = (one: Runtime): Runtime =>
      new Proxy(one, {
        get: (_target, name) => {
          const member: unknown = Reflect.get(one, name);
          if (typeof member !== 'function') return member;
          return async (...given: unknown[]) => {
            const result: unknown = await Reflect.apply(member, one, given);
            await stopping;
            return result;
          };
        },
      });
    await processOf({ wrapRuntime: waiting }).service.advanceDue(signal);
    await pass(5_000);
    expect(await read(id)).toMatchObject({ state: 'stopped', wanted: 'stopped', instances: [] });
    expect(runtime.instances.size).toBe(0);
    expect(enabled).toEqual([]);
  });
});
