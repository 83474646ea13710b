import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeSettings } from '../../../src/config-settings.ts';
import { contractDocument } from '../../../src/contract/generated-document.ts';
import { AppError } from '../../../src/errors/app-error.ts';
import type { ErrorExplanation } from '../../../src/errors/catalogue/error-explanation.ts';
import { ERROR_CATALOGUE, ERROR_TOPICS } from '../../../src/errors/error-catalogue.ts';
import {
  ERROR_CODES,
  type ErrorCode,
  errorSlug,
  isErrorCode,
} from '../../../src/errors/error-codes.ts';
import { createProblemRenderer } from '../../../src/http/problem.ts';
import { MCP_FAILURE_CODES } from '../../../src/mcp/client/mcp-failure.ts';
import { failedReport, messageFor } from '../../../src/modules/connectors/connection-test.ts';
import { OAUTH_FAILURE_CODES } from '../../../src/oauth/oauth-failure.ts';
import { documentedOperations, isNode, type Node } from '../../support/contract-document.ts';
import { readSource } from '../../support/source-text.ts';

const codes = Object.keys(ERROR_CODES).filter(isErrorCode);
const entries = codes.map((code): [ErrorCode, ErrorExplanation] => [code, ERROR_CATALOGUE[code]]);

function textsOf({ cause, shown, user, operator }: ErrorExplanation): string[] {
  return [...cause, shown, ...user, ...operator];
}

/** Every piece between backticks, with the code it explains. */
const quoted = entries.flatMap(([code, explanation]) =>
  textsOf(explanation).flatMap((text) =>
    text
      .split('`')
      .filter((_piece, at) => at % 2 === 1)
      .map((piece) => ({ code, piece })),
  ),
);

