import { contractDocument } from '../../src/contract/generated-document.ts';

/** A part of an OpenAPI document, looked at without trusting its shape. */
export type Node = Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member of a node; an empty node where there is none. */
export function child(node: Node, name: string): Node {
  const value = node[name];
  return isNode(value) ? value : {};
}

/** An operation of the contract, as the document itself states it. */
export interface DocumentedOperation {
  operationId: string;
  /** In upper case. */
  method: string;
  path: string;
  /** Parameters of the path and of the operation, references followed. */
  parameters: readonly Node[];
  requestBody: Node | undefined;
  /** By status, references followed. */
  responses: Readonly<Record<string, Node>>;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** Follows `#/…` references. */
export function resolveReference(document: Node, node: Node): Node {
  const reference = node['$ref'];
  if (typeof reference !== 'string') return node;
  const target = reference
    .slice(2)
    .split('/')
    .reduce<Node>(
      (at, name) => child(at, name.replaceAll('~1', '/').replaceAll('~0', '~')),
      document,
    );
  return resolveReference(document, target);
}

/** Every operation, read from the document and not from what the generator made of it. */
export function documentedOperations(document: Node = contractDocument): DocumentedOperation[] {
  const list = (node: Node, name: string): Node[] => {
    const value: unknown = node[name];
    return Array.isArray(value)
      ? value.filter(isNode).map((item) => resolveReference(document, item))
      : [];
  };
  return Object.entries(child(document, 'paths')).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = isNode(item) ? child(item, method) : {};
      if (!isNode(item) || typeof operation['operationId'] !== 'string') return [];
      const body = operation['requestBody'];
      return [
        {
          operationId: operation['operationId'],
          method: method.toUpperCase(),
          path,
          parameters: [...list(item, 'parameters'), ...list(operation, 'parameters')],
          requestBody: isNode(body) ? resolveReference(document, body) : undefined,
          responses: Object.fromEntries(
            Object.entries(child(operation, 'responses')).map(([status, response]) => [
              status,
              resolveReference(document, isNode(response) ? response : {}),
            ]),
          ),
        },
      ];
    }),
  );
}
