import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeSlug, slugOf, slugPrefix } from '../../../src/modules/connectors/slug.ts';
import { exposedNames } from '../../../src/modules/connectors/tool-names.ts';

const SLUG = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

describe('slugs of a project', () => {
  const ofProject = slugPrefix({ projectId: 'atlas' });

  it('are counted like those of a user', () => {
    expect(freeSlug('GitHub', new Set(), ofProject)).toBe('p--github');
    expect(freeSlug('GitHub', new Set(['p--github', 'github-2']), ofProject)).toBe('p--github-2');
  });

  it('and those of users make no tool name in common, whatever connectors and tools are called', () => {
    const names = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('p', 'P--a', 'p-', '-p--a'),
    );
    const tools = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('__a', '--a__b', 'p--a__b'),
    );
    fc.assert(
      fc.property(names, names, tools, tools, (own, shared, ownTool, sharedTool) => {
        const ownSlug = freeSlug(own, new Set([slugOf(own)]));
        const sharedSlug = freeSlug(shared, new Set(), ofProject);
        expect(sharedSlug.length).toBeLessThanOrEqual(32);
        const [a] = exposedNames(ownSlug, [ownTool], new Map()).values();
        const [b] = exposedNames(sharedSlug, [sharedTool], new Map()).values();
        expect(a?.toLowerCase()).not.toBe(b?.toLowerCase());
      }),
    );
  });
});

describe('slugOf', () => {
  it.each([
    ['GitHub', 'github'],
    ['  My   Server!! ', 'my-server'],
    ['my_server', 'my-server'],
    ['a__b', 'a-b'],
    ['--a--b--', 'a-b'],
    ['Crème Brûlée', 'creme-brulee'],
    ['İstanbul', 'istanbul'],
    ['ﬁle ①②', 'file-12'],
    ['𝔐𝔠𝔭', 'mcp'],
    ['a\u0000b\nc', 'a-b-c'],
    ['a\ud800b', 'a-b'],
    ['Ünïcode\u0301', 'unicode'],
    ['v1.2.3', 'v1-2-3'],
    ['1Password', 'mcp-1password'],
  ])('%j becomes %j', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it.each(['', ' ', '密码', '🔑', '___', '---', '\u0301'])(
    'a name without a usable character, %j, becomes connector',
    (name) => {
      expect(slugOf(name)).toBe('connector');
    },
  );

  it('cuts at 24 characters and leaves no hyphen at the cut', () => {
    expect(slugOf('a'.repeat(100))).toBe('a'.repeat(24));
    expect(slugOf(`${'a'.repeat(23)} b`)).toBe('a'.repeat(23));
    expect(slugOf(`${'a'.repeat(22)} b`)).toBe(`${'a'.repeat(22)}-b`);
  });

  it('is always a slug of at most 24 characters, and a slug of itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (name) => {
        const slug = slugOf(name);
        expect(slug).toMatch(SLUG);
        expect(slug.length).toBeLessThanOrEqual(24);
        expect(slugOf(slug)).toBe(slug);
      }),
    );
  });
});

describe('freeSlug', () => {
  it('counts on from 2', () => {
    expect(freeSlug('GitHub', new Set())).toBe('github');
    expect(freeSlug('GitHub', new Set(['github']))).toBe('github-2');
    expect(freeSlug('GitHub', new Set(['github', 'github-2']))).toBe('github-3');
    expect(freeSlug('GitHub', new Set(['github', 'github-3']))).toBe('github-2');
    expect(freeSlug('GitHub 2', new Set(['github', 'github-2']))).toBe('github-2-2');
    expect(freeSlug('🔑', new Set(['connector']))).toBe('connector-2');
  });

  it('makes room for the number', () => {
    const long = 'a'.repeat(24);
    expect(freeSlug(long, new Set([long]))).toBe(`${'a'.repeat(22)}-2`);
    const hyphen = `${'a'.repeat(21)}-bb`;
    expect(freeSlug(hyphen, new Set([hyphen]))).toBe(`${'a'.repeat(21)}-2`);
    const taken = new Set([long]);
    for (let n = 2; n <= 120; n += 1) taken.add(freeSlug(long, taken));
    expect(taken.size).toBe(120);
    expect(taken).toContain(`${'a'.repeat(20)}-120`);
  });

  it('gives any list of names slugs that are unique and valid', () => {
    const word = fc.constantFrom('a', 'A', 'b-2', 'a 2', '🔑', 'x'.repeat(30), 'x'.repeat(22));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (names) => {
        const taken = new Set<string>();
        for (const name of names) {
          const slug = freeSlug(name, taken);
          expect(taken).not.toContain(slug);
          expect(slug).toMatch(SLUG);
          expect(slug.length).toBeLessThanOrEqual(24);
          taken.add(slug);
        }
      }),
    );
  });
});
