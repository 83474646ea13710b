import type { Clock } from '../../lib/clock.ts';
import { startDeadline } from '../../lib/deadline.ts';
import type { McpClient, McpConnection, McpTarget } from '../../mcp/client/mcp-client.ts';
import { McpFailure } from '../../mcp/client/mcp-failure.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { SessionPool } from './session-pool.ts';

/** The connector to talk to, and how to get at its target when there is no session yet. */
export interface SessionSubject {
  connectorId: string;
  credentialGeneration: number;
  /** Opens URL and secret; called only for a new connection. */
  openTarget: () => Promise<McpTarget>;
}

/** Collaborators of the {@link SessionService}. */
export interface SessionServiceDeps {
  pool: SessionPool;
  mcpClient: McpClient;
  clock: Pick<Clock, 'sleep'>;
  /** Milliseconds a connect may take. */
  connectTimeoutMs: number;
}

/** Runs work on a user's live session with a server, and connects where there is none. */
export class SessionService {
  readonly #deps: SessionServiceDeps;

  constructor(deps: SessionServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Runs `work` on the session. It runs a second time, on a fresh connection, only where the first failure proves that
   * the server did not execute the request. `signal` ends the wait for a connect, which goes on for others; `work` minds
   * it itself.
   * @throws McpFailure, or what `openTarget` throws.
   */
  async run<Result>(
    identity: Identity,
    subject: SessionSubject,
    work: (connection: McpConnection) => Promise<Result>,
    { signal }: { signal: AbortSignal },
  ): Promise<Result> {
    try {
      return await this.#runOnce(identity, subject, work, signal);
    } catch (error) {
      if (error instanceof UseFailed && error.mayRunAgain) {
        return await this.#runOnce(identity, subject, work, signal).catch(unwrap);
      }
      return unwrap(error);
    }
  }

  /** Ends the sessions of a connector, of all its users. */
  closeConnector(connectorId: string): Promise<void> {
    return this.#deps.pool.closeConnector(connectorId);
  }

  async #runOnce<Result>(
    identity: Identity,
    { connectorId, credentialGeneration, openTarget }: SessionSubject,
    work: (connection: McpConnection) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    const { tenantId, userId } = identity;
    const key = { tenantId, userId, connectorId, credentialGeneration };
    const { pool } = this.#deps;
    const connect = async () => this.#connect(await openTarget());
    let isSent = false;
    const used = pool.use(key, connect, async (connection, { isReused, retire }) => {
      if (signal.aborted) throw timedOut(signal);
      isSent = true;
      try {
        return await work(connection);
      } catch (error) {
        if (!(error instanceof McpFailure)) throw error;
        // Whatever failed once on this connection is not trusted with the next call.
        retire();
        throw new UseFailed(error, error.notExecuted && (isReused || error.sessionLost));
      }
    });
    return await Promise.race([used, abortedBefore(() => isSent, signal)]);
  }

  async #connect(target: McpTarget): Promise<McpConnection> {
    const { mcpClient, clock, connectTimeoutMs } = this.#deps;
    const deadline = startDeadline(clock, connectTimeoutMs);
    try {
      return await mcpClient.connect(target, { signal: deadline.signal });
    } finally {
      deadline.release();
    }
  }
}

/** Rejects when `signal` aborts before the work was sent; otherwise the work itself minds the signal. */
function abortedBefore(isSent: () => boolean, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const onAbort = () => {
      if (!isSent()) reject(timedOut(signal));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Nothing was sent yet. */
function timedOut(signal: AbortSignal): McpFailure {
  return new McpFailure('TIMEOUT', { cause: signal.reason, notExecuted: true });
}

/** Carries a failure of the work out of the pool, apart from a failed connect. */
class UseFailed extends Error {
  readonly failure: McpFailure;
  readonly mayRunAgain: boolean;

  constructor(failure: McpFailure, mayRunAgain: boolean) {
    super('use failed', { cause: failure });
    this.failure = failure;
    this.mayRunAgain = mayRunAgain;
  }
}

function unwrap(error: unknown): never {
  if (error instanceof UseFailed) throw error.failure;
  if (!(error instanceof McpFailure)) throw error;
  // The connect failed, so the work was never sent.
  throw new McpFailure(error.code, { cause: error, notExecuted: true });
}
