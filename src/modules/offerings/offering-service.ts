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

/** The lists of a user that others can follow; templates count as resources. */
const KINDS = { prompts: ['prompt'], resources: ['resource', 'template'] } as const;
type FollowedList = keyof typeof KINDS;

/** Lists the prompts, resources and templates of a user's enabled connectors, from rows alone. */
export class OfferingService {
  readonly #store: Pick<ConnectorOfferingStore, 'list' | 'fingerprintsOf'>;

  constructor({ store }: { store: Pick<ConnectorOfferingStore, 'list' | 'fingerprintsOf'> }) {
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

  /** For each of these lists a text that is another one when the list is. */
  async fingerprints(
    identity: Identity,
    lists: readonly FollowedList[],
  ): Promise<Partial<Record<FollowedList, string>>> {
    if (lists.length === 0) return {};
    const kinds = lists.flatMap((list) => KINDS[list]);
    const found = await this.#store.fingerprintsOf(identity, kinds);
    const textOf = (list: FollowedList) => KINDS[list].map((kind) => found.get(kind)).join(' ');
    return Object.fromEntries(lists.map((list) => [list, textOf(list)]));
  }
}
