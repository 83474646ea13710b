import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import type { ToolDiscovery } from '../../mcp/client/mcp-client.ts';
import { McpFailure } from '../../mcp/client/mcp-failure.ts';
import {
  OFFERING_KINDS,
  type Offering,
  type OfferingDiscovery,
} from '../../mcp/client/server-offerings.ts';
import { DISCOVERY_LIMITS } from '../../mcp/client/tool-discovery.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { type ConnectionTestReport, failedReport, reportFields } from './connection-test.ts';
import {
  type Connector,
  type ConnectorRecord,
  faultAfter,
  healthAfter,
  isPersonal,
} from './connector.ts';
import type { ConnectorOfferingStore } from './connector-offering-store.ts';
import { getRecord } from './connector-records.ts';
import type { ConnectorSecrets } from './connector-secrets.ts';
import type { ConnectorChanges, ConnectorStore, NewTool } from './connector-store.ts';
import type { ConnectorTargets, ServerWay, UsableCredentials } from './connector-targets.ts';
import {
  type ConnectorTester,
  discoveredState,
  type TestOptions,
  toNewTool,
} from './connector-tester.ts';
import type { ConnectorToolStore } from './connector-tool-store.ts';

/** Collaborators of the {@link ConnectorHealthService}. */
export interface ConnectorHealthServiceDeps {
  store: Pick<ConnectorStore, 'find' | 'update'>;
  toolStore: Pick<ConnectorToolStore, 'listTools'>;
  offeringStore: Pick<ConnectorOfferingStore, 'listOf'>;
  secrets: ConnectorSecrets;
  targets: Pick<ConnectorTargets, 'openCredentials' | 'locate'>;
  tester: Pick<ConnectorTester, 'test'>;
  clock: Pick<Clock, 'now'>;
  log: OperationLog;
  /** Called when a sync begins: the sessions of the connector are to be opened anew. */
  onSessionsInvalid(connectorId: string): Promise<void>;
  /** Called after a test that passed: what failed before means nothing any more. */
  onReachable(connectorId: string): void;
}

/** What a server offers now. */
export interface ServerDiscovery extends Pick<ToolDiscovery, 'tools'> {
  offerings: OfferingDiscovery;
}

/** Tests and syncs saved connectors, and keeps what was found as their health. */
export class ConnectorHealthService {
  readonly #deps: ConnectorHealthServiceDeps;

  constructor(deps: ConnectorHealthServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Tests with the stored URL and credentials and records the outcome, but not the tools. Where the connector changed
   * meanwhile, the report is about settings that are gone and nothing is recorded.
   * @throws AppError `CONNECTOR_NOT_FOUND`, `TEST_LIMIT_REACHED`
   */
  test(identity: Identity, id: string): Promise<ConnectionTestReport> {
    return this.#deps.log.run('connector.test', identity, async (fields) => {
      fields.connector_id = id;
      const record = await getRecord(this.#deps.store, { identity, id });
      fields.origin = record.serverOrigin;
      const { report, version } = await this.#test(identity, record);
      Object.assign(fields, reportFields(report));
      const changes = this.#health(record, report);
      // What is only about this member's credentials is nothing to record.
      if (changes.health !== undefined)
        await this.#deps.store.update(identity, id, version, changes);
      return report;
    });
  }

