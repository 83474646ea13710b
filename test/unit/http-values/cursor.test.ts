import { inspect } from 'node:util';
import { Type } from '@sinclair/typebox';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../src/http/cursor.ts';

const Place = Type.Tuple([Type.String({ pattern: '^[a-z]+$' }), Type.Integer({ minimum: 0 })]);
const invalid = expect.objectContaining({ code: 'INVALID_CURSOR', status: 400 });

describe('cursors', () => {
  it('lead back to their place', () => {
    fc.assert(
      fc.property(fc.tuple(fc.stringMatching(/^[a-z]+$/), fc.maxSafeNat()), (place) => {
        const cursor = encodeCursor(place);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(Place, cursor)).toEqual(place);
      }),
    );
  });

  it('carry any text, also text that is not well-formed', () => {
    const AnyText = Type.Tuple([Type.String()]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeCursor(AnyText, encodeCursor([text]))).toEqual([text]);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['text that is no base64', '!!!'],
    ['bytes that are no JSON', Buffer.from([0xff, 0xfe]).toString('base64url')],
    ['plain text', 'abc'],
    ['null', encodeCursor(null)],
    ['an object', encodeCursor({ 0: 'a', 1: 1, length: 2 })],
    ['a shorter list', encodeCursor(['a'])],
    ['a longer list', encodeCursor(['a', 1, 2])],
    ['another order', encodeCursor([1, 'a'])],
    ['numbers as text', encodeCursor(['a', '1'])],
    ['a number out of range', encodeCursor(['a', -1])],
    ['text against the pattern', encodeCursor(["a' or 1=1", 1])],
    ['the place of another list', encodeCursor(['2026-01-01T00:00:00.000Z', 'id'])],
    ['a line feed at the end', encodeCursor(['a\n', 1])],
  ])('refuse %s', (_, cursor) => {
    expect(() => decodeCursor(Place, cursor)).toThrow(invalid);
  });

  it('refuse everything they did not give out with the same error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => decodeCursor(Place, text)).toThrow(invalid);
      }),
    );
  });

  it('do not turn up in the error', () => {
    const secret = encodeCursor(['topsecret', 'x']);
    expect.assertions(1);
    try {
      decodeCursor(Place, secret);
    } catch (error) {
      expect(inspect(error, { depth: 10 })).not.toContain(secret);
    }
  });

  it('points at the query parameter', () => {
    expect(() => decodeCursor(Place, '!')).toThrow(
      expect.objectContaining({
        options: {
          errors: [{ pointer: '/query/cursor', detail: 'use the next_cursor of the page before' }],
        },
      }),
    );
  });
});
