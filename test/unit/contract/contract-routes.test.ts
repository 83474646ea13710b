import { Type } from '@sinclair/typebox';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  type Contract,
  type ContractHandler,
  enforceContract,
  route,
} from '../../../src/contract/contract-routes.ts';
import type { operations } from '../../../src/contract/generated.ts';

const Payload = Object.assign(Type.Object({}, { additionalProperties: true }), { $id: 'Payload' });
const saveThing = {
  operationId: 'saveThing',
  method: 'PUT',
  url: '/api/things/:id',
  path: '/api/things/{id}',
  security: [],
  schema: {
    params: Type.Object({ id: Type.Integer() }, { additionalProperties: false }),
    querystring: Type.Object(
      { tag: Type.Optional(Type.Array(Type.String())), deep: Type.Optional(Type.Boolean()) },
      { additionalProperties: false },
    ),
    headers: Type.Object({ 'if-match': Type.Optional(Type.String({ maxLength: 5 })) }),
    body: Type.Object(
      {
        name: Type.String(),
        note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        size: Type.Integer({ default: 3 }),
      },
      { additionalProperties: false },
    ),
    response: {
      '200': {
        content: {
          'application/json': {
            schema: Type.Object(
              {
                seen: Type.Unknown(),
                payload: Type.Unsafe<Record<string, unknown>>({ $ref: 'Payload#' }),
                maybe: Type.Optional(Type.String()),
              },
              { additionalProperties: false },
            ),
          },
        },
      },
      '204': Type.Null(),
    },
  },
} as const;
const contract: Contract = { components: [Payload], operations: { saveThing }, prefix: '/api' };

type Handler = ContractHandler<typeof saveThing>;

function build(handler: Handler): FastifyInstance {
  const app: FastifyInstance = Fastify();
  route(enforceContract(app, contract), saveThing, handler);
  return app;
}
const partsOf = ({ params, query, body }: Pick<FastifyRequest, 'params' | 'query' | 'body'>) => ({
  params,
  query,
  body,
});
const echo: Handler = async (request) => ({ seen: partsOf(request), payload: {} });
const put = (app: FastifyInstance, body: unknown, url = '/api/things/7', headers = {}) =>
  app.inject({
    method: 'PUT',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(body),
  });

describe('requests', () => {
  test('parameters are read from text, bodies are taken as they are', async () => {
    const response = await put(
      build(echo),
      { name: 'a', note: null, size: 1 },
      '/api/things/7?tag=x&deep=true',
    );
    expect(response.json().seen).toEqual({
      params: { id: 7 },
      query: { tag: ['x'], deep: true },
      body: { name: 'a', note: null, size: 1 },
    });
  });

  test('a default of the contract is filled in', async () => {
    expect((await put(build(echo), { name: 'a' })).json().seen.body).toEqual({
      name: 'a',
      size: 3,
    });
  });

  test.each<[string, unknown]>([
    ['a number is not text', { name: 1, size: 1 }],
    ['text is not a number', { name: 'a', size: '1' }],
    ['true is not a number', { name: 'a', size: true }],
    ['null is not empty text', { name: null, size: 1 }],
    ['an unknown field is not dropped', { name: 'a', size: 1, extra: 1 }],
    ['a list of one is not its item', { name: ['a'], size: 1 }],
  ])('refused: %s', async (_name, body) => {
    expect((await put(build(echo), body)).statusCode).toBe(400);
  });

  test.each([
    ['/api/things/x', {}],
    ['/api/things/7?deep=perhaps', {}],
    ['/api/things/7?unknown=1', {}],
    ['/api/things/7', { 'If-Match': 'too long' }],
  ])('refused: %s %o', async (url, headers) => {
    expect((await put(build(echo), { name: 'a', size: 1 }, url, headers)).statusCode).toBe(400);
  });
});

describe('answers', () => {
  const answer = (value: unknown) =>
    put(
      build(async (_request, reply) => reply.send(value as never)),
      { name: 'a', size: 1 },
    );

  test('undeclared fields do not leave', async () => {
    const response = await answer({ seen: 1, payload: {}, secret: 'hunter2' });
    expect(response.json()).toEqual({ seen: 1, payload: {} });
  });

  test('free-form values pass through unchanged, whatever their keys', async () => {
    const payload: unknown = JSON.parse(
      '{"__proto__":{"a":1},"constructor":{"prototype":{"b":[null,1.5,"\\u2028"]}},"toString":1,"":{"x":{}}}',
    );
    const response = await answer({ seen: payload, payload });
    expect(response.body).toBe(JSON.stringify({ seen: payload, payload }));
    expect(Object.prototype).not.toHaveProperty('a');
  });

  test('a missing required field is a failure of ours, not a shorter answer', async () => {
    expect((await answer({ seen: 1 })).statusCode).toBe(500);
  });

  test('a status the contract does not declare is a failure of ours', async () => {
    const app = build(async (_request, reply) => {
      Reflect.apply(reply.code, reply, [202]);
      return { seen: 'secret', payload: {} };
    });
    const response = await put(app, { name: 'a', size: 1 });
    expect(response.statusCode).toBe(500);
    expect(response.json()).not.toHaveProperty('seen');
  });

  test('an answer without content', async () => {
    const response = await put(
      build(async (_request, reply) => reply.code(204).send(null)),
      { name: 'a', size: 1 },
    );
    expect([response.statusCode, response.body]).toEqual([204, '']);
  });
});

describe('the check at start', () => {
  test('an operation without a handler', async () => {
    const app = Fastify();
    enforceContract(app, contract);
    await expect(app.ready()).rejects.toThrow('saveThing (PUT /api/things/:id) has no handler');
  });

  test('an operation with another schema', async () => {
    const app = Fastify();
    enforceContract(app, contract);
    app.put(saveThing.url, { schema: { ...saveThing.schema } }, async () => ({}));
    await expect(app.ready()).rejects.toThrow("is not served with the contract's schema");
  });

  test('a route the contract does not have', async () => {
    const app = build(echo);
    app.get('/api/secret', async () => ({}));
    app.get('/other', async () => ({}));
    await expect(app.ready()).rejects.toThrow(
      /contract:\n- GET \/api\/secret is not in the contract$/,
    );
  });

  test('a schema with a keyword that would not be enforced', async () => {
    const typo = {
      ...saveThing,
      schema: { ...saveThing.schema, body: Type.String({ maxLenght: 3 }) },
    };
    const app: FastifyInstance = Fastify();
    const strict = enforceContract(app, { ...contract, operations: { typo } });
    route(strict, typo, async () => ({ seen: 1, payload: {} }));
    await expect(app.ready()).rejects.toThrow(/maxLenght/);
  });
});

test('the types of requests and replies come from the contract', () => {
  type Create = Parameters<ContractHandler<typeof operations.createConnector>>;
  expectTypeOf<Create[0]['body']['name']>().toEqualTypeOf<string>();
  expectTypeOf<Create[0]['headers']['idempotency-key']>().toEqualTypeOf<string | undefined>();
  type List = Parameters<ContractHandler<typeof operations.listConnectors>>;
  expectTypeOf<List[0]['query']['limit']>().toEqualTypeOf<number | undefined>();
  type Get = Parameters<ContractHandler<typeof operations.getConnector>>;
  expectTypeOf<Get[0]['params']['connector_id']>().toEqualTypeOf<string>();
  const handler: Handler = async (_request, reply) =>
    // @ts-expect-error the contract does not declare this field
    reply.code(200).send({ seen: 1, payload: {}, maybe: 1 });
  expect(handler).toBeTypeOf('function');
});