  /**
   * Connects anew and replaces the stored tools; clears the error of a healthy server and records that of another.
   * @throws AppError `CONNECTOR_NOT_FOUND`, `CONNECTOR_DISABLED`, `CONNECTOR_CHANGED`, `TEST_LIMIT_REACHED`
   */
  sync(identity: Identity, id: string): Promise<Connector> {
    return this.#deps.log.change('connector.sync', identity, async (fields) => {
      fields.connector_id = id;
      const record = await getRecord(this.#deps.store, { identity, id });
      fields.origin = record.serverOrigin;
      if (record.intent === 'DISABLED') throw new AppError('CONNECTOR_DISABLED');
      // Not earlier: a sync that is refused must not cost the sessions that work.
      const onTurn = () => this.#deps.onSessionsInvalid(id);
      const options = { onTurn, withOfferings: true };
      const { report, version } = await this.#test(identity, record, options);
      Object.assign(fields, reportFields(report));
      const changes = this.#health(record, report);
      const saved = await this.#deps.store.update(identity, id, version, {
        ...changes,
        ...(report.success && discoveredState(report)),
      });
      if (saved === undefined) throw new AppError('CONNECTOR_CHANGED');
      return this.#deps.secrets.toConnector(identity, this.#asFound(saved, report));
    });
  }

  /**
   * Stores what a server offers now, where that is other than what is stored. Where the connector changed meanwhile, nothing is
   * stored: whoever changed it knows better.
   * @param discover asks the server; undefined where it cannot be asked now
   * @throws what `discover` throws
   */
  async refreshTools(
    identity: Identity,
    id: string,
    discover: (record: ConnectorRecord) => Promise<ServerDiscovery | undefined>,
  ): Promise<void> {
    const { store, clock, log } = this.#deps;
    const record = await store.find(identity, id);
    if (record === undefined || record.intent === 'DISABLED') return;
    // What this member is shown need not be what others are: an admin decides, by a sync.
    if (isPersonal(record)) return;
    const discovery = await discover(record);
    if (discovery === undefined) return;
    const tools = await this.#findNewTools(identity, id, discovery.tools);
    const offerings = await this.#findNewOfferings(identity, id, discovery.offerings);
    if (tools === undefined && offerings === undefined) return;
    const news = { ...(tools && { tools }), ...(offerings && { offerings }) };
    await log.run('connector.refresh_tools', identity, async (fields) => {
      fields.connector_id = id;
      fields.origin = record.serverOrigin;
      const saved = await store.update(identity, id, record.version, { ...news, at: clock.now() });
      fields.outcome = saved === undefined ? 'CONNECTOR_CHANGED' : 'ok';
    });
  }

  /** The tools as they are to be stored; undefined where they are stored like that. */
  async #findNewTools(
    identity: Identity,
    id: string,
    found: ServerDiscovery['tools'],
  ): Promise<NewTool[] | undefined> {
    const tools = found.map(toNewTool);
    const page = { limit: DISCOVERY_LIMITS.tools + 1, after: undefined };
    const stored = await this.#deps.toolStore.listTools(identity, id, page);
    return hashesOf(tools) === hashesOf(stored) ? undefined : tools;
  }

  /** The prompts, resources and templates of the kinds that changed; undefined where none did. */
  async #findNewOfferings(
    identity: Identity,
    id: string,
    found: OfferingDiscovery,
  ): Promise<OfferingDiscovery | undefined> {
    const stored = await this.#deps.offeringStore.listOf(identity, id);
    const changed: OfferingDiscovery = {};
    for (const kind of OFFERING_KINDS) {
      const offerings = found[kind];
      if (offerings !== undefined && textOf(offerings) !== textOf(stored[kind] ?? [])) {
        changed[kind] = offerings;
      }
    }
    return Object.keys(changed).length > 0 ? changed : undefined;
  }

  /** Tests, a second time where the server refused tokens and there are newer ones. @returns with it the version it is about */
  async #test(
    identity: Identity,
    record: ConnectorRecord,
    options: Pick<TestOptions, 'onTurn' | 'withOfferings'> = {},
  ): Promise<{ report: ConnectionTestReport; version: number }> {
    const first = await this.#testOnce(identity, record, options);
    const { report } = first;
    if (record.credential?.kind !== 'oauth2' || report.errorCode !== 'AUTH_FAILED') {
      return { report, version: record.version };
    }
    const isRenewed = await afterRefusal(first);
    // That the tokens were refused may be noted already.
    const current = await this.#deps.store.find(identity, record.id);
    if (current?.credentialGeneration !== record.credentialGeneration) {
      return { report, version: record.version };
    }
    const { onTurn: _done, ...again } = options;
    const last = isRenewed ? await this.#testOnce(identity, current, again) : first;
    return { report: last.report, version: current.version };
  }

  async #testOnce(
    identity: Identity,
    record: ConnectorRecord,
    options: Pick<TestOptions, 'onTurn' | 'withOfferings'>,
  ): Promise<Tested> {
    const { targets, tester, onReachable } = this.#deps;
    let opened: UsableCredentials;
    let way: ServerWay;
    try {
      way = await targets.locate(identity, record);
      opened = await targets.openCredentials(identity, record);
    } catch (failure) {
      if (!(failure instanceof McpFailure)) throw failure;
      await options.onTurn?.();
      return { report: failedReport(failure.code, { latencyMs: 0, attempts: 0, failure }) };
    }
    const { credentials, ...rest } = opened;
    // The transport that the owner chose, not what was remembered: a server may have moved from SSE to streamable HTTP.
    const subject = { ...way, credentials };
    const report = await tester.test(identity, subject, options);
    if (report.success) onReachable(record.id);
    return { report, ...rest };
  }

  /** What is shown to the member whose own credentials were refused; of their fault, others are not told. */
  #asFound(saved: ConnectorRecord, { errorCode: code }: ConnectionTestReport): ConnectorRecord {
    if (code === undefined || !isPersonal(saved) || healthAfter(code) !== 'NEEDS_AUTH')
      return saved;
    return {
      ...saved,
      health: 'NEEDS_AUTH',
      fault: faultAfter(undefined, { code, at: saved.updatedAt }),
    };
  }

  #health(record: ConnectorRecord, report: ConnectionTestReport): ConnectorChanges {
    const { fault } = record;
    const at = this.#deps.clock.now();
    if (report.errorCode === undefined) {
      const { knowledge } = discoveredState(report);
      return { at, knowledge, health: { health: 'HEALTHY', fault: undefined, testedAt: at } };
    }
    const { errorCode } = report;
    const health = healthAfter(errorCode);
    if (isPersonal(record) && health === 'NEEDS_AUTH') return { at };
    return {
      at,
      health: { health, fault: faultAfter(fault, { code: errorCode, at }), testedAt: at },
    };
  }
}

/** What came of a test, and what can be done about a refusal. */
type Tested = Omit<UsableCredentials, 'credentials'> & { report: ConnectionTestReport };

/** @returns are there newer tokens by now? Missing rights are noted for the next sign-in; newer tokens would lack them as well. */
async function afterRefusal({ report, renew, onMissingScopes }: Tested): Promise<boolean> {
  const { failure } = report;
  if (failure?.missingScopes !== undefined) {
    await onMissingScopes?.(failure.missingScopes.scopes);
    return false;
  }
  return failure?.notExecuted === true && ((await renew?.()) ?? false);
}

/** The same for the same tools, in whatever order. */
function hashesOf(tools: readonly { definitionHash: string }[]): string {
  return tools
    .map(({ definitionHash }) => definitionHash)
    .sort()
    .join();
}

/** The same for the same offerings, in whatever order. */
function textOf(offerings: readonly Offering[]): string {
  return offerings
    .map(({ key, definition }) => JSON.stringify([key, definition]))
    .sort()
    .join();
}
