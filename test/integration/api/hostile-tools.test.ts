import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { ImpatientClock } from './support/impatient-clock.ts';
import { RawServer } from './support/raw-server.ts';

/** What a reader does not see and a model reads, or what turns around what a reader sees. */
const HIDDEN: Readonly<Record<string, string>> = {
  nul: '\u0000',
  bell: '\u0007',
  'terminal escape': '\u001b[2J',
  'C1 control': '\u009b',
  'right-to-left override': '\u202e',
  isolate: '\u2066',
  'right-to-left mark': '\u200f',
  'Arabic letter mark': '\u061c',
  'zero width space': '\u200b',
  'byte order mark': '\ufeff',
  tags: '\u{e0001}\u{e0049}\u{e0047}\u{e004e}',
  'variation selector of plane 14': '\u{e0101}',
  'lone surrogate': '\ud83d',
};
const ALL_HIDDEN = Object.values(HIDDEN).join('x');
const INVISIBLE =
  /[^\P{Cc}\n\t]|[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}]|\p{Cs}/u;

let service: TestService;
let server: RawServer;
let alice: ApiClient;

beforeAll(async () => {
  service = await startTestService({ clock: new ImpatientClock() });
});

afterAll(() => service.close());

beforeEach(async () => {
  server = await RawServer.start();
  alice = await service.clientFor();
});

afterEach(() => server.stop());

/** A text between whose letters all of the hidden characters stand. */
const dressed = (text: string) => `${ALL_HIDDEN}${text}${ALL_HIDDEN}`;
const plain = (name: string) => ({ name, description: 'Plain.', inputSchema: { type: 'object' } });

function dressedSchema() {
  const member = { type: 'string', title: dressed('Title'), description: dressed('Inner') };
  return {
    type: 'object',
    title: dressed('Schema'),
    description: dressed('Outer'),
    $comment: dressed('Comment'),
    properties: {
      list: { type: 'array', items: { anyOf: [member, { $ref: '#/$defs/again' }] } },
    },
    $defs: { again: { type: 'object', description: dressed('Again'), properties: { member } } },
  };
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...stringsOf(member)]);
}

function expectVisible(answer: ApiAnswer<unknown>): void {
  for (const text of stringsOf(JSON.parse(answer.text))) expect(text).not.toMatch(INVISIBLE);
  // Neither as characters nor as what JSON writes for them.
  expect(answer.text).not.toMatch(INVISIBLE);
}

/** Every answer that shows tools or what a server says of itself. */
async function everyAnswer(): Promise<ApiAnswer<unknown>[]> {
  const body = { name: 'Mine', server_url: server.url };
  const tested = await alice.testConnection(body);
  const created = await alice.createConnector(body);
  const { id } = created.ok(201);
  return [
    tested,
    created,
    await alice.testConnector(id),
    await alice.listConnectorTools(id),
    await alice.getTools(),
    await alice.syncConnector(id),
    await alice.listConnectors(),
    await alice.getConnector(id),
  ];
}

describe('invisible characters', () => {
  it('are taken out of every text of a tool and its schemas, at any depth', async () => {
    server.serverInfo = {
      name: dressed('raw'),
      version: dressed('1'),
      title: dressed('Raw server'),
    };
    server.tools = [
      {
        ...plain('dressed'),
        title: dressed('Title'),
        description: dressed('First line\n\tsecond line'),
        inputSchema: dressedSchema(),
        outputSchema: dressedSchema(),
        annotations: { title: dressed('Hint'), readOnlyHint: true, extra: dressed('Extra') },
      },
    ];

    for (const answer of await everyAnswer()) expectVisible(answer);

    const { tools } = (await alice.testConnection({ server_url: server.url })).ok();
    const letters = (text: unknown) => String(text).replaceAll(/[x[2J]/g, '');
    expect(tools).toHaveLength(1);
    expect(letters(tools[0]?.title)).toBe('Title');
    expect(letters(tools[0]?.description)).toBe('First line\n\tsecond line');
    expect(letters(tools[0]?.input_schema['description'])).toBe('Outer');
    expect(JSON.stringify(tools[0]?.output_schema)).toContain('Again');
  });

  it.each(Object.entries(HIDDEN))('%s in a name costs that tool only', async (_what, hidden) => {
    server.tools = [plain('first'), plain(`hid${hidden}den`), plain('last')];

    const answers = await everyAnswer();

    for (const answer of answers) expectVisible(answer);
    const { tools, warnings } = (await alice.testConnection({ server_url: server.url })).ok();
    expect(tools.map(({ name }) => name)).toEqual(['first', 'last']);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.tool).toMatch(/^hid.{0,3}den$/);
    const names = (await alice.getTools()).ok().tools.map(({ name }) => name);
    expect(names).toEqual(['mine__first', 'mine__last']);
  });

  it('in the name of a broken tool do not reach its warning', async () => {
    server.tools = [
      plain('good'),
      { name: dressed('broken') },
      { name: dressed('long').repeat(9) },
    ];

    for (const answer of await everyAnswer()) expectVisible(answer);
  });
});

