import { expect, test } from 'vitest';
import { redactFields, redactText, serializeError } from '../../../src/http/log-redaction.ts';

test.each([
  ['Authorization: Bearer abcdef.ghi', 'Authorization: Bearer [redacted]'],
  ['authorization=basic dXNlcjpwYXNz', 'authorization=basic [redacted]'],
  ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln end', 'token [redacted] end'],
  ['postgres://app:pw@db:5432/app failed', 'postgres://db:5432/[redacted] failed'],
  ['postgres://app:pw@db failed', 'postgres://db failed'],
  ['see https://a.example.com.', 'see https://a.example.com.'],
  ['"https://a.example.com/x?y=1", then', '"https://a.example.com/[redacted]", then'],
  ['HTTPS://A.EXAMPLE.COM/x', 'HTTPS://A.EXAMPLE.COM/[redacted]'],
  ['the bearer of news', 'the bearer of news'],
  ['no secret here', 'no secret here'],
])('text: %s', (text, expected) => {
  expect(redactText(text)).toBe(expected);
});

test('fields that are named like secrets, at every depth', () => {
  const when = new Date(0);
  expect(
    redactFields({
      'X-Api-Key': 'a',
      Set_Cookie: 'b',
      list: [{ refreshToken: 'c', ok: 1 }],
      deep: { a: { b: { c: { d: { e: { f: 'g' } } } } } },
      token_count: 3,
      when,
      none: null,
    }),
  ).toEqual({
    'X-Api-Key': '[redacted]',
    Set_Cookie: '[redacted]',
    list: [{ refreshToken: '[redacted]', ok: 1 }],
    deep: { a: { b: { c: { d: { e: '[nested]' } } } } },
    token_count: 3,
    when,
    none: null,
  });
});

test('errors keep what helps, and lose what libraries attach', () => {
  const cause = Object.assign(new TypeError('Bearer abcdefgh'), { code: 'E1', request: 'secret' });
  const logged = serializeError(new Error('outer', { cause }));
  expect(logged).toMatchObject({
    type: 'Error',
    message: 'outer',
    cause: { type: 'TypeError', message: 'Bearer [redacted]', code: 'E1' },
  });
  expect(logged['stack']).toContain('log-redaction.test.ts');
  expect(JSON.stringify(logged)).not.toMatch(/abcdefgh|secret/);
  expect(serializeError('Bearer abcdefgh')).toEqual({
    type: 'string',
    message: 'Bearer [redacted]',
  });
});

test('a chain of causes that never ends is cut', () => {
  const error = new Error('loop');
  error.cause = error;
  expect(JSON.stringify(serializeError(error)).length).toBeLessThan(20_000);
});
