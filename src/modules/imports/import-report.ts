import type { ConnectorDraft } from '../connectors/index.ts';
import type { Place } from './config-value.ts';
import type { EntrySecret } from './entry-secrets.ts';
import type { FileFormat } from './find-servers.ts';
import type { EntryNote } from './server-entry.ts';

/** What becomes of an entry. */
export type ImportVerdict =
  | 'ready'
  | 'imported'
  | 'already_connected'
  | 'needs_secret'
  | 'needs_sign_in'
  | 'needs_runtime'
  | 'refused'
  | 'failed'
  | 'postponed';

/** What of an entry does not depend on what the user gives. */
export interface EntryDescription {
  pointer: string;
  place: Place | undefined;
  /** What the connector is called, or would be. */
  name: string;
  /** Undefined while the address is not known. */
  serverOrigin: string | undefined;
  transport: 'auto' | 'streamable-http' | 'sse' | undefined;
  secrets: EntrySecret[];
  notes: EntryNote[];
  /** Its command only leads to a server with an address. */
  hasRemote: boolean;
}

/** A verdict with its reason. */
export interface EntryOutcome {
  verdict: ImportVerdict;
  code?: string;
  /** What the user can do; never text of the file but names of secrets. */
  message?: string;
  connectorId?: string;
  retryAfterSeconds?: number;
  /** What a sign-in starts with. */
  signIn?: Pick<ConnectorDraft, 'name' | 'serverUrl' | 'transport'>;
}

/** What a file would bring, or has brought. */
export interface ImportReport {
  format: FileFormat;
  /** How many more connectors the user may have. */
  room: number;
  entries: (EntryDescription & EntryOutcome)[];
}
