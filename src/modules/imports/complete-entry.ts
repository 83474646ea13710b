import { AppError } from '../../errors/app-error.ts';
import type { ConnectorDraft } from '../connectors/index.ts';
import { type AuthType, assertCredentialsFit, type Credentials } from '../credentials/index.ts';
import { type EntrySecret, headerSecret, secretsOf, URL_SECRET } from './entry-secrets.ts';
import type { EntryHeader, RemoteServer } from './server-entry.ts';
import { fillTemplate } from './template.ts';

/** What a user gives to an entry. */
export interface EntryCompletion {
  /** By name of the secret. */
  values: ReadonlyMap<string, string>;
  /** Agrees to secrets that stand in the file. */
  usesFileSecrets: boolean;
}

/** A server that can be tested and saved, or why it cannot. */
export type CompleteEntry =
  | { kind: 'complete'; way: Omit<ConnectorDraft, 'name'> }
  | { kind: 'lacks'; secrets: EntrySecret[] }
  | { kind: 'unusable'; code: 'VALUE_UNUSABLE' | 'HEADER_NOT_ALLOWED' };

const DEFAULT_CALL_TIMEOUT_SECONDS = 60;
const MAX_URL = 2048;
const MAX_HEADERS = 20;
const MAX_VALUE = 8192;
/** As the contract has it for a connector that is created by hand. */
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const BEARER = /^bearer +([\x21-\x7e]+)$/i;

/** Headers that the service sets itself, as every client does. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'host',
  'mcp-protocol-version',
]);

/** Whether a header of a file is left out, since the service sets it. */
export function isOwnHeader({ name }: EntryHeader): boolean {
  return OWN_HEADERS.has(name.toLowerCase());
}

/** Secrets of a server for which there is no value yet. */
function missingSecrets(
  server: RemoteServer,
  { values, usesFileSecrets }: EntryCompletion,
): EntrySecret[] {
  return secretsOf(server).filter(({ name, header, place, source, isRequired }) => {
    const whole = place === 'url' ? URL_SECRET : headerSecret(header ?? '');
    if (values.has(name) || values.has(whole)) return false;
    return source === 'file' ? !usesFileSecrets : isRequired;
  });
}

/** Puts values into a server of a file. */
export function completeEntry(server: RemoteServer, completion: EntryCompletion): CompleteEntry {
  const missing = missingSecrets(server, completion);
  if (missing.length > 0) return { kind: 'lacks', secrets: missing };
  const { values } = completion;
  const serverUrl = (values.get(URL_SECRET) ?? fillTemplate(server.url, values))?.trim();
  const headers = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, value: template } of server.headers) {
    const value = values.get(headerSecret(name)) ?? fillTemplate(template, values);
    if (value === undefined || seen.has(name.toLowerCase())) return unusable();
    seen.add(name.toLowerCase());
    headers.set(name, value.trim());
  }
  if (serverUrl === undefined || serverUrl === '' || serverUrl.length > MAX_URL) return unusable();
  if (!areSendable(headers)) return unusable();
  const credentials = toCredentials(headers);
  const authType: AuthType = credentials?.kind ?? 'none';
  if (!isAllowed(authType, credentials)) return { kind: 'unusable', code: 'HEADER_NOT_ALLOWED' };
  const { transport, callTimeoutSeconds = DEFAULT_CALL_TIMEOUT_SECONDS } = server;
  return {
    kind: 'complete',
    way: {
      ...{ serverUrl, transport, authType, credentials, callTimeoutSeconds },
      credentialMode: 'shared',
    },
  };
}

function unusable(): CompleteEntry {
  return { kind: 'unusable', code: 'VALUE_UNUSABLE' };
}

function areSendable(headers: ReadonlyMap<string, string>): boolean {
  if (headers.size > MAX_HEADERS) return false;
  return [...headers].every(([, value]) => value.length <= MAX_VALUE && HEADER_VALUE.test(value));
}

function toCredentials(headers: ReadonlyMap<string, string>): Credentials | undefined {
  const [first] = headers;
  if (first === undefined) return undefined;
  const token = BEARER.exec(first[1])?.[1];
  if (headers.size === 1 && first[0].toLowerCase() === 'authorization' && token !== undefined) {
    return { kind: 'bearer', token };
  }
  // Object.fromEntries defines members, so that a header named `__proto__` is only a header.
  return { kind: 'headers', headers: Object.fromEntries(headers) };
}

function isAllowed(authType: AuthType, credentials: Credentials | undefined): boolean {
  try {
    assertCredentialsFit(authType, credentials);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
