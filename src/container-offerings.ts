import type { Database } from './database/index.ts';
import type { OperationLog } from './lib/operation-log.ts';
import { type ManagedServers, PrismaConnectorOfferingStore } from './modules/connectors/index.ts';
import { OfferingRequestService, OfferingService } from './modules/offerings/index.ts';
import type { ServerRequestService } from './modules/sessions/index.ts';
import type { SignInLink } from './modules/tools/index.ts';

/** Builds what lists and asks for prompts, resources and templates. */
export function createOfferings({
  database,
  managedServers,
  requests,
  log,
  signInUrl,
}: {
  database: Database;
  managedServers: ManagedServers;
  requests: ServerRequestService;
  log: OperationLog;
  signInUrl: SignInLink;
}) {
  const store = new PrismaConnectorOfferingStore({ database, managedServers });
  return {
    offerings: new OfferingService({ store }),
    offeringRequests: new OfferingRequestService({ store, requests, log, signInUrl }),
  };
}
