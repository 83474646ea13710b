import type { Logger } from 'pino';
import type { createChangeFeed } from './container-changes.ts';
import type { Database } from './database/index.ts';
import type { Clock } from './lib/clock.ts';
import type { OperationLog } from './lib/operation-log.ts';
import type { Catalog, CatalogConnectorService } from './modules/catalog/index.ts';
import { CredentialVault, type SealedBox } from './modules/credentials/index.ts';
import {
  CatalogDeployments,
  DeployedServers,
  DeploymentAdvanceService,
  DeploymentSecrets,
  DeploymentService,
  DeploymentWork,
  PrismaDeploymentStore,
  PrismaDeploymentWorkStore,
  Runtimes,
} from './modules/deployments/index.ts';
import type { Network } from './network.ts';
import { loggableCause } from './runtimes/loggable-cause.ts';
import type { Runtime, RuntimeKind } from './runtimes/runtime.ts';

/** What deployments are built from. */
export interface DeploymentsBasis {
  database: Database;
  changes: Pick<ReturnType<typeof createChangeFeed>, 'onDeployments'>;
  clock: Clock;
  log: OperationLog;
  logger: Pick<Logger, 'warn'>;
  catalog: Catalog;
  box: SealedBox;
  /** One of each kind that is configured. */
  runtimes: readonly Runtime[];
  pin: Network['pin'];
}

/** Builds what brings servers of the catalog up, and finds them. */
export function createDeployments(basis: DeploymentsBasis) {
  const { database, clock, log, catalog, pin } = basis;
  const runtimes = new Runtimes(basis.runtimes);
  const store = new PrismaDeploymentStore({ database });
  const workStore = new PrismaDeploymentWorkStore({ database });
  const secrets = new DeploymentSecrets({ vault: new CredentialVault(basis) });
  const servers = new DeployedServers({ catalog, store, secrets, runtimes, clock, pin });
  const service = new DeploymentService({ store, secrets, catalog, runtimes, clock, log });
  followPlaces(basis, workStore);
  return {
    deploymentService: service,
    managedServers: servers,
    /** What runs at this place, or waits for one, is looked at now: something is new there. @throws DatabaseUnavailable */
    hasten: (place: { runtime: RuntimeKind; target: string }) =>
      workStore.hasten(place, clock.now()),
    catalogDeployments: new CatalogDeployments({ service, servers, store, secrets }),
    /** Builds what works on them, once there is what switches entries on. */
    createAdvance: (entries: Pick<CatalogConnectorService, 'enable'>) =>
      new DeploymentAdvanceService({
        store: workStore,
        work: new DeploymentWork({
          ...{ store: workStore, runtimes, catalog, secrets, entries, clock },
          // Told once: this log is where operators read why, so what it says is no text of a server or a cluster.
          onProblem: ({ code, target, cause }, deployment_id) =>
            basis.logger.warn(
              { code, target, cause: loggableCause(cause), deployment_id },
              'a deployment has a problem',
            ),
        }),
        clock,
        onError: (err, deployment_id) =>
          basis.logger.warn({ err, deployment_id }, 'a deployment could not be worked on'),
      }),
  };
}

/** Wherever an instance is, whichever replica put it there, no connector of a user leads there. */
function followPlaces(
  { changes, pin, logger }: DeploymentsBasis,
  store: Pick<PrismaDeploymentWorkStore, 'listOrigins'>,
): void {
  let isReading = false;
  let isOutdated = false;
  const read = async () => {
    isOutdated = true;
    if (isReading) return;
    isReading = true;
    try {
      while (isOutdated) {
        isOutdated = false;
        for (const origin of await store.listOrigins()) pin(origin);
      }
    } catch (err) {
      logger.warn({ err }, 'the places of deployed servers cannot be read');
    } finally {
      isReading = false;
    }
  };
  changes.onDeployments(read);
}
