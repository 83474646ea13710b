import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorToolStore } from '../connectors/index.ts';
import { type FormattedToolset, formatToolset, type ToolsetRequest } from './format-toolset.ts';
import { availabilityOf, unavailableError } from './tool-availability.ts';
import type { ToolCache } from './tool-cache.ts';
import type { ToolSnapshot } from './tool-snapshot.ts';

/** Collaborators of the {@link ToolsetService}. */
export interface ToolsetServiceDeps {
  store: Pick<ConnectorToolStore, 'listStandings'>;
  tools: Pick<ToolCache, 'getSnapshot' | 'derive'>;
}

/** A toolset as it is sent. */
export interface WrittenToolset {
  body: Buffer;
  /** Changes with any part of the body. */
  etag: string;
}

/** Lists the tools a user's agents may call. */
export class ToolsetService {
  readonly #deps: ToolsetServiceDeps;

  constructor(deps: ToolsetServiceDeps) {
    this.#deps = deps;
  }

  /**
   * The tools of the user's enabled connectors, in a stable order and in the shape a provider takes.
   * @throws AppError for a selected tool that cannot be used: `TOOL_NOT_FOUND`, `CONNECTOR_DISABLED`, `TOOL_DISABLED`,
   * `TOOL_NOT_APPROVED`, `NEEDS_AUTH`, each with the nearest names of tools that can
   */
  async get(identity: Identity, request: ToolsetRequest): Promise<FormattedToolset> {
    const { toolset } = await this.#getUsable(identity, request);
    return formatToolset(toolset, request);
  }

  /**
   * As {@link get}, written out; the same request is written once, until the user's tools change.
   * @param write must always write the same in the same way
   * @throws AppError as {@link get}
   */
  async getWritten(
    identity: Identity,
    request: ToolsetRequest,
    write: (toolset: FormattedToolset) => WrittenToolset,
  ): Promise<WrittenToolset> {
    const { format, selectedTool = null, limit = null } = request;
    if (selectedTool !== null) await this.#getUsable(identity, request);
    const key = JSON.stringify(['toolset', format, selectedTool, limit]);
    return await this.#deps.tools.derive(identity, key, ({ toolset }) => {
      const value = write(formatToolset(toolset, request));
      return { value, bytes: value.body.length };
    });
  }

  async #getUsable(identity: Identity, { selectedTool }: ToolsetRequest): Promise<ToolSnapshot> {
    const { store, tools } = this.#deps;
    const snapshot = await tools.getSnapshot(identity);
    if (selectedTool === undefined) return snapshot;
    const question = { names: [selectedTool] };
    const [found] = await availabilityOf(store, identity, snapshot.toolset, question);
    const error = found && unavailableError(found);
    if (error !== undefined) throw error;
    return snapshot;
  }
}
