import { describe, expect, it } from 'vitest';
import {
  admissionOf,
  type DefinitionStanding,
  type DiscoveryContext,
  judgeTool,
  policiesFor,
  type ToolPolicies,
  type ToolPolicy,
} from '../../../src/modules/connectors/tool-approval.ts';

const DEFAULTS: ToolPolicies = { first: 'accept', changed: 'hold', destructive: 'accept' };
const context = (rest: Partial<DiscoveryContext> = {}): DiscoveryContext => ({
  policies: DEFAULTS,
  isMoved: false,
  isForgetful: false,
  ...rest,
});
const found = (definitionHash: string, isDestructive = false) => ({
  definitionHash,
  isDestructive,
});
const approved = (hash: string, rest: Partial<DefinitionStanding> = {}): DefinitionStanding => ({
  state: 'approved',
  definitionHash: hash,
  approvedHash: hash,
  isDestructive: false,
  ...rest,
});
const withPolicies = (policies: Partial<ToolPolicies>) =>
  context({ policies: { ...DEFAULTS, ...policies } });

describe('judgeTool', () => {
  it('takes a first definition as approved by default, and holds back what replaces it', () => {
    const first = judgeTool(undefined, found('a'), context());
    expect(first).toMatchObject({ state: 'approved', approvedHash: 'a', isNewlyApproved: true });
    const second = judgeTool(first, found('b'), context());
    expect(second).toMatchObject({ state: 'changed', approvedHash: 'a', reference: 'replaced' });
    const third = judgeTool(second, found('c'), context());
    expect(third).toMatchObject({ state: 'changed', approvedHash: 'a', reference: 'kept' });
  });

  it('gives back what was approved once it is there again', () => {
    const changed = judgeTool(approved('a'), found('b'), context());
    expect(judgeTool(changed, found('a'), context())).toEqual({
      ...approved('a'),
      isNewlyApproved: false,
      reference: 'none',
    });
  });

  it('asks for everything again at another address, also for what it does not know', () => {
    const moved = context({ isMoved: true });
    const same = judgeTool(approved('a'), found('a'), moved);
    expect(same).toMatchObject({ state: 'moved', approvedHash: undefined, reference: 'replaced' });
    expect(judgeTool(undefined, found('x'), moved)).toMatchObject({ state: 'moved' });
    // And goes on asking, whatever the server says later.
    expect(judgeTool(same, found('a'), context())).toMatchObject({ state: 'moved' });
    expect(judgeTool(same, found('b'), context())).toMatchObject({ state: 'moved' });
  });

  it('does not take a name for new that it may have forgotten', () => {
    const forgetful = context({ isForgetful: true });
    expect(judgeTool(undefined, found('a'), forgetful)).toMatchObject({ state: 'changed' });
  });

  it('calls a tool destructive that ever was', () => {
    const strict = withPolicies({ destructive: 'hold' });
    const first = judgeTool(undefined, found('a', true), strict);
    expect(first).toMatchObject({ state: 'new', isDestructive: true, approvedHash: undefined });
    const tame = judgeTool(first, found('b'), strict);
    expect(tame).toMatchObject({ state: 'new', isDestructive: true, approvedHash: undefined });
    expect(admissionOf({ ...tame, isEnabled: true }, strict.policies)).toBe('held');
  });

  it('calls it a change where another definition was offered, and new where none was', () => {
    const warning = withPolicies({ first: 'warn' });
    const offered = judgeTool(undefined, found('a'), warning);
    expect(offered).toMatchObject({ state: 'new' });
    const next = judgeTool(offered, found('b'), warning);
    expect(next).toMatchObject({ state: 'changed', reference: 'replaced' });
    const holding = withPolicies({ first: 'hold' });
    const held = judgeTool(undefined, found('a'), holding);
    expect(judgeTool(held, found('b'), holding)).toMatchObject({ state: 'new', reference: 'none' });
  });

  it('accepts at the next look what a policy accepts now', () => {
    const changed = judgeTool(approved('a'), found('b'), context());
    expect(judgeTool(changed, found('b'), withPolicies({ changed: 'accept' }))).toMatchObject({
      state: 'approved',
      approvedHash: 'b',
      isNewlyApproved: true,
    });
  });
});

describe('policiesFor', () => {
  it('lets the operator vouch for servers of the catalog, and for nothing a user typed', () => {
    const strict: ToolPolicies = { first: 'hold', changed: 'hold', destructive: 'hold' };
    expect(policiesFor('own', strict)).toBe(strict);
    for (const source of ['catalog', 'system'] as const) {
      expect(policiesFor(source, strict)).toEqual({ ...strict, first: 'accept', changed: 'warn' });
      const lenient = { ...DEFAULTS, changed: 'accept' } as const;
      expect(policiesFor(source, lenient)).toEqual(lenient);
    }
  });
});

describe('admissionOf', () => {
  const rows: [Partial<ToolPolicies>, 'new' | 'changed' | 'moved', boolean, string][] = [
    [{ first: 'accept' }, 'new', false, 'offered'],
    [{ first: 'warn' }, 'new', false, 'warned'],
    [{ first: 'hold' }, 'new', false, 'held'],
    [{ changed: 'accept' }, 'changed', false, 'offered'],
    [{ changed: 'warn' }, 'changed', false, 'warned'],
    [{ changed: 'hold' }, 'changed', false, 'held'],
    [{ changed: 'warn' }, 'moved', false, 'warned'],
    [{ destructive: 'hold' }, 'new', true, 'held'],
    [{ destructive: 'hold' }, 'new', false, 'offered'],
    [{ first: 'hold', destructive: 'accept' }, 'new', true, 'held'],
    [{ first: 'warn', destructive: 'hold' }, 'new', true, 'held'],
    [{ changed: 'accept', destructive: 'warn' }, 'changed', true, 'warned'],
  ];

  it.each(rows)('%o, %s, destructive %s: %s', (policies, state, isDestructive, admission) => {
    const tool = { state, isDestructive, isEnabled: true };
    expect(admissionOf(tool, { ...DEFAULTS, ...policies })).toBe(admission);
    expect(admissionOf({ ...tool, isEnabled: false }, { ...DEFAULTS, ...policies })).toBe(
      'disabled',
    );
  });

  it.each<ToolPolicy>(['hold', 'warn', 'accept'])('%s lets pass what is approved', (policy) => {
    const policies = { first: policy, changed: policy, destructive: policy };
    const tool = { state: 'approved', isDestructive: true, isEnabled: true } as const;
    expect(admissionOf(tool, policies)).toBe('offered');
  });
});
