import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config } from './config.ts';
import { createAgents } from './container-agents.ts';
import { createRecordedDatabase } from './container-audit.ts';
import { type CatalogParts, createCatalog, createCatalogServices } from './container-catalog.ts';
import { createChangeFeed } from './container-changes.ts';
import { createDeployments } from './container-deployments.ts';
import { createErasure } from './container-erasure.ts';
import { createEvents } from './container-events.ts';
import { createImports } from './container-imports.ts';
import { createJobs } from './container-jobs.ts';
import { createKeyLoading } from './container-keys.ts';
import { createKubernetes, type KubernetesBasis } from './container-kubernetes.ts';
import {
  createGrants,
  createOAuth,
  createSignIns,
  type OAuthParts,
  signInLink,
} from './container-oauth.ts';
import { createOfferings } from './container-offerings.ts';
import { createProcesses, type Processes, type ProcessesBasis } from './container-processes.ts';
import { createSessions } from './container-sessions.ts';
import { createSystemTools } from './container-system-tools.ts';
import { tokenSourceOf } from './container-token.ts';
import { createTools } from './container-tools.ts';
import { type ChangeFeed, type Database, describeSchemaState } from './database/index.ts';
import { createMetricsRegistry } from './http/plugins/metrics.ts';
import { createProblemRenderer } from './http/problem.ts';
import { type CheckState, Readiness, type ReadinessCheck } from './http/readiness.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import type { OperationLog } from './lib/operation-log.ts';
import type { SdkMcpClient } from './mcp/client/sdk-mcp-client.ts';
import { McpEndpoint } from './mcp/server/mcp-endpoint.ts';
import type { AuditTrail } from './modules/audit/index.ts';
import {
  ConnectionValidator,
  ConnectorAccessService,
  ConnectorHealthService,
  ConnectorSaveService,
  ConnectorSecrets,
  ConnectorService,
  ConnectorTester,
  ConnectorToolService,
  PrismaConnectorOfferingStore,
  PrismaConnectorPlaceStore,
  PrismaConnectorStore,
  PrismaConnectorToolStore,
  PrismaResealStore,
  ResealService,
  TestLimiter,
} from './modules/connectors/index.ts';
import { CredentialVault, parseKeyring, SealedBox } from './modules/credentials/index.ts';
import { Gateway, GatewayService, registerGatewayMetrics } from './modules/gateway/index.ts';
import { IdempotencyService, PrismaIdempotencyStore } from './modules/idempotency/index.ts';
import { ServerRequestService } from './modules/sessions/index.ts';
import { createNetwork, type NetworkOptions } from './network.ts';
import type { Outbound } from './outbound/guarded-fetch.ts';
import type { UserPolicy } from './outbound/outbound-policy.ts';
import { packageVersion } from './package-version.ts';
import type { Runtime } from './runtimes/runtime.ts';

/** Everything the routes need, built by hand in one place. */
export type Container = ReturnType<typeof createContainer>;

/** What the composition root starts from. */
export interface ContainerOptions {
  config: Config;
  logger: Logger;
  /** Connection string of the database that is really used. */
  databaseUrl: string;
  /** Time; the clock of the system by default. */
  clock?: Clock;
  /** Whether jobs become due by the time of the system; default true. */
  hasSchedule?: boolean;
  /** Places where managed servers run, beside those that are configured; one of the same kind takes its place. Default: none. */
  runtimes?: readonly Runtime[];
}

const CONNECTOR_LIMIT = 10;
/** How many connectors a project may have. */
const PROJECT_CONNECTOR_LIMIT = 20;
const CONNECTOR_LIMITS = { user: CONNECTOR_LIMIT, project: PROJECT_CONNECTOR_LIMIT };

/**
 * Builds every service by hand. Nothing is connected yet: the database pools open on first use.
 * @throws KeyringError when `ENCRYPTION_KEYS` cannot be used.
 */
