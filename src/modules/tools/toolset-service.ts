import { AppError } from '../../errors/app-error.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorToolStore } from '../connectors/index.ts';
import { type FormattedToolset, formatToolset, type ToolsetRequest } from './format-toolset.ts';
import { nearestNames } from './nearest-names.ts';
import { compileToolset, type Toolset } from './toolset.ts';

/** Collaborators of the {@link ToolsetService}. */
export interface ToolsetServiceDeps {
  store: Pick<ConnectorToolStore, 'listSources' | 'findCallable'>;
}

/** Names that tools can have at all. */
const EXPOSED_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** Lists the tools a user's agents may call. */
export class ToolsetService {
  readonly #store: ToolsetServiceDeps['store'];

  constructor({ store }: ToolsetServiceDeps) {
    this.#store = store;
  }

  /**
   * The tools of the user's enabled connectors, in a stable order and in the shape a provider takes.
   * @throws AppError for a selected tool that cannot be used: `TOOL_NOT_FOUND`, `CONNECTOR_DISABLED`, `NEEDS_AUTH`, each with the
   * nearest names of tools that can
   */
  async get(identity: Identity, request: ToolsetRequest): Promise<FormattedToolset> {
    const toolset = compileToolset(await this.#store.listSources(identity));
    if (request.selectedTool !== undefined) {
      await this.#requireUsable(identity, toolset, request.selectedTool);
    }
    return formatToolset(toolset, request);
  }

  async #requireUsable(identity: Identity, toolset: Toolset, selected: string): Promise<void> {
    const tool = toolset.tools.find(({ name }) => name === selected);
    const locked = new Set(
      toolset.outcomes
        .filter(({ outcome }) => outcome === 'needs_auth')
        .map(({ connectorId }) => connectorId),
    );
    const usable = toolset.tools.filter(({ connectorId }) => !locked.has(connectorId));
    const refuse = (code: 'NEEDS_AUTH' | 'CONNECTOR_DISABLED', id: string, detail: string) => {
      const nearest = nearestNames(
        selected,
        usable.map(({ name }) => name),
      );
      throw new AppError(code, { detail, extensions: { connector_id: id, nearest } });
    };
    if (tool !== undefined) {
      if (!locked.has(tool.connectorId)) return;
      refuse(
        'NEEDS_AUTH',
        tool.connectorId,
        'Renew the credentials of the connector, then try again.',
      );
    }
    if (!EXPOSED_NAME.test(selected)) return;
    const stored = await this.#store.findCallable(identity, selected);
    if (stored?.intent !== 'DISABLED') return;
    refuse('CONNECTOR_DISABLED', stored.connectorId, 'Enable the connector to use this tool.');
  }
}
