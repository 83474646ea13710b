import type { Clock } from '../../lib/clock.ts';
import { unusable } from './answer-reader.ts';
import { readProgress } from './call-progress.ts';
import {
  HEADER_PARAMETER_LIMITS,
  headersOfCall,
  readHeaderParameters,
} from './header-parameters.ts';
import { askingCapabilities, readInputRequired, refusalToAsk } from './input-request.ts';
import {
  HEADER_MISMATCH,
  INVALID_PARAMS,
  isJsonObject,
  isVersionMismatch,
  type JsonRpcError,
  METHOD_NOT_FOUND,
  MISSING_CLIENT_CAPABILITY,
} from './json-rpc.ts';
import type {
  Asking,
  CallOptions,
  CallOutcome,
  DiscoveredTool,
  JsonObject,
  McpConnection,
  McpEra,
  McpTarget,
  McpTransport,
  OutgoingCall,
  ServerInfo,
  ToolDiscovery,
  ToolOutcome,
} from './mcp-client.ts';
import { McpFailure } from './mcp-failure.ts';
import type { McpLink } from './mcp-link.ts';
import { isDeeperThan, MAX_NESTING } from './nesting.ts';
import { offeringOutcome } from './offering-answers.ts';
import { discoverOfferings } from './offering-discovery.ts';
import { SecretRedaction } from './secret-redaction.ts';
import {
  OFFERING_KINDS,
  type OfferingDiscovery,
  type OfferingOutcome,
  type OfferingRequest,
} from './server-offerings.ts';
import { discoverTools } from './tool-discovery.ts';
import { cleanText } from './untrusted-text.ts';

/** UTF-16 units of an upstream error message that are passed on. */
const MESSAGE_LENGTH = 2_000;

/** What a server has to announce for each kind. */
const CAPABILITY_OF = { prompt: 'prompts', resource: 'resources', template: 'resources' } as const;

/** A connection on top of a connected {@link McpLink}. */
export class SdkMcpConnection implements McpConnection {
  readonly serverInfo: ServerInfo | undefined;
  readonly protocolVersion: string;
  readonly era: McpEra;
  readonly transport: McpTransport;
  readonly serverOrigin: string;
  readonly #link: McpLink;
  readonly #redaction: SecretRedaction;
  readonly #clock: Pick<Clock, 'monotonic'>;

  constructor(
    link: McpLink,
    target: Pick<McpTarget, 'url' | 'secretHeaders'>,
    clock: Pick<Clock, 'monotonic'>,
  ) {
    this.#link = link;
    this.#clock = clock;
    this.#redaction = new SecretRedaction(target);
    this.serverOrigin = link.serverOrigin;
    this.serverInfo = this.#redaction.ofServer(link.serverInfo);
    this.protocolVersion = link.protocolVersion;
    this.era = link.era;
    this.transport = link.transport;
  }