export function createContainer({
  config,
  logger,
  databaseUrl,
  clock = systemClock,
  hasSchedule: isScheduled = true,
  runtimes = [],
}: ContainerOptions) {
  const registry = createMetricsRegistry();
  const changes = createChangeFeed({ databaseUrl, clock, logger, registry });
  const recorded = createRecordedDatabase({
    ...{ config, databaseUrl, feed: changes, clock, logger, registry },
  });
  const { database, log, trail, requestContext } = recorded;
  const catalogParts = createCatalog(config);
  const agents = createAgents({ ...recorded, config, clock, logger }, () => deployments);
  const network = createNetwork(config, logger, pinnedBy(catalogParts, agents));
  const keyring = parseKeyring(config.encryptionKeys);
  const keys = createKeyLoading({ config, keyring, clock, logger });
  const box = new SealedBox(keyring);
  const parts = { config, database, changes, clock, logger, log, trail, box, registry };
  const agentRuntimes = agents.createRuntimes(network.pinnedOutbound);
  const places = createPlaces(parts, [...agentRuntimes, ...runtimes]);
  const found = { ...parts, ...network, ...catalogParts };
  const deployments = createDeployments({ ...found, runtimes: places.runtimes });
  const basis: Basis = { ...found, ...deployments };
  const sessions = createSessions(basis);
  const services = createServices(basis, sessions);
  const events = createEvents(basis);
  const stopTimers = startTimers(logger, [
    { name: 'session sweep', everyMs: sessions.sweepEveryMs, work: sessions.sweep },
    recorded.timer,
  ]);
  const toDo = { ...services, ...events, auditService: recorded.auditService };
  const jobs = createJobs({
    ...{ databaseUrl, database, clock, logger, registry, isScheduled, services: toDo },
  });
  return {
    ...{ config, logger, requestContext, clock },
    ...services,
    changeFeed: changes.feed,
    /** Has the keys unwrapped, if they can be, and begins what nobody has to wait for. */
    start: () => startParts({ changes, processes: places.processes, keys, jobs }),
    ...{ trail, auditService: recorded.auditService, agentService: agents.agentService },
    /** Has the keys unwrapped, for commands, which need no more. */
    unlock: () => keys.start(() => undefined),
    sessionStatisticsService: sessions.sessionStatisticsService,
    erasureService: createErasure({ ...basis, sessions, services }),
    ...createImports({ ...basis, services }),
    ...events,
    ...createSystemTools({ ...basis, services }),
    gateway: createGateway(services, changes.feed, basis),
    tokenSource: tokenSourceOf(config, network.keyOutbound, logger),
    renderProblem: createProblemRenderer(config.publicUrl),
    registry,
    readiness: createReadiness(basis, [
      keys.readinessCheck,
      keyCheck(services.resealService),
      jobs.readinessCheck,
    ]),
    /** Closes sessions, then sockets, then the database. */
    close: async () => {
      stopTimers();
      await keys.close();
      await jobs.close();
      await changes.close();
      await sessions.close();
      await places.close();
      await trail.flush();
      await network.close();
      await database.close();
    },
  };
}

/** Builds the places where managed servers run, those that the configuration wants. @param others that somebody made */
function createPlaces(basis: ProcessesBasis & KubernetesBasis, others: readonly Runtime[]) {
  const processes = createProcesses(basis);
  const kubernetes = createKubernetes(basis);
  return {
    processes,
    runtimes: [...processes.runtimes, ...kubernetes.runtimes, ...others],
    close: async () => {
      await processes.close();
      await kubernetes.close();
    },
  };
}

/** Where the operator's own servers and machines are. */
function pinnedBy(
  { pinnedOrigins }: Pick<CatalogParts, 'pinnedOrigins'>,
  { origins }: Pick<ReturnType<typeof createAgents>, 'origins'>,
): NetworkOptions {
  return { pinnedOrigins: [...pinnedOrigins, ...origins] };
}

