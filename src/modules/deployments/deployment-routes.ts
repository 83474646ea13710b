import { Type } from '@sinclair/typebox';
import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { AppError } from '../../errors/app-error.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';
import { entityTag } from '../../http/etag.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { untilClientLeaves } from '../../http/until-client-leaves.ts';
import { managerIdentity, memberIdentity } from '../../tenancy/identity-for.ts';
import type { Catalog } from '../catalog/index.ts';
import { toDeploymentResource, toLogsResource } from './deployment-mapper.ts';
import type { DeploymentService } from './deployment-service.ts';

/** Services behind the routes of deployments. */
export interface DeploymentRoutesOptions {
  catalog: Pick<Catalog, 'get'>;
  deploymentService: DeploymentService;
}

const DEFAULT_LIMIT = 50;
const DEFAULT_LINES = 100;
const Place = Type.Tuple([
  // PostgreSQL knows no year 0.
  Type.String({ pattern: '^[1-9]\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
]);

function toPosition(cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const [createdAt, id] = decodeCursor(Place, cursor);
  const date = new Date(createdAt);
  if (Number.isNaN(date.getTime())) throw new AppError('INVALID_CURSOR');
  return { createdAt: date, id };
}

/** Registers the operations of `deployments-api.yaml`. */
export function deploymentRoutes(app: ContractApp, options: DeploymentRoutesOptions): void {
  collectionRoutes(app, options);
  memberRoutes(app, options);
}

function collectionRoutes(
  app: ContractApp,
  { catalog, deploymentService }: DeploymentRoutesOptions,
): void {
  route(app, operations.listDeployments, async (request, reply) => {
    const { project_id: projectId, limit = DEFAULT_LIMIT, cursor } = request.query;
    const identity = memberIdentity(getCaller(request), projectId);
    const after = toPosition(cursor);
    const { items, next } = await deploymentService.list(identity, { limit, after });
    return await reply.send({
      items: items.map(toDeploymentResource),
      next_cursor:
        next === undefined ? null : encodeCursor([next.createdAt.toISOString(), next.id]),
    });
  });

  route(app, operations.createDeployment, async (request, reply) => {
    const { project_id: projectId, key, settings = {} } = request.body;
    const identity = managerIdentity(getCaller(request), projectId);
    const entry = catalog.get(key, 'project');
    const asked = { settings, isEnabling: false };
    const deployment = await deploymentService.deploy(identity, entry, asked);
    return await reply
      .code(202)
      .headers({
        location: `/api/deployments/${deployment.id}`,
        etag: entityTag(deployment.version),
      })
      .send(toDeploymentResource(deployment));
  });
}

function memberRoutes(app: ContractApp, { deploymentService }: DeploymentRoutesOptions): void {
  route(app, operations.getDeployment, async (request, reply) => {
    const id = request.params.deployment_id;
    const identity = await deploymentService.allow(getCaller(request), id, 'see');
    const deployment = await deploymentService.get(identity, id);
    return await reply
      .header('etag', entityTag(deployment.version))
      .send(toDeploymentResource(deployment));
  });

  route(app, operations.deleteDeployment, async (request, reply) => {
    const id = request.params.deployment_id;
    const identity = await deploymentService.allow(getCaller(request), id, 'manage');
    const deployment = await deploymentService.delete(identity, id);
    return await reply
      .code(202)
      .header('etag', entityTag(deployment.version))
      .send(toDeploymentResource(deployment));
  });

  route(app, operations.stopDeployment, async (request, reply) => {
    const id = request.params.deployment_id;
    const identity = await deploymentService.allow(getCaller(request), id, 'manage');
    const deployment = await deploymentService.stop(identity, id);
    return await reply
      .code(202)
      .header('etag', entityTag(deployment.version))
      .send(toDeploymentResource(deployment));
  });

  route(app, operations.startDeployment, async (request, reply) => {
    const id = request.params.deployment_id;
    const identity = await deploymentService.allow(getCaller(request), id, 'manage');
    const deployment = await deploymentService.start(identity, id);
    return await reply
      .code(202)
      .header('etag', entityTag(deployment.version))
      .send(toDeploymentResource(deployment));
  });

  route(app, operations.readDeploymentLogs, async (request, reply) => {
    const id = request.params.deployment_id;
    const identity = await deploymentService.allow(getCaller(request), id, 'manage');
    const { lines = DEFAULT_LINES } = request.query;
    const logs = await untilClientLeaves(reply, (signal) =>
      deploymentService.logs(identity, id, { lines }, signal),
    );
    return logs === undefined ? reply.hijack() : await reply.send(toLogsResource(logs));
  });
}
