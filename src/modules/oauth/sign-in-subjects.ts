import { AppError } from '../../errors/app-error.ts';
import type { OAuthGrant } from '../../oauth/oauth-grant.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import { managerIdentity, roleIn } from '../../tenancy/identity-for.ts';
import {
  type Catalog,
  type CatalogConnectorService,
  type CatalogEntry,
  serverOf,
} from '../catalog/index.ts';
import {
  type Connector,
  type ConnectorAccess,
  type ConnectorAccessService,
  type ConnectorSaveService,
  UNREADABLE_URL,
} from '../connectors/index.ts';
import type { SignInSubject } from './authorization.ts';
import { type GrantSaves, saveGrant } from './save-grant.ts';
import { OTHER_KIND, type SignInRequest, scopesToAdd } from './sign-in-request.ts';

/** Collaborators of the {@link SignInSubjects}. */
export interface SignInSubjectsDeps extends GrantSaves {
  access: Pick<ConnectorAccessService, 'allow'>;
  saves: GrantSaves['saves'] & Pick<ConnectorSaveService, 'assertRoomFor'>;
  catalog: Pick<Catalog, 'get' | 'isOpen'>;
  catalogConnectors: Pick<CatalogConnectorService, 'enable'>;
}

/** What users sign in to: finds out what it is, who may, and saves what came of it. */
export class SignInSubjects {
  readonly #deps: SignInSubjectsDeps;

  constructor(deps: SignInSubjectsDeps) {
    this.#deps = deps;
  }

  /** @throws AppError as `AuthorizationService.start` */
  async of(caller: Caller, request: SignInRequest): Promise<SignInSubject> {
    const { connectorId, draft, systemTool, projectId } = request;
    if (systemTool !== undefined) return this.#systemTool(systemTool.key, systemTool.connector);
    if ((connectorId === undefined) === (draft === undefined)) {
      const detail = 'send connector_id or draft, and not both';
      throw new AppError('VALIDATION_FAILED', { errors: [{ pointer: '/body', detail }] });
    }
    const { identity } = await this.accessTo(caller, {
      ...(connectorId !== undefined && { connectorId }),
      ...(projectId !== undefined && { projectId }),
    });
    if (draft !== undefined) {
      await this.#deps.saves.assertRoomFor(identity, draft.name);
      return { kind: 'draft', draft, ...(projectId !== undefined && { projectId }) };
    }
    const connector = await this.#deps.connectors.get(identity, String(connectorId));
    const { id, serverUrl, credentialMode, authType } = connector;
    if (connector.source === 'system' && connector.entryKey !== undefined) {
      return this.#systemTool(connector.entryKey, connector);
    }
    if (serverUrl === undefined) throw new AppError('INVALID_URL', { detail: UNREADABLE_URL });
    if (credentialMode === 'personal' && authType !== 'oauth2') {
      throw new AppError('CREDENTIALS_INVALID', { detail: OTHER_KIND });
    }
    const place = connector.projectId === undefined ? {} : { projectId: connector.projectId };
    const moreScopes = scopesToAdd(connector.credential);
    return { kind: 'connector', connectorId: id, serverUrl, moreScopes, ...place };
  }

  /** Asked at both ends of a sign-in: who was an admin, or a member, may be none any more. */
  async accessTo(
    caller: Caller,
    subject: Pick<SignInSubject, 'projectId'> & { connectorId?: string | undefined },
  ): Promise<ConnectorAccess> {
    const { connectorId, projectId } = subject;
    if (connectorId !== undefined) {
      // Before a code is used for somebody who has left the project.
      const isGone = projectId !== undefined && !caller.projects.has(projectId);
      if (isGone) throw new AppError('CONNECTOR_NOT_FOUND');
      return this.#deps.access.allow(caller, connectorId, 'sign-in');
    }
    return { identity: managerIdentity(caller, projectId), role: roleIn(caller, projectId) };
  }

  /** @throws AppError as saving a connector does */
  async save(identity: Identity, subject: SignInSubject, grant: OAuthGrant): Promise<Connector> {
    if (subject.kind !== 'system-tool') return saveGrant(this.#deps, identity, { subject, grant });
    return this.#connect(identity, subject, { kind: 'oauth2', grant });
  }

  #systemTool(key: string, connector: Connector | undefined): SignInSubject {
    const entry = this.#getEntry(key);
    const server = serverOf(entry);
    // Entries offered to users are static; one that is nowhere has nothing to sign in to.
    if (server === undefined) throw new AppError('SIGN_IN_NOT_POSSIBLE');
    const { url: serverUrl, isPinned } = server;
    const scopes = entry.auth.kind === 'oauth2' ? entry.auth.scopes : [];
    const issuer = entry.auth.kind === 'oauth2' ? entry.auth.issuer : undefined;
    return {
      ...{ kind: 'system-tool', entryKey: entry.key, serverUrl, isPinned },
      moreScopes: [...scopes, ...scopesToAdd(connector?.credential)],
      connectorId: connector?.id,
      ...(issuer !== undefined && { issuer }),
    };
  }

  async #connect(
    identity: Identity,
    subject: Extract<SignInSubject, { kind: 'system-tool' }>,
    credentials: { kind: 'oauth2'; grant: OAuthGrant },
  ): Promise<Connector> {
    const entry = this.#getEntry(subject.entryKey);
    // Whoever disconnected it meanwhile does not want it back.
    if (subject.connectorId !== undefined) {
      await this.#deps.connectors.get(identity, subject.connectorId);
    }
    // As above: the operator may have moved it meanwhile.
    if (entry.url !== subject.serverUrl) throw new AppError('CONNECTOR_CHANGED');
    const saved = await this.#deps.catalogConnectors.enable(identity, entry, { credentials });
    return saved.connector;
  }

  /** @throws AppError `CATALOG_ENTRY_NOT_FOUND`, `CATALOG_ENTRY_CLOSED` */
  #getEntry(key: string): CatalogEntry {
    const { catalog } = this.#deps;
    const entry = catalog.get(key, 'user');
    if (!catalog.isOpen(entry)) throw new AppError('CATALOG_ENTRY_CLOSED');
    return entry;
  }
}
