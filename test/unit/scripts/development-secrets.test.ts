import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { jwtVerify } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  DevelopmentSecretsError,
  loadDevelopmentSecrets,
  withDevelopmentSecrets,
} from '../../../scripts/development-secrets.ts';
import { createDevelopmentToken } from '../../../scripts/development-token.ts';
import { loadConfig } from '../../../src/config.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'development-secrets-'));
  folder = path.join(root, '.dev');
});
afterEach(() => rm(root, { recursive: true }));

test('secrets are generated once, for their owner alone', async () => {
  const first = await loadDevelopmentSecrets('development', folder);
  expect(await loadDevelopmentSecrets(undefined, folder)).toEqual(first);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(path.join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
  const [, key = ''] = /^k1:(.+)$/.exec(first.encryptionKeys) ?? [];
  expect(Buffer.from(key, 'base64')).toHaveLength(32);
  expect(Buffer.from(first.jwtSecret, 'base64')).toHaveLength(32);
});

test('many processes at once agree on one set, and leave no draft behind', async () => {
  const all = await Promise.all(
    Array.from({ length: 20 }, () => loadDevelopmentSecrets('test', folder)),
  );
  expect(new Set(all.map(({ jwtSecret }) => jwtSecret)).size).toBe(1);
  expect(await readdir(folder)).toEqual(['secrets.json']);
});

test('there are none in production', async () => {
  await expect(loadDevelopmentSecrets('production', folder)).rejects.toThrow(
    DevelopmentSecretsError,
  );
  expect(await readdir(root)).toEqual([]);
});

test('a file that others can read is refused, without its content in the message', async () => {
  const { jwtSecret } = await loadDevelopmentSecrets('development', folder);
  await chmod(path.join(folder, 'secrets.json'), 0o640);
  const error: unknown = await loadDevelopmentSecrets('development', folder).catch(
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(DevelopmentSecretsError);
  expect(String(error)).toContain('Others can read');
  expect(String(error)).not.toContain(jwtSecret);
});

test('a folder that others can enter is closed', async () => {
  await loadDevelopmentSecrets('development', folder);
  await chmod(folder, 0o755);
  await loadDevelopmentSecrets('development', folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('what is not a file with secrets is refused', async () => {
  await loadDevelopmentSecrets('development', folder);
  const file = path.join(folder, 'secrets.json');
  await writeFile(file, '{"jwt_secret":"short"}');
  await expect(loadDevelopmentSecrets('development', folder)).rejects.toThrow('does not hold');
  await rm(file);
  await symlink(path.join(root, 'elsewhere.json'), file);
  await expect(loadDevelopmentSecrets('development', folder)).rejects.toThrow('is not a file');
});

test('the environment comes first, and is left alone when nothing is missing', async () => {
  const complete = { JWT_SECRET: 'x'.repeat(32), ENCRYPTION_KEYS: 'k9:mine' };
  expect(await withDevelopmentSecrets(complete, folder)).toEqual(complete);
  expect(await readdir(root)).toEqual([]);

  const keys = await withDevelopmentSecrets({ JWT_JWKS_URL: 'https://id.example.com' }, folder);
  expect(keys['JWT_SECRET']).toBeUndefined();
  expect(keys['ENCRYPTION_KEYS']).toMatch(/^k1:/);

  const config = loadConfig(await withDevelopmentSecrets({ PORT: '1234' }, folder));
  expect(config.port).toBe(1234);
});

test('a development token is what the service expects of an identity provider', async () => {
  const secret = 'a-secret-of-32-bytes-or-even-more';
  const token = await createDevelopmentToken({ secret, user: 'alice', tenant: 'acme', ttl: '30m' });
  const { payload, protectedHeader } = await jwtVerify(token, new TextEncoder().encode(secret), {
    issuer: 'mcp-connectors',
    audience: 'mcp-connectors',
  });
  expect(protectedHeader.alg).toBe('HS256');
  expect(payload).toMatchObject({
    sub: 'alice',
    tenant: 'acme',
    scope: 'connectors:read connectors:write tools:read tools:call',
  });
  expect(Number(payload.exp) - Number(payload.iat)).toBe(1800);
  await expect(createDevelopmentToken({ secret, user: 'a', ttl: 'soon' })).rejects.toThrow('ttl');
});

test('npm run token prints nothing but a token', async () => {
  const script = path.resolve(import.meta.dirname, '../../../scripts/token.ts');
  const env = { ...process.env, JWT_SECRET: 'x'.repeat(32), ENCRYPTION_KEYS: 'k1:x' };
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...args], { env });
  const { stdout } = await run('--user', 'bob', '--scopes', 'operator');
  const [, payload = ''] = stdout.trim().split('.');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    sub: 'bob',
    scope: 'operator',
  });
  await expect(run('--ttl', 'x')).rejects.toThrow('the ttl must be like');
});
