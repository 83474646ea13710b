import type {
  DiscoveredTool,
  McpEra,
  McpTransport,
  ServerInfo,
  ToolWarning,
} from '../../mcp/client/mcp-client.ts';
import type { McpFailureCode } from '../../mcp/client/mcp-failure.ts';

/** What a test of a server found. */
export interface ConnectionTestReport {
  success: boolean;
  /** Why the test failed; undefined when it passed. */
  errorCode: McpFailureCode | undefined;
  /** A sentence for the user that says what to do; undefined when the test passed. */
  errorMessage: string | undefined;
  /** The usable tools; empty when the test failed. */
  tools: DiscoveredTool[];
  /** Tools that were left out, and why. */
  warnings: ToolWarning[];
  serverInfo: ServerInfo | undefined;
  protocolVersion: string | undefined;
  /** How the server was reached; remembered so that it is not negotiated again. */
  era: McpEra | undefined;
  transport: McpTransport | undefined;
  /** How long the last attempt took, in whole milliseconds. */
  latencyMs: number;
  /** 0 where the URL alone was enough to know. */
  attempts: number;
}

/** One sentence or two per code: what happened, in words of a user, and what they can do. Never text of the server. */
const MESSAGES: Record<McpFailureCode, string> = {
  INVALID_URL:
    'This is not a usable server URL. Enter a full address such as https://example.com/mcp, without user name or password.',
  BLOCKED_URL:
    'Connections to this address are not allowed. Use a public https address, or ask your operator to allow it.',
  CONNECTION_FAILED:
    'The server could not be reached. Check the address and that the server is running, then test again.',
  TIMEOUT:
    'The server did not answer in time. Check that it is running and not overloaded, then test again.',
  AUTH_FAILED:
    'The server refused the credentials. Check that they are correct, not expired, and have the permissions the server asks for.',
  AUTH_REQUIRED:
    'This server requires credentials. Choose how to sign in and add them, then test again.',
  INVALID_MCP_SERVER:
    'This address does not answer as an MCP server. Check the path, which is often /mcp or /sse, and that the address does not redirect.',
  PROTOCOL_MISMATCH:
    'The server speaks no MCP version that is supported here. Update the server, then test again.',
  RESPONSE_TOO_LARGE:
    'The server sent more data or more tools than can be accepted. Reduce the number of tools it offers, then test again.',
};

/** The sentence for a code. */
export function messageFor(code: McpFailureCode): string {
  return MESSAGES[code];
}

/** The report of a test that failed. */
export function failedReport(
  errorCode: McpFailureCode,
  figures: Pick<ConnectionTestReport, 'latencyMs' | 'attempts'>,
): ConnectionTestReport {
  return {
    success: false,
    errorCode,
    errorMessage: messageFor(errorCode),
    tools: [],
    warnings: [],
    serverInfo: undefined,
    protocolVersion: undefined,
    era: undefined,
    transport: undefined,
    ...figures,
  };
}
