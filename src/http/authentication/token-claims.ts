import { type Static, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { canParseUrl } from '../../lib/can-parse-url.ts';
import type { Caller, Scope } from '../../tenancy/caller.ts';

/** Whoever has no tenant claim belongs to this tenant. */
const DEFAULT_TENANT = 'default';

// The ids reach database columns and log lines: no control characters, and bounded.
const Id = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000-\\u001f\\u007f]+$' });

// Seconds since 1970. JSON can write numbers that are read as Infinity, and a token must not live for ever.
const Time = Type.Number({
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
});

const Claims = Type.Object({
  sub: Id,
  exp: Time,
  nbf: Type.Optional(Time),
  iat: Type.Optional(Time),
  /** RFC 8693: who acts for `sub`. */
  act: Type.Optional(Type.Object({ sub: Id })),
  client_id: Type.Optional(Id),
  azp: Type.Optional(Id),
  scope: Type.Optional(
    Type.Union([Type.String({ maxLength: 4096 }), Type.Array(Type.String(), { maxItems: 200 })]),
  ),
  projects: Type.Optional(
    Type.Record(Id, Type.Union([Type.Literal('admin'), Type.Literal('member')]), {
      maxProperties: 1000,
    }),
  ),
});
const claims = TypeCompiler.Compile(Claims);
const tenant = TypeCompiler.Compile(Id);

const SCOPES: Readonly<Record<Scope, true>> = {
  'connectors:read': true,
  'connectors:write': true,
  'tools:read': true,
  'tools:call': true,
  operator: true,
  agent: true,
};

/** All that the compatibility mode for agents opens: the toolset routes. */
const AGENT_SCOPES: ReadonlySet<Scope> = new Set(['agent', 'tools:read', 'tools:call']);

/** The last moment a `Date` can hold. */
const LAST_MOMENT = 8.64e15;

/** How claims become a caller. */
export interface CallerRules {
  /** Name of the claim that holds the tenant. */
  tenantClaim: string;
  /** Clients whose bare `agent` scope is believed; empty where the compatibility mode is off. */
  agentClients: ReadonlySet<string>;
}

/**
 * The caller of a verified token, or undefined when a claim does not have the expected shape.
 * Scopes of other services are ignored. `agent` is kept only for the listed clients, and such a caller has no
 * projects and no scopes but those of tools, because no user stands behind the token.
 */
export function callerOf(payload: unknown, rules: CallerRules): Caller | undefined {
  if (!claims.Check(payload)) return undefined;
  const tenantId = tenantOf(payload, rules.tenantClaim);
  if (tenantId === undefined) return undefined;
  // Lone surrogates of two users would become the same bytes in the database.
  if (!tenantId.isWellFormed() || !payload.sub.isWellFormed()) return undefined;
  const clientId = payload.client_id ?? payload.azp;
  const trustedAgent = clientId !== undefined && rules.agentClients.has(clientId);
  const claimed = scopesOf(payload);
  const isAgent = trustedAgent && claimed.includes('agent');
  const scopes = claimed.filter((scope) => (isAgent ? AGENT_SCOPES.has(scope) : scope !== 'agent'));
  return {
    tenantId,
    userId: payload.sub,
    scopes: new Set(scopes),
    actor: payload.act?.sub,
    clientId,
    tokenExpiresAt: new Date(Math.min(payload.exp * 1000, LAST_MOMENT)),
    projects: new Map(isAgent ? [] : Object.entries(payload.projects ?? {})),
  };
}

/** Whether an address is one of the audiences of a verified token; how a URL is spelled makes no difference. */
export function isMeantFor(payload: object, address: string): boolean {
  const audiences = 'aud' in payload ? [payload.aud].flat() : [];
  return audiences.some((one) => typeof one === 'string' && canonical(one) === canonical(address));
}

function canonical(address: string): string {
  return (canParseUrl(address) ? new URL(address).href : address).replace(/\/+$/, '');
}

function tenantOf(payload: object, claim: string): string | undefined {
  const value = Object.entries(payload).find(([name]) => name === claim)?.[1];
  if (value === undefined) return DEFAULT_TENANT;
  return tenant.Check(value) ? value : undefined;
}

function scopesOf({ scope = [] }: Static<typeof Claims>): Scope[] {
  const names = typeof scope === 'string' ? scope.split(' ') : scope;
  return names.filter((name): name is Scope => Object.hasOwn(SCOPES, name));
}
