import type { McpTransport } from '../../mcp/client/mcp-client.ts';
import type { Launch } from '../../runtimes/launch.ts';
import type { RuntimeKind } from '../../runtimes/runtime.ts';

/** To whom an entry is offered: project admins switch it on for a project, users connect it for themselves (a system tool). */
export type CatalogOffer = 'project' | 'user';

/** How a server of the catalog authenticates us. */
export type CatalogAuth =
  | { kind: 'none' }
  /** By headers that are made of the entry's settings. */
  | { kind: 'settings' }
  /** By a sign-in of each user. */
  | {
      kind: 'oauth2';
      /** Asked for besides what the server names. */
      scopes: readonly string[];
      /** Names the client that the operator registered, in `OAUTH_CLIENTS`; undefined where any authorization server will do. */
      issuer: string | undefined;
    };

/** Where the server of an entry runs: `static` at its URL, where somebody else runs it; the others are runtimes of ours. */
export type PlaceKind = 'static' | RuntimeKind;

/** How a setting gets to a server that is deployed. */
export type SettingCarrier =
  | { kind: 'variable'; variable: string }
  /** A file that has the value as its content. */
  | { kind: 'file'; name: string; variable: string };

/** What whoever switches an entry on has to say, or may say. */
export interface CatalogSetting {
  /** Lower case, digits and underscores; unique within its entry. */
  name: string;
  title: string;
  description: string | undefined;
  type: 'string' | 'url' | 'integer' | 'boolean';
  isRequired: boolean;
  /** Never comes back out, and is never logged. */
  isSecret: boolean;
  default: SettingValue | undefined;
  /** The values it may have; undefined for any of its type. */
  allowed: readonly SettingValue[] | undefined;
  /** The request header that carries it to a static server; `{value}` in the template stands for the value. Undefined where there is none. */
  header: { name: string; template: string } | undefined;
  /** Undefined where its server is not deployed. */
  carrier: SettingCarrier | undefined;
}

/** The value of a setting. */
export type SettingValue = string | number | boolean;

/** The values of an entry's settings, by name. */
export type SettingValues = Readonly<Record<string, SettingValue>>;

/** A known MCP server that can be switched on. */
export interface CatalogEntry {
  /** Lower case letters, digits and single hyphens, 24 characters at most; the slug of its connectors, too. */
  key: string;
  title: string;
  description: string;
  /** An https URL. */
  icon: string | undefined;
  offeredTo: CatalogOffer;
  /** What to run where the operator hosts it; told to operators only. */
  image: string | undefined;
  /** How its server is started; undefined where it is not. */
  launch: Launch | undefined;
  /** Where its server may run, the preferred place first. What is not `static` needs {@link launch}. */
  runOn: readonly PlaceKind[];
  /** How many copies of a deployed server run. */
  instances: number;
  /** The whole URL, its placeholders filled in; undefined where the entry is never static. */
  url: string | undefined;
  transport: McpTransport;
  /**
   * How its server is reached. `pinned`: the operator runs it, or vouches for it; exactly the origin of `url` is reached, be it private or
   * plain http, and no connector of a user is let there. `public`: as a server that a user typed.
   */
  reach: 'pinned' | 'public';
  auth: CatalogAuth;
  settings: readonly CatalogSetting[];
  /** The feature that has to be open; undefined where it needs none. */
  gate: string | undefined;
  /** Former keys, read as this one. */
  legacyKeys: readonly string[];
}

/** What a row of `connectors` says of where it comes from: an entry offered to projects, or to users. */
export function sourceOf({ offeredTo }: Pick<CatalogEntry, 'offeredTo'>): 'catalog' | 'system' {
  return offeredTo === 'project' ? 'catalog' : 'system';
}
