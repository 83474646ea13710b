import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parsePrivateKey } from './client-authentication.ts';
import type { OAuthClient, OAuthServer } from './oauth-grant.ts';

const OperatorClient = Type.Object(
  {
    issuer: Type.String({ pattern: '^https?://', maxLength: 2048 }),
    client_id: Type.String({ minLength: 1, maxLength: 2048 }),
    client_secret: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
    private_key: Type.Optional(Type.String({ minLength: 1, maxLength: 16_384 })),
    key_id: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    token_endpoint_auth_method: Type.Optional(
      Type.Union([
        Type.Literal('client_secret_basic'),
        Type.Literal('client_secret_post'),
        Type.Literal('private_key_jwt'),
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
    client_credentials_for: Type.Optional(
      Type.Array(Type.String({ pattern: '^https?://', maxLength: 2048 }), {
        minItems: 1,
        maxItems: 100,
      }),
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

/**
 * Clients that the operator has registered with authorization servers, for all users of the installation: one for an issuer that users sign
 * in with, and those that get tokens by their own right, each for the resources that the operator names. A token of such a client opens what the operator
 * may do, so it is never asked for on behalf of another server that names the same issuer.
 */
export class OperatorClients {
  readonly #clients: readonly OperatorClient[];

  constructor(clients: readonly OperatorClient[]) {
    this.#clients = clients;
  }

  /** Who we are to this server when users sign in; without the secret, which stays in the configuration, so that it can be changed there. */
  find(server: OAuthServer): OAuthClient | undefined {
    const found = this.#of(server).find(isForSignIn);
    return found && toClient(found, server);
  }

  /** As {@link find}, for tokens that no user is asked for. */
  findServiceClient(server: OAuthServer, resource: string): OAuthClient | undefined {
    const found = this.#of(server).find((client) => isFor(client, resource));
    return found && toClient(found, server);
  }

  /** May this client of the operator get tokens for the resource by its own right? */
  isServiceClient(server: OAuthServer, { client_id }: OAuthClient, resource: string): boolean {
    return this.findServiceClient(server, resource)?.client_id === client_id;
  }

  /** Further parameters of a request for authorization by one of the operator's clients; none for others. */
  parametersFor(server: OAuthServer, { isOperators }: OAuthClient): Record<string, string> {
    if (isOperators !== true) return {};
    const named = this.#of(server).find(isForSignIn)?.authorization_parameters;
    return { ...(named ?? KNOWN_PARAMETERS.get(keyOf(server.issuer))) };
  }

  /** The client with the secret, or key, that it has now, where it is one of the operator's for this very server. */
  withSecret(server: OAuthServer, client: OAuthClient): OAuthClient {
    if (client.isOperators !== true) return client;
    const found = this.#of(server).find(({ client_id }) => client_id === client.client_id);
    if (found === undefined) return client;
    const { client_secret, private_key, key_id } = found;
    if (client_secret === undefined && private_key === undefined) return client;
    return {
      ...client,
      ...(client_secret !== undefined && { client_secret }),
      ...(private_key !== undefined && { private_key }),
      ...(key_id !== undefined && { key_id }),
      authMethod: methodOf(found, server),
    };
  }

  #of({ issuer }: OAuthServer): OperatorClient[] {
    return this.#clients.filter((client) => keyOf(client.issuer) === keyOf(issuer));
  }
}

/**
 * Reads `[{"issuer", "client_id", "client_secret" | "private_key", "key_id", "token_endpoint_auth_method", "authorization_parameters", "client_credentials_for"}]`,
 * the names of RFC 7591 where it has them. Without a secret or key the method is `none`; with a secret it is what the server offers.
 * @throws Error on anything else, on two clients for the sign-ins of one issuer, on two for the same resource, and on a parameter that is
 * ours to say
 */
export function parseOperatorClients(text: string): OperatorClients {
  const clients: unknown = JSON.parse(text);
  if (!Value.Check(Type.Array(OperatorClient), clients)) throw new Error('no list of clients');
  const uses = clients.flatMap(usesOf);
  if (new Set(uses).size < uses.length || !clients.every(isWhole)) {
    throw new Error('unusable client');
  }
  return new OperatorClients(clients);
}

/** What nobody else may be there for. */
function usesOf({
  issuer,
  client_credentials_for: resources = ['sign-in'],
}: OperatorClient): string[] {
  return resources.map((use) => `${keyOf(issuer)} ${use === 'sign-in' ? use : keyOf(use)}`);
}

function isForSignIn({ client_credentials_for: resources }: OperatorClient): boolean {
  return resources === undefined;
}

function isFor(
  { client_credentials_for: resources = [] }: OperatorClient,
  resource: string,
): boolean {
  return resources.some((each) => keyOf(each) === keyOf(resource));
}

/** Neither a secret that would not be sent, nor a method that has none to send, nor a parameter that we say ourselves. */
function isWhole(client: OperatorClient): boolean {
  const { client_secret: secret, private_key: key, token_endpoint_auth_method: method } = client;
  const parameters = Object.keys(client.authorization_parameters ?? {});
  if (parameters.some((name) => OWN_PARAMETERS.has(name))) return false;
  if (secret !== undefined && key !== undefined) return false;
  if (key !== undefined) {
    return (
      (method ?? 'private_key_jwt') === 'private_key_jwt' && parsePrivateKey(key) !== undefined
    );
  }
  if (method === 'private_key_jwt' || client.key_id !== undefined) return false;
  if (secret === undefined && !isForSignIn(client)) return false;
  return method === undefined || (method === 'none') === (secret === undefined);
}

/** As discovery compares issuers. */
function keyOf(url: string): string {
  return new URL(url).href;
}

function toClient(found: OperatorClient, server: OAuthServer): OAuthClient {
  return { client_id: found.client_id, authMethod: methodOf(found, server), isOperators: true };
}

function methodOf(
  { client_secret, private_key, token_endpoint_auth_method: named }: OperatorClient,
  server: OAuthServer,
): OAuthClient['authMethod'] {
  if (private_key !== undefined) return 'private_key_jwt';
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
