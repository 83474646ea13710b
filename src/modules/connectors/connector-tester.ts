import { AppError } from '../../errors/app-error.ts';
import type { DiscoveredTool, McpEra } from '../../mcp/client/mcp-client.ts';
import { type Credentials, toSecretHeaders } from '../credentials/index.ts';
import type { ConnectionTestReport } from './connection-test.ts';
import type { ConnectionValidator } from './connection-validator.ts';
import type { ServerKnowledge } from './connector.ts';
import type { NewTool } from './connector-store.ts';
import type { ConnectorSettings } from './connector-update.ts';
import { definitionHash, toDefinition } from './tool-definition.ts';

/** A server to test, with the secret in the open. */
export interface TestSubject extends ConnectorSettings {
  credentials: Credentials | undefined;
  era?: McpEra | undefined;
}

/** Runs connection tests for those who save. */
export class ConnectorTester {
  readonly #validator: Pick<ConnectionValidator, 'test'>;

  constructor({ validator }: { validator: Pick<ConnectionValidator, 'test'> }) {
    this.#validator = validator;
  }

  /** Never throws for a fault of the server; the report tells it. */
  test({ serverUrl, transport, credentials, era }: TestSubject): Promise<ConnectionTestReport> {
    const secretHeaders = toSecretHeaders(credentials);
    return this.#validator.test({ url: serverUrl, transport, era, secretHeaders });
  }

  /** @throws AppError with the code of the failed test and the sentence that says what to do. */
  async assertPasses(subject: TestSubject): Promise<ConnectionTestReport> {
    const report = await this.test(subject);
    if (report.errorCode === undefined) return report;
    throw new AppError(report.errorCode, {
      ...(report.errorMessage !== undefined && { detail: report.errorMessage }),
      extensions: { attempts: report.attempts, latency_ms: report.latencyMs },
    });
  }
}

/** What a passed test found, ready to be stored. */
export function discoveredState(report: ConnectionTestReport): {
  knowledge: ServerKnowledge;
  tools: NewTool[];
} {
  const { era, transport, protocolVersion, serverInfo } = report;
  if (era === undefined || transport === undefined || protocolVersion === undefined) {
    throw new Error('only a passed test has something to store');
  }
  return {
    knowledge: { era, transport, protocolVersion, serverInfo },
    tools: report.tools.map(toNewTool),
  };
}

/** A discovered tool, ready to be stored. */
export function toNewTool(tool: DiscoveredTool): NewTool {
  const definition = toDefinition(tool);
  return { name: tool.name, definition, definitionHash: definitionHash(tool.name, definition) };
}
