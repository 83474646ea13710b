import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { untilClientLeaves } from '../../http/until-client-leaves.ts';
import { managerIdentity, memberIdentity } from '../../tenancy/identity-for.ts';
import type { Catalog } from './catalog.ts';
import type { CatalogConnectorService } from './catalog-connector-service.ts';
import { toFindingResource, toItemResource } from './catalog-mapper.ts';
import type { CatalogService } from './catalog-service.ts';

/** Services behind the routes of the catalog. */
export interface CatalogRoutesOptions {
  catalog: Pick<Catalog, 'get'>;
  catalogService: CatalogService;
  catalogConnectorService: CatalogConnectorService;
}

/** Registers the operations of `catalog-api.yaml`. */
export function catalogRoutes(app: ContractApp, options: CatalogRoutesOptions): void {
  readingRoutes(app, options);
  switchingRoutes(app, options);
}

function readingRoutes(app: ContractApp, { catalog, catalogService }: CatalogRoutesOptions): void {
  route(app, operations.listCatalog, async (request, reply) => {
    const identity = memberIdentity(getCaller(request), request.query.project_id);
    const items = await catalogService.list(identity, 'project');
    return await reply.send({ items: items.map(toItemResource) });
  });

  route(app, operations.getCatalogEntry, async (request, reply) => {
    const identity = memberIdentity(getCaller(request), request.query.project_id);
    const entry = catalog.get(request.params.key, 'project');
    return await reply.send(toItemResource(await catalogService.get(identity, entry)));
  });

  route(app, operations.discoverCatalog, async (request, reply) => {
    const identity = memberIdentity(getCaller(request), request.body.project_id);
    const found = await untilClientLeaves(reply, (signal) =>
      catalogService.discover(identity, 'project', { signal }),
    );
    if (found === undefined) return reply.hijack();
    return await reply.send({ items: found.map(toFindingResource) });
  });
}

function switchingRoutes(
  app: ContractApp,
  { catalog, catalogService, catalogConnectorService }: CatalogRoutesOptions,
): void {
  route(app, operations.enableCatalogEntry, async (request, reply) => {
    const { project_id: projectId, settings = {} } = request.body;
    const identity = managerIdentity(getCaller(request), projectId);
    const entry = catalog.get(request.params.key, 'project');
    const deployment = await catalogConnectorService.switchOn(identity, entry, { settings });
    const item = toItemResource(await catalogService.get(identity, entry));
    if (deployment === undefined) return await reply.code(200).send(item);
    return await reply.code(202).header('location', `/api/deployments/${deployment.id}`).send(item);
  });

  route(app, operations.disableCatalogEntry, async (request, reply) => {
    const identity = managerIdentity(getCaller(request), request.body.project_id);
    const entry = catalog.get(request.params.key, 'project');
    await catalogConnectorService.disable(identity, entry);
    return await reply.send(toItemResource(await catalogService.get(identity, entry)));
  });

  route(app, operations.syncCatalogEntry, async (request, reply) => {
    const identity = managerIdentity(getCaller(request), request.body.project_id);
    const entry = catalog.get(request.params.key, 'project');
    await catalogConnectorService.sync(identity, entry);
    return await reply.send(toItemResource(await catalogService.get(identity, entry)));
  });

  route(app, operations.deleteCatalogEntry, async (request, reply) => {
    const identity = managerIdentity(getCaller(request), request.query.project_id);
    const entry = catalog.get(request.params.key, 'project');
    await catalogConnectorService.remove(identity, entry);
    return await reply.code(204).send(null);
  });
}
