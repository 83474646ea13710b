import type { Prisma } from '../../database/prisma/client.ts';
import type { DeploymentInstanceModel, DeploymentModel } from '../../database/prisma/models.ts';
import { isErrorCode } from '../../errors/error-codes.ts';
import { RUNTIME_KINDS, RUNTIME_PROBLEM_CODES } from '../../runtimes/runtime.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type {
  Deployment,
  DeploymentInstance,
  DeploymentStatus,
  DeploymentWish,
  InstanceState,
} from './deployment.ts';
import { DEPLOYMENT_STATES } from './deployment-states.ts';

/** What is read with each deployment. */
export const withInstances = {
  instances: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
} satisfies Prisma.DeploymentInclude;

const WISHES: readonly DeploymentWish[] = ['running', 'stopped', 'deleted'];
const INSTANCE_STATES: readonly InstanceState[] = [
  'starting',
  'running',
  'idle',
  'failed',
  'unreachable',
  'stopping',
];

/** One of the values that a constraint of the column allows. */
function oneOf<Value extends string>(values: readonly Value[], text: string): Value {
  const found = values.find((value) => value === text);
  if (found === undefined) throw new Error('a row of deployments has a value of no constraint');
  return found;
}

/** Deployments belong to projects alone. @throws Error for another identity: a defect of ours */
export function projectColumns({ tenantId, projectId }: Identity) {
  if (projectId === undefined) throw new Error('deployments belong to projects');
  return { tenantId, ownerKind: 'project', ownerId: projectId };
}

/** The deployment of a row. */
export function toDeployment(
  row: DeploymentModel & { instances: DeploymentInstanceModel[] },
): Deployment {
  const { errorCode, errorTarget, runtime } = row;
  return {
    id: row.id,
    owner: { tenantId: row.tenantId, userId: '', projectId: row.ownerId },
    entryKey: row.entryKey,
    state: oneOf(DEPLOYMENT_STATES, row.state),
    wanted: oneOf(WISHES, row.wanted),
    enableWanted: row.enableWanted,
    sealed: row.sealed,
    specHash: row.specHash,
    generation: row.generation,
    runtime: runtime === null ? undefined : oneOf(['static', ...RUNTIME_KINDS] as const, runtime),
    step: row.step,
    error:
      errorCode === null
        ? undefined
        : { code: isErrorCode(errorCode) ? errorCode : 'INTERNAL', target: errorTarget ?? '' },
    startedAt: row.startedAt ?? undefined,
    attempts: row.attempts,
    dueAt: row.dueAt ?? undefined,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    instances: row.instances.map(toInstance),
  };
}

function toInstance(row: DeploymentInstanceModel): DeploymentInstance {
  const { problemCode } = row;
  return {
    id: row.id,
    runtime: oneOf(RUNTIME_KINDS, row.runtime),
    target: row.target,
    state: oneOf(INSTANCE_STATES, row.state),
    url: row.url ?? undefined,
    sessions: row.sessions,
    seenAt: row.seenAt ?? undefined,
    missed: row.missed,
    generation: row.generation,
    problemCode: problemCode === null ? undefined : oneOf(RUNTIME_PROBLEM_CODES, problemCode),
    createdAt: row.createdAt,
  };
}

/** The columns of a status, as far as it is given. */
export function statusColumns(status: Partial<DeploymentStatus>) {
  const { state, step, attempts, enableWanted } = status;
  return {
    ...(state !== undefined && { state }),
    ...(step !== undefined && { step }),
    ...(attempts !== undefined && { attempts }),
    ...(enableWanted !== undefined && { enableWanted }),
    ...emptiableColumns(status),
  };
}

/** Those that are given as undefined become null. */
function emptiableColumns(status: Partial<DeploymentStatus>) {
  const { runtime = null, startedAt = null, dueAt = null, error } = status;
  return {
    ...('runtime' in status && { runtime }),
    ...('startedAt' in status && { startedAt }),
    ...('dueAt' in status && { dueAt }),
    ...('error' in status && {
      errorCode: error?.code ?? null,
      errorTarget: error?.target ?? null,
    }),
  };
}
