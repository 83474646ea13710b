import { Type } from '@sinclair/typebox';
import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';
import { entityTag, ifMatch } from '../../http/etag.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import type { ConnectorAccessService } from './connector-access-service.ts';
import {
  toApprovedTool,
  toConnectorToolResource,
  toSeenDefinitions,
  toToolChanges,
} from './connector-tool-mapper.ts';
import type { ConnectorToolService } from './connector-tool-service.ts';

const DEFAULT_LIMIT = 50;
const ToolPlace = Type.Tuple([Type.String({ pattern: '^[^\\x00]{1,256}$' })]);

/** Services behind the routes of a connector's tools. */
interface ConnectorToolRoutesOptions {
  connectorAccessService: ConnectorAccessService;
  connectorToolService: ConnectorToolService;
}

/** Registers the operations of `connectors-api.yaml` on the tools of a connector. */
export function connectorToolRoutes(
  app: ContractApp,
  { connectorAccessService, connectorToolService }: ConnectorToolRoutesOptions,
): void {
  route(app, operations.listConnectorTools, async (request, reply) => {
    const { limit = DEFAULT_LIMIT, cursor } = request.query;
    const after = cursor === undefined ? undefined : decodeCursor(ToolPlace, cursor)[0];
    const id = request.params.connector_id;
    const { identity } = await connectorAccessService.allow(getCaller(request), id, 'see');
    const page = await connectorToolService.list(identity, id, { limit, after });
    return await reply.send({
      items: page.items.map(toConnectorToolResource),
      next_cursor: page.next === undefined ? null : encodeCursor([page.next]),
    });
  });

  route(app, operations.getConnectorTool, async (request, reply) => {
    const { connector_id: id, tool_id } = request.params;
    const { identity } = await connectorAccessService.allow(getCaller(request), id, 'see');
    const tool = await connectorToolService.get(identity, id, tool_id);
    return await reply.header('etag', entityTag(tool.version)).send(toConnectorToolResource(tool));
  });

  route(app, operations.updateConnectorTool, async (request, reply) => {
    const { connector_id: connectorId, tool_id: toolId } = request.params;
    const caller = getCaller(request);
    const { identity } = await connectorAccessService.allow(caller, connectorId, 'manage');
    const tool = await connectorToolService.update(
      identity,
      { connectorId, toolId },
      toToolChanges(request.body),
      ifMatch(request.headers['if-match']),
    );
    return await reply.header('etag', entityTag(tool.version)).send(toConnectorToolResource(tool));
  });

  route(app, operations.approveConnectorTools, async (request, reply) => {
    const id = request.params.connector_id;
    const { identity } = await connectorAccessService.allow(getCaller(request), id, 'manage');
    const tools = await connectorToolService.approve(identity, id, toSeenDefinitions(request.body));
    return await reply.send({ items: tools.map(toApprovedTool) });
  });
}
