import { AppError } from '../../errors/app-error.ts';
import type { ConnectorRecord } from './connector.ts';
import type { ConnectorUpdate } from './connector-update.ts';

/**
 * What the catalog decides about a connector, its owner cannot change. What is theirs: its name, the time of calls, and signing in where that
 * is how its server knows them.
 * @throws AppError `CONNECTOR_MANAGED`
 */
export function assertOwnerDecides(
  { entryKey, authType }: Pick<ConnectorRecord, 'entryKey' | 'authType'>,
  update: Omit<ConnectorUpdate, 'name' | 'callTimeoutSeconds'>,
): void {
  if (entryKey === undefined) return;
  const { serverUrl, transport, authType: nextType, credentials } = update;
  const isSignIn = authType === 'oauth2' && credentials?.kind === 'oauth2';
  const touchesWay = serverUrl !== undefined || transport !== undefined;
  if (touchesWay || (nextType !== undefined && nextType !== authType)) throw managed();
  if (credentials !== undefined && !isSignIn) throw managed();
}

/** @throws AppError `CONNECTOR_MANAGED` where it goes as it came: by the catalog, or by the list of system tools */
export function assertOwnerDeletes({ entryKey }: Pick<ConnectorRecord, 'entryKey'>): void {
  if (entryKey !== undefined) throw managed();
}

function managed(): AppError {
  return new AppError('CONNECTOR_MANAGED');
}
