import type { Content, GoogleGenAI, Part, Tool, ToolConfig } from '@google/genai';
import type { ConnectorsClient } from './connectors-client.ts';

/** Answers with the user's tools, over Gemini's `generateContent`. */
export async function answerWithGemini(
  gemini: GoogleGenAI,
  connectors: ConnectorsClient,
  { model, question, tool }: { model: string; question: string; tool?: string },
): Promise<string> {
  const { tools, tool_choice, instructions } = await connectors.fetchTools<Tool, ToolConfig>(
    'gemini',
    tool,
  );
  const contents: Content[] = [{ role: 'user', parts: [{ text: question }] }];
  let toolConfig: ToolConfig | null = tool_choice;
  for (;;) {
    const response = await gemini.models.generateContent({
      model,
      contents,
      config: {
        tools,
        ...(toolConfig !== null && { toolConfig }),
        ...(instructions !== null && { systemInstruction: instructions }),
      },
    });
    const calls = response.functionCalls ?? [];
    const content = response.candidates?.[0]?.content;
    if (content === undefined || calls.length === 0) return response.text ?? '';
    const parts: Part[] = [];
    for (const { name = '', args } of calls) {
      const output = await connectors.callTool(name, args);
      parts.push({ functionResponse: { name, response: { output } } });
    }
    contents.push(content, { role: 'user', parts });
    toolConfig = null;
  }
}
