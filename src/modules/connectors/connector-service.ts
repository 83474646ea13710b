import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { type AuthType, assertCredentialsFit, type Credentials } from '../credentials/index.ts';
import type { ConnectionTestReport } from './connection-test.ts';
import type { Connector, ConnectorIntent, ConnectorRecord, ConnectorTool } from './connector.ts';
import type { ConnectorSecrets } from './connector-secrets.ts';
import type { ConnectorChanges, ConnectorPosition, ConnectorStore } from './connector-store.ts';
import { type ConnectorTester, discoveredState } from './connector-tester.ts';
import type { ConnectorToolStore } from './connector-tool-store.ts';
import {
  type ConnectorSettings,
  type ConnectorUpdate,
  type ConnectorVersions,
  planUpdate,
  type UpdatePlan,
} from './connector-update.ts';
import { originField, urlOrigin } from './server-url.ts';

/** What a user registers. */
export interface ConnectorDraft extends ConnectorSettings {
  name: string;
  /** 1 to 300. */
  callTimeoutSeconds: number;
  authType: AuthType;
  credentials: Credentials | undefined;
}

/** A server to test, that is not saved. */
export type TestDraft = Omit<ConnectorDraft, 'name' | 'callTimeoutSeconds'>;

/** Collaborators of the {@link ConnectorService}. */
export interface ConnectorServiceDeps {
  store: ConnectorStore;
  toolStore: Pick<ConnectorToolStore, 'listTools'>;
  secrets: ConnectorSecrets;
  tester: Pick<ConnectorTester, 'test' | 'assertPasses'>;
  clock: Pick<Clock, 'now'>;
  log: OperationLog;
  /** How many connectors an owner may have. */
  limit: number;
  /** Called after the connector's target, secret or intent changed, or it is gone: its sessions are dead. */
  onSessionsInvalid(connectorId: string): Promise<void>;
}

