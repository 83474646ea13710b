import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { components, operations } from '../../../src/contract/generated.ts';
import {
  compileSerializer,
  createSerializerCompiler,
} from '../../../src/contract/serializer-compiler.ts';

const Thing = Object.assign(Type.Object({ name: Type.String() }), { $id: 'Thing' });
const compiled = (schema: unknown) =>
  createSerializerCompiler([Thing])({ schema, method: 'GET', url: '/', httpStatus: '200' });

describe('every answer of the contract', () => {
  const schemas = Object.values(operations).flatMap(({ operationId, schema }) =>
    Object.entries(schema.response).flatMap(([status, response]) =>
      schemasOf(response).map((one) => ({ name: `${operationId} ${status}`, schema: one })),
    ),
  );

  it('has a schema that can be compiled', () => {
    expect(schemas.length).toBeGreaterThan(100);
    const failed = schemas.flatMap(({ name, schema }) => {
      try {
        return typeof compileSerializer(schema, components) === 'function' ? [] : [name];
      } catch (error) {
        return [`${name}: ${error}`];
      }
    });
    expect(failed).toEqual([]);
  });
});

describe('an answer', () => {
  it('leaves with what is declared, also behind a reference, and nothing else', () => {
    const write = compiled({ type: 'object', properties: { thing: { $ref: 'Thing#' } } });
    const answer = { thing: { name: 'a', secret: 'b' }, secret: 'c' };
    expect(write(answer)).toBe('{"thing":{"name":"a"}}');
    expect(write(answer)).toBe('{"thing":{"name":"a"}}');
  });

  it('of a schema that is none is not written, and neither is the next', () => {
    const write = compiled({ type: 'nothing' });
    expect(() => write({})).toThrow();
    expect(() => write({})).toThrow();
  });
});

/** The schemas of a response: one for each content type, or the response itself. */
function schemasOf(response: object): unknown[] {
  if (!('content' in response)) return [response];
  const content: unknown = response.content;
  if (typeof content !== 'object' || content === null) return [];
  return Object.values(content).flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'schema' in one ? [one.schema] : [],
  );
}
