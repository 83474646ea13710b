// npm run token -- --user alice --tenant default --scopes "connectors:read tools:read" --project atlas=admin --ttl 8h
// Prints an access token for the service of this checkout, or for the one whose JWT_SECRET is set.
import { parseArgs } from 'node:util';
import { withDevelopmentSecrets } from './development-secrets.ts';
import { createDevelopmentToken, USER_SCOPES } from './development-token.ts';

async function main(): Promise<string> {
  const { values } = parseArgs({
    options: {
      user: { type: 'string', default: 'alice' },
      tenant: { type: 'string', default: 'default' },
      scopes: { type: 'string', default: USER_SCOPES.join(' ') },
      project: { type: 'string', multiple: true, default: [] },
      ttl: { type: 'string', default: '8h' },
    },
  });
  const env = await withDevelopmentSecrets(process.env);
  const secret = env['JWT_SECRET'];
  if (!secret) throw new Error('JWT_JWKS_URL is set: ask that identity provider for a token');
  return createDevelopmentToken({
    secret,
    user: values.user,
    tenant: values.tenant,
    scopes: values.scopes.split(/[\s,]+/).filter((scope) => scope !== ''),
    projects: Object.fromEntries(values.project.map(toMembership)),
    ttl: values.ttl,
    ...(env['JWT_ISSUER'] ? { issuer: env['JWT_ISSUER'] } : {}),
    ...(env['JWT_AUDIENCE'] ? { audience: env['JWT_AUDIENCE'] } : {}),
    ...(env['JWT_TENANT_CLAIM'] ? { tenantClaim: env['JWT_TENANT_CLAIM'] } : {}),
  });
}

/** Of `atlas=admin`; a member where no role is named. */
function toMembership(text: string): [string, string] {
  const at = text.lastIndexOf('=');
  return at === -1 ? [text, 'member'] : [text.slice(0, at), text.slice(at + 1)];
}

try {
  process.stdout.write(`${await main()}\n`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
