import type { Clock } from '../../lib/clock.ts';
import type { McpConnection } from '../../mcp/client/mcp-client.ts';

/** Names a session. Two users never share one, and a change of URL or credentials makes a new one. */
export interface SessionKey {
  tenantId: string;
  userId: string;
  connectorId: string;
  credentialGeneration: number;
}

/** Collaborators and limits of the {@link SessionPool}. */
export interface SessionPoolDeps {
  clock: Pick<Clock, 'monotonic'>;
  /** Milliseconds without use after which {@link SessionPool.sweep} closes a session. */
  idleMs: number;
}

interface Session {
  key: SessionKey;
  connecting: Promise<McpConnection>;
  /** Uses under way; a session that was taken out of the pool closes when the last one ends. */
  uses: number;
  lastUsedAt: number;
  isRetired: boolean;
}

/** How many sessions there are. */
export interface SessionPoolStatistics {
  sessions: number;
  inUse: number;
}

function idOf({ tenantId, userId, connectorId, credentialGeneration }: SessionKey): string {
  return JSON.stringify([tenantId, userId, connectorId, credentialGeneration]);
}

/** Keeps one live connection per user and connector. */
export class SessionPool {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #idleMs: number;
  readonly #sessions = new Map<string, Session>();
  readonly #closing = new Set<Promise<void>>();
  #isClosed = false;

  constructor({ clock, idleMs }: SessionPoolDeps) {
    this.#clock = clock;
    this.#idleMs = idleMs;
  }

  /** Counts of this process. */
  get statistics(): SessionPoolStatistics {
    let inUse = 0;
    for (const session of this.#sessions.values()) inUse += session.uses > 0 ? 1 : 0;
    return { sessions: this.#sessions.size, inUse };
  }

  /**
   * Uses the session of this key; concurrent callers share one connect. A failed connect is forgotten, so the next
   * caller tries again.
   *
   * @param connect opens the connection where there is none.
   * @param work gets the connection, whether it was there before, and `retire`, which takes the session out of the
   * pool so that the next caller connects anew.
   * @throws what `connect` or `work` throw.
   */
  async use<Result>(
    key: SessionKey,
    connect: () => Promise<McpConnection>,
    work: (
      connection: McpConnection,
      session: { isReused: boolean; retire: () => void },
    ) => Promise<Result>,
  ): Promise<Result> {
    if (this.#isClosed) throw new Error('the session pool is closed');
    const existing = this.#sessions.get(idOf(key));
    const session = existing ?? this.#open(key, connect);
    session.uses += 1;
    try {
      const connection = await session.connecting;
      const retire = () => this.#retire(session);
      return await work(connection, { isReused: existing !== undefined, retire });
    } finally {
      session.uses -= 1;
      session.lastUsedAt = this.#clock.monotonic();
      if (session.isRetired && session.uses === 0) this.#end(session);
    }
  }

  /** Takes the sessions of a connector out of the pool; each closes when its last use ends. */
  async closeConnector(connectorId: string): Promise<void> {
    for (const session of [...this.#sessions.values()]) {
      if (session.key.connectorId === connectorId) this.#retire(session);
    }
    await Promise.all(this.#closing);
  }

  /** Closes the sessions nobody has used for a while. */
  async sweep(): Promise<void> {
    const oldest = this.#clock.monotonic() - this.#idleMs;
    for (const session of [...this.#sessions.values()]) {
      if (session.uses === 0 && session.lastUsedAt <= oldest) this.#retire(session);
    }
    await Promise.all(this.#closing);
  }

  /** Closes all sessions, also those in use, and refuses new ones. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const session of [...this.#sessions.values()]) {
      this.#sessions.delete(idOf(session.key));
      session.isRetired = true;
      this.#end(session);
    }
    await Promise.all(this.#closing);
  }

  #open(key: SessionKey, connect: () => Promise<McpConnection>): Session {
    const session: Session = {
      key,
      connecting: Promise.resolve().then(connect),
      uses: 0,
      lastUsedAt: this.#clock.monotonic(),
      isRetired: false,
    };
    this.#sessions.set(idOf(key), session);
    session.connecting.catch(() => this.#forget(session));
    return session;
  }

  #forget(session: Session): void {
    const id = idOf(session.key);
    // A newer session may have taken the place already.
    if (this.#sessions.get(id) === session) this.#sessions.delete(id);
  }

  #retire(session: Session): void {
    if (session.isRetired) return;
    session.isRetired = true;
    this.#forget(session);
    if (session.uses === 0) this.#end(session);
  }

  #end(session: Session): void {
    const closing = session.connecting
      .then(
        (connection) => connection.close(),
        () => undefined,
      )
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
