import { AppError } from '../errors/app-error.ts';
import type { Caller, Identity, ProjectRole } from './caller.ts';

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
  return { ...identity, projectId };
}

/**
 * The caller at work in a project, or on what is their own where there is none.
 * @throws AppError `PROJECT_NOT_FOUND` for a project the token does not name
 */
export function memberIdentity(caller: Caller, projectId: string | undefined): Identity {
  requireProject(caller, projectId);
  return { tenantId: caller.tenantId, userId: caller.userId, projectId };
}

/**
 * As {@link memberIdentity}, to change what belongs to the project.
 * @throws AppError `PROJECT_NOT_FOUND`, `PROJECT_ADMIN_REQUIRED` for a member who is no admin
 */
export function managerIdentity(caller: Caller, projectId: string | undefined): Identity {
  const identity = memberIdentity(caller, projectId);
  if (roleIn(caller, projectId) === 'member') throw new AppError('PROJECT_ADMIN_REQUIRED');
  return identity;
}

/** What the caller is to a connector of the project; `owner` of what is their own. */
export type ConnectorRole = ProjectRole | 'owner';

/** @throws AppError `PROJECT_NOT_FOUND` for a project the token does not name */
export function roleIn(caller: Caller, projectId: string | undefined): ConnectorRole {
  return requireProject(caller, projectId) ?? 'owner';
}

function requireProject(caller: Caller, projectId: string | undefined): ProjectRole | undefined {
  if (projectId === undefined) return undefined;
  const role = caller.projects.get(projectId);
  if (role === undefined) throw new AppError('PROJECT_NOT_FOUND');
  return role;
}

function userIdentity(caller: Caller, userId: string): Identity {
  const { tenantId } = caller;
  if (userId === 'me' || userId === caller.userId) return { tenantId, userId: caller.userId };
  if (caller.scopes.has('agent')) return { tenantId, userId };
  throw new AppError('NOT_FOUND');
}
