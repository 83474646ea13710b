import { describe, expect, it } from 'vitest';
import {
  ConnectorAccessService,
  type ConnectorUse,
} from '../../../src/modules/connectors/connector-access-service.ts';
import type { ConnectorPlace } from '../../../src/modules/connectors/connector-place-store.ts';
import type { Caller, ProjectRole } from '../../../src/tenancy/caller.ts';

const own: ConnectorPlace = { projectId: undefined, credentialMode: 'shared' };
const shared: ConnectorPlace = { projectId: 'atlas', credentialMode: 'shared' };
const personal: ConnectorPlace = { projectId: 'atlas', credentialMode: 'personal' };
const USES: ConnectorUse[] = ['see', 'sign-in', 'manage'];

function callerIn(projects: Readonly<Record<string, ProjectRole>>): Caller {
  return {
    tenantId: 'tenant-a',
    userId: 'alice',
    scopes: new Set(),
    actor: undefined,
    clientId: undefined,
    tokenExpiresAt: new Date(0),
    projects: new Map(Object.entries(projects)),
  };
}

/** What each use of a connector at this place ends with: the role, or the code of the refusal. */
async function outcomes(caller: Caller, place: ConnectorPlace | undefined): Promise<unknown[]> {
  const asked: unknown[] = [];
  const service = new ConnectorAccessService({
    places: {
      findPlace: async (identity, projectIds, id) => {
        asked.push({ identity, projectIds, id });
        return place;
      },
    },
  });
  const found = [];
  for (const use of USES) {
    const access = await service.allow(caller, 'c1', use).catch((error: { code: string }) => error);
    found.push('code' in access ? access.code : access.role);
    const expected = { tenantId: 'tenant-a', userId: 'alice', projectId: place?.projectId };
    if ('identity' in access) expect(access.identity).toEqual(expected);
  }
  const question = {
    identity: { tenantId: 'tenant-a', userId: 'alice' },
    projectIds: [...caller.projects.keys()],
    id: 'c1',
  };
  expect(asked).toEqual(caller.projects.size === 0 ? [] : USES.map(() => question));
  return found;
}

describe('what a caller may do with a connector', () => {
  const REFUSED = 'PROJECT_ADMIN_REQUIRED';
  const member = callerIn({ borea: 'admin', atlas: 'member' });
  const admin = callerIn({ borea: 'member', atlas: 'admin' });

  it.each<[string, Caller, ConnectorPlace | undefined, string[]]>([
    ['who is in no project, of what is their own', callerIn({}), own, ['owner', 'owner', 'owner']],
    ['who is in projects, of what is their own', member, own, ['owner', 'owner', 'owner']],
    ['a member, with shared credentials', member, shared, ['member', REFUSED, REFUSED]],
    ['a member, with personal ones', member, personal, ['member', 'member', REFUSED]],
    ['an admin, with shared credentials', admin, shared, ['admin', 'admin', 'admin']],
    ['an admin, with personal ones', admin, personal, ['admin', 'admin', 'admin']],
    [
      'who finds none',
      member,
      undefined,
      ['CONNECTOR_NOT_FOUND', 'CONNECTOR_NOT_FOUND', 'CONNECTOR_NOT_FOUND'],
    ],
  ])('%s', async (_who, caller, place, expected) => {
    expect(await outcomes(caller, place)).toEqual(expected);
  });
});
