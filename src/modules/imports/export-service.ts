import type { Identity } from '../../tenancy/caller.ts';
import type { Connector, ConnectorService } from '../connectors/index.ts';
import { allConnectors } from './all-connectors.ts';
import {
  EXPORT_WRITERS,
  type ExportFormat,
  type ExportWriter,
  variablesOf,
} from './export-formats.ts';
import {
  bearerHeader,
  type ExportedServer,
  type ExportVariable,
  toExportedServer,
} from './exported-server.ts';

/** The text of a file, and what the user enters in the client. */
export interface ExportedFile {
  content: string;
  variables: ExportVariable[];
}

/** A connector that is not in the file. */
export interface ExportOmission {
  connectorId: string;
  name: string;
  reason: 'disabled' | 'unreadable' | 'unsupported' | 'managed';
}

/** The configuration files for a client. */
export interface ConnectorExport {
  format: ExportFormat;
  fileName: string;
  mediaType: ExportWriter['mediaType'];
  /** With the aggregated endpoint alone; undefined where it has no public address. */
  endpoint: ExportedFile | undefined;
  /** With each connector by itself. */
  servers: ExportedFile;
  leftOut: ExportOmission[];
}

/** The aggregated endpoint of this service, as clients reach it. */
export interface PublicEndpoint {
  url: string;
  /** Nothing tells clients where to sign in, so their users have to enter a token. */
  needsToken: boolean;
}

/** Collaborators of the {@link ExportService}. */
export interface ExportServiceDeps {
  connectors: Pick<ConnectorService, 'list'>;
  endpoint: PublicEndpoint | undefined;
}

const ENDPOINT_KEY = 'mcp-connectors';

/** Writes configuration files of MCP clients. No stored secret is opened for them. */
export class ExportService {
  readonly #deps: ExportServiceDeps;

  constructor(deps: ExportServiceDeps) {
    this.#deps = deps;
  }

  /** The files for a client, with all connectors of the user that it can use. */
  async export(identity: Identity, format: ExportFormat): Promise<ConnectorExport> {
    const writer = EXPORT_WRITERS[format];
    const { connectors, endpoint } = this.#deps;
    const servers: ExportedServer[] = [];
    const leftOut: ExportOmission[] = [];
    for (const connector of await allConnectors(connectors, identity)) {
      const taken = take(connector, writer);
      if (typeof taken === 'string') {
        leftOut.push({ connectorId: connector.id, name: connector.name, reason: taken });
      } else {
        servers.push(taken);
      }
    }
    return {
      format,
      fileName: writer.fileName,
      mediaType: writer.mediaType,
      endpoint: endpoint === undefined ? undefined : toFile(writer, [toServer(endpoint)]),
      servers: toFile(writer, servers),
      leftOut,
    };
  }
}

function take(
  connector: Connector,
  { speaksSse }: ExportWriter,
): ExportedServer | ExportOmission['reason'] {
  const { serverUrl } = connector;
  // Only the service gets there, with what it holds.
  if (connector.source !== 'own') return 'managed';
  if (serverUrl === undefined) return 'unreadable';
  if (connector.intent === 'DISABLED') return 'disabled';
  const server = toExportedServer({ ...connector, serverUrl });
  return server.transport === 'sse' && !speaksSse ? 'unsupported' : server;
}

function toServer({ url, needsToken }: PublicEndpoint): ExportedServer {
  return {
    key: ENDPOINT_KEY,
    url: [url],
    headers: needsToken ? [bearerHeader('MCP_CONNECTORS_TOKEN', undefined)] : [],
    transport: 'http',
  };
}

function toFile(writer: ExportWriter, servers: readonly ExportedServer[]): ExportedFile {
  const variables = servers.flatMap(variablesOf);
  return {
    content: writer.write(servers),
    variables: variables.map((variable) => ({
      ...variable,
      name: writer.variableName(variable.name),
    })),
  };
}
