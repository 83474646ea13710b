import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { AgentReport, AgentServer } from '../contract/agent-generated.ts';
import type { Clock } from '../lib/clock.ts';
import { startDeadline } from '../lib/deadline.ts';
import type { Outbound } from '../outbound/guarded-fetch.ts';

/** What {@link Heartbeats} need. */
export interface HeartbeatsDeps {
  /** Where they go: the operation of the service. */
  url: string;
  /** What the agent shows to the service. */
  secret: string;
  /** Of this process. */
  runId: string;
  /** How the agent and its servers are now. */
  report: () => { agent: AgentReport; servers: readonly AgentServer[] };
  /** Pinned to the service. */
  outbound: Pick<Outbound, 'request'>;
  clock: Pick<Clock, 'sleep' | 'monotonic'>;
  logger: Pick<Logger, 'info' | 'warn'>;
}

/** Between two, where nothing changes. Milliseconds. */
const INTERVAL_MS = 10_000;
/** How often it is looked whether a server has changed, which is told at once. */
const LOOK_MS = 250;
/** Until the service has to have answered. */
const TIMEOUT_MS = 5_000;
/** While it does not: after the first failure, doubled each time, up to the last. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
const MAX_ANSWER_BYTES = 16 * 1024;

/** Tells the service that the agent is alive and how its servers are: from time to time, and whenever one of them changes. */
export class Heartbeats {
  readonly #deps: HeartbeatsDeps;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #sequence = 0;
  #failures = 0;

  constructor(deps: HeartbeatsDeps) {
    this.#deps = deps;
  }

  /** Begins; the first one is sent at once. */
  start(): void {
    this.#running = this.#run();
  }

  /** Sends the last one, which says that the agent ends. Where the service cannot be told, it finds out by itself. */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    await this.#running;
    await this.#send([], true);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const { servers } = this.#deps.report();
      await this.#send(servers, false);
      await this.#pause(servers).catch(() => undefined);
    }
  }

  /** @throws the reason of the signal when the agent ends */
  async #pause(told: readonly AgentServer[]): Promise<void> {
    const { clock, report } = this.#deps;
    const { signal } = this.#stopping;
    if (this.#failures > 0) {
      const pause = FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 10);
      return clock.sleep(Math.min(pause, MAX_PAUSE_MS), signal);
    }
    const progress = progressOf(told);
    for (let waited = 0; waited < INTERVAL_MS; waited += LOOK_MS) {
      await clock.sleep(LOOK_MS, signal);
      if (!isDeepStrictEqual(progressOf(report().servers), progress)) return;
    }
  }

  async #send(servers: readonly AgentServer[], isStopping: boolean): Promise<void> {
    const { url, secret, runId, report, outbound, clock, logger } = this.#deps;
    const deadline = startDeadline(clock, TIMEOUT_MS);
    this.#sequence += 1;
    try {
      const response = await outbound.request(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          ...{ run_id: runId, sequence: this.#sequence, is_stopping: isStopping },
          ...{ agent: report().agent, servers },
        }),
        maxBytes: MAX_ANSWER_BYTES,
        signal: deadline.signal,
      });
      response.discard();
      if (response.status !== 204) throw new RefusedHeartbeat(response.status);
      if (this.#failures > 0) logger.info('the service hears the heartbeats again');
      this.#failures = 0;
    } catch (err) {
      // Once for each time that it is gone: it may be gone for days.
      if (this.#failures === 0) logger.warn({ err }, 'the service does not take the heartbeats');
      this.#failures += 1;
    } finally {
      deadline.release();
    }
  }
}

/** The service answered something else than that it knows now. */
class RefusedHeartbeat extends Error {
  override readonly name = 'RefusedHeartbeat';

  constructor(status: number) {
    super(
      status === 401
        ? 'The service does not know an agent of this name with this secret: compare AGENT_NAME and AGENT_HEARTBEAT_SECRET with its file of agents.'
        : `The service answered ${status}.`,
    );
  }
}

/** Sessions come and go all the time; the next one in turn tells of them. */
function progressOf(servers: readonly AgentServer[]) {
  return servers.map(({ sessions: _sessions, ...progress }) => progress);
}
