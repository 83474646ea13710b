import type { Clock } from '../../lib/clock.ts';
import { KeyedQueue } from '../../lib/keyed-queue.ts';
import { ListenStream } from './listen-stream.ts';
import type { ListKind, McpBackend } from './mcp-backend.ts';
import { RpcError } from './mcp-backend.ts';
import { RPC_CODES, type ServerIdentity } from './rpc-messages.ts';

/** Milliseconds between two looks at the lists of one stream, however often something changes. */
const LOOK_MS = 2_000;
/** The longest that a timer can run. A client opens another stream then. */
const LONGEST_MS = 2 ** 31 - 1;

/** Bounds of what a process keeps open. */
const LISTEN_LIMITS = { perUser: 10, total: 1_000 } as const;

/** What {@link ListenStreams} need. */
export interface ListenStreamsOptions {
  identity: ServerIdentity;
  clock: Clock;
  /** Milliseconds between signs of life on a stream. */
  keepAliveMs: number;
  /** Told of lists that could not be looked at. */
  onError: (error: unknown) => void;
  /** Default: 10 and 1,000. */
  limits?: { perUser: number; total: number } | undefined;
}

/** One client that wants to be told of changes. */
export interface ListenRequest {
  id: string | number;
  /** What it asked for. */
  lists: readonly ListKind[];
  /** Names the user, apart from all others. */
  user: string;
  backend: Pick<McpBackend, 'fingerprints' | 'watch'>;
  /** The stream ends with the token that opened it. */
  tokenExpiresAt: Date;
  /** Aborts when the client has left. */
  signal: AbortSignal;
}

/**
 * The open streams of this process. Something that may have changed a list makes us look at it, at most every two seconds for each
 * stream and one after the other; only a list that is another one is told, so a flood of changes never becomes a flood of messages.
 */
export class ListenStreams {
  readonly #options: ListenStreamsOptions;
  readonly #open = new Map<ListenStream, string>();
  readonly #looks = new KeyedQueue();
  #isClosed = false;

  constructor(options: ListenStreamsOptions) {
    this.#options = options;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Opens a stream, whose first message says which of the lists can be followed.
   * @throws RpcError where there are too many, or the service stops; what reading the lists throws
   */
  async open(request: ListenRequest): Promise<ListenStream> {
    const { backend, signal, user, id } = request;
    this.#assertRoom(user);
    const sign = new Sign();
    // From here on nothing is missed.
    const stopWatching = backend.watch(() => sign.give());
    let known: Fingerprints;
    try {
      known = await backend.fingerprints(request.lists);
      // Others may have come meanwhile.
      this.#assertRoom(user);
    } catch (error) {
      stopWatching();
      throw error;
    }
    const { identity, clock, keepAliveMs } = this.#options;
    const lists = request.lists.filter((list) => known[list] !== undefined);
    const stream = new ListenStream({ id, lists, identity, clock, keepAliveMs });
    this.#open.set(stream, user);
    stream.ended.addEventListener('abort', () => {
      stopWatching();
      this.#open.delete(stream);
    });
    if (signal.aborted) stream.drop();
    signal.addEventListener('abort', () => stream.drop(), { once: true });
    void this.#expire(stream, request.tokenExpiresAt);
    if (lists.length === 0) stream.end();
    else void this.#follow(stream, { backend, lists, known, sign });
    return stream;
  }

  /** Ends all streams at once; there will be no others. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#open.keys()) stream.end();
  }

  #assertRoom(user: string): void {
    const { perUser, total } = this.#options.limits ?? LISTEN_LIMITS;
    if (this.#isClosed) throw new RpcError(RPC_CODES.server, 'The service is stopping.');
    const own = [...this.#open.values()].filter((each) => each === user).length;
    const scope = own >= perUser ? 'user' : this.#open.size >= total ? 'service' : undefined;
    if (scope === undefined) return;
    const whose =
      scope === 'user' ? `All ${perUser} streams that one user` : 'All streams that this service';
    const message = `${whose} may have open are in use. Close one, or read the lists again from time to time.`;
    throw new RpcError(RPC_CODES.server, message, { code: 'RATE_LIMITED', scope });
  }

  async #expire(stream: ListenStream, at: Date): Promise<void> {
    const { clock } = this.#options;
    const left = at.getTime() - clock.now().getTime();
    await clock.sleep(Math.min(Math.max(left, 0), LONGEST_MS), stream.ended).then(
      () => stream.end(),
      () => undefined,
    );
  }

  async #follow(stream: ListenStream, { backend, lists, known, sign }: Followed): Promise<void> {
    const { clock, onError } = this.#options;
    let last = known;
    stream.ended.addEventListener('abort', () => sign.give());
    for (;;) {
      await sign.given();
      if (stream.ended.aborted) return;
      try {
        const now = await this.#looks.run('look', () => backend.fingerprints(lists));
        for (const list of lists) if (now[list] !== last[list]) stream.tell(list);
        last = now;
      } catch (error) {
        // Whether something changed is found out with the next look.
        onError(error);
        sign.give();
      }
      await clock.sleep(LOOK_MS, stream.ended).catch(() => undefined);
    }
  }
}

type Fingerprints = Awaited<ReturnType<McpBackend['fingerprints']>>;

interface Followed {
  backend: Pick<McpBackend, 'fingerprints'>;
  lists: readonly ListKind[];
  /** The lists as they were when the stream was opened. */
  known: Fingerprints;
  sign: Sign;
}

/** That something may have changed, however often. */
class Sign {
  #isGiven = false;
  #wake: () => void = () => {};

  give(): void {
    this.#isGiven = true;
    this.#wake();
  }

  /** Waits until it was given since the last time. */
  async given(): Promise<void> {
    if (!this.#isGiven) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#isGiven = false;
  }
}
