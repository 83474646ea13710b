import { canParseUrl } from '../../lib/can-parse-url.ts';
import { OutboundError } from '../../outbound/outbound-error.ts';
import type { OutboundPolicy } from '../../outbound/outbound-policy.ts';
import type { ConnectorDraft } from '../connectors/index.ts';
import { completeEntry, type EntryCompletion, isOwnHeader } from './complete-entry.ts';
import { needsRuntime, needsSecret, refused, refusedAddress } from './entry-outcomes.ts';
import { secretsOf, URL_SECRET } from './entry-secrets.ts';
import type { FoundServer } from './find-servers.ts';
import type { EntryDescription, EntryOutcome } from './import-report.ts';
import type { EntryNote, RemoteServer } from './server-entry.ts';
import { fillTemplate } from './template.ts';

/** What the user says to an entry. */
export interface EntryDecision extends EntryCompletion {
  /** Wants the server that the command only leads to. */
  asRemote: boolean;
}

/** Whoever only looks says nothing. */
export const UNDECIDED: EntryDecision = {
  values: new Map(),
  usesFileSecrets: false,
  asRemote: false,
};

/** An entry that can be tested and saved, or why it cannot. */
export type EntryJudgement =
  | { kind: 'importable'; way: Omit<ConnectorDraft, 'name'> }
  | { kind: 'decided'; outcome: EntryOutcome };

/** The server that an entry is, or leads to, without headers that the service sets itself. */
function remoteOf({ entry }: FoundServer): RemoteServer | undefined {
  if (entry.kind === 'refused') return undefined;
  const server = entry.kind === 'remote' ? entry.server : entry.leadsTo;
  if (server === undefined || !server.headers.some(isOwnHeader)) return server;
  const headers = server.headers.filter((header) => !isOwnHeader(header));
  const note: EntryNote = 'HEADER_LEFT_OUT';
  return { ...server, headers, notes: [note, ...server.notes] };
}

/** The address of an entry; undefined where it is not complete. */
export function addressOf(found: FoundServer, { values }: EntryCompletion): string | undefined {
  const server = remoteOf(found);
  if (server === undefined) return undefined;
  return (values.get(URL_SECRET) ?? fillTemplate(server.url, values))?.trim();
}

/** Describes an entry without a value of it. */
export function describeEntry(
  found: FoundServer,
  name: string,
  decision: EntryDecision,
): EntryDescription {
  const server = remoteOf(found);
  return {
    pointer: found.pointer,
    place: found.place,
    name,
    serverOrigin: originOf(addressOf(found, decision)),
    transport: server?.transport,
    secrets: server === undefined ? [] : secretsOf(server),
    notes: [...(server?.notes ?? [])],
    hasRemote: found.entry.kind === 'command' && found.entry.leadsTo !== undefined,
  };
}

/** Judges an entry that is not connected yet. Asks nobody. */
export function judgeEntry(
  found: FoundServer,
  decision: EntryDecision,
  urlPolicy: Pick<OutboundPolicy, 'checkUrl'>,
): EntryJudgement {
  const { entry } = found;
  const decided = (outcome: EntryOutcome): EntryJudgement => ({ kind: 'decided', outcome });
  if (entry.kind === 'refused') return decided(refused(entry.code));
  const server = remoteOf(found);
  const hasRemote = entry.kind === 'command' && server !== undefined;
  if (entry.kind === 'command' && !(hasRemote && decision.asRemote)) {
    return decided(needsRuntime(entry.code, hasRemote));
  }
  if (server === undefined) return decided(refused('NO_ADDRESS'));
  const address = addressOf(found, decision);
  // Nobody is asked for the secrets of a server that cannot be connected anyway.
  const refusal = address === undefined ? undefined : refusalOf(address, urlPolicy);
  if (refusal !== undefined) return decided(refusedAddress(refusal));
  const complete = completeEntry(server, decision);
  if (complete.kind === 'lacks') return decided(needsSecret(complete.secrets));
  if (complete.kind === 'unusable') return decided(refused(complete.code));
  return { kind: 'importable', way: complete.way };
}

function refusalOf(
  url: string,
  policy: Pick<OutboundPolicy, 'checkUrl'>,
): 'INVALID_URL' | 'BLOCKED_URL' | undefined {
  try {
    policy.checkUrl(url);
    return undefined;
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return error.code === 'BLOCKED_URL' ? 'BLOCKED_URL' : 'INVALID_URL';
  }
}

/** Scheme, host and port of an http address; of others, as of a socket, it would be `null`. */
function originOf(address: string | undefined): string | undefined {
  if (address === undefined || !canParseUrl(address)) return undefined;
  const { origin } = new URL(address);
  return origin === 'null' ? undefined : origin;
}
