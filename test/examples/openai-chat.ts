import type OpenAI from 'openai';
import type { ConnectorsClient } from './connectors-client.ts';

type Tool = OpenAI.Chat.ChatCompletionFunctionTool;
type Choice = OpenAI.Chat.ChatCompletionNamedToolChoice;

/** Answers with the user's tools, over OpenAI's Chat Completions or anything compatible. */
export async function answerWithChat(
  openai: OpenAI,
  connectors: ConnectorsClient,
  { model, question, tool }: { model: string; question: string; tool?: string },
): Promise<string> {
  const { tools, tool_choice, instructions } = await connectors.fetchTools<Tool, Choice>(
    'openai-chat',
    tool,
  );
  const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [
    ...(instructions === null ? [] : [{ role: 'system' as const, content: instructions }]),
    { role: 'user', content: question },
  ];
  let choice: Choice | 'auto' = tool_choice ?? 'auto';
  for (;;) {
    const completion = await openai.chat.completions.create({
      model,
      messages,
      // An empty list is refused.
      ...(tools.length > 0 && { tools, tool_choice: choice }),
    });
    const message = completion.choices[0]?.message;
    const calls = message?.tool_calls?.filter((call) => call.type === 'function') ?? [];
    if (message === undefined || calls.length === 0) return message?.content ?? '';
    messages.push(message);
    for (const { id, function: call } of calls) {
      const content = await connectors.callTool(call.name, JSON.parse(call.arguments));
      messages.push({ role: 'tool', tool_call_id: id, content });
    }
    choice = 'auto';
  }
}
