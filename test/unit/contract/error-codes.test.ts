import { expect, test } from 'vitest';
import { contractDocument } from '../../../src/contract/generated-document.ts';
import { ERROR_CODES } from '../../../src/errors/error-codes.ts';
import { child, documentedOperations, isNode } from '../../support/contract-document.ts';

const schemas = child(child(contractDocument, 'components'), 'schemas');

test('the contract lists exactly the codes the service can answer', () => {
  expect(child(schemas, 'ErrorCode')['x-extensible-enum']).toEqual(Object.keys(ERROR_CODES));
});

test('every example of a problem has the status and the title of its code', () => {
  const examples = documentedOperations().flatMap(({ operationId, responses }) =>
    Object.entries(responses).flatMap(([status, response]) => {
      const content = child(child(response, 'content'), 'application/problem+json');
      const named = Object.values(child(content, 'examples')).map((one) =>
        isNode(one) ? one['value'] : undefined,
      );
      return [content['example'], ...named].filter(isNode).map((example) => ({
        at: `${operationId} ${status}`,
        status: Number(status),
        example,
      }));
    }),
  );
  expect(examples.length).toBeGreaterThan(50);
  const codes: Readonly<Record<string, { status: number; title: string }>> = ERROR_CODES;
  for (const { at, status, example } of examples) {
    const code = String(example['code']);
    expect(example, at).toMatchObject({ ...codes[code], status });
    expect(example['type'], at).toBe(`/errors/${code.toLowerCase().replaceAll('_', '-')}`);
  }
});
