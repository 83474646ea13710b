import type { HeaderParameter } from '../../mcp/client/mcp-client.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorRecord, ConnectorTool } from './connector.ts';

/** A tool that agents get. */
export interface OfferedTool
  extends Pick<ConnectorTool, 'id' | 'exposedName' | 'definition' | 'definitionHash' | 'state'> {
  /** Offered with a warning, though nobody approved its definition. */
  isWarned: boolean;
}

/** An enabled connector with the tools of its last good discovery. */
export interface ToolSource
  extends Pick<
    ConnectorRecord,
    'id' | 'projectId' | 'name' | 'slug' | 'health' | 'fault' | 'credentialGeneration'
  > {
  discoveredAt: Date;
  /** Those that agents get: neither switched off nor held back. */
  tools: OfferedTool[];
  /** Those that wait for approval. */
  held: Pick<ConnectorTool, 'exposedName' | 'state'>[];
}

/** A tool, and all that decides whether it may be called now. */
export interface ToolStanding
  extends Pick<ConnectorRecord, 'projectId' | 'intent' | 'health' | 'credentialGeneration'>,
    Pick<ConnectorTool, 'state' | 'admission'> {
  connectorId: string;
  toolId: string;
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

/** The definition of a tool that somebody has seen. */
export interface SeenDefinition {
  toolId: string;
  definitionHash: string;
}

/** What an owner changes about a tool. */
export interface ToolChanges {
  isEnabled?: boolean | undefined;
  /** Approves the definition with this hash. */
  approvedHash?: string | undefined;
}

/**
 * Tools as discovery stored them; no server is asked. What agents ask for is looked for among the user's own tools and those of the
 * project that the identity names; their names never clash, since the slugs differ.
 */
export interface ConnectorToolStore {
  findTool(
    identity: Identity,
    connectorId: string,
    toolId: string,
  ): Promise<ConnectorTool | undefined>;
  /**
   * Changes a tool whose version is accepted; what changes nothing does not count as a change.
   * @throws AppError `TOOL_NOT_FOUND`, `PRECONDITION_FAILED`, and `TOOL_CHANGED` where `approvedHash` is not that of the stored
   * definition
   */
  changeTool(
    identity: Identity,
    key: { connectorId: string; toolId: string },
    changes: ToolChanges,
    options: { accepts: ((version: number) => boolean) | undefined; at: Date },
  ): Promise<ConnectorTool>;
  /**
   * Approves all of these definitions, or none.
   * @returns the tools, in the order given
   * @throws AppError `TOOL_NOT_FOUND`, `TOOL_CHANGED` where one is not the stored one; each with the ids of the tools
   */
  approveTools(
    identity: Identity,
    connectorId: string,
    seen: readonly SeenDefinition[],
    at: Date,
  ): Promise<ConnectorTool[]>;
  /** The tools of one connector by name, at most `limit`, after the name. */
  listTools(
    identity: Identity,
    connectorId: string,
    page: { limit: number; after: string | undefined },
  ): Promise<ConnectorTool[]>;
  /** The enabled connectors of the user, and of the project, with their tools. */
  listSources(identity: Identity): Promise<ToolSource[]>;
  /** The tool with this exposed name, also of a disabled connector. */
  findCallable(identity: Identity, exposedName: string): Promise<CallableTool | undefined>;
  /** The tools with these exposed names, also of disabled connectors; in no order, without those that do not exist. */
  listStandings(identity: Identity, exposedNames: readonly string[]): Promise<ToolStanding[]>;
}
