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
import type { CatalogEntry, CatalogOffer, PlaceKind, SettingValues } from './catalog-entry.ts';
import type { EntryDeployment, EntryDeployments, EntryServer } from './entry-deployments.ts';

/** An entry, and what an owner has of it. */
export interface CatalogItem {
  entry: CatalogEntry;
  isOpen: boolean;
  /** Undefined where it is not switched on. */
  connector: Connector | undefined;
  /** Undefined where its server is not brought up for the owner. */
  deployment: EntryDeployment | undefined;
  /** What is set, secrets too: whoever shows it leaves them out. */
  settings: SettingValues;
}

/** What an entry is to an owner. `DEPLOYING`: its server is being brought up, or replaced. */
export type CatalogStatus = ConnectorStatus | 'NOT_ENABLED' | 'DEPLOYING';

/** What an owner has of an entry. */
interface Owned {
  managed: ManagedConnector | undefined;
  deployment: EntryDeployment | undefined;
}

/** What a look at a server found. */
export interface CatalogFinding {
  entry: CatalogEntry;
  status: CatalogStatus;
  /** Where the server was found; undefined where it is nowhere. */
  place: PlaceKind | undefined;
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
  deployments: Pick<EntryDeployments, 'list' | 'find' | 'locate'>;
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
    const owned = await this.#owned(identity);
    return this.#deps.catalog.list(offeredTo).map((entry) => this.#toItem(entry, owned(entry.key)));
  }

  /** One entry. */
  async get(identity: Identity, entry: CatalogEntry): Promise<CatalogItem> {
    const { managed, deployments } = this.#deps;
    return this.#toItem(entry, {
      managed: await managed.find(identity, entry.key),
      deployment: await deployments.find(identity, entry.key),
    });
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
    const owned = await this.#owned(identity);
    const waiting = this.#deps.catalog
      .list(offeredTo)
      .filter((entry) => this.#deps.catalog.isOpen(entry));
    const found: CatalogFinding[] = [];
    const work = async () => {
      for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
        found.push(await this.#look(identity, entry, owned(entry.key), signal));
      }
    };
    await Promise.all(Array.from({ length: PROBES_AT_ONCE }, work));
    return found.sort(healthyFirst);
  }

  /** Does the server of an entry answer, be it by asking for credentials? For the operator, whom no project has asked. */
  async answers(entry: CatalogEntry): Promise<boolean> {
    const nothing = { managed: undefined, deployment: undefined };
    const finding = await this.#look(OPERATOR, entry, nothing, new AbortController().signal);
    return finding.isHealthy;
  }

  async #owned(identity: Identity): Promise<(entryKey: string) => Owned> {
    const { managed, deployments } = this.#deps;
    const connectors = await managed.list(identity);
    const deployed = await deployments.list(identity);
    return (entryKey) => ({
      managed: connectors.find(({ connector }) => connector.entryKey === entryKey),
      deployment: deployed.find((one) => one.entryKey === entryKey),
    });
  }

  /** Wherever its server may be: one that answers counts, before another that does not. */
  async #look(
    identity: Identity,
    entry: CatalogEntry,
    owned: Owned,
    signal: AbortSignal,
  ): Promise<CatalogFinding> {
    const places = await this.#places(identity, entry);
    const base = { entry, status: statusOf(owned) };
    let first: CatalogFinding | undefined;
    for (const place of places) {
      const found = await this.#probe(identity, place, owned.managed, signal);
      const finding = { ...base, place: place.place, ...found };
      if (finding.isHealthy) return finding;
      first ??= finding;
    }
    const errorMessage = messageFor('CONNECTION_FAILED');
    return first ?? { ...base, ...NOWHERE, place: undefined, errorMessage };
  }

  async #places(identity: Identity, entry: CatalogEntry): Promise<EntryServer[]> {
    const located = await this.#deps.deployments.locate(identity, entry);
    const server = serverOf(entry);
    const places = located === undefined ? [] : [located];
    if (server === undefined || located?.place === 'static') return places;
    return [...places, { place: 'static', server }];
  }

  async #probe(
    identity: Identity,
    { place, server }: EntryServer,
    managed: ManagedConnector | undefined,
    signal: AbortSignal,
  ): Promise<Omit<CatalogFinding, 'entry' | 'status' | 'place'>> {
    const limit = startDeadline(this.#deps.clock, PROBE_MS);
    // What is set goes to a server of ours when it is started, and to others with each request.
    const subject = { server, credentials: place === 'static' ? managed?.credentials : undefined };
    try {
      const both = AbortSignal.any([signal, limit.signal]);
      const report = await this.#deps.managed.probe(identity, subject, { signal: both });
      return toFinding(report, managed === undefined);
    } catch (error) {
      if (signal.aborted || !limit.signal.aborted) throw error;
      const late = {
        isHealthy: false,
        errorCode: 'TIMEOUT',
        latencyMs: PROBE_MS,
        toolCount: 0,
      } as const;
      return { ...late, errorMessage: messageFor('TIMEOUT') };
    } finally {
      limit.release();
    }
  }

  #toItem(entry: CatalogEntry, { managed, deployment }: Owned): CatalogItem {
    return {
      entry,
      isOpen: this.#deps.catalog.isOpen(entry),
      connector: managed?.connector,
      deployment,
      settings: deployment?.settings ?? settingsIn(managed?.credentials),
    };
  }
}

/** What an entry is to the owner of these. */
export function statusOf({
  managed,
  deployment,
}: {
  managed: Pick<ManagedConnector, 'connector'> | undefined;
  deployment: EntryDeployment | undefined;
}): CatalogStatus {
  if (deployment?.isUnderWay === true) return 'DEPLOYING';
  return managed?.connector.status ?? 'NOT_ENABLED';
}

function toFinding(
  { errorCode, errorMessage, latencyMs, tools }: ConnectionTestReport,
  isNew: boolean,
): Omit<CatalogFinding, 'entry' | 'status' | 'place'> {
  const isHealthy = errorCode === undefined || (isNew && errorCode === 'AUTH_REQUIRED');
  return { isHealthy, errorCode, errorMessage, latencyMs, toolCount: tools.length };
}

function healthyFirst(a: CatalogFinding, b: CatalogFinding): number {
  if (a.isHealthy !== b.isHealthy) return a.isHealthy ? -1 : 1;
  return a.entry.key < b.entry.key ? -1 : 1;
}
