import { ERROR_CATALOGUE } from '../../errors/error-catalogue.ts';
import { causeCodes } from '../../lib/cause-codes.ts';
import type { OperationFields } from '../../lib/operation-log.ts';
import type {
  DiscoveredTool,
  McpEra,
  McpTransport,
  ServerInfo,
  ToolWarning,
} from '../../mcp/client/mcp-client.ts';
import type { McpFailure, McpFailureCode } from '../../mcp/client/mcp-failure.ts';
import type { OfferingDiscovery } from '../../mcp/client/server-offerings.ts';
import type { SignInOffer } from '../../oauth/sign-in-offer.ts';

/** What a test of a server found. */
export interface ConnectionTestReport {
  success: boolean;
  /** Why the test failed; undefined when it passed. */
  errorCode: McpFailureCode | undefined;
  /** A sentence for the user that says what to do; undefined when the test passed. */
  errorMessage: string | undefined;
  /** What went wrong in the last attempt; for logs, never sent. */
  failure: McpFailure | undefined;
  /** The usable tools; empty when the test failed. */
  tools: DiscoveredTool[];
  /** Tools that were left out, and why. */
  warnings: ToolWarning[];
  /** What else the server offers; empty where that was not asked for, or could not be read. */
  offerings: OfferingDiscovery;
  /** How to sign in to a server that asks for it; undefined where it did not, or does not say how. */
  signIn: SignInOffer | undefined;
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

/** The sentence for a code: what happened, in words of a user, and what they can do. Never text of the server. */
export function messageFor(code: McpFailureCode): string {
  return ERROR_CATALOGUE[code].shown;
}

/** What a line of the log says of a test. */
export function reportFields(
  report: ConnectionTestReport,
): Pick<OperationFields, 'outcome' | 'attempts' | 'reason'> {
  const { errorCode, attempts, failure } = report;
  return { outcome: errorCode ?? 'ok', attempts, reason: causeCodes(failure?.cause) };
}

/** The report of a test that failed. */
export function failedReport(
  errorCode: McpFailureCode,
  figures: Pick<ConnectionTestReport, 'latencyMs' | 'attempts'> & { failure?: McpFailure },
): ConnectionTestReport {
  return {
    success: false,
    errorCode,
    errorMessage: messageFor(errorCode),
    tools: [],
    warnings: [],
    offerings: {},
    signIn: undefined,
    serverInfo: undefined,
    protocolVersion: undefined,
    era: undefined,
    transport: undefined,
    failure: undefined,
    ...figures,
  };
}
