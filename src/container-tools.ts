import type { Registry } from 'prom-client';
import type { createChangeFeed } from './container-changes.ts';
import type { Clock } from './lib/clock.ts';
import type { OperationLog } from './lib/operation-log.ts';
import type { AuditTrail } from './modules/audit/index.ts';
import type { ConnectorToolStore, ToolPolicies } from './modules/connectors/index.ts';
import type { SealedBox } from './modules/credentials/index.ts';
import type { ServerRequestService, SessionService } from './modules/sessions/index.ts';
import {
  ComposerService,
  createCallMetrics,
  RequestStates,
  registerToolCacheMetrics,
  type SignInLink,
  ToolCache,
  ToolCallService,
  ToolPreflightService,
  ToolSearchService,
  ToolsetService,
} from './modules/tools/index.ts';

/** What the services of tools are built from. */
export interface ToolsBasis {
  changes: Pick<ReturnType<typeof createChangeFeed>, 'feed' | 'keepTrue'>;
  /** Memory for users' tools, in bytes. */
  cacheBytes: number;
  toolStore: ConnectorToolStore;
  toolPolicies: ToolPolicies;
  serverRequests: ServerRequestService;
  sessions: Pick<SessionService, 'findPause'>;
  box: SealedBox;
  clock: Clock;
  log: OperationLog;
  registry: Registry;
  trail: Pick<AuditTrail, 'called'>;
  signInUrl: SignInLink;
}

/** Builds what shows and calls users' tools; what all of it reads comes from one cache. */
export function createTools(basis: ToolsBasis) {
  const {
    toolStore,
    serverRequests: requests,
    sessions,
    box,
    clock,
    log,
    registry,
    trail: audit,
    signInUrl,
    toolPolicies,
  } = basis;
  const tools = createCache(basis);
  return {
    toolsetService: new ToolsetService({ store: toolStore, tools }),
    toolSearchService: new ToolSearchService({ tools }),
    composerService: new ComposerService({ tools }),
    toolPreflightService: new ToolPreflightService({ store: toolStore, tools, sessions }),
    toolCallService: new ToolCallService({
      store: tools,
      rows: toolStore,
      policies: toolPolicies,
      requests,
      states: new RequestStates({ box, clock }),
      clock,
      log,
      metrics: createCallMetrics(registry),
      audit,
      signInUrl,
    }),
  };
}

function createCache({ changes, toolStore: store, cacheBytes, registry }: ToolsBasis): ToolCache {
  const onAsked = registerToolCacheMetrics(registry, () => cache);
  const isLive = () => changes.feed.isLive;
  const cache = new ToolCache({ store, maxBytes: cacheBytes, isLive, onAsked });
  changes.keepTrue(cache);
  return cache;
}
