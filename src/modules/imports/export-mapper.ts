import type {
  ConnectorExport as ConnectorExportResource,
  ExportedFile as ExportedFileResource,
} from '../../contract/generated.ts';
import type { ConnectorExport, ExportedFile } from './export-service.ts';

/** The files for a client. */
export function toExportResource(exported: ConnectorExport): ConnectorExportResource {
  return {
    format: exported.format,
    file_name: exported.fileName,
    media_type: exported.mediaType,
    endpoint: exported.endpoint === undefined ? null : toFileResource(exported.endpoint),
    servers: toFileResource(exported.servers),
    left_out: exported.leftOut.map(({ connectorId, name, reason }) => ({
      connector_id: connectorId,
      name,
      reason,
    })),
  };
}

function toFileResource({ content, variables }: ExportedFile): ExportedFileResource {
  return {
    content,
    variables: variables.map(({ name, connectorId, place, header }) => ({
      name,
      connector_id: connectorId ?? null,
      place,
      header: header ?? null,
    })),
  };
}