/** @throws HostingError where managed servers cannot be run as it is wanted; the errors of `listen` */
async function startParts(parts: {
  changes: Pick<ReturnType<typeof createChangeFeed>, 'start'>;
  processes: Processes;
  keys: ReturnType<typeof createKeyLoading>;
  jobs: Pick<ReturnType<typeof createJobs>, 'start'>;
}): Promise<void> {
  const { changes, processes, keys, jobs } = parts;
  changes.start();
  await processes.open();
  await keys.start(() => {
    jobs.start();
    processes.announce();
  });
}

/** What most services are built from. */
interface Basis extends CatalogParts, ReturnType<typeof createDeployments> {
  config: Config;
  database: Database;
  changes: ReturnType<typeof createChangeFeed>;
  clock: Clock;
  logger: Logger;
  log: OperationLog;
  trail: AuditTrail;
  box: SealedBox;
  mcpClient: SdkMcpClient;
  userPolicy: UserPolicy;
  userOutbound: Outbound;
  pinnedOutbound: (origin: string) => Outbound;
  registry: Registry;
}

type Services = ReturnType<typeof createServices>;

function createServices(basis: Basis, live: ReturnType<typeof createSessions>) {
  const { config, database, clock, log, box } = basis;
  const { sessionService: sessions } = live;
  const signInUrl = (connectorId: string) => signInLink(config.signIn, connectorId);
  const { toolPolicies } = config;
  const oauth = createOAuth(basis);
  const vault = new CredentialVault({ box });
  const secrets = createSecrets(vault, basis);
  const tester = createTester(basis, oauth);
  const store = new PrismaConnectorStore({ ...basis, toolPolicies });
  const grants = createGrants({ ...basis, store, secrets, oauth });
  const { targets, revocation } = grants;
  const toolStore = new PrismaConnectorToolStore({ ...basis, toolPolicies });
  const offeringStore = new PrismaConnectorOfferingStore(basis);
  const onSessionsInvalid = (connectorId: string, userId?: string) =>
    sessions.closeConnector(connectorId, userId);
  const shared = {
    ...{ store, toolStore, offeringStore, secrets, targets, tester, clock, log },
    onSessionsInvalid,
    onReachable: (connectorId: string) => sessions.trust(connectorId),
    revocation,
  };
  const connectorAccessService = new ConnectorAccessService({
    places: new PrismaConnectorPlaceStore({ database }),
  });
  const connectorService = new ConnectorService(shared);
  const connectorSaveService = new ConnectorSaveService({ ...shared, limits: CONNECTOR_LIMITS });
  const connectorHealthService = new ConnectorHealthService(shared);
  live.watchTools(connectorHealthService);
  const catalogBasis = { ...basis, ...shared, connectorService, connectorHealthService };
  const catalogServices = createCatalogServices(catalogBasis);
  const { maxCallsPerUser: maxPerUser } = config.sessions;
  const requestBasis = { connectors: connectorService, targets, sessions, clock, maxPerUser };
  const serverRequests = new ServerRequestService(requestBasis);
  return {
    ...grants,
    signInUrl,
    serverRequests,
    connectorAccessService,
    connectorService,
    connectorSaveService,
    connectorHealthService,
    ...catalogServices,
    deploymentService: basis.deploymentService,
    deploymentAdvanceService: basis.createAdvance(catalogServices.catalogConnectorService),
    connectorToolService: new ConnectorToolService(shared),
    ...createSignIns({
      ...{ ...basis, oauth, tester },
      access: connectorAccessService,
      connectors: connectorService,
      saves: connectorSaveService,
      catalogConnectors: catalogServices.catalogConnectorService,
    }),
    ...createUpkeep(basis, vault),
    ...createTools({
      ...basis,
      cacheBytes: config.toolCacheBytes,
      toolStore,
      toolPolicies,
      serverRequests,
      sessions,
      signInUrl,
    }),
  };
}

