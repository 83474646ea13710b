import { describe, expect, it } from 'vitest';
import { entityTag, ifMatch, matchesNone } from '../../../src/http/etag.ts';

describe('entityTag', () => {
  it('puts a version or a hash in quotes', () => {
    expect(entityTag(3)).toBe('"3"');
    expect(entityTag('abc')).toBe('"abc"');
  });
});

describe('ifMatch', () => {
  it('asks for nothing where the header is absent', () => {
    expect(ifMatch(undefined)).toBeUndefined();
  });

  it.each(['"3"', '*', '"1", "3"', '"1","3"', ' "3" ', '"3",', '"1" , "3" , "5"'])(
    '%s accepts version 3',
    (header) => {
      expect(ifMatch(header)?.(3)).toBe(true);
    },
  );

  it.each([
    '"4"',
    '"33"',
    '"03"',
    '"3.0"',
    '3',
    "'3'",
    '"3',
    '3"',
    '" 3"',
    '',
    ' ',
    ',',
    '"1", "2"',
    '"*"',
    '**',
    'null',
  ])('%j does not', (header) => {
    expect(ifMatch(header)?.(3)).toBe(false);
  });

  it('compares strongly: a weak tag never matches (RFC 9110 section 13.1.1)', () => {
    expect(ifMatch('W/"3"')?.(3)).toBe(false);
    expect(ifMatch('W/"3", "4"')?.(3)).toBe(false);
  });
});

describe('matchesNone', () => {
  const tag = entityTag('abc');

  it.each(['"abc"', 'W/"abc"', '*', '"x", "abc"', '"x",W/"abc"', ' "abc" '])(
    '%s names the tag',
    (header) => {
      expect(matchesNone(header, tag)).toBe(true);
    },
  );

  it.each([undefined, '', '"abcd"', '"ABC"', 'abc', 'w/"abc"', 'W/abc', '"x"', 'W/W/"abc"'])(
    '%j does not',
    (header) => {
      expect(matchesNone(header, tag)).toBe(false);
    },
  );
});
