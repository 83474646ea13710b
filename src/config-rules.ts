import { isIP } from 'node:net';
import type { SettingName } from './config-settings.ts';
import { canParseUrl } from './lib/can-parse-url.ts';

/** The text of a setting, trimmed; undefined where it is absent or empty. */
export type SettingText = (name: SettingName) => string | undefined;

/** A rule that one setting's schema cannot state. Returns the problem, without any value. */
type Rule = (text: SettingText) => string | undefined;

const MIN_SECRET_BYTES = 32;

const RULES: readonly Rule[] = [
  (text) =>
    (text('JWT_SECRET') === undefined) === (text('JWT_JWKS_URL') === undefined)
      ? 'JWT_SECRET or JWT_JWKS_URL must be set, and not both'
      : undefined,
  whenSet(
    'JWT_SECRET',
    (secret) => Buffer.byteLength(secret) >= MIN_SECRET_BYTES,
    `must have at least ${MIN_SECRET_BYTES} bytes`,
  ),
  whenSet('JWT_JWKS_URL', isHttpUrl, 'must be an http or https URL without a user or a fragment'),
  whenSet(
    'KEY_SERVICE_URL',
    (url) => isHttpUrl(url) && !url.includes('?'),
    'must be an http or https URL without a user, query or fragment',
  ),
  inProduction(
    whenSet(
      'KEY_SERVICE_URL',
      isPrivateOrEncrypted,
      'must be an https URL in production, unless its host is of the own machine or cluster',
    ),
  ),
  (text) =>
    (text('KEY_SERVICE_URL') === undefined) === (text('KEY_SERVICE_TOKEN') === undefined)
      ? undefined
      : 'KEY_SERVICE_URL and KEY_SERVICE_TOKEN must be set together',
  (text) =>
    /:\s*vault:v/.test(text('ENCRYPTION_KEYS') ?? '') && text('KEY_SERVICE_URL') === undefined
      ? 'ENCRYPTION_KEYS has wrapped keys, which need KEY_SERVICE_URL'
      : undefined,
  whenSet(
    'PUBLIC_URL',
    (url) => isHttpUrl(url) && !url.includes('?'),
    'must be an http or https URL without a user, query or fragment',
  ),
  whenSet(
    'CORS_ORIGINS',
    (origins) => splitList(origins).every(isOrigin),
    'must be a list of origins such as https://app.example.com; a wildcard is not allowed',
  ),
  whenSet(
    'OAUTH_RETURN_URLS',
    (urls) => splitList(urls).every(isHttpUrl),
    'must be a list of http or https URLs without a user or fragment',
  ),
  inProduction(
    whenSet(
      'OAUTH_RETURN_URLS',
      (urls) => splitList(urls).every((url) => url.startsWith('https://')),
      'must be a list of https URLs in production',
    ),
  ),
  whenSet(
    'TRUST_PROXY',
    (proxies) => parseTrustProxy(proxies) !== undefined,
    'must be a number of proxies from 0 to 16, or a list of addresses and networks',
  ),
  (text) =>
    text('JWT_AUDIENCE') === `${withoutSlash(text('PUBLIC_URL') ?? '')}/mcp`
      ? 'JWT_AUDIENCE must not be the address of the MCP endpoint: its tokens may not manage connectors'
      : undefined,
  whenSet(
    'MCP_AUTHORIZATION_SERVERS',
    (issuers) => splitList(issuers).every((issuer) => isHttpUrl(issuer) && !issuer.includes('?')),
    'must be a list of http or https URLs without a user, query or fragment',
  ),
  inProduction(
    whenSet(
      'MCP_AUTHORIZATION_SERVERS',
      (issuers) => splitList(issuers).every((issuer) => issuer.startsWith('https://')),
      'must be a list of https URLs in production',
    ),
  ),
  whenSet(
    'MCP_ALLOWED_HOSTS',
    (hosts) => splitList(hosts).every(isHostName),
    'must be a list of host names or addresses without a port',
  ),
  inProduction(
    whenSet(
      'JWT_JWKS_URL',
      isPrivateOrEncrypted,
      'must be an https URL in production, unless its host is of the own machine or cluster',
    ),
  ),
  whenSet('PROCESS_ORIGIN', isOrigin, 'must be an origin, as http://10.0.3.7:8070'),
  whenSet(
    'PROCESS_ACCOUNTS',
    (range) => {
      const [first = 0, last = 0] = range.split('-').map(Number);
      return first <= last;
    },
    'must begin with its smaller user id',
  ),
  (text) =>
    text('PROCESS_RUNTIME') === 'on' &&
    text('PROCESS_ORIGIN') === undefined &&
    /^(0\.0\.0\.0|::)$/.test(text('PROCESS_HOST') ?? '')
      ? 'PROCESS_ORIGIN is required where PROCESS_HOST stands for all addresses'
      : undefined,
  (text) =>
    text('KUBERNETES_RUNTIME') === 'on' && text('KUBERNETES_FRONT_IMAGE') === undefined
      ? 'KUBERNETES_RUNTIME needs KUBERNETES_FRONT_IMAGE'
      : undefined,
  inProduction((text) => missing(text, 'DATABASE_URL')),
  inProduction((text) => missing(text, 'JWT_ISSUER')),
  inProduction((text) => missing(text, 'JWT_AUDIENCE')),
  inProduction((text) =>
    text('AGENT_CLIENTS') !== undefined && text('JWT_SECRET') !== undefined
      ? 'AGENT_CLIENTS needs JWT_JWKS_URL in production: whoever knows JWT_SECRET could act for any user'
      : undefined,
  ),
];

