import type { Identity } from '../../tenancy/caller.ts';
import type { CallableTool, ConnectorToolStore } from '../connectors/index.ts';
import { ToolSnapshot } from './tool-snapshot.ts';

/** Collaborators and bounds of the {@link ToolCache}. */
export interface ToolCacheDeps {
  store: Pick<ConnectorToolStore, 'listSources' | 'findCallable'>;
  /** Whether changes made elsewhere arrive. While they do not, nothing is kept and nothing kept is given. */
  isLive: () => boolean;
  /** Bytes that may be kept, by an estimate that is rather too high; 0 keeps nothing. */
  maxBytes: number;
  /** Told of each question, for the metrics. */
  onAsked?: (what: ToolCacheKind, outcome: 'hit' | 'miss') => void;
}

/** What is kept: the tools of a user, something made from them, one tool as calls need it. */
export type ToolCacheKind = 'tools' | 'list' | 'call';

/** Something made from a user's tools that takes so many bytes. */
export interface Derived<Value> {
  value: Value;
  bytes: number;
}

/** How much is kept. */
export interface ToolCacheStatistics {
  users: number;
  bytes: number;
}

/** Lists of one user in different shapes. Each may be as large as all tools. */
const MAX_LISTS = 16;
/** Tools of one user that calls found; ten connectors may have 1,000 each. */
const MAX_CALLABLES = 10_000;
/** Of a parsed definition, with its share of the search index, for each byte of its JSON: measured, and rounded up. */
const BYTES_PER_JSON_BYTE = 8;
const BYTES_PER_USER = 2_048;
const BYTES_PER_CALLABLE = 1_024;

/** What is kept of one user, at work in one project or in none. It only grows: what changes is forgotten as a whole. */
interface UserEntry {
  key: string;
  /** Whose connectors the tools belong to: the user's, and the project's. */
  owners: readonly string[];
  bytes: number;
  snapshot: Promise<ToolSnapshot> | undefined;
  callables: Map<string, Promise<CallableTool | undefined>>;
  lists: Map<string, Derived<unknown>>;
}

/**
 * Keeps users' tools, and what is made from them, until they change; the user asked for longest ago makes room. What is being
 * read when its user's tools change is given to those who asked before, and to nobody after: it fills an entry that is
 * out of the cache already.
 */
export class ToolCache {
  readonly #deps: ToolCacheDeps;
  /** The one used longest ago first. */
  readonly #users = new Map<string, UserEntry>();
  /** Those of {@link #users} that have tools of an owner. */
  readonly #byOwner = new Map<string, Set<UserEntry>>();
  #bytes = 0;

  constructor(deps: ToolCacheDeps) {
    this.#deps = deps;
  }

