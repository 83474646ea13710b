/** A user's tools in the shape of a provider's SDK. */
export interface Toolset<Tool, Choice> {
  tools: Tool[];
  /** Makes the model use the selected tool. */
  tool_choice: Choice | null;
  /** Goes before the system prompt where a tool is selected. */
  instructions: string | null;
  warnings: { code: string; message: string; tool: string | null }[];
}

/** What a tool answered. */
export interface ToolResult {
  content: unknown[];
  structured_content: unknown;
  is_error: boolean;
}

/** All an agent's backend needs of the connectors service. */
export class ConnectorsClient {
  readonly #url: string;
  readonly #token: string;

  constructor(options: { url: string; token: string }) {
    this.#url = options.url;
    this.#token = options.token;
  }

  async fetchTools<Tool, Choice>(
    format: 'openai' | 'openai-chat' | 'anthropic' | 'gemini',
    selectedTool?: string,
  ): Promise<Toolset<Tool, Choice>> {
    const query = new URLSearchParams({ format });
    if (selectedTool !== undefined) query.set('selected_tool', selectedTool);
    const answer = await this.#send(`/api/users/me/tools?${query}`);
    return (await answer.json()) as Toolset<Tool, Choice>;
  }

  /** A text the model can read, also where the tool failed. */
  async callTool(name: string, args: unknown): Promise<string> {
    const answer = await this.#send('/api/users/me/tools/call', { name, arguments: args });
    const result = (await answer.json()) as ToolResult;
    return JSON.stringify(result.structured_content ?? result.content);
  }

  async #send(path: string, body?: object): Promise<Response> {
    const answer = await fetch(`${this.#url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (answer.ok) return answer;
    throw new Error(`The connectors service answered ${answer.status}: ${await answer.text()}`);
  }
}
