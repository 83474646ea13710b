import type Anthropic from '@anthropic-ai/sdk';
import type { ConnectorsClient } from './connectors-client.ts';

type Tool = Anthropic.Tool;
type Choice = Anthropic.ToolChoiceTool;

/** Answers with the user's tools, over Anthropic's Messages API. */
export async function answerWithMessages(
  anthropic: Anthropic,
  connectors: ConnectorsClient,
  { model, question, tool }: { model: string; question: string; tool?: string },
): Promise<string> {
  const { tools, tool_choice, instructions } = await connectors.fetchTools<Tool, Choice>(
    'anthropic',
    tool,
  );
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: question }];
  let choice: Anthropic.ToolChoice = tool_choice ?? { type: 'auto' };
  for (;;) {
    const { content } = await anthropic.messages.create({
      model,
      max_tokens: 1024,
      messages,
      ...(instructions !== null && { system: instructions }),
      ...(tools.length > 0 && { tools, tool_choice: choice }),
    });
    const calls = content.filter((block) => block.type === 'tool_use');
    if (calls.length === 0) {
      return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    }
    const results: Anthropic.ToolResultBlockParam[] = [];
    for (const { id, name, input } of calls) {
      const result = await connectors.callTool(name, input);
      results.push({ type: 'tool_result', tool_use_id: id, content: result });
    }
    messages.push({ role: 'assistant', content }, { role: 'user', content: results });
    choice = { type: 'auto' };
  }
}
