import { isObject, type JsonObject } from './schema-types.ts';

/** A part of a schema, and the resource that references in it are relative to. */
export interface SchemaPlace {
  readonly schema: unknown;
  readonly base: JsonObject;
}

/** Follows references inside a schema. Nothing is ever fetched: a reference that leads elsewhere has no target. */
export function findReference(reference: string, base: JsonObject): SchemaPlace | undefined {
  const path = pointerPath(reference);
  if (path === undefined) return undefined;
  let place: SchemaPlace = { schema: base, base };
  for (const segment of path) {
    const next = memberOf(place.schema, segment);
    if (next === undefined) return undefined;
    // Where a resource of its own is on the way, what follows is relative to it.
    place = { schema: next, base: baseOf(place.schema, place.base) };
  }
  return place;
}

/** The resource that references in a schema are relative to: itself where it has an `$id`. */
export function baseOf(schema: unknown, outer: JsonObject): JsonObject {
  if (!isObject(schema)) return outer;
  const id = schema['$id'];
  return typeof id === 'string' && !id.startsWith('#') ? schema : outer;
}

function pointerPath(reference: string): string[] | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  try {
    return decodeURIComponent(reference.slice(1))
      .split('/')
      .slice(1)
      .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value))
    return /^\d{1,6}$/.test(name) ? (value[Number(name)] as unknown) : undefined;
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
