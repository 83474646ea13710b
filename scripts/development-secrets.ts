import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** The secrets a developer would otherwise have to make up. */
export interface DevelopmentSecrets {
  jwtSecret: string;
  /** In the format of `ENCRYPTION_KEYS`. */
  encryptionKeys: string;
}

/** The secrets cannot be used, or must not be. The message says what to do, and holds no secret. */
export class DevelopmentSecretsError extends Error {
  override readonly name = 'DevelopmentSecretsError';
}

/** Where the secrets of this checkout lie; git ignores the folder. */
export const DEVELOPMENT_FOLDER = path.resolve(import.meta.dirname, '../.dev');

const FILE = 'secrets.json';
const SecretsFile = Type.Object({
  jwt_secret: Type.String({ minLength: 32 }),
  encryption_keys: Type.String({ pattern: '^[\\w-]+:[A-Za-z0-9+/]{43}=$' }),
});

/**
 * The secrets of this checkout, generated on the first call: random, readable by their owner alone, and the same for
 * everybody who asks at the same time.
 * @param environment `NODE_ENV`
 * @throws DevelopmentSecretsError in production, and when others can read the file.
 */
export async function loadDevelopmentSecrets(
  environment: string | undefined,
  folder: string = DEVELOPMENT_FOLDER,
): Promise<DevelopmentSecrets> {
  if (environment === 'production') {
    throw new DevelopmentSecretsError(
      'There are no generated secrets in production. Set JWT_SECRET and ENCRYPTION_KEYS.',
    );
  }
  const file = path.join(folder, FILE);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if ((await lstat(file).catch(() => undefined)) === undefined) await createOnce(file);
  return readSecrets(file);
}

/**
 * The environment with `JWT_SECRET` and `ENCRYPTION_KEYS` filled in from the development secrets, where it does not
 * set them (or `JWT_JWKS_URL`) itself.
 * @throws DevelopmentSecretsError as {@link loadDevelopmentSecrets}; not when nothing is missing.
 */
export async function withDevelopmentSecrets(
  env: Readonly<Record<string, string | undefined>>,
  folder: string = DEVELOPMENT_FOLDER,
): Promise<Record<string, string | undefined>> {
  const needsSecret = !env['JWT_SECRET'] && !env['JWT_JWKS_URL'];
  if (!needsSecret && env['ENCRYPTION_KEYS']) return { ...env };
  const secrets = await loadDevelopmentSecrets(env['NODE_ENV'], folder);
  return {
    ...env,
    ...(needsSecret ? { JWT_SECRET: secrets.jwtSecret } : {}),
    ENCRYPTION_KEYS: env['ENCRYPTION_KEYS'] || secrets.encryptionKeys,
  };
}

/** A file appears under its name only when it is complete, and the first one to appear stays. */
async function createOnce(file: string): Promise<void> {
  const content = {
    jwt_secret: randomBytes(32).toString('base64'),
    encryption_keys: `k1:${randomBytes(32).toString('base64')}`,
  };
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!exists) throw error;
  } finally {
    await rm(draft);
  }
}

async function readSecrets(file: string): Promise<DevelopmentSecrets> {
  const { mode, uid, isFile } = await status(file);
  const remedy = `Delete ${file}, and new secrets are generated. Data that was sealed with the old ones is lost.`;
  if (!isFile) throw new DevelopmentSecretsError(`${file} is not a file. ${remedy}`);
  // Windows has no such modes.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new DevelopmentSecretsError(
      `Others can read ${file}: its secrets are not secret any more. ${remedy}`,
    );
  }
  const user = process.getuid?.() ?? uid;
  if (user !== 0 && uid !== user) {
    throw new DevelopmentSecretsError(`${file} belongs to another user. ${remedy}`);
  }
  const content = parse(await readFile(file, 'utf8'));
  if (!Value.Check(SecretsFile, content)) {
    throw new DevelopmentSecretsError(`${file} does not hold the secrets. ${remedy}`);
  }
  return { jwtSecret: content.jwt_secret, encryptionKeys: content.encryption_keys };
}

async function status(file: string): Promise<{ mode: number; uid: number; isFile: boolean }> {
  const stats = await lstat(file);
  return { mode: stats.mode, uid: stats.uid, isFile: stats.isFile() };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
