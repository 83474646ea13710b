import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { tryParseJson } from '../lib/try-parse-json.ts';
import type { NotificationListener } from './notification-listener.ts';

/** Somebody's connectors, or what belongs to one, are others than before. */
export interface OwnerChange {
  tenantId: string;
  ownerKind: 'user' | 'project';
  ownerId: string;
  /** The connector; undefined where any may have changed. */
  connectorId: string | undefined;
}

/** A committed change; `everything` where some may have been missed. */
export type Change = OwnerChange | 'everything';

/** Told of each change. What it does with it is its own affair: it must not take long. */
export type ChangeListener = (change: Change) => void;

/** Collaborators of the {@link ChangeFeed}. */
export interface ChangeFeedDeps {
  /** The connection the changes come on. */
  connection: Pick<NotificationListener, 'isConnected'>;
  /** Told what a listener threw, for the log. */
  onError: (error: unknown) => void;
}

/** The channel that the triggers of the migrations announce changes on. */
export const CHANGE_CHANNEL = 'mcp_connectors_changes';

/** The channel on which they say that instances of deployments are at other places. */
export const DEPLOYMENT_CHANNEL = 'mcp_connectors_deployments';

/** What is announced where a whole table was emptied. */
const EVERYTHING = 'everything';

/** As the triggers write it for a row. */
const Announcement = Type.Object({
  tenant_id: Type.String({ minLength: 1 }),
  owner_kind: Type.Union([Type.Literal('user'), Type.Literal('project')]),
  owner_id: Type.String({ minLength: 1 }),
  connector_id: Type.String({ minLength: 1 }),
});

/** Tells this process what any process changed, as soon as it is committed. */
export class ChangeFeed {
  readonly #deps: ChangeFeedDeps;
  readonly #listeners = new Set<ChangeListener>();

  constructor(deps: ChangeFeedDeps) {
    this.#deps = deps;
  }

  /**
   * Whether changes arrive. While they do not, nothing may be believed that was read earlier. Listeners have been told `everything`
   * by the time it becomes true.
   */
  get isLive(): boolean {
    return this.#deps.connection.isConnected;
  }

  /** Calls `listener` for each change from now on. @returns ends it */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Takes an announcement. Anybody who can connect to the database can write one; the worst it can do is that something is read again.
   * @returns false for one that no trigger of ours wrote, which changes nothing
   */
  accept(payload: string): boolean {
    if (payload === EVERYTHING) {
      this.acceptGap();
      return true;
    }
    const found = tryParseJson(payload);
    if (!Value.Check(Announcement, found)) return false;
    this.#tell({
      tenantId: found.tenant_id,
      ownerKind: found.owner_kind,
      ownerId: found.owner_id,
      connectorId: found.connector_id,
    });
    return true;
  }

  /** Changes may have been missed. */
  acceptGap(): void {
    this.#tell('everything');
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#deps.onError(error);
      }
    }
  }
}
