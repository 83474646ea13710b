import type { ErrorCode } from '../../errors/error-codes.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ManagedServer } from '../connectors/index.ts';
import type { CatalogEntry, PlaceKind, SettingValues } from './catalog-entry.ts';
import type { SettingInput } from './setting-values.ts';

/** What an owner has of the deployed server of an entry. */
export interface EntryDeployment {
  id: string;
  entryKey: string;
  /** It is being brought up, replaced, or about to be switched on. */
  isUnderWay: boolean;
  /** Why it does not run; undefined while nothing is known to be wrong. */
  errorCode: ErrorCode | undefined;
  /** What is set, secrets too: whoever shows it leaves them out. */
  settings: SettingValues;
  updatedAt: Date;
}

/** Where the server of an entry was found. */
export interface EntryServer {
  place: PlaceKind;
  server: ManagedServer;
}

/** Servers that are brought up for owners, as far as the catalog has to do with them. */
export interface EntryDeployments {
  list(identity: Identity): Promise<EntryDeployment[]>;
  find(identity: Identity, entryKey: string): Promise<EntryDeployment | undefined>;
  /** The owner's server as it is now: an instance that answers, or the static one where there is no deployment. Undefined where none is up. */
  locate(identity: Identity, entry: CatalogEntry): Promise<EntryServer | undefined>;
  /**
   * Has the server brought up with these settings, and the entry switched on once it is.
   * @throws AppError `SETTINGS_INVALID`, `CONNECTOR_CHANGED` where others change it all the time
   */
  deployAndEnable(
    identity: Identity,
    entry: CatalogEntry,
    settings: SettingInput,
  ): Promise<EntryDeployment>;
  /** Has the entry not be switched on once its server is up, whoever wanted that before; where nobody did, nothing happens. */
  forgetEnable(identity: Identity, entryKey: string): Promise<void>;
  /** Has it taken away; where there is none, nothing happens. */
  release(identity: Identity, entryKey: string): Promise<void>;
}

/** Can the server of this entry be brought up by us? */
export function isDeployed({ runOn }: Pick<CatalogEntry, 'runOn'>): boolean {
  return runOn.some((kind) => kind !== 'static');
}

/** Is it brought up by us where that is possible? */
export function prefersDeployment({ runOn: [first] }: Pick<CatalogEntry, 'runOn'>): boolean {
  return first !== 'static';
}
