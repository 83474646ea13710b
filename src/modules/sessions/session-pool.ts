import type { Clock } from '../../lib/clock.ts';
import type { McpConnection, McpEra, McpTransport } from '../../mcp/client/mcp-client.ts';
import { type SessionLimits, SessionRooms } from './session-rooms.ts';

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
  /** How many sessions there may be; any number where it is absent. */
  limits?: SessionLimits;
}

/** How many sessions of this process there are, those included that take no new calls any more. */
export interface SessionPoolStatistics {
  sessions: number;
  inUse: number;
}

/** One session, as an operator may see it. */
export interface SessionInfo extends Omit<SessionKey, 'credentialGeneration'> {
  /** Grows with each session of this process. */
  number: number;
  /** `draining` takes no new calls and closes when its last one ends. */
  state: 'connecting' | 'open' | 'draining';
  /** Undefined while it connects. */
  server: { origin: string; era: McpEra; transport: McpTransport } | undefined;
  ageMs: number;
  /** Milliseconds since its last use ended; 0 while it is in use. */
  idleMs: number;
  /** Uses under way. */
  inUse: number;
  /** Uses so far, those under way included. */
  uses: number;
}

/** The pool is closed: the service is stopping. */
export class SessionPoolClosed extends Error {
  override readonly name = 'SessionPoolClosed';
}

interface Session {
  id: string;
  number: number;
  key: SessionKey;
  connecting: Promise<McpConnection>;
  /** Set when the connect has ended well. */
  connection: McpConnection | undefined;
  /** The connect has ended, well or not. */
  isConnectOver: boolean;
  /** Uses under way. */
  uses: number;
  /** Uses so far. */
  totalUses: number;
  createdAt: number;
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
  /** Every session that is not closed yet, retired ones included; the oldest first. */
  readonly #open = new Set<Session>();
  readonly #rooms: SessionRooms<Session>;
  #created = 0;
  #isClosed = false;

