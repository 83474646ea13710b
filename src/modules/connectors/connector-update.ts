import { AppError } from '../../errors/app-error.ts';
import { canParseUrl } from '../../lib/can-parse-url.ts';
import { type AuthType, assertCredentialsFit, type Credentials } from '../credentials/index.ts';
import { type ConnectorTransport, UNREADABLE_URL } from './connector.ts';
import { canonicalUrl } from './server-url.ts';

/** Where a server is, and how to talk to it. */
export interface ConnectorSettings {
  serverUrl: string;
  transport: ConnectorTransport;
}

/** What a user changes; what is absent stays. */
export interface ConnectorUpdate extends Partial<ConnectorSettings> {
  name?: string;
  callTimeoutSeconds?: number;
  authType?: AuthType;
  credentials?: Credentials;
}

/** Tells whether a version is one the change is based on; undefined accepts every version. */
export type ConnectorVersions = ((version: number) => boolean) | undefined;

/** The way to a server as it will be; needs a test before it is saved. */
export interface UpdatePlan extends ConnectorSettings {
  authType: AuthType;
  credentials: Credentials | undefined;
}

/** The way to a server as it is. */
export interface CurrentSettings extends Omit<ConnectorSettings, 'serverUrl'> {
  /** Undefined where the stored one cannot be read. */
  serverUrl: string | undefined;
  authType: AuthType;
  hasCredentials: boolean;
  /** Opens the stored secret; called only where it is needed, so that one that does not open can be replaced. */
  openCredentials: () => Credentials | undefined;
}

/** Canonical where the text is a URL; else the text itself, which the test will refuse. */
function canonicalOrText(url: string): string {
  return canParseUrl(url) ? canonicalUrl(url) : url;
}

/** Does the URL lead to another server than the present one, or can that not be told? A changed query does not count. */
export function isElsewhere(url: string, current: string | undefined): boolean {
  return current === undefined || canonicalOrText(url) !== canonicalOrText(current);
}

function resolveCredentials(
  update: ConnectorUpdate,
  current: CurrentSettings,
  authType: AuthType,
): Credentials | undefined {
  if (authType === 'none' && update.credentials === undefined) return undefined;
  if (update.credentials !== undefined) return update.credentials;
  const moves = update.serverUrl !== undefined && isElsewhere(update.serverUrl, current.serverUrl);
  if (moves && current.hasCredentials) {
    throw new AppError('CREDENTIALS_REQUIRED', {
      detail: 'Send credentials for the new URL in the same request, or auth_type none.',
      errors: [{ pointer: '/body/credentials', detail: 'required with a new server_url' }],
    });
  }
  return current.openCredentials();
}

/**
 * Works out the way to the server after an update.
 * @returns undefined where the update does not touch it, so that no test is needed.
 * @throws AppError `CREDENTIALS_REQUIRED` where stored credentials would go to a new address, `CREDENTIALS_INVALID`, `INVALID_URL` where
 * the stored address cannot be read and the update brings none.
 */
export function planUpdate(
  update: ConnectorUpdate,
  current: CurrentSettings,
): UpdatePlan | undefined {
  const { serverUrl, transport, authType, credentials } = update;
  const nextUrl = serverUrl ?? current.serverUrl;
  const nextTransport = transport ?? current.transport;
  const nextAuthType = authType ?? credentials?.kind ?? current.authType;
  const isSame =
    credentials === undefined &&
    nextUrl === current.serverUrl &&
    nextTransport === current.transport &&
    nextAuthType === current.authType;
  if (isSame) return undefined;
  if (nextUrl === undefined) throw unreadableUrl();
  const nextCredentials = resolveCredentials(update, current, nextAuthType);
  assertCredentialsFit(nextAuthType, nextCredentials);
  return {
    serverUrl: nextUrl,
    transport: nextTransport,
    authType: nextAuthType,
    credentials: nextCredentials,
  };
}

function unreadableUrl(): AppError {
  return new AppError('INVALID_URL', {
    detail: UNREADABLE_URL,
    errors: [{ pointer: '/body/server_url', detail: 'required: the stored one cannot be read' }],
  });
}
