import { canParseUrl } from '../../lib/can-parse-url.ts';
import type { Clock } from '../../lib/clock.ts';
import { OAuthFailure } from '../../oauth/oauth-failure.ts';
import type { OAuthClient, OAuthServer } from '../../oauth/oauth-grant.ts';
import type { OAuthProtocol } from '../../oauth/oauth-protocol.ts';
import { type OperatorClients, secretMethodOf } from '../../oauth/operator-clients.ts';
import { type ClientRegistration, registrationsOf } from '../../oauth/sign-in-offer.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { type SealContext, SealError, type SealedBox } from '../credentials/index.ts';
import type { RegistrationKey, RegistrationStore } from './registration-store.ts';

/** A client that a user registered by hand. */
export interface TypedClient {
  clientId: string;
  clientSecret: string | undefined;
  /** In place of a secret, as PEM. */
  privateKey: string | undefined;
  keyId: string | undefined;
}

/** A client that acts for itself, and that an admin registered by hand. */
export interface ServiceClient extends TypedClient {
  /** Where it is registered: its secret goes nowhere else. */
  issuer: string;
}

/** Collaborators of the {@link OAuthClients}. */
export interface OAuthClientsDeps {
  store: RegistrationStore;
  protocol: Pick<OAuthProtocol, 'register'>;
  operatorClients: Pick<OperatorClients, 'find' | 'findServiceClient'>;
  box: Pick<SealedBox, 'seal' | 'open'>;
  clock: Pick<Clock, 'now'>;
  /** Address of our client id metadata document; undefined where authorization servers could not read it. */
  metadataDocument: string | undefined;
}

/** Who to be to an authorization server. */
export interface ClientRequest {
  server: OAuthServer;
  redirectUri: string;
  typed: TypedClient | undefined;
  /** Asks for a new registration, because the server may have forgotten the one there is. */
  isDoubted: boolean;
}

/** A secret that ends within this time is not begun with. */
const LEAST_LIFE_MS = 24 * 3600_000;
const CLIENT_NAME = 'MCP Connectors';

/** Finds out who we are to an authorization server, in the order of the MCP specification. */
export class OAuthClients {
  readonly #deps: OAuthClientsDeps;

  constructor(deps: OAuthClientsDeps) {
    this.#deps = deps;
  }

  /**
   * The client that the user typed in, else the operator's for this server, else that of our metadata document, else one that the server registers.
   * @throws OAuthFailure `CLIENT_REQUIRED` where only the user can help; `REGISTRATION_REFUSED`, `UNREACHABLE`
   */
  async clientFor(
    identity: Identity,
    request: ClientRequest,
  ): Promise<{ client: OAuthClient; registration: ClientRegistration }> {
    const { server, typed } = request;
    if (typed !== undefined) return { client: toClient(typed, server), registration: 'manual' };
    const { metadataDocument, operatorClients } = this.#deps;
    const operators = operatorClients.find(server);
    if (operators !== undefined) return { client: operators, registration: 'operator' };
    const hasMetadataDocument = metadataDocument !== undefined;
    const ways = { operatorClients, hasMetadataDocument };
    const [registration = 'manual'] = registrationsOf(server, ways);
    if (registration === 'metadata_document' && metadataDocument !== undefined) {
      return { client: { client_id: metadataDocument, authMethod: 'none' }, registration };
    }
    if (registration === 'manual') throw new OAuthFailure('CLIENT_REQUIRED');
    return { client: await this.#registered(identity, request), registration };
  }

  /**
   * The client that gets tokens for itself: the one that was typed in, else the operator's for this resource. No registration that
   * anybody could have had is asked for.
   * @throws OAuthFailure `ISSUER_MISMATCH` where the one that was typed in is registered elsewhere, `CLIENT_REQUIRED` where there is none
   */
  serviceClientFor(
    { server, resource }: { server: OAuthServer; resource: string },
    typed: ServiceClient | undefined,
  ): OAuthClient {
    if (typed === undefined) {
      const found = this.#deps.operatorClients.findServiceClient(server, resource);
      if (found === undefined) throw new OAuthFailure('CLIENT_REQUIRED');
      return found;
    }
    const isThere =
      canParseUrl(typed.issuer) && new URL(typed.issuer).href === new URL(server.issuer).href;
    if (!isThere) throw new OAuthFailure('ISSUER_MISMATCH');
    return toClient(typed, server);
  }

  /** The server refused the client it had registered: the next sign-in needs another one. */
  forget(identity: Identity, key: RegistrationKey): Promise<void> {
    return this.#deps.store.delete(identity, key);
  }

  async #registered(
    identity: Identity,
    { server, redirectUri, isDoubted }: ClientRequest,
  ): Promise<OAuthClient> {
    const { store, protocol, box, clock } = this.#deps;
    const key = { issuer: server.issuer, redirectUri };
    const stored = isDoubted ? undefined : await this.#findStored(identity, key);
    if (stored !== undefined) return stored;
    const { client, expiresAt } = await protocol.register(server, {
      redirectUri,
      clientName: CLIENT_NAME,
    });
    const sealed = box.seal(JSON.stringify(client), contextOf(identity, key));
    await store.put(identity, key, { sealed, expiresAt, at: clock.now() });
    return client;
  }

  async #findStored(identity: Identity, key: RegistrationKey): Promise<OAuthClient | undefined> {
    const stored = await this.#deps.store.find(identity, key);
    if (stored === undefined) return undefined;
    const needed = this.#deps.clock.now().getTime() + LEAST_LIFE_MS;
    if (stored.expiresAt !== undefined && stored.expiresAt.getTime() < needed) return undefined;
    try {
      // The seal proves that the text is the one that was sealed above.
      return JSON.parse(
        this.#deps.box.open(stored.sealed, contextOf(identity, key)),
      ) as OAuthClient;
    } catch (error) {
      // Its key is gone: a registration can be had again, unlike what users gave us.
      if (error instanceof SealError) return undefined;
      throw error;
    }
  }
}

function contextOf({ tenantId }: Identity, { issuer, redirectUri }: RegistrationKey): SealContext {
  return {
    table: 'oauth_registrations',
    column: 'sealed',
    tenantId,
    owner: 'tenant',
    rowId: redirectUri,
    url: issuer,
  };
}

function toClient(typed: TypedClient, server: OAuthServer): OAuthClient {
  const { clientId, clientSecret, privateKey, keyId } = typed;
  if (privateKey !== undefined) {
    const key = { private_key: privateKey, ...(keyId !== undefined && { key_id: keyId }) };
    return { client_id: clientId, ...key, authMethod: 'private_key_jwt' };
  }
  if (clientSecret === undefined) return { client_id: clientId, authMethod: 'none' };
  return { client_id: clientId, client_secret: clientSecret, authMethod: secretMethodOf(server) };
}
