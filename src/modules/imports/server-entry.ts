import type { EntryFault } from './entry-problem.ts';
import type { Template } from './template.ts';

/** What of an entry is not carried over. */
export type EntryNote =
  | 'HEADER_LEFT_OUT'
  | 'DISABLED_IN_FILE'
  | 'TOOL_CHOICE_LEFT_OUT'
  | 'SIGN_IN_SETTINGS_LEFT_OUT';

/** A header as a file has it. */
export interface EntryHeader {
  name: string;
  value: Template;
}

/** A server with an address. */
export interface RemoteServer {
  url: Template;
  headers: readonly EntryHeader[];
  transport: 'auto' | 'streamable-http' | 'sse';
  /** 1 to 300; undefined where the file does not say. */
  callTimeoutSeconds: number | undefined;
  notes: readonly EntryNote[];
}

/** What an entry of a file is. A command is told from what it stands beside, and then forgotten: nothing of it is kept. */
export type ServerEntry =
  | { kind: 'remote'; server: RemoteServer }
  | {
      kind: 'command';
      code: 'NAMES_COMMAND' | 'HEADERS_FROM_COMMAND';
      /** The server that the command only leads to; undefined where it is one itself, or nobody knows. */
      leadsTo: RemoteServer | undefined;
    }
  | { kind: 'refused'; code: EntryFault };
