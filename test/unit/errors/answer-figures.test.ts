import { beforeAll, describe, expect, test } from 'vitest';
import { ERROR_CATALOGUE } from '../../../src/errors/error-catalogue.ts';
import type { ErrorCode } from '../../../src/errors/error-codes.ts';
import { DISCOVERY_LIMITS } from '../../../src/mcp/client/tool-discovery.ts';
import { SCHEMA_LIMITS } from '../../../src/mcp/client/tool-schema.ts';
import { numbersIn, readSourceFiles } from '../../support/source-text.ts';

// Every number by which an answer can be too large has to be told, a new one too: what bounds answers is found in the source.

const causesOf = (code: ErrorCode) => ERROR_CATALOGUE[code].cause.join(' ');
const adviceOf = (code: ErrorCode) => ERROR_CATALOGUE[code].user.join(' ');
const figure = (value: number) => value.toLocaleString('en-US');
const kib = (value: number) => `${value / 1024} KiB`;
const mib = (value: number) => `${value / 1024 / 1024} MiB`;

type Phrase = (value: number) => string;

/** Of a list of tools: only a test and a sync ask for it. */
const OF_LISTS: Record<string, Phrase> = {
  'DISCOVERY_LIMITS.pages': (n) => `on more than ${n} pages`,
  'DISCOVERY_LIMITS.tools': (n) => `more than ${n} tools`,
  'DISCOVERY_LIMITS.pagesLength': (n) => `larger than ${mib(n)} together`,
  'DISCOVERY_LIMITS.definitionsLength': (n) => `of all tools larger than ${mib(n)}.`,
  'DISCOVERY_LIMITS.walked': (n) => `stand for more than ${figure(n)} values`,
};

/** Of a single tool, which they cost and not the answer. */
const OF_TOOLS: Record<string, Phrase> = {
  'DISCOVERY_LIMITS.nameLength': (n) => `a name of more than ${n} characters`,
  'DISCOVERY_LIMITS.titleLength': (n) => `Titles are cut to ${n} characters`,
  'DISCOVERY_LIMITS.descriptionLength': (n) => `descriptions to ${figure(n)}.`,
  'SCHEMA_LIMITS.length': (n) => `an input schema of more than ${kib(n)}`,
  'SCHEMA_LIMITS.depth': (n) => `more than ${n} levels`,
  'SCHEMA_LIMITS.textLength': (n) => `descriptions to ${figure(n)}.`,
  'SCHEMA_LIMITS.expandedSize': (n) =>
    `more than ${figure(n)} values once its references are replaced`,
};

/** Of any answer. */
const OF_ANSWERS: Record<string, Phrase> = {
  'DEFAULT_LIMITS.maxResponseBytes': (n) => `packed or unpacked, is larger than ${mib(n)}, or`,
  'DEFAULT_LIMITS.maxHeaderBytes': (n) => `its headers than ${kib(n)}.`,
  HANDSHAKE_BYTES: (n) => `in the handshake is larger than ${kib(n)}.`,
  MAX_CONTAINERS: (n) => `more than ${figure(n)} objects and arrays`,
  MAX_COST: (n) => `${figure(n)} is the most`,
  NAME_COST: (n) => `each value in it costs 1, and the name of each member ${n} more`,
  'UNASKED_LIMITS.messages.capacity': (n) => `more than ${figure(n)} messages at once`,
  'UNASKED_LIMITS.messages.perSecond': (n) => `at once or ${n} a second, or`,
  'UNASKED_LIMITS.requests.capacity': (n) => `more than ${n} requests of its own at once`,
  'UNASKED_LIMITS.requests.perSecond': (n) => `of its own at once or ${['', 'one'][n]} a second.`,
  'UNASKED_LIMITS.progress.capacity': (n) => `more than ${figure(n)} messages of progress at once`,
  'UNASKED_LIMITS.progress.perSecond': (n) => `of progress at once or ${n} a second.`,
  MAX_INTERIM: (n) => `more than ${n} interim answers`,
  'BYTES.capacity': (n) => `brought more than ${mib(n)} at once`,
  'BYTES.perSecond': (n) => `or ${kib(n)} a second, without an answer`,
  PER_REQUEST: (n) => `more than ${mib(n)} for each request`,
  PER_BODY_BYTE: (n) => `and ${n} bytes for each byte of them.`,
};

/** Makes no answer too large. */
const OTHERS: ReadonlySet<string> = new Set([
  'DEFAULT_LIMITS.connectTimeoutMs',
  'DEFAULT_LIMITS.defaultTimeoutMs',
  // Who does not fit in waits.
  'DEFAULT_LIMITS.maxBufferedBytes',
  // Further requests wait.
  'ISOLATED_SOCKETS',
  // How much of what nobody uses is allowed later.
  'CAPACITY',
  // A body with more codings is none that can be read.
  'MAX_CODINGS',
  // Of a body nobody reads.
  'DRAIN_BYTES',
  'DRAIN_MS',
  // Of our own errors.
  'MAX_CAUSES',
  // Of the stream that tells of changed tools, on which no answer comes: it is left alone.
  'WATCHED_BYTES.capacity',
  'WATCHED_BYTES.perSecond',
  'WATCHED_EVENTS.capacity',
  'WATCHED_EVENTS.perSecond',
  'FIRST_PAUSE_MS',
  'LONGEST_PAUSE_MS',
  'GOOD_MS',
  'MAX_SHORT_STREAMS',
]);

describe('what makes an answer too large', () => {
  const numbers = new Map<string, number>();
  beforeAll(async () => {
    const files = await readSourceFiles(/^(?!mcp\/client\/|outbound\/)/);
    for (const [, text] of files) {
      if (!/'RESPONSE_TOO_LARGE'|\b(tooLarge|spend)\(/.test(text)) continue;
      for (const [name, value] of numbersIn(text)) {
        expect(numbers.get(name) ?? value, name).toBe(value);
        numbers.set(name, value);
      }
    }
    for (const [name, value] of Object.entries(SCHEMA_LIMITS)) {
      numbers.set(`SCHEMA_LIMITS.${name}`, value);
    }
  });

  test('is found in the source', () => {
    for (const [name, value] of Object.entries(DISCOVERY_LIMITS)) {
      expect(numbers.get(`DISCOVERY_LIMITS.${name}`)).toBe(value);
    }
    expect(numbers.size).toBeGreaterThan(25);
  });

  test('is known here, each with where it is told', () => {
    const known = [OF_LISTS, OF_TOOLS, OF_ANSWERS].flatMap(Object.keys);
    expect([...numbers.keys()].filter((name) => !OTHERS.has(name)).sort()).toEqual(known.sort());
    for (const name of OTHERS) expect(numbers.has(name), name).toBe(true);
  });

  const causes = causesOf('RESPONSE_TOO_LARGE');
  const limitOf = (name: string) => numbers.get(name) ?? Number.NaN;

  test.each(Object.entries(OF_LISTS))('%s: a test says so', (name, phrase) => {
    expect(causes).toContain(phrase(limitOf(name)));
  });

  test.each(Object.entries(OF_ANSWERS))('%s: a test and a call say so', (name, phrase) => {
    expect(causes).toContain(phrase(limitOf(name)));
    expect(causesOf('UPSTREAM_INVALID')).toContain(phrase(limitOf(name)));
  });

  test.each(Object.entries(OF_TOOLS))('%s: it costs the tool only', (name, phrase) => {
    expect(adviceOf('RESPONSE_TOO_LARGE')).toContain(phrase(limitOf(name)));
  });
});
