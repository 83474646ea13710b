import type { HeaderParameter } from '../../mcp/client/mcp-client.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorRecord, ConnectorTool } from './connector.ts';

/** An enabled connector with the tools of its last good discovery. */
export interface ToolSource
  extends Pick<
    ConnectorRecord,
    'id' | 'name' | 'slug' | 'health' | 'fault' | 'credentialGeneration'
  > {
  discoveredAt: Date;
  tools: Pick<ConnectorTool, 'exposedName' | 'definition' | 'definitionHash'>[];
}

/** A tool, and all that decides whether it may be called now. */
export interface ToolStanding
  extends Pick<ConnectorRecord, 'intent' | 'health' | 'credentialGeneration'> {
  connectorId: string;
  /** As agents call it. */
  exposedName: string;
  /** SHA-256 of the stored definition, hex. */
  definitionHash: string;
}

/** A tool as a call needs it. */
export interface CallableTool extends ToolStanding, Pick<ConnectorRecord, 'callTimeoutSeconds'> {
  /** As the server calls it. */
  toolName: string;
  headerParameters: HeaderParameter[];
}

/** Tools as discovery stored them; no server is asked. */
export interface ConnectorToolStore {
  /** The tools of one connector by name, at most `limit`, after the name. */
  listTools(
    identity: Identity,
    connectorId: string,
    page: { limit: number; after: string | undefined },
  ): Promise<ConnectorTool[]>;
  /** The owner's enabled connectors with their tools. */
  listSources(identity: Identity): Promise<ToolSource[]>;
  /** The tool with this exposed name, also of a disabled connector. */
  findCallable(identity: Identity, exposedName: string): Promise<CallableTool | undefined>;
  /** The tools with these exposed names, also of disabled connectors; in no order, without those that do not exist. */
  listStandings(identity: Identity, exposedNames: readonly string[]): Promise<ToolStanding[]>;
}
