import { OutboundError } from '../../outbound/outbound-error.ts';
import { parseHttpUrl } from '../../outbound/outbound-policy.ts';
import { isRefusedHeader } from '../credentials/index.ts';
import type { EntryDocument } from './catalog-document.ts';
import type { CatalogAuth, CatalogEntry, CatalogSetting, SettingValue } from './catalog-entry.ts';
import {
  carrierProblems,
  type EntryProblem,
  launchProblems,
  toCarrier,
  toLaunch,
  toPlaces,
} from './launch-document.ts';
import { valueProblem } from './setting-values.ts';

/** What the addresses of entries are made with. */
export interface EntryPlacement {
  /** Of the cluster that the servers run in. */
  namespace: string;
}

/** The service of a cluster, as document and manifests name it. */
const DEFAULT_URL = 'http://{service}.{namespace}.svc.cluster.local:{port}{path}';
const DEFAULT_PATH = '/mcp';
const DEFAULT_TEMPLATE = '{value}';

/** What is wrong with an entry whose form is right. */
export function entryProblems(entry: EntryDocument): EntryProblem[] {
  return [
    ...(isStatic(entry) ? urlProblems(entry) : []),
    ...authProblems(entry),
    ...settingProblems(entry),
    ...carrierProblems(entry),
    ...launchProblems(entry),
  ];
}

/** The entry as the service knows it. It has none of {@link entryProblems}. */
export function toEntry(entry: EntryDocument, placement: EntryPlacement): CatalogEntry {
  return {
    key: entry.key,
    title: entry.title,
    description: entry.description,
    icon: entry.icon,
    offeredTo: entry.offered_to === 'user' ? 'user' : 'project',
    image: entry.image,
    launch: toLaunch(entry),
    runOn: toPlaces(entry),
    instances: entry.instances ?? 1,
    url: isStatic(entry) ? fillUrl(entry, placement) : undefined,
    transport: entry.transport === 'sse' ? 'sse' : 'streamable-http',
    reach: entry.reach === 'public' ? 'public' : 'pinned',
    auth: toAuth(entry),
    settings: (entry.settings ?? []).map(toSetting),
    gate: entry.gate,
    legacyKeys: entry.legacy_keys ?? [],
  };
}

/** Does somebody else run it, now or where it cannot be deployed? */
function isStatic(entry: EntryDocument): boolean {
  return toPlaces(entry).includes('static');
}

function fillUrl(
  { url = DEFAULT_URL, service = '', port, path = DEFAULT_PATH }: EntryDocument,
  { namespace }: EntryPlacement,
): string {
  const parts: Readonly<Record<string, string>> = { service, namespace, port: String(port), path };
  return url.replace(/\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole);
}

function urlProblems(entry: EntryDocument): EntryProblem[] {
  const { url = DEFAULT_URL, service, port } = entry;
  const at = (name: string, message: string) => [{ path: [name], message }];
  const unknown = /\{(?!(?:service|namespace|port|path)\})[^}]*\}?/.test(url);
  if (unknown)
    return at('url', 'knows the placeholders {service}, {namespace}, {port} and {path} only');
  if (url.includes('{service}') && service === undefined)
    return at('service', 'is required where url does not say all');
  if (url.includes('{port}') && port === undefined)
    return at('port', 'is required where url does not say all');
  try {
    const { protocol, hash } = parseHttpUrl(fillUrl(entry, { namespace: 'default' }));
    if (hash !== '') return at('url', 'must have no fragment');
    if (entry.reach === 'public' && protocol !== 'https:')
      return at('url', 'must be https where reach is public');
    return [];
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return at('url', 'must be an http or https URL without user name and password');
  }
}

function authProblems({
  auth,
  settings = [],
  offered_to: offeredTo,
}: EntryDocument): EntryProblem[] {
  const kind = auth?.kind;
  if (kind === 'oauth2' && offeredTo !== 'user') {
    return [
      {
        path: ['auth', 'kind'],
        message: 'oauth2 is for entries offered to users: each of them signs in',
      },
    ];
  }
  if (kind === 'settings' && settings.length === 0) {
    return [{ path: ['settings'], message: 'is required with auth settings' }];
  }
  if (kind !== undefined && kind !== 'settings' && settings.length > 0) {
    return [{ path: ['settings'], message: 'is for auth settings only' }];
  }
  return [];
}

function settingProblems(entry: EntryDocument): EntryProblem[] {
  const parsed = (entry.settings ?? []).map(toSetting);
  return parsed.flatMap((setting, index) =>
    [
      ...repeated(setting, parsed.slice(0, index)),
      ...headerProblems(setting, isStatic(entry)),
      ...valueProblems(setting),
    ].map(({ path, message }) => ({ path: ['settings', index, ...path], message })),
  );
}

function repeated(setting: CatalogSetting, others: readonly CatalogSetting[]): EntryProblem[] {
  const header = (one: CatalogSetting) => one.header?.name.toLowerCase();
  const problems: EntryProblem[] = [];
  if (others.some(({ name }) => name === setting.name)) {
    problems.push({ path: ['name'], message: 'is the name of another setting' });
  }
  if (setting.header !== undefined && others.some((other) => header(other) === header(setting))) {
    problems.push({ path: ['header', 'name'], message: 'is the header of another setting' });
  }
  return problems;
}

function headerProblems({ header }: CatalogSetting, isNeeded: boolean): EntryProblem[] {
  if (header === undefined) {
    return isNeeded
      ? [{ path: ['header'], message: 'is required where the server is static' }]
      : [];
  }
  if (!isRefusedHeader(header.name)) return [];
  return [{ path: ['header', 'name'], message: 'is a header that may not be set' }];
}

function valueProblems(setting: CatalogSetting): EntryProblem[] {
  const { allowed = [], default: fallback, isSecret } = setting;
  const free = { ...setting, allowed: undefined };
  const problems = allowed.flatMap((value, index) =>
    problemAt(['enum', index], valueProblem(free, value)),
  );
  if (fallback === undefined) return problems;
  const misplaced = isSecret ? 'has no place in a file: the setting is secret' : undefined;
  return [...problems, ...problemAt(['default'], misplaced ?? valueProblem(setting, fallback))];
}

function problemAt(path: (string | number)[], message: string | undefined): EntryProblem[] {
  return message === undefined ? [] : [{ path, message }];
}

function toAuth({ auth, settings }: EntryDocument): CatalogAuth {
  if (auth?.kind === 'oauth2') {
    const { scopes = [], issuer } = auth;
    return { kind: 'oauth2', scopes, issuer };
  }
  return { kind: settings === undefined ? 'none' : 'settings' };
}

const TYPES: Readonly<Record<string, CatalogSetting['type']>> = {
  url: 'url',
  integer: 'integer',
  boolean: 'boolean',
};

function toSetting(setting: NonNullable<EntryDocument['settings']>[number]): CatalogSetting {
  const { name, title, description, header } = setting;
  const template = header?.value ?? DEFAULT_TEMPLATE;
  const allowed: readonly SettingValue[] | undefined = setting.enum;
  return {
    ...{ name, title, description, allowed, default: setting.default },
    type: TYPES[setting.type] ?? 'string',
    isRequired: setting.required ?? false,
    isSecret: setting.secret ?? false,
    header: header === undefined ? undefined : { name: header.name, template },
    carrier: toCarrier(setting),
  };
}
