import type { McpEra, McpTransport, ServerInfo } from '../../mcp/client/mcp-client.ts';
import type { McpFailureCode } from '../../mcp/client/mcp-failure.ts';
import type { AuthType, CredentialMetadata } from '../credentials/index.ts';
import type { ToolAdmission, ToolState } from './tool-approval.ts';

/** How to talk to a server; `auto` finds out. */
export type ConnectorTransport = McpTransport | 'auto';

/** What the owner wants. */
export type ConnectorIntent = 'ENABLED' | 'DISABLED';

/** What tests and traffic found. A column of its own, so that no background check can undo a disable. */
export type ConnectorHealth = 'HEALTHY' | 'ERROR' | 'NEEDS_AUTH';

/** Whose credentials a connector sends: the same for all who use it, or those that each member of the project gave. */
export type CredentialMode = 'shared' | 'personal';

/** Where a connector comes from, and who decides about it: its owner, or the catalog (a server switched on for a project, a system tool of a user). */
export type ConnectorSource = 'own' | 'catalog' | 'system';

/** What is shown; derived from intent and health. */
export type ConnectorStatus = 'ENABLED' | 'DISABLED' | 'ERROR' | 'NEEDS_AUTH';

/** The last failure of a connector; its message follows from the code. */
export interface ConnectorFault {
  code: McpFailureCode;
  at: Date;
  /** The first failure since it last worked; the same as `at` where it failed once. */
  since: Date;
}

/** What the last successful connect told, so that the next one need not probe. */
export interface ServerKnowledge {
  era: McpEra;
  transport: McpTransport;
  protocolVersion: string;
  serverInfo: ServerInfo | undefined;
}

/** A sealed secret with what may be shown of it. */
export interface SealedCredential extends Omit<CredentialMetadata, 'deletionDueAt'> {
  id: string;
  sealed: string;
}

/** A connector as stored, for one of its users: every secret still sealed. */
export interface ConnectorRecord {
  id: string;
  /** The project it belongs to; undefined for one of the user's own. */
  projectId: string | undefined;
  source: ConnectorSource;
  /** The catalog entry that decides its address and what is sent; undefined for an own one. */
  entryKey: string | undefined;
  name: string;
  slug: string;
  serverUrlSealed: string;
  serverOrigin: string;
  transport: ConnectorTransport;
  authType: AuthType;
  credentialMode: CredentialMode;
  intent: ConnectorIntent;
  /** Since when it is disabled; undefined while it is enabled. */
  disabledAt: Date | undefined;
  /** Where credentials are personal, `NEEDS_AUTH` is about those of this user. */
  health: ConnectorHealth;
  fault: ConnectorFault | undefined;
  knowledge: ServerKnowledge | undefined;
  /** What is sent for this user: never the credential of another member. */
  credential: SealedCredential | undefined;
  toolCount: number;
  /** How long a tool call may take, connect included: 1 to 300. */
  callTimeoutSeconds: number;
  /** Counts every change a client can see. */
  version: number;
  /** Grows with each change of URL, transport and the credentials that are sent for this user; sessions of older generations are dead. */
  credentialGeneration: number;
  lastTestedAt: Date;
  createdAt: Date;
  updatedAt: Date;
}

/** What its owner is told of a connector whose stored URL does not open. */
export const UNREADABLE_URL =
  'The stored address of this server cannot be read any more. Enter it again, or delete the connector.';

/** A connector as its owner sees it. */
export interface Connector extends Omit<ConnectorRecord, 'serverUrlSealed' | 'credential'> {
  /** Undefined where the stored text does not open any more: damaged, moved from elsewhere, or under a key that is gone. */
  serverUrl: string | undefined;
  status: ConnectorStatus;
  credential: CredentialMetadata | undefined;
}

/** A tool as stored. */
export interface ConnectorTool {
  id: string;
  /** As the server calls it. */
  name: string;
  /** As agents call it. */
  exposedName: string;
  definition: ToolDefinition;
  /** SHA-256 of the canonical definition, hex. */
  definitionHash: string;
  /** Switched on by its owner. */
  isEnabled: boolean;
  state: ToolState;
  /** Whether agents get it. */
  admission: ToolAdmission;
  /** When a definition of it was approved last, be it another one. */
  approvedAt: Date | undefined;
  /** What a change is shown against; undefined where there is nothing to show. */
  reference: ToolReference | undefined;
  /** Counts every change a client can see. */
  version: number;
  updatedAt: Date;
}

/** A definition that was approved or offered before, with the name it had. */
export interface ToolReference extends ToolDefinition {
  name: string;
}

/** What a server says of a tool, besides its name. */
export interface ToolDefinition {
  title: string | undefined;
  description: string | undefined;
  inputSchema: Record<string, unknown>;
  outputSchema: Record<string, unknown> | undefined;
  annotations: Record<string, unknown> | undefined;
}

/** What the owner is shown: the intent first, then what was found. */
export function statusOf(connector: Pick<ConnectorRecord, 'intent' | 'health'>): ConnectorStatus {
  if (connector.intent === 'DISABLED') return 'DISABLED';
  return connector.health === 'HEALTHY' ? 'ENABLED' : connector.health;
}

/** The health a failed exchange means: only an authentication failure asks the owner to sign in. */
export function healthAfter(code: McpFailureCode): ConnectorHealth {
  return code === 'AUTH_REQUIRED' || code === 'AUTH_FAILED' ? 'NEEDS_AUTH' : 'ERROR';
}

/** A failure now, as one more of those since the connector last worked. */
export function faultAfter(
  before: ConnectorFault | undefined,
  { code, at }: Omit<ConnectorFault, 'since'>,
): ConnectorFault {
  return { code, at, since: before?.since ?? at };
}

/** Each member of the project has credentials of their own. */
export function isPersonal({ credentialMode }: Pick<ConnectorRecord, 'credentialMode'>): boolean {
  return credentialMode === 'personal';
}

/** The secret was deleted, or this member has none: nothing may be sent until there is a new one, or the server would take the owner for anybody. */
export function lacksCredentials({
  authType,
  credential,
}: Pick<ConnectorRecord, 'authType' | 'credential'>): boolean {
  return authType !== 'none' && credential === undefined;
}
