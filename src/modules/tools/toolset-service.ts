import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorToolStore } from '../connectors/index.ts';
import { compileToolset, type Toolset } from './toolset.ts';

/** Lists the tools a user's agents may call. */
export class ToolsetService {
  readonly #store: Pick<ConnectorToolStore, 'listSources'>;

  constructor({ store }: { store: Pick<ConnectorToolStore, 'listSources'> }) {
    this.#store = store;
  }

  /** The tools of the user's enabled connectors, in a stable order. */
  async get(identity: Identity): Promise<Toolset> {
    return compileToolset(await this.#store.listSources(identity));
  }
}
