import { ERROR_CATALOGUE } from '../../errors/error-catalogue.ts';
import type { DeploymentError } from './deployment.ts';

/** What is wrong, what has the problem and what to do, in words for people. */
export function problemDetail({ code, target }: DeploymentError): string {
  const { shown } = ERROR_CATALOGUE[code];
  return target === '' ? shown : `${target}: ${shown}`;
}
