import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../../src/modules/credentials/credential.ts';
import {
  CredentialVault,
  credentialContext,
  urlContext,
  type VaultRow,
} from '../../../src/modules/credentials/credential-vault.ts';
import { parseKeyring } from '../../../src/modules/credentials/keyring.ts';
import { SealedBox } from '../../../src/modules/credentials/sealed-box.ts';

const newVault = (keys: string) => new CredentialVault({ box: new SealedBox(parseKeyring(keys)) });
const A = randomBytes(32).toString('base64');
const B = randomBytes(32).toString('base64');
const vault = newVault(`k1:${A}`);

const alice = { tenantId: 'tenant-a', userId: 'alice' };
const row: VaultRow = { identity: alice, rowId: randomUUID() };
const URL_A = 'https://mcp.example.com/mcp';
const bearer: Credentials = { kind: 'bearer', token: 'token-of-alice' };
const headers: Credentials = {
  kind: 'headers',
  headers: { 'X-Api-Key': 'key of alice', 'x-second': 'ä🔑' },
};

const openFailed = expect.objectContaining({ name: 'SealError', code: 'OPEN_FAILED' });
const elsewhere: [string, VaultRow][] = [
  ['another row', { ...row, rowId: randomUUID() }],
  ['another user', { ...row, identity: { ...alice, userId: 'bob' } }],
  ['another tenant', { ...row, identity: { ...alice, tenantId: 'tenant-b' } }],
  ['user and tenant exchanged', { ...row, identity: { tenantId: 'alice', userId: 'tenant-a' } }],
  [
    'a user who has the prefix in the name',
    { ...row, identity: { ...alice, userId: 'user:alice' } },
  ],
  ['a user with another case', { ...row, identity: { ...alice, userId: 'Alice' } }],
];

const inProject: VaultRow = { ...row, identity: { ...alice, projectId: 'atlas' } };
const personal: VaultRow = { ...inProject, isPersonal: true };
/** Each names another place than the personal credential of alice in atlas. */
const notHers: [string, VaultRow][] = [
  ['what the project shares', inProject],
  ['another member', { ...personal, identity: { ...personal.identity, userId: 'bob' } }],
  ['another project', { ...personal, identity: { ...personal.identity, projectId: 'borea' } }],
  [
    'the same project of another tenant',
    { ...personal, identity: { ...personal.identity, tenantId: 'tenant-b' } },
  ],
  ['her own', row],
  [
    'a user with the name of the place',
    { ...row, identity: { ...alice, userId: '["atlas","alice"]' } },
  ],
  [
    'a project with the name of the place',
    { ...inProject, identity: { ...alice, projectId: '["atlas","alice"]' } },
  ],
  [
    'names that are cut elsewhere',
    { ...personal, identity: { ...alice, userId: 'alice"]', projectId: 'atlas","' } },
  ],
];

describe('in a project', () => {
  it('what is shared opens for each member', () => {
    const sealed = vault.sealCredentials(bearer, inProject, URL_A);
    const ofBob = { ...inProject, identity: { ...inProject.identity, userId: 'bob' } };
    expect(vault.openCredentials(sealed, ofBob, URL_A)).toEqual(bearer);
    expect(vault.openUrl(vault.sealUrl(URL_A, inProject), ofBob)).toBe(URL_A);
  });

  it.each(notHers)('what is personal does not open as: %s', (_name, place) => {
    const sealed = vault.sealCredentials(bearer, personal, URL_A);
    expect(vault.openCredentials(sealed, personal, URL_A)).toEqual(bearer);
    expect(() => vault.openCredentials(sealed, place, URL_A)).toThrow(openFailed);
    const other = vault.sealCredentials(bearer, place, URL_A);
    expect(() => vault.openCredentials(other, personal, URL_A)).toThrow(openFailed);
  });
});

