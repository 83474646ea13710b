import type { Clock } from '../../lib/clock.ts';
import type { Audience } from './event.ts';
import type { EventStore } from './event-store.ts';
import type { EventSubscription } from './event-subscription.ts';

/** For whom something was announced: all that is not null has to fit. */
export interface Announcement {
  tenantId: string;
  userId: string | null;
  projectId: string | null;
}

/** Collaborators of the {@link EventHub}. */
export interface EventHubDeps {
  store: Pick<EventStore, 'publish' | 'read'>;
  clock: Pick<Clock, 'sleep'>;
  /** Events cannot be read; it is tried again. Told once, until they can. */
  onError: (error: unknown) => void;
}

/** What a subscription is woken for. */
type Errand = 'read' | 'reset';
type Due = Map<EventSubscription, Errand>;

/** Subscriptions that read at once: requests need the database's connections as well. */
const AT_ONCE = 3;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Has the subscriptions of this process read what is new. A subscription is woken when something for it was announced; what there is, and
 * whether it may be seen, the database says.
 */
export class EventHub {
  readonly #deps: EventHubDeps;
  readonly #subscriptions = new Set<EventSubscription>();
  readonly #stop = new AbortController();
  #due: Due = new Map();
  #running: Promise<void> | undefined;

  constructor(deps: EventHubDeps) {
    this.#deps = deps;
  }

  /** How many clients follow. */
  get size(): number {
    return this.#subscriptions.size;
  }

  /** How many clients of this user follow. */
  countOf({ tenantId, userId }: Pick<Audience, 'tenantId' | 'userId'>): number {
    return [...this.#subscriptions].filter(
      ({ audience }) => audience.tenantId === tenantId && audience.userId === userId,
    ).length;
  }

  /** From now on it is woken; whatever there is already is read at once. Ends it where the service stops. */
  add(subscription: EventSubscription): void {
    if (this.#stop.signal.aborted) {
      subscription.end('stopping');
      return;
    }
    this.#subscriptions.add(subscription);
    this.#wake([subscription]);
  }

  remove(subscription: EventSubscription): void {
    this.#subscriptions.delete(subscription);
    this.#due.delete(subscription);
  }

  /** Something was announced. */
  tell(announcement: Announcement): void {
    this.#wake(this.#meant(announcement));
  }

  /** Something may have been announced. */
  tellAll(): void {
    this.#wake([...this.#subscriptions]);
  }

  /** Events were erased, so that those who follow cannot know what is left. */
  reset(announcement: Announcement): void {
    this.#wake(this.#meant(announcement), 'reset');
  }

  /** Tells all clients that it is over. */
  close(): void {
    this.#stop.abort();
    for (const subscription of [...this.#subscriptions]) subscription.end('stopping');
  }

  #meant({ tenantId, userId, projectId }: Announcement): EventSubscription[] {
    return [...this.#subscriptions].filter(
      ({ audience }) =>
        audience.tenantId === tenantId &&
        (userId === null || audience.userId === userId) &&
        (projectId === null || audience.projectIds.includes(projectId)),
    );
  }

  #wake(subscriptions: readonly EventSubscription[], errand: Errand = 'read'): void {
    this.#note(subscriptions.map((one) => [one, errand]));
    if (this.#due.size === 0 || this.#stop.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Woken in the very last moment.
      if (this.#due.size > 0) this.#wake([]);
    });
  }

  #note(errands: Iterable<[EventSubscription, Errand]>): void {
    for (const [subscription, errand] of errands) {
      const isReset = errand === 'reset' || this.#due.get(subscription) === 'reset';
      if (this.#subscriptions.has(subscription)) {
        this.#due.set(subscription, isReset ? 'reset' : 'read');
      }
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let pauseMs = FIRST_PAUSE_MS;
    while (this.#due.size > 0 && !signal.aborted) {
      // Taken before places are given: whoever is woken later may be woken for something that has none yet.
      const due = this.#due;
      this.#due = new Map();
      try {
        await this.#round(due);
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (pauseMs === FIRST_PAUSE_MS) this.#deps.onError(error);
        this.#note(due);
        await this.#deps.clock.sleep(pauseMs, signal).catch(() => {});
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  async #round(due: Due): Promise<void> {
    const { newest } = await this.#deps.store.publish();
    const waiting = due.entries();
    const work = async () => {
      for (const [subscription, errand] of waiting) {
        if (errand === 'reset') subscription.reset(newest);
        await this.#deliver(subscription);
      }
    };
    // All of them end before the next round begins, also where one fails.
    const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
    const failed = ended.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  async #deliver(subscription: EventSubscription): Promise<void> {
    const delivery = await subscription.deliver(this.#deps.store);
    if (delivery === 'more') this.#note([[subscription, 'read']]);
    if (delivery === 'blocked') {
      void subscription.untilTaken().then((isThere) => {
        if (isThere) this.#wake([subscription]);
      });
    }
  }
}
