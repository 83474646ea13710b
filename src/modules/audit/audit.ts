/** A type of JSON. */
export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** What the arguments of a call looked like: no value of them. */
export interface ArgumentShape {
  /** Of their JSON. */
  bytes: number;
  members: {
    name: string;
    type: JsonType;
    /** Characters of a string, items of an array, members of an object; null for the others. */
    size: number | null;
  }[];
  /** Members that are not listed: further ones, and those whose name is no plain word. */
  more: number;
}

/** What somebody did, or tried to. */
export interface AuditEntry {
  tenantId: string;
  at: Date;
  /** Who sent the request; undefined for the service itself. */
  actorId: string | undefined;
  /** The agent that acts for them. */
  agent: string | undefined;
  /** For whom. */
  userId: string | undefined;
  projectId: string | undefined;
  action: string;
  objectKind: string | undefined;
  objectId: string | undefined;
  connectorId: string | undefined;
  /** `ok`, or how it failed. */
  outcome: string;
  requestId: string | undefined;
  arguments: ArgumentShape | undefined;
}

/** An entry as it is kept. */
export interface AuditRecord extends AuditEntry {
  id: string;
}

/** Which records somebody looks for; all of the tenant where nothing is said. */
export interface AuditFilter {
  actorId?: string | undefined;
  userId?: string | undefined;
  projectId?: string | undefined;
  connectorId?: string | undefined;
  objectId?: string | undefined;
  action?: string | undefined;
  outcome?: string | undefined;
  /** The first moment, and the first one behind the last. */
  from?: Date | undefined;
  to?: Date | undefined;
}

/** A place in the list, newest first. */
export interface AuditPosition {
  at: Date;
  id: string;
}