  /** Of this process. */
  get statistics(): ToolCacheStatistics {
    return { users: this.#users.size, bytes: this.#bytes };
  }

  /** The tools of the user's enabled connectors, and of those of the project. Concurrent callers share one read. */
  getSnapshot(identity: Identity): Promise<ToolSnapshot> {
    const entry = this.#open(identity);
    this.#count('tools', entry.snapshot !== undefined);
    entry.snapshot ??= this.#load(identity, entry);
    return entry.snapshot;
  }

  /** What `make` makes of the user's tools; made once under this key, as long as they stay the same. */
  async derive<Value>(
    identity: Identity,
    key: string,
    make: (snapshot: ToolSnapshot) => Derived<Value>,
  ): Promise<Value> {
    const entry = this.#open(identity);
    const kept = entry.lists.get(key);
    this.#count('list', kept !== undefined);
    // A key always stands for the same `make`.
    if (kept !== undefined) return kept.value as Value;
    entry.snapshot ??= this.#load(identity, entry);
    const snapshot = await entry.snapshot;
    const meanwhile = entry.lists.get(key);
    if (meanwhile !== undefined) return meanwhile.value as Value;
    const derived = make(snapshot);
    const [oldest] = entry.lists;
    if (oldest !== undefined && entry.lists.size >= MAX_LISTS) {
      entry.lists.delete(oldest[0]);
      this.#grow(entry, -oldest[1].bytes);
    }
    entry.lists.set(key, derived);
    this.#grow(entry, derived.bytes);
    return derived.value;
  }

  /** The tool with this exposed name, also of a disabled connector. Only tools that exist are kept. */
  findCallable(identity: Identity, exposedName: string): Promise<CallableTool | undefined> {
    const entry = this.#open(identity);
    const kept = entry.callables.get(exposedName);
    this.#count('call', kept !== undefined);
    if (kept !== undefined) return kept;
    const found = this.#deps.store.findCallable(identity, exposedName);
    if (entry.callables.size >= MAX_CALLABLES) return found;
    entry.callables.set(exposedName, found);
    this.#grow(entry, BYTES_PER_CALLABLE);
    const forget = () => {
      entry.callables.delete(exposedName);
      this.#grow(entry, -BYTES_PER_CALLABLE);
    };
    found.then((tool) => tool === undefined && forget(), forget);
    return found;
  }

  /** The user's tools changed, and those of the project that the identity names: whoever asks from now on sees it. */
  forget(identity: Identity): void {
    for (const owner of ownersOf(identity)) this.#forgetOwner(owner);
  }

  /** The tools of a project changed, for all its members. */
  forgetProject(project: { tenantId: string; projectId: string }): void {
    this.#forgetOwner(projectOwner(project));
  }

  /** Anybody's tools may have changed. */
  forgetAll(): void {
    for (const entry of this.#users.values()) this.#drop(entry);
  }

  #forgetOwner(owner: string): void {
    for (const entry of this.#byOwner.get(owner) ?? []) this.#drop(entry);
  }

  #open(identity: Identity): UserEntry {
    const key = keyOf(identity);
    const { isLive, maxBytes } = this.#deps;
    const isKept = maxBytes > 0 && isLive();
    const known = isKept ? this.#users.get(key) : undefined;
    const entry = known ?? newEntry(key, ownersOf(identity));
    if (!isKept) return entry;
    this.#users.delete(key);
    this.#users.set(key, entry);
    if (known === undefined) this.#enter(entry);
    return entry;
  }

  #load(identity: Identity, entry: UserEntry): Promise<ToolSnapshot> {
    const loading = this.#deps.store.listSources(identity).then((sources) => {
      const snapshot = new ToolSnapshot(sources);
      this.#grow(entry, Buffer.byteLength(JSON.stringify(sources)) * BYTES_PER_JSON_BYTE);
      return snapshot;
    });
    loading.catch(() => {
      // The next one tries again.
      entry.snapshot = undefined;
    });
    return loading;
  }

  #grow(entry: UserEntry, bytes: number): void {
    entry.bytes += bytes;
    if (this.#users.get(entry.key) !== entry) return;
    this.#bytes += bytes;
    for (const oldest of this.#users.values()) {
      if (this.#bytes <= this.#deps.maxBytes) return;
      this.#drop(oldest);
    }
  }

  #enter(entry: UserEntry): void {
    this.#bytes += entry.bytes;
    for (const owner of entry.owners) {
      const entries = this.#byOwner.get(owner);
      if (entries === undefined) this.#byOwner.set(owner, new Set([entry]));
      else entries.add(entry);
    }
  }

  #drop(entry: UserEntry): void {
    this.#users.delete(entry.key);
    this.#bytes -= entry.bytes;
    for (const owner of entry.owners) {
      const entries = this.#byOwner.get(owner);
      entries?.delete(entry);
      if (entries?.size === 0) this.#byOwner.delete(owner);
    }
  }

  #count(what: ToolCacheKind, isHit: boolean): void {
    this.#deps.onAsked?.(what, isHit ? 'hit' : 'miss');
  }
}

function newEntry(key: string, owners: readonly string[]): UserEntry {
  const bytes = BYTES_PER_USER + key.length * 2;
  return { key, owners, bytes, snapshot: undefined, callables: new Map(), lists: new Map() };
}

/** Not ambiguous, whatever characters ids have. With the project, as each member has tools of their own besides. */
function keyOf({ tenantId, userId, projectId }: Identity): string {
  return JSON.stringify([tenantId, userId, projectId ?? null]);
}

function ownersOf({ tenantId, userId, projectId }: Identity): string[] {
  const user = JSON.stringify(['user', tenantId, userId]);
  return projectId === undefined ? [user] : [user, projectOwner({ tenantId, projectId })];
}

function projectOwner({ tenantId, projectId }: { tenantId: string; projectId: string }): string {
  return JSON.stringify(['project', tenantId, projectId]);
}
