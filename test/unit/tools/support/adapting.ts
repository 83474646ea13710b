import { PROVIDER_RULES } from '../../../../src/modules/tools/formats/provider-rules.ts';
import { adaptSchema } from '../../../../src/modules/tools/schemas/adapt-schema.ts';
import type { JsonObject } from '../../../../src/modules/tools/schemas/schema-types.ts';

/** A provider schemas are adapted for. */
export type Provider = keyof typeof PROVIDER_RULES;

/** The schema for a provider, or why there is none. */
export function adaptWhole(schema: JsonObject, provider: Provider = 'openai'): unknown {
  const result = adaptSchema(schema, PROVIDER_RULES[provider].schema);
  return result.ok ? result.schema : result.fault;
}

/** What becomes of an object with one property `p`. */
export function adaptOne(
  schema: unknown,
  provider: Provider = 'openai',
  rest: JsonObject = {},
): unknown {
  return adaptWhole({ type: 'object', properties: { p: schema }, ...rest }, provider);
}

/** An object with one property `p`. */
export function holding(schema: unknown): JsonObject {
  return { type: 'object', properties: { p: schema } };
}
