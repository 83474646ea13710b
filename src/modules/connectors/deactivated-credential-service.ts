import type { Clock } from '../../lib/clock.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { type ConnectorRecord, faultAfter, isPersonal } from './connector.ts';
import type { ConnectorStore } from './connector-store.ts';
import type { CredentialAgeStore, DeactivatedCredential } from './credential-age-store.ts';
import { deletionLimit, idleSince } from './credential-deletion.ts';
import type { GrantRevocation } from './grant-revocation.ts';

/** Collaborators of the {@link DeactivatedCredentialService}. */
export interface DeactivatedCredentialServiceDeps {
  ages: Pick<CredentialAgeStore, 'listDeactivated'>;
  store: Pick<ConnectorStore, 'find' | 'update' | 'putPersonal'>;
  revocation: Pick<GrantRevocation, 'revoke'>;
  clock: Pick<Clock, 'now'>;
  log: OperationLog;
  /** Days that credentials are kept after their connector was disabled; 0 keeps them. */
  keptDays: number;
}

const BATCH = 100;

/** The credentials that are due for deletion, page by page: what {@link DeactivatedCredentialService} would delete. */
export async function* listDue(
  ages: Pick<CredentialAgeStore, 'listDeactivated'>,
  before: Date,
): AsyncGenerator<DeactivatedCredential> {
  let afterId: string | undefined;
  for (;;) {
    const batch = await ages.listDeactivated(before, { limit: BATCH, afterId });
    yield* batch;
    afterId = batch.at(-1)?.id;
    if (afterId === undefined) return;
  }
}

/**
 * Deletes credentials that are deactivated: their connector was disabled long ago, and since then they were neither replaced nor used, be it by a test. Those of an enabled
 * connector are never too old.
 */
export class DeactivatedCredentialService {
  readonly #deps: DeactivatedCredentialServiceDeps;

  constructor(deps: DeactivatedCredentialServiceDeps) {
    this.#deps = deps;
  }

  /** Deletes what is due, of all users. It may be stopped at any point. @returns how many @throws DatabaseUnavailable */
  async deleteDue(signal: AbortSignal): Promise<number> {
    const { ages, clock, keptDays } = this.#deps;
    const before = deletionLimit(clock.now(), keptDays);
    let deleted = 0;
    if (before === undefined) return deleted;
    for await (const { identity, connectorId } of listDue(ages, before)) {
      if (signal.aborted) break;
      if (await this.#delete(identity, connectorId, before)) deleted += 1;
    }
    return deleted;
  }

  async #delete(identity: Identity, id: string, before: Date): Promise<boolean> {
    const { store, revocation, clock, log } = this.#deps;
    const record = await store.find(identity, id);
    if (record === undefined || !isDue(record, before)) return false;
    return await log.change(
      'connector.delete_deactivated_credentials',
      identity,
      async (fields) => {
        fields.connector_id = id;
        const at = clock.now();
        const fault = faultAfter(record.fault, { code: 'AUTH_REQUIRED', at });
        // Only this version: whoever enabled or tested it meanwhile made another one.
        const saved = isPersonal(record)
          ? await store.putPersonal(identity, record, null, at)
          : await store.update(identity, id, record.version, {
              ...{ at, credential: null, health: { health: 'NEEDS_AUTH', fault } },
            });
        if (saved === undefined) {
          fields.outcome = 'changed';
          return false;
        }
        await revocation.revoke(identity, record);
        return true;
      },
    );
  }
}

function isDue(record: ConnectorRecord, before: Date): boolean {
  const since = idleSince(record);
  return since !== undefined && since < before;
}
