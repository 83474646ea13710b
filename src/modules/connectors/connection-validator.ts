import type { Clock } from '../../lib/clock.ts';
import { linkSignals } from '../../mcp/client/linked-signal.ts';
import type {
  McpClient,
  McpConnection,
  McpEra,
  McpTarget,
  ToolDiscovery,
} from '../../mcp/client/mcp-client.ts';
import { McpFailure, type McpFailureCode } from '../../mcp/client/mcp-failure.ts';
import type { OfferingDiscovery } from '../../mcp/client/server-offerings.ts';
import { type ConnectionTestReport, failedReport } from './connection-test.ts';

/** Collaborators and limits of the {@link ConnectionValidator}. */
export interface ConnectionValidatorDeps {
  mcpClient: McpClient;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Milliseconds one attempt may take. Default 10,000. */
  attemptTimeoutMs?: number;
  /** Milliseconds between the attempts. Default 3,000. */
  retryDelayMs?: number;
  /** Milliseconds that prompts and resources may take, within the attempt. Default 4,000. */
  offeringsTimeoutMs?: number;
}

/** The server to test. */
export interface ConnectionTestTarget extends Omit<McpTarget, 'era'> {
  /** From an earlier test of the same server. */
  era?: McpEra | undefined;
}

type Closable = Pick<McpConnection, 'close'>;

const MAX_ATTEMPTS = 2;

/** What every connection has to close, also after the deadline; it is promised to be closed by then. */
const CLOSE_MS = 2_000;

/** Failures that may have passed a moment later. */
const WORTH_A_RETRY: ReadonlySet<McpFailureCode> = new Set(['CONNECTION_FAILED', 'TIMEOUT']);

/** Tests a server as a user would use it: connects, discovers the tools and closes everything again. */
export class ConnectionValidator {
  readonly #mcpClient: McpClient;
  readonly #clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly #attemptTimeoutMs: number;
  readonly #retryDelayMs: number;
  readonly #offeringsTimeoutMs: number;

  constructor(deps: ConnectionValidatorDeps) {
    this.#mcpClient = deps.mcpClient;
    this.#clock = deps.clock;
    this.#attemptTimeoutMs = deps.attemptTimeoutMs ?? 10_000;
    this.#retryDelayMs = deps.retryDelayMs ?? 3_000;
    this.#offeringsTimeoutMs = deps.offeringsTimeoutMs ?? 4_000;
  }

  /**
   * Runs one attempt, and a second one where that can help. Ends when everything that was opened is closed, so that nothing
   * of the test goes on after it. Never throws for a fault of the server: the report tells it.
   * @param options.isOnce one attempt is enough, whatever it finds.
   * @param options.withOfferings also reads prompts and resources once the test has passed; nothing in them makes it fail.
   * @throws the reason of `signal` when the caller gives up.
   */
  async test(
    target: ConnectionTestTarget,
    {
      signal,
      withOfferings = false,
      isOnce = false,
    }: { signal?: AbortSignal; withOfferings?: boolean; isOnce?: boolean } = {},
  ): Promise<ConnectionTestReport> {
    for (let attempt = 1; ; attempt += 1) {
      const { outcome, closed } = this.#attempt(target, { attempt, withOfferings }, signal);
      try {
        const report = await outcome;
        const { errorCode } = report;
        if (
          errorCode === undefined ||
          attempt >= (isOnce ? 1 : MAX_ATTEMPTS) ||
          !WORTH_A_RETRY.has(errorCode)
        ) {
          return report;
        }
        // Connections close meanwhile.
        await this.#clock.sleep(this.#retryDelayMs, signal);
      } finally {
        await closed;
      }
    }
  }

