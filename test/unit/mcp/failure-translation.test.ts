import {
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SseError,
  UnsupportedProtocolVersionError,
} from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import {
  failureOfStatus,
  findStatus,
  toMcpFailure,
} from '../../../src/mcp/client/failure-translation.ts';
import { McpFailure, type McpFailureCode } from '../../../src/mcp/client/mcp-failure.ts';
import { OutboundError, type OutboundErrorCode } from '../../../src/outbound/outbound-error.ts';

const anonymous = { hasCredentials: false, sessionInUse: false };
const inSession = { hasCredentials: true, sessionInUse: true };

describe('failureOfStatus', () => {
  it.each<[number, McpFailureCode, McpFailureCode]>([
    [400, 'INVALID_MCP_SERVER', 'INVALID_MCP_SERVER'],
    [401, 'AUTH_REQUIRED', 'AUTH_FAILED'],
    [403, 'AUTH_FAILED', 'AUTH_FAILED'],
    [404, 'INVALID_MCP_SERVER', 'INVALID_MCP_SERVER'],
    [405, 'INVALID_MCP_SERVER', 'INVALID_MCP_SERVER'],
    [406, 'INVALID_MCP_SERVER', 'INVALID_MCP_SERVER'],
    [408, 'CONNECTION_FAILED', 'CONNECTION_FAILED'],
    [429, 'CONNECTION_FAILED', 'CONNECTION_FAILED'],
    [500, 'CONNECTION_FAILED', 'CONNECTION_FAILED'],
    [503, 'CONNECTION_FAILED', 'CONNECTION_FAILED'],
  ])('%i is %s, with credentials %s', (status, without, withCredentials) => {
    const failure = failureOfStatus(status, anonymous);
    expect(failure).toMatchObject({ code: without, sessionLost: false });
    expect(findStatus(failure)).toBe(status);
    expect(failureOfStatus(status, inSession).code).toBe(withCredentials);
  });

  it('knows what was not executed, and no more', () => {
    const noSession = { code: -32000, message: 'any text' };
    const other = { code: -32603, message: 'No valid session ID provided' };
    expect(failureOfStatus(404, inSession)).toMatchObject({ sessionLost: true, notExecuted: true });
    expect(failureOfStatus(400, inSession, noSession)).toMatchObject({
      sessionLost: true,
      notExecuted: true,
    });
    expect(failureOfStatus(400, inSession, other)).toMatchObject({
      sessionLost: true,
      notExecuted: false,
    });
    expect(failureOfStatus(401, inSession)).toMatchObject({
      sessionLost: false,
      notExecuted: true,
    });
    expect(failureOfStatus(404, anonymous)).toMatchObject({
      sessionLost: false,
      notExecuted: false,
    });
    for (const status of [403, 429, 500, 502, 503]) {
      expect(failureOfStatus(status, inSession), `${status}`).toMatchObject({
        sessionLost: false,
        notExecuted: false,
      });
    }
  });

  it('knows servers that share no version', () => {
    const modern = { code: -32022, message: '' };
    const legacy = { code: -32602, message: '', data: { supported: ['1.0'], requested: '2' } };
    expect(failureOfStatus(400, anonymous, modern).code).toBe('PROTOCOL_MISMATCH');
    expect(failureOfStatus(400, anonymous, legacy).code).toBe('PROTOCOL_MISMATCH');
  });
});

describe('toMcpFailure', () => {
  const codeOf = (error: unknown) => toMcpFailure(error, anonymous).code;

  it.each<[OutboundErrorCode, McpFailureCode, boolean]>([
    ['INVALID_URL', 'INVALID_URL', true],
    ['BLOCKED_URL', 'BLOCKED_URL', true],
    ['DNS_FAILED', 'CONNECTION_FAILED', true],
    ['CONNECT_FAILED', 'CONNECTION_FAILED', true],
    ['TLS_FAILED', 'CONNECTION_FAILED', true],
    ['INVALID_REQUEST', 'AUTH_FAILED', true],
    ['CONNECTION_LOST', 'CONNECTION_FAILED', false],
    ['INVALID_RESPONSE', 'INVALID_MCP_SERVER', false],
    ['REDIRECT_REFUSED', 'INVALID_MCP_SERVER', false],
    ['RESPONSE_TOO_LARGE', 'RESPONSE_TOO_LARGE', false],
  ])('%s is %s', (code, expected, notExecuted) => {
    const error = new OutboundError(code, 'x');
    expect(toMcpFailure(error, anonymous)).toMatchObject({ code: expected, notExecuted });
    // However deep the SDK wraps it.
    const wrapped = new SdkError(SdkErrorCode.EraNegotiationFailed, 'x', undefined, {
      cause: new TypeError('fetch failed', { cause: error }),
    });
    expect(toMcpFailure(wrapped, anonymous)).toMatchObject({ code: expected, notExecuted });
  });

  it('passes a failure on', () => {
    const failure = new McpFailure('AUTH_FAILED');
    expect(toMcpFailure(failure, anonymous)).toBe(failure);
    expect(toMcpFailure(new Error('x', { cause: failure }), anonymous)).toBe(failure);
  });

  it('understands the errors of the SDK by type and code', () => {
    const http = new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, 'x', { status: 503 });
    expect(codeOf(http)).toBe('CONNECTION_FAILED');
    expect(codeOf(new SseError(401, 'x', new Event('error') as never))).toBe('AUTH_REQUIRED');
    expect(codeOf(new SdkError(SdkErrorCode.RequestTimeout, 'x'))).toBe('TIMEOUT');
    expect(codeOf(new SdkError(SdkErrorCode.ConnectionClosed, 'x'))).toBe('CONNECTION_FAILED');
    expect(codeOf(new SdkError(SdkErrorCode.InvalidResult, 'x'))).toBe('INVALID_MCP_SERVER');
    expect(codeOf(new SdkError(SdkErrorCode.ClientHttpUnexpectedContent, 'x'))).toBe(
      'INVALID_MCP_SERVER',
    );
    expect(codeOf(new SdkError(SdkErrorCode.EraNegotiationFailed, 'x'))).toBe('PROTOCOL_MISMATCH');
    expect(codeOf(new ProtocolError(-32603, 'x'))).toBe('INVALID_MCP_SERVER');
    expect(codeOf(new UnsupportedProtocolVersionError({ supported: ['1'], requested: '2' }))).toBe(
      'PROTOCOL_MISMATCH',
    );
  });

  it('understands aborts, and takes what it does not understand for a fault of the server', () => {
    expect(codeOf(new DOMException('x', 'TimeoutError'))).toBe('TIMEOUT');
    expect(codeOf(new DOMException('x', 'AbortError'))).toBe('TIMEOUT');
    expect(codeOf(new SyntaxError('x'))).toBe('INVALID_MCP_SERVER');
    expect(codeOf(new Error('401 timeout ECONNREFUSED'))).toBe('INVALID_MCP_SERVER');
    expect(codeOf('text')).toBe('INVALID_MCP_SERVER');
  });

  it('does not follow a circle of causes for ever', () => {
    const error = new Error('x');
    error.cause = error;
    expect(codeOf(error)).toBe('INVALID_MCP_SERVER');
  });
});
