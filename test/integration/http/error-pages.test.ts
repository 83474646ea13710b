import http, { type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Connector } from '../../../src/contract/generated.ts';
import { contractDocument } from '../../../src/contract/generated-document.ts';
import { AppError } from '../../../src/errors/app-error.ts';
import { ERROR_CATALOGUE, ERROR_TOPICS } from '../../../src/errors/error-catalogue.ts';
import { ERROR_CODES, errorSlug, isErrorCode } from '../../../src/errors/error-codes.ts';
import { buildAdminServer } from '../../../src/http/admin-server.ts';
import { createMetricsRegistry } from '../../../src/http/plugins/metrics.ts';
import { createProblemRenderer } from '../../../src/http/problem.ts';
import { child } from '../../support/contract-document.ts';
import { readTags } from '../../support/html-structure.ts';
import { buildHttpApp, type HttpApp, type HttpAppOptions } from '../../support/http-app.ts';

const codes = Object.keys(ERROR_CODES).filter(isErrorCode);

let edge: HttpApp;
let proxy: Server | undefined;
afterEach(async () => {
  await edge.app.close();
  proxy?.closeAllConnections();
  await new Promise<unknown>((resolve) =>
    proxy === undefined ? resolve(0) : proxy.close(resolve),
  );
  proxy = undefined;
});

async function start(options: HttpAppOptions = {}): Promise<void> {
  edge = await buildHttpApp(options);
}
const get = (url: string, headers: Record<string, string> = {}) =>
  edge.app.inject({ url, headers });

