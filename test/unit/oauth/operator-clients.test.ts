import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { OAuthServer } from '../../../src/oauth/oauth-grant.ts';
import { parseOperatorClients } from '../../../src/oauth/operator-clients.ts';

const ISSUER = 'https://auth.example.com/tenant';
const server = (members: Partial<OAuthServer> = {}): OAuthServer => ({
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  token_endpoint_auth_methods_supported: ['client_secret_basic'],
  client_id_metadata_document_supported: false,
  authorization_response_iss_parameter_supported: true,
  offersOfflineAccess: false,
  ...members,
});
const parse = (...clients: object[]) => parseOperatorClients(JSON.stringify(clients));
const CLIENT = { issuer: ISSUER, client_id: 'ours', client_secret: 'topsecret' };

describe('a client that the operator registered', () => {
  it('is found for its issuer only, and kept without its secret', () => {
    const clients = parse(CLIENT);
    const found = clients.find(server());
    expect(found).toEqual({
      client_id: 'ours',
      authMethod: 'client_secret_basic',
      isOperators: true,
    });
    for (const issuer of [`${ISSUER}/more`, 'https://auth.example.com', 'https://evil.example']) {
      expect(clients.find(server({ issuer }))).toBeUndefined();
    }
  });

  it('gets the secret that is configured by now, at its own server', () => {
    const stored = parse(CLIENT).find(server()) ?? expect.fail();
    const later = parse({ ...CLIENT, client_secret: 'newer' });
    expect(later.withSecret(server(), stored).client_secret).toBe('newer');
    const elsewhere = server({ issuer: 'https://evil.example' });
    expect(later.withSecret(elsewhere, stored).client_secret).toBeUndefined();
    expect(parse().withSecret(server(), stored)).toBe(stored);
    // Somebody typed in the same id: that is not a reason to use the secret for them.
    const typed = { client_id: 'ours', authMethod: 'none' } as const;
    expect(later.withSecret(server(), typed)).toBe(typed);
    const renamed = parse({ ...CLIENT, client_id: 'other' });
    expect(renamed.withSecret(server(), stored)).toBe(stored);
  });

  it('asks for what its server wants besides: as the operator says, or as Google is known to', () => {
    const issuer = 'https://accounts.google.com';
    const google = server({ issuer });
    const parameters = (members: object, at = google) => {
      const clients = parse({ ...CLIENT, issuer: at.issuer, ...members });
      return clients.parametersFor(at, clients.find(at) ?? expect.fail());
    };
    expect(parameters({})).toEqual({ access_type: 'offline', prompt: 'consent' });
    expect(parameters({ authorization_parameters: {} })).toEqual({});
    expect(parameters({}, server())).toEqual({});
    const audience = { audience: 'https://api.example.com' };
    expect(parameters({ authorization_parameters: audience }, server())).toEqual(audience);
    // Somebody else's client is theirs.
    const typed = { client_id: 'ours', authMethod: 'none' } as const;
    expect(parse({ ...CLIENT, issuer }).parametersFor(google, typed)).toEqual({});
    for (const name of ['state', 'resource', 'redirect_uri', 'scope', 'code_challenge', 'a b']) {
      expect(() => parse({ ...CLIENT, authorization_parameters: { [name]: 'x' } })).toThrow();
    }
    expect(() => parse({ ...CLIENT, authorization_parameters: { audience: 7 } })).toThrow();
  });

  it.each([
    ['the usual one', {}, ['client_secret_basic', 'client_secret_post'], 'client_secret_basic'],
    ['the only one offered', {}, ['client_secret_post', 'none'], 'client_secret_post'],
    [
      'the one that is named',
      { token_endpoint_auth_method: 'client_secret_post' },
      ['client_secret_basic'],
      'client_secret_post',
    ],
    ['none without a secret', { client_secret: undefined }, ['client_secret_basic'], 'none'],
  ] as const)('proves itself by %s', (_what, members, offered, method) => {
    const at = server({ token_endpoint_auth_methods_supported: [...offered] });
    expect(parse({ ...CLIENT, ...members }).find(at)?.authMethod).toBe(method);
  });
});

describe('a list that is refused', () => {
  it.each([
    ['no JSON', 'topsecret'],
    ['no list', JSON.stringify(CLIENT)],
    ['an issuer that is no URL', JSON.stringify([{ ...CLIENT, issuer: 'https://' }])],
    ['a script', JSON.stringify([{ ...CLIENT, issuer: 'javascript:alert(1)' }])],
    ['no client id', JSON.stringify([{ ...CLIENT, client_id: undefined }])],
    ['a member of another name', JSON.stringify([{ ...CLIENT, secret: 'x' }])],
    ['a method we lack', JSON.stringify([{ ...CLIENT, token_endpoint_auth_method: 'tls' }])],
    ['a secret for nothing', JSON.stringify([{ ...CLIENT, token_endpoint_auth_method: 'none' }])],
    [
      'a method without its secret',
      JSON.stringify([
        { ...CLIENT, client_secret: undefined, token_endpoint_auth_method: 'client_secret_post' },
      ]),
    ],
    ['two for one issuer', JSON.stringify([CLIENT, { ...CLIENT, client_id: 'other' }])],
  ])('%s', (_what, text) => {
    expect(() => parseOperatorClients(text)).toThrow();
  });
});

describe('a client that acts for itself', () => {
  const RESOURCE = 'https://mcp.example.com/mcp';
  const SERVICE = { ...CLIENT, client_id: 'service', client_credentials_for: [RESOURCE] };

  it('is found for the resources that are named, and for no sign-in', () => {
    const clients = parse(CLIENT, SERVICE);
    expect(clients.find(server())?.client_id).toBe('ours');
    expect(parse(SERVICE).find(server())).toBeUndefined();
    expect(clients.findServiceClient(server(), RESOURCE)?.client_id).toBe('service');
    for (const other of [
      `${RESOURCE}/more`,
      'https://mcp.example.com',
      'https://evil.example/mcp',
    ]) {
      expect(clients.findServiceClient(server(), other)).toBeUndefined();
    }
    const elsewhere = server({ issuer: 'https://evil.example' });
    expect(clients.findServiceClient(elsewhere, RESOURCE)).toBeUndefined();
    const ours = clients.find(server()) ?? expect.fail();
    expect(clients.isServiceClient(server(), ours, RESOURCE)).toBe(false);
  });

  it('signs with a key that is kept in the configuration', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const keyed = { ...SERVICE, client_secret: undefined, private_key, key_id: 'k1' };
    const clients = parse(keyed);
    const found = clients.findServiceClient(server(), RESOURCE) ?? expect.fail();
    expect(found).toEqual({
      client_id: 'service',
      authMethod: 'private_key_jwt',
      isOperators: true,
    });
    expect(clients.withSecret(server(), found)).toMatchObject({ private_key, key_id: 'k1' });
    for (const wrong of [
      { ...keyed, client_secret: 'x' },
      { ...keyed, token_endpoint_auth_method: 'client_secret_basic' },
      { ...keyed, private_key: 'no key' },
      { ...keyed, private_key: rsaKey(1024) },
      { ...SERVICE, key_id: 'k1' },
      { ...SERVICE, client_secret: undefined },
      { ...SERVICE, client_credentials_for: ['no URL'] },
      { ...SERVICE, client_credentials_for: [RESOURCE, RESOURCE] },
    ]) {
      expect(() => parse(wrong)).toThrow();
    }
    expect(() => parse(SERVICE, { ...SERVICE, client_id: 'other' })).toThrow();
  });
});

function rsaKey(modulusLength: number): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
