import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
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
    const report = await importService.preview(getCaller(request), request.body.content);
    return await reply.send(toImportReportResource(report));
  });

  route(app, operations.importServers, async (request, reply) => {
    const { content, entries } = request.body;
    const choices = entries.map(toImportChoice);
    const report = await importService.import(getCaller(request), content, choices);
    return await reply.send(toImportReportResource(report));
  });

  route(app, operations.exportConnectors, async (request, reply) => {
    const { format } = request.query;
    return await reply.send(
      toExportResource(await exportService.export(getCaller(request), format)),
    );
  });
}
