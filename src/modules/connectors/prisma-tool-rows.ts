import { randomUUID } from 'node:crypto';
import type { DatabaseTransaction } from '../../database/index.ts';
import { Prisma } from '../../database/prisma/client.ts';
import type { NewTool } from './connector-store.ts';
import type { OwnerColumns } from './prisma-connector-owners.ts';
import { toHeaderColumn, toToolState } from './prisma-connector-rows.ts';
import type { ToolPolicies } from './tool-approval.ts';
import { type KnownTool, type PlannedTool, planTools } from './tool-plan.ts';

/** Removed tools that are remembered for each connector; enabled ones are forgotten first, those removed longest ago before others. */
const MAX_REMEMBERED = 1_000;

/** A discovery that is to be stored. */
export interface ToolReplacement {
  connector: { id: string; slug: string };
  tools: readonly NewTool[];
  policies: ToolPolicies;
  /** The tools are those of another address than before. */
  isMoved: boolean;
  at: Date;
}

/** A row of either table. */
interface KnownRow extends KnownTool {
  isEnabled: boolean;
  approvedAt: Date | null;
  isStored: boolean;
}

/** What is read of both tables. */
const standing = {
  name: true,
  exposedName: true,
  definitionHash: true,
  enabled: true,
  state: true,
  approvedHash: true,
  approvedAt: true,
  destructive: true,
} as const;
type StandingRow = Prisma.ConnectorToolGetPayload<{ select: typeof standing }>;

function toKnownRow(row: StandingRow, isStored: boolean): KnownRow {
  const { name, exposedName, definitionHash, approvedAt } = row;
  return {
    name,
    exposedName,
    definitionHash,
    approvedAt,
    state: toToolState(row.state),
    approvedHash: row.approvedHash ?? undefined,
    isDestructive: row.destructive,
    isEnabled: row.enabled,
    isStored,
  };
}

/**
 * Makes the stored tools those that were found, whoever found them: every discovery comes through here. The transaction has to hold the
 * lock of the connector's row, so that no approval comes between.
 */
export async function replaceTools(
  tx: DatabaseTransaction,
  owner: OwnerColumns,
  { connector, tools, policies, isMoved, at }: ToolReplacement,
): Promise<void> {
  const where = { ...owner, connectorId: connector.id };
  const stored = await tx.connectorTool.findMany({ where, select: standing });
  const remembered = await tx.removedTool.findMany({
    where,
    select: standing,
    orderBy: { removedAt: 'desc' },
  });
  const { toolsForgotten } = await tx.connector.findFirstOrThrow({
    where: { ...owner, id: connector.id },
    select: { toolsForgotten: true },
  });
  const plan = planTools<NewTool, KnownRow>({
    slug: connector.slug,
    found: tools,
    stored: stored.map((row) => toKnownRow(row, true)),
    remembered: remembered.map((row) => toKnownRow(row, false)),
    context: { policies, isMoved, isForgetful: toolsForgotten },
  });
  const writing = { tx, where, at };
  const references = await readReferences(writing, plan);
  await write(writing, plan.tools, references);
  await forgetReturned(writing, plan.returned);
  await remember(writing, plan.removed, references);
  if (isMoved) {
    await tx.removedTool.updateMany({ where, data: { approvedHash: null, approvedAt: null } });
  }
}

interface Writing {
  tx: DatabaseTransaction;
  where: OwnerColumns & { connectorId: string };
  at: Date;
}

type References = ReadonlyMap<string, Prisma.InputJsonValue>;

/** What changes will be shown against, by the name of the tool that had the definition. */
async function readReferences(
  { tx, where }: Writing,
  { tools, removed }: ReturnType<typeof planTools<NewTool, KnownRow>>,
): Promise<References> {
  const replaced = tools.flatMap(({ stored, origin, verdict }) =>
    origin !== undefined && (verdict.reference === 'replaced' || stored === undefined)
      ? [origin]
      : [],
  );
  const wanted = [...replaced, ...removed];
  if (wanted.length === 0) return new Map();
  const namesOf = (isStored: boolean) =>
    wanted.filter((tool) => tool.isStored === isStored).map(({ name }) => name);
  const fromTools = await tx.connectorTool.findMany({
    where: { ...where, name: { in: namesOf(true) } },
    select: { name: true, definition: true, reference: true },
  });
  const fromRemoved = await tx.removedTool.findMany({
    where: { ...where, name: { in: namesOf(false) } },
    select: { name: true, reference: true },
  });
  return new Map([
    ...fromRemoved.map(({ name, reference }): [string, Prisma.InputJsonValue] => [
      name,
      copyOf(reference),
    ]),
    ...fromTools.map(({ name, definition, reference }): [string, Prisma.InputJsonValue] => [
      name,
      copyOf(reference ?? Object.assign({ name }, definition)),
    ]),
  ]);
}

