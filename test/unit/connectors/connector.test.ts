import { describe, expect, it } from 'vitest';
import type { McpFailureCode } from '../../../src/mcp/client/mcp-failure.ts';
import {
  type ConnectorHealth,
  healthAfter,
  statusOf,
} from '../../../src/modules/connectors/connector.ts';

describe('statusOf', () => {
  it.each([
    ['HEALTHY', 'ENABLED'],
    ['ERROR', 'ERROR'],
    ['NEEDS_AUTH', 'NEEDS_AUTH'],
  ] as const)('shows the health %s of an enabled connector as %s', (health, status) => {
    expect(statusOf({ intent: 'ENABLED', health })).toBe(status);
  });

  it.each(['HEALTHY', 'ERROR', 'NEEDS_AUTH'] as const)(
    'shows a disabled connector as disabled, whatever was found: %s',
    (health) => {
      expect(statusOf({ intent: 'DISABLED', health })).toBe('DISABLED');
    },
  );
});

describe('healthAfter', () => {
  const expected: Record<McpFailureCode, ConnectorHealth> = {
    INVALID_URL: 'ERROR',
    BLOCKED_URL: 'ERROR',
    CONNECTION_FAILED: 'ERROR',
    TIMEOUT: 'ERROR',
    AUTH_FAILED: 'NEEDS_AUTH',
    AUTH_REQUIRED: 'NEEDS_AUTH',
    INVALID_MCP_SERVER: 'ERROR',
    PROTOCOL_MISMATCH: 'ERROR',
    RESPONSE_TOO_LARGE: 'ERROR',
  };

  it('asks to sign in only after an authentication failure', () => {
    const found = Object.fromEntries(
      Object.keys(expected).map((code) => [code, healthAfter(code as McpFailureCode)]),
    );
    expect(found).toEqual(expected);
  });
});
