import { createSelfSigned } from '../test-certificates.ts';
import type { Behaviour, Behaviours, Dialect } from './behaviour.ts';

const DIALECTS: readonly Dialect[] = ['legacy', 'sse'];
const NAMES = ['good.workshop.example', '127.0.0.1'];
const DAY_MS = 24 * 60 * 60 * 1_000;

function serving(tls: Behaviour['tls'], rest: Partial<Behaviour> = {}): Behaviour {
  return { dialects: DIALECTS, hostname: 'good.workshop.example', ...(tls && { tls }), ...rest };
}

const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

/** What goes wrong in the TLS handshake, and what has to go well. */
export const TLS: Behaviours = {
  /** Nothing is wrong: a certificate of an authority that is trusted. */
  'tls-fine': serving((authority) => authority.issue({ names: NAMES }), {
    dialects: ['legacy', 'modern', 'sse'],
  }),
  'tls-expired': serving((authority) =>
    authority.issue({ names: NAMES, notBefore: inDays(-2), notAfter: inDays(-1) }),
  ),
  'tls-not-yet-valid': serving((authority) =>
    authority.issue({ names: NAMES, notBefore: inDays(1), notAfter: inDays(2) }),
  ),
  'tls-wrong-host': serving((authority) => authority.issue({ names: ['other.example.com'] })),
  'tls-self-signed': serving(() => createSelfSigned({ names: NAMES })),
  /** Offers only what no client accepts any more. */
  'tls-too-old': serving(async (authority) => ({
    ...(await authority.issue({ names: NAMES })),
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
  })),
  /** Asks for a certificate of the client, which has none. */
  'tls-client-certificate': serving(async (authority) => ({
    ...(await authority.issue({ names: NAMES })),
    requestCert: true,
    rejectUnauthorized: true,
  })),
  /** Plain HTTP where the URL says https. */
  'plain-behind-https': serving(undefined, { scheme: 'https' }),
  /** TLS where the URL says http. */
  'tls-behind-http': serving((authority) => authority.issue({ names: NAMES }), { scheme: 'http' }),
  /** Takes the connection and leaves the handshake unanswered. */
  'tls-hang': serving(undefined, {
    scheme: 'https',
    onConnection: (socket, stall) => socket.once('data', stall),
  }),
  'tls-reset': serving(undefined, {
    scheme: 'https',
    onConnection: (socket) => socket.once('data', () => socket.resetAndDestroy()),
  }),
};
