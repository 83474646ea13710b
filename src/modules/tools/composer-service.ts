import type { Identity } from '../../tenancy/caller.ts';
import { type ComposerMenu, composeMenu } from './composer.ts';
import type { ToolCache } from './tool-cache.ts';

/** Shows users of a chat the tools they can choose; no server is asked. */
export class ComposerService {
  readonly #tools: Pick<ToolCache, 'getSnapshot'>;

  constructor({ tools }: { tools: Pick<ToolCache, 'getSnapshot'> }) {
    this.#tools = tools;
  }

  /** The menu of the user, at most `limit` entries. */
  async getMenu(identity: Identity, { limit }: { limit: number }): Promise<ComposerMenu> {
    return composeMenu((await this.#tools.getSnapshot(identity)).toolset, limit);
  }
}
