import type { JsonObject } from './mcp-client.ts';

/** Marks in the walk where a referenced value, which stands below the mark, ends. */
const LEAVE = Symbol('leave');

/**
 * How many objects and arrays a JSON Schema has once every local reference (`$ref`: `#…`) is replaced by what it names, as the
 * consumers of tools do whose model knows no references. A reference to something it stands in counts once: recursion ends there.
 * References to elsewhere are not followed.
 * @returns the number, or `limit` + 1 as soon as it is beyond `limit`: few references can stand for billions.
 */
export function expandedSize(schema: JsonObject, limit: number): number {
  const walk = new ExpansionWalk(schema);
  let size = 0;
  while (size <= limit && walk.next()) size += 1;
  return size;
}

/** Goes through a schema as if its references were replaced. Not recursive: references can lead deeper than the stack. */
class ExpansionWalk {
  readonly #schema: JsonObject;
  readonly #steps: (object | typeof LEAVE)[];
  /** What the walk is inside of, by reference. */
  readonly #open = new Set<object>();
  readonly #targets = new Map<string, object | undefined>();

  constructor(schema: JsonObject) {
    this.#schema = schema;
    this.#steps = [schema];
  }

  /** Goes on to the next object or array. @returns false at the end */
  next(): boolean {
    let step = this.#steps.pop();
    while (step === LEAVE) {
      const left = this.#steps.pop();
      if (typeof left === 'object') this.#open.delete(left);
      step = this.#steps.pop();
    }
    if (step === undefined) return false;
    for (const [name, member] of Object.entries(step)) {
      // Definitions count where they are referenced.
      if (isObject(member) && name !== '$defs' && name !== 'definitions') this.#steps.push(member);
    }
    this.#follow(Object.hasOwn(step, '$ref') ? Reflect.get(step, '$ref') : undefined);
    return true;
  }

  #follow(reference: unknown): void {
    if (typeof reference !== 'string') return;
    if (!this.#targets.has(reference)) {
      this.#targets.set(reference, findTarget(this.#schema, reference));
    }
    const target = this.#targets.get(reference);
    if (target === undefined || this.#open.has(target)) return;
    this.#open.add(target);
    this.#steps.push(target, LEAVE, target);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What a local reference names (RFC 6901 in the fragment of a URI); undefined where that is nothing, or elsewhere. */
function findTarget(root: JsonObject, reference: string): object | undefined {
  if (!/^#(\/|$)/.test(reference)) return undefined;
  let current: unknown = root;
  for (const token of reference.split('/').slice(1)) {
    if (!isObject(current)) return undefined;
    const name = decode(token);
    current = Object.hasOwn(current, name) ? Reflect.get(current, name) : undefined;
  }
  return isObject(current) ? current : undefined;
}

function decode(token: string): string {
  let name = token;
  try {
    name = decodeURIComponent(token);
  } catch {
    // A stray percent sign is one.
  }
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}
