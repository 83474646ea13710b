import { describe, expect, it } from 'vitest';
import { parseChallenge } from '../../../src/oauth/challenge.ts';

describe('parseChallenge', () => {
  it.each([
    ['', undefined, []],
    ['Bearer', undefined, []],
    ['Bearer resource_metadata="https://a.example/m"', 'https://a.example/m', []],
    [
      'bearer Resource_Metadata=https://a.example/m, scope="a b  a"',
      'https://a.example/m',
      ['a', 'b'],
    ],
    ['Basic realm="x, scope=\\"evil\\"", Bearer scope="a"', undefined, ['a']],
    ['Bearer scope="a", scope="b"', undefined, ['a']],
    ['Bearer scope="a\u007f b ü c\\"d"', undefined, ['b']],
    ['Bearer scope="a', undefined, []],
  ])('%j', (header, resourceMetadata, scopes) => {
    expect(parseChallenge(header)).toEqual({ resourceMetadata, scopes, isScopeMissing: false });
  });

  it('tells too few rights from a token that is not good', () => {
    const parse = (error: string) => parseChallenge(`Bearer error="${error}", scope="a b"`);
    expect(parse('insufficient_scope')).toMatchObject({ scopes: ['a', 'b'], isScopeMissing: true });
    expect(parse('invalid_token').isScopeMissing).toBe(false);
  });

  it.each([
    ['a long name', 'a'.repeat(1_000_000)],
    ['open quotes', 'a="\\'.repeat(300_000)],
    ['spaces', `a${' '.repeat(1_000_000)}=`],
    ['scopes', `Bearer scope="${'a '.repeat(500_000)}"`],
  ])('takes no time for %s', (_what, header) => {
    const startedAt = performance.now();
    parseChallenge(header);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
