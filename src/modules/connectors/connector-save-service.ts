import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import { McpFailure } from '../../mcp/client/mcp-failure.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { type AuthType, assertCredentialsFit, type Credentials } from '../credentials/index.ts';
import { type ConnectionTestReport, reportFields } from './connection-test.ts';
import {
  type Connector,
  type ConnectorRecord,
  type CredentialMode,
  isPersonal,
  UNREADABLE_URL,
} from './connector.ts';
import { changeRecord, getAcceptedRecord } from './connector-records.ts';
import type { ConnectorSecrets } from './connector-secrets.ts';
import type { ConnectorChanges, ConnectorStore } from './connector-store.ts';
import type { ConnectorTargets, ServerWay } from './connector-targets.ts';
import { type ConnectorTester, discoveredState } from './connector-tester.ts';
import {
  type ConnectorSettings,
  type ConnectorUpdate,
  type ConnectorVersions,
  isElsewhere,
  planUpdate,
  type UpdatePlan,
} from './connector-update.ts';
import { assertOwnerDecides } from './managed-connectors.ts';
import { originField, urlOrigin } from './server-url.ts';

/** What a user registers. */
export interface ConnectorDraft extends ConnectorSettings {
  name: string;
  /** 1 to 300. */
  callTimeoutSeconds: number;
  authType: AuthType;
  credentials: Credentials | undefined;
  /** `personal` in a project only. */
  credentialMode: CredentialMode;
}

/** A server to test, that is not saved. */
export type TestDraft = Omit<ConnectorDraft, 'name' | 'callTimeoutSeconds' | 'credentialMode'>;

/** Collaborators of the {@link ConnectorSaveService}. */
export interface ConnectorSaveServiceDeps {
  store: Pick<
    ConnectorStore,
    'find' | 'count' | 'isNameTaken' | 'insert' | 'update' | 'putPersonal'
  >;
  secrets: ConnectorSecrets;
  targets: Pick<ConnectorTargets, 'openCredentials' | 'locate'>;
  tester: Pick<ConnectorTester, 'test' | 'saveIfPasses'>;
  clock: Pick<Clock, 'now'>;
  log: OperationLog;
  /** How many connectors a user may have, and a project. */
  limits: { user: number; project: number };
  /** Called after the connector's target or secret changed, for all or for one user: those sessions are dead. */
  onSessionsInvalid(connectorId: string, userId?: string): Promise<void>;
}

/** Tests servers, and saves the ways to them: new connectors and changed ones. Only what passed a test is saved. */
export class ConnectorSaveService {
  readonly #deps: ConnectorSaveServiceDeps;

