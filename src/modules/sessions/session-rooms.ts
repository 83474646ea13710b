/** How many sessions there may be at a time, those excluded that are being closed. */
export interface SessionLimits {
  /** Of this process. */
  total: number;
  /** Of one user, over all connectors. */
  perUser: number;
  /** Of one connector, over all its users: what one server has to bear. */
  perConnector: number;
}

/** What a limit is about. */
export type SessionScope = 'user' | 'connector' | 'service';

/** Every session that could make room for a new one is in use. */
export class SessionLimitReached extends Error {
  override readonly name = 'SessionLimitReached';
  readonly scope: SessionScope;
  readonly limit: number;

  constructor(scope: SessionScope, limit: number) {
    super(`all ${limit} sessions of the ${scope} are in use`);
    this.scope = scope;
    this.limit = limit;
  }
}

/** Whose a session is. */
interface Occupant {
  key: { tenantId: string; userId: string; connectorId: string };
  /** Uses under way. */
  uses: number;
}

const NO_LIMITS: SessionLimits = {
  total: Number.POSITIVE_INFINITY,
  perUser: Number.POSITIVE_INFINITY,
  perConnector: Number.POSITIVE_INFINITY,
};

/** Keeps the number of sessions within its limits. In each set the session that was used last comes last. */
export class SessionRooms<Session extends Occupant> {
  readonly #limits: SessionLimits;
  readonly #all = new Set<Session>();
  readonly #byUser = new Map<string, Set<Session>>();
  readonly #byConnector = new Map<string, Set<Session>>();

  constructor(limits: SessionLimits = NO_LIMITS) {
    this.#limits = limits;
  }

  /**
   * Has the least recently used idle sessions evicted until there is room for one more.
   * @throws SessionLimitReached where all of them are in use
   */
  makeRoom(key: Occupant['key'], evict: (idle: Session) => void): void {
    const { total, perUser, perConnector } = this.#limits;
    const scopes = [
      { scope: 'user', limit: perUser, sessions: this.#byUser.get(userOf(key)) },
      {
        scope: 'connector',
        limit: perConnector,
        sessions: this.#byConnector.get(connectorOf(key)),
      },
      { scope: 'service', limit: total, sessions: this.#all },
    ] as const;
    for (const { scope, limit, sessions } of scopes) {
      while (sessions !== undefined && sessions.size >= limit) {
        const idle = firstIdle(sessions);
        if (idle === undefined) throw new SessionLimitReached(scope, limit);
        this.leave(idle);
        evict(idle);
      }
    }
  }

  /** Counts a new session. */
  enter(session: Session): void {
    this.#all.add(session);
    addTo(this.#byUser, userOf(session.key), session);
    addTo(this.#byConnector, connectorOf(session.key), session);
  }

  /** Makes a session the most recently used one. */
  touch(session: Session): void {
    if (!this.#all.delete(session)) return;
    this.#all.add(session);
    for (const sessions of this.#groupsOf(session)) {
      sessions?.delete(session);
      sessions?.add(session);
    }
  }

  /** Counts a session no longer. */
  leave(session: Session): void {
    if (!this.#all.delete(session)) return;
    removeFrom(this.#byUser, userOf(session.key), session);
    removeFrom(this.#byConnector, connectorOf(session.key), session);
  }

  #groupsOf({ key }: Session): (Set<Session> | undefined)[] {
    return [this.#byUser.get(userOf(key)), this.#byConnector.get(connectorOf(key))];
  }
}

function userOf({ tenantId, userId }: Occupant['key']): string {
  return JSON.stringify([tenantId, userId]);
}

function connectorOf({ tenantId, connectorId }: Occupant['key']): string {
  return JSON.stringify([tenantId, connectorId]);
}

function firstIdle<Session extends Occupant>(sessions: ReadonlySet<Session>): Session | undefined {
  for (const session of sessions) if (session.uses === 0) return session;
  return undefined;
}

function addTo<Session>(groups: Map<string, Set<Session>>, name: string, session: Session): void {
  const group = groups.get(name);
  if (group === undefined) groups.set(name, new Set([session]));
  else group.add(session);
}

function removeFrom<Session>(
  groups: Map<string, Set<Session>>,
  name: string,
  session: Session,
): void {
  const group = groups.get(name);
  group?.delete(session);
  if (group?.size === 0) groups.delete(name);
}
