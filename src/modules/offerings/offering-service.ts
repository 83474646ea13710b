import type { OfferingKind } from '../../mcp/client/server-offerings.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorOfferingStore, ListedOffering } from '../connectors/index.ts';
import { findPlace, placeAfter } from './list-place.ts';

/** Entries of one page; each may have a description of 8,000 characters. */
const PAGE_SIZE = 250;

/** A part of a list. */
export interface OfferingPage {
  offerings: ListedOffering[];
  /** Where the next page begins; undefined on the last one. */
  nextCursor: string | undefined;
}

/** Lists the prompts, resources and templates of a user's enabled connectors, from rows alone. */
export class OfferingService {
  readonly #store: Pick<ConnectorOfferingStore, 'list'>;

  constructor({ store }: { store: Pick<ConnectorOfferingStore, 'list'> }) {
    this.#store = store;
  }

  /**
   * A page in a stable order: what comes or goes between two pages neither repeats nor hides anything else.
   * @returns undefined for a cursor that was never given out
   */
  async list(
    identity: Identity,
    kind: OfferingKind,
    cursor: string | undefined,
  ): Promise<OfferingPage | undefined> {
    const after = cursor === undefined ? undefined : findPlace(kind, cursor);
    if (cursor !== undefined && after === undefined) return undefined;
    const found = await this.#store.list(identity, kind, { limit: PAGE_SIZE + 1, after });
    const offerings = found.slice(0, PAGE_SIZE);
    const last = found.length > PAGE_SIZE ? offerings.at(-1) : undefined;
    return { offerings, nextCursor: last && placeAfter(kind, last.exposedKey) };
  }
}
