import type { Identity } from '../../tenancy/caller.ts';
import type { ToolCache } from './tool-cache.ts';
import type { ToolMatch } from './tool-search.ts';
import { toProtocolTool } from './tool-snapshot.ts';

/** Shows and searches a user's tools as discovery stored them; no server is asked. */
export class ToolSearchService {
  readonly #tools: Pick<ToolCache, 'getSnapshot' | 'derive'>;

  constructor({ tools }: { tools: Pick<ToolCache, 'getSnapshot' | 'derive'> }) {
    this.#tools = tools;
  }

  /** The tools of the user's enabled connectors as `tools/list` of the protocol shows them: an array, as JSON in UTF-8. */
  listProtocolTools(identity: Identity): Promise<Buffer> {
    return this.#tools.derive(identity, 'protocol', ({ tools }) => {
      const value = Buffer.from(JSON.stringify(tools.map(toProtocolTool)));
      return { value, bytes: value.length };
    });
  }

  /** The tools that fit a query best, best first, at most `limit`. */
  async search(identity: Identity, query: string, limit: number): Promise<ToolMatch[]> {
    return (await this.#tools.getSnapshot(identity)).index.search(query, limit);
  }
}