describe('CredentialVault', () => {
  it.each([bearer, headers])('gives credentials back: $kind', (credentials) => {
    const sealed = vault.sealCredentials(credentials, row, URL_A);
    expect(sealed).not.toContain('alice');
    expect(vault.openCredentials(sealed, row, URL_A)).toEqual(credentials);
  });

  it('keeps the order and the spelling of header names', () => {
    const opened = vault.openCredentials(vault.sealCredentials(headers, row, URL_A), row, URL_A);
    expect(opened.kind === 'headers' && Object.keys(opened.headers)).toEqual([
      'X-Api-Key',
      'x-second',
    ]);
  });

  it('gives URLs back, with the secret in their query', () => {
    const url = `${URL_A}?key=topsecret`;
    const sealed = vault.sealUrl(url, row);
    expect(vault.openUrl(sealed, row)).toBe(url);
  });

  it.each(elsewhere)('opens no credentials moved to %s', (_, other) => {
    const sealed = vault.sealCredentials(bearer, row, URL_A);
    expect(() => vault.openCredentials(sealed, other, URL_A)).toThrow(openFailed);
  });

  it.each(elsewhere)('opens no URL moved to %s', (_, other) => {
    const sealed = vault.sealUrl(URL_A, row);
    expect(() => vault.openUrl(sealed, other)).toThrow(openFailed);
  });

  it.each([
    'https://mcp.example.com/mcp/',
    'https://mcp.example.com/other',
    'https://mcp.example.com:8443/mcp',
    'http://mcp.example.com/mcp',
    'https://evil.example.com/mcp',
    '-',
  ])('opens no credentials for %s', (url) => {
    const sealed = vault.sealCredentials(bearer, row, URL_A);
    expect(() => vault.openCredentials(sealed, row, url)).toThrow(openFailed);
  });

  it('texts of the two columns cannot be exchanged, even under one row id', () => {
    const sealedUrl = vault.sealUrl(JSON.stringify(bearer), row);
    const sealedCredentials = vault.sealCredentials(bearer, row, '-');
    expect(() => vault.openCredentials(sealedUrl, row, '-')).toThrow(openFailed);
    expect(() => vault.openUrl(sealedCredentials, row)).toThrow(openFailed);
  });

  it('two rows cannot exchange their texts', () => {
    const other: VaultRow = { identity: alice, rowId: randomUUID() };
    const mine = vault.sealCredentials(bearer, row, URL_A);
    const theirs = vault.sealCredentials(headers, other, URL_A);
    expect(() => vault.openCredentials(theirs, row, URL_A)).toThrow(openFailed);
    expect(() => vault.openCredentials(mine, other, URL_A)).toThrow(openFailed);
  });

  it('refuses an identity, row or URL that is empty', () => {
    const incomplete = expect.objectContaining({ code: 'CONTEXT_INCOMPLETE' });
    expect(() => vault.sealUrl(URL_A, { ...row, rowId: '' })).toThrow(incomplete);
    expect(() => vault.sealCredentials(bearer, row, '')).toThrow(incomplete);
    expect(() => vault.sealUrl(URL_A, { ...row, identity: { ...alice, tenantId: '' } })).toThrow(
      incomplete,
    );
  });

  it('moves to a new key, after which the old one may go', () => {
    const sealed = vault.sealCredentials(bearer, row, URL_A);
    const both = newVault(`k2:${B},k1:${A}`);
    const resealed = both.sealCredentials(both.openCredentials(sealed, row, URL_A), row, URL_A);
    const newOnly = newVault(`k2:${B}`);
    expect(newOnly.openCredentials(resealed, row, URL_A)).toEqual(bearer);
    expect(() => newOnly.openCredentials(sealed, row, URL_A)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_KEY_ID' }),
    );
  });

  it('binds table, column, tenant, owner, row and URL; changing one of these strings loses every stored secret', () => {
    expect(urlContext(row)).toEqual({
      table: 'connectors',
      column: 'server_url_sealed',
      tenantId: 'tenant-a',
      owner: 'user:alice',
      rowId: row.rowId,
      url: '-',
    });
    expect(credentialContext(row, URL_A)).toEqual({
      table: 'credentials',
      column: 'sealed',
      tenantId: 'tenant-a',
      owner: 'user:alice',
      rowId: row.rowId,
      url: URL_A,
    });
  });
});
