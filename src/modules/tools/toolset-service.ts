import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorToolStore } from '../connectors/index.ts';
import { type FormattedToolset, formatToolset, type ToolsetRequest } from './format-toolset.ts';
import { availabilityOf, unavailableError } from './tool-availability.ts';
import { compileToolset } from './toolset.ts';

/** Collaborators of the {@link ToolsetService}. */
export interface ToolsetServiceDeps {
  store: Pick<ConnectorToolStore, 'listSources' | 'listStandings'>;
}

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
    const { selectedTool } = request;
    if (selectedTool !== undefined) {
      const question = { names: [selectedTool] };
      const [found] = await availabilityOf(this.#store, identity, toolset, question);
      const error = found && unavailableError(found);
      if (error !== undefined) throw error;
    }
    return formatToolset(toolset, request);
  }
}
