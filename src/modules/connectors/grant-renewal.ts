import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import { McpFailure } from '../../mcp/client/mcp-failure.ts';
import { OAuthFailure } from '../../oauth/oauth-failure.ts';
import type { OAuthGrant, TokenSet } from '../../oauth/oauth-grant.ts';
import type { OAuthProtocol } from '../../oauth/oauth-protocol.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { isPersonal } from './connector.ts';
import type { ConnectorSecrets } from './connector-secrets.ts';
import type { ConnectorStore } from './connector-store.ts';
import type { GrantStore, LeasedCredential } from './grant-store.ts';

/** Collaborators of the {@link GrantRenewal}. */
export interface GrantRenewalDeps {
  store: Pick<ConnectorStore, 'find'>;
  grants: GrantStore;
  secrets: ConnectorSecrets;
  protocol: Pick<OAuthProtocol, 'refresh' | 'getServiceTokens'>;
  clock: Pick<Clock, 'now' | 'sleep'>;
  log: OperationLog;
}

/** A stored grant, opened. */
export interface StoredGrant {
  credential: LeasedCredential;
  /** Of the connector: the place the tokens are sealed for. */
  url: string;
  grant: OAuthGrant;
}

/** Longer than a request to a token endpoint may take, with what is left to store its answer. */
const LEASE_SECONDS = 30;
/** How often those look who wait for another replica. */
const LOOK_MS = 100;
const LOOKS = (LEASE_SECONDS * 1000) / LOOK_MS + 50;
/** A rotated refresh token that is not stored is lost. */
const SAVE_TRIES = 3;
const SAVE_PAUSE_MS = 250;

/**
 * Renews the tokens of a grant, once across all replicas: who renews holds a lease in the row, and has read under it what it renews.
 * The new tokens are stored before anybody uses them.
 */
export class GrantRenewal {
  readonly #deps: GrantRenewalDeps;
  /** Those of this process wait for one of them. */
  readonly #running = new Map<string, Promise<OAuthGrant>>();

  constructor(deps: GrantRenewalDeps) {
    this.#deps = deps;
  }

  /**
   * The grant with other tokens than the ones with this access token: those that somebody else has stored meanwhile, or new ones.
   * @throws McpFailure where there is no grant any more; OAuthFailure where the authorization server gives none. Unless that is
   * temporary, the connector needs a sign-in from now on.
   */
  renew(identity: Identity, connectorId: string, staleToken: string): Promise<OAuthGrant> {
    const key = JSON.stringify([identity.tenantId, identity.userId, connectorId, staleToken]);
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const renewing = this.#renew(identity, connectorId, staleToken).finally(() =>
      this.#running.delete(key),
    );
    this.#running.set(key, renewing);
    return renewing;
  }

  /** The grant as it is stored now. @throws McpFailure `AUTH_REQUIRED` where there is none, `AUTH_FAILED` where it was refused */
  async read(identity: Identity, connectorId: string): Promise<StoredGrant> {
    const { store, secrets } = this.#deps;
    const record = await store.find(identity, connectorId);
    const credential = record?.credential;
    if (credential?.kind !== 'oauth2' || record === undefined) {
      throw new McpFailure('AUTH_REQUIRED', { notExecuted: true });
    }
    if (credential.state === 'refused') throw new McpFailure('AUTH_FAILED', { notExecuted: true });
    const credentials = secrets.openCredentials(identity, record);
    if (credentials?.kind !== 'oauth2') throw new Error('a grant was sealed as something else');
    const { id, sealed } = credential;
    const url = secrets.openUrl(identity, record);
    const leased = { id, sealed, connectorId, isPersonal: isPersonal(record) };
    return { credential: leased, url, grant: credentials.grant };
  }

  /** The server takes these tokens no more, and there are no others. */
  refuse(identity: Identity, { credential }: StoredGrant): Promise<void> {
    return this.#deps.grants.refuse(identity, credential, this.#deps.clock.now());
  }

  async #renew(identity: Identity, connectorId: string, staleToken: string): Promise<OAuthGrant> {
    const { grants, clock } = this.#deps;
    for (let look = 0; look < LOOKS; look += 1) {
      const stored = await this.read(identity, connectorId);
      if (stored.grant.accessToken !== staleToken) return stored.grant;
      const lease = { id: randomUUID(), seconds: LEASE_SECONDS };
      if (await grants.lease(identity, stored.credential, lease)) {
        const renewed = await this.#renewLeased(identity, stored, lease.id);
        if (renewed !== undefined) return renewed;
      }
      await clock.sleep(LOOK_MS);
    }
    throw new OAuthFailure('UNREACHABLE');
  }

  /** @returns undefined where what it renewed was replaced meanwhile */
  async #renewLeased(
    identity: Identity,
    stored: StoredGrant,
    leaseId: string,
  ): Promise<OAuthGrant | undefined> {
    const { log } = this.#deps;
    const { connectorId } = stored.credential;
    const result = await log.run('connector.renew_tokens', identity, async (fields) => {
      fields.connector_id = connectorId;
      try {
        return await this.#ask(identity, stored, leaseId);
      } catch (error) {
        if (!(error instanceof OAuthFailure)) throw error;
        fields.outcome = error.code;
        return error;
      }
    });
    if (result instanceof OAuthFailure) throw result;
    return result;
  }

  async #ask(
    identity: Identity,
    { credential, url, grant }: StoredGrant,
    leaseId: string,
  ): Promise<OAuthGrant | undefined> {
    const { grants, secrets, clock } = this.#deps;
    try {
      const tokens = await this.#tokensFor(grant);
      const at = clock.now();
      const { expiresAt: _ended, ...kept } = grant;
      const renewed: OAuthGrant = { ...kept, ...tokens, obtainedAt: at.getTime() };
      const place = { id: credential.id, url, isPersonal: credential.isPersonal };
      const sealed = secrets.sealRenewed(identity, place, renewed);
      const saved = await this.#save(identity, credential.id, { leaseId, ...sealed, at });
      return saved ? renewed : undefined;
    } catch (error) {
      const isOver = error instanceof OAuthFailure && !error.isTemporary;
      if (isOver) await grants.refuse(identity, credential, clock.now());
      else await grants.release(identity, credential.id, leaseId);
      throw error;
    }
  }

  #tokensFor(grant: OAuthGrant): Promise<TokenSet> {
    const { protocol } = this.#deps;
    if (grant.grantType === 'client_credentials') {
      return protocol.getServiceTokens({ ...grant, scopes: grant.askedScopes ?? [] });
    }
    if (grant.refreshToken === undefined) throw new OAuthFailure('GRANT_REFUSED');
    return protocol.refresh(grant, grant.refreshToken);
  }

  /** Tries several times: the refresh token that was used may be void by now. */
  async #save(
    identity: Identity,
    credentialId: string,
    renewed: Parameters<GrantStore['save']>[2],
  ): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#deps.grants.save(identity, credentialId, renewed);
      } catch (error) {
        if (tries >= SAVE_TRIES) throw error;
        await this.#deps.clock.sleep(SAVE_PAUSE_MS * tries);
      }
    }
  }
}
