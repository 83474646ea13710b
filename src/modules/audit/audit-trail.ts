import { DatabaseUnavailable } from '../../database/database-unavailable.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Change, ChangeContext } from '../../lib/change-context.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ChangeTrail, OperationFields } from '../../lib/operation-log.ts';
import type { RequestContext } from '../../lib/request-context.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import { shapeOf } from './argument-shape.ts';
import type { AuditEntry } from './audit.ts';
import type { AuditStore } from './audit-store.ts';

/** Collaborators of the {@link AuditTrail}. */
export interface AuditTrailDeps {
  store: Pick<AuditStore, 'insert'>;
  changes: ChangeContext;
  requests: Pick<RequestContext, 'fields' | 'caller'>;
  clock: Pick<Clock, 'now'>;
  /** Told how many entries were lost: there was no room for them while the database was away, or it refused them. */
  onLost(count: number, error?: unknown): void;
}

/** A tool call that has ended. */
export interface EndedCall {
  /** As agents call it. */
  tool: string;
  arguments: Readonly<Record<string, unknown>>;
  connectorId: string | undefined;
  outcome: string;
  durationMs: number;
}

/** Entries that wait to be written at most; the oldest are lost first. */
const MAX_WAITING = 10_000;
/** Entries that are written at a time. */
const BATCH = 1_000;
/** Of a text from outside; longer ones are cut. */
const MAX_TEXT = 255;
/** What stands for an erased user in what was under way then. */
const ERASED = 'erased';
/** Milliseconds for which calls from before an erasure may still end. */
const LONGEST_CALL_MS = 600_000;
/** What tools are called by; anything else that a caller sent as a name may be something else. */
const TOOL_NAME = /^[\w-]{1,64}$/;

/**
 * Keeps what is recorded outside of transactions: tool calls, refusals, and what changes no row. It waits in memory for half a second or
 * so, and is written in batches; what a killed process had not written is lost.
 */
export class AuditTrail implements ChangeTrail {
  readonly #deps: AuditTrailDeps;
  #waiting: AuditEntry[] = [];
  #writing: Promise<void> | undefined;
  /** When users were erased lately, whose calls may still end. */
  readonly #erased = new Map<string, number>();
  /** Failures that are recorded already, by an operation inside of the one that passes them on. */
  readonly #told = new WeakSet<object>();

  constructor(deps: AuditTrailDeps) {
    this.#deps = deps;
  }

  within<Result>(change: Change | undefined, work: () => Promise<Result>): Promise<Result> {
    return this.#deps.changes.run(change, work);
  }

  ended(change: Change, outcome: string, fields: OperationFields, error?: unknown): void {
    if (error === undefined ? change.isRecorded : this.#isTold(error)) return;
    const { for_user: forUser, connector_id: connectorId, tool_id: toolId } = fields;
    const object =
      forUser === undefined
        ? {
            objectKind: toolId === undefined ? 'connector' : 'tool',
            objectId: toolId ?? connectorId,
          }
        : { objectKind: 'user', objectId: forUser };
    const named = object.objectId === undefined ? {} : object;
    this.#add(change.identity, { action: change.action, outcome, connectorId, ...named });
  }

  /** Is this failure recorded by now, or by somebody else? */
  #isTold(error: unknown): boolean {
    // Whoever answers 403 records it: most are refused before there is an operation.
    if (error instanceof AppError && error.status === 403) return true;
    if (typeof error !== 'object' || error === null) return false;
    const isTold = this.#told.has(error);
    this.#told.add(error);
    return isTold;
  }

