import pg from 'pg';
import type { Clock } from '../lib/clock.ts';
import { connectionConfig } from './connection-config.ts';

/** What a {@link NotificationListener} listens to. Times in milliseconds. */
export interface NotificationListenerOptions {
  /** Connection string. A pooler in front of the database must be in session mode. */
  url: string;
  /** Role to work as; it needs no right on anything. */
  role: string;
  /** Names of channels; ours, so that they can stand in SQL. */
  channels: readonly string[];
  clock: Pick<Clock, 'sleep'>;
  /** Told of each notification, in the order of the commits. Must not throw. */
  onNotification: (notification: { channel: string; payload: string }) => void;
  /** From now on nothing is missed. What was announced before is unknown. */
  onConnected: () => void;
  /** The connection was lost, or could not be made; it is tried again until {@link NotificationListener.close}. */
  onFailure: (error: unknown) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A connection on which nothing happens is asked for a sign of life. */
const PULSE_MS = 5_000;
/** No longer than this a question may stay unanswered: then the connection is broken off. */
const ANSWER_MS = 5_000;

/** Listens to PostgreSQL's notifications on one connection of its own, and connects again whenever that is lost. */
export class NotificationListener {
  readonly #options: NotificationListenerOptions;
  readonly #stop = new AbortController();
  #isConnected = false;
  #running: Promise<void> | undefined;

  constructor(options: NotificationListenerOptions) {
    this.#options = options;
  }

  /** Whether every notification arrives, as far as is known; a way that went dead is noticed within ten seconds. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Begins to listen. Never waits and never throws: without the database it is tried again later. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the connection. May be called again. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        await this.#listen(() => {
          pauseMs = FIRST_PAUSE_MS;
        });
      } catch (error) {
        if (!signal.aborted) this.#options.onFailure(error);
      }
      // Replicas that lost the same server do not come back at the same moment.
      await this.#sleep(pauseMs * (0.5 + Math.random() / 2), signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Resolves when it is to stop. @throws when the connection is lost, or was not made */
  async #listen(onConnected: () => void): Promise<void> {
    const { url, role, channels, onNotification } = this.#options;
    const client = new pg.Client(
      connectionConfig(url, {
        application: 'listen',
        role,
        max: 1,
        idleTimeoutMillis: PULSE_MS,
        statementTimeoutMs: ANSWER_MS,
      }),
    );
    const over = new AbortController();
    const onStop = () => over.abort();
    this.#stop.signal.addEventListener('abort', onStop);
    const lost = new Promise<never>((_resolve, reject) => {
      client.on('error', reject);
      client.on('end', () => reject(new Error('The database ended the connection.')));
    });
    lost.catch(() => {}); // where the connect fails first
    client.on('notification', ({ channel, payload = '' }) => onNotification({ channel, payload }));
    try {
      await client.connect();
      await client.query(channels.map((channel) => `LISTEN ${channel}`).join(';'));
      onConnected();
      this.#options.onConnected();
      this.#isConnected = true;
      await Promise.race([this.#keepAlive(client, over.signal), lost]);
    } finally {
      this.#isConnected = false;
      this.#stop.signal.removeEventListener('abort', onStop);
      over.abort();
      await client.end().catch(() => {});
    }
  }

  async #keepAlive(client: pg.Client, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#sleep(PULSE_MS, signal);
      if (!signal.aborted) await client.query('SELECT 1');
    }
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(ms, signal).catch(() => {});
  }
}
