import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { type FrontListener, listenAsFront } from '../hosting/front-listener.ts';
import type { HostLogger } from '../hosting/hosted-server.ts';
import { writePrivateFile } from '../hosting/private-file.ts';
import { instanceOf, ServerFront } from '../hosting/server-front.ts';
import { ServerHost, type ServerHostOptions } from '../hosting/server-host.ts';
import type { Clock } from '../lib/clock.ts';
import { HOST_LEASE_MS, type ProcessHost, type ProcessHosts } from './process-hosts.ts';

/** What a {@link ProcessReplica} is made of. */
export interface ProcessReplicaOptions {
  /** @throws HostingError where servers cannot be run as it is wanted */
  host: () => Omit<ServerHostOptions, 'target'>;
  /** Where its front listens. Port 0: a free one. */
  listen: { host: string; port: number };
  /** Where other replicas reach the front; undefined: where it listens. Without a slash at its end. */
  origin: string | undefined;
  hosts: ProcessHosts;
  clock: Clock;
  logger: HostLogger;
  /** Answers other replicas, who show this secret, for everything that is not a server's endpoint. */
  answerPeers: (host: ServerHost, secret: string) => Promise<RequestListener>;
}

/** Announced so often. */
const ANNOUNCE_EVERY_MS = 10_000;
/** The age of the last announcement is looked at so often. */
const GUARD_EVERY_MS = 1_000;
/** Without an announcement for so long, it ends its servers: they have to be gone when others may start them anew. */
const GIVE_UP_AFTER_MS = HOST_LEASE_MS - 10_000;

/** This replica, as one that runs servers: its host, the front before it, and the lease that it holds in the database. */
export class ProcessReplica {
  readonly #options: ProcessReplicaOptions;
  readonly #secret = randomBytes(32).toString('base64url');
  readonly #closing = new AbortController();
  #running: { id: string; origin: string; host: ServerHost; listener: FrontListener } | undefined;
  #announcing: Promise<unknown> = Promise.resolve();
  #announcedAt: number | undefined;

  constructor(options: ProcessReplicaOptions) {
    this.#options = options;
  }

  /** Itself, once others know of it. */
  get own(): { id: string; origin: string; host: ServerHost } | undefined {
    return this.#announcedAt === undefined ? undefined : this.#running;
  }

  /** Opens host and front, and takes what a former life has left away. @throws HostingError and the errors of `listen` */
  async open(): Promise<void> {
    const { listen, answerPeers, logger } = this.#options;
    const hostOptions = this.#options.host();
    const host = await ServerHost.open({ ...hostOptions, target: '' });
    try {
      const front = new ServerFront({
        find: (requested) => {
          const instanceId = instanceOf(requested);
          return instanceId === undefined ? undefined : host.find(instanceId);
        },
        logger,
      });
      const peers = await answerPeers(host, this.#secret);
      const listener = await listenAsFront(listen, (request, response) => {
        if (instanceOf(request.url ?? '') === undefined) peers(request, response);
        else front.handle(request, response);
      });
      const origin = this.#options.origin ?? `http://${listen.host}:${listener.port}`;
      this.#running = { id: ownId(hostOptions.folder), origin, host, listener };
      logger.info({ origin }, 'managed servers run as processes of this replica');
    } catch (error) {
      await host.close();
      throw error;
    }
  }

  /** Tells the others, from now on. */
  announce(): void {
    this.#announcing = Promise.all([this.#keepAnnouncing(), this.#keepGuard()]);
  }

  /** Ends all servers, and says so. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#announcing;
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    await running.listener.close();
    await running.host.close();
    // Without a database, others find out by the lease.
    await this.#options.hosts.withdraw(running.id).catch(() => {});
  }

  async #keepAnnouncing(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#announceOnce();
      } catch (err) {
        logger.warn({ err }, 'this replica cannot say that it runs managed servers');
      }
      await clock.sleep(ANNOUNCE_EVERY_MS, signal).catch(() => {});
    }
  }

  /** Beside the announcements, since one that fails may take its time. */
  async #keepGuard(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await clock.sleep(GUARD_EVERY_MS, signal).catch(() => {});
      await this.#giveUpWhenLate();
    }
  }

  async #announceOnce(): Promise<void> {
    const { hosts, clock } = this.#options;
    if (this.#running === undefined) return;
    const { id, origin, host } = this.#running;
    // The lease begins when it is asked for, not when the answer comes.
    const askedAt = clock.monotonic();
    const own: ProcessHost = {
      ...{ id, origin, secret: this.#secret },
      ...{ servers: host.size, hasRoom: host.hasRoom },
    };
    await hosts.announce(own);
    this.#announcedAt = askedAt;
  }

  async #giveUpWhenLate(): Promise<void> {
    const { clock, logger } = this.#options;
    if (this.#announcedAt === undefined || this.#running === undefined) return;
    if (clock.monotonic() - this.#announcedAt < GIVE_UP_AFTER_MS) return;
    this.#announcedAt = undefined;
    const { host } = this.#running;
    const servers = host.size;
    if (servers === 0) return;
    logger.warn({ servers }, 'managed servers are ended: others may start them anew by now');
    await Promise.all(host.instances().map((instanceId) => host.stop(instanceId)));
  }
}

/** Stays the same for a folder: a replica that is started anew is known to have no servers any more. */
function ownId(folder: string): string {
  const file = path.join(folder, 'replica-id');
  try {
    const id = readFileSync(file, 'utf8');
    if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  } catch {
    // The first time.
  }
  const id = randomUUID();
  writePrivateFile(file, id, undefined);
  return id;
}
