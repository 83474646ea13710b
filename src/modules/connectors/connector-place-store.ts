import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorRecord } from './connector.ts';

/** Where a connector belongs. */
export type ConnectorPlace = Pick<ConnectorRecord, 'projectId' | 'credentialMode'>;

/** Finds out where connectors belong, before anything is done with them. */
export interface ConnectorPlaceStore {
  /** Undefined where the connector is neither the user's own nor of one of these projects. */
  findPlace(
    identity: Identity,
    projectIds: readonly string[],
    id: string,
  ): Promise<ConnectorPlace | undefined>;
}
