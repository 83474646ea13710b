import type { Identity } from '../../tenancy/caller.ts';
import type { Credentials } from './credential.ts';
import type { SealContext, SealedBox } from './sealed-box.ts';

/** The row a secret belongs to. */
export interface VaultRow {
  identity: Identity;
  rowId: string;
  /** It is the user's alone, for a connector of the project that all members share. */
  isPersonal?: boolean;
}

/** Not ambiguous, whatever characters ids have: what is in front tells how the rest is read. */
function ownerOf({ identity: { userId, projectId }, isPersonal = false }: VaultRow): string {
  if (projectId === undefined) return `user:${userId}`;
  return isPersonal ? `member:${JSON.stringify([projectId, userId])}` : `project:${projectId}`;
}

/**
 * Seals and opens what the service keeps for its users. Every secret is bound to tenant, owner, row and column, and
 * credentials to the canonical URL they may be sent to.
 */
export class CredentialVault {
  readonly #box: Pick<SealedBox, 'seal' | 'open'>;

  constructor({ box }: { box: Pick<SealedBox, 'seal' | 'open'> }) {
    this.#box = box;
  }

  /** Seals the whole URL of a connector: path and query may carry a key. */
  sealUrl(url: string, row: VaultRow): string {
    return this.#box.seal(url, urlContext(row));
  }

  /** @throws SealError when the text is damaged, its key is missing, or it belongs to another row. */
  openUrl(sealed: string, row: VaultRow): string {
    return this.#box.open(sealed, urlContext(row));
  }

  /** Seals credentials for the canonical URL they may be sent to. */
  sealCredentials(credentials: Credentials, row: VaultRow, canonicalUrl: string): string {
    return this.#box.seal(JSON.stringify(credentials), credentialContext(row, canonicalUrl));
  }

  /** Seals what a deployment keeps: its settings, and the secret that its servers ask for. */
  sealDeployment(text: string, row: VaultRow): string {
    return this.#box.seal(text, deploymentContext(row));
  }

  /** @throws SealError when the text is damaged, its key is missing, or it belongs to another row. */
  openDeployment(sealed: string, row: VaultRow): string {
    return this.#box.open(sealed, deploymentContext(row));
  }

  /** @throws SealError when the text is damaged, its key is missing, or it belongs to another row or URL. */
  openCredentials(sealed: string, row: VaultRow, canonicalUrl: string): Credentials {
    // The seal proves that the text is the one sealCredentials wrote.
    return JSON.parse(this.#box.open(sealed, credentialContext(row, canonicalUrl))) as Credentials;
  }
}

/** Where the settings of a deployment are kept. */
function deploymentContext({ identity, rowId }: VaultRow): SealContext {
  return {
    table: 'deployments',
    column: 'sealed',
    tenantId: identity.tenantId,
    owner: ownerOf({ identity, rowId }),
    rowId,
    url: '-',
  };
}

/** Where the URL of a connector is kept. */
export function urlContext({ identity, rowId }: VaultRow): SealContext {
  return {
    table: 'connectors',
    column: 'server_url_sealed',
    tenantId: identity.tenantId,
    owner: ownerOf({ identity, rowId }),
    rowId,
    url: '-',
  };
}

/** Where the credentials of a connector are kept, and where they may be sent. */
export function credentialContext(row: VaultRow, canonicalUrl: string): SealContext {
  return {
    table: 'credentials',
    column: 'sealed',
    tenantId: row.identity.tenantId,
    owner: ownerOf(row),
    rowId: row.rowId,
    url: canonicalUrl,
  };
}
