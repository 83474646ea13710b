import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  Client,
  type ClientOptions,
  type Implementation,
  type JsonSchemaValidator,
  PROTOCOL_VERSION_META_KEY,
  parseJSONRPCMessage,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import type { Clock } from '../../lib/clock.ts';
import type { Outbound } from '../../outbound/guarded-fetch.ts';
import { toMcpFailure } from './failure-translation.ts';
import { isJsonObject, type ReceivedAnswer } from './json-rpc.ts';
import { JsonRpcChannel, type RequestOptions } from './json-rpc-channel.ts';
import { ListChangeStream } from './list-change-stream.ts';
import { announcedChanges, isListChange } from './list-changes.ts';
import type { JsonObject, McpEra, McpTransport, ServerInfo } from './mcp-client.ts';
import { McpFailure, UnusableAnswer } from './mcp-failure.ts';
import { McpFetch } from './mcp-fetch.ts';
import { cleanText } from './untrusted-text.ts';

/** What a {@link McpLink} needs. */
export interface McpLinkOptions {
  /** Connections of this link alone; closed with it. */
  outbound: Pick<Outbound, 'request' | 'close'>;
  url: URL;
  transport: McpTransport;
  secretHeaders: Readonly<Record<string, string>>;
  clientInfo: Implementation;
  /** `legacy` goes straight to `initialize`; `auto` asks `server/discover` first. */
  negotiation: 'legacy' | 'auto';
  /** Milliseconds the era probe may take. */
  probeTimeoutMs: number;
  /** Milliseconds to end a session on the server when closing. */
  closeTimeoutMs: number;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Called when an SSE server has named its endpoint. */
  onEndpoint?: () => void;
  /** Called once when everything is closed. */
  onClosed: () => void;
}

/** As those of the channel. */
export interface LinkRequestOptions extends RequestOptions {
  /** What we can do for this one request, beyond what is always true: nothing. The legacy era knows no such thing. */
  capabilities?: JsonObject | undefined;
}

/** The signals of the callers and our fetch bound every request; the SDK's own timers only must not come first. */
const NO_SDK_TIMEOUT_MS = 2 ** 31 - 1;

/** SDK 2 compiles output schemas with AJV, which leaks and costs more than the call. Results are passed on as they are. */
const NO_VALIDATION: NonNullable<ClientOptions['jsonSchemaValidator']> = {
  getValidator<T>(): JsonSchemaValidator<T> {
    // The interface promises the type it was asked for. Nothing reads the value by it.
    return (data) => ({ valid: true, data: data as T, errorMessage: undefined });
  },
};

/**
 * One attempt to talk to a server: an SDK client, its transport, our fetch below it and our own requests beside it. It is
 * connected once, and closed once.
 */
export class McpLink {
  readonly #options: McpLinkOptions;
  readonly #fetch: McpFetch;
  readonly #channel: JsonRpcChannel;
  readonly #client: Client;
  readonly #transport: StreamableHTTPClientTransport | SSEClientTransport;
  /** Rejects when the link breaks. */
  readonly #broken: Promise<never>;
  #reportBroken: (failure: McpFailure) => void = () => {};
  #failure: McpFailure | undefined;
  #connected = false;
  #onListsChanged: () => void = () => {};
  #closing: Promise<void> | undefined;

