import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { contractDocument } from '../../src/contract/generated-document.ts';
import { recordSeen } from './contract-coverage.ts';
import {
  child,
  type DocumentedOperation,
  documentedOperations,
  isNode,
  type Node,
} from './contract-document.ts';

/** A request and what came back, in whatever way it was sent. */
export interface Exchange {
  method: string;
  /** A path, or a whole URL. */
  url: string;
  status: number;
  headers: Readonly<Record<string, string | string[] | number | undefined>>;
  body: string;
}

const PROBLEM: Node = { $ref: '#/components/schemas/Problem' };

/**
 * Judges answers by the contract itself: not by what the generator made of it, and more strictly than a client
 * would, since an open enumeration (`x-extensible-enum`) must hold every value that we send ourselves.
 */
export class ContractJudge {
  readonly #operations: DocumentedOperation[];
  readonly #ajv: Ajv2020;
  readonly #validators = new WeakMap<Node, ValidateFunction>();

  constructor(document: Node = contractDocument) {
    this.#operations = documentedOperations(document);
    this.#ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false });
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ ...closeEnums(document), $id: 'contract' });
  }

  /**
   * Checks status, media type, headers and body, and records the pair of operation and status.
   * An answer outside of the contract's paths is only checked for being a problem, where it is an error.
   * @throws Error that says what does not match.
   */
  judge(exchange: Exchange): void {
    const operation = this.#find(exchange);
    if (operation === undefined) {
      if (exchange.status >= 400) this.#requireProblem(exchange);
      return;
    }
    const at = `${operation.operationId} answered ${exchange.status}`;
    const response = operation.responses[String(exchange.status)];
    if (response === undefined) {
      throw new Error(`${at}, which the contract does not declare: ${exchange.body}`);
    }
    if (exchange.status >= 400) this.#requireProblem(exchange);
    checkHeaders(child(response, 'headers'), exchange, at);
    // The contract only names the events; what is in them is for the tests that read them.
    const isEvents = mediaType(exchange) === 'text/event-stream';
    if (!isEvents || !isNode(response['x-server-sent-events'])) {
      this.#checkContent(child(response, 'content'), exchange, at);
    }
    recordSeen(operation.operationId, exchange.status);
  }

  #find({ method, url }: Exchange): DocumentedOperation | undefined {
    const segments = new URL(url, 'http://service').pathname.split('/');
    return this.#operations
      .filter((operation) => operation.method === method.toUpperCase())
      .filter(({ path }) => matches(path.split('/'), segments))
      .sort((a, b) => placeholders(a.path) - placeholders(b.path))
      .at(0);
  }

  #checkContent(content: Node, exchange: Exchange, at: string): void {
    if (Object.keys(content).length === 0) {
      if (exchange.body !== '') throw new Error(`${at} with a body the contract does not declare`);
      return;
    }
    const type = mediaType(exchange);
    const schema = child(content, type)['schema'];
    if (!isNode(schema)) throw new Error(`${at} as ${type}, which the contract does not declare`);
    this.#validate(schema, exchange.body, at);
  }

  #requireProblem(exchange: Exchange): void {
    const at = `${exchange.method} ${exchange.url} answered ${exchange.status}`;
    if (mediaType(exchange) !== 'application/problem+json') {
      throw new Error(`${at} as ${mediaType(exchange)}: ${exchange.body}`);
    }
    this.#validate(PROBLEM, exchange.body, at);
    const problem: unknown = JSON.parse(exchange.body);
    if (isNode(problem) && problem['status'] !== exchange.status) {
      throw new Error(`${at}, and its problem says ${String(problem['status'])}`);
    }
  }

  #validate(schema: Node, body: string, at: string): void {
    const validate = this.#validators.get(schema) ?? this.#compile(schema);
    this.#validators.set(schema, validate);
    if (!validate(JSON.parse(body))) {
      throw new Error(`${at} with ${this.#ajv.errorsText(validate.errors)}: ${body}`);
    }
  }

  #compile(schema: Node): ValidateFunction {
    const rooted: unknown = JSON.parse(
      JSON.stringify(closeEnums(schema)).replaceAll('"$ref":"#/', '"$ref":"contract#/'),
    );
    return this.#ajv.compile(isNode(rooted) ? rooted : false);
  }
}

/** Turns open enumerations into closed ones. */
function closeEnums<Value>(value: Value): Value;
function closeEnums(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => closeEnums(item));
  if (!isNode(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, closeEnums(item)]);
  const known = value['x-extensible-enum'];
  const nullable = Array.isArray(value['type']) && value['type'].includes('null');
  return Object.fromEntries(
    Array.isArray(known) ? [...entries, ['enum', nullable ? [...known, null] : known]] : entries,
  );
}

function checkHeaders(declared: Node, { headers }: Exchange, at: string): void {
  for (const [name, header] of Object.entries(declared)) {
    const value = headers[name.toLowerCase()];
    if (isNode(header) && header['required'] === true && value === undefined) {
      throw new Error(`${at} without the header ${name}`);
    }
  }
}

function mediaType({ headers }: Exchange): string {
  return (
    String(headers['content-type'] ?? 'nothing')
      .split(';', 1)[0]
      ?.trim() ?? ''
  );
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, index) =>
      part.startsWith('{') ? segments[index] !== '' : part === segments[index],
    )
  );
}

function placeholders(path: string): number {
  return path.split('{').length - 1;
}
