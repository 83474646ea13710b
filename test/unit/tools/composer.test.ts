import type { ToolOption } from '@openai/chatkit';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { ComposerTool } from '../../../src/contract/generated.ts';
import { composeMenu } from '../../../src/modules/tools/composer.ts';
import { toComposerResource } from '../../../src/modules/tools/composer-mapper.ts';
import { compileToolset } from '../../../src/modules/tools/toolset.ts';
import { many, source } from './support/toolsets.ts';

type Sources = Parameters<typeof compileToolset>[0];

function menu(sources: Sources, limit = 100) {
  return toComposerResource(composeMenu(compileToolset(sources), limit));
}
const labels = (sources: Sources) => menu(sources).tools.map(({ label }) => label);

describe('the menu', () => {
  it('is in the shape that ChatKit publishes', () => {
    expectTypeOf<ComposerTool>().toExtend<ToolOption>();
    const { tools }: { tools: ToolOption[] } = menu([source('a', { create_issue: {} })]);
    expect(tools).toEqual([
      {
        id: 'a__create_issue',
        label: 'a: Create issue',
        shortLabel: 'Create issue',
        icon: 'bolt',
        placeholderOverride: 'What should “Create issue” of a do?',
        pinned: false,
        persistent: false,
      },
    ]);
  });

  it('calls a tool by its title, that of its annotations, or its name in words', () => {
    const tools = {
      one: { title: 'First', annotations: { title: 'Never' } },
      three__x: {},
      two: { annotations: { title: 'Second' } },
      two_b: { title: '\u200b ', annotations: { title: 7 } },
    };
    expect(labels([source('a', tools)])).toEqual([
      'a: First',
      'a: Three x',
      'a: Second',
      'a: Two b',
    ]);
  });

  it('shows one visible line of what a server calls its tool, behind what its owner calls the server', () => {
    const title =
      'Gmail: \u202eSend\u202c\n\n<b>mail</b>\u{e0041} now and for ever and ever, amen and on';
    const owner = { ...source('a', { send: { title } }), name: 'My\u202e own\nserver' };
    const [entry] = menu([owner]).tools;
    expect(entry?.label).toBe('My own server: Gmail: Send <b>mail</b> now and for ever and ev…');
    expect(entry?.shortLabel.length).toBeLessThanOrEqual(48);
    // A cut never leaves half a character.
    const faces = source('a', { send: { title: `x${'🧰'.repeat(60)}` } });
    expect(menu([faces]).tools[0]?.label.isWellFormed()).toBe(true);
  });

  it('tells entries apart that would look alike', () => {
    const tools = { a: { title: 'Send' }, b: { title: 'ＳＥＮＤ' }, c: { title: 'Read' } };
    expect(labels([source('x', tools), source('y', { a: { title: 'Send' } })])).toEqual([
      'x: Send (x__a)',
      'x: ＳＥＮＤ (x__b)',
      'x: Read',
      'y: Send',
    ]);
  });

  it('offers no tool whose connector needs a sign-in, but tells of the connector; a stale one is offered', () => {
    const sources = [
      source('locked', { a: {} }, 'NEEDS_AUTH'),
      source('late', { a: {} }, 'ERROR'),
      source('ok', { a: {} }),
    ];
    const { tools, outcomes, omitted } = menu(sources);
    expect(tools.map(({ id }) => id)).toEqual(['late__a', 'ok__a']);
    expect(outcomes.map(({ slug, outcome }) => [slug, outcome])).toEqual([
      ['late', 'stale'],
      ['locked', 'needs_auth'],
      ['ok', 'ok'],
    ]);
    expect(omitted).toBe(0);
  });

  it('keeps tools of each connector where it is cut, those that work first, and counts the others', () => {
    const sources = [source('a', many(60)), source('b', many(2)), source('c', many(5), 'ERROR')];
    const { tools, omitted } = menu(sources, 6);
    expect(tools.map(({ id }) => id)).toEqual([
      'a__t000',
      'a__t001',
      'a__t002',
      'a__t003',
      'b__t000',
      'b__t001',
    ]);
    expect(omitted).toBe(61);
    expect(menu(sources, 6)).toEqual(menu([...sources].reverse(), 6));
  });

  it('is empty for nobody', () => {
    expect(menu([])).toEqual({ tools: [], omitted: 0, outcomes: [] });
  });
});
