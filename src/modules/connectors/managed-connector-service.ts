import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { type Credentials, SealError } from '../credentials/index.ts';
import { type ConnectionTestReport, reportFields } from './connection-test.ts';
import type { Connector, ConnectorRecord, ConnectorSource } from './connector.ts';
import type { ConnectorSecrets } from './connector-secrets.ts';
import type { ConnectorStore } from './connector-store.ts';
import { type ConnectorTester, discoveredState } from './connector-tester.ts';
import type { ManagedServer } from './managed-servers.ts';
import { urlOrigin } from './server-url.ts';

/** A connector as the catalog wants it. */
export interface ManagedDraft {
  entryKey: string;
  source: Exclude<ConnectorSource, 'own'>;
  /** The name of a new one; one that is there keeps its own. */
  name: string;
  server: ManagedServer;
  /** What is stored as its URL, where its server has no address of its own; default: that of the server. */
  storedUrl?: string;
  /** What is sent to the server; undefined where it wants nothing. */
  credentials: Credentials | undefined;
}

/** A connector of the catalog, with what is sent to its server in the open. */
export interface ManagedConnector {
  connector: Connector;
  /** Undefined where there is nothing, or it does not open any more. */
  credentials: Credentials | undefined;
}

/** What {@link ManagedConnectorService.save} did. */
export interface SavedManagedConnector {
  connector: Connector;
  isNew: boolean;
}

/** Collaborators of the {@link ManagedConnectorService}. */
export interface ManagedConnectorServiceDeps {
  store: Pick<ConnectorStore, 'listManaged' | 'insert' | 'update'>;
  secrets: ConnectorSecrets;
  tester: Pick<ConnectorTester, 'test' | 'saveIfPasses'>;
  clock: Pick<Clock, 'now'>;
  log: OperationLog;
  /** Called after the target or secret changed. */
  onSessionsInvalid(connectorId: string): Promise<void>;
  /** Called after a test that passed. */
  onReachable(connectorId: string): void;
}

const CALL_TIMEOUT_SECONDS = 60;
/** Of a save that meets others. */
const MAX_ATTEMPTS = 10;

/** Connectors that the catalog makes for their owner: at most one of each entry. */
export class ManagedConnectorService {
  readonly #deps: ManagedConnectorServiceDeps;

  constructor(deps: ManagedConnectorServiceDeps) {
    this.#deps = deps;
  }

  /** The owner's, in the order of their keys. */
  async list(identity: Identity): Promise<ManagedConnector[]> {
    const { store, secrets } = this.#deps;
    const records = await store.listManaged(identity);
    return records.map((record) => ({
      connector: secrets.toConnector(identity, record),
      credentials: this.#findCredentials(identity, record),
    }));
  }

  /** Undefined where the owner has none of this entry. */
  async find(identity: Identity, entryKey: string): Promise<ManagedConnector | undefined> {
    const connectors = await this.list(identity);
    return connectors.find(({ connector }) => connector.entryKey === entryKey);
  }