  constructor({ clock, idleMs, limits }: SessionPoolDeps) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#rooms = new SessionRooms(limits);
  }

  /** Counts of this process. */
  get statistics(): SessionPoolStatistics {
    let inUse = 0;
    for (const session of this.#open) inUse += session.uses > 0 ? 1 : 0;
    return { sessions: this.#open.size, inUse };
  }

  /**
   * Uses the session of this key; concurrent callers share one connect. A failed connect is forgotten, so the next
   * caller tries again. Where a limit is reached, the session that was idle for the longest time makes room.
   *
   * @param connect opens the connection where there is none.
   * @param work gets the connection, whether it was there before, and `retire`, which takes the session out of the
   * pool so that the next caller connects anew.
   * @throws SessionLimitReached where all sessions that could make room are in use; SessionPoolClosed, and what
   * `connect` or `work` throw.
   */
  async use<Result>(
    key: SessionKey,
    connect: () => Promise<McpConnection>,
    work: (
      connection: McpConnection,
      session: { isReused: boolean; retire: () => void },
    ) => Promise<Result>,
  ): Promise<Result> {
    for (;;) {
      this.#assertOpen();
      const existing = this.#current.get(idOf(key));
      const session = existing ?? this.#add(key, connect);
      session.uses += 1;
      session.totalUses += 1;
      this.#rooms.touch(session);
      try {
        const connection = await session.connecting;
        // The service began to stop during the connect: nothing may be sent any more.
        this.#assertOpen();
        // Neither to a server that the connector was taken away from meanwhile, nor with the credentials it had.
        if (session.isRetired) continue;
        const retire = () => this.#retire(session);
        return await work(connection, { isReused: existing !== undefined, retire });
      } finally {
        session.lastUsedAt = this.#clock.monotonic();
        this.#rooms.touch(session);
        this.#endUse(session);
      }
    }
  }

  /**
   * Uses the session of this key where there is one, without making it any younger: work of our own must not keep a session
   * that nobody uses.
   * @returns undefined where there is none
   * @throws what `work` throws
   */
  async useExisting<Result>(
    key: SessionKey,
    work: (connection: McpConnection, session: { retire: () => void }) => Promise<Result>,
  ): Promise<Result | undefined> {
    const session = this.#current.get(idOf(key));
    if (session?.connection === undefined) return undefined;
    session.uses += 1;
    try {
      return await work(session.connection, { retire: () => this.#retire(session) });
    } finally {
      this.#endUse(session);
    }
  }

  /** The sessions that are open, the oldest first. */
  *list(): Generator<SessionInfo> {
    const now = this.#clock.monotonic();
    for (const session of this.#open) yield infoOf(session, now);
  }

  /**
   * Takes the sessions of a connector out of the pool. The idle ones are closed when this resolves; each other one
   * closes when its last use, or its connect, ends; who waited for the connect connects anew, and learns whether that is still allowed.
   */
  async closeConnector(connectorId: string): Promise<void> {
    await this.#retireAll(({ key }) => key.connectorId === connectorId);
  }

  /** As {@link closeConnector}, for the sessions of one user that are not of this generation; for all of theirs where it is undefined. */
  async closeOthers(
    { connectorId, userId }: Pick<SessionKey, 'connectorId' | 'userId'>,
    kept: number | undefined,
  ): Promise<void> {
    await this.#retireAll(
      ({ key }) =>
        key.connectorId === connectorId &&
        key.userId === userId &&
        key.credentialGeneration !== kept,
    );
  }

  /** As {@link closeConnector}, for the sessions of one user, or of one of their connectors. @returns how many there were of each kind */
  async closeUser(
    { tenantId, userId }: Pick<SessionKey, 'tenantId' | 'userId'>,
    connectorId?: string,
  ): Promise<{ closed: number; draining: number }> {
    const retired = await this.#retireAll(
      ({ key, isRetired }) =>
        !isRetired &&
        key.tenantId === tenantId &&
        key.userId === userId &&
        (connectorId === undefined || key.connectorId === connectorId),
    );
    const draining = retired.filter(({ uses }) => uses > 0).length;
    return { closed: retired.length - draining, draining };
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
    this.#rooms.makeRoom(key, (idle) => this.#retire(idle));
    const now = this.#clock.monotonic();
    this.#created += 1;
    const session: Session = {
      id: idOf(key),
      number: this.#created,
      key,
      connecting: Promise.resolve().then(connect),
      connection: undefined,
      isConnectOver: false,
      uses: 0,
      totalUses: 0,
      createdAt: now,
      lastUsedAt: now,
      isRetired: false,
      closing: undefined,
    };
    this.#current.set(session.id, session);
    this.#open.add(session);
    this.#rooms.enter(session);
    session.connecting.then(
      (connection) => {
        session.isConnectOver = true;
        session.connection = connection;
      },
      () => {
        session.isConnectOver = true;
        this.#retire(session);
        // There is nothing to close.
        this.#forget(session);
      },
    );
    return session;
  }

  #endUse(session: Session): void {
    session.uses -= 1;
    if (session.isRetired && session.uses === 0) void this.#end(session);
  }

  async #retireAll(isWanted: (session: Session) => boolean): Promise<Session[]> {
    const wanted = [...this.#open].filter(isWanted);
    for (const session of wanted) this.#retire(session);
    await Promise.all(wanted.map((session) => session.uses === 0 && session.closing));
    return wanted;
  }

  #retire(session: Session): void {
    // A newer session may have taken the place already.
    if (this.#current.get(session.id) === session) this.#current.delete(session.id);
    session.isRetired = true;
    if (session.uses === 0) void this.#end(session);
  }

  #end(session: Session): Promise<void> {
    // What only waits for its goodbye to arrive takes nobody's room.
    this.#rooms.leave(session);
    session.closing ??= session.connecting
      .then((connection) => connection.close())
      // A connect that failed has nothing to close, and closing reports nothing anybody could act on.
      .catch(() => undefined)
      .finally(() => this.#forget(session));
    return session.closing;
  }

  #forget(session: Session): void {
    this.#rooms.leave(session);
    this.#open.delete(session);
  }
}

function infoOf(session: Session, now: number): SessionInfo {
  const { connection, key, uses } = session;
  const { tenantId, userId, connectorId } = key;
  const open = connection === undefined ? 'connecting' : 'open';
  return {
    number: session.number,
    tenantId,
    userId,
    connectorId,
    state: session.isRetired ? 'draining' : open,
    server: connection && {
      origin: connection.serverOrigin,
      era: connection.era,
      transport: connection.transport,
    },
    ageMs: Math.round(now - session.createdAt),
    idleMs: uses > 0 ? 0 : Math.round(now - session.lastUsedAt),
    inUse: uses,
    uses: session.totalUses,
  };
}
