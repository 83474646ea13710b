import { AppError } from '../../errors/app-error.ts';
import { Cancelled } from '../../lib/cancelled.ts';
import type { Clock } from '../../lib/clock.ts';
import { startDeadline } from '../../lib/deadline.ts';
import type { McpClient, McpConnection, McpTarget } from '../../mcp/client/mcp-client.ts';
import { isOutage, McpFailure } from '../../mcp/client/mcp-failure.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { BreakerOpen, type CircuitBreakers } from './circuit-breakers.ts';
import type { SessionKey, SessionPool } from './session-pool.ts';
import { SessionLimitReached } from './session-rooms.ts';

/** A connector with its present credentials. */
export interface SessionOwner {
  connectorId: string;
  credentialGeneration: number;
}

/** The connector to talk to, and how to get at its target when there is no session yet. */
export interface SessionSubject extends SessionOwner {
  /** Opens URL and secret; called only for a new connection. */
  openTarget: () => Promise<McpTarget>;
}

/** A server that is not asked for a while. */
export interface ServerPause {
  /** For the user. */
  detail: string;
  retryAfterSeconds: number;
}

/** Why the tools of a connector may be others than those that are stored. */
export type ToolChangeSign =
  /** The server says so. */
  | 'announced'
  /** It lost our session, so it was probably restarted. */
  | 'restarted'
  /** Nothing but that time passes. */
  | 'used';

/** Collaborators of the {@link SessionService}. */
export interface SessionServiceDeps {
  pool: SessionPool;
  breakers: CircuitBreakers;
  mcpClient: McpClient;
  clock: Pick<Clock, 'sleep'>;
  /** Milliseconds a connect may take. */
  connectTimeoutMs: number;
  /** Told whenever a server may have changed its tools; must not throw. */
  onToolsMayDiffer: (identity: Identity, connectorId: string, sign: ToolChangeSign) => void;
}

/** Seconds after which a session may have become idle. */
const LIMIT_RETRY_SECONDS = 5;

/** Runs work on a user's live session with a server, and connects where there is none. */
export class SessionService {
  readonly #deps: SessionServiceDeps;
  /** What each connection was opened with. */
  readonly #targets = new WeakMap<McpConnection, McpTarget>();

