import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import { readScopes } from '../../oauth/challenge.ts';
import { OAuthFailure } from '../../oauth/oauth-failure.ts';
import type { OAuthGrant, OAuthServer } from '../../oauth/oauth-grant.ts';
import type { OAuthProtocol } from '../../oauth/oauth-protocol.ts';
import type { SignInDiscovery } from '../../oauth/sign-in-discovery.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import type { Connector, ConnectorAccess, ConnectorTester } from '../connectors/index.ts';
import {
  type Authorization,
  type AuthorizationRecord,
  type SignInFlow,
  type SignInSettings,
  type SignInSubject,
  toAuthorization,
} from './authorization.ts';
import type { AuthorizationStore } from './authorization-store.ts';
import { redirectUriOf } from './client-metadata.ts';
import type { OAuthClients, TypedClient } from './oauth-clients.ts';
import {
  connectorIdOf,
  notPossible,
  originOf,
  returnUrlOf,
  type SignInRequest,
  signInFailed,
  unusable,
  urlOf,
} from './sign-in-request.ts';
import { isKeyOf, type SignInSecrets } from './sign-in-secrets.ts';
import type { SignInSubjects } from './sign-in-subjects.ts';

/** Collaborators of the {@link AuthorizationService}. */
export interface AuthorizationServiceDeps {
  store: AuthorizationStore;
  secrets: SignInSecrets;
  discovery: Pick<SignInDiscovery, 'discover'>;
  protocol: Pick<OAuthProtocol, 'createCodeVerifier' | 'exchange'>;
  clients: Pick<OAuthClients, 'clientFor' | 'forget'>;
  subjects: Pick<SignInSubjects, 'of' | 'accessTo' | 'save'>;
  tester: Pick<ConnectorTester, 'inTurn'>;
  clock: Pick<Clock, 'now'>;
  log: OperationLog;
  /** Undefined where the operator has not said where sign-ins happen. */
  settings: SignInSettings | undefined;
}

/** A sign-in that has begun, and the address that the user's browser is to open. */
export interface StartedSignIn {
  authorization: Authorization;
  url: string;
}

/** A connector with new tokens. */
interface SignedIn extends Pick<ConnectorAccess, 'role'> {
  connector: Connector;
}

/** Time for each half of a sign-in: to come back from the authorization server, and to complete it then. */
export const SIGN_IN_MS = 10 * 60_000;
/** Sign-ins of a user that are remembered. */
const MAX_AUTHORIZATIONS = 20;
/** How long one can be read after it has ended. */
const KEPT_MS = 3600_000;

/** The part of a sign-in that its user does with a token: starts it, looks at it, completes it. The browser's part is another service. */
export class AuthorizationService {
  readonly #deps: AuthorizationServiceDeps;