/** Escaped text of a page as its reader sees it. */
function visibleText(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>|<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

describe('the type of a problem', () => {
  const render = (publicUrl: string | undefined) => createProblemRenderer(publicUrl);

  test.each<[string, string | undefined, string]>([
    ['no public address', undefined, ''],
    ['a public address', 'https://connectors.example.com', ''],
    ['a public address with a path', 'https://example.com/apps/connectors', '/apps/connectors'],
  ])('leads to the page of its code: %s', async (_name, publicUrl, prefix) => {
    await start(publicUrl === undefined ? {} : { publicUrl });
    for (const code of codes) {
      const { type } = render(publicUrl)(new AppError(code), 'id');
      const { pathname } = new URL(type, 'https://connectors.example.com/api/connectors');
      expect(pathname.startsWith(`${prefix}/errors/`)).toBe(true);
      // The proxy takes its path away.
      const page = await get(pathname.slice(prefix.length));
      expect([page.statusCode, code]).toEqual([200, code]);
      expect(page.body).toContain(`<strong>${code}</strong>`);
    }
  });

  test('leads there from a real answer', async () => {
    await start();
    const refused = await get('/api/connectors');
    const { type, code } = refused.json<{ type: string; code: string }>();
    expect(code).toBe('UNAUTHENTICATED');
    expect((await get(type)).body).toContain('<strong>UNAUTHENTICATED</strong>');
  });

  test('leads to a page on the admin port as well', async () => {
    await start();
    const admin = await buildAdminServer({
      logger: edge.logger,
      render: render(undefined),
      readiness: { report: async () => ({ ready: false, checks: [] }) },
      registry: createMetricsRegistry(),
    });
    const { type } = (await admin.inject('/readyz')).json<{ type: string }>();
    expect((await admin.inject(type)).body).toContain('<strong>NOT_READY</strong>');
    await admin.close();
  });
});

describe('a page', () => {
  test('says everything there is to say about its code, and is well formed', async () => {
    await start();
    for (const code of codes) {
      const { body } = await get(`/errors/${errorSlug(code)}`);
      const text = visibleText(body);
      const { cause, shown, user, operator } = ERROR_CATALOGUE[code];
      const { title, status } = ERROR_CODES[code];
      for (const sentence of [title, shown, ...cause, ...user, ...operator]) {
        expect(text).toContain(sentence.replaceAll('`', ''));
      }
      expect(text).toContain(`${code} · HTTP ${status} · `);
      expect(body).toContain(`<title>${code} `);
      expectAccessible(body);
    }
  });

  test.each([
    '<p>a < b</p>',
    '<p>a > b</p>',
    '<p>a & b</p>',
    '<p title=x>a</p>',
    '<p title="<b>">a</p>',
    '<p><b>a</p></b>',
    '<p>a',
    'a</p>',
    '<p>a<br/></p>',
  ])('would be told from one that is not well formed: %s', (broken) => {
    expect(() => readTags(broken)).toThrow();
  });

  test('of all codes links to each of them, by topic', async () => {
    await start();
    const { body } = await get('/errors');
    expectAccessible(body);
    const links = readTags(body).flatMap(({ attributes: { href } }) => href ?? []);
    expect([...links].sort()).toEqual(codes.map((code) => `errors/${errorSlug(code)}`).sort());
    const text = visibleText(body);
    for (const code of codes) {
      expect(text).toMatch(new RegExp(`${ERROR_CODES[code].status}\\s+${code}\\s`));
      expect(text).toContain(ERROR_CODES[code].title);
    }
    for (const { title, note = '' } of ERROR_TOPICS) {
      expect(body).toContain(`<h2>${title}</h2>`);
      expect(text).toContain(note.replaceAll('`', ''));
    }
  });

  function expectAccessible(body: string): void {
    const tags = readTags(body);
    const named = (name: string) => tags.filter((tag) => tag.name === name);
    expect(body.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
    for (const once of ['html', 'head', 'title', 'style', 'body', 'main', 'h1']) {
      expect(named(once), once).toHaveLength(1);
    }
    expect(named('h2').length).toBeGreaterThanOrEqual(4);
    for (const nav of named('nav')) expect(nav.attributes['aria-label']).toBeTruthy();
    const metas = named('meta').map(({ attributes }) => attributes);
    expect(metas).toContainEqual({ charset: 'utf-8' });
    expect(metas).toContainEqual({
      name: 'viewport',
      content: 'width=device-width, initial-scale=1',
    });
    // Nothing that would run or load.
    for (const { name, attributes } of tags) {
      expect(['script', 'img', 'link', 'iframe', 'form', 'base', 'object']).not.toContain(name);
      for (const attribute of Object.keys(attributes))
        expect(attribute).not.toMatch(/^(on|style|src)/);
    }
  }
});

test('every link works below a path that a proxy takes away', async () => {
  await start({ publicUrl: 'https://example.com/apps/connectors' });
  const upstream = await edge.listen();
  const PREFIX = '/apps/connectors';
  proxy = http.createServer((request, response) => {
    const path = request.url ?? '';
    if (!path.startsWith(`${PREFIX}/`)) return void response.writeHead(404).end();
    http.get(new URL(path.slice(PREFIX.length), upstream), (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
  });
  await new Promise<void>((resolve) => proxy?.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const seen = new Map<string, string>();
  const queue = [`http://127.0.0.1:${port}${PREFIX}/errors`];
  for (let url = queue.pop(); url !== undefined; url = queue.pop()) {
    if (seen.has(url)) continue;
    const response = await fetch(url);
    expect(response.status, url).toBe(200);
    const page = await response.text();
    seen.set(url, page);
    for (const { attributes } of readTags(page)) {
      if (attributes['href'] !== undefined) queue.push(new URL(attributes['href'], url).href);
    }
  }
  expect(seen.size).toBe(codes.length + 1);
});

test('metrics and pages that the texts name are there', async () => {
  await start();
  const texts = codes.flatMap((code) => [
    ...ERROR_CATALOGUE[code].cause,
    ...ERROR_CATALOGUE[code].user,
    ...ERROR_CATALOGUE[code].operator,
  ]);
  const quoted = texts.flatMap((text) => text.split('`').filter((_piece, at) => at % 2 === 1));
  const fields = Object.keys(Connector.properties);
  expect(quoted).toContain('call_timeout_seconds');
  expect(fields).toContain('call_timeout_seconds');
  const metrics = quoted.filter(
    (piece) => /_seconds(_total)?$/.test(piece) && !fields.includes(piece),
  );
  expect(metrics.length).toBeGreaterThanOrEqual(3);
  await get('/errors');
  const { body } = await get('/metrics');
  for (const name of metrics) expect(body).toContain(`# TYPE ${name} `);
  const pages = new Set(quoted.filter((piece) => /^\/[a-z.]+$/.test(piece)));
  expect([...pages].sort()).toEqual(['/docs', '/metrics', '/openapi.json', '/readyz']);
  for (const page of pages) expect((await get(page)).statusCode, page).toBe(200);
});

test('the documentation of the API leads to the catalogue', async () => {
  await start();
  const errorCode = child(child(child(contractDocument, 'components'), 'schemas'), 'ErrorCode');
  const texts = [child(contractDocument, 'info'), errorCode].map((node) => node['description']);
  const links = texts.map((text) => /\]\((\S+)\)/.exec(String(text))?.[1]);
  const { url } = child(contractDocument, 'externalDocs');
  for (const link of [url, ...links]) {
    expect(link).toBe('/errors');
    expect((await get('/errors')).statusCode).toBe(200);
  }
});
