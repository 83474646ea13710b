import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import { readScopes } from '../../oauth/challenge.ts';
import { OAuthFailure } from '../../oauth/oauth-failure.ts';
import type { OAuthGrant } from '../../oauth/oauth-grant.ts';
import type { OAuthProtocol } from '../../oauth/oauth-protocol.ts';
import type { SignInDiscovery } from '../../oauth/sign-in-discovery.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import { managerIdentity, roleIn } from '../../tenancy/identity-for.ts';
import {
  type Connector,
  type ConnectorAccess,
  type ConnectorAccessService,
  type ConnectorSaveService,
  type ConnectorTester,
  UNREADABLE_URL,
} from '../connectors/index.ts';
import type { SignInDraft, TypedSubject } from './authorization.ts';
import type { OAuthClients, ServiceClient } from './oauth-clients.ts';
import { type GrantSaves, saveGrant } from './save-grant.ts';
import { notPossible, originOf, scopesToAdd, signInFailed, urlOf } from './sign-in-request.ts';

/** What is to be connected without a person: a connector of a project, or a new one. */
export interface ServiceRequest {
  target: { connectorId: string } | { draft: SignInDraft; projectId: string };
  /** That of the operator where it is undefined. */
  client: ServiceClient | undefined;
  /** What the server asks for where it is undefined. */
  scopes: string[] | undefined;
}

/** Collaborators of the {@link ClientCredentialsService}. */
export interface ClientCredentialsServiceDeps extends GrantSaves {
  discovery: Pick<SignInDiscovery, 'discover'>;
  protocol: Pick<OAuthProtocol, 'getServiceTokens'>;
  clients: Pick<OAuthClients, 'serviceClientFor'>;
  access: Pick<ConnectorAccessService, 'allow'>;
  saves: GrantSaves['saves'] & Pick<ConnectorSaveService, 'assertRoomFor'>;
  tester: Pick<ConnectorTester, 'inTurn'>;
  clock: Pick<Clock, 'now'>;
  log: OperationLog;
}

const NOT_FOR_THIS =
  'Only connectors of a project whose credentials are shared act without a person. Sign in, or enter credentials.';

/**
 * Connects servers for a project by the right of a client (client credentials grant): nobody signs in, and what the tokens open is what
 * that client may do.
 */
export class ClientCredentialsService {
  readonly #deps: ClientCredentialsServiceDeps;

  constructor(deps: ClientCredentialsServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Gets tokens, tests the server with them, and saves the connector.
   * @returns with what the caller is to the connector
   * @throws AppError `CONNECTOR_NOT_FOUND`, `PROJECT_NOT_FOUND`, `PROJECT_ADMIN_REQUIRED`, `CREDENTIALS_INVALID` where the connector is none
   * that acts without a person, `SIGN_IN_NOT_POSSIBLE`, `SIGN_IN_FAILED`, `TEST_LIMIT_REACHED`, and what saving a connector throws
   */
  connect(
    caller: Caller,
    request: ServiceRequest,
  ): Promise<Pick<ConnectorAccess, 'role'> & { connector: Connector }> {
    const { tenantId, userId } = caller;
    return this.#deps.log.change(
      'oauth.client_credentials',
      { tenantId, userId },
      async (fields) => {
        const { identity, role } = await this.#accessTo(caller, request);
        const subject = await this.#subjectOf(identity, request);
        if (subject.kind === 'connector') fields.connector_id = subject.connectorId;
        fields.origin = originOf(subject);
        const grant = await this.#grantFor(identity, subject, request);
        const connector = await saveGrant(this.#deps, identity, { subject, grant });
        fields.connector_id = connector.id;
        return { connector, role };
      },
    );
  }

  async #accessTo(caller: Caller, { target }: ServiceRequest): Promise<ConnectorAccess> {
    if ('connectorId' in target) {
      return await this.#deps.access.allow(caller, target.connectorId, 'manage');
    }
    const { projectId } = target;
    return { identity: managerIdentity(caller, projectId), role: roleIn(caller, projectId) };
  }

  async #subjectOf(identity: Identity, { target }: ServiceRequest): Promise<TypedSubject> {
    if ('draft' in target) {
      const { draft, projectId } = target;
      await this.#deps.saves.assertRoomFor(identity, draft.name);
      return { kind: 'draft', draft, projectId };
    }
    const connector = await this.#deps.connectors.get(identity, target.connectorId);
    const { id, projectId, serverUrl, credential } = connector;
    if (projectId === undefined || connector.credentialMode === 'personal') {
      throw new AppError('CREDENTIALS_INVALID', { detail: NOT_FOR_THIS });
    }
    if (serverUrl === undefined) throw new AppError('INVALID_URL', { detail: UNREADABLE_URL });
    const moreScopes = scopesToAdd(credential);
    return { kind: 'connector', connectorId: id, serverUrl, moreScopes, projectId };
  }

  /** Takes a turn as a test does: it sends requests to whatever the user typed in. */
  #grantFor(
    identity: Identity,
    subject: TypedSubject,
    { client: typed, scopes: wanted }: ServiceRequest,
  ): Promise<OAuthGrant> {
    const { tester, discovery, clients, protocol, clock } = this.#deps;
    const serverUrl = urlOf(subject);
    const find = async () => {
      const found = await discovery.discover(serverUrl, { grantType: 'client_credentials' });
      const more = subject.kind === 'connector' ? subject.moreScopes : [];
      const scopes = readScopes(wanted ?? [...found.scopes, ...more]);
      return { ...found, scopes, client: clients.serviceClientFor(found, typed) };
    };
    return tester.inTurn(identity, { serverUrl }, {}, async () => {
      const request = await find().catch((error: unknown) => {
        throw error instanceof OAuthFailure ? notPossible(error.code, error) : error;
      });
      const tokens = await protocol.getServiceTokens(request).catch((error: unknown) => {
        throw error instanceof OAuthFailure ? signInFailed(error) : error;
      });
      const { scopes: askedScopes, server, client, resource } = request;
      const obtainedAt = clock.now().getTime();
      const about = { askedScopes, obtainedAt, resource, server, client };
      return { grantType: 'client_credentials', ...tokens, ...about };
    });
  }
}
