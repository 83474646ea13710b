import http from 'node:http';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/client';
import { pino } from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import { Connector } from '../../../src/contract/generated.ts';
import { AppError } from '../../../src/errors/app-error.ts';
import { ERROR_CATALOGUE } from '../../../src/errors/error-catalogue.ts';
import type { ErrorCode } from '../../../src/errors/error-codes.ts';
import { createFastifyOptions } from '../../../src/http/fastify-options.ts';
import { MAX_JSON_DEPTH } from '../../../src/http/json-limits.ts';
import { createProblemRenderer } from '../../../src/http/problem.ts';
import { validationProblem } from '../../../src/http/validation-problem.ts';
import { UNASKED_LIMITS } from '../../../src/mcp/client/answer-reader.ts';
import { McpFailure } from '../../../src/mcp/client/mcp-failure.ts';
import { DISCOVERY_LIMITS } from '../../../src/mcp/client/tool-discovery.ts';
import { ConnectionValidator } from '../../../src/modules/connectors/connection-validator.ts';
import { assertCredentialsFit } from '../../../src/modules/credentials/credential.ts';
import { EVENT_LIMITS } from '../../../src/modules/events/event-service.ts';
import { FILE_LIMITS } from '../../../src/modules/imports/config-value.ts';
import { constantIn, readSource } from '../../support/source-text.ts';

// The catalogue is below everything in the layers, so it cannot import the limits it tells of. Here both are compared.

function textOf(code: ErrorCode): string {
  const { cause, shown, user, operator } = ERROR_CATALOGUE[code];
  return [...cause, shown, ...user, ...operator].join(' ');
}

/** As texts write numbers: `10,000`. */
const figure = (value: number) => value.toLocaleString('en-US');
const KIBIBYTE = 1024;
const MEBIBYTE = KIBIBYTE * KIBIBYTE;

describe('figures of requests', () => {
  const options = createFastifyOptions({
    logger: pino({ level: 'silent' }),
    render: createProblemRenderer(undefined),
    trustProxy: false,
  });

  test('are those the HTTP edge is built with', () => {
    expect(textOf('MALFORMED_REQUEST')).toContain(`deeper than ${MAX_JSON_DEPTH} levels`);
    expect(textOf('PAYLOAD_TOO_LARGE')).toContain(`(${figure(options.bodyLimit ?? 0)} bytes)`);
    expect(options.bodyLimit).toBe(MEBIBYTE);
    const { maxParamLength = 0 } = options.routerOptions ?? {};
    expect(textOf('URI_TOO_LONG')).toContain(`longer than ${maxParamLength} characters`);
    const seconds = (options.requestTimeout ?? 0) / 1000;
    expect(textOf('REQUEST_TIMEOUT')).toContain(`within ${seconds} seconds`);
    expect(textOf('HEADERS_TOO_LARGE')).toContain(`${http.maxHeaderSize / KIBIBYTE} KiB`);
  });

  test('are how many clients may follow events', () => {
    expect(textOf('RATE_LIMITED')).toContain(`${EVENT_LIMITS.perUser} event streams`);
    expect(textOf('OVERLOADED')).toContain(`${figure(EVENT_LIMITS.total)} clients follow events`);
  });

  test('are as many problems as an answer lists', () => {
    const errors = Array.from({ length: 100 }, (_, at) => ({
      instancePath: `/${at}`,
      keyword: 'type',
      params: {},
      message: 'must be string',
    }));
    const listed = validationProblem(errors, 'body').options.errors?.length;
    expect(textOf('VALIDATION_FAILED')).toContain(`At most ${listed} are listed`);
  });
});

describe('figures of connection tests', () => {
  test('are those of the client that reads the answers', () => {
    const text = textOf('RESPONSE_TOO_LARGE');
    expect(text).toContain(`more than ${DISCOVERY_LIMITS.tools} tools`);
    expect(text).toContain(`more than ${DISCOVERY_LIMITS.pages} pages`);
    expect(text).toContain(`larger than ${DISCOVERY_LIMITS.pagesLength / MEBIBYTE} MiB together`);
    expect(text).toContain(`larger than ${DISCOVERY_LIMITS.definitionsLength / MEBIBYTE} MiB.`);
    const { messages, requests } = UNASKED_LIMITS;
    expect(text).toContain(
      `more than ${figure(messages.capacity)} messages at once or ${messages.perSecond} a second`,
    );
    expect(text).toContain(
      `more than ${requests.capacity} requests of its own at once or one a second`,
    );
    expect(requests.perSecond).toBe(1);
    for (const version of ['2026-07-28', ...SUPPORTED_PROTOCOL_VERSIONS]) {
      expect(textOf('PROTOCOL_MISMATCH')).toContain(version);
    }
  });

  test('are those the validator waits for', async () => {
    const waits: number[] = [];
    const validator = new ConnectionValidator({
      mcpClient: { connect: () => Promise.reject(new McpFailure('CONNECTION_FAILED')) },
      clock: {
        monotonic: () => 0,
        sleep: (milliseconds, signal) => {
          waits.push(milliseconds);
          return signal === undefined ? Promise.resolve() : new Promise(() => {});
        },
      },
    });
    const url = 'https://mcp.example.com/mcp';
    const report = await validator.test({ url, transport: 'auto', secretHeaders: {} });
    const [attempt = 0, pause = 0] = waits;
    expect(textOf('TIMEOUT')).toContain(
      `within ${attempt / 1000} seconds, in each of two attempts`,
    );
    expect(textOf('CONNECTION_FAILED')).toContain(
      `A second attempt, ${pause / 1000} seconds after the first, failed as well (\`attempts\` is ${report.attempts})`,
    );
  });
});

