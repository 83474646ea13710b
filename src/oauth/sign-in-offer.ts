import type { Clock } from '../lib/clock.ts';
import { startDeadline } from '../lib/deadline.ts';
import { OAuthFailure } from './oauth-failure.ts';
import type { OAuthServer } from './oauth-grant.ts';
import type { OperatorClients } from './operator-clients.ts';
import type { SignInDiscovery } from './sign-in-discovery.ts';

/** How we become known to an authorization server. */
export type ClientRegistration =
  /** The operator has registered us there. */
  | 'operator'
  /** It reads our client id metadata document. */
  | 'metadata_document'
  /** It registers whoever asks (RFC 7591). */
  | 'dynamic'
  /** Somebody registers us there, and tells us the client id. */
  | 'manual';

/** What was discovered of a server that wants a sign-in. */
export interface SignInOffer {
  issuer: string;
  /** What would be asked for; empty where the server does not say. */
  scopes: string[];
  /** What is possible, in the order in which it is tried; `manual` always is. */
  registration: ClientRegistration[];
}

/** What {@link SignInOffers} need. */
export interface SignInOffersDeps {
  discovery: Pick<SignInDiscovery, 'discover'>;
  clock: Pick<Clock, 'sleep'>;
  operatorClients: Pick<OperatorClients, 'find'>;
  /** Is our metadata document served where authorization servers can read it? */
  hasMetadataDocument: boolean;
}

/** Milliseconds to look for an offer: it comes on top of a test. */
const SEARCH_MS = 5_000;

/** Finds out for the report of a test how to sign in. */
export class SignInOffers {
  readonly #deps: SignInOffersDeps;

  constructor(deps: SignInOffersDeps) {
    this.#deps = deps;
  }

  /** Undefined where nothing usable is found in five seconds. @throws the reason of `signal` */
  async find(serverUrl: string, signal?: AbortSignal): Promise<SignInOffer | undefined> {
    const { discovery, clock } = this.#deps;
    const deadline = startDeadline(clock, SEARCH_MS);
    const both = signal === undefined ? [deadline.signal] : [deadline.signal, signal];
    try {
      const { server, scopes } = await discovery.discover(serverUrl, {
        signal: AbortSignal.any(both),
      });
      const { issuer } = server;
      return { issuer, scopes, registration: registrationsOf(server, this.#deps) };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof OAuthFailure || deadline.signal.aborted) return undefined;
      throw error;
    } finally {
      deadline.release();
    }
  }
}

/** The ways to become known to a server, in the order of the MCP specification, but for a client that the user types in. */
export function registrationsOf(
  server: OAuthServer,
  ways: Pick<SignInOffersDeps, 'operatorClients' | 'hasMetadataDocument'>,
): ClientRegistration[] {
  const possible: ClientRegistration[] = [];
  if (ways.operatorClients.find(server) !== undefined) possible.push('operator');
  if (ways.hasMetadataDocument && server.client_id_metadata_document_supported) {
    possible.push('metadata_document');
  }
  if (server.registration_endpoint !== undefined) possible.push('dynamic');
  return [...possible, 'manual'];
}
