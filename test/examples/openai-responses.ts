import type OpenAI from 'openai';
import type { ConnectorsClient } from './connectors-client.ts';

type Tool = OpenAI.Responses.FunctionTool;
type Choice = OpenAI.Responses.ToolChoiceFunction;

/** Answers with the user's tools, over OpenAI's Responses API. */
export async function answerWithResponses(
  openai: OpenAI,
  connectors: ConnectorsClient,
  { model, question, tool }: { model: string; question: string; tool?: string },
): Promise<string> {
  const { tools, tool_choice, instructions } = await connectors.fetchTools<Tool, Choice>(
    'openai',
    tool,
  );
  const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: question }];
  let choice: Choice | 'auto' = tool_choice ?? 'auto';
  for (;;) {
    const response = await openai.responses.create({
      model,
      instructions,
      input,
      tools,
      tool_choice: choice,
    });
    const calls = response.output.filter((item) => item.type === 'function_call');
    if (calls.length === 0) return response.output_text;
    for (const call of calls) {
      const output = await connectors.callTool(call.name, JSON.parse(call.arguments));
      input.push(call, { type: 'function_call_output', call_id: call.call_id, output });
    }
    // Forced once; then the model may answer.
    choice = 'auto';
  }
}
