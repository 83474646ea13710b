import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';

/** A signing key of a test identity provider. */
export interface SigningKey {
  kid: string;
  algorithm: string;
  publicJwk: JWK;
  publicPem: string;
  /** Signs claims with the key, under its own header or another one. */
  sign: (
    claims: Readonly<Record<string, unknown>>,
    header?: Record<string, unknown>,
  ) => Promise<string>;
}

export async function createSigningKey(kid: string, algorithm = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return {
    kid,
    algorithm,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' },
    publicPem: await exportSPKI(publicKey),
    sign: (claims, header = {}) => signWith(privateKey, { alg: algorithm, kid, ...header }, claims),
  };
}

function signWith(
  key: CryptoKey,
  header: Record<string, unknown> & { alg: string },
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader(header).sign(key);
}

/** A real HTTP server with a key set, and knobs. */
export class KeyServer {
  keys: JWK[] = [];
  /** Answers instead of the key set, while set. */
  broken: { status: number; body: string } | undefined;
  /** Requests so far. */
  requests = 0;
  readonly #server = createServer((_request, response) => {
    this.requests += 1;
    const { status, body } = this.broken ?? {
      status: 200,
      body: JSON.stringify({ keys: this.keys }),
    };
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });

  async start(): Promise<URL> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return new URL(`http://127.0.0.1:${port}/keys`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
