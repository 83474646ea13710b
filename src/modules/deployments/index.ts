// Servers of catalog entries that are brought up for projects:
// - `DeploymentService` says what is wanted, `DeploymentAdvanceService` (a job) does it, `DeployedServers` finds the server at the moment of use.
// - `CatalogDeployments` is what the catalog sees of it.
export { CatalogDeployments } from './catalog-deployments.ts';
export { DeployedServers } from './deployed-servers.ts';
export { DeploymentAdvanceService } from './deployment-advance-service.ts';
export { deploymentRoutes } from './deployment-routes.ts';
export { DeploymentSecrets } from './deployment-secrets.ts';
export { DeploymentService } from './deployment-service.ts';
export { DeploymentWork } from './deployment-work.ts';
export { PrismaDeploymentStore } from './prisma-deployment-store.ts';
export { PrismaDeploymentWorkStore } from './prisma-deployment-work-store.ts';
export { Runtimes } from './runtimes.ts';
