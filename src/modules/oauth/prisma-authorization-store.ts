import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Database } from '../../database/index.ts';
import type { Prisma } from '../../database/prisma/client.ts';
import { OAUTH_FAILURE_CODES } from '../../oauth/oauth-failure.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { AuthorizationRecord, AuthorizationStatus } from './authorization.ts';
import type { AuthorizationStep, AuthorizationStore } from './authorization-store.ts';

const Literals = <const Values extends readonly string[]>(values: Values) =>
  Type.Unsafe<Values[number]>({ ...Type.Union(values.map((value) => Type.Literal(value))) });
const Status = Literals(['pending', 'returned', 'completing', 'completed', 'failed']);
const ErrorCode = Literals(OAUTH_FAILURE_CODES);

/** Sign-ins in PostgreSQL. */
export class PrismaAuthorizationStore implements AuthorizationStore {
  readonly #database: Pick<Database, 'asUser' | 'readAsUser' | 'asWorker'>;

  constructor({ database }: { database: Pick<Database, 'asUser' | 'readAsUser' | 'asWorker'> }) {
    this.#database = database;
  }

  async insert(identity: Identity, record: AuthorizationRecord, limit: number): Promise<void> {
    const owner = ownerOf(identity);
    await this.#database.asUser(identity, async (tx) => {
      const newest = await tx.oAuthAuthorization.findMany({
        where: owner,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: limit - 1,
        select: { id: true },
      });
      await tx.oAuthAuthorization.deleteMany({
        where: { ...owner, id: { notIn: newest.map(({ id }) => id) } },
      });
      await tx.oAuthAuthorization.create({
        data: {
          ...owner,
          ...record,
          connectorId: record.connectorId ?? null,
          errorCode: null,
          browserHash: null,
          handleHash: null,
          sealed: record.sealed ?? null,
        },
      });
    });
  }

  async find(identity: Identity, id: string): Promise<AuthorizationRecord | undefined> {
    const row = await this.#database.readAsUser(identity, (tx) =>
      tx.oAuthAuthorization.findFirst({ where: { ...ownerOf(identity), id } }),
    );
    return row === null ? undefined : toRecord(row);
  }

  async hasUnreturned(identity: Identity, issuer: string): Promise<boolean> {
    const count = await this.#database.readAsUser(identity, (tx) =>
      tx.oAuthAuthorization.count({
        where: { ...ownerOf(identity), issuer, status: 'pending', browserHash: { not: null } },
      }),
    );
    return count > 0;
  }

  async bindBrowser(identity: Identity, id: string, browserHash: string): Promise<boolean> {
    const { count } = await this.#database.asUser(identity, (tx) =>
      tx.oAuthAuthorization.updateMany({
        where: {
          ...ownerOf(identity),
          id,
          status: 'pending',
          OR: [{ browserHash: null }, { browserHash }],
        },
        data: { browserHash },
      }),
    );
    return count === 1;
  }

  async advance(
    identity: Identity,
    id: string,
    from: AuthorizationStatus,
    step: AuthorizationStep,
  ): Promise<boolean> {
    const { count } = await this.#database.asUser(identity, (tx) =>
      tx.oAuthAuthorization.updateMany({
        where: { ...ownerOf(identity), id, status: from },
        data: step,
      }),
    );
    return count === 1;
  }

  async deleteExpired(before: Date): Promise<number> {
    const { count } = await this.#database.asWorker((tx) =>
      tx.oAuthAuthorization.deleteMany({ where: { expiresAt: { lt: before } } }),
    );
    return count;
  }
}

function ownerOf({ tenantId, userId }: Identity) {
  return { tenantId, userId };
}

function toRecord(row: Prisma.OAuthAuthorizationGetPayload<object>): AuthorizationRecord {
  return {
    id: row.id,
    status: Value.Decode(Status, row.status),
    connectorId: row.connectorId ?? undefined,
    issuer: row.issuer,
    errorCode: row.errorCode === null ? undefined : Value.Decode(ErrorCode, row.errorCode),
    browserHash: row.browserHash ?? undefined,
    handleHash: row.handleHash ?? undefined,
    sealed: row.sealed ?? undefined,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
  };
}
