import type { RuntimeProblem } from '../../runtimes/runtime.ts';
import type { CatalogEntry } from '../catalog/index.ts';
import type {
  Deployment,
  DeploymentError,
  DeploymentInstance,
  DeploymentStatus,
} from './deployment.ts';
import { changeState, type DeploymentState } from './deployment-states.ts';
import { isAwaited, type SeenInstance } from './instance-work.ts';

/** A deployment as work is about to leave it. */
export interface DeploymentDraft
  extends DeploymentStatus,
    Pick<Deployment, 'id' | 'specHash' | 'generation'> {
  readonly now: Date;
  /** Why there is no place for an instance that is missing. */
  nowhere?: RuntimeProblem | undefined;
  instances: DeploymentInstance[];
}

/** How long a start may take at one place. Milliseconds, as all here. */
const START_MS = 120_000;
/** Looks at a start: soon in the beginning, and never more seldom than that. */
const STARTING_MS = { least: 100, most: 2_000, share: 4 };
const RUNNING_MS = 15_000;
const IDLE_MS = 30_000;
/** While somebody is missed, and while there is not as much as there is to be. */
const UNSETTLED_MS = 5_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** How long an entry may be missing in catalogs: while replicas are replaced, some have an older one. */
const MISSING_ENTRY_MS = 600_000;

/** Begins anew at the place that the entry prefers. */
export function place(draft: DeploymentDraft, { runOn: [first] }: Pick<CatalogEntry, 'runOn'>) {
  begin(draft, first);
  draft.error = undefined;
}

function begin(draft: DeploymentDraft, runtime: DeploymentStatus['runtime']): void {
  draft.state = changeState(draft.state, 'deploying');
  Object.assign(draft, { runtime, startedAt: draft.now, attempts: 0, step: 'placing' });
}

/** It does not come up where it is: the next place is tried, and where there is none, it has failed. Why, stays to be read. */
export function giveUp(
  draft: DeploymentDraft,
  entry: Pick<CatalogEntry, 'runOn'> | undefined,
  problem: DeploymentError,
): void {
  draft.error = { code: problem.code, target: problem.target };
  const next = nextPlace(draft, entry);
  if (next === undefined) {
    draft.state = changeState(draft.state, 'failed');
    Object.assign(draft, { step: 'failed', startedAt: undefined, dueAt: draft.now });
    return;
  }
  begin(draft, next);
  draft.dueAt = draft.now;
}

/** It cannot be worked on. An entry that is not in this catalog may be in that of another replica, so it is waited for. */
export function meetObstacle(draft: DeploymentDraft, problem: DeploymentError): void {
  if (problem.code !== 'CATALOG_ENTRY_NOT_FOUND') {
    giveUp(draft, undefined, problem);
    return;
  }
  if (draft.error?.code !== problem.code || draft.startedAt === undefined) {
    Object.assign(draft, { error: problem, startedAt: draft.now });
  }
  const sinceMs = draft.now.getTime() - (draft.startedAt ?? draft.now).getTime();
  if (sinceMs >= MISSING_ENTRY_MS) giveUp(draft, undefined, problem);
  else pause(draft);
}

/** The time that nobody could work on it does not count as that of its start. */
export function excuseDelay(
  draft: DeploymentDraft,
  { isResumed, hasEntry }: { isResumed: boolean; hasEntry: boolean },
): void {
  const wasMissing = hasEntry && draft.error?.code === 'CATALOG_ENTRY_NOT_FOUND';
  if ((isResumed || wasMissing) && draft.startedAt !== undefined) draft.startedAt = draft.now;
  if (wasMissing) draft.error = undefined;
}

function nextPlace({ runtime }: DeploymentDraft, entry: Pick<CatalogEntry, 'runOn'> | undefined) {
  if (entry === undefined || runtime === undefined) return undefined;
  return entry.runOn[entry.runOn.indexOf(runtime) + 1];
}

