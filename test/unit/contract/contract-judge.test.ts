import { describe, expect, test } from 'vitest';
import { findUnseen, startContractCoverage } from '../../support/contract-coverage.ts';
import { documentedOperations } from '../../support/contract-document.ts';
import { ContractJudge, type Exchange } from '../../support/contract-judge.ts';

// The judge has to be strict, or the tests that rely on it prove nothing.
const problem = {
  type: '/errors/connector-not-found',
  title: 'There is no such connector.',
  status: 404,
  code: 'CONNECTOR_NOT_FOUND',
  instance: 'urn:request:1',
};
const json = { 'content-type': 'application/json; charset=utf-8' };
const problemJson = { 'content-type': 'application/problem+json' };
const exchange = (changes: Partial<Exchange> = {}): Exchange => ({
  method: 'GET',
  url: '/api/connectors?limit=1',
  status: 200,
  headers: json,
  body: '{"items":[],"next_cursor":null}',
  ...changes,
});
const judge = new ContractJudge();

test('what the contract declares is accepted', () => {
  judge.judge(exchange());
  judge.judge(exchange({ method: 'get', url: 'http://127.0.0.1:1/api/connectors' }));
  const url = '/api/connectors/6f1c1f6e-6f0e-4c0e-9d55-0b8f3f0a8f11';
  judge.judge(exchange({ url, status: 404, headers: problemJson, body: JSON.stringify(problem) }));
  judge.judge(exchange({ method: 'DELETE', url, status: 204, headers: {}, body: '' }));
  judge.judge(exchange({ url: '/healthz', body: 'anything' }));
});

describe('everything else is not', () => {
  test.each<[string, Partial<Exchange>, RegExp]>([
    ['an undeclared status', { status: 202 }, /does not declare/],
    ['another media type', { headers: { 'content-type': 'text/html' } }, /as text\/html/],
    ['no media type', { headers: {} }, /as nothing/],
    ['a missing field', { body: '{"items":[]}' }, /next_cursor/],
    ['an unknown field', { body: '{"items":[],"next_cursor":null,"x":1}' }, /additional/],
    ['a wrong type', { body: '{"items":{},"next_cursor":null}' }, /must be array/],
    [
      'an error that is no problem',
      { status: 404, url: '/api/nothing', body: '{}' },
      /as application\/json/,
    ],
    [
      'a problem without a code',
      {
        status: 404,
        url: '/x',
        headers: problemJson,
        body: JSON.stringify({ ...problem, code: undefined }),
      },
      /code/,
    ],
    [
      'a code the contract does not list',
      {
        status: 404,
        url: '/x',
        headers: problemJson,
        body: JSON.stringify({ ...problem, code: 'OTHER' }),
      },
      /allowed values/,
    ],
    [
      'a problem with another status',
      {
        status: 404,
        url: '/x',
        headers: problemJson,
        body: JSON.stringify({ ...problem, status: 400 }),
      },
      /its problem says 400/,
    ],
    [
      'a body where there is none',
      { method: 'DELETE', url: '/api/connectors/x', status: 204, body: '{}' },
      /with a body/,
    ],
  ])('%s', (_name, changes, message) => {
    expect(() => judge.judge(exchange(changes))).toThrow(message);
  });
});

test('pairs of operation and status that no test has seen are listed', () => {
  const previous = process.env['CONTRACT_COVERAGE_FILE'];
  const end = startContractCoverage();
  judge.judge(exchange());
  const unseen = end();
  if (previous !== undefined) process.env['CONTRACT_COVERAGE_FILE'] = previous;
  const all = findUnseen(new Set());
  expect(all).toContain('listConnectors 200');
  expect(unseen).not.toContain('listConnectors 200');
  expect(unseen).toHaveLength(all.length - 1);
  expect(documentedOperations().length).toBeGreaterThan(10);
});
