import { randomUUID } from 'node:crypto';
import type { DatabaseTransaction } from '../../database/index.ts';
import type { Prisma } from '../../database/prisma/client.ts';
import { OFFERING_KINDS, type OfferingDiscovery } from '../../mcp/client/server-offerings.ts';
import { exposedKeys } from './offering-names.ts';
import type { OwnerColumns } from './prisma-connector-owners.ts';

/** Replaces the offerings of each kind that could be read; those of the others stay. A prompt that stays keeps its exposed name. */
export async function replaceOfferings(
  tx: DatabaseTransaction,
  owner: OwnerColumns,
  connector: { id: string; slug: string },
  discovery: OfferingDiscovery | undefined,
): Promise<void> {
  if (discovery === undefined) return;
  const where = { ...owner, connectorId: connector.id };
  const known = await tx.connectorOffering.findMany({
    where: { ...where, kind: 'prompt' },
    select: { key: true, exposedKey: true },
  });
  const knownNames = new Map(known.map(({ key, exposedKey }) => [key, exposedKey]));
  const added: Prisma.ConnectorOfferingCreateManyInput[] = [];
  for (const kind of OFFERING_KINDS) {
    const offerings = discovery[kind];
    if (offerings === undefined) continue;
    await tx.connectorOffering.deleteMany({ where: { ...where, kind } });
    const exposed = exposedKeys(connector.slug, kind, offerings, knownNames);
    for (const { key, definition } of offerings) {
      // Parsed anew, so that Prisma gets JSON and nothing else.
      const json: Prisma.InputJsonObject = JSON.parse(JSON.stringify(definition));
      const exposedKey = exposed.get(key) ?? key;
      added.push({ ...where, id: randomUUID(), kind, key, exposedKey, definition: json });
    }
  }
  if (added.length > 0) await tx.connectorOffering.createMany({ data: added });
}
