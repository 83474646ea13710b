import type { Clock } from '../../lib/clock.ts';
import type { McpTarget } from '../../mcp/client/mcp-client.ts';
import { McpFailure } from '../../mcp/client/mcp-failure.ts';
import { MAX_SCOPES } from '../../oauth/challenge.ts';
import { OAuthFailure } from '../../oauth/oauth-failure.ts';
import { isRenewable, type OAuthGrant } from '../../oauth/oauth-grant.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { type Credentials, toSecretHeaders } from '../credentials/index.ts';
import { type ConnectorRecord, lacksCredentials } from './connector.ts';
import type { ConnectorSecrets } from './connector-secrets.ts';
import type { ConnectorSettings } from './connector-update.ts';
import type { GrantRenewal } from './grant-renewal.ts';
import type { GrantStore } from './grant-store.ts';
import type { ManagedServers } from './managed-servers.ts';

/** Collaborators of the {@link ConnectorTargets}. */
export interface ConnectorTargetsDeps {
  secrets: ConnectorSecrets;
  renewal: Pick<GrantRenewal, 'renew' | 'read' | 'refuse'>;
  grants: Pick<GrantStore, 'want'>;
  managedServers: ManagedServers;
  clock: Pick<Clock, 'now'>;
}

/** The way to a connector's server. */
export interface ServerWay extends ConnectorSettings {
  /** As in {@link McpTarget}. */
  isPinned: boolean;
  /** What the server asks of us, whoever its user is. */
  secretHeaders: Readonly<Record<string, string>>;
}

/** Credentials that can be sent now. */
export interface UsableCredentials {
  credentials: Credentials | undefined;
  /** As those of {@link McpTarget}. */
  renew?: () => Promise<boolean>;
  onMissingScopes?: (scopes: readonly string[]) => Promise<boolean>;
}

/** Tokens are renewed so long before their end at the earliest, or a fifth of their life where that is less. */
export const MAX_LEAD_MS = 5 * 60_000;
/** A token that is refused this soon after it was issued is not refused because it is old. */
const NEW_MS = 60_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Grants whose failed renewals are remembered. */
const MAX_PAUSES = 10_000;

/** Everything a connect needs, opened at the moment of use, with tokens that are renewed before they end. */
export class ConnectorTargets {
  readonly #deps: ConnectorTargetsDeps;
  /** After a renewal that failed for now, by connector; the oldest first. */
  readonly #pauses = new Map<string, { until: number; lengthMs: number }>();

  constructor(deps: ConnectorTargetsDeps) {
    this.#deps = deps;
  }

  /** @throws McpFailure as {@link openCredentials} */
  async openTarget(identity: Identity, record: ConnectorRecord): Promise<McpTarget> {
    const way = await this.locate(identity, record);
    const { serverUrl: url, transport, isPinned } = way;
    const { credentials, ...signedIn } = await this.openCredentials(identity, record);
    return {
      ...{ url, isPinned },
      transport: transport === 'auto' ? (record.knowledge?.transport ?? 'auto') : transport,
      era: record.knowledge?.era,
      secretHeaders: { ...toSecretHeaders(credentials), ...way.secretHeaders },
      ...signedIn,
    };
  }

  /**
   * Where its server is: as its owner said, or as the catalog says now.
   * @throws McpFailure `BLOCKED_URL` where the catalog does not offer it any more, `CONNECTION_FAILED` where it was brought up and is up nowhere
   */
  async locate(identity: Identity, record: ConnectorRecord): Promise<ServerWay> {
    const { secrets, managedServers } = this.#deps;
    const { entryKey, transport } = record;
    if (entryKey === undefined) {
      const serverUrl = secrets.openUrl(identity, record);
      return { serverUrl, transport, isPinned: false, secretHeaders: {} };
    }
    const server = await managedServers.findServer(identity, entryKey);
    if (server === undefined) throw new McpFailure('BLOCKED_URL', { notExecuted: true });
    const { url: serverUrl, secretHeaders = {}, ...rest } = server;
    return { serverUrl, transport: rest.transport, isPinned: rest.isPinned, secretHeaders };
  }