  /** A tool call has ended; its arguments are looked at, and not kept. */
  called(identity: Identity, call: EndedCall): void {
    const { tool, arguments: args, connectorId, outcome, durationMs } = call;
    const objectId = TOOL_NAME.test(tool) ? tool : undefined;
    const object = { objectKind: 'tool', objectId, connectorId, arguments: shapeOf(args) };
    this.#add(identity, { action: 'tool.call', outcome, ...object });
    const began = this.#deps.clock.now().getTime() - durationMs;
    const erasedAt = this.#erased.get(keyOf(identity));
    const last = this.#waiting.at(-1);
    if (erasedAt !== undefined && began <= erasedAt && last !== undefined) {
      forgetIn(last, identity.userId);
    }
  }

  /**
   * A user is about to be erased: writes what waits, since the erasure takes their name out of all that is written, and leaves it out of
   * calls that still end.
   * @param options.isErased another replica has done it: nobody takes the name out of what is written any more. Default false.
   */
  async forget(
    user: Pick<Identity, 'tenantId' | 'userId'>,
    { isErased = false }: { isErased?: boolean } = {},
  ): Promise<void> {
    const now = this.#deps.clock.now().getTime();
    for (const [key, at] of this.#erased) {
      if (at < now - LONGEST_CALL_MS) this.#erased.delete(key);
    }
    this.#erased.set(keyOf(user), now);
    // Where it cannot be written, it waits on.
    if (!isErased) await this.flush();
    for (const entry of this.#waiting) {
      if (entry.tenantId === user.tenantId) forgetIn(entry, user.userId);
    }
  }

  /** A request was refused because the caller has no right to it. @param action the operation that was asked for */
  forbidden(
    caller: Caller,
    action: string,
    { outcome, connectorId }: { outcome: string; connectorId: string | undefined },
  ): void {
    const object =
      connectorId === undefined ? {} : { objectKind: 'connector', objectId: connectorId };
    this.#add(caller, { action, outcome, connectorId, ...object }, caller);
  }

  /** Writes what waits. Does not throw: what cannot be written for now waits on. */
  async flush(): Promise<void> {
    // One at a time, in order.
    await this.#writing;
    this.#writing = this.#write();
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH);
      this.#waiting = this.#waiting.slice(BATCH);
      try {
        await this.#deps.store.insert(batch);
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable)) {
          this.#deps.onLost(batch.length, error);
          continue;
        }
        this.#waiting = [...batch, ...this.#waiting];
        this.#makeRoom();
        return;
      }
    }
  }

  #makeRoom(): void {
    const excess = this.#waiting.length - MAX_WAITING;
    if (excess <= 0) return;
    this.#waiting = this.#waiting.slice(excess);
    this.#deps.onLost(excess);
  }

  #add(
    { tenantId, userId, projectId }: Identity,
    about: Pick<AuditEntry, 'action' | 'outcome'> & Partial<AuditEntry>,
    caller: Caller | undefined = this.#deps.requests.caller,
  ): void {
    const { clock, requests } = this.#deps;
    const { objectKind, objectId, connectorId, ...rest } = about;
    this.#waiting.push({
      ...{ tenantId, at: clock.now(), arguments: undefined },
      actorId: caller?.userId,
      agent: caller?.actor,
      userId: userId === '' ? undefined : userId,
      projectId,
      objectKind,
      objectId: cleanText(objectId),
      connectorId: cleanText(connectorId),
      requestId: cleanText(requests.fields.request_id),
      ...rest,
    });
    this.#makeRoom();
  }
}

function keyOf({ tenantId, userId }: Pick<Identity, 'tenantId' | 'userId'>): string {
  return JSON.stringify([tenantId, userId]);
}

function forgetIn(entry: AuditEntry, userId: string): void {
  if (entry.userId === userId) entry.userId = ERASED;
  if (entry.actorId === userId) entry.actorId = ERASED;
  if (entry.objectKind === 'user' && entry.objectId === userId) entry.objectId = ERASED;
}

/** Nothing that PostgreSQL refuses, so that no entry costs those beside it. */
function cleanText(text: string | undefined): string | undefined {
  return text
    ?.slice(0, MAX_TEXT)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '');
}
