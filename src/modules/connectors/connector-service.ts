import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import type { Identity } from '../../tenancy/caller.ts';
import {
  type Connector,
  type ConnectorIntent,
  type ConnectorRecord,
  faultAfter,
  isPersonal,
} from './connector.ts';
import { changeRecord, getAcceptedRecord, getRecord } from './connector-records.ts';
import type { ConnectorSecrets } from './connector-secrets.ts';
import type { ConnectorPosition, ConnectorStore, MemberRecord } from './connector-store.ts';
import type { ConnectorVersions } from './connector-update.ts';
import type { GrantRevocation } from './grant-revocation.ts';
import { assertOwnerDeletes } from './managed-connectors.ts';

/** Collaborators of the {@link ConnectorService}. */
export interface ConnectorServiceDeps {
  store: Pick<
    ConnectorStore,
    'list' | 'find' | 'update' | 'delete' | 'putPersonal' | 'listMembers'
  >;
  secrets: ConnectorSecrets;
  clock: Pick<Clock, 'now'>;
  log: OperationLog;
  revocation: Pick<GrantRevocation, 'revoke' | 'revokeAll'>;
  /** Called after the connector's secret or intent changed, or it is gone, for all or for one user: those sessions are dead. */
  onSessionsInvalid(connectorId: string, userId?: string): Promise<void>;
}

/** Reads and deletes connectors, and makes the changes that need no test. */
export class ConnectorService {
  readonly #deps: ConnectorServiceDeps;

  constructor(deps: ConnectorServiceDeps) {
    this.#deps = deps;
  }

  /** Newest first. Reads one more than `limit` to tell whether there is another page. */
  async list(
    identity: Identity,
    page: { limit: number; after: ConnectorPosition | undefined },
  ): Promise<{ items: Connector[]; next: ConnectorPosition | undefined }> {
    const records = await this.#deps.store.list(identity, { ...page, limit: page.limit + 1 });
    const items = records.slice(0, page.limit);
    const last = records.length > page.limit ? items.at(-1) : undefined;
    return {
      items: items.map((record) => this.#deps.secrets.toConnector(identity, record)),
      next: last === undefined ? undefined : { createdAt: last.createdAt, id: last.id },
    };
  }

  /** @throws AppError `CONNECTOR_NOT_FOUND` */
  async get(identity: Identity, id: string): Promise<Connector> {
    return this.#deps.secrets.toConnector(identity, await this.getRecord(identity, id));
  }

  /** The connector with its secrets still sealed. @throws AppError `CONNECTOR_NOT_FOUND` */
  getRecord(identity: Identity, id: string): Promise<ConnectorRecord> {
    return getRecord(this.#deps.store, { identity, id });
  }

  /**
   * Deletes the stored secret, and has its server revoke a sign-in. The connector stays and asks for new credentials; where they are
   * personal, this member.
   * @throws AppError `CONNECTOR_NOT_FOUND`, `CREDENTIALS_NOT_FOUND`, `PRECONDITION_FAILED`.
   */
  deleteCredentials(identity: Identity, id: string, accepts: ConnectorVersions): Promise<void> {
    return this.#deps.log.change('connector.delete_credentials', identity, async (fields) => {
      fields.connector_id = id;
      const record = await getAcceptedRecord(this.#deps.store, { identity, id }, accepts);
      if (isPersonal(record)) return await this.#deletePersonal(identity, record);
      let before: ConnectorRecord | undefined;
      await changeRecord(this.#deps.store, { identity, id }, accepts, (current) => {
        if (current.credential === undefined) throw new AppError('CREDENTIALS_NOT_FOUND');
        before = current;
        const at = this.#deps.clock.now();
        const fault = faultAfter(current.fault, { code: 'AUTH_REQUIRED', at });
        return { at, credential: null, health: { health: 'NEEDS_AUTH', fault } };
      });
      await this.#deps.onSessionsInvalid(id);
      if (before !== undefined) await this.#deps.revocation.revoke(identity, before);
    });
  }

  async #deletePersonal(identity: Identity, record: ConnectorRecord): Promise<void> {
    const { store, clock, onSessionsInvalid, revocation } = this.#deps;
    if (record.credential === undefined) throw new AppError('CREDENTIALS_NOT_FOUND');
    const saved = await store.putPersonal(identity, record, null, clock.now());
    if (saved === undefined) throw new AppError('CONNECTOR_CHANGED');
    await onSessionsInvalid(record.id, identity.userId);
    await revocation.revoke(identity, record);
  }

  /** Says what the owner wants; saying it twice changes nothing. @throws AppError `CONNECTOR_NOT_FOUND`, `PRECONDITION_FAILED` */
  setIntent(
    identity: Identity,
    id: string,
    intent: ConnectorIntent,
    accepts: ConnectorVersions,
  ): Promise<Connector> {
    return this.#deps.log.change('connector.set_status', identity, async (fields) => {
      fields.connector_id = id;
      const { store, secrets, clock } = this.#deps;
      const record = await changeRecord(store, { identity, id }, accepts, (current) =>
        current.intent === intent ? undefined : { intent, at: clock.now() },
      );
      if (intent === 'DISABLED') await this.#deps.onSessionsInvalid(id);
      return secrets.toConnector(identity, record);
    });
  }

  /**
   * Deletes the connector with its secret and tools, and has its server revoke a sign-in.
   * @param options.isCatalog the catalog takes back what it gave; default: the owner deletes what they typed.
   * @throws AppError `CONNECTOR_NOT_FOUND`, `PRECONDITION_FAILED`, `CONNECTOR_MANAGED`
   */
  delete(
    identity: Identity,
    id: string,
    accepts: ConnectorVersions,
    { isCatalog = false }: { isCatalog?: boolean } = {},
  ): Promise<void> {
    return this.#deps.log.change('connector.delete', identity, async (fields) => {
      fields.connector_id = id;
      const record = await getAcceptedRecord(this.#deps.store, { identity, id }, accepts);
      if (!isCatalog) assertOwnerDeletes(record);
      const version = accepts === undefined ? undefined : record.version;
      const grants = await this.#grantsOf(identity, record);
      const isDeleted = await this.#deps.store.delete(identity, id, version);
      if (!isDeleted) {
        throw new AppError(version === undefined ? 'CONNECTOR_NOT_FOUND' : 'PRECONDITION_FAILED');
      }
      await this.#deps.onSessionsInvalid(id);
      await this.#deps.revocation.revokeAll(grants);
    });
  }

  /** What is to be revoked with the connector: its own, or that of each member. */
  async #grantsOf(identity: Identity, record: ConnectorRecord): Promise<MemberRecord[]> {
    if (!isPersonal(record)) return [{ identity, record }];
    return await this.#deps.store.listMembers(identity, record.id);
  }
}
