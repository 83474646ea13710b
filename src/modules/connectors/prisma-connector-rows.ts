import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Prisma } from '../../database/prisma/client.ts';
import { readHeaderParameters } from '../../mcp/client/header-parameters.ts';
import type { HeaderParameter } from '../../mcp/client/mcp-client.ts';
import { MCP_FAILURE_CODES } from '../../mcp/client/mcp-failure.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { ConnectorRecord, ConnectorTool, ToolDefinition, ToolReference } from './connector.ts';
import type { ToolStanding } from './connector-tool-store.ts';
import { credentialsFor, ownCredential, projectOf, sightOf } from './prisma-connector-owners.ts';
import {
  admissionOf,
  policiesFor,
  TOOL_STATES,
  type ToolPolicies,
  type ToolState,
} from './tool-approval.ts';

/** What is read with every connector. */
export function connectorInclude(identity: Identity) {
  return {
    credentials: { where: credentialsFor(identity) },
    _count: { select: { tools: true } },
  } satisfies Prisma.ConnectorInclude;
}

/** What decides whether agents get a tool. */
export const approvalColumns = {
  enabled: true,
  state: true,
  destructive: true,
} satisfies Prisma.ConnectorToolSelect;

/** What is read of a connector to know how it is for a user, with the credentials that `where` leaves. */
export function sightColumns(where: Prisma.CredentialWhereInput) {
  return {
    id: true,
    intent: true,
    health: true,
    authType: true,
    credentialMode: true,
    credentialGeneration: true,
    credentials: { where, select: { memberId: true, state: true, generation: true } },
  } satisfies Prisma.ConnectorSelect;
}

/** What is read of a connector to know whether a session with it is of the present credentials. */
export function sessionColumns(identity: Identity) {
  return {
    ...sightColumns(credentialsFor(identity)),
    source: true,
    ownerKind: true,
    ownerId: true,
  } satisfies Prisma.ConnectorSelect;
}

/** What is read of a tool to know whether it may be called. */
export function standingColumns(identity: Identity) {
  return {
    ...approvalColumns,
    id: true,
    exposedName: true,
    definitionHash: true,
    connector: { select: sessionColumns(identity) },
  } satisfies Prisma.ConnectorToolSelect;
}

/** What a tool is read with, so that it is judged by the policies for its connector. */
export const ofSource = { connector: { select: { source: true } } } as const;

type StandingRow = Prisma.ConnectorToolGetPayload<{ select: ReturnType<typeof standingColumns> }>;
type ConnectorRow = Prisma.ConnectorGetPayload<{ include: ReturnType<typeof connectorInclude> }>;
type ToolRow = Prisma.ConnectorToolGetPayload<{ include: typeof ofSource }>;

const Literals = <const Values extends readonly string[]>(values: Values) =>
  Type.Unsafe<Values[number]>({ ...Type.Union(values.map((value) => Type.Literal(value))) });

/** The database checks these as well; a row that fails here was written by a newer version of the service. */
const States = Type.Object({
  source: Literals(['own', 'catalog', 'system']),
  transport: Literals(['auto', 'streamable-http', 'sse']),
  authType: Literals(['none', 'bearer', 'headers', 'oauth2']),
  credentialMode: Literals(['shared', 'personal']),
  intent: Literals(['ENABLED', 'DISABLED']),
  health: Literals(['HEALTHY', 'ERROR', 'NEEDS_AUTH']),
});
const Standing = Type.Pick(States, ['intent', 'health', 'authType', 'credentialMode']);
const FaultCode = Literals(MCP_FAILURE_CODES);
const Knowledge = Type.Object({
  era: Literals(['legacy', 'modern']),
  resolvedTransport: Literals(['streamable-http', 'sse']),
  protocolVersion: Type.String(),
});
const CredentialStates = Type.Object({
  kind: Literals(['bearer', 'headers', 'oauth2']),
  grantType: Type.Union([Literals(['authorization_code', 'client_credentials']), Type.Null()]),
  state: Literals(['active', 'refused']),
});
const JsonObject = Type.Record(Type.String(), Type.Unknown());
const Definition = Type.Object({
  title: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  inputSchema: JsonObject,
  outputSchema: Type.Optional(JsonObject),
  annotations: Type.Optional(JsonObject),
});
const Reference = Type.Composite([Type.Object({ name: Type.String() }), Definition]);
const State = Literals(TOOL_STATES);

const HeaderParameters = Type.Array(
  Type.Object({ name: Type.String(), path: Type.Array(Type.String()) }),
);

function toFault(row: ConnectorRow): ConnectorRecord['fault'] {
  if (row.lastErrorCode === null || row.lastErrorAt === null) return undefined;
  const { lastErrorAt: at, failingSince: since } = row;
  return { code: Value.Decode(FaultCode, row.lastErrorCode), at, since: since ?? at };
}

function toKnowledge(row: ConnectorRow): ConnectorRecord['knowledge'] {
  if (row.era === null) return undefined;
  const { era, resolvedTransport, protocolVersion } = Value.Decode(Knowledge, row);
  const serverInfo =
    row.serverName === null
      ? undefined
      : {
          name: row.serverName,
          version: row.serverVersion ?? '',
          title: row.serverTitle ?? undefined,
        };
  return { era, transport: resolvedTransport, protocolVersion, serverInfo };
}

