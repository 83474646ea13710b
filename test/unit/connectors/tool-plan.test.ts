import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admissionOf, type ToolPolicies } from '../../../src/modules/connectors/tool-approval.ts';
import { type KnownTool, planTools } from '../../../src/modules/connectors/tool-plan.ts';

const HOLD: ToolPolicies = { first: 'hold', changed: 'hold', destructive: 'hold' };
const DEFAULTS: ToolPolicies = { first: 'accept', changed: 'hold', destructive: 'accept' };

interface Row extends KnownTool {
  isEnabled: boolean;
  isNewlyApproved?: boolean;
}

/** What a server offers; a hash holds the name, as real ones do. */
const offer = (name: string, text: string, isDestructive = false) => ({
  name,
  definitionHash: `${name}|${text}`,
  isDestructive,
});
type Offer = ReturnType<typeof offer>;

/** Keeps rows as the database does, with room for few removed tools. */
class Connector {
  stored: Row[] = [];
  remembered: Row[] = [];
  isForgetful = false;
  readonly #policies: ToolPolicies;
  readonly #room: number;

  constructor(policies: ToolPolicies, room = 1_000) {
    this.#policies = policies;
    this.#room = room;
  }

  discover(found: readonly Offer[], isMoved = false): void {
    const { stored, remembered, isForgetful } = this;
    const context = { policies: this.#policies, isMoved, isForgetful };
    const plan = planTools<Offer, Row>({ slug: 's', found, stored, remembered, context });
    this.stored = plan.tools.map(({ found: { name }, exposedName, verdict, origin }) => {
      const isEnabled = origin?.isEnabled ?? true;
      return { ...verdict, name, exposedName, isEnabled };
    });
    const kept = [...plan.removed, ...remembered.filter((tool) => !plan.returned.includes(tool))];
    this.isForgetful ||= kept.length > this.#room;
    this.remembered = kept
      .slice(0, this.#room)
      .map((tool) => (isMoved ? { ...tool, approvedHash: undefined } : tool));
  }

  approve(name: string, definitionHash: string): boolean {
    const tool = this.stored.find((row) => row.name === name);
    if (tool?.definitionHash !== definitionHash) return false;
    Object.assign(tool, { state: 'approved', approvedHash: definitionHash });
    return true;
  }

  switchOff(name: string): void {
    for (const tool of this.stored) if (tool.name === name) tool.isEnabled = false;
  }

  tool(name: string): Row | undefined {
    return this.stored.find((row) => row.name === name);
  }

  /** Definitions that a call would run. */
  get callable(): string[] {
    return this.stored
      .filter((tool) => ['offered', 'warned'].includes(admissionOf(tool, this.#policies)))
      .map(({ definitionHash }) => definitionHash);
  }
}

const names = ['read', 'Read', 're-ad', 'write', 'wri te', '写', 'a_b', 'a b'];
const offers = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...names),
    text: fc.constantFrom('1', '2', '3'),
    isDestructive: fc.boolean(),
  }),
  { selector: ({ name }) => name },
);
const step = fc.oneof(
  fc.record({ kind: fc.constant('discover' as const), offers, isMoved: fc.boolean() }),
  fc.record({
    kind: fc.constant('approve' as const),
    name: fc.constantFrom(...names),
    text: fc.constantFrom('1', '2', '3'),
  }),
);
const steps = fc.array(step, { maxLength: 30 });
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** Goes through the steps; `seen` is told after each what was approved since the last move. */
function go(connector: Connector, all: readonly Step[], seen: (approved: Set<string>) => void) {
  let approved = new Set<string>();
  for (const one of all) {
    if (one.kind === 'approve') {
      const hash = `${one.name}|${one.text}`;
      if (connector.approve(one.name, hash)) approved.add(hash);
    } else {
      if (one.isMoved) approved = new Set();
      const found = one.offers.map(({ name, text, isDestructive }) =>
        offer(name, text, isDestructive),
      );
      connector.discover(found, one.isMoved);
    }
    seen(approved);
  }
}

describe('no sequence of discoveries', () => {
  it('makes a definition callable that nobody approved, where all are held back', () => {
    fc.assert(
      fc.property(steps, fc.nat(3), (all, room) => {
        const connector = new Connector(HOLD, room);
        go(connector, all, (approved) => {
          for (const hash of connector.callable) expect(approved).toContain(hash);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('exchanges the definition of a name, where first ones are accepted', () => {
    fc.assert(
      fc.property(steps, fc.nat(3), (all, room) => {
        const connector = new Connector(DEFAULTS, room);
        const firsts = new Map<string, string>();
        go(connector, all, (approved) => {
          for (const { name, definitionHash } of connector.stored) {
            firsts.set(name, firsts.get(name) ?? definitionHash);
          }
          const allowed = [...approved, ...firsts.values()];
          for (const hash of connector.callable) expect(allowed).toContain(hash);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('gives a name that agents call by to another tool, or two tools the same', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const connector = new Connector(DEFAULTS);
        const owners = new Map<string, string>();
        go(connector, all, () => {
          const taken = new Set(connector.stored.map(({ exposedName }) => exposedName));
          expect(taken.size).toBe(connector.stored.length);
          for (const { name, exposedName } of connector.stored) {
            expect(owners.get(exposedName) ?? name).toBe(name);
            owners.set(exposedName, name);
          }
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a tool that vanishes', () => {
  it('comes back as the same: with its name, its switch and what was approved', () => {
    const connector = new Connector(DEFAULTS);
    connector.discover([offer('send', '1'), offer('read', '1')]);
    connector.switchOff('read');
    const before = connector.stored;
    connector.discover([]);
    connector.discover([offer('send', '1'), offer('read', '1')]);
    expect(connector.stored).toEqual(before.map((row) => ({ ...row, isNewlyApproved: false })));
    connector.discover([]);
    connector.discover([offer('send', '2'), offer('read', '1')]);
    expect(connector.tool('send')).toMatchObject({ state: 'changed', approvedHash: 'send|1' });
    expect(connector.callable).toEqual([]);
  });

  it('and comes back under a name that looks like its own is a changed one, switched off as before', () => {
    const connector = new Connector(DEFAULTS);
    connector.discover([offer('delete_all', '1')]);
    connector.switchOff('delete_all');
    for (const name of ['deleteAll', 'Delete-All', 'ｄelete all']) {
      connector.discover([offer(name, '1')]);
      expect(connector.tool(name)).toMatchObject({ state: 'changed', isEnabled: false });
    }
    connector.discover([offer('remove_all', '1')]);
    expect(connector.tool('remove_all')).toMatchObject({ state: 'approved', isEnabled: true });
  });

  it('is remembered as long as there is room, and then every unknown name counts as changed', () => {
    const connector = new Connector(DEFAULTS, 2);
    connector.discover([offer('a', '1'), offer('b', '1')]);
    connector.discover([offer('c', '1')]);
    expect(connector.callable).toEqual(['c|1']);
    connector.discover([offer('d', '1')]);
    expect(connector.isForgetful).toBe(true);
    connector.discover([offer('a', '2'), offer('b', '2'), offer('c', '2'), offer('e', '1')]);
    expect(connector.callable).toEqual([]);
  });

  it('leaves its name to nobody: no tool can be called in its place', () => {
    const connector = new Connector(DEFAULTS);
    connector.discover([offer('a b', '1')]);
    const exposed = connector.tool('a b')?.exposedName ?? '';
    expect(exposed).toMatch(/^s__a_b_[0-9a-f]{8}$/);
    const impostor = exposed.slice('s__'.length);
    connector.discover([offer(impostor, '1')]);
    expect(connector.tool(impostor)?.exposedName).not.toBe(exposed);
  });
});
