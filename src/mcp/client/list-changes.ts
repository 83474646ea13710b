import type { ServerCapabilities } from '@modelcontextprotocol/client';

/** What a server says when one of its lists has changed. */
const LIST_CHANGED: ReadonlySet<unknown> = new Set([
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
]);

/** Says this notification that a list of the server has changed? */
export function isListChange(method: unknown): boolean {
  return LIST_CHANGED.has(method);
}

/**
 * The changes a server announces, as `subscriptions/listen` asks for them (MCP 2026-07-28, subscriptions); undefined where it announces
 * none.
 */
export function announcedChanges({
  tools,
  prompts,
  resources,
}: Pick<ServerCapabilities, 'tools' | 'prompts' | 'resources'> = {}):
  | { [name: string]: true }
  | undefined {
  const changes = {
    ...(tools?.listChanged === true && { toolsListChanged: true as const }),
    ...(prompts?.listChanged === true && { promptsListChanged: true as const }),
    ...(resources?.listChanged === true && { resourcesListChanged: true as const }),
  };
  return Object.keys(changes).length > 0 ? changes : undefined;
}
