import { AppError } from '../../errors/app-error.ts';
import type { ManagedServer } from '../connectors/index.ts';
import type { CatalogEntry, CatalogOffer } from './catalog-entry.ts';

/** The catalog as it was read at the start: known servers by their keys. */
export class Catalog {
  readonly #entries: readonly CatalogEntry[];
  readonly #byKey: ReadonlyMap<string, CatalogEntry>;
  readonly #gates: ReadonlySet<string>;

  /** @param options.gates the features that are open. Keys and legacy keys are unique among the entries: {@link readCatalog} holds them to it. */
  constructor({ entries, gates }: { entries: readonly CatalogEntry[]; gates: readonly string[] }) {
    this.#entries = [...entries].sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#byKey = new Map(
      entries.flatMap((entry) => [entry.key, ...entry.legacyKeys].map((key) => [key, entry])),
    );
    this.#gates = new Set(gates);
  }

  /** Those offered to projects, or to users, in the order of their keys; those behind a closed gate as well. */
  list(offeredTo: CatalogOffer): CatalogEntry[] {
    return this.#entries.filter((entry) => entry.offeredTo === offeredTo);
  }

  /** By its key or a former one; undefined where there is none. */
  find(key: string): CatalogEntry | undefined {
    return this.#byKey.get(key);
  }

  /** @throws AppError `CATALOG_ENTRY_NOT_FOUND`, also for one that is offered to others */
  get(key: string, offeredTo: CatalogOffer): CatalogEntry {
    const entry = this.find(key);
    if (entry?.offeredTo !== offeredTo) throw new AppError('CATALOG_ENTRY_NOT_FOUND');
    return entry;
  }

  /** May it be used? Not while the feature that it needs is closed. */
  isOpen({ gate }: Pick<CatalogEntry, 'gate'>): boolean {
    return gate === undefined || this.#gates.has(gate);
  }

  /** Of all entries that may be used now, former keys too. */
  usableKeys(): string[] {
    const usable = [...this.#byKey].filter(([, entry]) => this.isOpen(entry));
    return usable.map(([key]) => key);
  }
}

/** Where the server of an entry is, as somebody else runs it; undefined for an entry that is never static. */
export function serverOf({
  url,
  transport,
  reach,
}: Pick<CatalogEntry, 'url' | 'transport' | 'reach'>): ManagedServer | undefined {
  return url === undefined ? undefined : { url, transport, isPinned: reach === 'pinned' };
}
