import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PrismaResealStore, ResealService } from '../../../src/modules/connectors/index.ts';
import {
  CredentialVault,
  parseKeyring,
  SealedBox,
} from '../../../src/modules/credentials/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { connectorRow, credentialRow, insertRow } from '../../support/database-rows.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const URL_A = 'https://mcp.example.com/mcp';
const [k1, k2] = ['k1', 'k2'].map((id) => `${id}:${randomBytes(32).toString('base64')}`);
const boxOf = (keys: string) => new SealedBox(parseKeyring(keys));
const vaultOf = (keys: string) => new CredentialVault({ box: boxOf(keys) });

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
});

afterAll(async () => {
  await test.drop();
});

it('what all share and what each member gave is sealed anew, each for its own place', async () => {
  const old = vaultOf(String(k1));
  const places = ['atlas', 'borea'].map((projectId) => {
    const row = connectorRow({ owner_kind: 'project', owner_id: projectId });
    return { row, projectId, id: String(row['id']) };
  });
  const secretOf = (projectId: string, member: string) => `${projectId}-${member}`;
  const rows: { id: string; projectId: string; member: string }[] = [];
  for (const { row, projectId, id } of places) {
    const ofProject = { tenantId: 'tenant-a', userId: '', projectId };
    const server_url_sealed = old.sealUrl(URL_A, { identity: ofProject, rowId: id });
    await insertRow(test.owner, 'connectors', { ...row, server_url_sealed });
    for (const member of projectId === 'atlas' ? ['alice', 'bob'] : ['']) {
      const credential = credentialRow(row, { member_id: member });
      const place = {
        identity: { ...ofProject, userId: member },
        rowId: String(credential['id']),
        isPersonal: member !== '',
      };
      const secret = { kind: 'bearer', token: secretOf(projectId, member) } as const;
      const sealed = old.sealCredentials(secret, place, URL_A);
      await insertRow(test.owner, 'credentials', { ...credential, sealed });
      rows.push({ id: place.rowId, projectId, member });
    }
  }
  const both = `${k2},${k1}`;
  const service = new ResealService({
    store: new PrismaResealStore({ database: test.database }),
    vault: vaultOf(both),
    box: boxOf(both),
    clock: new FakeClock(),
  });

  const progress = await service.reseal(() => {});

  expect(progress).toMatchObject({ total: 2, resealed: 2, skipped: 0, failed: [] });
  const now = vaultOf(String(k2));
  for (const { id, projectId, member } of rows) {
    const found = await test.owner.query('SELECT sealed FROM credentials WHERE id = $1', [id]);
    const identity = { tenantId: 'tenant-a', userId: member, projectId };
    const place = { identity, rowId: id, isPersonal: member !== '' };
    expect(now.openCredentials(found.rows[0].sealed, place, URL_A)).toEqual({
      kind: 'bearer',
      token: secretOf(projectId, member),
    });
  }
});