describe('figures of constants that their files keep to themselves', () => {
  let source = '';
  beforeAll(async () => {
    source = await readSource(/^(errors|contract)\//);
  });

  const SECOND = 1000;
  test.each<[code: ErrorCode, constant: string, unit: number, text: (value: number) => string]>([
    ['UNAUTHENTICATED', 'MAX_HEADER_LENGTH', 1, (n) => `at most ${figure(n)} characters`],
    ['UNAUTHENTICATED', 'COOLDOWN_MS', SECOND, (n) => `within ${n} seconds`],
    ['HEADERS_TOO_LARGE', 'MAX_HEADER_LENGTH', 1, (n) => `at most ${figure(n)} characters`],
    ['RATE_LIMITED', 'MAX_LIVE_KEYS', 1, (n) => `${figure(n)} idempotency keys`],
    [
      'NOT_READY',
      'statementTimeoutMs',
      SECOND,
      (n) => `longer than ${n} seconds for one statement`,
    ],
    ['IDEMPOTENCY_NOT_REPLAYABLE', 'MAX_KEPT_LENGTH', KIBIBYTE, (n) => `larger than ${n} KB`],
    ['TEST_LIMIT_REACHED', 'maxWaitMs', SECOND, (n) => `up to ${n} seconds`],
    ['TEST_LIMIT_REACHED', 'SHARES', 20, (n) => `at most ${['', 'a twentieth'][n]} of the whole`],
    ['CONNECTION_FAILED', 'connectTimeoutMs', SECOND, (n) => `within ${n} seconds`],
    ['RESPONSE_TOO_LARGE', 'maxResponseBytes', MEBIBYTE, (n) => `larger than ${n} MiB, or`],
    ['RESPONSE_TOO_LARGE', 'maxHeaderBytes', KIBIBYTE, (n) => `its headers than ${n} KiB`],
    ['UPSTREAM_INVALID', 'maxResponseBytes', MEBIBYTE, (n) => `larger than ${n} MiB`],
    ['UPSTREAM_TIMEOUT', 'DEFAULT_CALL_TIMEOUT_SECONDS', 1, (n) => `${n} seconds, unless`],
    ['UPSTREAM_TIMEOUT', 'HEARTBEAT_MS', SECOND, (n) => `silent for longer than ${n} seconds`],
    ['REQUEST_STATE_INVALID', 'REQUEST_STATE_MS', 60 * SECOND, (n) => `more than ${n} minutes`],
    ['PAYLOAD_TOO_LARGE', 'MAX_ARGUMENTS_BYTES', KIBIBYTE, (n) => `more than ${n} KB of JSON`],
    ['UPSTREAM_TIMEOUT', 'CONNECT_TIMEOUT_MS', SECOND, (n) => `longer than ${n} seconds`],
  ])('%s: %s', (code, constant, unit, text) => {
    expect(textOf(code)).toContain(text(constantIn(source, constant) / unit));
  });

  test('CREDENTIALS_INVALID: the size of all headers together', () => {
    const save = (bytes: number) => () =>
      assertCredentialsFit('headers', { kind: 'headers', headers: { k: 'v'.repeat(bytes - 1) } });
    expect(textOf('CREDENTIALS_INVALID')).toContain('more than 8 KB');
    expect(save(8 * KIBIBYTE)).not.toThrow();
    expect(save(8 * KIBIBYTE + 1)).toThrow(AppError);
  });

  test('UPSTREAM_UNREACHABLE: how long a server that failed is not asked', () => {
    expect(constantIn(source, 'openMs')).toBe(30 * SECOND);
    expect(constantIn(source, 'longestOpenMs')).toBe(5 * 60 * SECOND);
    expect(textOf('UPSTREAM_UNREACHABLE')).toContain('for 30 seconds to five minutes');
  });

  test('UPSTREAM_TIMEOUT: the longest time a connector can allow', () => {
    const { maximum } = Connector.properties.call_timeout_seconds;
    expect(textOf('UPSTREAM_TIMEOUT')).toContain(`up to ${maximum}`);
    expect(textOf('UPSTREAM_TIMEOUT')).toContain(`more than ${maximum} seconds`);
  });

  test('IMPORT_UNREADABLE: what a file may have', () => {
    const text = textOf('IMPORT_UNREADABLE');
    const { depth, values, servers } = FILE_LIMITS;
    expect(text).toContain(`deeper than ${depth} levels`);
    expect(text).toContain(`more than ${figure(values)} values or more than ${servers} servers`);
  });

  test('CONNECTOR_LIMIT_REACHED: the limit, in a word', () => {
    expect(constantIn(source, 'CONNECTOR_LIMIT')).toBe(10);
    expect(textOf('CONNECTOR_LIMIT_REACHED')).toContain('ten connectors');
  });
});
