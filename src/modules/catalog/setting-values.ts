import { AppError, type FieldProblem } from '../../errors/app-error.ts';
import { canParseUrl } from '../../lib/can-parse-url.ts';
import type { CatalogSetting, SettingValue, SettingValues } from './catalog-entry.ts';

/** What a request says of settings: null takes a value away. */
export type SettingInput = Readonly<Record<string, SettingValue | null>>;

/** Characters of a text. */
const MAX_TEXT = 2000;
/** Characters of a text that becomes a file. */
const MAX_FILE = 20_000;

/** What is wrong with a value; never repeats it. */
export function valueProblem(
  { type, allowed, header, carrier }: Omit<CatalogSetting, 'name' | 'title' | 'description'>,
  value: SettingValue,
): string | undefined {
  if (allowed !== undefined && !allowed.includes(value)) {
    return `must be one of ${allowed.join(', ')}`;
  }
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : 'must be true or false';
  if (type === 'integer') return Number.isSafeInteger(value) ? undefined : 'must be an integer';
  const isFile = carrier?.kind === 'file' && header === undefined;
  return isFile ? contentProblem(value) : textProblem(type, value);
}

function contentProblem(value: SettingValue): string | undefined {
  if (typeof value !== 'string') return 'must be a text';
  const isPlain = /^[\t\n\r\P{Cc}]+$/u.test(value);
  if (isPlain && value.length <= MAX_FILE) return undefined;
  return `must be 1 to ${MAX_FILE} characters, and no control characters but ends of lines and tabs`;
}

function textProblem(type: 'string' | 'url', value: SettingValue): string | undefined {
  if (typeof value !== 'string') return 'must be a text';
  // It becomes a header, or a variable.
  if (value.length > MAX_TEXT || !/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value)) {
    return `must be 1 to ${MAX_TEXT} printable ASCII characters without spaces at its ends`;
  }
  return type === 'url' && !isHttpUrl(value) ? 'must be an http or https URL' : undefined;
}

/**
 * The values after a request: given ones replace stored ones, null takes one away, what is not named stays. Defaults are not among them, so
 * that a default that the catalog changes counts.
 * @throws AppError `SETTINGS_INVALID` with a pointer for each that is unknown, of another type, or missing
 */
export function mergeSettings(
  settings: readonly CatalogSetting[],
  stored: SettingValues,
  given: SettingInput,
): SettingValues {
  const known = new Set(settings.map(({ name }) => name));
  const errors: FieldProblem[] = Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => ({ pointer: pointerOf(name), detail: 'is no setting of this entry' }));
  const merged: Record<string, SettingValue> = {};
  for (const setting of settings) {
    const { name } = setting;
    const value = valueAfter(setting, stored[name], given[name]);
    const problem = value === undefined ? missing(setting) : valueProblem(setting, value);
    if (problem !== undefined) errors.push({ pointer: pointerOf(name), detail: problem });
    else if (value !== undefined) merged[name] = value;
  }
  if (errors.length > 0) throw new AppError('SETTINGS_INVALID', { errors });
  return merged;
}

/** A stored value that the catalog does not allow any more counts as none. */
function valueAfter(
  setting: CatalogSetting,
  stored: SettingValue | undefined,
  given: SettingValue | null | undefined,
): SettingValue | undefined {
  if (given !== undefined) return given ?? undefined;
  const isUsable = stored !== undefined && valueProblem(setting, stored) === undefined;
  return isUsable ? stored : undefined;
}

/** The headers that carry the values to a static server, with defaults where there is none. */
export function headersOf(
  settings: readonly CatalogSetting[],
  values: SettingValues,
): Record<string, string> {
  return Object.fromEntries(
    settings.flatMap(({ name, header, default: fallback }) => {
      const value = values[name] ?? fallback;
      if (value === undefined || header === undefined) return [];
      return [[header.name, header.template.replace('{value}', () => String(value))]];
    }),
  );
}

function missing({ isRequired, default: fallback }: CatalogSetting): string | undefined {
  return isRequired && fallback === undefined ? 'is required' : undefined;
}

function pointerOf(name: string): string {
  return `/body/settings/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isHttpUrl(text: string): boolean {
  return canParseUrl(text) && /^https?:$/.test(new URL(text).protocol);
}
