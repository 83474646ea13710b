import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** A JSON Schema of the contract (draft 2020-12, as OpenAPI 3.1 uses it). Unknown keywords are kept, for the generator to refuse. */
export type JsonSchema = boolean | SchemaObject;

/** The keywords the generator reads. */
export interface SchemaObject {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
  discriminator?: { propertyName: string };
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema;
  unevaluatedProperties?: JsonSchema;
  description?: string;
}

const SchemaNode = Type.Recursive((This) =>
  Type.Union([
    Type.Boolean(),
    Type.Object({
      $ref: Type.Optional(Type.String()),
      type: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
      enum: Type.Optional(Type.Array(Type.Unknown(), { minItems: 1 })),
      oneOf: Type.Optional(Type.Array(This, { minItems: 1 })),
      anyOf: Type.Optional(Type.Array(This, { minItems: 1 })),
      allOf: Type.Optional(Type.Array(This, { minItems: 1 })),
      discriminator: Type.Optional(Type.Object({ propertyName: Type.String() })),
      items: Type.Optional(This),
      properties: Type.Optional(Type.Record(Type.String(), This)),
      required: Type.Optional(Type.Array(Type.String())),
      additionalProperties: Type.Optional(This),
      unevaluatedProperties: Type.Optional(This),
      description: Type.Optional(Type.String()),
    }),
  ]),
);
const Schema = Type.Unsafe<JsonSchema>(SchemaNode);

const Reference = Type.Object({ $ref: Type.String() }, { additionalProperties: false });
const Content = Type.Record(Type.String(), Type.Object({ schema: Type.Optional(Schema) }));

const Parameter = Type.Object({
  name: Type.String(),
  in: Type.String(),
  required: Type.Optional(Type.Boolean()),
  schema: Type.Optional(Schema),
});
const RequestBody = Type.Object({ required: Type.Optional(Type.Boolean()), content: Content });
const Response = Type.Object({
  description: Type.String(),
  content: Type.Optional(Content),
});
const Security = Type.Array(Type.Record(Type.String(), Type.Array(Type.String())));
const Operation = Type.Object({
  operationId: Type.Optional(Type.String()),
  parameters: Type.Optional(Type.Array(Type.Union([Reference, Parameter]))),
  requestBody: Type.Optional(Type.Union([Reference, RequestBody])),
  responses: Type.Record(Type.String(), Type.Union([Reference, Response])),
  security: Type.Optional(Security),
});
const PathItem = Type.Object({
  parameters: Type.Optional(Type.Array(Type.Union([Reference, Parameter]))),
  get: Type.Optional(Operation),
  put: Type.Optional(Operation),
  post: Type.Optional(Operation),
  delete: Type.Optional(Operation),
  patch: Type.Optional(Operation),
});

const Document = Type.Object({
  openapi: Type.String({ pattern: '^3\\.1\\.' }),
  info: Type.Object({ title: Type.String(), version: Type.String() }),
  paths: Type.Record(Type.String(), PathItem),
  security: Type.Optional(Security),
  components: Type.Optional(
    Type.Object({
      schemas: Type.Optional(Type.Record(Type.String(), Schema)),
      parameters: Type.Optional(Type.Record(Type.String(), Parameter)),
      requestBodies: Type.Optional(Type.Record(Type.String(), RequestBody)),
      responses: Type.Optional(Type.Record(Type.String(), Response)),
    }),
  ),
});

/** A parameter of an operation: in the path, the query or a header. */
export type ContractParameter = Static<typeof Parameter>;
/** An answer of an operation, under its status. */
export type ContractResponse = Static<typeof Response>;
/** One method of a path. */
export type ContractOperation = Static<typeof Operation>;
/** A path with its operations, and the parameters they share. */
export type ContractPathItem = Static<typeof PathItem>;
/** A bundled OpenAPI 3.1 document: one file, every reference into `#/components`. */
export type ContractDocument = Static<typeof Document>;

/**
 * Checks that a bundle has the shape the tools here work on.
 * @throws Error naming the first place that does not fit.
 */
export function parseContractDocument(bundle: unknown): ContractDocument {
  if (Value.Check(Document, bundle)) return bundle;
  const first = Value.Errors(Document, bundle).First();
  throw new Error(`${first?.path ?? '/'}: ${first?.message ?? 'not an OpenAPI 3.1 document'}`);
}

/**
 * Follows a reference to a shared parameter, request body or response.
 * @param shared the components of that kind.
 * @throws Error when it leads nowhere.
 */
export function followReference<Node extends object>(
  shared: Readonly<Record<string, Node>> | undefined,
  node: { $ref: string } | Node,
): Node {
  if (!isReference(node)) return node;
  const name = /^#\/components\/\w+\/([\w$.-]+)$/.exec(node.$ref)?.[1];
  const found = name === undefined ? undefined : shared?.[name];
  if (found === undefined) throw new Error(`${node.$ref}: no such component in the bundle`);
  return found;
}

function isReference(node: object): node is { $ref: string } {
  return '$ref' in node;
}