  #attempt(
    target: ConnectionTestTarget,
    { attempt, withOfferings }: { attempt: number; withOfferings: boolean },
    signal: AbortSignal | undefined,
  ): { outcome: Promise<ConnectionTestReport>; closed: Promise<void> } {
    const startedAt = this.#clock.monotonic();
    const elapsed = () => this.#clock.monotonic() - startedAt;
    const figures = () => ({ latencyMs: Math.round(elapsed()), attempts: attempt });
    const opened = new Set<Closable>();
    const test = async (deadline: AbortSignal) => {
      const connection = await this.#connect({ ...target, era: target.era }, deadline, opened);
      const discovery = await connection.listTools({ signal: deadline });
      return { connection, report: passed(connection, discovery, figures()) };
    };
    const complete = async (): Promise<ConnectionTestReport> => {
      const { connection, report } = await this.#withinDeadline(signal, test);
      if (!withOfferings) return report;
      const bound = { milliseconds: this.#attemptTimeoutMs - elapsed(), signal };
      return { ...report, offerings: await this.#listOfferings(connection, bound) };
    };
    const outcome = complete().catch((error: unknown) => {
      signal?.throwIfAborted();
      if (!(error instanceof McpFailure)) throw error;
      const attempts = error.code === 'INVALID_URL' ? 0 : attempt;
      return failedReport(error.code, { ...figures(), attempts, failure: error });
    });
    const close = () => {
      const left = signal?.aborted === true ? 0 : this.#attemptTimeoutMs - elapsed();
      return this.#closeAll(opened, Math.max(left, CLOSE_MS));
    };
    return { outcome, closed: outcome.then(close, close) };
  }

  /** The test has passed: what goes wrong here, or takes longer than the rest of the attempt, is only not known. */
  async #listOfferings(
    connection: Pick<McpConnection, 'listOfferings'>,
    { milliseconds, signal }: { milliseconds: number; signal: AbortSignal | undefined },
  ): Promise<OfferingDiscovery> {
    const left = Math.min(this.#offeringsTimeoutMs, milliseconds);
    if (left <= 0) return {};
    const linked = linkSignals([signal], { milliseconds: left, clock: this.#clock });
    try {
      const offerings = await connection.listOfferings({ signal: linked.signal });
      signal?.throwIfAborted();
      return offerings;
    } finally {
      linked.release();
    }
  }

  /** A connection that comes after the deadline is closed. */
  async #connect(
    target: McpTarget,
    deadline: AbortSignal,
    opened: Set<Closable>,
  ): Promise<McpConnection> {
    const connection = await this.#mcpClient.connect(target, {
      signal: deadline,
      onLink: (link) => opened.add(link),
    });
    opened.add(connection);
    if (!deadline.aborted) return connection;
    await connection.close();
    throw deadline.reason;
  }

  /** What the test found stands, however long a server takes to end its session. */
  async #closeAll(opened: ReadonlySet<Closable>, milliseconds: number): Promise<void> {
    if (opened.size === 0) return;
    const closing = Promise.all([...opened].map((one) => one.close()));
    const over = new AbortController();
    const waiting = this.#clock.sleep(milliseconds, over.signal).catch(() => {});
    await Promise.race([closing, waiting]);
    over.abort();
  }

  /**
   * Bounds the work from outside as well, whatever becomes of the signal inside.
   * @throws McpFailure TIMEOUT at the deadline
   */
  async #withinDeadline<Result>(
    signal: AbortSignal | undefined,
    work: (deadline: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const deadline = new AbortController();
    const over = new AbortController();
    const stopped = new Promise<never>((_resolve, reject) => {
      deadline.signal.addEventListener('abort', () => reject(deadline.signal.reason));
    });
    const onAbort = () => deadline.abort(signal?.reason);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#clock.sleep(this.#attemptTimeoutMs, over.signal).then(
      () => deadline.abort(new McpFailure('TIMEOUT')),
      () => {},
    );
    try {
      return await Promise.race([stopped, work(deadline.signal)]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      over.abort();
    }
  }
}

function passed(
  { serverInfo, protocolVersion, era, transport }: McpConnection,
  { tools, warnings }: ToolDiscovery,
  figures: { latencyMs: number; attempts: number },
): ConnectionTestReport {
  const found = { tools, warnings, offerings: {}, serverInfo, protocolVersion, era, transport };
  return {
    success: true,
    errorCode: undefined,
    errorMessage: undefined,
    failure: undefined,
    signIn: undefined,
    ...found,
    ...figures,
  };
}
