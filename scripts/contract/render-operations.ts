import {
  type ContractDocument,
  type ContractOperation,
  type ContractParameter,
  type ContractPathItem,
  type ContractResponse,
  followReference,
  type JsonSchema,
} from './contract-document.ts';
import { schemaToTypeBox } from './schema-to-typebox.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
const PATH_ITEM_KEYS = [...METHODS, 'parameters', 'summary', 'description'];
const OPERATION_KEYS = [
  'operationId',
  'summary',
  'description',
  'tags',
  'parameters',
  'requestBody',
  'responses',
  'security',
  'deprecated',
  'externalDocs',
];
const PARAMETER_KEYS = [
  'name',
  'in',
  'required',
  'description',
  'deprecated',
  'schema',
  'example',
  'examples',
];

/**
 * The `operations` table of a contract as source text.
 * @throws Error on anything the service would not enforce.
 */
export function renderOperations(document: ContractDocument): string {
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const [path, item] of Object.entries(document.paths)) {
    refuseUnknown(item, PATH_ITEM_KEYS, path);
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const at = `${method.toUpperCase()} ${path}`;
      const id = operationId(operation, at);
      if (seen.has(id)) throw new Error(`${at}: operationId ${id} is used twice`);
      seen.add(id);
      lines.push(renderOperation({ document, item, operation, path, method, id, at }));
    }
  }
  return `export const operations = {\n${lines.join('\n')}\n} as const;\n`;
}

interface Place {
  document: ContractDocument;
  item: ContractPathItem;
  operation: ContractOperation;
  path: string;
  method: string;
  id: string;
  at: string;
}

function operationId(operation: ContractOperation, at: string): string {
  const id = operation.operationId ?? '';
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(id))
    throw new Error(`${at}: needs an operationId in camelCase`);
  return id;
}

function renderOperation(place: Place): string {
  const { document, operation, path, method, id, at } = place;
  refuseUnknown(operation, OPERATION_KEYS, at);
  const url = path.replace(/\{([A-Za-z_]\w*)\}/g, ':$1');
  if (/[{}*]/.test(url)) throw new Error(`${at}: only whole {names} may stand in a path`);
  const schema = [...renderParameters(place), ...renderBody(place), renderResponses(place)];
  return [
    `  ${id}: {`,
    `    operationId: ${JSON.stringify(id)},`,
    `    method: ${JSON.stringify(method.toUpperCase())},`,
    `    url: ${JSON.stringify(url)},`,
    `    path: ${JSON.stringify(path)},`,
    `    security: ${JSON.stringify(operation.security ?? document.security ?? [])},`,
    '    schema: {',
    ...schema.map((part) => `      ${part},`),
    '    },',
    '  },',
  ].join('\n');
}

function renderParameters({ document, item, operation, at }: Place): string[] {
  const all = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
    followReference(document.components?.parameters, parameter),
  );
  // An operation's parameter replaces the path's one of the same name.
  const byKey = new Map(all.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]));
  const parameters = [...byKey.values()];
  for (const parameter of parameters) {
    refuseUnknown(parameter, PARAMETER_KEYS, `${at} ${parameter.name}`);
    if (!['path', 'query', 'header'].includes(parameter.in)) {
      throw new Error(`${at} ${parameter.name}: ${parameter.in} parameters are not supported`);
    }
  }
  return (
    [
      ['path', 'params'],
      ['query', 'querystring'],
      ['header', 'headers'],
    ] as const
  ).flatMap(([place, part]) => {
    const chosen = parameters.filter((parameter) => parameter.in === place);
    // Also where an operation has no query parameter, an unknown one is refused.
    if (chosen.length === 0 && place !== 'query') return [];
    return [`${part}: ${schemaToTypeBox(parametersSchema(chosen, place, at), at)}`];
  });
}

/** Unknown query parameters are refused; unknown headers are everyday. Node hands headers over in lower case. */
function parametersSchema(
  parameters: readonly ContractParameter[],
  place: 'path' | 'query' | 'header',
  at: string,
): JsonSchema {
  const named = parameters.map((parameter) => {
    if (parameter.schema === undefined) throw new Error(`${at} ${parameter.name}: needs a schema`);
    const name = place === 'header' ? parameter.name.toLowerCase() : parameter.name;
    return { name, required: parameter.required === true, schema: parameter.schema };
  });
  return {
    type: 'object',
    properties: Object.fromEntries(named.map(({ name, schema }) => [name, schema])),
    required: named.filter(({ required }) => required).map(({ name }) => name),
    ...(place === 'header' ? {} : { additionalProperties: false }),
  };
}

function renderBody({ document, operation, at }: Place): string[] {
  if (operation.requestBody === undefined) return [];
  const body = followReference(document.components?.requestBodies, operation.requestBody);
  refuseUnknown(body, ['required', 'description', 'content'], `${at} requestBody`);
  const schema = body.content['application/json']?.schema;
  if (schema === undefined || Object.keys(body.content).length !== 1) {
    throw new Error(`${at}: a request body must be application/json, with a schema`);
  }
  // Without a body null is validated.
  if (body.required !== true && !allowsNull(schema)) {
    throw new Error(`${at}: a request body must be required, or may be null`);
  }
  return [`body: ${schemaToTypeBox(schema, `${at} requestBody`)}`];
}

function allowsNull(schema: unknown): boolean {
  const alternatives = memberOf(schema, 'anyOf');
  return (
    Array.isArray(alternatives) && alternatives.some((one) => memberOf(one, 'type') === 'null')
  );
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function renderResponses({ document, operation, at }: Place): string {
  const responses = Object.entries(operation.responses).map(([status, node]) => {
    if (!/^[1-5]\d\d$/.test(status))
      throw new Error(`${at}: response ${status} needs a whole status`);
    const response = followReference(document.components?.responses, node);
    return `${JSON.stringify(status)}: ${renderResponse(response, `${at} ${status}`)}`;
  });
  return `response: {\n        ${responses.join(',\n        ')},\n      }`;
}

function renderResponse(response: ContractResponse, at: string): string {
  refuseUnknown(response, ['description', 'headers', 'content', 'links'], at);
  if (response.content === undefined) return 'Type.Null()';
  const content = Object.entries(response.content).map(([type, { schema }]) => {
    if (schema === undefined) throw new Error(`${at}: ${type} needs a schema`);
    return `${JSON.stringify(type)}: { schema: ${schemaToTypeBox(schema, at)} }`;
  });
  return `{ content: { ${content.join(', ')} } }`;
}

function refuseUnknown(node: object, known: readonly string[], at: string): void {
  for (const key of Object.keys(node)) {
    if (!known.includes(key) && !key.startsWith('x-')) {
      throw new Error(`${at}: unsupported member "${key}"`);
    }
  }
}
