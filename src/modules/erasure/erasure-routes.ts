import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { managerIdentity } from '../../tenancy/identity-for.ts';
import type { ErasureService } from './erasure-service.ts';

/** Services behind the route. */
export interface ErasureRoutesOptions {
  erasureService: ErasureService;
}

/** Registers the operation of `admin-api.yaml` that erases a user, and that of `projects-api.yaml`. */
export function erasureRoutes(app: ContractApp, { erasureService }: ErasureRoutesOptions): void {
  route(app, operations.eraseUser, async (request, reply) => {
    const erased = await erasureService.eraseUser(getCaller(request), request.params.user_id);
    const { closed, draining, replicaId } = erased.sessions;
    return await reply.send({
      connectors: erased.connectors,
      credentials: erased.credentials,
      tools: erased.tools,
      sign_ins: erased.signIns,
      idempotency_records: erased.idempotencyRecords,
      grants_revoked: erased.grantsRevoked,
      sessions: { closed, draining, replica_id: replicaId },
    });
  });

  route(app, operations.removeProjectMember, async (request, reply) => {
    const { project_id: projectId, user_id: userId } = request.params;
    const admin = managerIdentity(getCaller(request), projectId);
    const removed = await erasureService.removeMember(admin, userId);
    const { closed, draining, replicaId } = removed.sessions;
    return await reply.send({
      credentials: removed.credentials,
      grants_revoked: removed.grantsRevoked,
      sessions: { closed, draining, replica_id: replicaId },
    });
  });
}