describe('the catalogue', () => {
  test('explains every code, and nothing else', () => {
    expect(Object.keys(ERROR_CATALOGUE).sort()).toEqual([...codes].sort());
  });

  test('shows every code under one topic', () => {
    const shown = ERROR_TOPICS.flatMap((topic) => topic.codes);
    expect([...shown].sort()).toEqual([...codes].sort());
    expect(new Set(ERROR_TOPICS.map(({ title }) => title)).size).toBe(ERROR_TOPICS.length);
  });

  test('has a page address of its own for every code', () => {
    expect(new Set(codes.map(errorSlug)).size).toBe(codes.length);
    for (const code of codes) expect(errorSlug(code)).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  test.each(entries)('%s: whole sentences, and nothing is left empty', (_code, explanation) => {
    for (const list of [explanation.cause, explanation.user, explanation.operator]) {
      expect(list.length).toBeGreaterThan(0);
    }
    for (const text of textsOf(explanation)) {
      expect(text).toMatch(/^[A-Z`].{15,}\.$/);
      expect(text).not.toMatch(/ {2}|\n|\.\.| \.|[<>]script/);
      expect(text.split('`').length % 2, text).toBe(1);
    }
    expect(new Set(textsOf(explanation)).size).toBe(textsOf(explanation).length);
  });

  test.each(entries)(
    '%s: what is shown says what to do, in words for people',
    (code, { shown }) => {
      expect(shown).not.toMatch(/[`{}<>]/);
      expect(shown).not.toBe(ERROR_CODES[code].title);
      expect(shown.length).toBeLessThanOrEqual(200);
      // More than what happened.
      expect(shown.split(/[.,:;] /).length).toBeGreaterThan(1);
    },
  );

  test('says so where the same request may be sent again', () => {
    const isRetryable = (code: ErrorCode) => ERROR_CATALOGUE[code].retryable;
    for (const code of codes) {
      const { status } = ERROR_CODES[code];
      if ([408, 429, 503].includes(status)) expect(isRetryable(code), code).toBe(true);
      if ([400, 401, 403, 404, 405, 412, 413, 415].includes(status)) {
        expect(isRetryable(code), code).toBe(false);
      }
    }
    // The verdicts that a test itself tries twice.
    expect(MCP_FAILURE_CODES.filter(isRetryable)).toEqual(['CONNECTION_FAILED', 'TIMEOUT']);
    // Nobody knows whether the tool ran.
    expect(isRetryable('UPSTREAM_TIMEOUT')).toBe(false);
  });
});

describe('what the texts name', () => {
  const settings = new Set<string>(describeSettings().map(({ name }) => name));
  const OTHER_NAMES = new Set([
    'NODE_OPTIONS=--max-http-header-size=32768',
    'ERR_HTTP_REQUEST_TIMEOUT',
    // Settings of a deployment agent.
    ...['AGENT_COMMANDS', 'AGENT_IMAGES'],
    // What `reason` says of a sign-in.
    ...[...OAUTH_FAILURE_CODES, 'NOT_CONFIGURED'],
  ]);

  test('settings and codes exist', () => {
    const names = quoted.filter(({ piece }) => /^[A-Z][A-Z0-9]*_[A-Z0-9_]+/.test(piece));
    expect(names.length).toBeGreaterThan(40);
    for (const { code, piece } of names) {
      const isKnown = settings.has(piece) || isErrorCode(piece) || OTHER_NAMES.has(piece);
      expect(isKnown, `${code} names ${piece}`).toBe(true);
    }
  });

  test('no name of a setting or a code stands outside of backticks', () => {
    for (const [code, explanation] of entries) {
      for (const text of textsOf(explanation)) {
        const outside = text.split('`').filter((_piece, at) => at % 2 === 0);
        expect(outside.join(' '), code).not.toMatch(/[A-Z]+_[A-Z]+/);
      }
    }
  });

  test('a code does not send its reader round to itself', () => {
    for (const { code, piece } of quoted) {
      // The outcome of a line in the log.
      if (code !== 'TEST_LIMIT_REACHED') expect(piece, code).not.toBe(code);
    }
  });

  test('every setting that bounds tests is named where a test is refused', () => {
    const named = quoted.filter(({ code }) => code === 'TEST_LIMIT_REACHED');
    const limits = [...settings].filter((name) => name.startsWith('TESTS_'));
    expect(limits.length).toBeGreaterThanOrEqual(5);
    expect(named.map(({ piece }) => piece)).toEqual(expect.arrayContaining(limits));
  });

  test('operations exist', () => {
    const known = new Set(documentedOperations().map((one) => `${one.method} ${one.path}`));
    const named = quoted.filter(({ piece }) => piece.includes('/api/'));
    expect(named.length).toBeGreaterThan(3);
    for (const { code, piece } of named) {
      const [method, at = ''] = piece.split(' ');
      expect(known, code).toContain(`${method} ${at.replace('/users/me/', '/users/{user_id}/')}`);
    }
  });

  test('commands exist', () => {
    const root = path.resolve(import.meta.dirname, '../../..');
    const manifest: { scripts: Record<string, string> } = JSON.parse(
      readFileSync(path.join(root, 'package.json'), 'utf8'),
    );
    const named = quoted.filter(({ piece }) => piece.startsWith('npm run '));
    expect(named).not.toEqual([]);
    for (const { piece } of named) {
      expect(manifest.scripts).toHaveProperty([piece.slice('npm run '.length)]);
    }
  });

  test('lines and fields of the log exist', async () => {
    const source = await readSource(/^errors\//);
    const lines = [
      'connector operation',
      'request unreadable',
      'request failed',
      'request could not be served',
      'the key set for access tokens cannot be fetched',
      'the stored URL of a connector cannot be read',
      'the answer of an Idempotency-Key is lost',
    ];
    // Every piece with a space that is no command, operation or header is a line of the log.
    const named = new Set(
      quoted
        .map(({ piece }) => piece)
        .filter((piece) => / /.test(piece) && !/^(npm|node|[A-Z]+ \/)|:/.test(piece)),
    );
    expect([...named].sort()).toEqual([...lines].sort());
    for (const line of lines) expect(source).toContain(`'${line}'`);
    for (const field of [
      'request_id',
      'user_id',
      'connector_id',
      'origin',
      'outcome',
      'attempts',
      'tool',
    ]) {
      expect(quoted.map(({ piece }) => piece)).toContain(field);
      expect(source).toMatch(new RegExp(`\\b${field}\\??: `));
    }
    expect(source).toContain("name: 'encryption_keys'");
  });
});

describe('what is shown', () => {
  test('is the message of a test that ends with the verdict', () => {
    const verdicts = ERROR_TOPICS.find(({ title }) => title === 'Verdicts of a connection test');
    expect(verdicts?.codes).toEqual(MCP_FAILURE_CODES);
    for (const code of MCP_FAILURE_CODES) {
      const { shown } = ERROR_CATALOGUE[code];
      expect(messageFor(code)).toBe(shown);
      expect(failedReport(code, { latencyMs: 1, attempts: 1 }).errorMessage).toBe(shown);
    }
  });

  test('is the detail of a problem that has none of its own', () => {
    const render = createProblemRenderer(undefined);
    for (const code of codes) {
      expect(render(new AppError(code), 'id').detail).toBe(ERROR_CATALOGUE[code].shown);
      const own = new AppError(code, { detail: 'Field a is missing.' });
      expect(render(own, 'id').detail).toBe('Field a is missing.');
    }
  });

  test('is what the examples of the contract show', () => {
    const examples = [...nodesOf(contractDocument)].flatMap((node) => {
      const code = node['error_code'] ?? node['code'];
      const message = node['error_message'] ?? node['message'] ?? node['detail'];
      const verdict = MCP_FAILURE_CODES.find((known) => known === code);
      return verdict === undefined || typeof message !== 'string' ? [] : [{ verdict, message }];
    });
    expect(examples.length).toBeGreaterThanOrEqual(3);
    for (const { verdict, message } of examples) {
      expect(message).toBe(ERROR_CATALOGUE[verdict].shown);
    }
  });
});

/** Every object in a document. */
function* nodesOf(value: unknown): Generator<Node> {
  if (isNode(value)) yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) yield* nodesOf(member);
}
