import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallableTool, ToolSource } from '../../../src/modules/connectors/index.ts';
import { ToolCache } from '../../../src/modules/tools/tool-cache.ts';
import type { Identity } from '../../../src/tenancy/caller.ts';
import { source } from './support/toolsets.ts';

const alice = { tenantId: 'tenant-a', userId: 'alice' };
const bob = { tenantId: 'tenant-a', userId: 'bob' };
const aliceElsewhere = { tenantId: 'tenant-b', userId: 'alice' };
const MEBIBYTE = 1024 * 1024;

/** Rows that a test answers when it wants to. */
class SlowStore {
  reads: { identity: Identity; name: string | undefined; answer: (found: unknown) => void }[] = [];
  failure: Error | undefined;

  listSources(identity: Identity): Promise<ToolSource[]> {
    return this.#read<ToolSource[]>(identity, undefined);
  }

  findCallable(identity: Identity, name: string): Promise<CallableTool | undefined> {
    return this.#read<CallableTool | undefined>(identity, name);
  }

  #read<Found>(identity: Identity, name: string | undefined): Promise<Found> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise<Found>((resolve) => {
      // What a test answers is its own affair.
      this.reads.push({ identity, name, answer: (found) => resolve(found as Found) });
    });
  }
}

let store: SlowStore;
let isLive: boolean;
let asked: string[];

beforeEach(() => {
  store = new SlowStore();
  isLive = true;
  asked = [];
});

function cacheOf(maxBytes = MEBIBYTE): ToolCache {
  const onAsked = (what: string, outcome: string) => void asked.push(`${what} ${outcome}`);
  return new ToolCache({ store, isLive: () => isLive, maxBytes, onAsked });
}

function answer(index: number, found: unknown): void {
  store.reads[index]?.answer(found);
}

const withTool = (name: string) => [source('s', { [name]: {} })];

async function namesOf(snapshot: ReturnType<ToolCache['getSnapshot']>): Promise<string[]> {
  return (await snapshot).tools.map(({ name }) => name);
}

const callable: CallableTool = {
  connectorId: 'c1',
  projectId: undefined,
  toolId: 't1',
  exposedName: 's__a',
  toolName: 'a',
  definitionHash: 'h',
  intent: 'ENABLED',
  health: 'HEALTHY',
  credentialGeneration: 1,
  state: 'approved',
  admission: 'offered',
  callTimeoutSeconds: 60,
  headerParameters: [],
};

describe('tools', () => {
  it('are read once for all who ask, and kept', async () => {
    const cache = cacheOf();
    const asking = [1, 2, 3].map(() => cache.getSnapshot(alice));
    answer(0, withTool('a'));
    const [first, ...others] = await Promise.all(asking);
    expect(others).toEqual([first, first]);
    expect(await cache.getSnapshot({ ...alice })).toBe(first);
    expect(store.reads).toHaveLength(1);
    expect(asked).toEqual(['tools miss', 'tools hit', 'tools hit', 'tools hit']);
  });

  it('are those of one user of one tenant, whatever their ids are made of', async () => {
    const cache = cacheOf();
    const users = [
      alice,
      bob,
      aliceElsewhere,
      { tenantId: 'tenant-a","alice', userId: '' },
      { tenantId: 'tenant-a', userId: 'alice"]' },
      { tenantId: 'tenant-aalice', userId: '' },
    ];
    const asking = users.map((user) => cache.getSnapshot(user));
    for (const [index, user] of users.entries()) {
      expect(store.reads[index]?.identity).toEqual(user);
      answer(index, withTool(`tool-${index}`));
    }
    for (const [index, tools] of asking.entries()) {
      expect(await namesOf(tools)).toEqual([`s__tool-${index}`]);
    }
    cache.forget(alice);
    for (const user of users.slice(1)) void cache.getSnapshot(user);
    expect(store.reads).toHaveLength(users.length);
  });

  it('that change while they are read are not kept, and nobody who asks later gets the old ones', async () => {
    const cache = cacheOf();
    const before = cache.getSnapshot(alice);
    cache.forget(alice);
    const after = cache.getSnapshot(alice);
    answer(1, withTool('new'));
    expect(await namesOf(after)).toEqual(['s__new']);
    answer(0, withTool('old'));
    expect(await namesOf(before)).toEqual(['s__old']);
    expect(await namesOf(cache.getSnapshot(alice))).toEqual(['s__new']);
    expect(store.reads).toHaveLength(2);
  });

  it('that could not be read are read again', async () => {
    const cache = cacheOf();
    store.failure = new Error('no database');
    await expect(cache.getSnapshot(alice)).rejects.toBe(store.failure);
    await expect(cache.findCallable(alice, 's__a')).rejects.toBe(store.failure);
    store.failure = undefined;
    const again = cache.getSnapshot(alice);
    answer(0, withTool('a'));
    expect(await namesOf(again)).toEqual(['s__a']);
    const found = cache.findCallable(alice, 's__a');
    answer(1, callable);
    expect(await found).toBe(callable);
  });

  it('are neither kept nor given while nobody would hear of a change', async () => {
    const cache = cacheOf();
    const kept = cache.getSnapshot(alice);
    answer(0, withTool('a'));
    await kept;
    isLive = false;
    const meanwhile = cache.getSnapshot(alice);
    answer(1, withTool('b'));
    expect(await namesOf(meanwhile)).toEqual(['s__b']);
    void cache.findCallable(alice, 's__b');
    void cache.findCallable(alice, 's__b');
    expect(store.reads).toHaveLength(4);

    // As the feed does it when it is back.
    cache.forgetAll();
    isLive = true;
    void cache.getSnapshot(alice);
    expect(store.reads).toHaveLength(5);
    expect(cache.statistics.users).toBe(1);
  });

  it('are not kept at all where there is no memory for them', async () => {
    const cache = cacheOf(0);
    void cache.getSnapshot(alice);
    void cache.getSnapshot(alice);
    expect(store.reads).toHaveLength(2);
    expect(cache.statistics).toEqual({ users: 0, bytes: 0 });
  });
});

