import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorRecord } from './connector.ts';
import type { ManagedServers } from './managed-servers.ts';

/** The columns that name the owner of a row. */
export interface OwnerColumns {
  tenantId: string;
  ownerKind: string;
  ownerId: string;
}

/** The owner's columns. Row level security is the second wall; every query names its owner as well. */
export function ownerColumns({ tenantId, userId, projectId }: Identity): OwnerColumns {
  return projectId === undefined
    ? { tenantId, ownerKind: 'user', ownerId: userId }
    : { tenantId, ownerKind: 'project', ownerId: projectId };
}

/** Of what a user's agents get: the user's own, and what belongs to the project that the identity names. */
export function toolsetOwners({ tenantId, userId, projectId }: Identity) {
  const own = { ownerKind: 'user', ownerId: userId };
  if (projectId === undefined) return { tenantId, ...own };
  return { tenantId, OR: [own, { ownerKind: 'project', ownerId: projectId }] };
}

/** Connectors that their owner typed, and those that the catalog offers still. */
export function offeredConnectors(servers: Pick<ManagedServers, 'usableKeys'>) {
  return { OR: [{ entryKey: null }, { entryKey: { in: [...servers.usableKeys()] } }] };
}

/** What every row of a connector tells of where it belongs: undefined for a user. */
export function projectOf({
  ownerKind,
  ownerId,
}: Pick<OwnerColumns, 'ownerKind' | 'ownerId'>): string | undefined {
  return ownerKind === 'project' ? ownerId : undefined;
}

/** As whom background work opens what a row has; of a project, the member where it is one member's. */
export function identityOf(
  { tenantId, ownerKind, ownerId }: OwnerColumns,
  memberId = '',
): Identity {
  return ownerKind === 'project'
    ? { tenantId, userId: memberId, projectId: ownerId }
    : { tenantId, userId: ownerId };
}

/** The credentials that can be meant by this user: those all share, and their own. Row level security shows no others either. */
export function credentialsFor({ userId }: Identity) {
  return { memberId: { in: ['', userId] } };
}

/** The one that is sent for this user. */
export function ownCredential<Row extends { memberId: string }>(
  { credentialMode, credentials }: { credentialMode: string; credentials: readonly Row[] },
  userId: string,
): Row | undefined {
  const owner = credentialMode === 'personal' ? userId : '';
  return credentials.find(({ memberId }) => memberId === owner);
}

/** How the connector is for the user whose credential this is: what one member lacks or changes is nothing to the others. */
export function sightOf(
  row: Pick<ConnectorRecord, 'credentialMode' | 'authType' | 'health' | 'credentialGeneration'>,
  own: { state: string; generation: number } | undefined,
): Pick<ConnectorRecord, 'health' | 'credentialGeneration'> {
  const { credentialMode, authType, health, credentialGeneration } = row;
  if (credentialMode === 'shared') return { health, credentialGeneration };
  const isUsable = authType === 'none' || own?.state === 'active';
  // Both only grow, so their sum never comes again.
  const generation = credentialGeneration + (own?.generation ?? 0);
  return { health: isUsable ? health : 'NEEDS_AUTH', credentialGeneration: generation };
}