/** Judges the whole by its instances. */
export function afterWork(
  draft: DeploymentDraft,
  entry: CatalogEntry,
  seen: readonly SeenInstance[],
): void {
  const instances = seen.map(({ instance }) => instance);
  const problem = seen.find((one) => one.problem !== undefined)?.problem;
  const fresh = instances.filter((one) => isUp(one) && one.generation >= draft.generation);
  if (fresh.length > 0) {
    const isRunning = fresh.some(({ state }) => state === 'running');
    draft.state = changeState(draft.state, isRunning ? 'running' : 'idle');
    draft.error = problem && { code: problem.code, target: problem.target };
    draft.attempts = 0;
    return;
  }
  const wasUp = ['running', 'idle', 'unreachable'].includes(draft.state);
  if (wasUp && instances.length > 0 && instances.every(({ state }) => state === 'unreachable')) {
    draft.state = changeState(draft.state, 'unreachable');
    draft.error = problem && { code: problem.code, target: problem.target };
    draft.step = 'unreachable';
    draft.dueAt = after(draft, UNSETTLED_MS);
    return;
  }
  if (instances.some(isUp)) serveOn(draft, seen);
  else keepStarting(draft, entry, seen);
}

/** What was there before serves until its successor is up; where there is no hope for one, it goes on, and why is told. */
function serveOn(draft: DeploymentDraft, seen: readonly SeenInstance[]): void {
  const problem = problemOf(seen);
  if (draft.state === 'deploying') draft.startedAt ??= draft.now;
  const isHopeless =
    draft.startedAt === undefined ||
    isLate(draft) ||
    seen.some(({ instance }) => instance.state === 'failed') ||
    (problem !== undefined && !isAwaited(problem));
  if (!isHopeless) {
    lookAgain(draft, seen, problem);
    return;
  }
  const isRunning = seen.some(({ instance }) => instance.state === 'running');
  draft.state = changeState(draft.state, isRunning ? 'running' : 'idle');
  const { code = 'SERVER_NOT_READY', target = seen[0]?.instance.target ?? '' } = problem ?? {};
  draft.error = { code, target };
}

/** Of those that have one: that of an instance that failed, else of any. */
function problemOf(seen: readonly SeenInstance[]): RuntimeProblem | undefined {
  const failed = seen.find(({ instance }) => instance.state === 'failed');
  return failed?.problem ?? seen.find((one) => one.problem !== undefined)?.problem;
}

function keepStarting(
  draft: DeploymentDraft,
  entry: CatalogEntry,
  seen: readonly SeenInstance[],
): void {
  const isFailed = seen.some(({ instance }) => instance.state === 'failed');
  draft.startedAt ??= draft.now;
  const found: RuntimeProblem | undefined =
    seen.length === 0
      ? (draft.nowhere ?? { code: 'RUNTIME_UNREACHABLE', target: draft.runtime ?? '' })
      : problemOf(seen);
  const isOver = isFailed || isGivenUp(draft, entry, { seen, problem: found });
  if (isOver) {
    const [first] = seen;
    const target = first?.instance.target ?? '';
    giveUp(draft, entry, found ?? { code: 'SERVER_NOT_READY', target });
    return;
  }
  lookAgain(draft, seen, found);
}

/** It may come up yet. */
function lookAgain(
  draft: DeploymentDraft,
  seen: readonly SeenInstance[],
  found: RuntimeProblem | undefined,
): void {
  draft.state = changeState(draft.state, 'deploying');
  draft.step = stepOf(seen);
  draft.error = found && { code: found.code, target: found.target };
  if (found === undefined) {
    draft.dueAt = after(draft, untilNextLook(draft));
    return;
  }
  // The time of its start begins when its machine is there again.
  if (isAwaited(found) && hasBeenUp(seen)) draft.startedAt = draft.now;
  pause(draft);
}

/** Is a place that does not answer, or an instance that does not come up, waited for no longer? */
function isGivenUp(
  draft: DeploymentDraft,
  entry: CatalogEntry,
  { seen, problem }: { seen: readonly SeenInstance[]; problem: RuntimeProblem | undefined },
): boolean {
  const isNowhere = seen.length === 0;
  if (problem === undefined || !(isAwaited(problem) || isNowhere)) return isLate(draft);
  if (nextPlace(draft, entry) !== undefined) return true;
  // One that has been up is waited for: its machine was there, and comes back.
  return isLate(draft) && !hasBeenUp(seen);
}

