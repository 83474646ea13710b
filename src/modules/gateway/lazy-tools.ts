import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type {
  InputRequired,
  ToolCallControl,
  ToolCallRequest,
  ToolReply,
  ToolsBackend,
} from '../../mcp/server/mcp-backend.ts';
import { SEARCH_LIMITS, type ToolMatch, toProtocolTool } from '../tools/index.ts';
import { isUnknownTool, unknownTool } from './invalid-params.ts';

/** What {@link LazyTools} stand on. */
export interface LazyToolsDeps {
  search: (query: string, limit: number) => Promise<ToolMatch[]>;
  run: ToolsBackend['callTool'];
}

const DEFAULT_MATCHES = 10;

const SearchInput = Type.Object(
  {
    query: Type.String({
      minLength: 1,
      maxLength: SEARCH_LIMITS.query,
      description: 'Words that say what the tool should do, or a part of its name.',
    }),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: SEARCH_LIMITS.matches,
        description: `How many tools at most. Default ${DEFAULT_MATCHES}.`,
      }),
    ),
  },
  { additionalProperties: false },
);

const RunInput = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'The name of a tool, as search gave it.',
    }),
    arguments: Type.Optional(
      Type.Object({}, { description: 'Its arguments, as its inputSchema describes them.' }),
    ),
  },
  { additionalProperties: false },
);

const isSearchInput = TypeCompiler.Compile(SearchInput);
const isRunInput = TypeCompiler.Compile(RunInput);

/** Names without the separator of all others, so that no tool of a user has one of them. */
const LAZY_TOOLS = Buffer.from(
  JSON.stringify([
    {
      name: 'run',
      title: 'Run a tool',
      description:
        'Runs one of the user\'s tools. Find its name and its input schema with "search" first.',
      inputSchema: RunInput,
    },
    {
      name: 'search',
      title: 'Search tools',
      description:
        'Finds tools of the user by what they do. Answers with the name, description and input schema of those that fit best; call ' +
        'them with "run".',
      inputSchema: SearchInput,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
  ]),
);

/** The lazy mode: two tools in place of hundreds that would fill the context of an agent. */
export class LazyTools implements ToolsBackend {
  readonly #deps: LazyToolsDeps;

  constructor(deps: LazyToolsDeps) {
    this.#deps = deps;
  }

  async listTools(): Promise<Buffer> {
    return LAZY_TOOLS;
  }

  async callTool(
    { name, arguments: args, input }: ToolCallRequest,
    control: ToolCallControl,
  ): Promise<ToolReply | InputRequired> {
    if (name === 'search') return await this.#search(args);
    if (name === 'run') return await this.#run(args, input, control);
    throw unknownTool(name);
  }

  async #search(input: unknown): Promise<ToolReply> {
    if (!isSearchInput.Check(input)) return refusal(isSearchInput.Errors(input).First()?.path);
    const matches = await this.#deps.search(input.query, input.limit ?? DEFAULT_MATCHES);
    const tools = matches.map(({ tool }) => {
      const { name, title, description, inputSchema, annotations } = toProtocolTool(tool);
      return { name, title, description, inputSchema, annotations };
    });
    return { content: [{ type: 'text', text: JSON.stringify({ tools }) }] };
  }

  async #run(
    args: unknown,
    input: ToolCallRequest['input'],
    control: ToolCallControl,
  ): Promise<ToolReply | InputRequired> {
    if (!isRunInput.Check(args)) return refusal(isRunInput.Errors(args).First()?.path);
    const { name, arguments: inner = {} } = args;
    try {
      return await this.#deps.run({ name, arguments: { ...inner }, input }, control);
    } catch (error) {
      // The tool that was called exists; the one it was asked to run does not.
      if (!isUnknownTool(error)) throw error;
      return failed(`${error.message}. Find the names of tools with "search".`);
    }
  }
}

function refusal(path: string | undefined): ToolReply {
  return failed(`The arguments do not fit the input schema, at ${path || '/'}.`);
}

function failed(text: string): ToolReply {
  return { content: [{ type: 'text', text }], isError: true };
}