  async listTools({ signal }: { signal: AbortSignal }): Promise<ToolDiscovery> {
    if (!this.#link.has('tools')) return { tools: [], warnings: [] };
    const discovery = await discoverTools(async (cursor) => {
      const params = cursor === undefined ? {} : { cursor };
      const { answer, textLength } = await this.#link.request('tools/list', params, { signal });
      const result = 'result' in answer ? answer.result : emptyPage(answer.error);
      return { result, textLength };
    }, this.era);
    return this.#redaction.ofDiscovery(discovery);
  }

  async listOfferings({ signal }: { signal: AbortSignal }): Promise<OfferingDiscovery> {
    const offered = OFFERING_KINDS.filter((kind) => this.#link.has(CAPABILITY_OF[kind]));
    const found = await discoverOfferings(offered, (method, cursor) =>
      this.#link.request(method, cursor === undefined ? {} : { cursor }, { signal }),
    );
    const absent = OFFERING_KINDS.filter((kind) => !offered.includes(kind));
    return {
      ...Object.fromEntries(absent.map((kind) => [kind, []])),
      ...this.#redaction.ofOfferings(found),
    };
  }

  async requestOffering(
    { method, params }: OfferingRequest,
    { signal, onProgress }: CallOptions,
  ): Promise<OfferingOutcome> {
    const told = onProgress && readProgress(onProgress, this.#clock);
    const { answer } = await this.#link.request(method, params, { signal, onProgress: told });
    return offeringOutcome(method, answer);
  }

  async callTool(call: OutgoingCall, options: CallOptions): Promise<CallOutcome> {
    const outcome = await this.#send(call, options);
    if (outcome.kind !== 'protocol-error' || outcome.code !== HEADER_MISMATCH) return outcome;
    // The server refused the call unread: what discovery found is not what it wants now.
    const tool = await this.#findTool(call.name, options.signal);
    if (tool === undefined) return outcome;
    const reading = readHeaderParameters(tool.inputSchema);
    if (!reading.ok) return outcome;
    call.onOther?.(tool);
    return await this.#send({ ...call, headerParameters: reading.parameters }, options);
  }

  async #send(
    { name, arguments: args, headerParameters = [], input }: OutgoingCall,
    { signal, onProgress, asking }: CallOptions,
  ): Promise<CallOutcome> {
    const isModern = this.era === 'modern';
    const headers = headersOfCall(isModern ? headerParameters : [], args);
    if (headers === undefined) return TOO_LONG_FOR_HEADERS;
    const params = {
      name,
      arguments: args,
      ...(isModern && input?.responses !== undefined && { inputResponses: input.responses }),
      ...(isModern && input?.state !== undefined && { requestState: input.state }),
    };
    const told = onProgress && readProgress(onProgress, this.#clock);
    const capabilities = asking && askingCapabilities(asking);
    const options = { signal, onProgress: told, headers, capabilities };
    const { answer } = await this.#link.request('tools/call', params, options);
    if ('result' in answer) return outcomeOf(answer.result, isModern, asking);
    const { code, message } = answer.error;
    if (isModern && code === MISSING_CLIENT_CAPABILITY) return refusalToAsk(asking);
    return { kind: 'protocol-error', code, message: cleanText(message, MESSAGE_LENGTH) };
  }

  /** The tool as it is now; and those who keep tools are told that it is another one. */
  async #findTool(name: string, signal: AbortSignal): Promise<DiscoveredTool | undefined> {
    const { tools } = await this.listTools({ signal });
    this.#link.noticeToolsChanged();
    return tools.find((each) => each.name === name);
  }

  watchLists(onChanged: () => void): void {
    this.#link.watchLists(onChanged);
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}

/** Without its headers the server would refuse the call. */
const TOO_LONG_FOR_HEADERS: ToolOutcome = {
  kind: 'protocol-error',
  code: INVALID_PARAMS,
  message: `The server wants some arguments as HTTP headers too, and they take more than ${HEADER_PARAMETER_LIMITS.valuesLength} characters there. Send shorter ones.`,
};

/** A server that has no `tools/list` has no tools. Any other error leaves the list unknown. */
function emptyPage(error: JsonRpcError): JsonObject {
  if (error.code === METHOD_NOT_FOUND) return { tools: [] };
  const code = isVersionMismatch(error) ? 'PROTOCOL_MISMATCH' : 'INVALID_MCP_SERVER';
  throw new McpFailure(code, { cause: error });
}

function outcomeOf(result: JsonObject, isModern: boolean, asking: Asking | undefined): CallOutcome {
  const { resultType, content = [], structuredContent, isError, _meta } = result;
  if (isModern && resultType === 'input_required') return readInputRequired(result, asking);
  if (resultType !== undefined && resultType !== 'complete')
    throw unusable('The result is of an unknown kind.');
  if (!Array.isArray(content) || !content.every(isJsonObject)) {
    throw unusable('The content is no list of blocks.');
  }
  if ([content, structuredContent, _meta].some((part) => isDeeperThan(part, MAX_NESTING))) {
    throw unusable('The result is nested too deeply.');
  }
  return {
    kind: 'result',
    content,
    structuredContent: isJsonObject(structuredContent) ? structuredContent : undefined,
    isError: isError === true,
    meta: metaOf(_meta),
  };
}

/** Keys of the protocol tell of the connection between us and the server, which means nothing to who gets the result. */
const PROTOCOL_KEY = /^(?:[a-z0-9-]+\.)?(?:modelcontextprotocol|mcp)(?:\.[a-z0-9.-]+)?\//i;

/** `_meta` of a result for whoever called; undefined where nothing is left of it. */
function metaOf(meta: unknown): JsonObject | undefined {
  if (!isJsonObject(meta)) return undefined;
  const { progressToken: _ours, ...rest } = meta;
  const entries = Object.entries(rest).filter(([key]) => !PROTOCOL_KEY.test(key));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
