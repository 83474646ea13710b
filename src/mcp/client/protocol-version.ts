import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/client';
import type { JsonRpcAnswer } from './json-rpc.ts';
import { McpFailure } from './mcp-failure.ts';

/**
 * Checks the version in the answer to `initialize`; the SDK reports a version it does not know by message text only.
 * @throws McpFailure PROTOCOL_MISMATCH
 */
export function checkVersion(answer: JsonRpcAnswer): void {
  if (!('result' in answer)) return;
  const version = answer.result['protocolVersion'];
  if (typeof version === 'string' && !SUPPORTED_PROTOCOL_VERSIONS.includes(version)) {
    throw new McpFailure('PROTOCOL_MISMATCH');
  }
}
