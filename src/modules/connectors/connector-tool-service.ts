import { AppError } from '../../errors/app-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorTool } from './connector.ts';
import { getRecord } from './connector-records.ts';
import type { ConnectorStore } from './connector-store.ts';
import type { ConnectorToolStore, SeenDefinition, ToolChanges } from './connector-tool-store.ts';
import type { ConnectorVersions } from './connector-update.ts';

/** Collaborators of the {@link ConnectorToolService}. */
export interface ConnectorToolServiceDeps {
  store: Pick<ConnectorStore, 'find'>;
  toolStore: Pick<ConnectorToolStore, 'listTools' | 'findTool' | 'changeTool' | 'approveTools'>;
  clock: Pick<Clock, 'now'>;
  log: OperationLog;
}

/** Shows the tools of a connector to its owner, who switches them on and off and approves what their server says of them. */
export class ConnectorToolService {
  readonly #deps: ConnectorToolServiceDeps;

  constructor(deps: ConnectorToolServiceDeps) {
    this.#deps = deps;
  }

  /** By name. @throws AppError `CONNECTOR_NOT_FOUND` */
  async list(
    identity: Identity,
    connectorId: string,
    page: { limit: number; after: string | undefined },
  ): Promise<{ items: ConnectorTool[]; next: string | undefined }> {
    const { store, toolStore } = this.#deps;
    await getRecord(store, { identity, id: connectorId });
    const found = await toolStore.listTools(identity, connectorId, {
      ...page,
      limit: page.limit + 1,
    });
    const items = found.slice(0, page.limit);
    return { items, next: found.length > page.limit ? items.at(-1)?.name : undefined };
  }

  /** @throws AppError `CONNECTOR_NOT_FOUND`, `TOOL_NOT_FOUND` */
  async get(identity: Identity, connectorId: string, toolId: string): Promise<ConnectorTool> {
    const { store, toolStore } = this.#deps;
    await getRecord(store, { identity, id: connectorId });
    const tool = await toolStore.findTool(identity, connectorId, toolId);
    if (tool !== undefined) return tool;
    throw new AppError('TOOL_NOT_FOUND', {
      detail: 'The connector has no tool with this id. Read the list of its tools again.',
      extensions: { tool_ids: [toolId] },
    });
  }

  /**
   * Switches a tool on or off, approves its definition, or both.
   * @throws AppError `CONNECTOR_NOT_FOUND`, `TOOL_NOT_FOUND`, `PRECONDITION_FAILED`, and `TOOL_CHANGED` where the definition is not the one
   * that was looked at
   */
  async update(
    identity: Identity,
    key: { connectorId: string; toolId: string },
    changes: ToolChanges,
    accepts: ConnectorVersions,
  ): Promise<ConnectorTool> {
    const { toolStore, clock, log } = this.#deps;
    return await log.change('connector.update_tool', identity, async (fields) => {
      fields.connector_id = key.connectorId;
      fields.tool_id = key.toolId;
      const tool = await toolStore.changeTool(identity, key, changes, { accepts, at: clock.now() });
      fields.tool = tool.exposedName;
      if (changes.isEnabled !== undefined) fields.enabled = changes.isEnabled;
      if (changes.approvedHash !== undefined) fields.approved_hash = changes.approvedHash;
      return tool;
    });
  }

  /**
   * Approves all of these definitions, or none.
   * @returns the tools, in the order given
   * @throws AppError `CONNECTOR_NOT_FOUND`, `TOOL_NOT_FOUND`, `TOOL_CHANGED`
   */
  async approve(
    identity: Identity,
    connectorId: string,
    seen: readonly SeenDefinition[],
  ): Promise<ConnectorTool[]> {
    const { toolStore, clock, log } = this.#deps;
    return await log.change('connector.approve_tools', identity, async (fields) => {
      fields.connector_id = connectorId;
      const tools = await toolStore.approveTools(identity, connectorId, seen, clock.now());
      fields.tools = tools.length;
      return tools;
    });
  }
}
