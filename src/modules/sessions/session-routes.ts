import { Type } from '@sinclair/typebox';
import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { AppError } from '../../errors/app-error.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { toSessionPage } from './session-mapper.ts';
import type { SessionStatisticsService } from './session-statistics-service.ts';

/** Services behind the session routes. */
export interface SessionRoutesOptions {
  sessionStatisticsService: SessionStatisticsService;
}

const DEFAULT_LIMIT = 50;
/** Numbers of sessions mean something to one replica only. */
const Place = Type.Tuple([Type.String({ maxLength: 100 }), Type.Integer({ minimum: 0 })]);

/** Registers the operations of `sessions-api.yaml`. */
export function sessionRoutes(
  app: ContractApp,
  { sessionStatisticsService: sessions }: SessionRoutesOptions,
): void {
  const placeAfter = (cursor: string | undefined): number | undefined => {
    if (cursor === undefined) return undefined;
    const [replicaId, number] = decodeCursor(Place, cursor);
    if (replicaId === sessions.replicaId) return number;
    throw new AppError('INVALID_CURSOR', {
      detail: 'The cursor is of another replica, whose sessions this one does not know.',
    });
  };

  route(app, operations.listSessions, async (request, reply) => {
    const { limit = DEFAULT_LIMIT, cursor, user_id: userId, connector_id } = request.query;
    const query = { userId, connectorId: connector_id, limit, after: placeAfter(cursor) };
    const report = sessions.report(getCaller(request), query);
    const { next, replicaId } = report;
    const nextCursor = next === undefined ? null : encodeCursor([replicaId, next]);
    return await reply.header('cache-control', 'no-store').send(toSessionPage(report, nextCursor));
  });

  route(app, operations.closeSessions, async (request, reply) => {
    const { user_id: userId, connector_id: connectorId } = request.query;
    const closed = await sessions.closeUser(getCaller(request), { userId, connectorId });
    return await reply.send({ ...closed, replica_id: sessions.replicaId });
  });
}
