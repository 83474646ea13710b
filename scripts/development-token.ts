import { SignJWT } from 'jose';
import { DEVELOPMENT_AUDIENCE } from '../src/config.ts';

/** What a user may do; `operator` and `agent` have to be asked for. */
export const USER_SCOPES = ['connectors:read', 'connectors:write', 'tools:read', 'tools:call'];

/** What a development token says. Everything but the user has a default. */
export interface DevelopmentTokenOptions {
  /** The service's `JWT_SECRET`. */
  secret: string;
  /** The `sub` of the token. */
  user: string;
  tenant?: string;
  scopes?: readonly string[];
  /** What the user is in projects, by their ids. */
  projects?: Readonly<Record<string, string>>;
  /** As `45s`, `30m`, `8h` or `2d`. */
  ttl?: string;
  issuer?: string;
  audience?: string;
  tenantClaim?: string;
}

/**
 * An access token as a product's identity provider would issue it, signed with the shared secret.
 * @throws Error when the time to live cannot be read.
 */
export async function createDevelopmentToken(options: DevelopmentTokenOptions): Promise<string> {
  const { secret, user, tenant = 'default', scopes = USER_SCOPES, ttl = '8h' } = options;
  const { projects = {} } = options;
  const { issuer = DEVELOPMENT_AUDIENCE, audience = DEVELOPMENT_AUDIENCE } = options;
  if (!/^\d+[smhd]$/.test(ttl)) throw new Error('the ttl must be like 45s, 30m, 8h or 2d');
  const claims = {
    [options.tenantClaim ?? 'tenant']: tenant,
    scope: scopes.join(' '),
    ...(Object.keys(projects).length > 0 && { projects }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(user)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(ttl)
    .sign(new TextEncoder().encode(secret));
}
