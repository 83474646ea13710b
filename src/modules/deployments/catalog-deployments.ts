import type { Identity } from '../../tenancy/caller.ts';
import type {
  CatalogEntry,
  EntryDeployment,
  EntryDeployments,
  EntryServer,
  SettingInput,
} from '../catalog/index.ts';
import type { DeployedServers } from './deployed-servers.ts';
import type { Deployment } from './deployment.ts';
import type { DeploymentSecrets } from './deployment-secrets.ts';
import type { DeploymentService } from './deployment-service.ts';
import type { DeploymentStore } from './deployment-store.ts';

/** Collaborators of the {@link CatalogDeployments}. */
export interface CatalogDeploymentsDeps {
  service: Pick<DeploymentService, 'deploy' | 'forgetEnable' | 'delete'>;
  servers: Pick<DeployedServers, 'locate'>;
  store: Pick<DeploymentStore, 'list' | 'findByEntry'>;
  secrets: DeploymentSecrets;
}

/** More than a catalog has entries that are deployed. */
const ALL = 1_000;

/** Deployments as the catalog sees them: by the keys of entries. */
export class CatalogDeployments implements EntryDeployments {
  readonly #deps: CatalogDeploymentsDeps;

  constructor(deps: CatalogDeploymentsDeps) {
    this.#deps = deps;
  }

  async list(identity: Identity): Promise<EntryDeployment[]> {
    if (identity.projectId === undefined) return [];
    const all = await this.#deps.store.list(identity, { limit: ALL, after: undefined });
    return all.map((deployment) => this.#toEntry(deployment));
  }

  async find(identity: Identity, entryKey: string): Promise<EntryDeployment | undefined> {
    if (identity.projectId === undefined) return undefined;
    const found = await this.#deps.store.findByEntry(identity, entryKey);
    return found === undefined ? undefined : this.#toEntry(found);
  }

  locate(identity: Identity, entry: CatalogEntry): Promise<EntryServer | undefined> {
    return this.#deps.servers.locate(identity, entry);
  }

  async deployAndEnable(
    identity: Identity,
    entry: CatalogEntry,
    settings: SettingInput,
  ): Promise<EntryDeployment> {
    const request = { settings, isEnabling: true };
    return this.#toEntry(await this.#deps.service.deploy(identity, entry, request));
  }

  async forgetEnable(identity: Identity, entryKey: string): Promise<void> {
    const found = await this.find(identity, entryKey);
    if (found !== undefined) await this.#deps.service.forgetEnable(identity, found.id);
  }

  async release(identity: Identity, entryKey: string): Promise<void> {
    const found = await this.find(identity, entryKey);
    if (found !== undefined) await this.#deps.service.delete(identity, found.id);
  }

  #toEntry(deployment: Deployment): EntryDeployment {
    const { id, entryKey, state, enableWanted, error, updatedAt } = deployment;
    const isEnding = ['failed', 'stopping', 'stopped'].includes(state);
    return {
      ...{ id, entryKey, updatedAt, errorCode: error?.code },
      isUnderWay: state === 'deploying' || (enableWanted && !isEnding),
      settings: this.#deps.secrets.find(deployment)?.settings ?? {},
    };
  }
}
