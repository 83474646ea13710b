import type { Clock } from '../lib/clock.ts';

/** What one check found. The reason is public: no addresses, no messages of libraries. */
export type CheckState = { ok: true } | { ok: false; reason: string };

/** Something the service needs in order to work. */
export interface ReadinessCheck {
  /** Short and stable, as `database` or `schema`; shown on `/readyz`. */
  name: string;
  /** While it fails, operations are refused at once instead of being tried. For what a retry cannot repair. */
  blocks?: boolean;
  /** Finds out the state. May throw, which counts as a failure without a public reason. */
  check: () => Promise<CheckState>;
}

/** The state of every check. */
export interface ReadinessReport {
  ready: boolean;
  checks: { name: string; ok: boolean; reason?: string }[];
}

/** What {@link Readiness} watches, and whom it tells. */
export interface ReadinessOptions {
  checks: readonly ReadinessCheck[];
  clock: Pick<Clock, 'monotonic'>;
  /** Told of errors that checks throw, for the log. */
  onError: (name: string, error: unknown) => void;
  /** Milliseconds a check may take. */
  timeoutMs?: number;
}

/** Anybody may ask `/readyz`; the checks behind it run at most this often. */
const KEEP_REPORT_MS = 1_000;
/** How long the gate before the operations believes that all is well. */
const KEEP_WELL_MS = 10_000;

/** What is said of a check that did not answer in time. */
const LATE: CheckState = { ok: false, reason: 'The check took too long.' };

/** Knows whether the service can work. */
export class Readiness {
  readonly #options: ReadinessOptions;
  #stopping = false;
  #last: { at: number; report: ReadinessReport } | undefined;
  #running: Promise<ReadinessReport> | undefined;
  /** Checks that were well when they were last run. */
  #well: ReadonlySet<string> = new Set();
  /** Checks that were late for the first time since they were well. */
  #doubtful: ReadonlySet<string> = new Set();

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  /** Whether {@link stop} was called. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** From now on the service is not ready: load balancers send new requests elsewhere. */
  stop(): void {
    this.#stopping = true;
  }

  /** Runs the checks, or repeats an answer that is at most a second old. Never throws. */
  async report(): Promise<ReadinessReport> {
    if (this.#stopping) {
      const reason = 'The service is stopping.';
      return { ready: false, checks: [{ name: 'shutdown', ok: false, reason }] };
    }
    return this.#reportWithin(KEEP_REPORT_MS);
  }

  /**
   * The names of the failed checks that make operations pointless; usually none. One that was well and is late once is not among them: a
   * busy moment must not turn requests away that would succeed.
   */
  async blockers(): Promise<string[]> {
    const keep = this.#last?.report.ready === true ? KEEP_WELL_MS : KEEP_REPORT_MS;
    const { checks } = await this.#reportWithin(keep);
    const blocking = this.#options.checks.filter(({ blocks }) => blocks).map(({ name }) => name);
    return checks
      .filter(({ name, ok }) => !ok && blocking.includes(name) && !this.#doubtful.has(name))
      .map(({ name }) => name);
  }

  async #reportWithin(keepMs: number): Promise<ReadinessReport> {
    if (this.#last !== undefined && this.#options.clock.monotonic() - this.#last.at < keepMs) {
      return this.#last.report;
    }
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<ReadinessReport> {
    const found = await Promise.all(
      this.#options.checks.map(
        async (check) => ({ name: check.name, state: await this.#stateOf(check) }) as const,
      ),
    );
    const namesOf = (states: typeof found) => new Set(states.map(({ name }) => name));
    this.#doubtful = namesOf(
      found.filter(({ name, state }) => state === LATE && this.#well.has(name)),
    );
    this.#well = namesOf(found.filter(({ state }) => state.ok));
    const checks = found.map(({ name, state }) => ({ name, ...state }));
    const report = { ready: checks.every(({ ok }) => ok), checks };
    this.#last = { at: this.#options.clock.monotonic(), report };
    return report;
  }

  async #stateOf({ name, check }: ReadinessCheck): Promise<CheckState> {
    const { timeoutMs = 2_000, onError } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<CheckState>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, LATE);
    });
    const checked = Promise.resolve()
      .then(check)
      .catch((error: unknown): CheckState => {
        onError(name, error);
        return { ok: false, reason: 'The check failed.' };
      });
    try {
      return await Promise.race([checked, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
