import { createHash, randomBytes } from 'node:crypto';
import type { CredentialFile } from '../../runtimes/launch.ts';
import type { InstanceSpec } from '../../runtimes/runtime.ts';
import type { CatalogEntry, SettingValues } from '../catalog/index.ts';
import { type CredentialVault, SealError } from '../credentials/index.ts';
import type { Deployment } from './deployment.ts';

/** What a deployment keeps sealed. */
export interface DeploymentSecret {
  settings: SettingValues;
  /** What the fronts of its instances ask for; 43 characters of base64url. Stays as long as the deployment. */
  bearer: string;
}

type Owned = Pick<Deployment, 'id' | 'owner' | 'sealed'>;

/** Seals and opens what deployments keep, bound to their rows. */
export class DeploymentSecrets {
  readonly #vault: Pick<CredentialVault, 'sealDeployment' | 'openDeployment'>;

  constructor({ vault }: { vault: Pick<CredentialVault, 'sealDeployment' | 'openDeployment'> }) {
    this.#vault = vault;
  }

  seal({ id, owner }: Omit<Owned, 'sealed'>, secret: DeploymentSecret): string {
    return this.#vault.sealDeployment(JSON.stringify(secret), { identity: owner, rowId: id });
  }

  /** @throws SealError where it does not open */
  open({ id, owner, sealed }: Owned): DeploymentSecret {
    // The seal proves that the text is the one `seal` wrote.
    return JSON.parse(
      this.#vault.openDeployment(sealed, { identity: owner, rowId: id }),
    ) as DeploymentSecret;
  }

  /** As {@link open}; undefined where it does not open, so that it can be set anew. */
  find(deployment: Owned): DeploymentSecret | undefined {
    try {
      return this.open(deployment);
    } catch (error) {
      if (error instanceof SealError) return undefined;
      throw error;
    }
  }
}

/** A bearer secret that nobody had before: 32 random bytes. */
export function newBearer(): string {
  return randomBytes(32).toString('base64url');
}

/** Tells whether the catalog says something else by now of how the server of an entry runs. No secret is in it. */
export function specHashOf({ launch, settings }: CatalogEntry): string {
  const carried = settings.map(({ name, carrier, default: fallback }) => [name, carrier, fallback]);
  return createHash('sha256')
    .update(JSON.stringify([launch, carried]))
    .digest('hex');
}

/** What an instance is to run with. @throws Error for an entry without a launch */
export function instanceSpecOf(
  { id: deploymentId, generation }: Pick<Deployment, 'id' | 'generation'>,
  { key, launch, settings }: CatalogEntry,
  { settings: values, bearer }: DeploymentSecret,
  instanceId: string,
): InstanceSpec {
  if (launch === undefined) throw new Error('the entry says nothing of how it is started');
  const environment: Record<string, string> = {};
  const files: CredentialFile[] = [];
  for (const { name, carrier, default: fallback } of settings) {
    const value = values[name] ?? fallback;
    if (value === undefined || carrier === undefined) continue;
    if (carrier.kind === 'variable') environment[carrier.variable] = String(value);
    else files.push({ name: carrier.name, variable: carrier.variable, content: String(value) });
  }
  return {
    ...{ instanceId, deploymentId, entryKey: key, launch },
    ...{ environment, files, bearer, generation },
  };
}
