import type { FastifyJWTOptions, TokenOrHeader } from '@fastify/jwt';
import type { FastifyRequest } from 'fastify';
import { type RemoteKeys, UnknownKey } from './remote-keys.ts';

/** Who signs the tokens: a secret shared with us (HS256), or an identity provider with a published key set. */
export type TokenSource = { kind: 'secret'; secret: string } | { kind: 'jwks'; keys: RemoteKeys };

/** Which tokens are meant for us. */
export interface TokenExpectation {
  issuer: string;
  /** Undefined where the one who asks looks at the audience; the token must have one all the same. */
  audience: string | undefined;
}

/** A verified token is believed without another look for so long, and never past its `exp`. */
const CACHE_MS = 60_000;
const CACHE_SIZE = 5_000;

/**
 * The options of @fastify/jwt: one pinned algorithm, and `exp`, `iss`, `aud`, `sub` required.
 */
export function verificationOptions(
  source: TokenSource,
  { issuer, audience }: TokenExpectation,
): FastifyJWTOptions {
  return {
    ...(source.kind === 'secret' ? secretKey(source.secret) : publishedKeys(source.keys)),
    verify: {
      algorithms: [source.kind === 'secret' ? 'HS256' : source.keys.algorithm],
      allowedIss: issuer,
      ...(audience === undefined ? {} : { allowedAud: audience }),
      requiredClaims: ['exp', 'iss', 'aud', 'sub'],
      cache: CACHE_SIZE,
      cacheTTL: CACHE_MS,
      // A refusal is never kept: the key that was missing may be there in a moment.
      errorCacheTTL: -1,
    },
  };
}

function secretKey(secret: string): Pick<FastifyJWTOptions, 'secret'> {
  return { secret };
}

function publishedKeys(keys: RemoteKeys): Pick<FastifyJWTOptions, 'secret' | 'decode'> {
  return {
    // The key function has to see the header.
    decode: { complete: true },
    secret: {
      public: async (_request: FastifyRequest, token: TokenOrHeader) => {
        const { alg, kid } = 'header' in token ? token.header : token;
        // Looked at before any key is fetched for it.
        if (alg !== keys.algorithm) throw new UnknownKey();
        if (kid !== undefined && typeof kid !== 'string') throw new UnknownKey();
        return keys.getKey(kid);
      },
    },
  };
}
