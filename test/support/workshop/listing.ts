import { type Behaviours, type Handler, onTools } from './behaviour.ts';
import { GOOD_TOOL, toolPage } from './good-server.ts';

/** Answers with tools. */
export function tools(list: readonly unknown[]): Handler {
  return ({ reply }) => reply({ result: toolPage(list) });
}

const many = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ ...GOOD_TOOL, name: `t${n}` }));

/** What goes wrong with the list of tools as a whole. */
export const LISTING: Behaviours = {
  'hang-on-tools': onTools(({ stall }) => stall()),
  'error-on-tools': onTools(({ reply }) =>
    reply({ error: { code: -32603, message: 'upstream text' } }),
  ),
  /** Announces tools and has no list of them: no tools. */
  'no-list-of-tools': onTools(({ reply }) =>
    reply({ error: { code: -32601, message: 'Method not found' } }),
  ),
  'tools-are-text': onTools(({ reply }) => reply({ result: { ...toolPage([]), tools: 'none' } })),
  'endless-pages': onTools(({ reply, count }) =>
    reply({ result: toolPage([{ ...GOOD_TOOL, name: `t${count}` }], `c${count}`) }),
  ),
  'circular-pages': onTools(({ reply, count }) =>
    reply({ result: toolPage([{ ...GOOD_TOOL, name: `t${count}` }], 'same') }),
  ),
  'long-cursors': onTools(({ reply, count }) =>
    reply({ result: toolPage([], `${count}${'c'.repeat(3_000_000)}`) }),
  ),
  'too-many-tools': onTools(tools(many(501))),
  '10000-tools': onTools(tools(many(10_000))),
  'heavy-tools': onTools(
    tools(many(450).map((tool) => ({ ...tool, description: 'd'.repeat(7_500) }))),
  ),
  /** One tool to the first who asks, another one from then on. */
  'changes-its-tools': {
    dialects: ['legacy', 'modern', 'sse'],
    handler: () => {
      let asked = 0;
      return (exchange) => {
        if (exchange.message.method !== 'tools/list') return exchange.behave();
        asked += 1;
        return tools(asked === 1 ? [GOOD_TOOL] : [{ ...GOOD_TOOL, name: 'other' }])(exchange);
      };
    },
  },
  /** An MCP server to the first who asks for its tools, a web page from then on. */
  'changes-its-mind': {
    dialects: ['legacy', 'modern', 'sse'],
    handler: () => {
      let listed = false;
      return (exchange) => {
        if (!listed) {
          listed = exchange.message.method === 'tools/list';
          return exchange.behave();
        }
        const page = exchange.response.writeHead(200, { 'content-type': 'text/html' });
        return page.end('<p>upstream text');
      };
    },
  },
};
