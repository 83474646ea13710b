import { type DatabaseTransaction, showAllMembers } from '../../database/index.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorChanges, NewCredential } from './connector-store.ts';
import { type OwnerColumns, ownerColumns } from './prisma-connector-owners.ts';

/** Changes what is stored of credentials with their connector, whose row is locked by now. */
export async function changeCredential(
  tx: DatabaseTransaction,
  identity: Identity,
  connectorId: string,
  { credential, dropsMembers = false, at }: ConnectorChanges,
): Promise<void> {
  const owner = ownerColumns(identity);
  const where = { ...owner, connectorId };
  if (dropsMembers) {
    await showAllMembers(tx);
    await tx.credential.deleteMany({ where: { ...where, memberId: { not: '' } } });
  }
  if (credential === null) {
    await tx.credential.deleteMany({
      where: { ...where, memberId: { in: ['', identity.userId] } },
    });
  } else if (credential !== undefined) {
    await putCredential(tx, owner, connectorId, credential, at);
  }
}

/** Replaces what the same member, or the owner, had. */
export async function putCredential(
  tx: DatabaseTransaction,
  owner: OwnerColumns,
  connectorId: string,
  credential: NewCredential,
  at: Date,
): Promise<void> {
  const { memberId } = credential;
  await tx.credential.deleteMany({ where: { ...owner, connectorId, memberId } });
  await tx.credential.create({
    data: {
      ...owner,
      ...credential,
      expiresAt: credential.expiresAt ?? null,
      connectorId,
      createdAt: at,
      updatedAt: at,
    },
  });
}
