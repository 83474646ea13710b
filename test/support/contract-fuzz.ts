import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { contractDocument } from '../../src/contract/generated-document.ts';
import {
  child,
  type DocumentedOperation,
  documentedOperations,
  isNode,
  type Node,
} from './contract-document.ts';
import { damagedJson, damagedText, damagedValue, isMalformed, parseBody } from './damage.ts';
import { SchemaArbitrary } from './schema-arbitrary.ts';

/** A request as it is sent. */
export interface FuzzRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
  /**
   * What the contract says of it: `malformed` is 400 `MALFORMED_REQUEST`, `refused` is 422 `VALIDATION_FAILED`, and
   * `accepted` is neither.
   */
  verdict: 'accepted' | 'refused' | 'malformed';
}

/** Requests for one operation. */
export interface FuzzedOperation {
  operationId: string;
  /** Requests the contract accepts. */
  valid: fc.Arbitrary<FuzzRequest>;
  /** Such requests with one thing changed; some of them are still accepted. */
  damaged: fc.Arbitrary<FuzzRequest>;
}

/** The parts of a request before they are written down. */
interface Draft {
  path: Record<string, string>;
  query: [string, string][];
  headers: Record<string, string>;
  body: string | undefined;
}

/** The requests for every operation of a contract. */
export function fuzzOperations(document: Node = contractDocument): FuzzedOperation[] {
  const ajv = new Ajv2020({ strict: false, coerceTypes: 'array' });
  const exact = new Ajv2020({ strict: false });
  for (const one of [ajv, exact]) {
    addFormats.default(one);
    one.addSchema({ ...document, $id: 'contract' });
  }
  const arbitrary = new SchemaArbitrary(document);
  return documentedOperations(document).map((operation) => {
    const write = requestWriter(operation, ajv, exact);
    const draft = drafts(operation, arbitrary);
    return {
      operationId: operation.operationId,
      valid: draft.map(write),
      damaged: draft.chain(damage).map(write),
    };
  });
}

function drafts(operation: DocumentedOperation, arbitrary: SchemaArbitrary): fc.Arbitrary<Draft> {
  const schema = bodySchema(operation);
  return fc.record({
    path: part(operation, 'path', arbitrary).map((values) => Object.fromEntries(values)),
    query: part(operation, 'query', arbitrary),
    headers: part(operation, 'header', arbitrary).map((values) => Object.fromEntries(values)),
    body:
      schema === undefined
        ? fc.constant(undefined)
        : arbitrary.of(schema).map((value) => JSON.stringify(value)),
  });
}

/** Names and texts of the parameters in one part; required ones always, the others sometimes. */
function part(
  operation: DocumentedOperation,
  place: string,
  arbitrary: SchemaArbitrary,
): fc.Arbitrary<[string, string][]> {
  const parameters = operation.parameters.filter((parameter) => parameter['in'] === place);
  const values = parameters.map((parameter) => {
    const texts = arbitrary
      .of(parameter['schema'])
      .map((value) => (Array.isArray(value) ? value.map(String) : [String(value)]))
      .filter((items) => items.every((item) => isSendable(item, place)));
    const named = texts.map((items) =>
      items.map((item): [string, string] => [String(parameter['name']), item]),
    );
    return parameter['required'] === true ? named : fc.oneof(named, fc.constant([]));
  });
  return fc.tuple(...values).map((lists) => lists.flat());
}

/** What a URL or a header cannot carry as it is says nothing about the contract. */
function isSendable(text: string, place: string): boolean {
  if (place === 'path') {
    const encoded = encodeURIComponent(text);
    // Dots alone are steps of the path, and the service takes 256 characters.
    return text !== '' && !/^\.+$/.test(text) && encoded.length <= 256 && text.isWellFormed();
  }
  // HTTP removes white space around a header.
  return place === 'header'
    ? /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text)
    : text.isWellFormed();
}

