import { type Behaviours, onTools } from './behaviour.ts';
import { GOOD_TOOL } from './good-server.ts';
import { tools } from './listing.ts';

const schema = (rest: { [key: string]: unknown }) => ({ type: 'object', ...rest });

/** A schema whose texts alone are more than is accepted. */
function large(): { [key: string]: unknown } {
  const definitions = Array.from({ length: 10 }, (_, n) => [
    `d${n}`,
    { description: 'z'.repeat(7_000) },
  ]);
  return schema({ description: 'y'.repeat(7_000), $defs: Object.fromEntries(definitions) });
}

/** Each definition holds the one before ten times: 10^9 when the references are followed. */
function billionLaughs(): { [key: string]: unknown } {
  const definitions = Array.from({ length: 9 }, (_, n) => [
    `l${n + 1}`,
    { type: 'array', prefixItems: Array(10).fill({ $ref: `#/$defs/l${n}` }) },
  ]);
  const $defs = { l0: { const: 'lol' }, ...Object.fromEntries(definitions) };
  return schema({ properties: { a: { $ref: '#/$defs/l9' } }, $defs });
}

/** Definitions that name each other in a circle, with nothing in between. */
const circle = schema({
  properties: { a: { $ref: '#/$defs/a' } },
  $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } },
});

/** A tree: endless when the references are followed, and a perfectly good schema. */
const tree = schema({
  properties: { children: { type: 'array', items: { $ref: '#' } } },
});

function nested(levels: number): { [key: string]: unknown } {
  let inner: { [key: string]: unknown } = { type: 'string' };
  for (let n = 0; n < levels; n += 1) inner = { type: 'object', properties: { a: inner } };
  return inner;
}

/** What goes wrong with single tools. Each of these servers offers a good one beside. */
export const TOOLS: Behaviours = {
  'broken-tools': onTools(
    tools([
      GOOD_TOOL,
      { name: 'no-schema' },
      { name: 'text-schema', inputSchema: { type: 'string' } },
      { name: 'x'.repeat(129), inputSchema: { type: 'object' } },
      { name: 'bell\u0007', inputSchema: { type: 'object' } },
      { name: 'large', inputSchema: large() },
      GOOD_TOOL,
      'not a tool',
    ]),
  ),
  'one-broken-schema': onTools(
    tools([
      { name: 'before', inputSchema: schema({}) },
      { name: 'broken', inputSchema: { type: 'array' } },
      GOOD_TOOL,
    ]),
  ),
  'invisible-names': onTools(
    tools([
      GOOD_TOOL,
      { name: 'right\u202eleft', inputSchema: schema({}) },
      { name: 'zero\u200bwidth', inputSchema: schema({}) },
      { name: 'esc\u001b[2J', inputSchema: schema({}) },
      { name: 'nul\u0000', inputSchema: schema({}) },
      { name: 'tag\u{e0041}', inputSchema: schema({}) },
      { name: 'two\nlines', inputSchema: schema({}) },
      { name: 'half\ud800', inputSchema: schema({}) },
    ]),
  ),
  'invisible-descriptions': onTools(
    tools([
      {
        name: 'good',
        title: 'Ti\u202etle\u0007',
        description: 'Do\u200b \u2066what\u2069 \u001b[31mI\u0000 say\u{e0041}.\nNow.',
        inputSchema: schema({ properties: { a: { type: 'string', description: 'A\u202eB' } } }),
        annotations: { title: 'No\u200bte', secret: 'ignored' },
      },
    ]),
  ),
  'recursive-schema': onTools(tools([GOOD_TOOL, { name: 'tree', inputSchema: tree }])),
  'circular-schema': onTools(tools([GOOD_TOOL, { name: 'circle', inputSchema: circle }])),
  'billion-laughs': onTools(tools([GOOD_TOOL, { name: 'laughs', inputSchema: billionLaughs() }])),
  'deep-schema': onTools(tools([GOOD_TOOL, { name: 'deep', inputSchema: nested(500) }])),
  /** Refers to a schema on another server. */
  'foreign-schema': onTools((exchange) => {
    const properties = { a: { $ref: `${exchange.neighbour}/schema.json` } };
    return tools([GOOD_TOOL, { name: 'foreign', inputSchema: schema({ properties }) }])(exchange);
  }),
  'prototype-schema': onTools(({ message, send, dialect }) => {
    const era =
      dialect === 'modern' ? '"resultType":"complete","ttlMs":0,"cacheScope":"private",' : '';
    const tool = '{"name":"good","inputSchema":{"type":"object","__proto__":{"polluted":true}}}';
    send(`{"jsonrpc":"2.0","id":${message.id},"result":{${era}"tools":[${tool}]}}`);
  }),
};