/** JSON as it may be written; members that are undefined are dropped, so that what is stored equals what is read back. */
function copyOf(value: unknown): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value));
}

function standingColumns({ verdict, origin }: PlannedTool<NewTool, KnownRow>, at: Date) {
  const { state, definitionHash, approvedHash, isDestructive, isNewlyApproved } = verdict;
  const approvedAt = isNewlyApproved ? at : (origin?.approvedAt ?? null);
  return {
    state,
    definitionHash,
    destructive: isDestructive,
    approvedHash: approvedHash ?? null,
    approvedAt: approvedHash === undefined ? null : approvedAt,
  };
}

async function write(
  { tx, where, at }: Writing,
  planned: readonly PlannedTool<NewTool, KnownRow>[],
  references: References,
): Promise<void> {
  const added: Prisma.ConnectorToolCreateManyInput[] = [];
  for (const tool of planned) {
    const { found, exposedName, verdict, stored, origin } = tool;
    const { name } = found;
    const columns = { ...standingColumns(tool, at), ...referenceColumn(tool, references) };
    if (stored === undefined) {
      const definition = definitionColumns(found);
      // Whoever switched it off meant the tool, be it gone for a while or renamed.
      const enabled = origin?.isEnabled ?? true;
      const place = { ...where, id: randomUUID(), name, exposedName, createdAt: at, updatedAt: at };
      added.push({ ...place, ...columns, ...definition, enabled });
    } else if (isOther(stored, verdict)) {
      const isSame = stored.definitionHash === found.definitionHash;
      const definition = isSame ? {} : definitionColumns(found);
      const version = { increment: 1 };
      const data = { ...columns, ...definition, version, updatedAt: at };
      await tx.connectorTool.updateMany({ where: { ...where, name }, data });
    }
  }
  if (added.length > 0) await tx.connectorTool.createMany({ data: added });
}

function definitionColumns({ definition }: NewTool) {
  return { definition: copyOf(definition), headerParameters: toHeaderColumn(definition) };
}

/** Empty where a stored one stays. */
function referenceColumn(
  { verdict, stored, origin }: PlannedTool<NewTool, KnownRow>,
  references: References,
): { reference?: Prisma.InputJsonValue | typeof Prisma.DbNull } {
  if (verdict.reference === 'none') return { reference: Prisma.DbNull };
  if (verdict.reference === 'kept' && stored !== undefined) return {};
  const reference = origin === undefined ? undefined : references.get(origin.name);
  return { reference: reference ?? Prisma.DbNull };
}

function isOther(stored: KnownRow, verdict: PlannedTool<NewTool, KnownRow>['verdict']): boolean {
  return (
    stored.definitionHash !== verdict.definitionHash ||
    stored.state !== verdict.state ||
    stored.approvedHash !== verdict.approvedHash ||
    stored.isDestructive !== verdict.isDestructive
  );
}

async function forgetReturned(
  { tx, where }: Writing,
  returned: readonly KnownRow[],
): Promise<void> {
  if (returned.length === 0) return;
  const name = { in: returned.map((tool) => tool.name) };
  await tx.removedTool.deleteMany({ where: { ...where, name } });
}

async function remember(
  { tx, where, at }: Writing,
  removed: readonly KnownRow[],
  references: References,
): Promise<void> {
  if (removed.length === 0) return;
  await tx.connectorTool.deleteMany({
    where: { ...where, name: { in: removed.map(({ name }) => name) } },
  });
  await tx.removedTool.createMany({
    data: removed.map((tool) => ({
      ...where,
      name: tool.name,
      exposedName: tool.exposedName,
      definitionHash: tool.definitionHash,
      enabled: tool.isEnabled,
      state: tool.state,
      approvedHash: tool.approvedHash ?? null,
      approvedAt: tool.approvedAt,
      destructive: tool.isDestructive,
      reference: references.get(tool.name) ?? {},
      removedAt: at,
    })),
  });
  await forgetSurplus({ tx, where, at });
}

/** From then on a name that is not known may be that of a tool that was forgotten. */
async function forgetSurplus({ tx, where }: Writing): Promise<void> {
  const surplus = await tx.removedTool.findMany({
    where,
    orderBy: [{ enabled: 'asc' }, { removedAt: 'desc' }, { name: 'asc' }],
    skip: MAX_REMEMBERED,
    select: { name: true },
  });
  if (surplus.length === 0) return;
  await tx.removedTool.deleteMany({
    where: { ...where, name: { in: surplus.map(({ name }) => name) } },
  });
  const { connectorId, ...owner } = where;
  await tx.connector.updateMany({
    where: { ...owner, id: connectorId },
    data: { toolsForgotten: true },
  });
}
