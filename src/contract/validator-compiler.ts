import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler } from 'fastify';

/** A shared schema, found by others through its `$id`. */
export interface SharedSchema {
  readonly $id: string;
}

/** Objects, lists and scalars of a body that is searched for every problem. */
const MAX_VALUES = 1_000;

const SHARED_OPTIONS: Options = {
  // Nothing the client sent may disappear unnoticed.
  removeAdditional: false,
  useDefaults: true,
  discriminator: true,
  // Unknown keywords and formats stop the start, instead of being ignored.
  strict: true,
  // Both refuse what OpenAPI allows: `required` in one member of an `allOf`, and a list of scalar types.
  strictRequired: false,
  strictTypes: false,
  allowUnionTypes: true,
  // Bodies hold secrets: an error must not carry the value it is about.
  verbose: false,
};

/**
 * Validates requests by the contract. Fastify's own AJV is not used anywhere: it would turn null into "", true
 * into 1, and drop unknown properties.
 * - Bodies are taken as they are. Every problem of a body is told, so that a form can mark each field, where the body
 *   has at most {@link MAX_VALUES} values; of a larger one only the first, because each costs time.
 * - Path, query and headers arrive as text: numbers and booleans are read from it, and a single value becomes a
 *   list where the contract asks for a list.
 * @throws Error, at start, for a schema that is not strictly valid.
 */
export function createValidatorCompiler(
  components: readonly SharedSchema[],
): FastifySchemaCompiler<object> {
  const exact = createAjv({ coerceTypes: false }, components);
  // Of a schema that was compiled once; made when the first body has a problem, as most processes see few kinds of bad bodies.
  let exactAndAll: Ajv2020 | undefined;
  const compileForAll = (schema: object) => {
    exactAndAll ??= createAjv({ coerceTypes: false, allErrors: true }, components);
    return exactAndAll.compile(schema);
  };
  // The size of a URL and of headers bounds the work.
  const fromText = createAjv({ coerceTypes: 'array', allErrors: true }, components);
  return ({ schema, httpPart }) => {
    if (httpPart !== 'body') return fromText.compile(schema);
    const first = exact.compile(schema);
    let all: ValidateFunction | undefined;
    return (body: unknown) => {
      if (first(body)) return true;
      const { errors } = first;
      if (!hasFewValues(body)) return { error: errors ?? [] };
      all ??= compileForAll(schema);
      return { error: (all(body) ? errors : all.errors) ?? [] };
    };
  };
}

/** Whether a value consists of at most {@link MAX_VALUES} values. */
function hasFewValues(root: unknown): boolean {
  const open: unknown[] = [root];
  for (let seen = 0; open.length > 0; seen += 1) {
    if (seen === MAX_VALUES) return false;
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const name in value) {
      if (open.length > MAX_VALUES) return false;
      open.push(Reflect.get(value, name));
    }
  }
  return true;
}

function createAjv(options: Options, components: readonly SharedSchema[]): Ajv2020 {
  const ajv = new Ajv2020({ ...SHARED_OPTIONS, ...options });
  addFormats.default(ajv);
  for (const component of components) ajv.addSchema(component);
  return ajv;
}
