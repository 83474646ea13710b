import type { Clock } from '../../lib/clock.ts';
import type { McpFailureCode } from '../../mcp/client/mcp-failure.ts';

/** When a breaker opens, and for how long. */
export const BREAKER_LIMITS = {
  /** Failures within {@link windowMs} that open it. */
  failures: 3,
  windowMs: 120_000,
  /** Doubled each time the first call after that fails too. */
  openMs: 30_000,
  longestOpenMs: 300_000,
  /** Connectors that are remembered; the ones that failed longest ago are forgotten. */
  remembered: 10_000,
} as const;

/** A connector with the credentials it has now: new ones, or a new URL, start afresh. */
export interface BreakerKey {
  tenantId: string;
  connectorId: string;
  credentialGeneration: number;
}

/** The breaker is open: the server is not asked. */
export class BreakerOpen extends Error {
  override readonly name = 'BreakerOpen';
  /** Milliseconds until a call is let through again. */
  readonly retryAfterMs: number;
  /** The failure that opened it. */
  readonly lastCode: McpFailureCode;

  constructor(retryAfterMs: number, lastCode: McpFailureCode) {
    super('the breaker of the connector is open');
    this.retryAfterMs = retryAfterMs;
    this.lastCode = lastCode;
  }
}

/** A breaker that lets nothing, or one call, through. */
export interface BreakerInfo extends Omit<BreakerKey, 'credentialGeneration'> {
  /** `half_open` lets one call through, to see. */
  state: 'open' | 'half_open';
  lastCode: McpFailureCode;
  /** Milliseconds until a call is let through; 0 where it is half open. */
  retryAfterMs: number;
}

interface Breaker {
  key: BreakerKey;
  /** When it failed lately, the oldest first. */
  failures: number[];
  lastCode: McpFailureCode;
  /** Undefined while it is closed. */
  open: { until: number; forMs: number; isProbed: boolean } | undefined;
}

/** A probe of a half-open breaker that nobody finishes blocks others for this long: milliseconds they are told to wait. */
const PROBE_WAIT_MS = 1_000;

/**
 * Spares servers that are down, and those who call them the wait: after some failures in a row calls fail at once for a while, then one
 * of them is let through. Only connectors that failed lately take memory.
 */
export class CircuitBreakers {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** The one that failed longest ago first. */
  readonly #breakers = new Map<string, Breaker>();

  constructor({ clock }: { clock: Pick<Clock, 'monotonic'> }) {
    this.#clock = clock;
  }

  /** How many are open or half open. */
  get openCount(): number {
    let count = 0;
    for (const { open } of this.#breakers.values()) count += open === undefined ? 0 : 1;
    return count;
  }

  /**
   * Asks whether the server may be called.
   * @returns `release`, to be called when the call is over, whatever came of it
   * @throws BreakerOpen
   */
  admit(key: BreakerKey): { release: () => void } {
    const refusal = this.findRefusal(key);
    if (refusal !== undefined) throw refusal;
    const open = this.#breakers.get(idOf(key))?.open;
    if (open === undefined) return { release: () => {} };
    open.isProbed = true;
    return {
      release: () => {
        open.isProbed = false;
      },
    };
  }

  /** What {@link admit} would throw now; undefined where it would let a call through. Asking takes no turn. */
  findRefusal(key: BreakerKey): BreakerOpen | undefined {
    const breaker = this.#breakers.get(idOf(key));
    if (breaker?.open === undefined) return undefined;
    const left = breaker.open.until - this.#clock.monotonic();
    if (left <= 0 && !breaker.open.isProbed) return undefined;
    return new BreakerOpen(Math.max(left, PROBE_WAIT_MS), breaker.lastCode);
  }

  /** The server answered: what it did before is forgotten. */
  succeeded(key: BreakerKey): void {
    this.#breakers.delete(idOf(key));
  }

  /** Forgets every failure of a connector, as after a test that passed. */
  reset(connectorId: string): void {
    for (const [id, { key }] of this.#breakers) {
      if (key.connectorId === connectorId) this.#breakers.delete(id);
    }
  }

  /** The server could not be reached, or nothing usable came back. */
  failed(key: BreakerKey, code: McpFailureCode): void {
    const now = this.#clock.monotonic();
    const id = idOf(key);
    const breaker: Breaker = this.#breakers.get(id) ?? {
      key,
      failures: [],
      lastCode: code,
      open: undefined,
    };
    // A call that began before it opened, and ends now, says nothing new.
    if (breaker.open !== undefined && now < breaker.open.until) return;
    breaker.lastCode = code;
    const { windowMs, failures, openMs, longestOpenMs } = BREAKER_LIMITS;
    const recent = breaker.failures.filter((at) => now - at < windowMs);
    breaker.failures = [...recent, now].slice(-failures);
    if (breaker.open !== undefined) {
      const forMs = Math.min(breaker.open.forMs * 2, longestOpenMs);
      breaker.open = { until: now + forMs, forMs, isProbed: false };
    } else if (breaker.failures.length >= failures) {
      breaker.open = { until: now + openMs, forMs: openMs, isProbed: false };
    }
    this.#remember(id, breaker);
  }

  /** Those of a tenant that are not closed, the one that failed last first. */
  list(tenantId: string): BreakerInfo[] {
    const now = this.#clock.monotonic();
    const found: BreakerInfo[] = [];
    for (const { key, open, lastCode } of this.#breakers.values()) {
      if (open === undefined || key.tenantId !== tenantId) continue;
      const retryAfterMs = Math.max(0, Math.round(open.until - now));
      const state = retryAfterMs > 0 ? 'open' : 'half_open';
      found.push({ tenantId, connectorId: key.connectorId, state, lastCode, retryAfterMs });
    }
    return found.reverse();
  }

  /** Forgets failures that mean nothing any more. */
  sweep(): void {
    const now = this.#clock.monotonic();
    const { windowMs, longestOpenMs } = BREAKER_LIMITS;
    for (const [id, { open, failures }] of this.#breakers) {
      const isOld = now - (failures.at(-1) ?? 0) >= windowMs;
      // Nobody called for as long as it was open at most: whoever comes next begins anew.
      const isOver = open === undefined || now - open.until >= longestOpenMs;
      if (isOld && isOver) this.#breakers.delete(id);
    }
  }

  #remember(id: string, breaker: Breaker): void {
    this.#breakers.delete(id);
    this.#breakers.set(id, breaker);
    if (this.#breakers.size <= BREAKER_LIMITS.remembered) return;
    const [oldest] = this.#breakers.keys();
    if (oldest !== undefined) this.#breakers.delete(oldest);
  }
}

function idOf({ tenantId, connectorId, credentialGeneration }: BreakerKey): string {
  return JSON.stringify([tenantId, connectorId, credentialGeneration]);
}
