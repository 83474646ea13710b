import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FuzzRequest } from '../../support/contract-fuzz.ts';
import { fuzzOperations } from '../../support/contract-fuzz.ts';
import { ContractJudge } from '../../support/contract-judge.ts';
import { bearer, buildHttpApp, type HttpApp } from '../../support/http-app.ts';

// Proves the fuzzer and the edge of the service: every operation answers with its example, so that only the edge
// decides. The fuzz test of the whole service stands on the same library.
const EXPECTED = {
  accepted: undefined,
  refused: 'VALIDATION_FAILED',
  malformed: 'MALFORMED_REQUEST',
} as const;

describe('fuzzing the contract', () => {
  const judge = new ContractJudge();
  let http: HttpApp;
  let authorization: { authorization: string };

  beforeAll(async () => {
    http = await buildHttpApp();
    authorization = await bearer();
  });
  afterAll(() => http.app.close());

  async function send(request: FuzzRequest): Promise<void> {
    // Injected requests never leave the turn of the event loop, which overload protection takes for a jam.
    await nextTurn();
    const response = await http.app.inject({
      method: request.method,
      url: request.url,
      headers: { ...request.headers, ...authorization },
      ...(request.body === undefined ? {} : { payload: request.body }),
    });
    const { statusCode: status, headers, body } = response;
    judge.judge({ method: request.method, url: request.url, status, headers, body });
    const expected = EXPECTED[request.verdict];
    if (expected === undefined) expect(status, body).toBeLessThan(300);
    else expect(response.json<{ code: string }>().code, body).toBe(expected);
  }

  test.each(fuzzOperations())('$operationId', async ({ valid, damaged }) => {
    await fc.assert(fc.asyncProperty(valid, send), { numRuns: 40 });
    await fc.assert(fc.asyncProperty(damaged, send), { numRuns: 120 });
  });
});
