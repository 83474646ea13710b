import type { ChatKitOptions, ToolOption } from '@openai/chatkit';

/** Where the connectors service is, and the user's own token for it. */
export interface ComposerOptions {
  baseUrl: string;
  token: string;
}

/** The menu of tools, for the browser: goes into ChatKit's options as it is. */
export async function composerOf({
  baseUrl,
  token,
}: ComposerOptions): Promise<NonNullable<ChatKitOptions['composer']>> {
  const response = await fetch(`${baseUrl}/api/users/me/composer`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`the menu could not be fetched: ${response.status}`);
  const { tools } = (await response.json()) as { tools: ToolOption[] };
  return { placeholder: 'Ask anything', tools };
}
