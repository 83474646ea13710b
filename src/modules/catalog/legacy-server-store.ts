/** A server of an older installation, as its table has it. */
export interface LegacyServer {
  /** As of the catalog, or a former key. */
  key: string;
  /** JSON, as it is stored. */
  config: string;
}

/** The table of an older installation. */
export interface LegacyServerStore {
  list(): Promise<LegacyServer[]>;
  /** Replaces a configuration where it still says the same as `before`. @returns whether it did */
  replace(key: string, before: string, after: string): Promise<boolean>;
}
