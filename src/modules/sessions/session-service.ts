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
   * the server did not execute the request.
   * @throws McpFailure, or what `openTarget` throws.
   */
  async run<Result>(
    identity: Identity,
    subject: SessionSubject,
    work: (connection: McpConnection) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await this.#runOnce(identity, subject, work);
    } catch (error) {
      if (error instanceof UseFailed && error.mayRunAgain) {
        return await this.#runOnce(identity, subject, work).catch(unwrap);
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
  ): Promise<Result> {
    const { tenantId, userId } = identity;
    const key = { tenantId, userId, connectorId, credentialGeneration };
    const { pool, mcpClient, connectTimeoutMs } = this.#deps;
    const connect = async () =>
      mcpClient.connect(await openTarget(), { signal: AbortSignal.timeout(connectTimeoutMs) });
    return await pool.use(key, connect, async (connection, { isReused, retire }) => {
      try {
        return await work(connection);
      } catch (error) {
        if (!(error instanceof McpFailure)) throw error;
        // Whatever failed once on this connection is not trusted with the next call.
        retire();
        throw new UseFailed(error, error.notExecuted && (isReused || error.sessionLost));
      }
    });
  }
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
  throw error instanceof UseFailed ? error.failure : error;
}
