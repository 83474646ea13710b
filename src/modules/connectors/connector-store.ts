import type { OfferingDiscovery } from '../../mcp/client/server-offerings.ts';
import type { GrantType } from '../../oauth/oauth-grant.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { AuthType, Credentials } from '../credentials/index.ts';
import type {
  ConnectorFault,
  ConnectorHealth,
  ConnectorIntent,
  ConnectorRecord,
  ConnectorSource,
  ConnectorTransport,
  CredentialMode,
  ServerKnowledge,
  ToolDefinition,
} from './connector.ts';

/** A secret about to be stored. */
export interface NewCredential {
  id: string;
  /** The member it belongs to and acts for; empty where it is the owner's. */
  memberId: string;
  kind: Credentials['kind'];
  /** How the tokens came to be; null for secrets of other kinds. */
  grantType: GrantType | null;
  sealed: string;
  headerNames: string[];
  /** When its token ends; undefined where nobody says. */
  expiresAt: Date | undefined;
  /** What was asked for in the sign-in; empty for secrets of other kinds. */
  scopes: string[];
}

/** A tool about to be stored. */
export interface NewTool {
  name: string;
  definition: ToolDefinition;
  definitionHash: string;
  /** Marked with `destructiveHint`. */
  isDestructive: boolean;
}

/** A connector that passed its test. */
export interface NewConnector {
  id: string;
  name: string;
  serverUrlSealed: string;
  serverOrigin: string;
  transport: ConnectorTransport;
  authType: AuthType;
  credentialMode: CredentialMode;
  knowledge: ServerKnowledge;
  /** Where credentials are personal, that of the user who creates it. */
  credential: NewCredential | undefined;
  tools: NewTool[];
  offerings: OfferingDiscovery;
  callTimeoutSeconds: number;
  /** Of the catalog: it has one connector of an entry at most, and it counts against no limit. Undefined for one the owner typed. */
  managed: { source: Exclude<ConnectorSource, 'own'>; entryKey: string } | undefined;
  at: Date;
}

/** What a change replaces; what is absent stays. */
export interface ConnectorChanges {
  name?: string;
  callTimeoutSeconds?: number;
  target?: {
    serverUrlSealed: string;
    serverOrigin: string;
    transport: ConnectorTransport;
    authType: AuthType;
  };
  /** `null` deletes the stored secret. Where credentials are personal, that of this user. */
  credential?: NewCredential | null;
  /** What other members gave is deleted: it may not be sent to where the connector leads now. */
  dropsMembers?: boolean;
  intent?: ConnectorIntent;
  health?: { health: ConnectorHealth; fault: ConnectorFault | undefined; testedAt?: Date };
  knowledge?: ServerKnowledge;
  /** Replaces the tools; those that stay keep their ids and exposed names. Where each definition stands is decided on the way. */
  tools?: NewTool[];
  /** Replaces the prompts, resources and templates, of the kinds that it has; prompts that stay keep their exposed names. */
  offerings?: OfferingDiscovery;
  /** The tools are those of another address than before: what was approved is so no more. */
  isMoved?: boolean;
  at: Date;
}

/** A place in the list, newest first. */
export interface ConnectorPosition {
  createdAt: Date;
  id: string;
}

/** A connector with the credential of one member. */
export interface MemberRecord {
  identity: Identity;
  record: ConnectorRecord;
}

/** The way to a server that a member's credentials were tested on. */
export type TestedWay = Pick<ConnectorRecord, 'id' | 'serverUrlSealed' | 'transport' | 'authType'>;

/** Connectors with their sealed secrets and their tools, seen by their owner only: a user, or the members of the identity's project. */
export interface ConnectorStore {
  /** Newest first, at most `limit`, after the position. */
  list(
    identity: Identity,
    page: { limit: number; after: ConnectorPosition | undefined },
  ): Promise<ConnectorRecord[]>;
  find(identity: Identity, id: string): Promise<ConnectorRecord | undefined>;
  /** Those of catalog entries, in the order of their keys. */
  listManaged(identity: Identity): Promise<ConnectorRecord[]>;
  /** Of those that the owner typed. */
  count(identity: Identity): Promise<number>;
  /** Whether the owner has another connector than `exceptId` of that name, whatever the case. */
  isNameTaken(identity: Identity, name: string, exceptId?: string): Promise<boolean>;
  /**
   * Stores connector, secret and tools, or nothing.
   * @throws AppError `CONNECTOR_NAME_TAKEN`, or `CONNECTOR_LIMIT_REACHED` where the owner has `limit` connectors;
   * concurrent inserts cannot exceed it. One of the catalog takes another name where its own is taken; `CONNECTOR_CHANGED` where the
   * owner has one of this entry by now.
   */
  insert(identity: Identity, connector: NewConnector, limit: number): Promise<ConnectorRecord>;
  /**
   * Changes the connector only if it still has `version`.
   * @returns undefined where it has another version or is gone.
   * @throws AppError `CONNECTOR_NAME_TAKEN`.
   */
  update(
    identity: Identity,
    id: string,
    version: number,
    changes: ConnectorChanges,
  ): Promise<ConnectorRecord | undefined>;
  /**
   * Replaces the credential of one member, or deletes it (`null`); for others the connector stays as it is.
   * @returns undefined where the way is another one by now, or the connector is gone.
   */
  putPersonal(
    identity: Identity,
    way: TestedWay,
    credential: NewCredential | null,
    at: Date,
  ): Promise<ConnectorRecord | undefined>;
  /** The connector as it is for each member who gave credentials for it: only to take them away. */
  listMembers(identity: Identity, id: string): Promise<MemberRecord[]>;
  /** Deletes connector, secret and tools if it still has `version`; any version where that is undefined. */
  delete(identity: Identity, id: string, version: number | undefined): Promise<boolean>;
}
