import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorToolStore } from '../connectors/index.ts';
import { type ComposerMenu, composeMenu } from './composer.ts';
import { compileToolset } from './toolset.ts';

/** Shows users of a chat the tools they can choose; no server is asked. */
export class ComposerService {
  readonly #store: Pick<ConnectorToolStore, 'listSources'>;

  constructor({ store }: { store: Pick<ConnectorToolStore, 'listSources'> }) {
    this.#store = store;
  }

  /** The menu of the user, at most `limit` entries. */
  async getMenu(identity: Identity, { limit }: { limit: number }): Promise<ComposerMenu> {
    return composeMenu(compileToolset(await this.#store.listSources(identity)), limit);
  }
}