/** What keeps stored secrets readable, and requests from being run twice. */
function createUpkeep({ database, box, clock, logger }: Basis, vault: CredentialVault) {
  return {
    resealService: new ResealService({
      store: new PrismaResealStore({ database }),
      vault,
      box,
      clock,
    }),
    idempotencyService: new IdempotencyService({
      store: new PrismaIdempotencyStore({ database }),
      box,
      clock,
      onAnswerLost: (err) => logger.error({ err }, 'the answer of an Idempotency-Key is lost'),
    }),
  };
}

function createSecrets(
  vault: CredentialVault,
  { config, logger }: Pick<Basis, 'config' | 'logger'>,
): ConnectorSecrets {
  return new ConnectorSecrets({
    vault,
    keptDays: config.credentialsKeptDays,
    onUnreadable: (err, connector_id) =>
      logger.warn({ err, connector_id }, 'the stored URL of a connector cannot be read'),
  });
}

function createTester(
  { config, clock, mcpClient, userPolicy: urlPolicy }: Basis,
  { signIn }: OAuthParts,
): ConnectorTester {
  const validator = new ConnectionValidator({ mcpClient, clock });
  const limiter = new TestLimiter({ limits: config.testLimits, clock });
  return new ConnectorTester({ validator, limiter, urlPolicy, signIn });
}

/** The MCP endpoint in front of the services. */
function createGateway(
  services: Services,
  changes: ChangeFeed,
  { database, managedServers, clock, log, logger, registry }: Basis,
): Gateway {
  const { serverRequests: requests, signInUrl } = services;
  const endpoint = new McpEndpoint({
    identity: { name: 'mcp-connectors', version: packageVersion(), title: 'MCP Connectors' },
    clock,
    onError: (err) => logger.error({ err }, 'the MCP endpoint failed'),
  });
  registerGatewayMetrics(registry, endpoint);
  return new Gateway({
    endpoint,
    service: new GatewayService({
      search: services.toolSearchService,
      calls: services.toolCallService,
      changes,
      ...createOfferings({ database, managedServers, log, requests, signInUrl }),
    }),
  });
}

function createReadiness(
  { database, clock, logger }: Basis,
  checks: readonly ReadinessCheck[],
): Readiness {
  return new Readiness({
    checks: [schemaCheck(database, logger), ...checks],
    clock,
    onError: (name, err) => logger.warn({ err, check: name }, 'readiness check failed'),
  });
}

/** Without the schema every query would fail: operations wait, and the log says for what. */
function schemaCheck(database: Database, logger: Logger): ReadinessCheck {
  let lastReason: string | undefined;
  return {
    name: 'database',
    blocks: true,
    check: async (): Promise<CheckState> => {
      const state = await database.schemaState();
      const reason = state.kind === 'current' ? undefined : describeSchemaState(state);
      if (reason !== lastReason) {
        if (reason === undefined) logger.info('the database is ready');
        else logger.error({ reason }, 'the database is not ready');
        lastReason = reason;
      }
      return reason === undefined ? { ok: true } : { ok: false, reason };
    },
  };
}

/** A stored secret whose key is gone can only fail. Names key ids, which are not secret. */
function keyCheck(resealService: ResealService): ReadinessCheck {
  return {
    name: 'encryption_keys',
    check: async (): Promise<CheckState> => {
      const missing = await resealService.findMissingKeyIds();
      if (missing.length === 0) return { ok: true };
      return { ok: false, reason: `ENCRYPTION_KEYS lacks ${missing.join(', ')}.` };
    },
  };
}

interface Timer {
  name: string;
  everyMs: number;
  work: () => Promise<unknown>;
}

/** Work that every replica may do, any number of times. */
function startTimers(logger: Logger, timers: readonly Timer[]): () => void {
  const running = timers.map(({ name, everyMs, work }) =>
    setInterval(() => {
      work().catch((err: unknown) => logger.warn({ err, work: name }, 'periodic work failed'));
    }, everyMs).unref(),
  );
  return () => {
    for (const timer of running) clearInterval(timer);
  };
}