  constructor(deps: ConnectorSaveServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Tests a server that is not saved.
   * @param signal ends the test: nobody waits for the report any more.
   * @throws AppError `CREDENTIALS_INVALID`, `TEST_LIMIT_REACHED`; a failed test is a report, not an error. The reason of `signal`.
   */
  test(
    identity: Identity,
    draft: TestDraft,
    { signal }: { signal: AbortSignal },
  ): Promise<ConnectionTestReport> {
    return this.#deps.log.run('connector.test_unsaved', identity, async (fields) => {
      Object.assign(fields, originField(draft.serverUrl));
      // A test without credentials tells how to sign in.
      if (draft.authType !== 'oauth2' || draft.credentials !== undefined) {
        assertCredentialsFit(draft.authType, draft.credentials);
      }
      const report = await this.#deps.tester.test(identity, draft, { signal });
      Object.assign(fields, reportFields(report));
      return report;
    });
  }

  /**
   * Tests the server and saves it.
   * @throws AppError `CREDENTIALS_INVALID`, `CONNECTOR_NAME_TAKEN`, `CONNECTOR_LIMIT_REACHED`, `TEST_LIMIT_REACHED`,
   * or the code of the failed test.
   */
  create(identity: Identity, draft: ConnectorDraft): Promise<Connector> {
    return this.#deps.log.change('connector.create', identity, async (fields) => {
      const { secrets, tester } = this.#deps;
      Object.assign(fields, originField(draft.serverUrl));
      assertCredentialsFit(draft.authType, draft.credentials);
      await this.assertRoomFor(identity, draft.name);
      const id = randomUUID();
      const save = (report: ConnectionTestReport) => {
        fields.connector_id = id;
        return this.#insert(identity, id, draft, report);
      };
      // It may have waited for the owner's other creates.
      const onTurn = () => this.#assertBelowLimit(identity);
      return secrets.toConnector(
        identity,
        await tester.saveIfPasses(identity, draft, save, { onTurn }),
      );
    });
  }

  /**
   * Changes a connector. What changes the way to the server is tested first, and saved only if the connector is still
   * the one that was tested.
   * @throws AppError `CONNECTOR_NOT_FOUND`, `PRECONDITION_FAILED`, `CREDENTIALS_REQUIRED`, `CREDENTIALS_INVALID`,
   * `CONNECTOR_NAME_TAKEN`, `CONNECTOR_CHANGED`, `CONNECTOR_MANAGED`, `TEST_LIMIT_REACHED`, or the code of the failed test.
   */
  update(
    identity: Identity,
    id: string,
    update: ConnectorUpdate,
    accepts: ConnectorVersions,
  ): Promise<Connector> {
    return this.#deps.log.change('connector.update', identity, (fields) => {
      fields.connector_id = id;
      return this.#update(identity, id, update, accepts);
    });
  }

  /**
   * Replaces the credentials after a test with them; their kind becomes the connector's `authType`. Where credentials are personal, it
   * replaces those of this member, which have to be of the connector's kind, and changes nothing for anybody else.
   * @throws AppError as {@link update}.
   */
  putCredentials(
    identity: Identity,
    id: string,
    credentials: Credentials,
    accepts: ConnectorVersions,
  ): Promise<Connector> {
    return this.#deps.log.change('connector.put_credentials', identity, async (fields) => {
      fields.connector_id = id;
      assertCredentialsFit(credentials.kind, credentials, '/body');
      const record = await getAcceptedRecord(this.#deps.store, { identity, id }, accepts);
      assertOwnerDecides(record, { credentials });
      if (isPersonal(record)) return await this.#putPersonal(identity, record, credentials);
      const update = { credentials, authType: credentials.kind };
      return await this.#update(identity, id, update, accepts);
    });
  }

  /**
   * May the owner have one more connector, of this name? Decided again under a lock when it is stored; earlier it spares the user a
   * wait for nothing.
   * @throws AppError `CONNECTOR_NAME_TAKEN`, `CONNECTOR_LIMIT_REACHED`
   */
  async assertRoomFor(identity: Identity, name: string): Promise<void> {
    const isTaken = await this.#deps.store.isNameTaken(identity, name);
    if (isTaken) throw new AppError('CONNECTOR_NAME_TAKEN');
    await this.#assertBelowLimit(identity);
  }

  /** How many more connectors the owner may have now. */
  async countRoom(identity: Identity): Promise<number> {
    const count = await this.#deps.store.count(identity);
    return Math.max(0, this.#limitOf(identity) - count);
  }

  async #assertBelowLimit(identity: Identity): Promise<void> {
    const isFull = (await this.#deps.store.count(identity)) >= this.#limitOf(identity);
    if (isFull) throw new AppError('CONNECTOR_LIMIT_REACHED');
  }

  #limitOf({ projectId }: Identity): number {
    const { user, project } = this.#deps.limits;
    return projectId === undefined ? user : project;
  }

  /**
   * @throws AppError `CREDENTIALS_INVALID` where they are of another kind than the connector's, `INVALID_URL` where its address cannot be
   * read any more, `CONNECTOR_CHANGED`
   */
  async #putPersonal(
    identity: Identity,
    record: ConnectorRecord,
    credentials: Credentials,
  ): Promise<Connector> {
    const { secrets, store, tester, clock } = this.#deps;
    assertCredentialsFit(record.authType, credentials, '/body');
    const serverUrl = secrets.findUrl(identity, record);
    if (serverUrl === undefined) throw new AppError('INVALID_URL', { detail: UNREADABLE_URL });
    const { transport } = record;
    const save = () => {
      const credential = this.#seal(identity, serverUrl, credentials, { isPersonal: true });
      return store.putPersonal(identity, record, credential ?? null, clock.now());
    };
    const saved = await tester.saveIfPasses(identity, { serverUrl, transport, credentials }, save);
    if (saved === undefined) throw new AppError('CONNECTOR_CHANGED');
    await this.#deps.onSessionsInvalid(record.id, identity.userId);
    return secrets.toConnector(identity, saved);
  }

  #insert(
    identity: Identity,
    id: string,
    draft: ConnectorDraft,
    report: ConnectionTestReport,
  ): Promise<ConnectorRecord> {
    const { store, secrets, clock } = this.#deps;
    const { name, callTimeoutSeconds, serverUrl, transport, authType, credentials } = draft;
    const { credentialMode } = draft;
    const connector = {
      id,
      name,
      serverUrlSealed: secrets.sealUrl(identity, id, serverUrl),
      serverOrigin: urlOrigin(serverUrl),
      transport,
      authType,
      credentialMode,
      callTimeoutSeconds,
      credential: this.#seal(identity, serverUrl, credentials, {
        isPersonal: isPersonal(draft),
      }),
      ...discoveredState(report),
      managed: undefined,
      at: clock.now(),
    };
    return store.insert(identity, connector, this.#limitOf(identity));
  }

  async #update(
    identity: Identity,
    id: string,
    update: ConnectorUpdate,
    accepts: ConnectorVersions,
  ): Promise<Connector> {
    const { secrets, store, tester, clock } = this.#deps;
    const key = { identity, id };
    const record = await getAcceptedRecord(store, key, accepts);
    assertOwnerDecides(record, update);
    const currentUrl = secrets.findUrl(identity, record);
    const plan = planUpdate(update, {
      serverUrl: currentUrl,
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
      const change = () => ({ ...kept, at: clock.now() });
      return secrets.toConnector(identity, await changeRecord(store, key, accepts, change));
    }
    const isMoved = isElsewhere(plan.serverUrl, currentUrl);
    const keepsTokens = update.credentials === undefined && plan.credentials?.kind === 'oauth2';
    const fresh = keepsTokens ? await this.#withFreshTokens(identity, record, plan) : plan;
    const subject = { ...fresh, ...(await this.#managedWay(identity, record)) };
    const save = (report: ConnectionTestReport) => {
      const { credential, ...changes } = this.#targetChanges(identity, record, plan, report);
      return store.update(identity, id, record.version, {
        ...kept,
        ...changes,
        isMoved,
        // What members gave was for the address as it was, and of the kind that was asked for.
        dropsMembers: isPersonal(record) && (isMoved || plan.authType !== record.authType),
        // They may be renewed during the test.
        ...(!keepsTokens && { credential }),
      });
    };
    const saved = await tester.saveIfPasses(identity, subject, save);
    if (saved === undefined) throw new AppError('CONNECTOR_CHANGED');
    await this.#deps.onSessionsInvalid(id);
    return secrets.toConnector(identity, saved);
  }

  /** What the catalog decides is tested as it is now, not as it was stored. @throws AppError `BLOCKED_URL`, `CONNECTION_FAILED` */
  async #managedWay(identity: Identity, record: ConnectorRecord): Promise<Partial<ServerWay>> {
    if (record.entryKey === undefined) return {};
    try {
      return await this.#deps.targets.locate(identity, record);
    } catch (error) {
      throw error instanceof McpFailure ? new AppError(error.code, { cause: error }) : error;
    }
  }

  /** @throws AppError `AUTH_FAILED`, `CONNECTION_FAILED` where there are none */
  async #withFreshTokens(
    identity: Identity,
    record: ConnectorRecord,
    plan: UpdatePlan,
  ): Promise<UpdatePlan> {
    try {
      const { credentials } = await this.#deps.targets.openCredentials(identity, record);
      return { ...plan, credentials };
    } catch (error) {
      throw error instanceof McpFailure ? new AppError(error.code, { cause: error }) : error;
    }
  }

  #targetChanges(
    identity: Identity,
    record: ConnectorRecord,
    plan: UpdatePlan,
    report: ConnectionTestReport,
  ) {
    const { id } = record;
    const { knowledge, tools, offerings } = discoveredState(report);
    const at = this.#deps.clock.now();
    return {
      at,
      target: {
        serverUrlSealed: this.#deps.secrets.sealUrl(identity, id, plan.serverUrl),
        serverOrigin: urlOrigin(plan.serverUrl),
        transport: plan.transport,
        authType: plan.authType,
      },
      credential:
        this.#seal(identity, plan.serverUrl, plan.credentials, {
          isPersonal: isPersonal(record),
        }) ?? null,
      health: { health: 'HEALTHY', fault: undefined, testedAt: at },
      knowledge,
      tools,
      // Those of the old address mean nothing at the new one, also where the new ones could not be read.
      offerings: { prompt: [], resource: [], template: [], ...offerings },
    } satisfies ConnectorChanges;
  }

  #seal(
    identity: Identity,
    url: string,
    credentials: Credentials | undefined,
    { isPersonal: isOwn }: { isPersonal: boolean },
  ) {
    if (credentials === undefined) return undefined;
    const credential = { id: randomUUID(), credentials, url, isPersonal: isOwn };
    return this.#deps.secrets.sealCredentials(identity, credential);
  }
}