  constructor(options: McpLinkOptions) {
    this.#options = options;
    this.#broken = new Promise((_resolve, reject) => {
      this.#reportBroken = reject;
    });
    this.#broken.catch(() => {});
    this.#channel = new JsonRpcChannel({
      send: (message, headers) =>
        this.#transport instanceof SSEClientTransport
          ? this.#transport.send(message)
          : this.#transport.send(message, { headers }),
      translate: (error) => toMcpFailure(error, this.#fetch.context),
      cancel: (id) => this.#cancel(id),
    });
    this.#fetch = new McpFetch({
      ...options,
      userAgent: `${options.clientInfo.name}/${options.clientInfo.version}`,
      channel: this.#channel,
      onServerRequest: (message) => this.#answer(message),
      onNotification: (message) => this.#takeNotification(message),
      onStreamEnd: (error) => this.#endOfStream(error),
    });
    this.#transport = createTransport(options, this.#fetch);
    this.#client = new Client(options.clientInfo, {
      capabilities: {},
      jsonSchemaValidator: NO_VALIDATION,
      versionNegotiation:
        options.negotiation === 'legacy'
          ? { mode: 'legacy' }
          : { mode: 'auto', probe: { timeoutMs: NO_SDK_TIMEOUT_MS } },
    });
  }

  /**
   * Connects and negotiates. A link that failed is closed in the background; {@link close} waits for that.
   * @throws McpFailure; TIMEOUT when `signal` aborts first
   */
  async connect(signal: AbortSignal): Promise<void> {
    const onAbort = () => this.#break(new McpFailure('TIMEOUT', { cause: signal.reason }));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#transport.onerror = this.#onTransportError;
    try {
      const connecting = this.#client.connect(this.#transport, { timeout: NO_SDK_TIMEOUT_MS });
      await Promise.race([this.#broken, connecting]);
      this.#connected = true;
    } catch (error) {
      const failure = this.#failure ?? toMcpFailure(error, this.#fetch.context);
      void this.close();
      // What a session meant to this attempt means nothing to the caller.
      const { code, cause, notExecuted, missingScopes } = failure;
      throw new McpFailure(code, { cause, notExecuted, missingScopes });
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  get era(): McpEra {
    return this.#client.getProtocolEra() ?? 'legacy';
  }

  get protocolVersion(): string {
    return this.#client.getNegotiatedProtocolVersion() ?? '';
  }

  get transport(): McpTransport {
    return this.#options.transport;
  }

  get serverOrigin(): string {
    return this.#options.url.origin;
  }

  get serverInfo(): ServerInfo | undefined {
    const info = this.#client.getServerVersion();
    if (info === undefined) return undefined;
    return {
      name: cleanText(info.name, 200),
      version: cleanText(info.version, 100),
      title: info.title === undefined ? undefined : cleanText(info.title, 200),
    };
  }

  /** Does the server say that it has this? */
  has(capability: 'tools' | 'prompts' | 'resources'): boolean {
    return this.#client.getServerCapabilities()?.[capability] !== undefined;
  }

  /**
   * Sends one request and returns its answer as it came.
   * @throws McpFailure
   */
  async request(
    method: string,
    params: { [key: string]: unknown },
    { capabilities, ...options }: LinkRequestOptions,
  ): Promise<ReceivedAnswer> {
    return this.#channel.request({ method, params: this.#envelope(params, capabilities) }, options);
  }

  /** As {@link McpConnection.watchLists} says. */
  watchLists(onChanged: () => void): void {
    this.#onListsChanged = onChanged;
    const changes = announcedChanges(this.#client.getServerCapabilities());
    // Over SSE the one stream there is brings them.
    if (changes === undefined || this.#options.transport === 'sse') return;
    const stream = new ListChangeStream({
      open: () => this.#fetch.openStream(this.#listenRequest(changes)),
      signal: this.#fetch.lifetime,
      clock: this.#options.clock,
      onNotification: (message) => this.#takeNotification(message),
      onServerRequest: (message) => this.#answer(message),
      onGap: onChanged,
    });
    void stream.run();
  }

  /** The server has shown without saying so that its tools are others now. */
  noticeToolsChanged(): void {
    this.#onListsChanged();
  }

  /** The request that opens the stream of changes in the modern era; the legacy era has none. */
  #listenRequest(notifications: {
    [name: string]: true;
  }): { method: string; text: string; version: string } | undefined {
    if (this.era === 'legacy') return undefined;
    const method = 'subscriptions/listen';
    const params = this.#envelope({ notifications });
    const text = JSON.stringify({ jsonrpc: '2.0', id: 'listen', method, params });
    return { method, text, version: this.protocolVersion };
  }

  #answer(request: unknown): void {
    this.#transport.onmessage?.(parseJSONRPCMessage(request));
  }

  /** @returns did somebody ask for it? */
  #takeNotification({ method, params }: JsonObject): boolean {
    if (isListChange(method)) this.#onListsChanged();
    if (method !== 'notifications/progress' || !isJsonObject(params)) return false;
    return this.#channel.progress(params);
  }

  /** Ends session, requests and streams. Never throws. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#break(
      new McpFailure('CONNECTION_FAILED', {
        cause: new UnusableAnswer('The connection was closed.'),
      }),
    );
    await this.#fetch.endSession(this.#options.closeTimeoutMs);
    // A client that is still negotiating does not own its transport yet.
    await Promise.allSettled([this.#client.close(), this.#transport.close()]);
    await this.#options.outbound.close();
    this.#options.onClosed();
  }

  #break(failure: McpFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#channel.close(failure);
    this.#fetch.abort(failure);
    this.#reportBroken(failure);
  }

  /** Every request of the modern era carries what `initialize` said once (MCP 2026-07-28, base protocol). */
  #envelope(
    params: { [key: string]: unknown },
    capabilities: JsonObject = {},
  ): { [key: string]: unknown } {
    if (this.era === 'legacy') return params;
    return {
      ...params,
      _meta: {
        [PROTOCOL_VERSION_META_KEY]: this.protocolVersion,
        [CLIENT_INFO_META_KEY]: this.#options.clientInfo,
        [CLIENT_CAPABILITIES_META_KEY]: capabilities,
      },
    };
  }

  /** In the modern era, closing the exchange cancels the request; in the legacy era only a notification does. */
  #cancel(requestId: number): void {
    if (this.era === 'modern' || this.#failure !== undefined) return;
    this.#transport
      .send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } })
      .catch(() => {});
  }

  /** The SDK only mentions a message on the SSE stream that it cannot read, and waits on. */
  readonly #onTransportError = (error: Error): void => {
    const unreadable = error.name === 'SyntaxError' || error.name === 'ZodError';
    if (this.#options.transport === 'sse' && unreadable) {
      this.#break(new McpFailure('INVALID_MCP_SERVER', { cause: error }));
    }
  };

  #endOfStream(error: unknown): void {
    const sessionLost = this.#connected;
    if (error !== undefined) {
      const { code, cause, notExecuted } = toMcpFailure(error, this.#fetch.context);
      this.#break(new McpFailure(code, { cause, notExecuted, sessionLost }));
    } else {
      const code = this.#connected ? 'CONNECTION_FAILED' : 'INVALID_MCP_SERVER';
      this.#break(new McpFailure(code, { sessionLost }));
    }
  }
}

function createTransport(
  { url, transport }: McpLinkOptions,
  { fetch }: McpFetch,
): StreamableHTTPClientTransport | SSEClientTransport {
  // Redirects never reach the SDK: the way out refuses them.
  const options = { fetch, redirectPolicy: 'follow' as const };
  return transport === 'sse'
    ? new SSEClientTransport(url, options)
    : new StreamableHTTPClientTransport(url, options);
}
