/** That something changed. What it is now is read through the API, with the rights of whoever reads. */
export interface ChangeEvent {
  /** Its place among all events of the installation; only the order means something. */
  position: bigint;
  /** `connector.created`; new ones may come. */
  kind: string;
  /** `connector`, `authorization`, `catalog_entry`; new ones may come. */
  objectType: string;
  objectId: string;
  /** The project it belongs to; undefined for what is the user's own. */
  projectId: string | undefined;
  at: Date;
}

/** Whose events a stream has: the user's own, and those of the projects that the token names. */
export interface Audience {
  tenantId: string;
  userId: string;
  projectIds: readonly string[];
}

/** What of the events is kept. */
export interface EventRange {
  /** From here on nothing was deleted. */
  oldest: bigint;
  /** There is no event after this one yet. */
  newest: bigint;
}

/** Why a stream is ended. */
export type StreamEnd =
  /** The token it was opened with is not valid any more. */
  | 'token_expired'
  /** It has been open for long: a new one is opened with the token of that time. */
  | 'renewal'
  /** The service stops. */
  | 'stopping'
  /** The client reads slower than events come. */
  | 'slow';

/** Where the events of a stream go. Nothing may be thrown. */
export interface EventSink {
  /** Says where the stream begins: `isReset` where events may have been missed before. */
  begin(position: bigint, isReset: boolean): void;
  send(event: ChangeEvent): void;
  /** Whether the client has not taken what was sent yet. */
  readonly isFull: boolean;
  /** Resolves when the client has taken it, and never where it has left. */
  whenTaken(): Promise<void>;
  /** The last thing that is sent. */
  end(reason: StreamEnd): void;
}
