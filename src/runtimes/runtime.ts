import type { CredentialFile, Launch } from './launch.ts';

/** Where managed servers run. `static` is no runtime of ours: somebody else runs the server, at a URL. */
export const RUNTIME_KINDS = ['process', 'agent', 'kubernetes'] as const;
export type RuntimeKind = (typeof RUNTIME_KINDS)[number];

/** What is stored of instances has room for these; an answer with more is not believed. */
export const MAX_GENERATION = 2_147_483_647;
export const MAX_SESSIONS = 1_000_000;

/** One running copy of a managed server, as it is wanted. */
export interface InstanceSpec {
  /** A UUID: names processes, folders and objects; never reused. */
  instanceId: string;
  deploymentId: string;
  entryKey: string;
  launch: Launch;
  /** What its owner set, as environment. Secret. */
  environment: Readonly<Record<string, string>>;
  /** What its owner set, as files. Secret. */
  files: readonly CredentialFile[];
  /** The secret that the front of the server asks for, in `Authorization: Bearer …`. 43 characters of base64url. */
  bearer: string;
  /** Grows whenever the rest changes: one that runs with a smaller one is replaced. */
  generation: number;
}

/** Where an instance was put. What a runtime needs to find it again after a restart of ours; holds no secret. */
export interface Placement {
  instanceId: string;
  /** What the runtime has several of: the name of an agent, a replica of ours, a namespace. Empty where there is one only. */
  target: string;
}

/** What an instance is found to be doing. */
export interface InstanceStatus {
  /**
   * `starting`, `running` (its front answers), `idle` (scaled to zero; a call wakes it), `failed` (it will not come up by itself),
   * `unreachable` (nobody knows; it may be running), `gone` (there is no such instance).
   */
  phase: 'starting' | 'running' | 'idle' | 'failed' | 'unreachable' | 'gone';
  /** The generation that it runs with; undefined where that is not known. */
  generation: number | undefined;
  /** The whole URL of its endpoint; undefined before it has one. */
  url: string | undefined;
  /** Where the start is: a word for people and programs, as `pulling-image`; undefined when up. */
  step: string | undefined;
  /** Why it is not running. */
  problem: RuntimeProblem | undefined;
  /** MCP sessions that it has now; 0 where that is not known. */
  sessions: number;
}

/** Reasons why a server does not run. Each is explained in the errors' catalogue. */
export const RUNTIME_PROBLEM_CODES = [
  /** No agent, no cluster, no processes allowed: nothing is configured that could run it. */
  'RUNTIME_NOT_CONFIGURED',
  /** The agent, or the cluster, did not answer. */
  'RUNTIME_UNREACHABLE',
  /** It answered, and refused us: a wrong secret, missing rights, a quota. */
  'RUNTIME_REFUSED',
  /** The image or the command is not on its list, or it has no Docker. */
  'LAUNCH_NOT_ALLOWED',
  /** The image cannot be pulled, the program is not there. */
  'LAUNCH_NOT_FOUND',
  /** It ended by itself, again and again. */
  'SERVER_EXITED',
  /** It used more memory than it may. */
  'SERVER_OUT_OF_MEMORY',
  /** It did not answer as an MCP server within its time. */
  'SERVER_NOT_READY',
] as const;
export type RuntimeProblemCode = (typeof RUNTIME_PROBLEM_CODES)[number];

/** Why a server does not run, for its owner and its operator. */
export interface RuntimeProblem {
  code: RuntimeProblemCode;
  /** Of the runtime that has the problem: an agent's name, a namespace. Shown to owners; empty where there is nothing to name. */
  target: string;
  /** The place is none that this process is configured with. What was started there may run, and another process may know it. */
  isUnknownPlace?: boolean;
  /** For the log alone, and of that only what `loggableCause` takes of it: may quote the server's own output. */
  cause?: unknown;
}

/** Several targets as one, to be read by people: the first five. */
export function namesOf(targets: readonly string[]): string {
  const MAX = 5;
  return targets.length > MAX ? `${targets.slice(0, MAX).join(', ')}, …` : targets.join(', ');
}

/** A runtime could not do what was asked. */
export class RuntimeFailure extends Error {
  override readonly name = 'RuntimeFailure';
  readonly problem: RuntimeProblem;

  constructor(problem: RuntimeProblem) {
    super(problem.code, { cause: problem.cause });
    this.problem = problem;
  }
}

/**
 * A place where managed servers run. All operations may be repeated, by several replicas at once, and after a crash at any point; none waits
 * for a server to come up.
 */
export interface Runtime {
  readonly kind: RuntimeKind;
  /**
   * Targets where a new instance could go now, those with the least load first; empty where nothing is configured or alive. Instances of one
   * deployment go to different targets as far as there are enough.
   */
  targets(signal: AbortSignal): Promise<readonly string[]>;
  /** Why there is no target, asked where there is none: what it has does not answer, is full, or is not configured; with its name. */
  obstacle(signal: AbortSignal): Promise<RuntimeProblem>;
  /** Has the instance run at this target with this specification: starts it, replaces one of an older generation, or leaves it. @throws RuntimeFailure */
  ensure(spec: InstanceSpec, target: string, signal: AbortSignal): Promise<void>;
  /** What it is doing; one that nobody can ask is `unreachable`. Never throws for that. */
  status(placement: Placement, signal: AbortSignal): Promise<InstanceStatus>;
  /** Ends it and takes away everything that was made for it. Nothing happens where it is gone. @throws RuntimeFailure where that cannot be known */
  stop(placement: Placement, signal: AbortSignal): Promise<void>;
  /** The last lines it wrote, the oldest first; at most `lines`, each of at most 2,000 characters. @throws RuntimeFailure */
  logs(
    placement: Placement,
    options: { lines: number },
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** Has one that is `idle` come up. Nothing happens otherwise. @throws RuntimeFailure */
  wake(placement: Placement, signal: AbortSignal): Promise<void>;
}
