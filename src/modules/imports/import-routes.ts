import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { managerIdentity } from '../../tenancy/identity-for.ts';
import { toExportResource } from './export-mapper.ts';
import type { ExportService } from './export-service.ts';
import { toImportChoice, toImportReportResource } from './import-mapper.ts';
import type { ImportService } from './import-service.ts';

/** Services behind the operations of `imports-api.yaml`. */
export interface ImportRoutesOptions {
  importService: ImportService;
  exportService: ExportService;
}

/** Registers the operations of `imports-api.yaml`. */
export function importRoutes(
  app: ContractApp,
  { importService, exportService }: ImportRoutesOptions,
): void {
  route(app, operations.previewImport, async (request, reply) => {
    const { content, project_id: projectId } = request.body;
    const identity = managerIdentity(getCaller(request), projectId);
    const report = await importService.preview(identity, content);
    return await reply.send(toImportReportResource(report, projectId));
  });

  route(app, operations.importServers, async (request, reply) => {
    const { content, entries, project_id: projectId } = request.body;
    const identity = managerIdentity(getCaller(request), projectId);
    const choices = entries.map(toImportChoice);
    const report = await importService.import(identity, content, choices);
    return await reply.send(toImportReportResource(report, projectId));
  });

  route(app, operations.exportConnectors, async (request, reply) => {
    const { format, project_id: projectId } = request.query;
    // Members see no more than the origins of a project's servers.
    const identity = managerIdentity(getCaller(request), projectId);
    return await reply.send(toExportResource(await exportService.export(identity, format)));
  });
}
