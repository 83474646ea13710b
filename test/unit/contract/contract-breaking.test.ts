import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareContracts, findLastRelease } from '../../../scripts/contract/contract-releases.ts';

const base = {
  openapi: '3.1.0',
  info: { title: 'Test', version: '1.0.0' },
  security: [{ bearer: [] }],
  paths: {
    '/api/things': {
      get: {
        operationId: 'listThings',
        security: [{ bearer: ['things:read'] }],
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 100 } }],
        responses: {
          '200': {
            description: 'things',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
          },
        },
      },
      post: {
        operationId: 'createThing',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/ThingCreate' } } },
        },
        responses: { '204': { description: 'created' } },
      },
    },
  },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Thing: {
        type: 'object',
        required: ['id', 'status'],
        properties: {
          id: { type: 'string' },
          status: { type: 'string', 'x-extensible-enum': ['NEW', 'OLD'] },
        },
      },
      ThingCreate: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', maxLength: 100 },
          kind: { type: 'string', enum: ['a', 'b'] },
        },
      },
    },
  },
};
type Contract = typeof base;

describe('comparing a contract with the last release', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'contract-breaking-'));
    await writeFile(path.join(folder, 'base.json'), JSON.stringify(base));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function compare(change: (contract: Contract) => void) {
    const changed = structuredClone(base);
    change(changed);
    const file = path.join(folder, 'changed.json');
    await writeFile(file, JSON.stringify(changed));
    return compareContracts(path.join(folder, 'base.json'), file);
  }

  test.each<[string, (contract: Contract) => void]>([
    ['an operation is gone', ({ paths }) => Reflect.deleteProperty(paths['/api/things'], 'post')],
    ['a path is gone', ({ paths }) => Reflect.deleteProperty(paths, '/api/things')],
    ['a parameter is gone', ({ paths }) => paths['/api/things'].get.parameters.pop()],
    [
      'a field of a request became required',
      ({ components }) => components.schemas.ThingCreate.required.push('kind'),
    ],
    [
      'a field of a request may hold less',
      ({ components }) =>
        Object.assign(components.schemas.ThingCreate.properties.name, { maxLength: 10 }),
    ],
    [
      'a choice of a request is gone',
      ({ components }) => components.schemas.ThingCreate.properties.kind.enum.pop(),
    ],
    [
      'a field of an answer is gone',
      ({ components }) => Reflect.deleteProperty(components.schemas.Thing.properties, 'id'),
    ],
    [
      'a field of an answer may be absent',
      ({ components }) => components.schemas.Thing.required.pop(),
    ],
    [
      'a field of an answer may be null',
      ({ components }) =>
        Object.assign(components.schemas.Thing.properties.id, { type: ['string', 'null'] }),
    ],
    [
      'an answer is gone',
      ({ paths }) => Reflect.deleteProperty(paths['/api/things'].get.responses, '200'),
    ],
    [
      'another scope is needed',
      ({ paths }) =>
        Object.assign(paths['/api/things'].get, { security: [{ bearer: ['operator'] }] }),
    ],
  ])('breaking: %s', async (_name, change) => {
    expect((await compare(change)).breaking).toBe(true);
  });

  test.each<[string, (contract: Contract) => void]>([
    ['nothing', () => undefined],
    [
      'a new operation',
      ({ paths }) =>
        Object.assign(paths['/api/things'], {
          delete: { operationId: 'x', responses: { '204': { description: 'gone' } } },
        }),
    ],
    [
      'a new field that may be sent',
      ({ components }) =>
        Object.assign(components.schemas.ThingCreate.properties, { color: { type: 'string' } }),
    ],
    [
      'a new choice that may be sent',
      ({ components }) => components.schemas.ThingCreate.properties.kind.enum.push('c'),
    ],
    [
      'a new field of an answer',
      ({ components }) =>
        Object.assign(components.schemas.Thing.properties, { color: { type: 'string' } }),
    ],
    [
      'a new value of an open enumeration',
      ({ components }) =>
        components.schemas.Thing.properties.status['x-extensible-enum'].push('LOST'),
    ],
    [
      'a new optional parameter',
      ({ paths }) =>
        paths['/api/things'].get.parameters.push({
          name: 'x',
          in: 'query',
          schema: { type: 'integer', maximum: 1 },
        }),
    ],
  ])('not breaking: %s', async (_name, change) => {
    expect((await compare(change)).breaking).toBe(false);
  });

  test('a file that cannot be read is an error, not a difference', async () => {
    const file = path.join(folder, 'broken.json');
    await writeFile(file, '{');
    await expect(compareContracts(path.join(folder, 'base.json'), file)).rejects.toThrow(
      /could not be compared/,
    );
  });

  test('the last release is the one with the highest version', async () => {
    const releases = await mkdtemp(path.join(folder, 'releases-'));
    expect(await findLastRelease(path.join(releases, 'missing'))).toBeUndefined();
    for (const name of ['0.9.0.json', '0.10.0.json', '0.2.0.json', 'notes.md']) {
      await writeFile(path.join(releases, name), '{}');
    }
    expect(await findLastRelease(releases)).toBe(path.join(releases, '0.10.0.json'));
  });
});
