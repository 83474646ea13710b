import type { ErrorCode } from '../error-codes.ts';
import type { ErrorExplanation } from './error-explanation.ts';

/** Errors of what is asked of deployments; why a server does not run is told by those of runtimes. */
export const DEPLOYMENT_ERRORS = {
  DEPLOYMENT_NOT_FOUND: {
    retryable: false,
    cause: [
      'No project of the caller has a deployment with this id. It was taken away and its servers are gone, or it belongs to another project.',
    ],
    shown: 'There is no such deployment. Read the list of deployments again.',
    user: ['Read the list of deployments again: it may have been taken away meanwhile.'],
    operator: ['Compare the projects in the token of the caller with the project that has it.'],
  },
  DEPLOYMENT_NOT_POSSIBLE: {
    retryable: false,
    cause: ['The entry says nothing of how its server is started: somebody else runs it.'],
    shown: 'This server is not started here: somebody else runs it. Switch it on as it is.',
    user: ['Switch the entry on; there is nothing to deploy.'],
    operator: [
      'To have it started here, say how (`launch`) and where (`run_on`) in the file of `CATALOG_FILE`.',
    ],
  },
  DEPLOYMENT_CHANGED: {
    retryable: true,
    cause: ['Others changed the deployment again and again while this change was made.'],
    shown: 'Somebody else changes this deployment right now. Read it again, and try again.',
    user: ['Read the deployment again, and repeat what is still wanted.'],
    operator: ['Look for a client that starts and stops the same deployment in a loop.'],
  },
} satisfies Partial<Record<ErrorCode, ErrorExplanation>>;