  constructor(deps: SessionServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Runs `work` on the session. It runs a second time, on a fresh connection, only where the first failure proves that
   * the server did not execute the request. `signal` ends the wait for a connect, which goes on for others; `work` minds
   * it itself. Where its reason is a {@link Cancelled}, the session stays.
   * @throws McpFailure, or what `openTarget` throws; AppError `UPSTREAM_UNREACHABLE` while the breaker of the connector is open,
   * `SESSION_LIMIT_REACHED` and `SESSIONS_EXHAUSTED` where there is no room for a session
   */
  async run<Result>(
    identity: Identity,
    subject: SessionSubject,
    work: (connection: McpConnection) => Promise<Result>,
    { signal }: { signal: AbortSignal },
  ): Promise<Result> {
    const { breakers, onToolsMayDiffer } = this.#deps;
    const { connectorId } = subject;
    const key = keyOf(identity, subject);
    const permit = translated(connectorId, () => breakers.admit(key));
    try {
      const result = await this.#runTwice(identity, subject, work, signal);
      breakers.succeeded(key);
      onToolsMayDiffer(identity, connectorId, 'used');
      return result;
    } catch (error) {
      // A failed connect was counted where it happened: once for all who waited for it.
      if (error instanceof UseFailed && isOutage(error.failure)) {
        breakers.failed(key, error.failure.code);
      }
      return unwrap(error, connectorId);
    } finally {
      permit.release();
    }
  }

  /**
   * Runs `work` on the session only where there is one, and without keeping it from becoming idle.
   * @returns undefined where there is none
   * @throws McpFailure
   */
  runIfOpen<Result>(
    identity: Identity,
    owner: SessionOwner,
    work: (connection: McpConnection) => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.#deps.pool.useExisting(keyOf(identity, owner), async (connection, { retire }) => {
      try {
        return await work(connection);
      } catch (error) {
        if (error instanceof McpFailure) retire();
        throw error;
      }
    });
  }

  /** Why a call would not be tried now: the server failed several times in a row. Undefined where it would be. */
  findPause({ tenantId }: Identity, owner: SessionOwner): ServerPause | undefined {
    const refusal = this.#deps.breakers.findRefusal({ tenantId, ...owner });
    return refusal && pauseOf(refusal);
  }

  /** Ends the sessions of a connector, of all its users or of one. */
  closeConnector(connectorId: string, userId?: string): Promise<void> {
    const { pool } = this.#deps;
    if (userId === undefined) return pool.closeConnector(connectorId);
    return pool.closeOthers({ connectorId, userId }, undefined);
  }

  /** The server passed a test: calls go to it again. */
  trust(connectorId: string): void {
    this.#deps.breakers.reset(connectorId);
  }

  async #runTwice<Result>(
    identity: Identity,
    subject: SessionSubject,
    work: (connection: McpConnection) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    try {
      return await this.#runOnce(identity, subject, work, signal);
    } catch (error) {
      if (!(error instanceof UseFailed) || !error.mayRunAgain) throw error;
      const result = await this.#runOnce(identity, subject, work, signal);
      if (error.failure.sessionLost) {
        this.#deps.onToolsMayDiffer(identity, subject.connectorId, 'restarted');
      }
      return result;
    }
  }

  async #runOnce<Result>(
    identity: Identity,
    subject: SessionSubject,
    work: (connection: McpConnection) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    const connect = () => this.#connect(identity, subject);
    let isSent = false;
    const used = this.#deps.pool.use(
      keyOf(identity, subject),
      connect,
      async (connection, { isReused, retire }) => {
        if (signal.aborted) throw timedOut(signal);
        isSent = true;
        try {
          return await work(connection);
        } catch (error) {
          if (!(error instanceof McpFailure)) throw error;
          // Whatever failed once on this connection is not trusted with the next call; a caller who left is no failure.
          if (!(signal.reason instanceof Cancelled)) retire();
          const target = this.#targets.get(connection);
          const isRenewed = await renewRefused(error, target);
          const mayHelp = isReused || error.sessionLost || isRenewed;
          const failure = await withScopesNoted(error, target);
          throw new UseFailed(failure, error.notExecuted && mayHelp);
        }
      },
    );
    return await unlessAborted(used, () => isSent, signal);
  }

  async #connect(identity: Identity, subject: SessionSubject): Promise<McpConnection> {
    const { breakers, onToolsMayDiffer } = this.#deps;
    const { connectorId } = subject;
    const target = await subject.openTarget();
    try {
      const connection = await this.#connectOnce(target).catch(async (error: unknown) => {
        const isRenewed = await renewRefused(error, target);
        if (!isRenewed && !mayBeElsewhere(error, target)) throw error;
        const next = await subject.openTarget();
        if (!isRenewed && next.url === target.url) throw error;
        return await this.#connectOnce(next);
      });
      connection.watchLists(() => onToolsMayDiffer(identity, connectorId, 'announced'));
      return connection;
    } catch (error) {
      if (error instanceof McpFailure && isOutage(error, { whileConnecting: true })) {
        breakers.failed(keyOf(identity, subject), error.code);
      }
      throw error instanceof McpFailure ? await withScopesNoted(error, target) : error;
    }
  }

  async #connectOnce(target: McpTarget): Promise<McpConnection> {
    const { mcpClient, clock, connectTimeoutMs } = this.#deps;
    const deadline = startDeadline(clock, connectTimeoutMs);
    try {
      const connection = await mcpClient.connect(target, { signal: deadline.signal });
      this.#targets.set(connection, target);
      return connection;
    } finally {
      deadline.release();
    }
  }
}

