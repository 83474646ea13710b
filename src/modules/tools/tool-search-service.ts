import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorToolStore } from '../connectors/index.ts';
import type { ToolMatch } from './tool-search.ts';
import { ToolSnapshot } from './tool-snapshot.ts';

/** Shows and searches a user's tools as discovery stored them; no server is asked. */
export class ToolSearchService {
  readonly #store: Pick<ConnectorToolStore, 'listSources'>;

  constructor({ store }: { store: Pick<ConnectorToolStore, 'listSources'> }) {
    this.#store = store;
  }

  /** The tools of the user's enabled connectors. */
  async getSnapshot(identity: Identity): Promise<ToolSnapshot> {
    return new ToolSnapshot(await this.#store.listSources(identity));
  }

  /** The tools that fit a query best, best first, at most `limit`. */
  async search(identity: Identity, query: string, limit: number): Promise<ToolMatch[]> {
    return (await this.getSnapshot(identity)).index.search(query, limit);
  }
}
