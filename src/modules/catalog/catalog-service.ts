import type { Clock } from '../../lib/clock.ts';
import { startDeadline } from '../../lib/deadline.ts';
import type { McpFailureCode } from '../../mcp/client/mcp-failure.ts';
import type { Identity } from '../../tenancy/caller.ts';
import {
  type ConnectionTestReport,
  type Connector,
  type ConnectorStatus,
  type ManagedConnector,
  type ManagedConnectorService,
  messageFor,
} from '../connectors/index.ts';
import { type Catalog, serverOf } from './catalog.ts';
import { settingsIn } from './catalog-connector-service.ts';
import type { CatalogEntry, CatalogOffer, SettingValues } from './catalog-entry.ts';

/** An entry, and what an owner has of it. */
export interface CatalogItem {
  entry: CatalogEntry;
  isOpen: boolean;
  /** Undefined where it is not switched on. */
  connector: Connector | undefined;
  /** What is set, secrets too: whoever shows it leaves them out. */
  settings: SettingValues;
}

/** What an entry is to an owner. */
export type CatalogStatus = ConnectorStatus | 'NOT_ENABLED';

/** What a look at a server found. */
export interface CatalogFinding {
  entry: CatalogEntry;
  status: CatalogStatus;
  /** It answered; also where it only asked for credentials that nobody has set yet. */
  isHealthy: boolean;
  errorCode: McpFailureCode | undefined;
  errorMessage: string | undefined;
  latencyMs: number;
  toolCount: number;
}

/** Collaborators of the {@link CatalogService}. */
export interface CatalogServiceDeps {
  catalog: Pick<Catalog, 'list' | 'isOpen'>;
  managed: Pick<ManagedConnectorService, 'list' | 'find' | 'probe'>;
  clock: Pick<Clock, 'sleep'>;
}

/** No user and no tenant: tests are counted for it alone. */
const OPERATOR: Identity = { tenantId: '', userId: '' };
/** Servers that are asked at a time. */
const PROBES_AT_ONCE = 5;
/** Milliseconds that one of them may take. */
const PROBE_MS = 5_000;

/** Of an entry whose server has to be deployed. */
const NOWHERE = {
  isHealthy: false,
  errorCode: 'CONNECTION_FAILED',
  latencyMs: 0,
  toolCount: 0,
} as const;

/** What an owner sees of the catalog. */
export class CatalogService {
  readonly #deps: CatalogServiceDeps;

  constructor(deps: CatalogServiceDeps) {
    this.#deps = deps;
  }

  /** All that are offered to such owners, in the order of their keys. */
  async list(identity: Identity, offeredTo: CatalogOffer): Promise<CatalogItem[]> {
    const managed = await this.#deps.managed.list(identity);
    const byKey = new Map(managed.map((one) => [one.connector.entryKey, one]));
    return this.#deps.catalog
      .list(offeredTo)
      .map((entry) => this.#toItem(entry, byKey.get(entry.key)));
  }

  /** One entry. */
  async get(identity: Identity, entry: CatalogEntry): Promise<CatalogItem> {
    return this.#toItem(entry, await this.#deps.managed.find(identity, entry.key));
  }

  /**
   * Asks the servers of all open entries, a few at a time, and keeps nothing. Those that answer come first.
   * @throws AppError `TEST_LIMIT_REACHED`; the reason of `signal`
   */
  async discover(
    identity: Identity,
    offeredTo: CatalogOffer,
    { signal }: { signal: AbortSignal },
  ): Promise<CatalogFinding[]> {
    const managed = await this.#deps.managed.list(identity);
    const byKey = new Map(managed.map((one) => [one.connector.entryKey, one]));
    const waiting = this.#deps.catalog
      .list(offeredTo)
      .filter((entry) => this.#deps.catalog.isOpen(entry));
    const found: CatalogFinding[] = [];
    const work = async () => {
      for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
        found.push(await this.#probe(identity, { entry, managed: byKey.get(entry.key) }, signal));
      }
    };
    await Promise.all(Array.from({ length: PROBES_AT_ONCE }, work));
    return found.sort(healthyFirst);
  }

  /** Does the server of an entry answer, be it by asking for credentials? For the operator, whom no project has asked. */
  async answers(entry: CatalogEntry): Promise<boolean> {
    const subject = { entry, managed: undefined };
    const finding = await this.#probe(OPERATOR, subject, new AbortController().signal);
    return finding.isHealthy;
  }

  async #probe(
    identity: Identity,
    { entry, managed }: { entry: CatalogEntry; managed: ManagedConnector | undefined },
    signal: AbortSignal,
  ): Promise<CatalogFinding> {
    const limit = startDeadline(this.#deps.clock, PROBE_MS);
    const status = managed?.connector.status ?? 'NOT_ENABLED';
    const server = serverOf(entry);
    if (server === undefined) {
      limit.release();
      return { entry, status, ...NOWHERE, errorMessage: messageFor('CONNECTION_FAILED') };
    }
    const subject = { server, credentials: managed?.credentials };
    try {
      const both = AbortSignal.any([signal, limit.signal]);
      const report = await this.#deps.managed.probe(identity, subject, { signal: both });
      return { entry, status, ...toFinding(report, managed === undefined) };
    } catch (error) {
      if (signal.aborted || !limit.signal.aborted) throw error;
      const late = {
        isHealthy: false,
        errorCode: 'TIMEOUT',
        latencyMs: PROBE_MS,
        toolCount: 0,
      } as const;
      return { entry, status, ...late, errorMessage: messageFor('TIMEOUT') };
    } finally {
      limit.release();
    }
  }

  #toItem(entry: CatalogEntry, managed: ManagedConnector | undefined): CatalogItem {
    return {
      entry,
      isOpen: this.#deps.catalog.isOpen(entry),
      connector: managed?.connector,
      settings: settingsIn(managed?.credentials),
    };
  }
}

function toFinding(
  { errorCode, errorMessage, latencyMs, tools }: ConnectionTestReport,
  isNew: boolean,
): Omit<CatalogFinding, 'entry' | 'status'> {
  const isHealthy = errorCode === undefined || (isNew && errorCode === 'AUTH_REQUIRED');
  return { isHealthy, errorCode, errorMessage, latencyMs, toolCount: tools.length };
}

function healthyFirst(a: CatalogFinding, b: CatalogFinding): number {
  if (a.isHealthy !== b.isHealthy) return a.isHealthy ? -1 : 1;
  return a.entry.key < b.entry.key ? -1 : 1;
}
