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
