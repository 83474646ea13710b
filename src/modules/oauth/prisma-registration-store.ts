import type { Database } from '../../database/index.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { RegistrationKey, RegistrationStore } from './registration-store.ts';

/** Registrations in PostgreSQL. */
export class PrismaRegistrationStore implements RegistrationStore {
  readonly #database: Pick<Database, 'asUser' | 'readAsUser'>;

  constructor({ database }: { database: Pick<Database, 'asUser' | 'readAsUser'> }) {
    this.#database = database;
  }

  async find(identity: Identity, key: RegistrationKey) {
    const row = await this.#database.readAsUser(identity, (tx) =>
      tx.oAuthRegistration.findFirst({ where: { tenantId: identity.tenantId, ...key } }),
    );
    if (row === null) return undefined;
    return { sealed: row.sealed, expiresAt: row.expiresAt ?? undefined };
  }

  async put(
    identity: Identity,
    key: RegistrationKey,
    registration: { sealed: string; expiresAt: Date | undefined; at: Date },
  ): Promise<void> {
    const { tenantId } = identity;
    const { sealed, expiresAt, at } = registration;
    const data = { sealed, expiresAt: expiresAt ?? null, createdAt: at };
    await this.#database.asUser(identity, (tx) =>
      tx.oAuthRegistration.upsert({
        where: { tenantId_issuer_redirectUri: { tenantId, ...key } },
        create: { tenantId, ...key, ...data },
        update: data,
      }),
    );
  }

  async delete(identity: Identity, key: RegistrationKey): Promise<void> {
    await this.#database.asUser(identity, (tx) =>
      tx.oAuthRegistration.deleteMany({ where: { tenantId: identity.tenantId, ...key } }),
    );
  }
}
