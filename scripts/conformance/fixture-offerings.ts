import type { GetPromptResult, ReadResourceResult, Server } from '@modelcontextprotocol/server';
import { ResourceNotFoundError } from '@modelcontextprotocol/server';

const text = (value: string) => ({ type: 'text' as const, text: value });
const user = (
  content: GetPromptResult['messages'][number]['content'],
): GetPromptResult['messages'][number] => ({ role: 'user', content });

const ARGUMENTS = ['arg1', 'arg2'].map((name) => ({ name, description: name, required: true }));
const URI_ARGUMENT = [{ name: 'resourceUri', description: 'A URI.', required: true }];

/** The capabilities of a server with {@link addOfferings}. */
export const OFFERINGS = { prompts: {}, resources: {}, completions: {} };

/**
 * Gives a server the prompts and resources that the suite asks for by name.
 * @param png an image, in base64
 */
export function addOfferings(server: Server, png: string): void {
  server.setRequestHandler('prompts/list', () => ({
    prompts: [
      { name: 'test_simple_prompt', description: 'Simple.' },
      { name: 'test_prompt_with_arguments', description: 'Arguments.', arguments: ARGUMENTS },
      { name: 'test_prompt_with_embedded_resource', description: 'R.', arguments: URI_ARGUMENT },
      { name: 'test_prompt_with_image', description: 'Image.' },
    ],
  }));
  server.setRequestHandler('prompts/get', ({ params: { name, arguments: args = {} } }) => ({
    messages: messagesOf(name, args, png),
  }));
  server.setRequestHandler('resources/list', () => ({
    resources: [
      { uri: 'test://static-text', name: 'text', description: 'Text.', mimeType: 'text/plain' },
      { uri: 'test://static-binary', name: 'binary', description: 'PNG.', mimeType: 'image/png' },
    ],
  }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template' }],
  }));
  server.setRequestHandler('resources/read', ({ params: { uri } }) => read(uri, png));
  server.setRequestHandler('completion/complete', () => ({
    completion: { values: ['paris', 'park'], total: 2, hasMore: false },
  }));
}

function messagesOf(
  name: string,
  { arg1, arg2, resourceUri = '' }: Record<string, string>,
  png: string,
): GetPromptResult['messages'] {
  switch (name) {
    case 'test_prompt_with_arguments':
      return [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))];
    case 'test_prompt_with_embedded_resource': {
      const resource = { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource.' };
      return [user({ type: 'resource', resource }), user(text('Please process it.'))];
    }
    case 'test_prompt_with_image':
      return [
        user({ type: 'image', data: png, mimeType: 'image/png' }),
        user(text('Please analyze it.')),
      ];
    default:
      return [user(text('This is a simple prompt for testing.'))];
  }
}

function read(uri: string, png: string): ReadResourceResult {
  if (uri === 'test://static-binary') {
    return { contents: [{ uri, mimeType: 'image/png', blob: png }] };
  }
  if (uri === 'test://static-text') {
    return { contents: [{ uri, mimeType: 'text/plain', text: 'A static text resource.' }] };
  }
  const [, id] = /^test:\/\/template\/([^/]+)\/data$/.exec(uri) ?? [];
  if (id === undefined) throw new ResourceNotFoundError(uri);
  const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
  return { contents: [{ uri, mimeType: 'application/json', text: data }] };
}