  constructor(deps: AuthorizationServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Finds out how to sign in and who we are there, and prepares the link that the user's browser is to open.
   * @throws AppError `SIGN_IN_NOT_POSSIBLE`, `VALIDATION_FAILED`, `CONNECTOR_NOT_FOUND`, `CONNECTOR_NAME_TAKEN`,
   * `CONNECTOR_LIMIT_REACHED`, `CATALOG_ENTRY_NOT_FOUND`, `CATALOG_ENTRY_CLOSED`, `TEST_LIMIT_REACHED`, `PROJECT_NOT_FOUND`, `PROJECT_ADMIN_REQUIRED`, `CREDENTIALS_INVALID` where members give
   * credentials of another kind
   */
  start(caller: Caller, request: SignInRequest): Promise<StartedSignIn> {
    const { log, settings, secrets, store, clock } = this.#deps;
    const identity = userOf(caller);
    return log.run('oauth.start', identity, async (fields) => {
      if (settings === undefined) throw notPossible('NOT_CONFIGURED');
      const returnUrl = returnUrlOf(request, settings);
      const subject = await this.#deps.subjects.of(caller, request);
      const connectorId = connectorIdOf(subject);
      if (connectorId !== undefined) fields.connector_id = connectorId;
      fields.origin = originOf(subject);
      const redirectUri = redirectUriOf(settings);
      const prepared = await this.#prepare(identity, subject, {
        redirectUri,
        typed: request.client,
      });
      const id = randomUUID();
      const name = { identity, id };
      const now = clock.now();
      const record: AuthorizationRecord = {
        id,
        status: 'pending',
        connectorId,
        issuer: prepared.server.issuer,
        errorCode: undefined,
        browserHash: undefined,
        handleHash: undefined,
        sealed: secrets.sealFlow(name, { ...prepared, returnUrl }),
        createdAt: now,
        expiresAt: new Date(now.getTime() + SIGN_IN_MS),
      };
      await store.insert(identity, record, MAX_AUTHORIZATIONS);
      const ticket = secrets.sealName(name, 'ticket');
      const url = `${settings.publicUrl}/oauth/authorize?ticket=${ticket}`;
      return { authorization: toAuthorization(record, now), url };
    });
  }

  /** @throws AppError `AUTHORIZATION_NOT_FOUND`, also where it is somebody else's */
  async get(identity: Identity, id: string): Promise<Authorization> {
    return toAuthorization(await this.#getRecord(identity, id), this.#deps.clock.now());
  }

  /**
   * Exchanges the code, tests the server with the tokens and saves the connector. Where the test fails, nothing is saved and it may be
   * completed again.
   * @param handle what the browser came back with: whoever completes it has to have both the token of the user and this
   * @returns with what the caller is to the connector
   * @throws AppError `AUTHORIZATION_NOT_FOUND`, `AUTHORIZATION_UNUSABLE`, `SIGN_IN_FAILED`, and what saving a connector throws; as
   * {@link start} where the caller may do no more what they might when they started
   */
  complete(caller: Caller, id: string, handle: string): Promise<SignedIn> {
    const { log, store, secrets, clock } = this.#deps;
    const identity = userOf(caller);
    return log.change('oauth.complete', identity, async (fields) => {
      const record = await this.#getRecord(identity, id);
      const { status } = toAuthorization(record, clock.now());
      const { sealed, handleHash } = record;
      const isHolder = isKeyOf(handle, handleHash);
      if (status !== 'returned' || sealed === undefined || !isHolder) throw unusable(status);
      const flow = secrets.openFlow({ identity, id }, sealed);
      fields.origin = originOf(flow.subject);
      const access = await this.#deps.subjects.accessTo(caller, flow.subject);
      // Only one request may use the code: the second use of it would void the tokens of the first.
      const isMine = await store.advance(identity, id, 'returned', { status: 'completing' });
      if (!isMine) throw unusable('returned');
      const connector = await this.#finish(access.identity, id, flow);
      fields.connector_id = connector.id;
      return { connector, role: access.role };
    });
  }

  /** Sign-ins that ended an hour ago, of all users. */
  deleteExpired(): Promise<number> {
    const { store, clock } = this.#deps;
    return store.deleteExpired(new Date(clock.now().getTime() - KEPT_MS));
  }

  async #getRecord(identity: Identity, id: string): Promise<AuthorizationRecord> {
    const record = await this.#deps.store.find(identity, id);
    if (record === undefined) throw new AppError('AUTHORIZATION_NOT_FOUND');
    return record;
  }

  /** Takes a turn as a test does: it sends requests to whatever the user typed in. */
  async #prepare(
    identity: Identity,
    subject: SignInSubject,
    { redirectUri, typed }: { redirectUri: string; typed: TypedClient | undefined },
  ): Promise<Omit<SignInFlow, 'returnUrl'>> {
    const { tester, discovery, clients, store, protocol } = this.#deps;
    const serverUrl = urlOf(subject);
    const isPinned = subject.kind === 'system-tool' && subject.isPinned;
    return tester.inTurn(identity, { serverUrl, isPinned }, {}, async () => {
      try {
        const { server, resource, ...found } = await discovery.discover(serverUrl, { isPinned });
        assertIssuer(subject, server);
        const more = subject.kind === 'draft' ? [] : subject.moreScopes;
        const scopes = readScopes([...found.scopes, ...more]);
        const isDoubted = await store.hasUnreturned(identity, server.issuer);
        const request = { server, redirectUri, typed, isDoubted };
        const { client, registration } = await clients.clientFor(identity, request);
        const codeVerifier = protocol.createCodeVerifier();
        const us = { client, registration, redirectUri, codeVerifier };
        return { subject, server, resource, scopes, ...us };
      } catch (error) {
        if (error instanceof OAuthFailure) throw notPossible(error.code, error);
        throw error;
      }
    });
  }

  async #finish(identity: Identity, id: string, flow: SignInFlow): Promise<Connector> {
    const { store, clients, subjects } = this.#deps;
    try {
      const grant = flow.grant ?? (await this.#exchange(identity, id, flow));
      const connector = await subjects.save(identity, flow.subject, grant);
      const end = { status: 'completed', sealed: null, connectorId: connector.id } as const;
      await store.advance(identity, id, 'completing', end);
      return connector;
    } catch (error) {
      if (!(error instanceof OAuthFailure) || error.isTemporary) {
        await store.advance(identity, id, 'completing', { status: 'returned' });
        throw error instanceof OAuthFailure ? signInFailed(error) : error;
      }
      const end = { status: 'failed', sealed: null, errorCode: error.code } as const;
      await store.advance(identity, id, 'completing', end);
      if (error.code === 'CLIENT_REFUSED' && flow.registration === 'dynamic') {
        const { server, redirectUri } = flow;
        await clients.forget(identity, { issuer: server.issuer, redirectUri });
      }
      throw signInFailed(error);
    }
  }

  /** The tokens are stored at once: a code can be used only once. */
  async #exchange(identity: Identity, id: string, flow: SignInFlow): Promise<OAuthGrant> {
    const { protocol, store, secrets, clock } = this.#deps;
    const { answer, server, client, resource, scopes } = flow;
    if (answer === undefined) throw new OAuthFailure('ANSWER_INVALID');
    const tokens = await protocol.exchange(flow, { code: answer.code, iss: answer.iss });
    const scope = scopes.length > 0 ? { scope: scopes.join(' ') } : {};
    const obtainedAt = clock.now().getTime();
    const about = { askedScopes: scopes, obtainedAt, resource, server, client };
    const grant: OAuthGrant = { ...scope, ...tokens, ...about };
    const { answer: _used, ...rest } = flow;
    const sealed = secrets.sealFlow({ identity, id }, { ...rest, grant });
    await store.advance(identity, id, 'completing', { status: 'completing', sealed });
    return grant;
  }
}

/** @throws OAuthFailure `ISSUER_MISMATCH` where the operator named another authorization server for the tool */
function assertIssuer(subject: SignInSubject, { issuer }: Pick<OAuthServer, 'issuer'>): void {
  if (subject.kind !== 'system-tool' || subject.issuer === undefined) return;
  if (new URL(subject.issuer).href !== new URL(issuer).href) {
    throw new OAuthFailure('ISSUER_MISMATCH');
  }
}

/** A sign-in belongs to its user alone, whatever it is for. */
function userOf({ tenantId, userId }: Caller): Identity {
  return { tenantId, userId };
}
