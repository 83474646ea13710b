import type { Implementation } from '@modelcontextprotocol/client';
import { type Clock, systemClock } from '../../lib/clock.ts';
import type { Outbound } from '../../outbound/guarded-fetch.ts';
import { parseHttpUrl } from '../../outbound/outbound-policy.ts';
import { findStatus, toMcpFailure } from './failure-translation.ts';
import { METHOD_NOT_FOUND } from './json-rpc.ts';
import { linkSignals } from './linked-signal.ts';
import type { ConnectOptions, McpClient, McpConnection, McpTarget } from './mcp-client.ts';
import { McpFailure } from './mcp-failure.ts';
import { McpLink, type McpLinkOptions } from './mcp-link.ts';
import { SdkMcpConnection } from './sdk-mcp-connection.ts';

/** What an {@link SdkMcpClient} needs. */
export interface SdkMcpClientOptions {
  /** The way out under the policy for users' servers. */
  outbound: Pick<Outbound, 'isolate'>;
  /** The way out that is pinned to an origin. Default: there is none, and no target may ask for it. */
  pinnedOutbound?: (origin: string) => Pick<Outbound, 'isolate'>;
  /** How we introduce ourselves to servers. Default: the product's name. */
  clientInfo?: Implementation;
  /**
   * Milliseconds the era probe may take before the legacy handshake is tried instead. A share of the deadline, as bridges to
   * stdio servers are known to stall on a method they do not know. Default 4,000.
   */
  probeTimeoutMs?: number;
  /** Milliseconds to end a session on the server when closing. Default 1,500. */
  closeTimeoutMs?: number;
  /** Default: that of the operating system. */
  clock?: Pick<Clock, 'monotonic' | 'sleep'>;
}

const CLIENT_INFO: Implementation = { name: 'mcp-connectors', version: '0.1.0' };

/** Connects to MCP servers of both eras over streamable HTTP and SSE with the MCP SDK. */
export class SdkMcpClient implements McpClient {
  readonly #options: SdkMcpClientOptions;
  readonly #links = new Set<McpLink>();

  constructor(options: SdkMcpClientOptions) {
    this.#options = options;
  }

  async connect(target: McpTarget, { signal, onLink }: ConnectOptions): Promise<McpConnection> {
    const url = parseTarget(target.url);
    if (signal.aborted)
      throw new McpFailure('TIMEOUT', { cause: signal.reason, notExecuted: true });
    const attempt = new ConnectAttempt({
      signal,
      open: (choice, bound) => {
        const link = this.#createLink({ target, url, ...choice });
        onLink?.(link);
        return link.connect(bound).then(() => link);
      },
      probeTimeoutMs: this.#options.probeTimeoutMs ?? 4_000,
      clock: this.#options.clock ?? systemClock,
    });
    const clock = this.#options.clock ?? systemClock;
    return new SdkMcpConnection(await attempt.run(target), target, clock);
  }

  /** Closes every connection, and waits for those that are closing. */
  async close(): Promise<void> {
    await Promise.all([...this.#links].map((link) => link.close()));
  }

  #wayTo({ isPinned = false }: McpTarget, { origin }: URL): Pick<Outbound, 'isolate'> {
    if (!isPinned) return this.#options.outbound;
    const { pinnedOutbound } = this.#options;
    if (pinnedOutbound === undefined) throw new Error('there is no way out for pinned origins');
    return pinnedOutbound(origin);
  }

  #createLink({
    target,
    ...options
  }: Pick<McpLinkOptions, 'url'> & LinkChoice & { target: McpTarget }): McpLink {
    const link: McpLink = new McpLink({
      ...options,
      outbound: this.#wayTo(target, options.url).isolate(),
      clock: this.#options.clock ?? systemClock,
      clientInfo: this.#options.clientInfo ?? CLIENT_INFO,
      secretHeaders: target.secretHeaders,
      closeTimeoutMs: this.#options.closeTimeoutMs ?? 1_500,
      onClosed: () => this.#links.delete(link),
    });
    this.#links.add(link);
    return link;
  }
}

/** @throws McpFailure INVALID_URL */
function parseTarget(url: string): URL {
  try {
    return parseHttpUrl(url);
  } catch (error) {
    throw toMcpFailure(error, { hasCredentials: false, sessionInUse: false });
  }
}

