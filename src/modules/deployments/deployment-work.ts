import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors/app-error.ts';
import type { ErrorCode } from '../../errors/error-codes.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Runtime, RuntimeKind } from '../../runtimes/runtime.ts';
import type { Catalog, CatalogConnectorService, CatalogEntry } from '../catalog/index.ts';
import { absentFor } from './absent-runtime.ts';
import type { DeploymentError, DeploymentInstance } from './deployment.ts';
import { untoldProblem } from './deployment-problem.ts';
import {
  type DeploymentSecret,
  type DeploymentSecrets,
  instanceSpecOf,
  specHashOf,
} from './deployment-secrets.ts';
import {
  afterWork,
  type DeploymentDraft,
  excuseDelay,
  failed,
  giveUp,
  isLate,
  isUp,
  isVisiblyOther,
  meetObstacle,
  place,
  stopped,
  untilStopped,
  untilTested,
  whenUp,
} from './deployment-step.ts';
import type { ClaimedDeployment, DeploymentWorkStore } from './deployment-store.ts';
import { InstanceWork, type InstanceWorkDeps, type SeenInstance } from './instance-work.ts';

/** Collaborators of the {@link DeploymentWork}. */
export interface DeploymentWorkDeps extends InstanceWorkDeps {
  store: DeploymentWorkStore;
  catalog: Pick<Catalog, 'find' | 'isOpen'>;
  secrets: DeploymentSecrets;
  /** Tests the server and saves the connector. */
  entries: Pick<CatalogConnectorService, 'enable'>;
  clock: Pick<Clock, 'now' | 'sleep'>;
}

/** A deployment at work: what was claimed, and what becomes of it. */
interface Job {
  claimed: ClaimedDeployment;
  entry: CatalogEntry;
  secret: DeploymentSecret;
  draft: DeploymentDraft;
  signal: AbortSignal;
}

/** Codes of a failed test that a server which has just been started may answer with for a moment. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'CONNECTION_FAILED',
  'TIMEOUT',
  'INVALID_MCP_SERVER',
  'TEST_LIMIT_REACHED',
  'CONNECTOR_CHANGED',
]);

/**
 * Brings one deployment a step further: towards what its owner wants, from whatever is there. Every effect may be repeated, and what is to be
 * found again is written down before it is made, so a process that dies at any point costs nothing but time.
 */
export class DeploymentWork {
  readonly #deps: DeploymentWorkDeps;
  readonly #instances: InstanceWork;

  constructor(deps: DeploymentWorkDeps) {
    this.#deps = deps;
    this.#instances = new InstanceWork(deps);
  }

  /**
   * @returns whether a client that reads it now sees something else
   * @throws whatever is no answer of a runtime; the deployment is taken up again later
   */
  async step(claimed: ClaimedDeployment, signal: AbortSignal): Promise<boolean> {
    const { deployment } = claimed;
    const entry = this.#deps.catalog.find(deployment.entryKey);
    const secret = this.#deps.secrets.find(deployment);
    const draft: DeploymentDraft = {
      ...deployment,
      now: this.#deps.clock.now(),
      instances: [...deployment.instances],
    };
    excuseDelay(draft, { isResumed: claimed.isResumed, hasEntry: entry !== undefined });
    const obstacle = this.#obstacle(entry, secret);
    if (deployment.wanted !== 'running') return await this.#end(claimed, draft, signal);
    if (deployment.state === 'failed') return await this.#cleanUp(claimed, draft, signal);
    if (entry === undefined || secret === undefined || obstacle !== undefined) {
      meetObstacle(draft, obstacle ?? { code: 'SETTINGS_INVALID', target: '' });
      if (draft.state !== 'failed') return await this.#finish(claimed, draft);
      return await this.#cleanUp(claimed, draft, signal);
    }
    const job: Job = { claimed, entry, secret, draft, signal };
    await this.#bringUp(job);
    return await this.#finish(claimed, draft);
  }

