import type {
  DeploymentLogs as DeploymentLogsResource,
  Deployment as DeploymentResource,
} from '../../contract/generated.ts';
import type { Deployment, DeploymentInstance } from './deployment.ts';
import { problemDetail } from './deployment-problem.ts';
import type { InstanceLog } from './deployment-service.ts';

/** How far a start is, roughly; another word is one of the place where it runs. */
const PERCENT: Readonly<Record<string, number>> = {
  ...{ waiting: 0, placing: 10, starting: 50, testing: 90, running: 100 },
  ...{ failed: 0, stopping: 0, stopped: 0, unreachable: 0 },
};
const PERCENT_ELSEWHERE = 40;

/** A deployment as the members of its project see it: neither where its servers answer, nor a secret. */
export function toDeploymentResource(deployment: Deployment): DeploymentResource {
  const { id, entryKey, owner, state, step, runtime, error, enableWanted } = deployment;
  return {
    ...{ id, key: entryKey, project_id: owner.projectId, state },
    progress: { step, percent: PERCENT[step] ?? PERCENT_ELSEWHERE },
    runtime: runtime ?? null,
    error_code: error?.code ?? null,
    error_message: error === undefined ? null : problemDetail(error),
    enabling: enableWanted,
    instances: deployment.instances.map(toInstanceResource),
    version: deployment.version,
    created_at: deployment.createdAt.toISOString(),
    updated_at: deployment.updatedAt.toISOString(),
  };
}

function toInstanceResource({
  runtime,
  target,
  state,
  sessions,
  seenAt,
  problemCode,
}: DeploymentInstance) {
  return {
    ...{ runtime, target, state, sessions },
    seen_at: seenAt?.toISOString() ?? null,
    error_code: problemCode ?? null,
  };
}

/** What instances wrote. */
export function toLogsResource(logs: readonly InstanceLog[]): DeploymentLogsResource {
  return {
    instances: logs.map(({ instance: { runtime, target }, lines }) => ({
      ...{ runtime, target },
      lines: [...lines],
    })),
  };
}
