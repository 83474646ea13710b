import { AppError, type FieldProblem } from '../../errors/app-error.ts';
import type { GrantType, OAuthGrant } from '../../oauth/oauth-grant.ts';

/** How a server authenticates us. */
export type AuthType = 'none' | 'bearer' | 'headers' | 'oauth2';

/**
 * A secret as the user typed it, or as they granted it by signing in. Lives in memory only between a request and the seal, or an
 * unseal and its use.
 */
export type Credentials =
  | { kind: 'bearer'; token: string }
  | {
      kind: 'headers';
      headers: Readonly<Record<string, string>>;
      /** What the headers were made of, where a catalog entry says how; undefined for headers that were typed. */
      settings?: Readonly<Record<string, string | number | boolean>>;
    }
  | { kind: 'oauth2'; grant: OAuthGrant };

/** `refused`: the server took them back, and only a new sign-in helps. */
export type CredentialState = 'active' | 'refused';

/** What may be shown of a stored secret. */
export interface CredentialMetadata {
  kind: Credentials['kind'];
  /** How the tokens came to be; undefined for secrets of other kinds. */
  grantType: GrantType | undefined;
  /** Names only; empty where the secret is not made of headers. */
  headerNames: string[];
  state: CredentialState;
  /** When the token ends that is sent now; undefined where nobody said. */
  expiresAt: Date | undefined;
  /** What was asked for in the sign-in; empty for secrets of other kinds. */
  scopes: string[];
  /** What the server has wanted since, and a new sign-in asks for as well. */
  missingScopes: string[];
  /** From when on they are deleted, because their connector is disabled; undefined where nobody would. */
  deletionDueAt: Date | undefined;
  updatedAt: Date;
}

const MAX_HEADER_BYTES = 8192;

const REFUSED_NAMES = new Set([
  'host',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'content-type',
  'content-encoding',
  'accept',
  'accept-encoding',
  'expect',
  'forwarded',
  'last-event-id',
  'via',
  'http2-settings',
  'trailers',
  'x-google-metadata-request',
]);
/** Headers that would steer proxies, cloud metadata services or the MCP transport itself. */
const REFUSED_PREFIXES = [
  'x-forwarded-',
  'proxy-',
  'mcp-',
  'metadata',
  'x-aws-ec2-metadata',
  'sec-',
];

/** May no request set this header, since it steers proxies, metadata services or the transport? */
export function isRefusedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return REFUSED_NAMES.has(lower) || REFUSED_PREFIXES.some((prefix) => lower.startsWith(prefix));
}

function headerProblems(
  headers: Readonly<Record<string, string>>,
  credentialsPointer: string,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    const pointer = `${credentialsPointer}/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    bytes += name.length + value.length;
    if (isRefusedHeader(name)) problems.push({ pointer, detail: 'this header may not be set' });
    if (seen.has(name.toLowerCase())) {
      problems.push({ pointer, detail: 'this header is given twice' });
    }
    seen.add(name.toLowerCase());
  }
  if (bytes > MAX_HEADER_BYTES) {
    problems.push({
      pointer: `${credentialsPointer}/headers`,
      detail: 'more than 8 KB of headers',
    });
  }
  return problems;
}

const NEEDED: Readonly<Record<Exclude<AuthType, 'none'>, string>> = {
  bearer: 'auth_type bearer needs credentials of the form {"token"}',
  headers: 'auth_type headers needs credentials of the form {"headers"}',
  oauth2: 'auth_type oauth2 is set by signing in: POST /api/oauth/authorizations',
};

/**
 * Checks that credentials and authentication type belong together and that no header is one we refuse.
 * Syntax and counts were checked by the contract before.
 * @throws AppError `CREDENTIALS_INVALID` with pointers.
 */
export function assertCredentialsFit(
  authType: AuthType,
  credentials: Credentials | undefined,
  pointer = '/body/credentials',
): void {
  const refuse = (detail: string) =>
    new AppError('CREDENTIALS_INVALID', { detail, errors: [{ pointer, detail }] });
  if (authType === 'none') {
    if (credentials !== undefined) throw refuse('auth_type none takes no credentials');
    return;
  }
  if (credentials?.kind !== authType) throw refuse(NEEDED[authType]);
  if (credentials.kind !== 'headers') return;
  const errors = headerProblems(credentials.headers, pointer);
  if (errors.length > 0) throw new AppError('CREDENTIALS_INVALID', { errors });
}

/** The request headers that carry the secret. */
export function toSecretHeaders(credentials: Credentials | undefined): Record<string, string> {
  if (credentials === undefined) return {};
  if (credentials.kind === 'bearer') return { authorization: `Bearer ${credentials.token}` };
  if (credentials.kind === 'oauth2') {
    return { authorization: `Bearer ${credentials.grant.accessToken}` };
  }
  return { ...credentials.headers };
}

/** The names that may be shown, in the order given. */
export function headerNamesOf(credentials: Credentials): string[] {
  return credentials.kind === 'headers' ? Object.keys(credentials.headers) : [];
}
