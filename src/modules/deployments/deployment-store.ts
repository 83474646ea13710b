import type { Identity } from '../../tenancy/caller.ts';
import type {
  Deployment,
  DeploymentInstance,
  DeploymentStatus,
  DeploymentWish,
} from './deployment.ts';

/** A place in a list: newest first. */
export interface DeploymentPosition {
  createdAt: Date;
  id: string;
}

/** A deployment that there was none of. */
export interface NewDeployment
  extends Pick<Deployment, 'id' | 'entryKey' | 'sealed' | 'specHash' | 'enableWanted'> {
  at: Date;
}

/** What a request changes; what is absent stays. */
export interface DeploymentChanges extends Partial<DeploymentStatus> {
  wanted?: DeploymentWish;
  sealed?: string;
  specHash?: string;
  generation?: number;
  at: Date;
}

/** Deployments as requests see and change them: those of the project that the identity names. */
export interface DeploymentStore {
  /** Newest first. */
  list(
    identity: Identity,
    page: { limit: number; after: DeploymentPosition | undefined },
  ): Promise<Deployment[]>;
  find(identity: Identity, id: string): Promise<Deployment | undefined>;
  findByEntry(identity: Identity, entryKey: string): Promise<Deployment | undefined>;
  /** To which of these projects it belongs; undefined where to none. */
  findProject(
    identity: Identity,
    projectIds: readonly string[],
    id: string,
  ): Promise<string | undefined>;
  /** Due at once. @returns undefined where there is one of the entry already */
  insert(identity: Identity, deployment: NewDeployment): Promise<Deployment | undefined>;
  /** @returns undefined where it has another version by now, or is gone */
  update(
    identity: Identity,
    id: string,
    version: number,
    changes: DeploymentChanges,
  ): Promise<Deployment | undefined>;
}

/** A deployment that this process works on, until the lease is over. */
export interface ClaimedDeployment {
  deployment: Deployment;
  leaseId: string;
  /** Somebody else had begun, and did not come to an end. */
  isResumed: boolean;
}

/** What work found out of a deployment. */
export interface WorkOutcome extends DeploymentStatus {
  specHash: string;
  generation: number;
  at: Date;
  /** Something that a client can see is another one. */
  isVisible: boolean;
}

/** An instance as work leaves it. */
export type InstanceOutcome = Omit<DeploymentInstance, 'id' | 'runtime' | 'target' | 'createdAt'>;

/** Deployments of everybody, for background work. */
export interface DeploymentWorkStore {
  /** Takes the one that is due for the longest time; nobody else gets it for `seconds`. Undefined where none is due. */
  claim(lease: { now: Date; seconds: number }): Promise<ClaimedDeployment | undefined>;
  /** When the next one is due; undefined where none is. */
  nextDue(): Promise<Date | undefined>;
  /** Has background work called again at this time. */
  callAgain(at: Date): Promise<void>;
  /** Makes due what runs at this place, and what waits for one of its kind, and has background work called at once. */
  hasten(place: Pick<DeploymentInstance, 'runtime' | 'target'>, now: Date): Promise<void>;
  /**
   * Writes down what was found, and gives the deployment back.
   * @returns false where a request changed it meanwhile: nothing is written, and it is due at once
   */
  finish(claimed: ClaimedDeployment, outcome: WorkOutcome): Promise<boolean>;
  /** Whether a request changed it since it was claimed. */
  isChanged(claimed: ClaimedDeployment): Promise<boolean>;
  /** Keeps it for `seconds` more, where it is not somebody else's by now. */
  renew(claimed: ClaimedDeployment, lease: { now: Date; seconds: number }): Promise<void>;
  /** Gives it back as it was, due at another time. */
  release(claimed: ClaimedDeployment, dueAt: Date): Promise<void>;
  /** Deletes the deployment with what is left of its instances. */
  remove(claimed: ClaimedDeployment): Promise<void>;
  addInstance({ deployment }: ClaimedDeployment, instance: DeploymentInstance): Promise<void>;
  saveInstance(id: string, outcome: InstanceOutcome): Promise<void>;
  removeInstance(id: string): Promise<void>;
  /** Origins of all instances, each once. */
  listOrigins(): Promise<string[]>;
}
