import fastJsonStringify, { type Schema } from 'fast-json-stringify';
import type { FastifySerializerCompiler } from 'fastify';
import type { SharedSchema } from './validator-compiler.ts';

/** Writes an answer as JSON. */
type Serializer = (answer: unknown) => string;

/**
 * Writes answers by the contract: what a schema does not declare does not leave. Each serializer is compiled when the first answer of
 * its operation and status is written (about 2 ms of CPU). There are hundreds, of which a process needs few: compiling all of them took
 * longer than everything else that a start does.
 */
export function createSerializerCompiler(
  components: readonly SharedSchema[],
): FastifySerializerCompiler<unknown> {
  return ({ schema }) => {
    let serialize: Serializer | undefined;
    return (answer: unknown) => {
      serialize ??= compileSerializer(schema, components);
      return serialize(answer);
    };
  };
}

/** @throws Error for what is no valid schema; the tests compile every schema of the contract. */
export function compileSerializer(
  schema: unknown,
  components: readonly SharedSchema[],
): Serializer {
  const shared = Object.fromEntries(components.map((component) => [component.$id, component]));
  // The library's type knows fewer schemas than the library; what it cannot read it refuses.
  return fastJsonStringify(schema as Schema, { schema: shared as Record<string, Schema> });
}
