import { AppError } from '../../errors/app-error.ts';
import type { OAuthGrant } from '../../oauth/oauth-grant.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { Connector, ConnectorSaveService, ConnectorService } from '../connectors/index.ts';
import type { TypedSubject } from './authorization.ts';

/** What saves connectors with their tokens. */
export interface GrantSaves {
  connectors: Pick<ConnectorService, 'get'>;
  saves: Pick<ConnectorSaveService, 'create' | 'update' | 'putCredentials'>;
}

/**
 * Tests a server with tokens, and saves the connector with them.
 * @throws AppError `CONNECTOR_CHANGED` where it leads elsewhere by now, and what saving a connector throws
 */
export async function saveGrant(
  { connectors, saves }: GrantSaves,
  identity: Identity,
  { subject, grant }: { subject: TypedSubject; grant: OAuthGrant },
): Promise<Connector> {
  const credentials = { authType: 'oauth2', credentials: { kind: 'oauth2', grant } } as const;
  if (subject.kind === 'draft') {
    return await saves.create(identity, { ...subject.draft, ...credentials });
  }
  const connector = await connectors.get(identity, subject.connectorId);
  const isPersonal = connector.credentialMode === 'personal';
  // The tokens are for the server as it was, and may not be sent to another one.
  if (connector.serverUrl !== subject.serverUrl) throw new AppError('CONNECTOR_CHANGED');
  const isSame = (version: number) => version === connector.version;
  try {
    if (!isPersonal) return await saves.update(identity, connector.id, credentials, isSame);
    return await saves.putCredentials(identity, connector.id, credentials.credentials, isSame);
  } catch (error) {
    const isOther = error instanceof AppError && error.code === 'PRECONDITION_FAILED';
    throw isOther ? new AppError('CONNECTOR_CHANGED') : error;
  }
}
