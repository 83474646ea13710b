import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../../../src/modules/catalog/index.ts';
import type { DeploymentInstance } from '../../../src/modules/deployments/deployment.ts';
import {
  changeState,
  DEPLOYMENT_STATES,
  STATE_CHANGES,
} from '../../../src/modules/deployments/deployment-states.ts';
import {
  afterWork,
  type DeploymentDraft,
  failed,
  giveUp,
  place,
  stopped,
  untilStopped,
  untilTested,
  whenUp,
} from '../../../src/modules/deployments/deployment-step.ts';
import { RUNTIME_PROBLEM_CODES } from '../../../src/runtimes/runtime.ts';

// Whatever instances are found to do, a deployment changes only as its table says, and never comes to rest where something is to be done.

const NOW = new Date('2026-01-01T00:05:00.000Z');
const state = fc.constantFrom(...DEPLOYMENT_STATES);
/** States in which work looks at instances. */
const worked = fc.constantFrom('deploying', 'running', 'idle', 'unreachable' as const);
const instance: fc.Arbitrary<DeploymentInstance> = fc.record({
  id: fc.uuid(),
  runtime: fc.constant('agent' as const),
  target: fc.constantFrom('north', 'south'),
  state: fc.constantFrom('starting', 'running', 'idle', 'failed', 'unreachable' as const),
  url: fc.constant(undefined),
  sessions: fc.nat(9),
  seenAt: fc.constant(undefined),
  missed: fc.nat(3),
  generation: fc.nat(3),
  problemCode: fc.constant(undefined),
  createdAt: fc.constant(NOW),
});
const code = fc.constantFrom(...RUNTIME_PROBLEM_CODES);
const seen = fc.array(
  fc.record({
    instance,
    step: fc.option(fc.string(), { nil: undefined }),
    problem: fc.option(fc.record({ code, target: fc.constant('north') }), { nil: undefined }),
  }),
  { maxLength: 4 },
);
const runOn = fc.constantFrom<CatalogEntry['runOn']>(
  ['agent'],
  ['agent', 'static'],
  ['kubernetes', 'agent'],
);
const startedAt = fc.option(
  fc.constantFrom(NOW, new Date(NOW.getTime() - 119_999), new Date(NOW.getTime() - 120_000)),
  { nil: undefined },
);
const draftOf = (
  from: DeploymentDraft['state'],
  instances: DeploymentInstance[],
  began: Date | undefined,
): DeploymentDraft => ({
  ...{ id: 'd', specHash: '', generation: 2, now: NOW, instances, state: from, runtime: 'agent' },
  ...{ step: 'waiting', error: undefined, startedAt: began, attempts: 0, enableWanted: false },
  dueAt: undefined,
});
const entryOf = (places: CatalogEntry['runOn'], instances = 1): CatalogEntry => ({
  ...{ key: 'lab', title: 'Lab', description: 'Lab.', icon: undefined, offeredTo: 'project' },
  ...{ image: undefined, launch: undefined, runOn: places, instances, url: undefined },
  ...{ transport: 'streamable-http', reach: 'pinned', auth: { kind: 'none' }, settings: [] },
  ...{ gate: undefined, legacyKeys: [] },
});
const isAllowed = (from: DeploymentDraft['state'], to: DeploymentDraft['state']) =>
  from === to || STATE_CHANGES[from].includes(to);

const isServing = ({ state: of }: Pick<DeploymentInstance, 'state'>) =>
  of === 'running' || of === 'idle';

/** It is up with what is wanted, or with what was there before: that is given up for nothing that does not come up. */
function expectServing(draft: DeploymentDraft, instances: DeploymentInstance[]): void {
  const isUp = draft.state === 'running' || draft.state === 'idle';
  const serving = instances.filter(isServing);
  if (serving.some(({ generation }) => generation >= draft.generation)) {
    expect(isUp).toBe(true);
    return;
  }
  if (isUp) expect(draft.error).toBeDefined();
  if (serving.length === 0) expect(isUp).toBe(false);
  else
    expect(draft).toMatchObject({ state: expect.not.stringMatching('failed'), runtime: 'agent' });
}

describe('the states of a deployment', () => {
  it('change as the table says, and in no other way', () => {
    fc.assert(
      fc.property(state, state, (from, to) => {
        if (isAllowed(from, to)) expect(changeState(from, to)).toBe(to);
        else expect(() => changeState(from, to)).toThrow(`a deployment that is ${from} cannot`);
      }),
    );
    // From everywhere it can be taken away, and nothing but a new start leads back to life.
    for (const from of DEPLOYMENT_STATES) {
      const canEnd = from === 'stopping' || STATE_CHANGES[from].includes('stopping');
      expect(canEnd, from).toBe(true);
    }
    for (const from of ['failed', 'stopped'] as const) {
      expect(STATE_CHANGES[from]).toEqual(['deploying', 'stopping']);
    }
  });

  it('follow from what instances do, whatever that is', () => {
    fc.assert(
      fc.property(worked, seen, runOn, startedAt, (from, found, places, began) => {
        const instances = found.map((one) => one.instance);
        const draft = draftOf(from, instances, began);
        const entry = entryOf(places, Math.max(instances.length, 1));
        afterWork(draft, entry, found);
        const isUp = draft.state === 'running' || draft.state === 'idle';
        if (isUp) whenUp(draft, entry);
        // In two steps where a next place is tried: up to there, and from there.
        expect(isAllowed(from, draft.state)).toBe(true);
        // Somebody looks again, or a person has to.
        expect(draft.dueAt instanceof Date).toBe(true);
        expect(draft.step).toMatch(/^[a-z][a-z0-9-]{0,63}$/);
        expectServing(draft, instances);
        if (draft.state === 'failed') expect(draft.error).toBeDefined();
        if (draft.state === 'unreachable')
          expect(instances.every((one) => one.state === 'unreachable')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('end in rest where nothing is left to be done', () => {
    const entry = entryOf(['agent', 'static']);
    const draft = draftOf('deploying', [], undefined);
    place(draft, entry);
    expect(draft).toMatchObject({ state: 'deploying', runtime: 'agent', startedAt: NOW });
    giveUp(draft, entry, { code: 'SERVER_EXITED', target: 'north' });
    expect(draft).toMatchObject({ state: 'deploying', runtime: 'static', dueAt: NOW });
    untilTested(draft, { code: 'TIMEOUT', target: '' });
    expect(draft).toMatchObject({ state: 'deploying', step: 'testing' });
    whenUp(draft, entry);
    expect(draft).toMatchObject({ state: 'running', dueAt: undefined });
    giveUp(draft, entry, { code: 'AUTH_FAILED', target: '' });
    failed(draft);
    expect(draft).toMatchObject({ state: 'failed', dueAt: undefined });
    draft.state = changeState(draft.state, 'stopping');
    untilStopped(draft, undefined);
    expect(draft.dueAt?.getTime()).toBeGreaterThan(NOW.getTime());
    stopped(draft);
    expect(draft).toMatchObject({ state: 'stopped', dueAt: undefined, error: undefined });
  });
});