  #obstacle(
    entry: CatalogEntry | undefined,
    secret: DeploymentSecret | undefined,
  ): DeploymentError | undefined {
    if (entry === undefined) return { code: 'CATALOG_ENTRY_NOT_FOUND', target: '' };
    if (!this.#deps.catalog.isOpen(entry)) return { code: 'CATALOG_ENTRY_CLOSED', target: '' };
    const isDeployed = entry.runOn.some((kind) => kind !== 'static');
    if (!isDeployed) return { code: 'RUNTIME_NOT_CONFIGURED', target: '' };
    // Another key than those that are left sealed them: they have to be set anew.
    return secret === undefined ? { code: 'SETTINGS_INVALID', target: '' } : undefined;
  }

  async #bringUp(job: Job): Promise<void> {
    const { draft, entry } = job;
    const specHash = specHashOf(entry);
    if (draft.specHash !== specHash) {
      // With a time of its own: what took longer was another start.
      Object.assign(draft, { specHash, generation: draft.generation + 1, startedAt: draft.now });
    }
    if (draft.runtime === undefined || !entry.runOn.includes(draft.runtime)) place(draft, entry);
    const kind = draft.runtime ?? 'static';
    await this.#retire(job, ({ runtime }) => runtime !== kind);
    if (kind === 'static') return await this.#enableIfWanted(job);
    const runtime = this.#deps.runtimes.find(kind) ?? absentFor(kind, draft.instances);
    if (runtime === undefined) {
      return giveUp(draft, entry, { code: 'RUNTIME_NOT_CONFIGURED', target: kind });
    }
    const seen = await this.#lookAtAll(job, runtime);
    seen.push(...(await this.#addMissing(job, { runtime, kind })));
    afterWork(draft, entry, seen);
    if (draft.state === 'failed' || !isUp(draft)) return;
    await this.#enableIfWanted(job);
  }

  /** Ends what is on its way out, what is elsewhere, and what is too much. */
  async #retire(
    { draft, entry, signal }: Pick<Job, 'draft' | 'entry' | 'signal'>,
    isElsewhere: (instance: DeploymentInstance) => boolean,
  ): Promise<void> {
    const isOver = ({ state }: DeploymentInstance) => state === 'stopping' || state === 'failed';
    const here = draft.instances.filter((one) => !isOver(one) && !isElsewhere(one));
    const kept = new Set(here.slice(0, entry.instances));
    await this.#stopAll(draft, signal, (instance) => !kept.has(instance));
  }

  /** Instances that cannot be ended now stay on their way out. */
  async #stopAll(
    draft: DeploymentDraft,
    signal: AbortSignal,
    isOver: (instance: DeploymentInstance) => boolean,
  ): Promise<DeploymentError | undefined> {
    let problem: DeploymentError | undefined;
    const left: DeploymentInstance[] = [];
    for (const instance of draft.instances) {
      const found = isOver(instance)
        ? await this.#instances.stop(instance, draft.id, signal)
        : undefined;
      if (found !== undefined) problem ??= { code: found.code, target: found.target };
      if (found !== undefined) {
        left.push({ ...instance, state: 'stopping', problemCode: found.code });
      }
      if (!isOver(instance)) left.push(instance);
    }
    draft.instances = left;
    return problem;
  }

  async #lookAtAll(
    { draft, entry, secret, signal }: Job,
    runtime: Runtime,
  ): Promise<SeenInstance[]> {
    const seen: SeenInstance[] = [];
    const lost = new Set<DeploymentInstance>();
    for (const [index, before] of draft.instances.entries()) {
      if (before.state === 'stopping') continue;
      const spec = instanceSpecOf(draft, entry, secret, before.id);
      // One after the other: the others serve meanwhile.
      const mayReplace = draft.instances.every(
        (other) => other.id === before.id || other.state !== 'starting',
      );
      const found = await this.#instances.look(runtime, before, { spec, mayReplace }, signal);
      if (found === 'lost') {
        lost.add(before);
        continue;
      }
      draft.instances[index] = found.instance;
      seen.push(found);
    }
    draft.instances = draft.instances.filter((instance) => !lost.has(instance));
    return seen;
  }

  /** New instances go where there is none of this deployment yet, as far as there are enough targets. */
  async #addMissing(
    { claimed, draft, entry, secret, signal }: Job,
    { runtime, kind }: { runtime: Runtime; kind: RuntimeKind },
  ): Promise<SeenInstance[]> {
    const added: SeenInstance[] = [];
    let current = draft.instances.filter(({ state }) => state !== 'stopping');
    if (current.length >= entry.instances) return added;
    const { targets, obstacle } = await this.#instances.targets(runtime, signal);
    draft.nowhere = obstacle;
    while (current.length < entry.instances) {
      const load = (target: string) => current.filter((one) => one.target === target).length;
      // Stable: among equals the runtime's order counts, which has the least loaded first.
      const [target] = [...targets].sort((a, b) => load(a) - load(b));
      if (target === undefined) break;
      const instance = newInstance(kind, target, draft);
      // Written down first: whoever goes on after a crash finds it again.
      await this.#deps.store.addInstance(claimed, instance);
      const spec = instanceSpecOf(draft, entry, secret, instance.id);
      const started = await this.#instances.start(runtime, instance, spec, signal);
      draft.instances.push(started.instance);
      current = [...current, started.instance];
      added.push(started);
    }
    return added;
  }

  async #enableIfWanted({ claimed, draft, entry }: Job): Promise<void> {
    if (draft.enableWanted) {
      // Somebody may have switched it off meanwhile: what they left is seen the next time, which is at once.
      if (await this.#deps.store.isChanged(claimed)) return;
      const problem = await this.#enable(claimed, entry);
      if (problem !== undefined) return notEnabled(draft, entry, problem);
      draft.enableWanted = false;
    }
    whenUp(draft, entry);
  }

  async #enable(
    { deployment: { owner } }: ClaimedDeployment,
    entry: CatalogEntry,
  ): Promise<DeploymentError | undefined> {
    try {
      await this.#deps.entries.enable(owner, entry);
      return undefined;
    } catch (error) {
      if (error instanceof AppError) return { code: error.code, target: '' };
      throw error;
    }
  }

  /** Nobody wants it any more. */
  async #end(
    claimed: ClaimedDeployment,
    draft: DeploymentDraft,
    signal: AbortSignal,
  ): Promise<boolean> {
    const problem = await this.#stopAll(draft, signal, () => true);
    if (draft.instances.length > 0) untilStopped(draft, problem);
    else if (claimed.deployment.wanted === 'deleted') {
      await this.#deps.store.remove(claimed);
      return true;
    } else stopped(draft);
    return await this.#finish(claimed, draft);
  }

  /** It has failed: what is left of it is taken away, and what went wrong stays to be read. */
  async #cleanUp(
    claimed: ClaimedDeployment,
    draft: DeploymentDraft,
    signal: AbortSignal,
  ): Promise<boolean> {
    await this.#stopAll(draft, signal, () => true);
    failed(draft);
    return await this.#finish(claimed, draft);
  }

  async #finish(claimed: ClaimedDeployment, draft: DeploymentDraft): Promise<boolean> {
    const { now: at, instances: _instances, nowhere: _nowhere, ...outcome } = draft;
    const isVisible = isVisiblyOther(claimed.deployment, draft);
    const problem = untoldProblem(claimed.deployment, draft);
    if (problem !== undefined) this.#deps.onProblem(problem, draft.id);
    await this.#deps.store.finish(claimed, { ...outcome, at, isVisible });
    return isVisible;
  }
}

function notEnabled(draft: DeploymentDraft, entry: CatalogEntry, problem: DeploymentError): void {
  // What somebody else runs was not just started: it is there, or the next place is tried.
  if (draft.runtime === 'static') giveUp(draft, entry, problem);
  else if (PASSING.has(problem.code) && !isLate(draft)) untilTested(draft, problem);
  else giveUp(draft, undefined, problem);
}

function newInstance(
  runtime: RuntimeKind,
  target: string,
  { now: createdAt, generation }: DeploymentDraft,
): DeploymentInstance {
  return {
    ...{ id: randomUUID(), runtime, target, state: 'starting', url: undefined, sessions: 0 },
    ...{ seenAt: undefined, missed: 0, generation, problemCode: undefined, createdAt },
  };
}
