import { type ConfigValue, FILE_LIMITS, type Place } from './config-value.ts';
import { unreadableFile } from './unreadable-file.ts';

const NOTHING_REPEATED: ReadonlyMap<string, Place> = new Map();
const place = undefined;

/**
 * A value that a parser has made already: of JSON in a request, or of TOML. Neither tells places, and neither has a name twice.
 * @throws AppError `IMPORT_UNREADABLE` where it is too deep or too much
 */
export function toPlainConfigValue(value: unknown): ConfigValue {
  return convert(value, 1, { left: FILE_LIMITS.values });
}

function convert(value: unknown, depth: number, values: { left: number }): ConfigValue {
  values.left -= 1;
  if (values.left < 0) throw unreadableFile('TOO_MANY_VALUES');
  if (typeof value !== 'object' || value === null) return toScalar(value);
  if (depth > FILE_LIMITS.depth) throw unreadableFile('TOO_DEEP');
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => convert(item, depth + 1, values));
    return { kind: 'list', place, items };
  }
  if (!isPlainObject(value)) return { kind: 'other', place };
  const members = new Map<string, ConfigValue>();
  for (const [name, member] of Object.entries(value)) {
    members.set(name, convert(member, depth + 1, values));
  }
  return { kind: 'table', place, members, repeated: NOTHING_REPEATED };
}

/** Dates are objects of a class. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function toScalar(value: unknown): ConfigValue {
  if (typeof value === 'string') return { kind: 'text', place, text: value };
  if (typeof value === 'number') return { kind: 'number', place, number: value };
  if (typeof value === 'boolean') return { kind: 'boolean', place, boolean: value };
  return { kind: value === null ? 'null' : 'other', place };
}
