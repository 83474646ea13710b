import type { ErrorCode } from '../../errors/error-codes.ts';
import type { RuntimeKind, RuntimeProblemCode } from '../../runtimes/runtime.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type { PlaceKind } from '../catalog/index.ts';
import type { DeploymentState } from './deployment-states.ts';

/** What the owner of a deployment wants of it. */
export type DeploymentWish = 'running' | 'stopped' | 'deleted';

/** What an instance is doing, as it was found last; `stopping` ones are on their way out, and count as none. */
export type InstanceState = 'starting' | 'running' | 'idle' | 'failed' | 'unreachable' | 'stopping';

/** One running copy of a deployed server. */
export interface DeploymentInstance {
  id: string;
  runtime: RuntimeKind;
  target: string;
  state: InstanceState;
  /** Undefined before its runtime has told it. */
  url: string | undefined;
  /** MCP sessions, when it was seen last. */
  sessions: number;
  seenAt: Date | undefined;
  /** Looks in a row that found nobody to ask. */
  missed: number;
  /** Of what it runs with; 0 before that is known. */
  generation: number;
  problemCode: RuntimeProblemCode | undefined;
  createdAt: Date;
}

/** Why a deployment does not run, and what has that problem: an agent, a namespace; empty where there is nothing to name. */
export interface DeploymentError {
  code: ErrorCode;
  target: string;
}

/** How a deployment stands. The one place where it is decided is `deployment-step.ts`. */
export interface DeploymentStatus {
  state: DeploymentState;
  /** Where it is being brought up, or runs; undefined before that is decided. */
  runtime: PlaceKind | undefined;
  /** How far it is, as a word. */
  step: string;
  error: DeploymentError | undefined;
  /** Since when it is being brought up where it is; undefined once it is up. */
  startedAt: Date | undefined;
  /** Failed attempts in a row, for the pauses between them. */
  attempts: number;
  /** Once it is up, its entry is switched on. */
  enableWanted: boolean;
  /** When somebody has to look at it again; undefined where nothing is to be done. */
  dueAt: Date | undefined;
}

/** The server of a catalog entry, brought up for one project. */
export interface Deployment extends DeploymentStatus {
  id: string;
  /** The owner's: the project, and no user. */
  owner: Identity & { projectId: string };
  entryKey: string;
  wanted: DeploymentWish;
  /** Settings and bearer secret. */
  sealed: string;
  /** Of what the catalog says of how it runs, hex. */
  specHash: string;
  /** Grows with each change of what instances run with. */
  generation: number;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  /** The oldest first. */
  instances: readonly DeploymentInstance[];
}
