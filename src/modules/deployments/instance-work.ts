import { canParseUrl } from '../../lib/can-parse-url.ts';
import type { Clock } from '../../lib/clock.ts';
import { startDeadline } from '../../lib/deadline.ts';
import {
  type InstanceSpec,
  type InstanceStatus,
  type Runtime,
  RuntimeFailure,
  type RuntimeProblem,
} from '../../runtimes/runtime.ts';
import { AbsentRuntime, isForgotten, missedWith } from './absent-runtime.ts';
import type { DeploymentError, DeploymentInstance, InstanceState } from './deployment.ts';
import type { DeploymentWorkStore } from './deployment-store.ts';
import type { Runtimes } from './runtimes.ts';

/** Collaborators of the {@link InstanceWork}. */
export interface InstanceWorkDeps {
  store: Pick<DeploymentWorkStore, 'saveInstance' | 'removeInstance'>;
  runtimes: Runtimes;
  clock: Pick<Clock, 'now' | 'sleep'>;
  /** Told of each problem once, when it is new: of those of instances, and of those of the whole. */
  onProblem: (problem: DeploymentError & { cause?: unknown }, deploymentId: string) => void;
}

/** An instance after a look, and what it told of its start. */
export interface SeenInstance {
  instance: DeploymentInstance;
  /** Where its start is; undefined where it has not said. */
  step: string | undefined;
  problem: RuntimeProblem | undefined;
}

/** Of an instance that is there. */
type PresentStatus = InstanceStatus & {
  phase: Exclude<InstanceStatus['phase'], 'gone' | 'unreachable'>;
};

/** Milliseconds that a runtime may take for an answer. */
const ANSWER_MS = 15_000;
/** Looks in a row that find nobody before an instance counts as unreachable. */
const MISSED = 2;

/** Asks runtimes for single instances, and writes down what they are found to do. Each step may be repeated. */
export class InstanceWork {
  readonly #deps: InstanceWorkDeps;

  constructor(deps: InstanceWorkDeps) {
    this.#deps = deps;
  }