  /**
   * The stored credentials; tokens that end soon are renewed before.
   * @throws McpFailure `AUTH_REQUIRED` where they were deleted, `AUTH_FAILED` where only a new sign-in helps, `CONNECTION_FAILED` where
   * the tokens have ended and there are no new ones for now
   */
  async openCredentials(identity: Identity, record: ConnectorRecord): Promise<UsableCredentials> {
    if (lacksCredentials(record)) throw new McpFailure('AUTH_REQUIRED', { notExecuted: true });
    if (record.credential?.state === 'refused') {
      throw new McpFailure('AUTH_FAILED', { notExecuted: true });
    }
    const credentials = this.#deps.secrets.openCredentials(identity, record);
    if (credentials?.kind !== 'oauth2') return { credentials };
    const grant = await this.#fresh(identity, record.id, credentials.grant);
    return {
      credentials: { kind: 'oauth2', grant },
      renew: () => this.#renewRefused(identity, record.id, grant.accessToken),
      onMissingScopes: (scopes) => this.#want(identity, record.credential, scopes),
    };
  }

  async #fresh(identity: Identity, connectorId: string, grant: OAuthGrant): Promise<OAuthGrant> {
    const now = this.#deps.clock.now().getTime();
    const { expiresAt, obtainedAt } = grant;
    if (expiresAt === undefined) return grant;
    const lead = Math.min(MAX_LEAD_MS, (expiresAt - obtainedAt) / 5);
    const hasEnded = now >= expiresAt;
    // Not all replicas, and not all grants of one minute, at the same moment.
    const isDue = now >= expiresAt - lead * (1 - Math.random() / 2);
    if (!isDue || (!isRenewable(grant) && !hasEnded)) return grant;
    try {
      return await this.#renewUnlessPaused(identity, connectorId, grant.accessToken);
    } catch (error) {
      if (!(error instanceof OAuthFailure)) throw error;
      if (error.isTemporary && !hasEnded) return grant;
      const code = error.isTemporary ? 'CONNECTION_FAILED' : 'AUTH_FAILED';
      throw new McpFailure(code, { cause: error, notExecuted: true });
    }
  }

  /** @returns may a sign-in bring them? Not where the last one asked for them already: so nobody is sent in circles */
  async #want(
    identity: Identity,
    credential: ConnectorRecord['credential'],
    scopes: readonly string[],
  ): Promise<boolean> {
    if (credential === undefined) return false;
    const asked = new Set(credential.scopes);
    const isNew = scopes.some((scope) => !asked.has(scope));
    if (!isNew || new Set([...asked, ...scopes]).size > MAX_SCOPES) return false;
    await this.#deps.grants.want(identity, credential.id, scopes);
    return true;
  }

  /** The server has refused the token. @returns are there others now? */
  async #renewRefused(identity: Identity, connectorId: string, token: string): Promise<boolean> {
    const { renewal, clock } = this.#deps;
    try {
      const stored = await renewal.read(identity, connectorId);
      if (stored.grant.accessToken !== token) return true;
      if (clock.now().getTime() - stored.grant.obtainedAt < NEW_MS) {
        await renewal.refuse(identity, stored);
        return false;
      }
      await this.#renewUnlessPaused(identity, connectorId, token);
      return true;
    } catch (error) {
      if (error instanceof OAuthFailure || error instanceof McpFailure) return false;
      throw error;
    }
  }

  async #renewUnlessPaused(
    identity: Identity,
    connectorId: string,
    token: string,
  ): Promise<OAuthGrant> {
    const pause = this.#pauses.get(connectorId);
    if (pause !== undefined && this.#deps.clock.now().getTime() < pause.until) {
      throw new OAuthFailure('UNREACHABLE');
    }
    try {
      const grant = await this.#deps.renewal.renew(identity, connectorId, token);
      this.#pauses.delete(connectorId);
      return grant;
    } catch (error) {
      if (error instanceof OAuthFailure && error.isTemporary) this.#pause(connectorId);
      throw error;
    }
  }

  #pause(connectorId: string): void {
    const now = this.#deps.clock.now().getTime();
    const before = this.#pauses.get(connectorId);
    // Those who waited for the same attempt count once.
    if (before !== undefined && now < before.until) return;
    const doubled = before === undefined ? FIRST_PAUSE_MS : before.lengthMs * 2;
    const lengthMs = Math.min(doubled, LONGEST_PAUSE_MS);
    this.#pauses.delete(connectorId);
    this.#pauses.set(connectorId, { until: now + lengthMs, lengthMs });
    const [oldest] = this.#pauses.keys();
    if (this.#pauses.size > MAX_PAUSES && oldest !== undefined) this.#pauses.delete(oldest);
  }
}
