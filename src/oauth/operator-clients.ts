import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { OAuthClient, OAuthServer } from './oauth-grant.ts';

const OperatorClient = Type.Object(
  {
    issuer: Type.String({ pattern: '^https?://', maxLength: 2048 }),
    client_id: Type.String({ minLength: 1, maxLength: 2048 }),
    client_secret: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
    token_endpoint_auth_method: Type.Optional(
      Type.Union([
        Type.Literal('client_secret_basic'),
        Type.Literal('client_secret_post'),
        Type.Literal('none'),
      ]),
    ),
    authorization_parameters: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[\\w.-]{1,100}$' }),
        Type.String({ maxLength: 1000, pattern: '^[\\x20-\\x7e]*$' }),
        { maxProperties: 10, additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
type OperatorClient = Static<typeof OperatorClient>;

/** What we say in each request for authorization ourselves, and nobody else may. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set(
  (
    'response_type response_mode client_id redirect_uri scope state nonce code_challenge code_challenge_method resource ' +
    'request request_uri'
  ).split(' '),
);

/**
 * What authorization servers want besides, where the operator has not said it. Google gives refresh tokens for parameters of its own, and
 * only at the first consent unless it is asked for again (https://developers.google.com/identity/protocols/oauth2/web-server#offline).
 */
const KNOWN_PARAMETERS: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ['https://accounts.google.com/', { access_type: 'offline', prompt: 'consent' }],
]);

/** Clients that the operator has registered with authorization servers, for all users of the installation, by issuer. */
export class OperatorClients {
  readonly #byIssuer: ReadonlyMap<string, OperatorClient>;

  constructor(clients: readonly OperatorClient[]) {
    this.#byIssuer = new Map(clients.map((client) => [keyOf(client.issuer), client]));
  }

  /** Who we are to this server; without the secret, which stays in the configuration, so that it can be changed there. */
  find(server: OAuthServer): OAuthClient | undefined {
    const found = this.#byIssuer.get(keyOf(server.issuer));
    if (found === undefined) return undefined;
    return { client_id: found.client_id, authMethod: methodOf(found, server), isOperators: true };
  }

  /** Further parameters of a request for authorization by one of the operator's clients; none for others. */
  parametersFor({ issuer }: OAuthServer, { isOperators }: OAuthClient): Record<string, string> {
    if (isOperators !== true) return {};
    const named = this.#byIssuer.get(keyOf(issuer))?.authorization_parameters;
    return { ...(named ?? KNOWN_PARAMETERS.get(keyOf(issuer))) };
  }

  /** The client with the secret that it has now, where it is one of the operator's for this very server. */
  withSecret(server: OAuthServer, client: OAuthClient): OAuthClient {
    if (client.isOperators !== true) return client;
    const found = this.#byIssuer.get(keyOf(server.issuer));
    if (found?.client_id !== client.client_id || found.client_secret === undefined) return client;
    const authMethod = methodOf(found, server);
    return { ...client, client_secret: found.client_secret, authMethod };
  }
}

/**
 * Reads `[{"issuer", "client_id", "client_secret", "token_endpoint_auth_method", "authorization_parameters"}]`, the names of RFC 7591 but
 * for the last. Without a secret the method is `none`; with one it is what the server offers.
 * @throws Error on anything else, on two clients for one issuer, and on a parameter that is ours to say
 */
export function parseOperatorClients(text: string): OperatorClients {
  const clients: unknown = JSON.parse(text);
  if (!Value.Check(Type.Array(OperatorClient), clients)) throw new Error('no list of clients');
  const issuers = new Set(clients.map(({ issuer }) => keyOf(issuer)));
  if (issuers.size < clients.length || !clients.every(isWhole)) throw new Error('unusable client');
  return new OperatorClients(clients);
}

/** Neither a secret that would not be sent, nor a method that has none to send, nor a parameter that we say ourselves. */
function isWhole(client: OperatorClient): boolean {
  const { client_secret, token_endpoint_auth_method: method } = client;
  const parameters = Object.keys(client.authorization_parameters ?? {});
  if (parameters.some((name) => OWN_PARAMETERS.has(name))) return false;
  return method === undefined || (method === 'none') === (client_secret === undefined);
}

/** As discovery compares issuers. */
function keyOf(issuer: string): string {
  return new URL(issuer).href;
}

function methodOf(
  { client_secret, token_endpoint_auth_method: named }: OperatorClient,
  server: OAuthServer,
): OAuthClient['authMethod'] {
  if (named !== undefined) return named;
  return client_secret === undefined ? 'none' : secretMethodOf(server);
}

/** How a secret is sent to this server, where nobody has said it. */
export function secretMethodOf({
  token_endpoint_auth_methods_supported: offered,
}: OAuthServer): 'client_secret_basic' | 'client_secret_post' {
  const isPostOnly =
    offered.includes('client_secret_post') && !offered.includes('client_secret_basic');
  return isPostOnly ? 'client_secret_post' : 'client_secret_basic';
}
