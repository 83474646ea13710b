import { Type } from '@sinclair/typebox';
import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { AppError } from '../../errors/app-error.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import type { AuditPosition } from './audit.ts';
import { toAuditResource } from './audit-mapper.ts';
import type { AuditService } from './audit-service.ts';

/** Services behind the route. */
export interface AuditRoutesOptions {
  auditService: AuditService;
}

const DEFAULT_LIMIT = 50;
const Place = Type.Tuple([
  // PostgreSQL knows no year 0.
  Type.String({ pattern: '^[1-9]\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  Type.String({ pattern: '^[1-9]\\d{0,17}$' }),
]);

/** Registers the operation of `admin-api.yaml` that lists audit records. */
export function auditRoutes(app: ContractApp, { auditService }: AuditRoutesOptions): void {
  route(app, operations.listAuditRecords, async (request, reply) => {
    const { limit = DEFAULT_LIMIT, cursor, from, to, ...named } = request.query;
    const filter = {
      actorId: named.actor_id,
      userId: named.user_id,
      projectId: named.project_id,
      connectorId: named.connector_id,
      objectId: named.object_id,
      action: named.action,
      outcome: named.outcome,
      from: toMoment(from),
      to: toMoment(to),
    };
    const page = { limit, after: toPosition(cursor) };
    const { items, next } = await auditService.list(getCaller(request), filter, page);
    return await reply.header('cache-control', 'no-store').send({
      items: items.map(toAuditResource),
      next_cursor: next === undefined ? null : encodeCursor([next.at.toISOString(), next.id]),
    });
  });
}

function toPosition(cursor: string | undefined): AuditPosition | undefined {
  if (cursor === undefined) return undefined;
  const [time, id] = decodeCursor(Place, cursor);
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) throw new AppError('INVALID_CURSOR');
  return { at, id };
}

/** Nothing happened before, and PostgreSQL knows no year 0. A leap second is the one before it. */
function toMoment(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text.replace(/:60(?=[.Zz+-])/, ':59'));
  return new Date(Number.isNaN(time) ? 0 : Math.max(0, time));
}
