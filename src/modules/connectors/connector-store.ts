import type { OfferingDiscovery } from '../../mcp/client/server-offerings.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { AuthType, Credentials } from '../credentials/index.ts';
import type {
  ConnectorFault,
  ConnectorHealth,
  ConnectorIntent,
  ConnectorRecord,
  ConnectorTransport,
  ServerKnowledge,
  ToolDefinition,
} from './connector.ts';

/** A secret about to be stored. */
export interface NewCredential {
  id: string;
  kind: Credentials['kind'];
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
  knowledge: ServerKnowledge;
  credential: NewCredential | undefined;
  tools: NewTool[];
  offerings: OfferingDiscovery;
  callTimeoutSeconds: number;
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
  /** `null` deletes the stored secret. */
  credential?: NewCredential | null;
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

/** Connectors with their sealed secrets and their tools, seen by their owner only. */
export interface ConnectorStore {
  /** Newest first, at most `limit`, after the position. */
  list(
    identity: Identity,
    page: { limit: number; after: ConnectorPosition | undefined },
  ): Promise<ConnectorRecord[]>;
  find(identity: Identity, id: string): Promise<ConnectorRecord | undefined>;
  count(identity: Identity): Promise<number>;
  /** Whether the owner has another connector than `exceptId` of that name, whatever the case. */
  isNameTaken(identity: Identity, name: string, exceptId?: string): Promise<boolean>;
  /**
   * Stores connector, secret and tools, or nothing.
   * @throws AppError `CONNECTOR_NAME_TAKEN`, or `CONNECTOR_LIMIT_REACHED` where the owner has `limit` connectors;
   * concurrent inserts cannot exceed it.
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
  /** Deletes connector, secret and tools if it still has `version`; any version where that is undefined. */
  delete(identity: Identity, id: string, version: number | undefined): Promise<boolean>;
}
