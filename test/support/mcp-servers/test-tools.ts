/** The tools of the well-behaved test servers, as `tools/list` shows them. */
export const TEST_TOOLS = [
  {
    name: 'echo',
    title: 'Echo',
    description: 'Says back what it is told.',
    inputSchema: {
      type: 'object' as const,
      properties: { message: { type: 'string' } },
      required: ['message'],
    },
  },
  {
    name: 'add',
    description: 'Adds two numbers.',
    inputSchema: {
      type: 'object' as const,
      properties: { a: { type: 'number' }, b: { type: 'number' } },
      required: ['a', 'b'],
    },
    outputSchema: {
      type: 'object' as const,
      properties: { sum: { type: 'number' } },
      required: ['sum'],
    },
    annotations: { readOnlyHint: true },
  },
  {
    name: 'fail',
    description: 'Reports an error of its own.',
    inputSchema: { type: 'object' as const },
  },
  {
    name: 'wait',
    description: 'Answers only when the call is cancelled.',
    inputSchema: { type: 'object' as const },
  },
];

/** A tool that is not listed: it tells its progress in three steps, where that is asked for. */
export const COUNTING_TOOL = 'count';

/** What a tool tells of its progress: nothing, but for {@link COUNTING_TOOL} where it is asked. */
export function countingProgress(tool: string, token: string | number | undefined) {
  if (tool !== COUNTING_TOOL || token === undefined) return [];
  return [1, 2, 3].map((progress) => ({
    progressToken: token,
    progress,
    total: 3,
    message: `step ${progress}`,
  }));
}

/** What a test tool answers. */
export interface TestToolResult {
  [key: string]: unknown;
  content: { type: 'text'; text: string }[];
  structuredContent?: { [key: string]: unknown };
  isError?: boolean;
}

/**
 * Runs a test tool.
 * @throws an error with a JSON-RPC code for a tool that does not exist.
 */
export async function runTestTool(
  name: string,
  input: { [key: string]: unknown } | undefined,
  signal: AbortSignal,
): Promise<TestToolResult> {
  switch (name) {
    case 'echo':
      return { content: [text(String(input?.['message']))] };
    case 'add': {
      const sum = Number(input?.['a']) + Number(input?.['b']);
      return { content: [text(String(sum))], structuredContent: { sum } };
    }
    case COUNTING_TOOL:
      return { content: [text('counted')] };
    case 'fail':
      return { content: [text('It went wrong.')], isError: true };
    case 'wait':
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return { content: [text('cancelled')] };
    default:
      throw Object.assign(new Error(`Unknown tool: ${name}`), { code: -32602 });
  }
}

function text(value: string): { type: 'text'; text: string } {
  return { type: 'text', text: value };
}
