import { createPrivateKey, type KeyObject, type webcrypto } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import { OAuthFailure } from './oauth-failure.ts';
import type { OAuthClient } from './oauth-grant.ts';

/**
 * What proves to a token endpoint who we are.
 * @throws OAuthFailure `CLIENT_REFUSED` where the client has no key that it could sign with
 */
export async function authenticationOf(client: OAuthClient): Promise<oauth.ClientAuth> {
  const { authMethod, client_secret = '' } = client;
  switch (authMethod) {
    case 'client_secret_basic':
      return basicOf(client_secret);
    case 'client_secret_post':
      return oauth.ClientSecretPost(client_secret);
    case 'private_key_jwt':
      return await assertionOf(client);
    case 'none':
      return oauth.None();
  }
}

/**
 * HTTP Basic as RFC 6749 section 2.3.1 asks for, but with nothing encoded that need not be (oauth4webapi encodes `-` and `_`, too): many
 * servers take what they get without decoding it.
 */
function basicOf(secret: string): oauth.ClientAuth {
  return (_server, { client_id }, _body, headers) => {
    const pair = `${formEncoded(client_id)}:${formEncoded(secret)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  };
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

/** Of keys of each kind, the algorithm with which tokens are signed (RFC 7518, RFC 8037), and the name that WebCrypto has for it. */
type KeyAlgorithm =
  | webcrypto.Algorithm
  | webcrypto.RsaHashedImportParams
  | webcrypto.EcKeyImportParams;
const ALGORITHMS: Readonly<Record<string, KeyAlgorithm>> = {
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  prime256v1: { name: 'ECDSA', namedCurve: 'P-256' },
  secp384r1: { name: 'ECDSA', namedCurve: 'P-384' },
  secp521r1: { name: 'ECDSA', namedCurve: 'P-521' },
  ed25519: { name: 'Ed25519' },
};
const LEAST_RSA_BITS = 2048;
/** Longer ones take seconds to sign with. */
const MOST_RSA_BITS = 8192;

/**
 * The private key in a PEM text: RSA with 2,048 to 8,192 bits (signs RS256), P-256, P-384, P-521 (ES256, ES384, ES512) or Ed25519 (EdDSA).
 * Undefined for anything else, and where it takes a passphrase.
 */
export function parsePrivateKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: pem, format: 'pem' });
    return algorithmOf(key) === undefined ? undefined : key;
  } catch {
    return undefined;
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails ?? {};
  const isRsa = asymmetricKeyType === 'rsa';
  if (isRsa && (modulusLength < LEAST_RSA_BITS || modulusLength > MOST_RSA_BITS)) return undefined;
  const kind = asymmetricKeyType === 'ec' ? namedCurve : (asymmetricKeyType ?? '');
  return Object.hasOwn(ALGORITHMS, kind) ? ALGORITHMS[kind] : undefined;
}

/** A signed assertion, for the issuer alone and for a minute (RFC 7523 section 3). */
async function assertionOf({ private_key = '', key_id }: OAuthClient): Promise<oauth.ClientAuth> {
  const parsed = parsePrivateKey(private_key);
  const algorithm = parsed && algorithmOf(parsed);
  if (parsed === undefined || algorithm === undefined) throw new OAuthFailure('CLIENT_REFUSED');
  const der = parsed.export({ type: 'pkcs8', format: 'der' });
  const key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  return oauth.PrivateKeyJwt(key_id === undefined ? { key } : { key, kid: key_id }, {
    [oauth.modifyAssertion]: (header) => {
      // What servers announce; few know the newer name (RFC 9864).
      if (header['alg'] === 'Ed25519') header['alg'] = 'EdDSA';
    },
  });
}
