import type {
  CompleteResult,
  GetPromptResult,
  ListPromptsResult,
  ListResourcesResult,
  ListResourceTemplatesResult,
  ReadResourceResult,
  Server,
} from '@modelcontextprotocol/server';
import type { OfferingRequest } from '../client/server-offerings.ts';
import type { OfferingsBackend } from './offerings-backend.ts';

/** Runs the work of a handler, and translates what it throws. */
export type Guard = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * What the endpoint says it has besides tools. Nobody can subscribe to a single resource: its server would have to be asked for as long.
 * @param isTold whether the client can be told of changes
 */
export function offeringCapabilities(isTold: boolean) {
  const lists = isTold ? { listChanged: true } : {};
  return { prompts: lists, resources: lists, completions: {} };
}

/** The lists of offerings, which clients may keep for themselves for a while. */
export const OFFERING_LISTS = [
  'prompts/list',
  'resources/list',
  'resources/templates/list',
] as const;

/**
 * Has a server answer all requests for prompts, resources and completions. The results are those of discovery and of users' servers; the
 * SDK checks each against the era's schema before it leaves, so that the casts promise nothing.
 */
export function registerOfferings(server: Server, offerings: OfferingsBackend, guard: Guard): void {
  server.setRequestHandler('prompts/list', ({ params }) =>
    guard(async () => {
      const { entries, ...page } = await listed(offerings, 'prompt', params?.cursor);
      return { prompts: entries as ListPromptsResult['prompts'], ...page };
    }),
  );
  server.setRequestHandler('resources/list', ({ params }) =>
    guard(async () => {
      const { entries, ...page } = await listed(offerings, 'resource', params?.cursor);
      return { resources: entries as ListResourcesResult['resources'], ...page };
    }),
  );
  server.setRequestHandler('resources/templates/list', ({ params }) =>
    guard(async () => {
      const { entries, ...page } = await listed(offerings, 'template', params?.cursor);
      const resourceTemplates = entries as ListResourceTemplatesResult['resourceTemplates'];
      return { resourceTemplates, ...page };
    }),
  );
  const ask = (request: OfferingRequest, { mcpReq }: { mcpReq: { signal: AbortSignal } }) =>
    guard(() => offerings.request(request, { signal: mcpReq.signal }));
  server.setRequestHandler('prompts/get', async ({ method, params }, context) => {
    const { name, arguments: args = {} } = params;
    return (await ask({ method, params: { name, arguments: args } }, context)) as GetPromptResult;
  });
  server.setRequestHandler('resources/read', async ({ method, params: { uri } }, context) => {
    return (await ask({ method, params: { uri } }, context)) as ReadResourceResult;
  });
  server.setRequestHandler('completion/complete', async ({ method, params }, context) => {
    const { ref, argument, context: known } = params;
    const asked = {
      ref,
      argument,
      ...(known?.arguments && { context: { arguments: known.arguments } }),
    };
    return (await ask({ method, params: asked }, context)) as CompleteResult;
  });
}

async function listed(
  offerings: OfferingsBackend,
  kind: Parameters<OfferingsBackend['list']>[0],
  cursor: string | undefined,
) {
  const { entries, nextCursor } = await offerings.list(kind, cursor);
  return { entries, ...(nextCursor !== undefined && { nextCursor }) };
}