/** The probe gets all the time the caller's signal leaves. */
const WHOLE_DEADLINE_MS = 2 ** 31 - 1;

type LinkChoice = Pick<
  McpLinkOptions,
  'transport' | 'negotiation' | 'probeTimeoutMs' | 'onEndpoint'
>;

interface ConnectAttemptOptions {
  signal: AbortSignal;
  open: (choice: LinkChoice, signal: AbortSignal) => Promise<McpLink>;
  probeTimeoutMs: number;
  clock: Pick<Clock, 'sleep'>;
}

/** The order in which eras and transports are tried. */
class ConnectAttempt {
  readonly #options: ConnectAttemptOptions;

  constructor(options: ConnectAttemptOptions) {
    this.#options = options;
  }

  async run({ transport, era }: Pick<McpTarget, 'transport' | 'era'>): Promise<McpLink> {
    if (transport === 'sse') return this.#sse(this.#options.signal);
    try {
      return await (era === 'legacy' ? this.#legacyFirst() : this.#probeFirst());
    } catch (error) {
      if (transport === 'auto' && mayBeSse(error)) return await this.#sseInstead(error);
      throw error;
    }
  }

  #sse(signal: AbortSignal, onEndpoint = () => {}): Promise<McpLink> {
    // The modern era knows no SSE transport.
    return this.#options.open(
      { transport: 'sse', negotiation: 'legacy', probeTimeoutMs: 0, onEndpoint },
      signal,
    );
  }

  #streamableHttp(negotiation: 'legacy' | 'auto', probeTimeoutMs: number): Promise<McpLink> {
    const choice = { transport: 'streamable-http', negotiation, probeTimeoutMs } as const;
    return this.#options.open(choice, this.#options.signal);
  }

  /**
   * Looks whether there is an event stream. Where there is none, or nothing comes on it in time, the first refusal stands. A server
   * that names its endpoint has shown what it is, and has the rest of the deadline.
   */
  async #sseInstead(refusal: unknown): Promise<McpLink> {
    const { signal, probeTimeoutMs, clock } = this.#options;
    const silence = linkSignals([], { milliseconds: probeTimeoutMs, clock });
    const bound = linkSignals([signal, silence.signal]);
    try {
      return await this.#sse(bound.signal, silence.release);
    } catch (error) {
      const isNothing = isFailure(error, 'INVALID_MCP_SERVER') || isFailure(error, 'TIMEOUT');
      throw isNothing && !signal.aborted ? refusal : error;
    } finally {
      silence.release();
      bound.release();
    }
  }

  async #probeFirst(): Promise<McpLink> {
    try {
      return await this.#streamableHttp('auto', this.#options.probeTimeoutMs);
    } catch (error) {
      // The caller's deadline is still open: it was the probe that stalled.
      const stalled = isFailure(error, 'TIMEOUT') && !this.#options.signal.aborted;
      if (!stalled) throw error;
      return await this.#legacyFirst();
    }
  }

  /** For servers known to be legacy, and for those that stall on the probe. A modern-only server says so, or knows no handshake. */
  async #legacyFirst(): Promise<McpLink> {
    try {
      return await this.#streamableHttp('legacy', 0);
    } catch (error) {
      if (!isFailure(error, 'PROTOCOL_MISMATCH') && !knowsNoHandshake(error)) throw error;
      return await this.#streamableHttp('auto', WHOLE_DEADLINE_MS);
    }
  }
}

/** SSE servers answer a POST to their stream's URL with 404, 405 or another 4xx (MCP 2025-11-25, backwards compatibility). */
function mayBeSse(error: unknown): boolean {
  if (!(error instanceof McpFailure) || error.code !== 'INVALID_MCP_SERVER') return false;
  const status = findStatus(error);
  return status !== undefined && status >= 400 && status < 500;
}

function knowsNoHandshake(error: unknown): boolean {
  if (!isFailure(error, 'INVALID_MCP_SERVER') || !(error instanceof Error)) return false;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && cause.code === METHOD_NOT_FOUND;
}

function isFailure(error: unknown, code: McpFailure['code']): boolean {
  return error instanceof McpFailure && error.code === code;
}
