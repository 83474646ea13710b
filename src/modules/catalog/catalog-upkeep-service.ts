import { AppError } from '../../errors/app-error.ts';
import { isMcpFailureCode } from '../../mcp/client/mcp-failure.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorService, ManagedConnectorService } from '../connectors/index.ts';
import type { Catalog } from './catalog.ts';
import type { CatalogConnectorService } from './catalog-connector-service.ts';
import type { CatalogEntry } from './catalog-entry.ts';
import type { CatalogService } from './catalog-service.ts';
import { planConfig } from './legacy-config.ts';
import type { LegacyServerStore } from './legacy-server-store.ts';

/** A configuration that was replaced. */
export interface Rewriting {
  key: string;
  before: string;
  after: string;
}

/** What became of a row: `unreachable` rows stay until their server answers, `changed` ones were changed meanwhile. */
export interface RewriteReport {
  key: string;
  outcome:
    | 'rewritten'
    | 'current'
    | 'kept'
    | 'unreadable'
    | 'unknown'
    | 'closed'
    | 'unreachable'
    | 'changed'
    | 'restored';
  rewriting: Rewriting | undefined;
}

/** A connector that a seed made. */
export interface Seeding {
  tenantId: string;
  projectId: string;
  key: string;
  connectorId: string;
  version: number;
}

/** What became of an entry: `kept` is there already, in whatever state; `needs-settings` only an admin can enable. */
export interface SeedReport {
  key: string;
  outcome:
    | 'seeded'
    | 'kept'
    | 'needs-settings'
    | 'unknown'
    | 'closed'
    | 'unreachable'
    | 'removed'
    | 'changed'
    | 'gone';
  seeding: Seeding | undefined;
}

/** Collaborators of the {@link CatalogUpkeepService}. */
export interface CatalogUpkeepServiceDeps {
  catalog: Pick<Catalog, 'find' | 'isOpen'>;
  managed: Pick<ManagedConnectorService, 'find'>;
  connectors: Pick<ConnectorService, 'delete'>;
  catalogService: Pick<CatalogService, 'answers'>;
  catalogConnectorService: Pick<CatalogConnectorService, 'enable'>;
}

/** How a run goes. */
export interface UpkeepOptions {
  /** Says what would be done, and does nothing. */
  isDry: boolean;
  /** Called before anything is changed, so that the way back is known whatever happens then. */
  onRewrite?: (rewriting: Rewriting) => void;
}

/** Brings what is there in line with the catalog: rows of older installations, and projects of a fresh one. Each may be run any number of times. */
export class CatalogUpkeepService {
  readonly #deps: CatalogUpkeepServiceDeps;

  constructor(deps: CatalogUpkeepServiceDeps) {
    this.#deps = deps;
  }

  /** Rewrites rows that would start a server, where the catalog has one that answers. */
  async rewrite(store: LegacyServerStore, options: UpkeepOptions): Promise<RewriteReport[]> {
    const reports: RewriteReport[] = [];
    for (const { key, config } of await store.list()) {
      const planned = await this.#planRow(key, config);
      if (typeof planned === 'string')
        reports.push({ key, outcome: planned, rewriting: undefined });
      else reports.push({ key, outcome: await apply(store, planned, options), rewriting: planned });
    }
    return reports;
  }

  /** @returns what is to be done, or why nothing */
  async #planRow(key: string, before: string): Promise<Rewriting | RewriteReport['outcome']> {
    const entry = this.#deps.catalog.find(key);
    if (entry === undefined) return 'unknown';
    const plan = planConfig(before, entry);
    if (plan.kind !== 'rewrite') return plan.kind;
    if (!this.#deps.catalog.isOpen(entry)) return 'closed';
    const isUp = await this.#deps.catalogService.answers(entry);
    return isUp ? { key, before, after: plan.config } : 'unreachable';
  }

