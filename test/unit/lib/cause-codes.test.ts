import { describe, expect, it } from 'vitest';
import { causeCodes } from '../../../src/lib/cause-codes.ts';

const failure = (fields: object, cause?: unknown) =>
  Object.assign(new Error('text of somebody', { cause }), fields);

describe('causeCodes', () => {
  it('names every cause that has a code or a status', () => {
    const refused = failure({ code: 'ECONNREFUSED' });
    expect(causeCodes(failure({ code: 'CONNECT_FAILED' }, failure({}, refused)))).toBe(
      'CONNECT_FAILED ECONNREFUSED',
    );
    expect(causeCodes(failure({ code: 'CONNECTION_FAILED' }, failure({ status: 503 })))).toBe(
      'CONNECTION_FAILED 503',
    );
    expect(causeCodes(failure({ code: -32601 }, failure({ code: -32601 })))).toBe('-32601');
  });

  it('repeats no text', () => {
    expect(causeCodes(failure({ code: 'said by the server: 10.0.0.1' }))).toBeUndefined();
    expect(causeCodes(failure({ code: 'x'.repeat(65) }))).toBeUndefined();
  });

  it('ends where causes are no errors, or without end', () => {
    expect(causeCodes(undefined)).toBeUndefined();
    expect(causeCodes(failure({ code: 'A' }, 'text'))).toBe('A');
    const circular = failure({ code: 'A' });
    circular.cause = failure({ code: 'B' }, circular);
    expect(causeCodes(circular)).toBe('A B A B A B');
  });
});
