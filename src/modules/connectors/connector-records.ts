import { AppError } from '../../errors/app-error.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorRecord } from './connector.ts';
import type { ConnectorChanges, ConnectorStore } from './connector-store.ts';
import type { ConnectorVersions } from './connector-update.ts';

/** Names a connector of a user. */
export interface ConnectorKey {
  identity: Identity;
  id: string;
}

/** The connector with its secrets still sealed. @throws AppError `CONNECTOR_NOT_FOUND` */
export async function getRecord(
  store: Pick<ConnectorStore, 'find'>,
  { identity, id }: ConnectorKey,
): Promise<ConnectorRecord> {
  const record = await store.find(identity, id);
  if (record === undefined) throw new AppError('CONNECTOR_NOT_FOUND');
  return record;
}

/** The connector in a version the caller accepts. @throws AppError `CONNECTOR_NOT_FOUND`, `PRECONDITION_FAILED` */
export async function getAcceptedRecord(
  store: Pick<ConnectorStore, 'find'>,
  key: ConnectorKey,
  accepts: ConnectorVersions,
): Promise<ConnectorRecord> {
  const record = await getRecord(store, key);
  if (accepts !== undefined && !accepts(record.version)) throw new AppError('PRECONDITION_FAILED');
  return record;
}

/**
 * Makes a change that no test precedes: where another one comes between reading and saving, it is made on top of that.
 * @param changesOf undefined where there is nothing to change.
 * @returns the connector as it is now.
 * @throws AppError as {@link getAcceptedRecord}, `CONNECTOR_NAME_TAKEN`, and what `changesOf` throws.
 */
export async function changeRecord(
  store: Pick<ConnectorStore, 'find' | 'update'>,
  key: ConnectorKey,
  accepts: ConnectorVersions,
  changesOf: (record: ConnectorRecord) => ConnectorChanges | undefined,
): Promise<ConnectorRecord> {
  for (;;) {
    const record = await getAcceptedRecord(store, key, accepts);
    const changes = changesOf(record);
    if (changes === undefined) return record;
    const saved = await store.update(key.identity, key.id, record.version, changes);
    if (saved !== undefined) return saved;
  }
}
