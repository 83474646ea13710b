import type { Clock } from '../../lib/clock.ts';
import { type DeploymentDraft, giveUp, isLate } from './deployment-step.ts';
import type { ClaimedDeployment, DeploymentWorkStore } from './deployment-store.ts';
import type { DeploymentWork } from './deployment-work.ts';

/** Collaborators of the {@link DeploymentAdvanceService}. */
export interface DeploymentAdvanceServiceDeps {
  store: Pick<
    DeploymentWorkStore,
    'claim' | 'finish' | 'nextDue' | 'callAgain' | 'release' | 'renew'
  >;
  work: Pick<DeploymentWork, 'step'>;
  clock: Pick<Clock, 'now' | 'sleep' | 'monotonic'>;
  /** Told of a step that broke off: the deployment is taken up again half a minute later. */
  onError: (error: unknown, deploymentId: string) => void;
}

/** How long a deployment waits for others after the process that works on it was killed; renewed while a step takes longer. */
const LEASE_SECONDS = 60;
const RENEWAL_MS = 20_000;
/** Milliseconds that a run goes on while something is due soon; then another one, here or on another replica, takes over. */
const RUN_MS = 50_000;
const SOON_MS = 2_000;
const SLICE_MS = 250;
/** After a step that broke off, in milliseconds. */
const BROKEN_MS = 30_000;
/** Deployments that one run works on at a time. */
const AT_ONCE = 4;

/** Works on deployments that are due, whoever made them so. Any number of replicas may do so at once: leases keep them apart. */
export class DeploymentAdvanceService {
  readonly #deps: DeploymentAdvanceServiceDeps;

  constructor(deps: DeploymentAdvanceServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Works until nothing is due for a moment, or the run has taken long enough, and has itself called again when the next one is due.
   * @returns how many steps changed what a client can see
   * @throws DatabaseUnavailable
   */
  async advance(signal: AbortSignal): Promise<number> {
    const { store, clock } = this.#deps;
    const endsAt = clock.monotonic() + RUN_MS;
    let changed = 0;
    while (!signal.aborted) {
      changed += await this.advanceDue(signal);
      const due = await store.nextDue();
      if (due === undefined) break;
      const waitMs = due.getTime() - clock.now().getTime();
      if (waitMs > SOON_MS || clock.monotonic() >= endsAt) {
        await store.callAgain(due);
        break;
      }
      // Not all of it: a request may make another one due meanwhile.
      await clock.sleep(Math.min(Math.max(waitMs, 50), SLICE_MS), signal).catch(() => {});
    }
    return changed;
  }

  /** Works on what is due now, each deployment once. @throws DatabaseUnavailable */
  async advanceDue(signal: AbortSignal): Promise<number> {
    const { store, clock } = this.#deps;
    const now = clock.now();
    let changed = 0;
    const work = async () => {
      while (!signal.aborted) {
        const claimed = await store.claim({ now, seconds: LEASE_SECONDS });
        if (claimed === undefined) return;
        if (await this.#step(claimed, signal)) changed += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return changed;
  }

  async #step(claimed: ClaimedDeployment, signal: AbortSignal): Promise<boolean> {
    const { store, clock, onError } = this.#deps;
    const over = new AbortController();
    void this.#keepLease(claimed, over.signal);
    try {
      return await this.#deps.work.step(claimed, signal);
    } catch (error) {
      if (!signal.aborted) onError(error, claimed.deployment.id);
      // A service that stops leaves it to the others at once.
      const pauseMs = signal.aborted ? 0 : BROKEN_MS;
      if (pauseMs > 0 && (await this.#giveUpLate(claimed))) return true;
      await store.release(claimed, new Date(clock.now().getTime() + pauseMs));
      return false;
    } finally {
      over.abort();
    }
  }

  /** A start whose steps break off comes to an end as any other that takes too long, unless something serves meanwhile. */
  async #giveUpLate(claimed: ClaimedDeployment): Promise<boolean> {
    const { deployment } = claimed;
    const now = this.#deps.clock.now();
    const { instances } = deployment;
    const isServing = instances.some(({ state }) => state === 'running' || state === 'idle');
    const isStarting = deployment.wanted === 'running' && deployment.state === 'deploying';
    if (!isStarting || isServing || !isLate({ ...deployment, now })) return false;
    const draft: DeploymentDraft = { ...deployment, instances: [...instances], now };
    giveUp(draft, undefined, { code: 'INTERNAL', target: '' });
    const { instances: _left, now: at, ...outcome } = draft;
    return await this.#deps.store.finish(claimed, { ...outcome, at, isVisible: true });
  }

  /** Until the step is over. A renewal that fails costs nothing: whoever takes the deployment up as well repeats what was done. */
  async #keepLease(claimed: ClaimedDeployment, over: AbortSignal): Promise<void> {
    const { store, clock } = this.#deps;
    const lease = () => ({ now: clock.now(), seconds: LEASE_SECONDS });
    while (!over.aborted) {
      await clock.sleep(RENEWAL_MS, over).catch(() => {});
      if (!over.aborted) await store.renew(claimed, lease()).catch(() => {});
    }
  }
}