describe('broken tools among good ones', () => {
  it('are left out and named, in the report, in what is stored and in the list', async () => {
    let nested: Record<string, unknown> = { type: 'object' };
    for (let depth = 0; depth < 100; depth += 1)
      nested = { type: 'object', properties: { nested } };
    server.tools = [
      plain('before'),
      { name: 'without-schema' },
      { name: 'schema-is-text', inputSchema: 'object' },
      { name: 'schema-of-a-list', inputSchema: { type: 'array' } },
      { name: 'deep-schema', inputSchema: nested },
      {
        name: 'large-schema',
        inputSchema: { type: 'object', $comment: 'x', x: 'y'.repeat(70_000) },
      },
      { name: 'n'.repeat(129), inputSchema: { type: 'object' } },
      { name: 7, inputSchema: { type: 'object' } },
      'not an object',
      null,
      plain('after'),
    ];

    const [tested] = await everyAnswer();

    const report = (await alice.testConnection({ server_url: server.url })).ok();
    expect(JSON.parse(String(tested?.text))).toMatchObject({ tools: report.tools });
    expect(report).toMatchObject({ success: true, attempts: 1 });
    expect(report.tools.map(({ name }) => name)).toEqual(['before', 'after']);
    const named = report.warnings.map((warning) => warning.tool);
    expect(named).toEqual(
      expect.arrayContaining([
        'without-schema',
        'schema-is-text',
        'schema-of-a-list',
        'deep-schema',
        'large-schema',
      ]),
    );
    expect(report.warnings).toHaveLength(9);
    for (const { tool, message } of report.warnings) {
      expect(tool.length).toBeLessThanOrEqual(128);
      expect(message).toMatch(/^[A-Z].*\.$/);
    }
    const { items } = (await alice.listConnectors()).ok();
    const stored = (await alice.listConnectorTools(String(items[0]?.id))).ok();
    expect(stored.items.map(({ name }) => name)).toEqual(['after', 'before']);
    const listed = (await alice.getTools()).ok();
    expect(listed.tools.map(({ name }) => name)).toEqual(['mine__after', 'mine__before']);
  });
});

describe('too many tools', () => {
  it.each([501, 10_000])('%i of them are refused, and nothing of them is kept', async (count) => {
    server.tools = Array.from({ length: count }, (_, n) => plain(`tool-${n}`));
    const body = { name: 'Mine', server_url: server.url };

    const report = (await alice.testConnection(body)).ok();
    expect(report).toMatchObject({
      success: false,
      error_code: 'RESPONSE_TOO_LARGE',
      tools: [],
      warnings: [],
    });
    (await alice.createConnector(body)).problem(422, 'RESPONSE_TOO_LARGE');
    expect((await alice.listConnectors()).ok().items).toEqual([]);

    server.tools = [plain('good')];
    const { id } = (await alice.createConnector(body)).ok(201);
    server.tools = Array.from({ length: count }, (_, n) => plain(`tool-${n}`));
    expect((await alice.syncConnector(id)).ok()).toMatchObject({ status: 'ERROR', tool_count: 1 });
    expect((await alice.getTools()).ok().tools.map(({ name }) => name)).toEqual(['mine__good']);
  });

  it('five hundred are stored and listed', async () => {
    server.tools = Array.from({ length: 500 }, (_, n) => plain(`tool-${n}`));

    const body = { name: 'Mine', server_url: server.url };
    expect((await alice.createConnector(body)).ok(201).tool_count).toBe(500);

    expect((await alice.getTools()).ok().tools).toHaveLength(500);
  });
});
