import { describe, expect, it } from 'vitest';
import type { Caller, ProjectRole, Scope } from '../../../src/tenancy/caller.ts';
import {
  identityFor,
  managerIdentity,
  memberIdentity,
  roleIn,
} from '../../../src/tenancy/identity-for.ts';

const caller = (
  projects: readonly (readonly [string, ProjectRole])[],
  scopes: readonly Scope[] = [],
): Caller => ({
  tenantId: 'tenant-a',
  userId: 'alice',
  scopes: new Set(scopes),
  actor: undefined,
  clientId: undefined,
  tokenExpiresAt: new Date(0),
  projects: new Map(projects),
});
const alice = caller([
  ['atlas', 'admin'],
  ['borea', 'member'],
]);
const own = { tenantId: 'tenant-a', userId: 'alice' };
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('the caller of a request', () => {
  it('is at work in a project of the token, or on what is their own', () => {
    for (const userId of ['me', 'alice']) {
      expect(identityFor(alice, { userId })).toEqual(own);
      expect(identityFor(alice, { userId, projectId: 'borea' })).toEqual({
        ...own,
        projectId: 'borea',
      });
    }
    expect(memberIdentity(alice, undefined)).toEqual(own);
    expect(memberIdentity(alice, 'atlas')).toEqual({ ...own, projectId: 'atlas' });
  });

  it.each(['', 'Atlas', 'atlas ', 'alice', 'constructor', '__proto__'])(
    'is in no other project: %j',
    (projectId) => {
      for (const ask of [
        () => identityFor(alice, { userId: 'me', projectId }),
        () => memberIdentity(alice, projectId),
        () => managerIdentity(alice, projectId),
        () => roleIn(alice, projectId),
      ]) {
        expect(ask).toThrow(code('PROJECT_NOT_FOUND'));
      }
    },
  );

  it('manages what is their own, and projects whose admin they are', () => {
    expect(managerIdentity(alice, undefined)).toEqual(own);
    expect(managerIdentity(alice, 'atlas')).toEqual({ ...own, projectId: 'atlas' });
    expect(() => managerIdentity(alice, 'borea')).toThrow(code('PROJECT_ADMIN_REQUIRED'));
    expect([undefined, 'atlas', 'borea'].map((id) => roleIn(alice, id))).toEqual([
      'owner',
      'admin',
      'member',
    ]);
  });

  it('does not bring projects along to another user', () => {
    expect(() => identityFor(alice, { userId: 'bob', projectId: 'atlas' })).toThrow(
      code('NOT_FOUND'),
    );
    const agent = caller([], ['agent']);
    expect(identityFor(agent, { userId: 'bob' })).toEqual({ tenantId: 'tenant-a', userId: 'bob' });
    expect(() => identityFor(agent, { userId: 'bob', projectId: 'atlas' })).toThrow(
      code('PROJECT_NOT_FOUND'),
    );
  });
});
