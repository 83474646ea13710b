import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contractDocument } from '../../../src/contract/generated-document.ts';
import { buildHttpApp, type HttpApp, signToken } from '../../support/http-app.ts';

// What a user of the API does: generate types from /openapi.json, write a client with them, compile and run it.
const CLIENT = `
import createClient from 'openapi-fetch';
import type { paths } from './contract.js';

export async function visit(baseUrl: string, token: string) {
  const client = createClient<paths>({ baseUrl, headers: { authorization: 'Bearer ' + token } });
  const list = await client.GET('/api/connectors', { params: { query: { limit: 5 } } });
  const names: string[] = list.data?.items.map((connector) => connector.name) ?? [];
  const cursor: string | null | undefined = list.data?.next_cursor;
  const called = await client.POST('/api/users/{user_id}/tools/call', {
    params: { path: { user_id: 'me' } },
    body: { name: 'issue-tracker__echo', arguments: { message: 'hello' } },
  });
  const failed: boolean | undefined = called.data?.is_error;
  // @ts-expect-error the contract has no such path
  await client.GET('/api/nothing');
  // @ts-expect-error a connector needs a URL
  const refused = await client.POST('/api/connectors', { body: { name: 'a' } });
  const code: string | undefined = refused.error?.code;
  return { names, cursor, failed, code };
}
`;

let folder: string;
let http: HttpApp;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'generated-client-'));
  await symlink(
    path.resolve(import.meta.dirname, '../../../node_modules'),
    path.join(folder, 'node_modules'),
  );
  http = await buildHttpApp();
});
afterAll(async () => {
  await http.app.close();
  await rm(folder, { recursive: true });
});

function compile(file: string): string[] {
  const program = ts.createProgram([file], {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    skipLibCheck: true,
  });
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

test('a client generated from the contract compiles and runs', async () => {
  const url = await http.listen();
  const served: unknown = await (await fetch(new URL('/openapi.json', url))).json();
  expect(served).toEqual(contractDocument);
  const types = astToString(await openapiTypescript(JSON.stringify(served)));
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(path.join(folder, 'contract.ts'), types);
  await writeFile(path.join(folder, 'client.ts'), CLIENT);
  expect(compile(path.join(folder, 'client.ts'))).toEqual([]);

  const client: unknown = await import(pathToFileURL(path.join(folder, 'client.js')).href);
  if (!hasVisit(client)) throw new Error('the compiled client has no visit()');
  expect(await client.visit(url.origin, await signToken())).toEqual({
    names: ['Issue tracker'],
    cursor: null,
    failed: false,
    code: 'VALIDATION_FAILED',
  });
});

function hasVisit(
  client: unknown,
): client is { visit: (baseUrl: string, token: string) => Promise<unknown> } {
  return typeof client === 'object' && client !== null && 'visit' in client;
}