describe('a tool to call', () => {
  it('is looked up once, until something changes', async () => {
    const cache = cacheOf();
    const first = cache.findCallable(alice, 's__a');
    answer(0, callable);
    await first;
    expect(await cache.findCallable(alice, 's__a')).toBe(callable);
    void cache.findCallable(bob, 's__a');
    cache.forget(alice);
    const disabled = cache.findCallable(alice, 's__a');
    answer(2, { ...callable, intent: 'DISABLED' });
    expect(await disabled).toMatchObject({ intent: 'DISABLED' });
    expect(store.reads.map(({ identity, name }) => [identity, name])).toEqual([
      [alice, 's__a'],
      [bob, 's__a'],
      [alice, 's__a'],
    ]);
  });

  it('that does not exist costs no memory, however many are asked for', async () => {
    const cache = cacheOf();
    const asking = Array.from({ length: 100 }, (_, index) =>
      cache.findCallable(alice, `x${index}`),
    );
    const { bytes } = cache.statistics;
    for (const index of asking.keys()) answer(index, undefined);
    await Promise.all(asking);
    expect(cache.statistics.bytes).toBeLessThan(bytes / 10);
    void cache.findCallable(alice, 'x0');
    expect(store.reads).toHaveLength(101);
  });
});

describe('a list made from the tools', () => {
  const make = (size: number) => () => ({ value: Buffer.alloc(size), bytes: size });

  it('is made once for each key, and again after a change', async () => {
    const cache = cacheOf();
    const first = cache.derive(alice, 'k', make(10));
    answer(0, withTool('a'));
    const beside = cache.derive(alice, 'k', make(15));
    expect(await cache.derive(alice, 'k', make(20))).toBe(await first);
    expect(await beside).toBe(await first);
    expect(await cache.derive(alice, 'other', make(20))).toHaveLength(20);
    cache.forget(alice);
    const again = cache.derive(alice, 'k', make(30));
    answer(1, withTool('b'));
    expect(await again).toHaveLength(30);
  });

  it('made from tools that changed meanwhile is not kept', async () => {
    const cache = cacheOf();
    const before = cache.derive(alice, 'k', ({ tools }) => ({ value: tools[0]?.name, bytes: 1 }));
    cache.forget(alice);
    answer(0, withTool('old'));
    expect(await before).toBe('s__old');
    const after = cache.derive(alice, 'k', ({ tools }) => ({ value: tools[0]?.name, bytes: 1 }));
    answer(1, withTool('new'));
    expect(await after).toBe('s__new');
  });

  it('has few others beside it, so that one user with many shapes does not take the memory of all', async () => {
    const cache = cacheOf(100 * MEBIBYTE);
    const first = cache.derive(alice, 'k0', make(MEBIBYTE));
    answer(0, withTool('a'));
    await first;
    for (let index = 1; index < 50; index += 1)
      await cache.derive(alice, `k${index}`, make(MEBIBYTE));
    expect(cache.statistics.bytes).toBeLessThan(17 * MEBIBYTE);
    expect(await cache.derive(alice, 'k0', make(5))).toHaveLength(5);
  });
});

