import {
  type InstanceStatus,
  type Runtime,
  RuntimeFailure,
  type RuntimeKind,
  type RuntimeProblem,
} from '../../runtimes/runtime.ts';
import type { DeploymentInstance } from './deployment.ts';

/** What is known of an instance whose place this process has not: while replicas are replaced, another one may have it. */
const LOST_AFTER = { looks: 20, ms: 600_000 } as const;

/** In the place of a runtime that is not configured here: nothing can be started, and nobody knows of what was. */
export class AbsentRuntime implements Runtime {
  readonly kind: RuntimeKind;

  constructor(kind: RuntimeKind) {
    this.kind = kind;
  }

  targets(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  obstacle(): Promise<RuntimeProblem> {
    return Promise.resolve(this.#problem);
  }

  ensure(): Promise<void> {
    return Promise.reject(new RuntimeFailure(this.#problem));
  }

  status(): Promise<InstanceStatus> {
    const none = { generation: undefined, url: undefined, step: undefined, sessions: 0 };
    return Promise.resolve({ ...none, phase: 'unreachable', problem: this.#problem });
  }

  stop(): Promise<void> {
    return this.ensure();
  }

  logs(): Promise<readonly string[]> {
    return Promise.reject(new RuntimeFailure(this.#problem));
  }

  wake(): Promise<void> {
    return this.ensure();
  }

  get #problem(): RuntimeProblem {
    return { code: 'RUNTIME_NOT_CONFIGURED', target: this.kind, isUnknownPlace: true };
  }
}

/** Stands in where instances are left of a runtime that is not configured here. */
export function absentFor(
  kind: RuntimeKind,
  instances: readonly DeploymentInstance[],
): Runtime | undefined {
  return instances.some(({ state }) => state !== 'stopping') ? new AbsentRuntime(kind) : undefined;
}

/** Looks in a row at one that has this problem now. Those that found its place say nothing of one that is not known, and the other way round. */
export function missedWith(
  { missed, problemCode }: Pick<DeploymentInstance, 'missed' | 'problemCode'>,
  { code }: RuntimeProblem,
): number {
  return code === problemCode ? missed + 1 : Math.min(missed + 1, 2);
}

/** Has its place been unknown for so long that the operator must have taken it away? */
export function isForgotten(
  { missed, seenAt, createdAt }: Pick<DeploymentInstance, 'missed' | 'seenAt' | 'createdAt'>,
  { isUnknownPlace = false }: RuntimeProblem,
  now: Date,
): boolean {
  const unseenMs = now.getTime() - (seenAt ?? createdAt).getTime();
  return isUnknownPlace && missed >= LOST_AFTER.looks && unseenMs >= LOST_AFTER.ms;
}
