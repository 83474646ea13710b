import { AppError } from '../../errors/app-error.ts';
import type { Caller, Identity } from '../../tenancy/caller.ts';
import {
  type ConnectorRole,
  managerIdentity,
  memberIdentity,
  roleIn,
} from '../../tenancy/identity-for.ts';
import type { ConnectorPlace, ConnectorPlaceStore } from './connector-place-store.ts';

/** What a caller does with a connector. */
export type ConnectorUse =
  /** Looks at it: every member of its project may. */
  | 'see'
  /** Changes it: admins of its project only. */
  | 'manage'
  /** Has to do with what is sent for the caller: every member where that is personal, admins only where it is shared. */
  | 'sign-in';

/** A caller who may do what they are about to do with a connector. */
export interface ConnectorAccess {
  /** At work where the connector belongs. */
  identity: Identity;
  role: ConnectorRole;
}

/** The one place that decides what a caller may do with a connector that a request names. */
export class ConnectorAccessService {
  readonly #places: ConnectorPlaceStore;

  constructor({ places }: { places: ConnectorPlaceStore }) {
    this.#places = places;
  }

  /** @throws AppError `CONNECTOR_NOT_FOUND` for one the caller may not see, `PROJECT_ADMIN_REQUIRED` for what members may not do */
  async allow(caller: Caller, id: string, use: ConnectorUse): Promise<ConnectorAccess> {
    const { projectId, credentialMode } = await this.#findPlace(caller, id);
    const isMemberToo = use === 'see' || (use === 'sign-in' && credentialMode === 'personal');
    const identityOf = isMemberToo ? memberIdentity : managerIdentity;
    return { identity: identityOf(caller, projectId), role: roleIn(caller, projectId) };
  }

  async #findPlace(caller: Caller, id: string): Promise<ConnectorPlace> {
    const { tenantId, userId, projects } = caller;
    // Whoever is in no project has own connectors only; whether there is this one, the operation finds out.
    if (projects.size === 0) return { projectId: undefined, credentialMode: 'shared' };
    const place = await this.#places.findPlace({ tenantId, userId }, [...projects.keys()], id);
    if (place === undefined) throw new AppError('CONNECTOR_NOT_FOUND');
    return place;
  }
}
