import { unusable } from './answer-reader.ts';
import {
  isJsonObject,
  isVersionMismatch,
  type JsonRpcError,
  METHOD_NOT_FOUND,
  MISSING_CLIENT_CAPABILITY,
} from './json-rpc.ts';
import type {
  JsonObject,
  McpConnection,
  McpEra,
  McpTarget,
  McpTransport,
  ServerInfo,
  ToolDiscovery,
  ToolOutcome,
} from './mcp-client.ts';
import { McpFailure } from './mcp-failure.ts';
import type { McpLink } from './mcp-link.ts';
import { isDeeperThan, MAX_NESTING } from './nesting.ts';
import { SecretRedaction } from './secret-redaction.ts';
import { discoverTools } from './tool-discovery.ts';
import { cleanText } from './untrusted-text.ts';

/** UTF-16 units of an upstream error message that are passed on. */
const MESSAGE_LENGTH = 2_000;

/** A connection on top of a connected {@link McpLink}. */
export class SdkMcpConnection implements McpConnection {
  readonly serverInfo: ServerInfo | undefined;
  readonly protocolVersion: string;
  readonly era: McpEra;
  readonly transport: McpTransport;
  readonly #link: McpLink;
  readonly #redaction: SecretRedaction;

  constructor(link: McpLink, target: Pick<McpTarget, 'url' | 'secretHeaders'>) {
    this.#link = link;
    this.#redaction = new SecretRedaction(target);
    this.serverInfo = this.#redaction.ofServer(link.serverInfo);
    this.protocolVersion = link.protocolVersion;
    this.era = link.era;
    this.transport = link.transport;
  }

  async listTools({ signal }: { signal: AbortSignal }): Promise<ToolDiscovery> {
    if (!this.#link.hasTools) return { tools: [], warnings: [] };
    const discovery = await discoverTools(async (cursor) => {
      const params = cursor === undefined ? {} : { cursor };
      const { answer, textLength } = await this.#link.request('tools/list', params, signal);
      const result = 'result' in answer ? answer.result : emptyPage(answer.error);
      return { result, textLength };
    });
    return this.#redaction.ofDiscovery(discovery);
  }

  async callTool(
    call: { name: string; arguments: JsonObject },
    { signal }: { signal: AbortSignal },
  ): Promise<ToolOutcome> {
    const params = { name: call.name, arguments: call.arguments };
    const { answer } = await this.#link.request('tools/call', params, signal);
    if ('result' in answer) return outcomeOf(answer.result);
    const { code, message } = answer.error;
    return { kind: 'protocol-error', code, message: cleanText(message, MESSAGE_LENGTH) };
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}

/** A server that has no `tools/list` has no tools. Any other error leaves the list unknown. */
function emptyPage(error: JsonRpcError): JsonObject {
  if (error.code === METHOD_NOT_FOUND) return { tools: [] };
  const code = isVersionMismatch(error) ? 'PROTOCOL_MISMATCH' : 'INVALID_MCP_SERVER';
  throw new McpFailure(code, { cause: error });
}

function outcomeOf(result: JsonObject): ToolOutcome {
  const { resultType, content = [], structuredContent, isError } = result;
  if (resultType === 'input_required') {
    return {
      kind: 'protocol-error',
      code: MISSING_CLIENT_CAPABILITY,
      message: 'The tool asks its user for input, which is not supported.',
    };
  }
  if (resultType !== undefined && resultType !== 'complete')
    throw unusable('The result is of an unknown kind.');
  if (!Array.isArray(content) || !content.every(isJsonObject)) {
    throw unusable('The content is no list of blocks.');
  }
  if (isDeeperThan(content, MAX_NESTING) || isDeeperThan(structuredContent, MAX_NESTING)) {
    throw unusable('The result is nested too deeply.');
  }
  return {
    kind: 'result',
    content,
    structuredContent: isJsonObject(structuredContent) ? structuredContent : undefined,
    isError: isError === true,
  };
}
