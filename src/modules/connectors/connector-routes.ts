import { Type } from '@sinclair/typebox';
import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { AppError } from '../../errors/app-error.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';
import { entityTag, ifMatch } from '../../http/etag.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { untilClientLeaves } from '../../http/until-client-leaves.ts';
import { type IdempotencyService, idempotentReply } from '../idempotency/index.ts';
import type { ConnectorHealthService } from './connector-health-service.ts';
import {
  toConnectorResource,
  toCredentialResource,
  toCredentials,
  toDraft,
  toReportResource,
  toTestDraft,
  toUpdate,
} from './connector-mapper.ts';
import type { ConnectorSaveService } from './connector-save-service.ts';
import type { ConnectorService } from './connector-service.ts';

/** Services behind the connector routes. */
export interface ConnectorRoutesOptions {
  connectorService: ConnectorService;
  connectorSaveService: ConnectorSaveService;
  connectorHealthService: ConnectorHealthService;
  idempotencyService: IdempotencyService;
}

const DEFAULT_LIMIT = 50;
const ConnectorPlace = Type.Tuple([
  // PostgreSQL knows no year 0.
  Type.String({ pattern: '^[1-9]\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
]);

function toPosition(cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const [createdAt, id] = decodeCursor(ConnectorPlace, cursor);
  const date = new Date(createdAt);
  if (Number.isNaN(date.getTime())) throw new AppError('INVALID_CURSOR');
  return { createdAt: date, id };
}

/** Registers the operations of `connectors-api.yaml`, but for those on tools. */
export function connectorRoutes(app: ContractApp, options: ConnectorRoutesOptions): void {
  collectionRoutes(app, options);
  memberRoutes(app, options);
  stateRoutes(app, options);
  credentialRoutes(app, options);
}

function collectionRoutes(
  app: ContractApp,
  { connectorService, connectorSaveService, idempotencyService }: ConnectorRoutesOptions,
): void {
  route(app, operations.listConnectors, async (request, reply) => {
    const { limit = DEFAULT_LIMIT, cursor } = request.query;
    const page = await connectorService.list(getCaller(request), {
      limit,
      after: toPosition(cursor),
    });
    return await reply.send({
      items: page.items.map(toConnectorResource),
      next_cursor:
        page.next === undefined
          ? null
          : encodeCursor([page.next.createdAt.toISOString(), page.next.id]),
    });
  });

  route(app, operations.createConnector, async (request, reply) => {
    const identity = getCaller(request);
    await idempotentReply(idempotencyService, identity, request, reply, {
      operation: 'createConnector',
      // A create that broke off may run again: the name and the limit keep it from happening twice.
      repeatable: true,
      work: async () => {
        const connector = await connectorSaveService.create(identity, toDraft(request.body));
        return {
          status: 201,
          headers: {
            location: `/api/connectors/${connector.id}`,
            etag: entityTag(connector.version),
          },
          body: toConnectorResource(connector),
        };
      },
    });
    return reply;
  });

  route(app, operations.testConnection, async (request, reply) => {
    const draft = toTestDraft(request.body);
    const report = await untilClientLeaves(reply, (signal) =>
      connectorSaveService.test(getCaller(request), draft, { signal }),
    );
    return report === undefined ? reply.hijack() : await reply.send(toReportResource(report));
  });
}

function memberRoutes(
  app: ContractApp,
  { connectorService, connectorSaveService }: ConnectorRoutesOptions,
): void {
  route(app, operations.getConnector, async (request, reply) => {
    const connector = await connectorService.get(getCaller(request), request.params.connector_id);
    return await reply
      .header('etag', entityTag(connector.version))
      .send(toConnectorResource(connector));
  });

  route(app, operations.updateConnector, async (request, reply) => {
    const connector = await connectorSaveService.update(
      getCaller(request),
      request.params.connector_id,
      toUpdate(request.body),
      ifMatch(request.headers['if-match']),
    );
    return await reply
      .header('etag', entityTag(connector.version))
      .send(toConnectorResource(connector));
  });

  route(app, operations.deleteConnector, async (request, reply) => {
    const accepts = ifMatch(request.headers['if-match']);
    await connectorService.delete(getCaller(request), request.params.connector_id, accepts);
    return await reply.code(204).send(null);
  });
}

function stateRoutes(
  app: ContractApp,
  { connectorService, connectorHealthService }: ConnectorRoutesOptions,
): void {
  route(app, operations.testConnector, async (request, reply) => {
    const report = await connectorHealthService.test(
      getCaller(request),
      request.params.connector_id,
    );
    return await reply.send(toReportResource(report));
  });

  route(app, operations.setConnectorStatus, async (request, reply) => {
    const connector = await connectorService.setIntent(
      getCaller(request),
      request.params.connector_id,
      request.body.status,
      ifMatch(request.headers['if-match']),
    );
    return await reply
      .header('etag', entityTag(connector.version))
      .send(toConnectorResource(connector));
  });

  route(app, operations.syncConnector, async (request, reply) => {
    const id = request.params.connector_id;
    const connector = await connectorHealthService.sync(getCaller(request), id);
    return await reply
      .header('etag', entityTag(connector.version))
      .send(toConnectorResource(connector));
  });
}

function credentialRoutes(
  app: ContractApp,
  { connectorService, connectorSaveService }: ConnectorRoutesOptions,
): void {
  route(app, operations.getCredentials, async (request, reply) => {
    const { credential } = await connectorService.get(
      getCaller(request),
      request.params.connector_id,
    );
    if (credential === undefined) throw new AppError('CREDENTIALS_NOT_FOUND');
    return await reply.send(toCredentialResource(credential));
  });

  route(app, operations.putCredentials, async (request, reply) => {
    const { credential, version } = await connectorSaveService.putCredentials(
      getCaller(request),
      request.params.connector_id,
      toCredentials(request.body),
      ifMatch(request.headers['if-match']),
    );
    if (credential === undefined) throw new AppError('CREDENTIALS_NOT_FOUND');
    return await reply.header('etag', entityTag(version)).send(toCredentialResource(credential));
  });

  route(app, operations.deleteCredentials, async (request, reply) => {
    await connectorService.deleteCredentials(
      getCaller(request),
      request.params.connector_id,
      ifMatch(request.headers['if-match']),
    );
    return await reply.code(204).send(null);
  });
}