function hasBeenUp(seen: readonly SeenInstance[]): boolean {
  return seen.some(({ instance }) => instance.url !== undefined);
}

function untilNextLook({ startedAt, now }: DeploymentDraft): number {
  const { least, most, share } = STARTING_MS;
  const elapsedMs = now.getTime() - (startedAt ?? now).getTime();
  return Math.min(Math.max(elapsedMs / share, least), most);
}

/** A runtime's own word, where it is one. */
function stepOf(seen: readonly SeenInstance[]): string {
  const step = seen.find((one) => one.step !== undefined)?.step ?? '';
  return /^[a-z][a-z0-9-]{0,63}$/.test(step) ? step : 'starting';
}

/** Has its start taken too long? */
export function isLate({ startedAt, now }: Pick<DeploymentDraft, 'startedAt' | 'now'>): boolean {
  return startedAt !== undefined && now.getTime() - startedAt.getTime() >= START_MS;
}

/** It is up, but its server did not pass its test yet. */
export function untilTested(draft: DeploymentDraft, error: DeploymentError): void {
  draft.state = changeState(draft.state, 'deploying');
  draft.startedAt ??= draft.now;
  draft.step = 'testing';
  draft.error = error;
  pause(draft);
}

/** It is up, and stays so as far as anybody knows. */
export function whenUp(draft: DeploymentDraft, { instances: wanted }: CatalogEntry): void {
  draft.step = 'running';
  draft.startedAt = undefined;
  if (draft.runtime === 'static') {
    draft.state = changeState(draft.state, 'running');
    // Why it is not where it was meant to be stays to be read. Old instances may be on their way out yet.
    draft.dueAt = draft.instances.length > 0 ? after(draft, RUNNING_MS) : undefined;
    return;
  }
  const here = draft.instances.filter((one) => isUp(one) && one.missed === 0);
  const isSettled = here.length === wanted && draft.instances.length === wanted;
  const isOld = here.some((one) => one.generation < draft.generation);
  const pauseMs = draft.state === 'idle' ? IDLE_MS : RUNNING_MS;
  draft.dueAt = after(draft, isSettled && !isOld ? pauseMs : UNSETTLED_MS);
}

/** Instances cannot be ended now, or not all of them. */
export function untilStopped(draft: DeploymentDraft, problem: DeploymentError | undefined): void {
  draft.error = problem;
  draft.step = 'stopping';
  pause(draft);
}

/** It has no instances, as it was meant to be. */
export function stopped(draft: DeploymentDraft): void {
  draft.state = changeState(draft.state, 'stopped');
  Object.assign(draft, { step: 'stopped', error: undefined, runtime: undefined, attempts: 0 });
  Object.assign(draft, { startedAt: undefined, dueAt: undefined });
}

/** It has failed; where something is left of it, that is tried again. */
export function failed(draft: DeploymentDraft): void {
  if (draft.instances.length > 0) pause(draft);
  else draft.dueAt = undefined;
}

/** Would a client that reads it now see something else? */
export function isVisiblyOther(before: Deployment, after: DeploymentDraft): boolean {
  const shown = ({
    state,
    runtime,
    step,
    error,
    enableWanted,
    instances,
  }: DeploymentStatus & Pick<Deployment, 'instances'>) =>
    JSON.stringify([
      ...[state, runtime, step, error?.code, error?.target, enableWanted],
      ...instances.map((one) => [one.id, one.state, one.problemCode]),
    ]);
  return shown(before) !== shown(after);
}

/** Of a deployment or an instance. */
export function isUp({ state }: { state: DeploymentState | DeploymentInstance['state'] }): boolean {
  return state === 'running' || state === 'idle';
}

function pause(draft: DeploymentDraft): void {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** draft.attempts, LONGEST_PAUSE_MS);
  draft.attempts = Math.min(draft.attempts + 1, 20);
  draft.dueAt = after(draft, pauseMs);
}

function after({ now }: DeploymentDraft, ms: number): Date {
  return new Date(now.getTime() + ms);
}
