import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import {
  type AnnouncedClosing,
  type AnnouncedEvent,
  APP_ROLE,
  CHANGE_CHANNEL,
  type Change,
  ChangeFeed,
  CLOSING_CHANNEL,
  DEPLOYMENT_CHANNEL,
  EVENT_CHANNEL,
  NotificationListener,
  readClosing,
  readEventAnnouncement,
} from './database/index.ts';
import type { Clock } from './lib/clock.ts';
import type { Identity } from './tenancy/caller.ts';

/** What the change feed is built from. */
export interface ChangeFeedBasis {
  databaseUrl: string;
  clock: Clock;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  registry: Registry;
}

/** What keeps something that is to be forgotten when it changes. */
export interface UserCache {
  forget(identity: Identity): void;
  forgetProject(project: { tenantId: string; projectId: string }): void;
  forgetAll(): void;
}

/** Builds what tells this process of changes, its own and those of others. Nothing is connected before `start`. */
export function createChangeFeed({ databaseUrl, clock, logger, registry }: ChangeFeedBasis) {
  const log = createFeedLog(logger);
  const listener = new NotificationListener({
    url: databaseUrl,
    role: APP_ROLE,
    channels: [CHANGE_CHANNEL, CLOSING_CHANNEL, EVENT_CHANNEL, DEPLOYMENT_CHANNEL],
    clock,
    onNotification: ({ channel, payload }) => {
      const outcome = accept(channel, payload) ? 'accepted' : 'unreadable';
      announcements.inc({ outcome });
      if (outcome === 'unreadable') log.unreadable();
    },
    onConnected: () => {
      log.connected();
      feed.acceptGap();
    },
    onFailure: log.failed,
  });
  const feed = new ChangeFeed({
    connection: listener,
    onError: (err) => logger.error({ err }, 'a change could not be followed'),
  });
  const announcements = registerMetrics(registry, feed);
  const closers = new Set<(closing: AnnouncedClosing) => void>();
  const followers = new Set<(event: AnnouncedEvent) => void>();
  const placers = new Set<() => Promise<void>>();
  let placing = Promise.resolve();
  const tellPlacers = () => {
    const told = [...placers].map((placer) => placer());
    placing = Promise.all([placing, ...told]).then(() => undefined);
    return true;
  };
  const accept = (channel: string, payload: string): boolean => {
    if (channel === CLOSING_CHANNEL) return tellAll(closers, readClosing(payload));
    if (channel === EVENT_CHANNEL) return tellAll(followers, readEventAnnouncement(payload));
    if (channel === DEPLOYMENT_CHANNEL) return tellPlacers();
    return feed.accept(payload);
  };
  const caches = new Set<UserCache>();
  feed.subscribe((change) => {
    for (const cache of caches) follow(cache, change);
    // What was announced while nobody listened is found in the rows.
    if (change === 'everything') tellPlacers();
  });
  return {
    feed,
    /** For the database: whoever reads after their own change sees it, however long the announcement takes. */
    onUserWork: (identity: Identity) => {
      for (const cache of caches) cache.forget(identity);
    },
    /** From now on the cache forgets what changes. */
    keepTrue: (cache: UserCache) => void caches.add(cache),
    /** From now on `closer` is told which sessions some replica wants closed everywhere. It must not throw. */
    onClosing: (closer: (closing: AnnouncedClosing) => void) => void closers.add(closer),
    /** From now on `follower` is told for whom there are events. It must not throw. */
    onEvent: (follower: (event: AnnouncedEvent) => void) => void followers.add(follower),
    /** From now on `placer` is told when instances of deployments may be at other places. It must not throw, and is waited for at the end. */
    onDeployments: (placer: () => Promise<void>) => void placers.add(placer),
    start: () => listener.start(),
    close: async () => {
      await listener.close();
      await placing;
    },
  };
}

/** @returns whether there is something to tell */
function tellAll<Told>(listeners: ReadonlySet<(told: Told) => void>, told: Told | undefined) {
  if (told === undefined) return false;
  for (const listener of listeners) listener(told);
  return true;
}

function follow(cache: UserCache, change: Change): void {
  if (change === 'everything') {
    cache.forgetAll();
    return;
  }
  const { tenantId, ownerKind, ownerId } = change;
  if (ownerKind === 'user') cache.forget({ tenantId, userId: ownerId });
  else cache.forgetProject({ tenantId, projectId: ownerId });
}

function registerMetrics(registry: Registry, feed: ChangeFeed): Counter<'outcome'> {
  const registers = [registry];
  const connected: Gauge = new Gauge({
    name: 'mcp_change_feed_connected',
    help: 'Whether this process hears of changes: 1, or 0 while every list and call reads the database.',
    registers,
    collect: () => void connected.set(feed.isLive ? 1 : 0),
  });
  return new Counter({
    name: 'mcp_change_feed_announcements_total',
    help: 'Announcements that arrived, by whether they were of the form of ours.',
    labelNames: ['outcome'],
    registers,
  });
}

/** One line for each loss and each return, and for what somebody else announces, however often that is. */
function createFeedLog(logger: Pick<Logger, 'info' | 'warn'>) {
  let isLost = false;
  let isPolluted = false;
  return {
    connected: () => {
      isLost = false;
      isPolluted = false;
      logger.info('changes are followed');
    },
    failed: (err: unknown) => {
      if (!isLost)
        logger.warn({ err }, 'changes cannot be followed; the database is asked for all');
      isLost = true;
    },
    unreadable: () => {
      // What it says is not logged: nobody knows what it is.
      if (!isPolluted) logger.warn('somebody else announces changes in our name');
      isPolluted = true;
    },
  };
}
