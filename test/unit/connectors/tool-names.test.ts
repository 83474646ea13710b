import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slugOf } from '../../../src/modules/connectors/slug.ts';
import { exposedNames } from '../../../src/modules/connectors/tool-names.ts';

const NONE: ReadonlyMap<string, string> = new Map();
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** One tool alone. */
function exposed(slug: string, tool: string): string | undefined {
  return exposedNames(slug, [tool], NONE).get(tool);
}

const slug = fc.string({ unit: 'binary', maxLength: 40 }).map(slugOf);
/** Names as discovery lets them pass, with a good chance to clash. */
const tool = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', 'A', 'b', '_', '-', '.', ' '),
    minLength: 1,
    maxLength: 4,
  }),
  fc.string({ unit: fc.constantFrom('a', 'A', 'é', '/'), minLength: 50, maxLength: 128 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 128 }),
);
const tools = fc.uniqueArray(tool, { maxLength: 25 });

function assertUsable(names: ReadonlyMap<string, string>, slugText: string): void {
  for (const name of names.values()) {
    expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(name.startsWith(`${slugText}__`)).toBe(true);
  }
  const lower = [...names.values()].map((name) => name.toLowerCase());
  expect(new Set(lower).size).toBe(lower.length);
}

describe('exposedNames', () => {
  it('joins slug and tool where that is usable', () => {
    expect(exposed('github', 'create_issue')).toBe('github__create_issue');
    expect(exposed('github', 'create-Issue__2')).toBe('github__create-Issue__2');
  });

  it('adds a hash of the original where characters had to go', () => {
    expect(exposed('s', 'a.b')).toBe(`s__a_b_${hashOf('s__a.b')}`);
    expect(exposed('s', 'a/b')).toBe(`s__a_b_${hashOf('s__a/b')}`);
    expect(exposed('s', 'été')).toBe(`s___t__${hashOf('s__été')}`);
  });

  it('takes 64 characters and cuts 65', () => {
    const fits = 'x'.repeat(61);
    expect(exposed('s', fits)).toBe(`s__${fits}`);
    const long = 'x'.repeat(62);
    expect(exposed('s', long)).toBe(`s__${'x'.repeat(52)}_${hashOf(`s__${long}`)}`);
    expect(exposed('s', long)).toHaveLength(64);
  });

  it('keeps apart what differs in case, in a replaced character or beyond the cut', () => {
    const long = 'x'.repeat(100);
    const names = exposedNames(
      's',
      ['get', 'GET', 'a.b', 'a_b', 'a b', `${long}1`, `${long}2`],
      NONE,
    );
    assertUsable(names, 's');
    expect(names.size).toBe(7);
    expect(names.get('a_b')).toBe('s__a_b');
    expect([names.get('GET'), names.get('get')]).toEqual(['s__GET', `s__get_${hashOf('s__get')}`]);
  });

  it('gives nothing for no tools', () => {
    expect(exposedNames('s', [], new Map([['gone', 's__gone']]))).toEqual(new Map());
  });

  it('keeps a known name, and gives it to nobody else', () => {
    const known = new Map([['get', 's__GET_old']]);
    const names = exposedNames('s', ['GET_old', 'get', 'get_OLD'], known);
    expect(names.get('get')).toBe('s__GET_old');
    expect(names.get('GET_old')).toBe(`s__GET_old_${hashOf('s__GET_old')}`);
    expect(names.get('get_OLD')).toBe(`s__get_OLD_${hashOf('s__get_OLD')}`);
  });

  it('does not keep the name of a tool that is gone from its namesake', () => {
    expect(exposedNames('s', ['get'], new Map([['GET', 's__GET']])).get('get')).toBe('s__get');
  });

  it('takes names that objects know for names like any other', () => {
    const names = exposedNames('s', ['__proto__', 'constructor', 'toString'], NONE);
    assertUsable(names, 's');
    expect(names.get('__proto__')).toBe('s____proto__');
  });

  it('is usable by every model provider and unique, whatever the tools', () => {
    fc.assert(
      fc.property(slug, tools, (slugText, names) => {
        const result = exposedNames(slugText, names, NONE);
        expect([...result.keys()].sort()).toEqual([...names].sort());
        assertUsable(result, slugText);
      }),
    );
  });

  it('does not depend on the order a server lists its tools in', () => {
    const shuffled = tools.chain((names) =>
      fc.tuple(
        fc.constant(names),
        fc.shuffledSubarray(names, { minLength: names.length, maxLength: names.length }),
        fc.subarray(names),
      ),
    );
    fc.assert(
      fc.property(slug, shuffled, (slugText, [names, other, before]) => {
        expect(exposedNames(slugText, other, NONE)).toEqual(exposedNames(slugText, names, NONE));
        const known = exposedNames(slugText, before, NONE);
        expect(exposedNames(slugText, other, known)).toEqual(exposedNames(slugText, names, known));
      }),
    );
  });

  it('is stable while a tool lives, however others come and go', () => {
    fc.assert(
      fc.property(
        slug,
        fc.array(tools, { minLength: 2, maxLength: 6 }),
        (slugText, discoveries) => {
          let known: ReadonlyMap<string, string> = NONE;
          for (const names of discoveries) {
            const next = exposedNames(slugText, names, known);
            assertUsable(next, slugText);
            for (const [name, given] of next) {
              const before = known.get(name);
              if (before !== undefined) expect(given).toBe(before);
            }
            known = next;
          }
        },
      ),
    );
  });

  it('never makes one name of two connectors', () => {
    fc.assert(
      fc.property(slug, slug, tools, tools, (slugA, slugB, toolsA, toolsB) => {
        fc.pre(slugA !== slugB);
        const a = new Set(exposedNames(slugA, toolsA, NONE).values());
        for (const name of exposedNames(slugB, toolsB, NONE).values()) {
          expect(a).not.toContain(name);
        }
      }),
    );
  });

  it('gives a tool that is listed twice one name', () => {
    expect([...exposedNames('s', ['a', 'a'], NONE)]).toEqual([['a', 's__a']]);
    expect([...exposedNames('s', ['a', 'a'], new Map([['a', 's__a']]))]).toEqual([['a', 's__a']]);
  });
});

it('a server cannot choose its names so that two tools get the same one', () => {
  const hash = createHash('sha256').update('s__foo{bar').digest('hex').slice(0, 8);
  const names = exposedNames('s', [`foo_bar_${hash}`, 'foo{bar'], new Map());
  expect(new Set(names.values()).size).toBe(2);
});
