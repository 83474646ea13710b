import type { ArgumentShape, JsonType } from './audit.ts';

/** Members that are listed. */
const MAX_MEMBERS = 50;
/** A name is listed where it is a plain word: others could be made of a value. */
const NAME = /^[A-Za-z_][\w.-]{0,63}$/;

/** What the arguments of a call look like, one level deep. */
export function shapeOf(args: Readonly<Record<string, unknown>>): ArgumentShape {
  const names = Object.keys(args);
  const listed = names.filter((name) => NAME.test(name)).slice(0, MAX_MEMBERS);
  return {
    bytes: Buffer.byteLength(JSON.stringify(args)),
    members: listed.map((name) => ({ name, ...typeOf(args[name]) })),
    more: names.length - listed.length,
  };
}

function typeOf(value: unknown): { type: JsonType; size: number | null } {
  if (typeof value === 'string') return { type: 'string', size: value.length };
  if (Array.isArray(value)) return { type: 'array', size: value.length };
  if (typeof value === 'object' && value !== null) {
    return { type: 'object', size: Object.keys(value).length };
  }
  if (typeof value === 'number') return { type: 'number', size: null };
  return { type: typeof value === 'boolean' ? 'boolean' : 'null', size: null };
}
