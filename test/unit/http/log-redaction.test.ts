import { describe, expect, test } from 'vitest';
import {
  MAX_TEXT,
  redactFields,
  redactText,
  serializeError,
} from '../../../src/http/log-redaction.ts';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import { OutboundError } from '../../../src/outbound/outbound-error.ts';

test.each([
  ['Authorization: Bearer abcdef.ghi', 'Authorization: Bearer [redacted]'],
  ['authorization=basic dXNlcjpwYXNz', 'authorization=basic [redacted]'],
  ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln end', 'token [redacted] end'],
  ['postgres://app:pw@db:5432/app failed', 'postgres://db:5432/[redacted] failed'],
  ['postgres://app:pw@db failed', 'postgres://db failed'],
  ['postgres://app:p@w@db failed', 'postgres://db failed'],
  [`${'x'.repeat(50)}://app:pw@db/app`, `${'x'.repeat(50)}://db/[redacted]`],
  ['half a token eyJhbGciOiJIUzI1NiJ9', 'half a token [redacted]'],
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
      failed: [Object.assign(new RangeError('Bearer abcdefgh'), { config: 'h' })],
    }),
  ).toEqual({
    'X-Api-Key': '[redacted]',
    Set_Cookie: '[redacted]',
    list: [{ refreshToken: '[redacted]', ok: 1 }],
    deep: { a: { b: { c: { d: { e: '[nested]' } } } } },
    token_count: 3,
    when,
    none: null,
    failed: [
      {
        type: 'RangeError',
        message: 'Bearer [redacted]',
        stack: expect.stringContaining('log-redaction.test.ts'),
      },
    ],
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

describe('a text of a million characters', () => {
  // Patterns see no more than the beginning, so that none of them can take long, whatever the text is made of.
  test.each(['a', 'a.', '-eyJaaaaa', '://', '://a@', 'bearer  ', 'http://a?', ' '])(
    '%o',
    (part) => {
      const text = part.repeat(1_000_000 / part.length);
      const start = text.slice(0, MAX_TEXT);
      expect(redactText(text)).toBe(redactText(`${start}…`));
      const logged = serializeError(new Error(text, { cause: new Error(text) }));
      expect(logged['message']).toBe(redactText(text));
      expect(JSON.stringify(logged).length).toBeLessThan(5 * MAX_TEXT);
      expect(serializeError(text)['message']).toBe(redactText(text));
    },
  );
});

describe('what a server wrote stays out of the log', () => {
  const text = 'canary: a header that was sent\n    at canary (file:///canary.js:1:1)';
  const upstream = () =>
    Object.assign(new Error(text, { cause: new TypeError(text) }), {
      name: 'ProtocolError',
      code: -32600,
    });

  test.each<[string, Error]>([
    ['in the cause of a failure', new McpFailure('INVALID_MCP_SERVER', { cause: upstream() })],
    [
      'in the cause of a failure of the way out',
      new McpFailure('CONNECTION_FAILED', {
        cause: new OutboundError('INVALID_RESPONSE', 'not HTTP', { cause: new Error(text) }),
      }),
    ],
    ['below other errors', new Error('o', { cause: new McpFailure('TIMEOUT', { cause: text }) })],
    ['in an error that nobody translated', upstream()],
    ['in the message of a parser', new SyntaxError(`Unexpected token in "${text}"`)],
    ['in place of a code', Object.assign(new Error('o'), { code: text })],
    ['in place of a name', Object.assign(new Error('o'), { name: text })],
    ['in an object that was thrown', new Error('o', { cause: { toString: () => text } })],
  ])('%s', (_name, error) => {
    expect(JSON.stringify(serializeError(error))).not.toContain('canary');
  });

  test('the types and codes of causes are logged', () => {
    const reset = Object.assign(new Error(text), { code: 'ECONNRESET' });
    const outbound = new OutboundError('CONNECTION_LOST', 'ended early', { cause: reset });
    const failure = new McpFailure('CONNECTION_FAILED', { cause: outbound });
    expect(serializeError(failure)).toEqual({
      type: 'McpFailure',
      code: 'CONNECTION_FAILED',
      message: 'CONNECTION_FAILED',
      stack: expect.stringMatching(/^ {4}at .*log-redaction\.test\.ts/),
      cause: {
        type: 'OutboundError',
        code: 'CONNECTION_LOST',
        cause: { type: 'Error', code: 'ECONNRESET' },
      },
    });
  });

  test('lines of a message that look like calls are redacted like the message', () => {
    const error = new Error('before');
    error.message = 'after';
    error.stack = 'Error: before\n    at https://a.example.com/canary';
    expect(JSON.stringify(serializeError(error))).not.toContain('canary');
  });

  test('the calls that led to a parser are logged', () => {
    expect(serializeError(new SyntaxError('canary'))).toEqual({
      type: 'SyntaxError',
      stack: expect.stringMatching(/^ {4}at .*log-redaction\.test\.ts/),
    });
  });

  test('an error without a message keeps its calls', () => {
    expect(serializeError(new Error(''))['stack']).toMatch(/^ {4}at .*log-redaction\.test\.ts/);
  });
});
