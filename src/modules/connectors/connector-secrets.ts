import type { GrantType, OAuthGrant } from '../../oauth/oauth-grant.ts';
import type { Identity } from '../../tenancy/caller.ts';
import {
  type CredentialMetadata,
  type Credentials,
  type CredentialVault,
  headerNamesOf,
  SealError,
} from '../credentials/index.ts';
import {
  type Connector,
  type ConnectorRecord,
  faultAfter,
  isPersonal,
  type SealedCredential,
  statusOf,
} from './connector.ts';
import type { NewCredential } from './connector-store.ts';
import { deletionDue } from './credential-deletion.ts';
import { canonicalUrl } from './server-url.ts';

/** Seals and opens what a connector keeps: its URL, and credentials that belong to that URL. */
export class ConnectorSecrets {
  readonly #vault: CredentialVault;
  readonly #keptDays: number;
  readonly #onUnreadable: (error: SealError, connectorId: string) => void;

  constructor(deps: {
    vault: CredentialVault;
    /** Days that credentials of a disabled connector are kept; 0 keeps them. */
    keptDays: number;
    /** Told, for the log, of a stored URL that does not open. */
    onUnreadable: (error: SealError, connectorId: string) => void;
  }) {
    this.#vault = deps.vault;
    this.#keptDays = deps.keptDays;
    this.#onUnreadable = deps.onUnreadable;
  }

  /** @throws SealError when the stored text cannot be opened. */
  openUrl(identity: Identity, record: Pick<ConnectorRecord, 'id' | 'serverUrlSealed'>): string {
    return this.#vault.openUrl(record.serverUrlSealed, { identity, rowId: record.id });
  }

  /** As {@link openUrl}; undefined where it does not open, so that its owner can still replace it. */
  findUrl(
    identity: Identity,
    record: Pick<ConnectorRecord, 'id' | 'serverUrlSealed'>,
  ): string | undefined {
    try {
      return this.openUrl(identity, record);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      this.#onUnreadable(error, record.id);
      return undefined;
    }
  }

  /** Seals the URL of the connector with this id. */
  sealUrl(identity: Identity, connectorId: string, url: string): string {
    return this.#vault.sealUrl(url, { identity, rowId: connectorId });
  }

  /** @throws SealError when the stored text cannot be opened, or belongs to another URL. */
  openCredentials(identity: Identity, record: ConnectorRecord): Credentials | undefined {
    if (record.credential === undefined) return undefined;
    const { id, sealed } = record.credential;
    const url = canonicalUrl(this.openUrl(identity, record));
    const row = { identity, rowId: id, isPersonal: isPersonal(record) };
    return this.#vault.openCredentials(sealed, row, url);
  }

  /** Seals credentials under an id of their own, for the canonical form of `url`; personal ones for this member alone. */
  sealCredentials(
    identity: Identity,
    credential: { id: string; credentials: Credentials; url: string; isPersonal: boolean },
  ): NewCredential {
    const { id, credentials, url, isPersonal: isOwn } = credential;
    const row = { identity, rowId: id, isPersonal: isOwn };
    return {
      id,
      memberId: isOwn ? identity.userId : '',
      kind: credentials.kind,
      grantType: grantTypeOf(credentials),
      sealed: this.#vault.sealCredentials(credentials, row, canonicalUrl(url)),
      headerNames: headerNamesOf(credentials),
      expiresAt: expiryOf(credentials),
      scopes: credentials.kind === 'oauth2' ? (credentials.grant.askedScopes ?? []) : [],
    };
  }

  /** Seals renewed tokens for the place that the old ones had. */
  sealRenewed(
    identity: Identity,
    place: { id: string; url: string; isPersonal: boolean },
    grant: OAuthGrant,
  ): Pick<NewCredential, 'sealed' | 'expiresAt'> {
    const credentials = { kind: 'oauth2', grant } as const;
    const { sealed, expiresAt } = this.sealCredentials(identity, { ...place, credentials });
    return { sealed, expiresAt };
  }

  /** The connector as its owner sees it. One whose URL does not open is an error that its owner can mend. */
  toConnector(identity: Identity, record: ConnectorRecord): Connector {
    const { serverUrlSealed: _sealed, credential, ...rest } = record;
    const serverUrl = this.findUrl(identity, record);
    const isReadable = serverUrl !== undefined;
    return {
      ...rest,
      serverUrl,
      fault: isReadable
        ? rest.fault
        : faultAfter(rest.fault, { code: 'INVALID_URL', at: rest.updatedAt }),
      status: statusOf(isReadable ? record : { ...record, health: 'ERROR' }),
      credential: credential && {
        ...metadataOf(credential),
        deletionDueAt: deletionDue(record, this.#keptDays),
      },
    };
  }
}

function grantTypeOf(credentials: Credentials): GrantType | null {
  if (credentials.kind !== 'oauth2') return null;
  return credentials.grant.grantType ?? 'authorization_code';
}

/** When the token ends that is sent; undefined where nobody says. */
function expiryOf(credentials: Credentials): Date | undefined {
  if (credentials.kind !== 'oauth2' || credentials.grant.expiresAt === undefined) return undefined;
  return new Date(credentials.grant.expiresAt);
}

function metadataOf({
  kind,
  grantType,
  headerNames,
  state,
  expiresAt,
  scopes,
  missingScopes,
  updatedAt,
}: SealedCredential): Omit<CredentialMetadata, 'deletionDueAt'> {
  return { kind, grantType, headerNames, state, expiresAt, scopes, missingScopes, updatedAt };
}