/** Registers, reads, changes and deletes connectors. Only what passed a test is saved. */
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
  async getRecord(identity: Identity, id: string): Promise<ConnectorRecord> {
    const record = await this.#deps.store.find(identity, id);
    if (record === undefined) throw new AppError('CONNECTOR_NOT_FOUND');
    return record;
  }

  /** By name. @throws AppError `CONNECTOR_NOT_FOUND` */
  async listTools(
    identity: Identity,
    id: string,
    page: { limit: number; after: string | undefined },
  ): Promise<{ items: ConnectorTool[]; next: string | undefined }> {
    await this.getRecord(identity, id);
    const found = await this.#deps.toolStore.listTools(identity, id, {
      ...page,
      limit: page.limit + 1,
    });
    const items = found.slice(0, page.limit);
    return { items, next: found.length > page.limit ? items.at(-1)?.name : undefined };
  }

  /**
   * Tests a server that is not saved.
   * @throws AppError `CREDENTIALS_INVALID`; a failed test is a report, not an error.
   */
  test(identity: Identity, draft: TestDraft): Promise<ConnectionTestReport> {
    return this.#deps.log.run('connector.test_unsaved', identity, async (fields) => {
      Object.assign(fields, originField(draft.serverUrl));
      assertCredentialsFit(draft.authType, draft.credentials);
      const report = await this.#deps.tester.test(draft);
      fields.outcome = report.errorCode ?? 'ok';
      fields.attempts = report.attempts;
      return report;
    });
  }

  /**
   * Tests the server and saves it.
   * @throws AppError `CREDENTIALS_INVALID`, `CONNECTOR_NAME_TAKEN`, `CONNECTOR_LIMIT_REACHED`, or the code of the failed test.
   */
  create(identity: Identity, draft: ConnectorDraft): Promise<Connector> {
    return this.#deps.log.run('connector.create', identity, async (fields) => {
      const { store, secrets, tester, clock, limit } = this.#deps;
      Object.assign(fields, originField(draft.serverUrl));
      assertCredentialsFit(draft.authType, draft.credentials);
      // Both are decided again under a lock by insert; here they spare the user the wait for a test.
      if (await store.isNameTaken(identity, draft.name)) throw new AppError('CONNECTOR_NAME_TAKEN');
      if ((await store.count(identity)) >= limit) throw new AppError('CONNECTOR_LIMIT_REACHED');
      const report = await tester.assertPasses(draft);
      const id = randomUUID();
      fields.connector_id = id;
      const record = await store.insert(
        identity,
        {
          id,
          name: draft.name,
          serverUrlSealed: secrets.sealUrl(identity, id, draft.serverUrl),
          serverOrigin: urlOrigin(draft.serverUrl),
          transport: draft.transport,
          authType: draft.authType,
          callTimeoutSeconds: draft.callTimeoutSeconds,
          credential: this.#seal(identity, draft.serverUrl, draft.credentials),
          ...discoveredState(report),
          at: clock.now(),
        },
        limit,
      );
      return secrets.toConnector(identity, record);
    });
  }

  /**
   * Changes a connector. What changes the way to the server is tested first, and saved only if the connector is still
   * the one that was tested.
   * @throws AppError `CONNECTOR_NOT_FOUND`, `PRECONDITION_FAILED`, `CREDENTIALS_REQUIRED`, `CREDENTIALS_INVALID`,
   * `CONNECTOR_NAME_TAKEN`, `CONNECTOR_CHANGED`, or the code of the failed test.
   */
  update(
    identity: Identity,
    id: string,
    update: ConnectorUpdate,
    accepts: ConnectorVersions,
  ): Promise<Connector> {
    return this.#deps.log.run('connector.update', identity, (fields) => {
      fields.connector_id = id;
      return this.#update(identity, id, update, accepts);
    });
  }

  /**
   * Replaces the credentials after a test with them; their kind becomes the connector's `authType`.
   * @throws AppError as {@link update}.
   */
  putCredentials(
    identity: Identity,
    id: string,
    credentials: Credentials,
    accepts: ConnectorVersions,
  ): Promise<Connector> {
    return this.#deps.log.run('connector.put_credentials', identity, async (fields) => {
      fields.connector_id = id;
      assertCredentialsFit(credentials.kind, credentials, '/body');
      const update = { credentials, authType: credentials.kind };
      return await this.#update(identity, id, update, accepts);
    });
  }

  /**
   * Deletes the stored secret. The connector stays and asks for new credentials.
   * @throws AppError `CONNECTOR_NOT_FOUND`, `CREDENTIALS_NOT_FOUND`, `PRECONDITION_FAILED`.
   */
  deleteCredentials(identity: Identity, id: string, accepts: ConnectorVersions): Promise<void> {
    return this.#deps.log.run('connector.delete_credentials', identity, async (fields) => {
      fields.connector_id = id;
      await this.#change(identity, id, accepts, ({ credential }) => {
        if (credential === undefined) throw new AppError('CREDENTIALS_NOT_FOUND');
        const at = this.#deps.clock.now();
        const fault = { code: 'AUTH_REQUIRED', at } as const;
        return { at, credential: null, health: { health: 'NEEDS_AUTH', fault } };
      });
      await this.#deps.onSessionsInvalid(id);
    });
  }

  /** Says what the owner wants; saying it twice changes nothing. @throws AppError `CONNECTOR_NOT_FOUND`, `PRECONDITION_FAILED` */
  setIntent(
    identity: Identity,
    id: string,
    intent: ConnectorIntent,
    accepts: ConnectorVersions,
  ): Promise<Connector> {
    return this.#deps.log.run('connector.set_status', identity, async (fields) => {
      fields.connector_id = id;
      const connector = await this.#change(identity, id, accepts, (record) =>
        record.intent === intent ? undefined : { intent, at: this.#deps.clock.now() },
      );
      if (intent === 'DISABLED') await this.#deps.onSessionsInvalid(id);
      return connector;
    });
  }

  /** Deletes the connector with its secret and tools. @throws AppError `CONNECTOR_NOT_FOUND`, `PRECONDITION_FAILED` */
  delete(identity: Identity, id: string, accepts: ConnectorVersions): Promise<void> {
    return this.#deps.log.run('connector.delete', identity, async (fields) => {
      fields.connector_id = id;
      const record = await this.#getAccepted(identity, id, accepts);
      const version = accepts === undefined ? undefined : record.version;
      const isDeleted = await this.#deps.store.delete(identity, id, version);
      if (!isDeleted) {
        throw new AppError(version === undefined ? 'CONNECTOR_NOT_FOUND' : 'PRECONDITION_FAILED');
      }
      await this.#deps.onSessionsInvalid(id);
    });
  }

  async #getAccepted(
    identity: Identity,
    id: string,
    accepts: ConnectorVersions,
  ): Promise<ConnectorRecord> {
    const record = await this.getRecord(identity, id);
    if (accepts !== undefined && !accepts(record.version)) {
      throw new AppError('PRECONDITION_FAILED');
    }
    return record;
  }

  async #update(
    identity: Identity,
    id: string,
    update: ConnectorUpdate,
    accepts: ConnectorVersions,
  ): Promise<Connector> {
    const { secrets, store, tester, clock } = this.#deps;
    const record = await this.#getAccepted(identity, id, accepts);
    const plan = planUpdate(update, {
      serverUrl: secrets.openUrl(identity, record),
      transport: record.transport,
      authType: record.authType,
      hasCredentials: record.credential !== undefined,
      openCredentials: () => secrets.openCredentials(identity, record),
    });
    const { name, callTimeoutSeconds } = update;
    if (name !== undefined && (await store.isNameTaken(identity, name, id))) {
      throw new AppError('CONNECTOR_NAME_TAKEN');
    }
    const kept = {
      ...(name !== undefined && { name }),
      ...(callTimeoutSeconds !== undefined && { callTimeoutSeconds }),
    };
    if (plan === undefined) {
      return await this.#change(identity, id, accepts, () => ({ ...kept, at: clock.now() }));
    }
    const report = await tester.assertPasses(plan);
    const changes = { ...kept, ...this.#targetChanges(identity, id, plan, report) };
    const saved = await store.update(identity, id, record.version, changes);
    if (saved === undefined) throw new AppError('CONNECTOR_CHANGED');
    await this.#deps.onSessionsInvalid(id);
    return secrets.toConnector(identity, saved);
  }

  /**
   * Makes a change that no test precedes: where another one comes between reading and saving, it is made on top of that.
   * @param changesOf undefined where there is nothing to change.
   */
  async #change(
    identity: Identity,
    id: string,
    accepts: ConnectorVersions,
    changesOf: (record: ConnectorRecord) => ConnectorChanges | undefined,
  ): Promise<Connector> {
    const { store, secrets } = this.#deps;
    for (;;) {
      const record = await this.#getAccepted(identity, id, accepts);
      const changes = changesOf(record);
      if (changes === undefined) return secrets.toConnector(identity, record);
      const saved = await store.update(identity, id, record.version, changes);
      if (saved !== undefined) return secrets.toConnector(identity, saved);
    }
  }

  #targetChanges(
    identity: Identity,
    id: string,
    plan: UpdatePlan,
    report: ConnectionTestReport,
  ): ConnectorChanges {
    const { knowledge, tools } = discoveredState(report);
    const at = this.#deps.clock.now();
    return {
      at,
      target: {
        serverUrlSealed: this.#deps.secrets.sealUrl(identity, id, plan.serverUrl),
        serverOrigin: urlOrigin(plan.serverUrl),
        transport: plan.transport,
        authType: plan.authType,
      },
      credential: this.#seal(identity, plan.serverUrl, plan.credentials) ?? null,
      health: { health: 'HEALTHY', fault: undefined, testedAt: at },
      knowledge,
      tools,
    };
  }

  #seal(identity: Identity, url: string, credentials: Credentials | undefined) {
    if (credentials === undefined) return undefined;
    return this.#deps.secrets.sealCredentials(identity, { id: randomUUID(), credentials, url });
  }
}