/** The problems that show only when settings are looked at together, or more closely than a schema can. */
export function settingProblems(text: SettingText): string[] {
  return RULES.map((rule) => rule(text)).filter((problem) => problem !== undefined);
}

/** The items of a list, which commas separate. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** The address without slashes at its end, so that paths can be appended. */
export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/** The proxies of `TRUST_PROXY`: how many, or which; undefined when it is neither. */
export function parseTrustProxy(text: string): number | string[] | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text) <= 16 ? Number(text) : undefined;
  const items = splitList(text);
  return items.length > 0 && items.every(isNetwork) ? items : undefined;
}

function whenSet(name: SettingName, isSound: (value: string) => boolean, problem: string): Rule {
  return (text) => {
    const value = text(name);
    return value === undefined || isSound(value) ? undefined : `${name} ${problem}`;
  };
}

function inProduction(rule: Rule): Rule {
  return (text) => (text('NODE_ENV') === 'production' ? rule(text) : undefined);
}

function missing(text: SettingText, name: SettingName): string | undefined {
  return text(name) === undefined ? `${name} is required in production` : undefined;
}

/** Names that stand for the private ranges, as Express introduced them. */
const NETWORK_NAMES = new Set(['loopback', 'linklocal', 'uniquelocal']);

function isNetwork(text: string): boolean {
  if (NETWORK_NAMES.has(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  );
}

function isHttpUrl(text: string): boolean {
  if (!canParseUrl(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === '';
}

/**
 * Whether nobody on the way could exchange what a URL answers: it is https, or its host cannot be elsewhere (loopback,
 * a single label, the names clusters and clouds give their own machines). What is no http URL is another rule's.
 */
function isPrivateOrEncrypted(text: string): boolean {
  if (!isHttpUrl(text)) return true;
  const { protocol, hostname } = new URL(text);
  const host = hostname.replace(/\.$/, '');
  if (protocol === 'https:' || host === '[::1]') return true;
  if (isIP(host) === 4) return host.startsWith('127.');
  return /^[^.:]+$|\.(localhost|svc|cluster\.local|internal)$/.test(host);
}

function isHostName(text: string): boolean {
  return (
    isIP(text) !== 0 ||
    /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i.test(text)
  );
}

function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text;
}
