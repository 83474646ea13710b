import { AppError } from '../../errors/app-error.ts';
import { Cancelled } from '../../lib/cancelled.ts';
import type { Clock } from '../../lib/clock.ts';
import { startDeadline } from '../../lib/deadline.ts';
import { type LinkedSignal, linkSignals } from '../../mcp/client/linked-signal.ts';
import type { McpConnection, McpTarget } from '../../mcp/client/mcp-client.ts';
import { OwnError } from '../../outbound/own-error.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorService, ConnectorTargets } from '../connectors/index.ts';
import type { SessionOwner, SessionService } from './session-service.ts';

/** The connector whose server is asked. */
export interface RequestSubject extends SessionOwner {
  /** The project it belongs to; undefined for one of the user's own, though the user may be at work in a project. */
  projectId: string | undefined;
  /** How long the request may take, connect included: 1 to 300. */
  callTimeoutSeconds: number;
}

/** How a request is given up, and what becomes of it where its connector has changed. */
export interface ServerRequestOptions<Subject> {
  /** The caller does not wait any more. */
  signal: AbortSignal | undefined;
  /**
   * Looks the subject up again, where the connector has got another URL or other credentials since; nothing was sent yet. It has to ask
   * the database, and to judge anew whether the request may be sent: the server may be another one.
   */
  renew: () => Promise<Subject>;
}

/** Collaborators of the {@link ServerRequestService}. */
export interface ServerRequestServiceDeps {
  connectors: Pick<ConnectorService, 'getRecord'>;
  targets: Pick<ConnectorTargets, 'openTarget'>;
  sessions: Pick<SessionService, 'run'>;
  clock: Pick<Clock, 'sleep'>;
  /** Requests that one user may have under way; each may last for minutes, and holds what is to be sent. */
  maxPerUser: number;
}

/** What is asked of a server. */
type ServerWork<Subject, Result> = (
  connection: McpConnection,
  subject: Subject,
  signal: AbortSignal,
) => Promise<Result>;

/** The service is stopping and waits no longer; the reason of the signal that ends a request. */
export class ServiceStopping extends OwnError {
  override readonly name = 'ServiceStopping';
}

/** The connector has got another URL or other credentials since it was looked up; nothing was sent. */
class OutdatedSession extends Error {}

/** Seconds after which one of many requests has probably ended. */
const LIMIT_RETRY_SECONDS = 1;

/** Asks a user's servers on behalf of somebody who waits: within the connector's time, until the caller leaves or the service stops. */
export class ServerRequestService {
  readonly #deps: ServerRequestServiceDeps;
  readonly #stopping = new AbortController();
  /** Requests under way, by tenant and user. */
  readonly #underWay = new Map<string, number>();

  constructor(deps: ServerRequestServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Runs `work` on the user's session, as {@link SessionService.run} does.
   * @param work gets the subject as it was found last, and the signal that ends it.
   * @throws McpFailure; AppError `CONNECTOR_NOT_FOUND` (deleted meanwhile), `CONNECTOR_DISABLED`, `NEEDS_AUTH`, `SESSION_LIMIT_REACHED`
   * where the user has too many under way, those of a session, and what `renew` throws
   */
  async run<Subject extends RequestSubject, Result>(
    identity: Identity,
    subject: Subject,
    work: ServerWork<Subject, Result>,
    options: ServerRequestOptions<Subject>,
  ): Promise<Result> {
    const leave = this.#enter(identity, subject.connectorId);
    try {
      return await this.#run(identity, subject, work, options);
    } finally {
      leave();
    }
  }

  /** @returns counts the request no longer */
  #enter({ tenantId, userId }: Identity, connectorId: string): () => void {
    const { maxPerUser } = this.#deps;
    const user = JSON.stringify([tenantId, userId]);
    const before = this.#underWay.get(user) ?? 0;
    if (before >= maxPerUser) throw tooManyUnderWay(maxPerUser, connectorId);
    this.#underWay.set(user, before + 1);
    return () => {
      const left = (this.#underWay.get(user) ?? 1) - 1;
      if (left > 0) this.#underWay.set(user, left);
      else this.#underWay.delete(user);
    };
  }

  async #run<Subject extends RequestSubject, Result>(
    identity: Identity,
    subject: Subject,
    work: ServerWork<Subject, Result>,
    options: ServerRequestOptions<Subject>,
  ): Promise<Result> {
    const { clock, sessions } = this.#deps;
    const deadline = startDeadline(clock, subject.callTimeoutSeconds * 1000);
    const given = options.signal && cancelledBy(options.signal);
    const linked = linkSignals([deadline.signal, given?.signal, this.#stopping.signal]);
    const { signal } = linked;
    const run = (present: Subject) => {
      const { connectorId, credentialGeneration, projectId } = present;
      const { tenantId, userId } = identity;
      const place = { tenantId, userId, projectId };
      const owner = { connectorId, credentialGeneration };
      const target = { ...owner, openTarget: () => this.#openTarget(place, owner) };
      const send = (connection: McpConnection) => work(connection, present, signal);
      return sessions.run(place, target, send, { signal });
    };
    let present = subject;
    try {
      for (;;) {
        try {
          return await run(present);
        } catch (error) {
          if (!(error instanceof OutdatedSession)) throw error;
          present = await options.renew();
        }
      }
    } finally {
      linked.release();
      given?.release();
      deadline.release();
    }
  }

  /** Ends every request under way, and every later one: the service cannot wait for them. */
  abortAll(): void {
    this.#stopping.abort(new ServiceStopping('The service is stopping.'));
  }

  async #openTarget(
    identity: Identity,
    { connectorId, credentialGeneration }: SessionOwner,
  ): Promise<McpTarget> {
    const record = await this.#deps.connectors.getRecord(identity, connectorId);
    // Disabled since it was looked up: its sessions are closed, and none may open.
    if (record.intent === 'DISABLED') throw disabledConnector(connectorId);
    // Under its old name nobody would use the session again, and nothing would close it.
    if (record.credentialGeneration !== credentialGeneration) throw new OutdatedSession();
    return await this.#deps.targets.openTarget(identity, record);
  }
}

function tooManyUnderWay(limit: number, connectorId: string): AppError {
  return new AppError('SESSION_LIMIT_REACHED', {
    detail: `All ${limit} calls that one user may have under way are. Try again when one of them has ended.`,
    extensions: { connector_id: connectorId, scope: 'user', retryable: true },
    retryAfterSeconds: LIMIT_RETRY_SECONDS,
    hadNoEffect: true,
  });
}

/** What a caller is told whose connector is disabled. */
function disabledConnector(connectorId: string): AppError {
  return new AppError('CONNECTOR_DISABLED', { extensions: { connector_id: connectorId } });
}

/** Follows the caller's signal, and says that it was the caller. */
function cancelledBy(source: AbortSignal): Pick<LinkedSignal, 'signal' | 'release'> {
  const controller = new AbortController();
  const onAbort = () => controller.abort(new Cancelled({ cause: source.reason }));
  if (source.aborted) onAbort();
  else source.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    release: () => source.removeEventListener('abort', onAbort),
  };
}