  /** Asks a server of the catalog once, and keeps nothing. @throws AppError `TEST_LIMIT_REACHED`; the reason of `signal` */
  probe(
    identity: Identity,
    { server, credentials }: Pick<ManagedDraft, 'server' | 'credentials'>,
    { signal }: { signal: AbortSignal },
  ): Promise<ConnectionTestReport> {
    return this.#deps.tester.test(
      identity,
      { ...subjectOf(server), credentials },
      { signal, isOnce: true },
    );
  }

  /**
   * Tests the server, and makes the owner's connector of it or has the one there is be like that: enabled, at this address, without an error.
   * Saying it twice makes no second one.
   * @throws AppError with the code of the failed test, which changes nothing; `TEST_LIMIT_REACHED`; `CONNECTOR_CHANGED` where somebody set
   * something else meanwhile
   */
  save(identity: Identity, draft: ManagedDraft): Promise<SavedManagedConnector> {
    return this.#deps.log.change('connector.save_managed', identity, async (fields) => {
      fields.origin = urlOrigin(draft.storedUrl ?? draft.server.url);
      const { secrets, tester } = this.#deps;
      const before = await this.#find(identity, draft.entryKey);
      const subject = { ...subjectOf(draft.server), credentials: draft.credentials };
      const saved = await tester.saveIfPasses(identity, subject, async (report) => {
        Object.assign(fields, reportFields(report));
        return await this.#store(identity, draft, { before, report });
      });
      fields.connector_id = saved.id;
      if (before !== undefined) await this.#deps.onSessionsInvalid(saved.id);
      this.#deps.onReachable(saved.id);
      return { connector: secrets.toConnector(identity, saved), isNew: before === undefined };
    });
  }

  /** What does not open any more is as if it were not there: it has to be entered again. */
  #findCredentials(identity: Identity, record: ConnectorRecord): Credentials | undefined {
    try {
      return this.#deps.secrets.openCredentials(identity, record);
    } catch (error) {
      if (error instanceof SealError) return undefined;
      throw error;
    }
  }

  async #find(identity: Identity, entryKey: string): Promise<ConnectorRecord | undefined> {
    const records = await this.#deps.store.listManaged(identity);
    return records.find((record) => record.entryKey === entryKey);
  }

  /** Others may have switched it on or off meanwhile; that is no conflict as long as they sent the server the same. */
  async #store(
    identity: Identity,
    draft: ManagedDraft,
    { before, report }: { before: ConnectorRecord | undefined; report: ConnectionTestReport },
  ): Promise<ConnectorRecord> {
    for (let attempt = 1; ; attempt += 1) {
      const current = await this.#find(identity, draft.entryKey);
      const isOther = current?.credential?.id !== before?.credential?.id;
      if (isOther && !this.#sendsSame(identity, current, draft))
        throw new AppError('CONNECTOR_CHANGED');
      try {
        return await this.#put(identity, draft, { current, report });
      } catch (error) {
        const isRace = error instanceof AppError && error.code === 'CONNECTOR_CHANGED';
        if (!isRace || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  #sendsSame(
    identity: Identity,
    current: ConnectorRecord | undefined,
    { credentials }: ManagedDraft,
  ): boolean {
    const stored = current === undefined ? undefined : this.#findCredentials(identity, current);
    return JSON.stringify(stored) === JSON.stringify(credentials);
  }

  /** @throws AppError `CONNECTOR_CHANGED` where it is another one by now */
  async #put(
    identity: Identity,
    draft: ManagedDraft,
    { current, report }: { current: ConnectorRecord | undefined; report: ConnectionTestReport },
  ): Promise<ConnectorRecord> {
    const { store, clock } = this.#deps;
    const id = current?.id ?? randomUUID();
    const at = clock.now();
    const { target, credential } = this.#seal(identity, id, draft);
    if (current === undefined) {
      const { source, entryKey, name } = draft;
      const managed = { source, entryKey };
      const kept = { credentialMode: 'shared', callTimeoutSeconds: CALL_TIMEOUT_SECONDS } as const;
      const connector = { id, name, managed, at, ...target, ...kept, credential };
      return await store.insert(identity, { ...connector, ...discoveredState(report) }, 0);
    }
    const saved = await store.update(identity, id, current.version, {
      ...{ at, target, credential: credential ?? null, intent: 'ENABLED' },
      health: { health: 'HEALTHY', fault: undefined, testedAt: at },
      ...discoveredState(report),
    });
    if (saved === undefined) throw new AppError('CONNECTOR_CHANGED');
    return saved;
  }

  #seal(identity: Identity, id: string, { server, credentials, storedUrl }: ManagedDraft) {
    const { secrets } = this.#deps;
    const { transport } = server;
    const url = storedUrl ?? server.url;
    const target = {
      serverUrlSealed: secrets.sealUrl(identity, id, url),
      serverOrigin: urlOrigin(url),
      transport,
      authType: credentials?.kind ?? ('none' as const),
    };
    const credential =
      credentials === undefined
        ? undefined
        : secrets.sealCredentials(identity, {
            id: randomUUID(),
            credentials,
            url,
            isPersonal: false,
          });
    return { target, credential };
  }
}

function subjectOf({ url, transport, isPinned, secretHeaders = {} }: ManagedServer) {
  return { serverUrl: url, transport, isPinned, secretHeaders };
}