/** One change to one part. */
function damage(draft: Draft): fc.Arbitrary<Draft> {
  const choices: fc.Arbitrary<Draft>[] = [
    damagedText.map((text) => ({ ...draft, query: [...draft.query, ['unknown', text]] })),
  ];
  const { body } = draft;
  if (body !== undefined) {
    choices.push(
      damagedValue(JSON.parse(body)).map((value) => ({ ...draft, body: JSON.stringify(value) })),
      damagedValue(JSON.parse(body)).map((value) => ({ ...draft, body: JSON.stringify(value) })),
      damagedJson(body).map((text) => ({ ...draft, body: text })),
    );
  }
  for (const name of Object.keys(draft.path)) {
    choices.push(
      damagedText
        .filter((text) => isSendable(text, 'path'))
        .map((text) => ({ ...draft, path: { ...draft.path, [name]: text } })),
    );
  }
  for (const name of Object.keys(draft.headers)) {
    choices.push(
      damagedText
        .filter((text) => isSendable(text, 'header'))
        .map((text) => ({ ...draft, headers: { ...draft.headers, [name]: text } })),
    );
  }
  if (draft.query.length > 0) {
    choices.push(
      fc.tuple(fc.nat({ max: draft.query.length - 1 }), damagedText).map(([index, text]) => ({
        ...draft,
        query: draft.query.map(([name, old], at) => [name, at === index ? text : old]),
      })),
    );
  }
  return fc.oneof(...choices);
}

function requestWriter(
  operation: DocumentedOperation,
  ajv: Ajv2020,
  exact: Ajv2020,
): (draft: Draft) => FuzzRequest {
  const path = partValidator(operation, 'path', ajv);
  const query = partValidator(operation, 'query', ajv);
  const header = partValidator(operation, 'header', ajv);
  const schema = bodySchema(operation);
  const body = schema === undefined ? undefined : exact.compile(rooted(schema));
  const accepts = (draft: Draft) =>
    path({ ...draft.path }) &&
    query(multiMap(draft.query)) &&
    header({ ...draft.headers }) &&
    (body === undefined || body(draft.body === undefined ? null : parseBody(draft.body)));
  return (draft) => {
    const malformed = draft.body !== undefined && isMalformed(draft.body);
    const search = new URLSearchParams(draft.query).toString();
    const url = operation.path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
      encodeURIComponent(draft.path[name] ?? ''),
    );
    return {
      method: operation.method,
      url: search === '' ? url : `${url}?${search}`,
      headers: {
        ...draft.headers,
        ...(draft.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: draft.body,
      verdict: malformed ? 'malformed' : accepts(draft) ? 'accepted' : 'refused',
    };
  };
}

function partValidator(
  operation: DocumentedOperation,
  place: string,
  ajv: Ajv2020,
): ValidateFunction {
  const parameters = operation.parameters.filter((parameter) => parameter['in'] === place);
  return ajv.compile({
    type: 'object',
    additionalProperties: place === 'header',
    required: parameters
      .filter((parameter) => parameter['required'] === true)
      .map((parameter) => parameter['name']),
    properties: Object.fromEntries(
      parameters.map((parameter) => [
        String(parameter['name']),
        rooted(child(parameter, 'schema')),
      ]),
    ),
  });
}

/** As a query string is read: a name that is repeated becomes a list. */
function multiMap(pairs: readonly [string, string][]): Record<string, string | string[]> {
  const names = new Set(pairs.map(([name]) => name));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = pairs.filter(([other]) => other === name).map(([, value]) => value);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

function bodySchema({ requestBody }: DocumentedOperation): Node | undefined {
  if (requestBody === undefined) return undefined;
  const schema = child(child(requestBody, 'content'), 'application/json')['schema'];
  return isNode(schema) ? schema : undefined;
}

function rooted(schema: Node): Node {
  const copy: unknown = JSON.parse(
    JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"contract#/'),
  );
  return isNode(copy) ? copy : {};
}
