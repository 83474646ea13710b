import type {
  ImportChoice as ImportChoiceBody,
  ImportEntry,
  ImportReport as ImportReportResource,
} from '../../contract/generated.ts';
import type { EntryOutcome, ImportReport } from './import-report.ts';
import type { ImportChoice } from './import-service.ts';

/** An entry that a request chooses. */
export function toImportChoice(body: ImportChoiceBody): ImportChoice {
  return {
    pointer: body.pointer,
    name: body.name,
    values: new Map(Object.entries(body.values ?? {})),
    usesFileSecrets: body.use_file_secrets ?? false,
    asRemote: body.as_remote ?? false,
  };
}

/** What became of a file, for the user or for a project. */
export function toImportReportResource(
  { format, room, entries }: ImportReport,
  projectId: string | undefined,
): ImportReportResource {
  return { format, room, entries: entries.map((entry) => toEntryResource(entry, projectId)) };
}

function toEntryResource(
  entry: ImportReport['entries'][number],
  projectId: string | undefined,
): ImportEntry {
  return {
    pointer: entry.pointer,
    line: entry.place?.line ?? null,
    column: entry.place?.column ?? null,
    name: entry.name,
    verdict: entry.verdict,
    code: entry.code ?? null,
    message: entry.message ?? null,
    server_origin: entry.serverOrigin ?? null,
    transport: entry.transport ?? null,
    secrets: entry.secrets.map(({ name, place, header, source, isRequired }) => ({
      name,
      place,
      header: header ?? null,
      source,
      required: isRequired,
    })),
    notes: entry.notes,
    has_remote: entry.hasRemote,
    connector_id: entry.connectorId ?? null,
    retry_after_seconds: entry.retryAfterSeconds ?? null,
    sign_in: entry.signIn === undefined ? null : toSignInResource(entry.signIn, projectId),
  };
}

function toSignInResource(
  { name, serverUrl, transport }: NonNullable<EntryOutcome['signIn']>,
  projectId: string | undefined,
) {
  const project = projectId === undefined ? {} : { project_id: projectId };
  return { name, server_url: serverUrl, transport, ...project };
}