/** Has secrets renewed that the server refused with 401. @returns are there newer ones? */
async function renewRefused(error: unknown, target: McpTarget | undefined): Promise<boolean> {
  const isRefusal =
    error instanceof McpFailure && error.code === 'AUTH_FAILED' && error.notExecuted;
  return isRefusal && target?.renew !== undefined && (await target.renew());
}

/** A server of ours may run several times, or somewhere else by now: the place that was asked did not answer. */
function mayBeElsewhere(error: unknown, { isPinned }: McpTarget): boolean {
  return isPinned === true && error instanceof McpFailure && error.code === 'CONNECTION_FAILED';
}

/** Has it remembered which rights the server wants. @returns the failure, which says whether a sign-in may bring them */
async function withScopesNoted(
  failure: McpFailure,
  target: McpTarget | undefined,
): Promise<McpFailure> {
  const { code, missingScopes, notExecuted, sessionLost, status, cause } = failure;
  if (missingScopes === undefined) return failure;
  const { scopes } = missingScopes;
  const mayBeGranted = (await target?.onMissingScopes?.(scopes)) ?? false;
  const options = { notExecuted, sessionLost, cause, ...(status !== undefined && { status }) };
  return new McpFailure(code, { ...options, missingScopes: { scopes, mayBeGranted } });
}

function keyOf(identity: Identity, owner: SessionOwner): SessionKey {
  const { tenantId, userId } = identity;
  const { connectorId, credentialGeneration } = owner;
  return { tenantId, userId, connectorId, credentialGeneration };
}

/** Gives up when `signal` aborts before the work was sent; otherwise the work itself minds the signal. */
function unlessAborted<Result>(
  work: Promise<Result>,
  isSent: () => boolean,
  signal: AbortSignal,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      if (!isSent()) reject(timedOut(signal));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
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

function unwrap(error: unknown, connectorId: string): never {
  if (error instanceof UseFailed) throw error.failure;
  if (error instanceof McpFailure) {
    // The connect failed, so the work was never sent.
    throw new McpFailure(error.code, { cause: error, notExecuted: true });
  }
  throw refusalOf(error, connectorId);
}

function translated<Result>(connectorId: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw refusalOf(error, connectorId);
  }
}

function pauseOf({ retryAfterMs }: BreakerOpen): ServerPause {
  const retryAfterSeconds = Math.ceil(retryAfterMs / 1000);
  const detail = `The server failed several times in a row, so it was not asked. It is tried again in ${retryAfterSeconds} seconds, or at once after its connector was tested or synced with success.`;
  return { detail, retryAfterSeconds };
}

/** What callers are told where nothing was tried; other errors stay as they are. */
function refusalOf(error: unknown, connectorId: string): unknown {
  if (error instanceof BreakerOpen) {
    const { detail, retryAfterSeconds } = pauseOf(error);
    return new AppError('UPSTREAM_UNREACHABLE', {
      detail,
      extensions: { connector_id: connectorId, reason: error.lastCode, retryable: true },
      retryAfterSeconds,
      hadNoEffect: true,
    });
  }
  if (error instanceof SessionLimitReached) {
    const { scope, limit } = error;
    return new AppError(scope === 'service' ? 'SESSIONS_EXHAUSTED' : 'SESSION_LIMIT_REACHED', {
      detail: LIMIT_DETAILS[scope](limit),
      extensions: { connector_id: connectorId, scope, retryable: true },
      retryAfterSeconds: LIMIT_RETRY_SECONDS,
      hadNoEffect: true,
    });
  }
  return error;
}

const LIMIT_DETAILS = {
  user: (limit: number) =>
    `All ${limit} sessions that one user may have are in use. Try again when a call has ended.`,
  connector: (limit: number) =>
    `All ${limit} sessions that one connector may have are in use. Try again when a call has ended.`,
  service: () => 'All sessions of this service are in use. Try again shortly.',
} as const;
