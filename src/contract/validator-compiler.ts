import { Ajv2020, type Options } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler } from 'fastify';

/** A shared schema, found by others through its `$id`. */
export interface SharedSchema {
  readonly $id: string;
}

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
  // Enough for a form to mark every field. The size of a body bounds the work.
  allErrors: true,
  // Bodies hold secrets: an error must not carry the value it is about.
  verbose: false,
};

/**
 * Validates requests by the contract. Fastify's own AJV is not used anywhere: it would turn null into "", true
 * into 1, and drop unknown properties.
 * - Bodies are taken as they are.
 * - Path, query and headers arrive as text: numbers and booleans are read from it, and a single value becomes a
 *   list where the contract asks for a list.
 * @throws Error, at start, for a schema that is not strictly valid.
 */
export function createValidatorCompiler(
  components: readonly SharedSchema[],
): FastifySchemaCompiler<object> {
  const exact = createAjv({ coerceTypes: false }, components);
  const fromText = createAjv({ coerceTypes: 'array' }, components);
  return ({ schema, httpPart }) => (httpPart === 'body' ? exact : fromText).compile(schema);
}

function createAjv(options: Options, components: readonly SharedSchema[]): Ajv2020 {
  const ajv = new Ajv2020({ ...SHARED_OPTIONS, ...options });
  addFormats.default(ajv);
  for (const component of components) ajv.addSchema(component);
  return ajv;
}
