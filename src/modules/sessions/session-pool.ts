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

/** How many sessions of this process there are, those included that take no new calls any more. */
export interface SessionPoolStatistics {
  sessions: number;
  inUse: number;
}

/** The pool is closed: the service is stopping. */
export class SessionPoolClosed extends Error {
  override readonly name = 'SessionPoolClosed';
}

interface Session {
  id: string;
  key: SessionKey;
  connecting: Promise<McpConnection>;
  /** The connect has ended, well or not. */
  isConnectOver: boolean;
  /** Uses under way. */
  uses: number;
  lastUsedAt: number;
  /** Takes no new calls; closes when its last use ends. */
  isRetired: boolean;
  closing: Promise<void> | undefined;
}

function idOf({ tenantId, userId, connectorId, credentialGeneration }: SessionKey): string {
  return JSON.stringify([tenantId, userId, connectorId, credentialGeneration]);
}

/** Keeps one live connection per user and connector. */
export class SessionPool {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #idleMs: number;
  /** The session that takes new calls, by key. */
  readonly #current = new Map<string, Session>();
  /** Every session that is not closed yet, retired ones included. */
  readonly #open = new Set<Session>();
  #isClosed = false;

  constructor({ clock, idleMs }: SessionPoolDeps) {
    this.#clock = clock;
    this.#idleMs = idleMs;
  }

  /** Counts of this process. */
  get statistics(): SessionPoolStatistics {
    const inUse = [...this.#open].filter((session) => session.uses > 0).length;
    return { sessions: this.#open.size, inUse };
  }

  /**
   * Uses the session of this key; concurrent callers share one connect. A failed connect is forgotten, so the next
   * caller tries again.
   *
   * @param connect opens the connection where there is none.
   * @param work gets the connection, whether it was there before, and `retire`, which takes the session out of the
   * pool so that the next caller connects anew.
   * @throws SessionPoolClosed, and what `connect` or `work` throw.
   */
  async use<Result>(
    key: SessionKey,
    connect: () => Promise<McpConnection>,
    work: (
      connection: McpConnection,
      session: { isReused: boolean; retire: () => void },
    ) => Promise<Result>,
  ): Promise<Result> {
    this.#assertOpen();
    const existing = this.#current.get(idOf(key));
    const session = existing ?? this.#add(key, connect);
    session.uses += 1;
    try {
      const connection = await session.connecting;
      // The service began to stop during the connect: nothing may be sent any more.
      this.#assertOpen();
      const retire = () => this.#retire(session);
      return await work(connection, { isReused: existing !== undefined, retire });
    } finally {
      session.uses -= 1;
      session.lastUsedAt = this.#clock.monotonic();
      if (session.isRetired && session.uses === 0) void this.#end(session);
    }
  }

  /**
   * Takes the sessions of a connector out of the pool. The idle ones are closed when this resolves; each other one
   * closes when its last use, or its connect, ends.
   */
  async closeConnector(connectorId: string): Promise<void> {
    await this.#retireAll((session) => session.key.connectorId === connectorId);
  }

  /** Closes the sessions nobody has used for a while. */
  async sweep(): Promise<void> {
    const oldest = this.#clock.monotonic() - this.#idleMs;
    await this.#retireAll((session) => session.uses === 0 && session.lastUsedAt <= oldest);
  }

  /** Closes all sessions, also those in use, and refuses new ones. A connect under way is closed when it ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#current.clear();
    const closing = [...this.#open].map((session) => {
      session.isRetired = true;
      const ended = this.#end(session);
      return session.isConnectOver ? ended : undefined;
    });
    await Promise.all(closing);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new SessionPoolClosed('the session pool is closed');
  }

  #add(key: SessionKey, connect: () => Promise<McpConnection>): Session {
    const session: Session = {
      id: idOf(key),
      key,
      connecting: Promise.resolve().then(connect),
      isConnectOver: false,
      uses: 0,
      lastUsedAt: this.#clock.monotonic(),
      isRetired: false,
      closing: undefined,
    };
    this.#current.set(session.id, session);
    this.#open.add(session);
    session.connecting.then(
      () => {
        session.isConnectOver = true;
      },
      () => {
        session.isConnectOver = true;
        this.#retire(session);
        // There is nothing to close.
        this.#open.delete(session);
      },
    );
    return session;
  }

  async #retireAll(isWanted: (session: Session) => boolean): Promise<void> {
    const wanted = [...this.#open].filter(isWanted);
    for (const session of wanted) this.#retire(session);
    await Promise.all(wanted.map((session) => session.uses === 0 && session.closing));
  }

  #retire(session: Session): void {
    // A newer session may have taken the place already.
    if (this.#current.get(session.id) === session) this.#current.delete(session.id);
    session.isRetired = true;
    if (session.uses === 0) void this.#end(session);
  }

  #end(session: Session): Promise<void> {
    session.closing ??= session.connecting
      .then((connection) => connection.close())
      // A connect that failed has nothing to close, and closing reports nothing anybody could act on.
      .catch(() => undefined)
      .finally(() => this.#open.delete(session));
    return session.closing;
  }
}