function toCredential(
  row: ConnectorRow['credentials'][number] | undefined,
): ConnectorRecord['credential'] {
  if (row === undefined) return undefined;
  const { expiresAt, ...kept } = row;
  const { id, sealed, headerNames, scopes, missingScopes, updatedAt } = kept;
  const { kind, state, grantType } = Value.Decode(CredentialStates, row);
  return {
    ...{ id, kind, state, sealed, headerNames, scopes, missingScopes, updatedAt },
    grantType: kind === 'oauth2' ? (grantType ?? 'authorization_code') : undefined,
    expiresAt: expiresAt ?? undefined,
  };
}

/**
 * The connector as it is for this user.
 * @throws when the row holds a state this version does not know.
 */
export function toConnectorRecord(row: ConnectorRow, { userId }: Identity): ConnectorRecord {
  const states = Value.Decode(States, row);
  const own = ownCredential(row, userId);
  const sight = sightOf({ ...row, ...states }, own);
  const needsSignIn = sight.health === 'NEEDS_AUTH' && states.credentialMode === 'personal';
  return {
    id: row.id,
    projectId: projectOf(row),
    entryKey: row.entryKey ?? undefined,
    name: row.name,
    slug: row.slug,
    serverUrlSealed: row.serverUrlSealed,
    serverOrigin: row.serverOrigin,
    ...pickStates(states),
    ...sight,
    disabledAt: row.disabledAt ?? undefined,
    fault: needsSignIn ? missingSignIn(own?.updatedAt ?? row.createdAt, own) : toFault(row),
    knowledge: toKnowledge(row),
    credential: toCredential(own),
    toolCount: row._count.tools,
    callTimeoutSeconds: row.callTimeoutSeconds,
    version: row.version,
    lastTestedAt: row.lastTestedAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** @throws when the row holds a state this version does not know. */
export function toStanding(
  row: StandingRow,
  policies: ToolPolicies,
  identity: Identity,
): ToolStanding {
  const { id, exposedName, definitionHash, connector } = row;
  const { state, admission } = toApproval(row, policies, connector);
  const place = { toolId: id, exposedName, definitionHash };
  return { ...place, ...toSessionSight(connector, identity), state, admission };
}

/**
 * A connector as a call by this user meets it.
 * @throws when the row holds a state this version does not know.
 */
export function toSessionSight(
  row: StandingRow['connector'],
  { userId }: Identity,
): Pick<ToolStanding, 'connectorId' | 'projectId' | 'intent' | 'health' | 'credentialGeneration'> {
  const states = toSessionStates(row);
  const place = { connectorId: row.id, projectId: projectOf(row), intent: states.intent };
  return { ...place, ...sightOf({ ...row, ...states }, ownCredential(row, userId)) };
}

/** @throws when the row holds a state this version does not know. */
export function toSessionStates(row: Record<keyof Static<typeof Standing>, string>) {
  return Value.Decode(Standing, row);
}

function missingSignIn(at: Date, own: object | undefined): ConnectorRecord['fault'] {
  return { code: own === undefined ? 'AUTH_REQUIRED' : 'AUTH_FAILED', at, since: at };
}

function pickStates({
  source,
  transport,
  authType,
  credentialMode,
  intent,
}: Static<typeof States>) {
  return { source, transport, authType, credentialMode, intent };
}

/** @throws when the stored definition is not one. */
export function toToolDefinition(stored: unknown): ToolDefinition {
  const { title, description, inputSchema, outputSchema, annotations } = Value.Decode(
    Definition,
    stored,
  );
  return { title, description, inputSchema, outputSchema, annotations };
}

function toReference(stored: unknown): ToolReference | undefined {
  if (stored === null) return undefined;
  return { name: Value.Decode(Reference, stored).name, ...toToolDefinition(stored) };
}

/** @throws when the row holds a state this version does not know. */
export function toToolState(stored: string): ToolState {
  return Value.Decode(State, stored);
}

/** Whether its definition is approved, and what the policies make of that. */
export function toApproval(
  { enabled, state: stored, destructive }: Pick<ToolRow, keyof typeof approvalColumns>,
  policies: ToolPolicies,
  connector: Pick<ConnectorRow, 'source'>,
): Pick<ConnectorTool, 'isEnabled' | 'state' | 'admission'> {
  const state = toToolState(stored);
  const standing = { isEnabled: enabled, state, isDestructive: destructive };
  const source = Value.Decode(States.properties.source, connector.source);
  const admission = admissionOf(standing, policiesFor(source, policies));
  return { isEnabled: enabled, state, admission };
}

/** A tool row as the domain knows it. */
export function toConnectorTool(row: ToolRow, policies: ToolPolicies): ConnectorTool {
  return {
    id: row.id,
    name: row.name,
    exposedName: row.exposedName,
    definition: toToolDefinition(row.definition),
    definitionHash: row.definitionHash,
    ...toApproval(row, policies, row.connector),
    approvedAt: row.approvedAt ?? undefined,
    reference: toReference(row.reference),
    version: row.version,
    updatedAt: row.updatedAt,
  };
}

/** What a call needs of the input schema, as it is stored; a server of the legacy era may annotate wrongly, without meaning it. */
export function toHeaderColumn({ inputSchema }: Pick<ToolDefinition, 'inputSchema'>) {
  const reading = readHeaderParameters(inputSchema);
  if (!reading.ok || reading.parameters.length === 0) return Prisma.DbNull;
  return reading.parameters.map(({ name, path }) => ({ name, path }));
}

/** @throws when the column holds something else. */
export function toHeaderParameters(stored: unknown): HeaderParameter[] {
  return stored === null ? [] : Value.Decode(HeaderParameters, stored);
}
