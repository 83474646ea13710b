import { AppError } from '../errors/app-error.ts';
import type { Caller, Identity } from './caller.ts';

/** For whom a request is: what its path and its `project_id` name. */
export interface Subject {
  /** `me` is the caller. */
  userId: string;
  projectId?: string | undefined;
}

/**
 * The user a request names, as far as the caller may act for them: themselves, or anybody of the tenant for an agent whose client
 * is listed in `AGENT_CLIENTS` (only then does its token keep the scope, and it has no projects).
 * @throws AppError `NOT_FOUND` for anybody else, `PROJECT_NOT_FOUND` for a project the token does not name: the caller cannot tell
 * what exists.
 */
export function identityFor(caller: Caller, { userId, projectId }: Subject): Identity {
  const identity = userIdentity(caller, userId);
  requireProject(caller, projectId);
  return identity;
}

/** @throws AppError `PROJECT_NOT_FOUND` for a project the token does not name */
export function requireProject(caller: Caller, projectId: string | undefined): void {
  if (projectId === undefined || caller.projects.has(projectId)) return;
  throw new AppError('PROJECT_NOT_FOUND');
}

function userIdentity(caller: Caller, userId: string): Identity {
  if (userId === 'me' || userId === caller.userId) return caller;
  if (caller.scopes.has('agent')) return { tenantId: caller.tenantId, userId };
  throw new AppError('NOT_FOUND');
}
