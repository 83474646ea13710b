import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import {
  toConnectionResource,
  toConnectRequest,
  toSystemToolResource,
} from './system-tool-mapper.ts';
import type { SystemToolService } from './system-tool-service.ts';

/** Services behind the operations. */
export interface SystemToolRoutesOptions {
  systemToolService: SystemToolService;
}

/** Registers the operations of `tools-api.yaml` that are about system tools. */
export function systemToolRoutes(
  app: ContractApp,
  { systemToolService }: SystemToolRoutesOptions,
): void {
  route(app, operations.listSystemTools, async (request, reply) => {
    const tools = await systemToolService.list(getCaller(request));
    return await reply.send({ items: tools.map(toSystemToolResource) });
  });

  route(app, operations.connectSystemTool, async (request, reply) => {
    const connection = await systemToolService.connect(
      getCaller(request),
      request.params.key,
      toConnectRequest(request.body),
    );
    const { signIn } = connection;
    if (signIn === undefined) return await reply.code(200).send(toConnectionResource(connection));
    return await reply
      .code(202)
      .header('location', `/api/oauth/authorizations/${signIn.authorization.id}`)
      .send(toConnectionResource(connection));
  });

  route(app, operations.disconnectSystemTool, async (request, reply) => {
    const tool = await systemToolService.disconnect(getCaller(request), request.params.key);
    return await reply.send(toSystemToolResource(tool));
  });
}
