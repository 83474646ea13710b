import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Clock } from '../lib/clock.ts';
import { startDeadline } from '../lib/deadline.ts';
import { tryParseJson } from '../lib/try-parse-json.ts';
import type { Outbound } from '../outbound/guarded-fetch.ts';
import { OutboundError } from '../outbound/outbound-error.ts';
import { blocked, type OutboundPolicy, parseHttpUrl } from '../outbound/outbound-policy.ts';
import { MAX_SESSIONS } from './runtime.ts';

/** How much a server is used. */
export interface FrontUse {
  /** MCP sessions that it has now. */
  sessions: number;
  /** Seconds since it had one, or was asked anything. */
  idleSeconds: number;
}

/** Asks the program in front of a server. */
export interface FrontReader {
  /** Undefined where it does not tell: it is asked again later. @param url of the server's endpoint */
  read(url: string, signal: AbortSignal): Promise<FrontUse | undefined>;
}

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 4_096;
const Health = Type.Object({
  sessions: Type.Integer({ minimum: 0, maximum: MAX_SESSIONS }),
  idle_seconds: Type.Integer({ minimum: 0 }),
});

/** Reads `/healthz` of fronts. */
export class HttpFrontReader implements FrontReader {
  readonly #outbound: Pick<Outbound, 'request'>;
  readonly #clock: Pick<Clock, 'sleep'>;

  /** @param outbound leads to fronts only: see {@link FrontPolicy} */
  constructor(outbound: Pick<Outbound, 'request'>, clock: Pick<Clock, 'sleep'>) {
    this.#outbound = outbound;
    this.#clock = clock;
  }

  async read(url: string, signal: AbortSignal): Promise<FrontUse | undefined> {
    const deadline = startDeadline(this.#clock, TIMEOUT_MS);
    try {
      const answer = await this.#outbound.request(new URL('/healthz', url), {
        method: 'GET',
        signal: AbortSignal.any([signal, deadline.signal]),
        maxBytes: MAX_BYTES,
      });
      const health = tryParseJson(await answer.text());
      if (answer.status !== 200 || !Value.Check(Health, health)) return undefined;
      return { sessions: health.sessions, idleSeconds: health.idle_seconds };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OutboundError || deadline.signal.aborted) return undefined;
      throw error;
    } finally {
      deadline.release();
    }
  }
}

/** Lets requests go to Services of instances in one namespace of the own cluster. */
export class FrontPolicy implements OutboundPolicy {
  readonly #host: RegExp;

  /** @param namespace a DNS label */
  constructor(namespace: string) {
    this.#host = new RegExp(`^mcp-[0-9a-f-]{36}\\.${namespace}\\.svc\\.cluster\\.local$`);
  }

  checkUrl(input: string | URL): URL {
    const url = parseHttpUrl(input);
    if (url.protocol !== 'http:' || !this.#host.test(url.hostname)) {
      throw blocked('The address is not one of a server in the cluster.');
    }
    return url;
  }

  /** The cluster's own names lead where its networks are. */
  allowsAddress(): boolean {
    return true;
  }
}