  /** Targets for new instances; where there are none, why. */
  async targets(
    runtime: Runtime,
    signal: AbortSignal,
  ): Promise<{ targets: readonly string[]; obstacle: RuntimeProblem | undefined }> {
    let targets: readonly string[] = [];
    let obstacle: RuntimeProblem | undefined;
    const late = await this.#problemOf(signal, runtime.kind, async (limited) => {
      targets = await runtime.targets(limited);
      if (targets.length === 0) obstacle = await runtime.obstacle(limited);
    });
    return { targets, obstacle: obstacle ?? late };
  }

  /**
   * Finds out what the instance does, and starts it where it is gone, or where it runs with something older and may be replaced now.
   * @returns `lost` where it is gone, and its target with it: another one takes its place, elsewhere
   */
  async look(
    runtime: Runtime,
    before: DeploymentInstance,
    wanted: { spec: InstanceSpec; mayReplace: boolean },
    signal: AbortSignal,
  ): Promise<SeenInstance | 'lost'> {
    const seen = await this.#look(runtime, before, wanted, signal);
    if (seen !== 'lost') this.#tell(before, seen.problem, wanted.spec.deploymentId);
    return seen;
  }

  async #look(
    runtime: Runtime,
    before: DeploymentInstance,
    { spec, mayReplace }: { spec: InstanceSpec; mayReplace: boolean },
    signal: AbortSignal,
  ): Promise<SeenInstance | 'lost'> {
    const { status, late } = await this.#ask(runtime, before, signal);
    if (status === undefined || status.phase === 'unreachable') {
      return this.#missed(before, status?.problem ?? late);
    }
    if (status.phase === 'gone' && (await this.#isElsewhere(runtime, before, signal))) {
      await this.#deps.store.removeInstance(before.id);
      return 'lost';
    }
    const { phase } = status;
    if (phase === 'gone') return this.#start(runtime, before, spec, signal);
    if (isOlder(status, spec) && mayReplace) return this.#replace(runtime, before, spec, signal);
    return this.#seen(before, { ...status, phase });
  }

  async #seen(before: DeploymentInstance, status: PresentStatus): Promise<SeenInstance> {
    const instance = {
      ...before,
      state: status.phase,
      url: usableUrl(status.url) ?? before.url,
      sessions: status.sessions,
      seenAt: this.#deps.clock.now(),
      missed: 0,
      generation: status.generation ?? before.generation,
      problemCode: status.problem?.code,
    };
    await this.#save(instance);
    return { instance, step: status.step, problem: status.problem };
  }

  /** Starts its successor. Where the old one serves on meanwhile, or because there is no successor, it is what is seen. */
  async #replace(
    runtime: Runtime,
    before: DeploymentInstance,
    spec: InstanceSpec,
    signal: AbortSignal,
  ): Promise<SeenInstance> {
    const started = await this.#start(runtime, before, spec, signal);
    const { status } = await this.#ask(runtime, before, signal);
    if (status === undefined || !isServing(status) || !isOlder(status, spec)) return started;
    const problem = started.problem ?? status.problem;
    return this.#seen(before, { ...status, step: status.step ?? 'replacing', problem });
  }

  async #ask(
    runtime: Runtime,
    { id: instanceId, target }: DeploymentInstance,
    signal: AbortSignal,
  ): Promise<{ status: InstanceStatus | undefined; late: RuntimeProblem | undefined }> {
    let status: InstanceStatus | undefined;
    const late = await this.#problemOf(signal, target, async (limited) => {
      status = await runtime.status({ instanceId, target }, limited);
    });
    return { status, late };
  }

  /** Has it run as it is meant to. What its runtime refuses is told, and not thrown. */
  async start(
    runtime: Runtime,
    before: DeploymentInstance,
    spec: InstanceSpec,
    signal: AbortSignal,
  ): Promise<SeenInstance> {
    const seen = await this.#start(runtime, before, spec, signal);
    this.#tell(before, seen.problem, spec.deploymentId);
    return seen;
  }

  async #start(
    runtime: Runtime,
    before: DeploymentInstance,
    spec: InstanceSpec,
    signal: AbortSignal,
  ): Promise<SeenInstance> {
    const problem = await this.#problemOf(signal, before.target, (limited) =>
      runtime.ensure(spec, before.target, limited),
    );
    const isStarted = problem === undefined;
    const instance = {
      ...before,
      state: isStarted || isAwaited(problem) ? ('starting' as const) : ('failed' as const),
      missed: 0,
      problemCode: problem?.code,
    };
    await this.#save(instance);
    return { instance, step: undefined, problem };
  }

  /** Ends it. @returns why it could not be ended; undefined where it is gone */
  async stop(
    instance: DeploymentInstance,
    deploymentId: string,
    signal: AbortSignal,
  ): Promise<RuntimeProblem | undefined> {
    const { id: instanceId, runtime: kind, target } = instance;
    // First that it is not wanted any more: whoever goes on after a crash does not start it again.
    if (instance.state !== 'stopping') await this.#save({ ...instance, state: 'stopping' });
    const runtime = this.#deps.runtimes.find(kind) ?? new AbsentRuntime(kind);
    const problem = await this.#problemOf(signal, target, (limited) =>
      runtime.stop({ instanceId, target }, limited),
    );
    const missed = problem === undefined ? 0 : missedWith(instance, problem);
    const left = { ...instance, missed };
    if (problem === undefined || isForgotten(left, problem, this.#deps.clock.now())) {
      await this.#deps.store.removeInstance(instanceId);
      return undefined;
    }
    this.#tell(instance, problem, deploymentId);
    if (problem.code !== instance.problemCode || problem.isUnknownPlace === true) {
      await this.#save({ ...left, state: 'stopping', problemCode: problem.code });
    }
    return problem;
  }

  /** What an instance had at the look before has been told then. */
  #tell(
    before: Pick<DeploymentInstance, 'problemCode'>,
    problem: RuntimeProblem | undefined,
    deploymentId: string,
  ): void {
    if (problem === undefined || problem.code === before.problemCode) return;
    this.#deps.onProblem(problem, deploymentId);
  }

  /** Do new instances go elsewhere, and none to its target? */
  async #isElsewhere(
    runtime: Runtime,
    { target }: DeploymentInstance,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { targets } = await this.targets(runtime, signal);
    return targets.length > 0 && !targets.includes(target);
  }

  async #missed(
    before: DeploymentInstance,
    problem: RuntimeProblem = { code: 'RUNTIME_UNREACHABLE', target: before.target },
  ): Promise<SeenInstance | 'lost'> {
    const missed = missedWith(before, problem);
    if (isForgotten({ ...before, missed }, problem, this.#deps.clock.now())) {
      await this.#deps.store.removeInstance(before.id);
      return 'lost';
    }
    const isLost = before.state !== 'starting' && missed >= MISSED;
    const state: InstanceState = isLost ? 'unreachable' : before.state;
    const instance = { ...before, missed, state, problemCode: problem.code };
    await this.#save(instance);
    return { instance, step: undefined, problem };
  }

  #save({
    id,
    runtime: _runtime,
    target: _target,
    createdAt: _at,
    ...outcome
  }: DeploymentInstance) {
    return this.#deps.store.saveInstance(id, outcome);
  }

  /** What keeps a runtime from an answer; one that takes too long cannot be reached. */
  async #problemOf(
    signal: AbortSignal,
    target: string,
    work: (limited: AbortSignal) => Promise<unknown>,
  ): Promise<RuntimeProblem | undefined> {
    const limit = startDeadline(this.#deps.clock, ANSWER_MS);
    try {
      await work(AbortSignal.any([signal, limit.signal]));
      return undefined;
    } catch (error) {
      if (error instanceof RuntimeFailure) return error.problem;
      if (signal.aborted || !limit.signal.aborted) throw error;
      return { code: 'RUNTIME_UNREACHABLE', target, cause: error };
    } finally {
      limit.release();
    }
  }
}

function isOlder(
  { generation }: InstanceStatus,
  wanted: Pick<InstanceSpec, 'generation'>,
): boolean {
  return generation !== undefined && generation < wanted.generation;
}

function isServing(
  status: InstanceStatus,
): status is InstanceStatus & { phase: 'running' | 'idle' } {
  return status.phase === 'running' || status.phase === 'idle';
}

/** An address that nobody can use is none. */
function usableUrl(url: string | undefined): string | undefined {
  const isUsable = url !== undefined && canParseUrl(url) && /^https?:$/.test(new URL(url).protocol);
  return isUsable ? url : undefined;
}

/** May it go away by itself: a machine comes back, or has room again? Anything else is as it is until somebody changes something. */
export function isAwaited({ code }: Pick<RuntimeProblem, 'code'>): boolean {
  return code === 'RUNTIME_UNREACHABLE' || code === 'RUNTIME_REFUSED';
}
