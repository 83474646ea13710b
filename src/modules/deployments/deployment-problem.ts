import { ERROR_CATALOGUE } from '../../errors/error-catalogue.ts';
import type { Deployment, DeploymentError } from './deployment.ts';
import type { DeploymentDraft } from './deployment-step.ts';

/** What is wrong, what has the problem and what to do, in words for people. */
export function problemDetail({ code, target }: DeploymentError): string {
  const { shown } = ERROR_CATALOGUE[code];
  return target === '' ? shown : `${target}: ${shown}`;
}

/** What a deployment is found to have that it had not before, unless it is a problem of one of its instances: those are told by themselves. */
export function untoldProblem(
  before: Pick<Deployment, 'error' | 'instances'>,
  { error, instances, nowhere }: Pick<DeploymentDraft, 'error' | 'instances' | 'nowhere'>,
): (DeploymentError & { cause?: unknown }) | undefined {
  if (error === undefined || error.code === before.error?.code) return undefined;
  const isToldOf = [...before.instances, ...instances].some(
    (one) => one.problemCode === error.code,
  );
  if (isToldOf) return undefined;
  return error.code === nowhere?.code ? { ...error, cause: nowhere.cause } : error;
}