  /** Undoes rewritings, the last first, where nobody has changed the row since. */
  async restore(
    store: LegacyServerStore,
    rewritings: readonly Rewriting[],
    { isDry }: UpkeepOptions,
  ): Promise<RewriteReport[]> {
    const reports: RewriteReport[] = [];
    for (const rewriting of [...rewritings].reverse()) {
      const { key, before, after } = rewriting;
      const isRestored = isDry || (await store.replace(key, after, before));
      reports.push({ key, outcome: isRestored ? 'restored' : 'changed', rewriting });
    }
    return reports;
  }

  /** Enables entries for a project that does not have them, where their servers answer. What the project has is never touched. */
  async seed(
    { tenantId, projectId }: Pick<Seeding, 'tenantId' | 'projectId'>,
    keys: readonly string[],
    { isDry }: UpkeepOptions,
  ): Promise<SeedReport[]> {
    const identity = { tenantId, userId: '', projectId };
    const reports: SeedReport[] = [];
    for (const key of keys) {
      const entry = this.#deps.catalog.find(key);
      const obstacle = await this.#obstacle(identity, entry);
      const isDone = entry === undefined || obstacle !== undefined || isDry;
      if (isDone) reports.push({ key, outcome: obstacle ?? 'seeded', seeding: undefined });
      else reports.push({ key, ...(await this.#enable(identity, entry)) });
    }
    return reports;
  }

  /** Takes away what a seed made, where nobody has changed it since. */
  async unseed(seedings: readonly Seeding[], { isDry }: UpkeepOptions): Promise<SeedReport[]> {
    const reports: SeedReport[] = [];
    for (const seeding of [...seedings].reverse()) {
      const { tenantId, projectId, key, connectorId, version } = seeding;
      const identity = { tenantId, userId: '', projectId };
      const connector = (await this.#deps.managed.find(identity, key))?.connector;
      const report = (outcome: SeedReport['outcome']) => reports.push({ key, outcome, seeding });
      if (connector?.id !== connectorId) report('gone');
      else if (connector.version !== version) report('changed');
      else {
        const accepts = (current: number) => current === version;
        const { connectors } = this.#deps;
        if (!isDry) await connectors.delete(identity, connectorId, accepts, { isCatalog: true });
        report('removed');
      }
    }
    return reports;
  }

  async #obstacle(
    identity: Identity,
    entry: CatalogEntry | undefined,
  ): Promise<SeedReport['outcome'] | undefined> {
    if (entry?.offeredTo !== 'project') return 'unknown';
    if (!this.#deps.catalog.isOpen(entry)) return 'closed';
    if ((await this.#deps.managed.find(identity, entry.key)) !== undefined) return 'kept';
    const isBare = entry.settings.every((one) => !one.isRequired || one.default !== undefined);
    if (!isBare) return 'needs-settings';
    return (await this.#deps.catalogService.answers(entry)) ? undefined : 'unreachable';
  }

  async #enable(identity: Identity, entry: CatalogEntry): Promise<Omit<SeedReport, 'key'>> {
    const { tenantId, projectId = '' } = identity;
    try {
      const { connector } = await this.#deps.catalogConnectorService.enable(identity, entry);
      const { id: connectorId, version } = connector;
      const seeding = { tenantId, projectId, key: entry.key, connectorId, version };
      return { outcome: 'seeded', seeding };
    } catch (error) {
      if (!(error instanceof AppError) || !isMcpFailureCode(error.code)) throw error;
      return { outcome: 'unreachable', seeding: undefined };
    }
  }
}

async function apply(
  store: LegacyServerStore,
  rewriting: Rewriting,
  { isDry, onRewrite }: UpkeepOptions,
): Promise<'rewritten' | 'changed'> {
  if (isDry) return 'rewritten';
  onRewrite?.(rewriting);
  const { key, before, after } = rewriting;
  return (await store.replace(key, before, after)) ? 'rewritten' : 'changed';
}
