import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { RemoteKeys } from './http/authentication/remote-keys.ts';
import type { TokenSource } from './http/authentication/token-source.ts';
import { systemClock } from './lib/clock.ts';
import type { Outbound } from './outbound/guarded-fetch.ts';

/** What access tokens are verified with: a secret, or the key set of the identity provider. */
export function tokenSourceOf(
  { token }: Config,
  outbound: Outbound | undefined,
  logger: Logger,
): TokenSource {
  if (token.source.kind === 'secret' || outbound === undefined) {
    const { source } = token;
    if (source.kind !== 'secret') throw new Error('a key set needs a way out');
    return source;
  }
  const { url, algorithm } = token.source;
  return {
    kind: 'jwks',
    keys: new RemoteKeys({
      url: new URL(url),
      algorithm,
      fetch: (input, init) => outbound.fetch(input, init),
      clock: systemClock,
      onFailure: (err) => logger.warn({ err }, 'the key set for access tokens cannot be fetched'),
    }),
  };
}
