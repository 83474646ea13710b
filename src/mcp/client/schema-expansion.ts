import type { JsonObject } from './mcp-client.ts';

/** Marks in the walk where a referenced value, which stands below the mark, ends. */
const LEAVE = Symbol('leave');

/**
 * How many values a JSON Schema has (objects, arrays and what they hold) once every local reference (`$ref`: `#…`) is replaced by
 * what it names, as the consumers of tools do whose model knows no references. A reference to something it stands in counts
 * once: recursion ends there. References to elsewhere are not followed.
 * @returns the number, or one beyond `limit` as soon as it is: few references can stand for billions. The time it takes is
 * bounded by the limit and the length of the schema's text.
 */
export function expandedSize(schema: JsonObject, limit: number): number {
  const walk = new ExpansionWalk(schema);
  let size = 1;
  for (let more = walk.next(); more !== undefined; more = walk.next()) {
    size += more;
    if (size > limit) return limit + 1;
  }
  return size;
}

/** What the walk needs to know of an object or array, however often it comes by. */
interface Node {
  /** How many values it holds, definitions aside. */
  members: number;
  /** Those of them that hold values themselves. */
  containers: readonly object[];
  /** What it refers to here. */
  target: object | undefined;
}

/** Goes through a schema as if its references were replaced. Not recursive: references can lead deeper than the stack. */
class ExpansionWalk {
  readonly #schema: JsonObject;
  readonly #steps: (object | typeof LEAVE)[];
  /** What the walk is inside of, by reference. */
  readonly #open = new Set<object>();
  readonly #nodes = new Map<object, Node>();

  constructor(schema: JsonObject) {
    this.#schema = schema;
    this.#steps = [schema];
  }

  /** Goes on to the next object or array. @returns how many values it holds; undefined at the end */
  next(): number | undefined {
    let step = this.#steps.pop();
    while (step === LEAVE) {
      const left = this.#steps.pop();
      if (typeof left === 'object') this.#open.delete(left);
      step = this.#steps.pop();
    }
    if (step === undefined) return undefined;
    const { members, containers, target } = this.#nodeOf(step);
    for (const container of containers) this.#steps.push(container);
    if (target === undefined || this.#open.has(target)) return members;
    this.#open.add(target);
    this.#steps.push(target, LEAVE, target);
    return members + 1;
  }

  #nodeOf(value: object): Node {
    const known = this.#nodes.get(value);
    if (known !== undefined) return known;
    const held = Object.entries(value)
      // Definitions count where they are referenced.
      .filter(([name]) => name !== '$defs' && name !== 'definitions')
      .map(([, member]): unknown => member);
    const reference: unknown = Object.hasOwn(value, '$ref') ? Reflect.get(value, '$ref') : '';
    const node: Node = {
      members: held.length,
      containers: held.filter(isObject),
      target: typeof reference === 'string' ? findTarget(this.#schema, reference) : undefined,
    };
    this.#nodes.set(value, node);
    return node;
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