describe('memory', () => {
  it('goes to those who asked last', async () => {
    const cache = cacheOf(3 * MEBIBYTE);
    const fill = async (user: Identity) => {
      const list = cache.derive(user, 'k', () => ({ value: user.userId, bytes: MEBIBYTE }));
      store.reads.at(-1)?.answer([]);
      await list;
    };
    await fill(alice);
    await fill(bob);
    await cache.getSnapshot(alice);
    await fill(aliceElsewhere);
    expect(cache.statistics.users).toBe(2);
    const reads = store.reads.length;
    void cache.getSnapshot(alice);
    expect(store.reads).toHaveLength(reads);
    void cache.getSnapshot(bob);
    expect(store.reads).toHaveLength(reads + 1);
  });

  it('is not filled by one who needs more than there is', async () => {
    const cache = cacheOf(MEBIBYTE);
    const list = cache.derive(alice, 'k', () => ({ value: 1, bytes: 2 * MEBIBYTE }));
    answer(0, []);
    expect(await list).toBe(1);
    expect(cache.statistics).toEqual({ users: 0, bytes: 0 });
  });

  it('is counted right, whatever happens in whatever order', async () => {
    type Step = (cache: ToolCache) => void;
    const user = fc.constantFrom(alice, bob, aliceElsewhere);
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.tuple(user, fc.nat(400_000)).map(
        ([who, bytes]): Step =>
          (cache) => {
            void cache.derive(who, `k${bytes}`, () => ({ value: bytes, bytes }));
          },
      ),
      fc.tuple(user, fc.nat(3)).map(
        ([who, number]): Step =>
          (cache) => {
            void cache.findCallable(who, `t${number}`);
          },
      ),
      user.map(
        (who): Step =>
          (cache) =>
            cache.forget(who),
      ),
      fc.boolean().map(
        (live): Step =>
          () => {
            isLive = live;
          },
      ),
      fc.nat(20).map(
        (number): Step =>
          () => {
            const read = store.reads[number];
            read?.answer(read.name === undefined ? [] : undefined);
          },
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        store = new SlowStore();
        isLive = true;
        const cache = cacheOf();
        for (const take of steps) {
          take(cache);
          await new Promise((resolve) => setImmediate(resolve));
          expect(cache.statistics.bytes).toBeLessThanOrEqual(MEBIBYTE);
          expect(cache.statistics.bytes).toBeGreaterThanOrEqual(0);
        }
        cache.forgetAll();
        expect(cache.statistics).toEqual({ users: 0, bytes: 0 });
      }),
      { numRuns: 60 },
    );
  });
});

describe('at work in a project', () => {
  const inAtlas = { ...alice, projectId: 'atlas' };
  const inBorea = { ...alice, projectId: 'borea' };

  async function keep(cache: ToolCache, ...identities: Identity[]): Promise<void> {
    for (const identity of identities) {
      const asking = cache.getSnapshot(identity);
      answer(store.reads.length - 1, withTool(`of-${identity.projectId ?? 'nobody'}`));
      await asking;
    }
  }

  it('tools are kept apart from those of other projects and the own alone', async () => {
    const cache = cacheOf();
    await keep(cache, alice, inAtlas, inBorea);
    expect(await namesOf(cache.getSnapshot(alice))).toEqual(['s__of-nobody']);
    expect(await namesOf(cache.getSnapshot(inAtlas))).toEqual(['s__of-atlas']);
    expect(await namesOf(cache.getSnapshot(inBorea))).toEqual(['s__of-borea']);
    expect(store.reads.map(({ identity }) => identity)).toEqual([alice, inAtlas, inBorea]);
  });

  it.each<[string, (cache: ToolCache) => void, Identity[]]>([
    ['the own tools', (cache) => cache.forget(alice), [alice, inAtlas, inBorea]],
    [
      'those of the project',
      (cache) => cache.forgetProject({ tenantId: 'tenant-a', projectId: 'atlas' }),
      [inAtlas, { ...bob, projectId: 'atlas' }],
    ],
    [
      'those of a project of the same name elsewhere',
      (cache) => cache.forgetProject({ tenantId: 'tenant-b', projectId: 'atlas' }),
      [],
    ],
    [
      'those of a user with the name of the project',
      (c) => c.forget({ tenantId: 'tenant-a', userId: 'atlas' }),
      [],
    ],
    [
      'what a member does there',
      (cache) => cache.forget({ ...bob, projectId: 'atlas' }),
      [inAtlas, bob, { ...bob, projectId: 'atlas' }],
    ],
  ])('a change of %s is seen by whom it concerns', async (_what, change, expected) => {
    const cache = cacheOf();
    const all = [alice, inAtlas, inBorea, bob, { ...bob, projectId: 'atlas' }];
    await keep(cache, ...all);
    change(cache);
    const before = store.reads.length;
    for (const identity of all) void cache.getSnapshot(identity);
    expect(store.reads.slice(before).map(({ identity }) => identity)).toEqual(expected);
    cache.forgetAll();
    expect(cache.statistics).toEqual({ users: 0, bytes: 0 });
  });
});
