import { Type } from '@sinclair/typebox';
import { route } from '../../contract/contract-routes.ts';
import { operations } from '../../contract/generated.ts';
import type { ContractApp } from '../../contract/type-provider.ts';
import { AppError } from '../../errors/app-error.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';
import { entityTag, ifMatch } from '../../http/etag.ts';
import { getCaller } from '../../http/plugins/authentication.ts';
import { untilClientLeaves } from '../../http/until-client-leaves.ts';
import { managerIdentity, memberIdentity, roleIn } from '../../tenancy/identity-for.ts';
import { type IdempotencyService, idempotentReply } from '../idempotency/index.ts';
import type { ConnectorAccessService } from './connector-access-service.ts';
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
  connectorAccessService: ConnectorAccessService;
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
    const { limit = DEFAULT_LIMIT, cursor, project_id: projectId } = request.query;
    const caller = getCaller(request);
    const role = roleIn(caller, projectId);
    const page = await connectorService.list(memberIdentity(caller, projectId), {
      limit,
      after: toPosition(cursor),
    });
    return await reply.send({
      items: page.items.map((connector) => toConnectorResource(connector, role)),
      next_cursor:
        page.next === undefined
          ? null
          : encodeCursor([page.next.createdAt.toISOString(), page.next.id]),
    });
  });

  route(app, operations.createConnector, async (request, reply) => {
    const caller = getCaller(request);
    const { project_id: projectId } = request.body;
    // Before an earlier answer is repeated, too: it tells of the project.
    const identity = managerIdentity(caller, projectId);
    await idempotentReply(idempotencyService, caller, request, reply, {
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
          body: toConnectorResource(connector, roleIn(caller, projectId)),
        };
      },
    });
    return reply;
  });

  route(app, operations.testConnection, async (request, reply) => {
    const draft = toTestDraft(request.body);
    const identity = managerIdentity(getCaller(request), request.body.project_id);
    const report = await untilClientLeaves(reply, (signal) =>
      connectorSaveService.test(identity, draft, { signal }),
    );
    return report === undefined ? reply.hijack() : await reply.send(toReportResource(report));
  });
}

function memberRoutes(
  app: ContractApp,
  { connectorAccessService, connectorService, connectorSaveService }: ConnectorRoutesOptions,
): void {
  route(app, operations.getConnector, async (request, reply) => {
    const id = request.params.connector_id;
    const access = await connectorAccessService.allow(getCaller(request), id, 'see');
    const connector = await connectorService.get(access.identity, id);
    return await reply
      .header('etag', entityTag(connector.version))
      .send(toConnectorResource(connector, access.role));
  });

  route(app, operations.updateConnector, async (request, reply) => {
    const id = request.params.connector_id;
    const access = await connectorAccessService.allow(getCaller(request), id, 'manage');
    const connector = await connectorSaveService.update(
      access.identity,
      id,
      toUpdate(request.body),
      ifMatch(request.headers['if-match']),
    );
    return await reply
      .header('etag', entityTag(connector.version))
      .send(toConnectorResource(connector, access.role));
  });

  route(app, operations.deleteConnector, async (request, reply) => {
    const accepts = ifMatch(request.headers['if-match']);
    const id = request.params.connector_id;
    const { identity } = await connectorAccessService.allow(getCaller(request), id, 'manage');
    await connectorService.delete(identity, id, accepts);
    return await reply.code(204).send(null);
  });
}

function stateRoutes(
  app: ContractApp,
  { connectorAccessService, connectorService, connectorHealthService }: ConnectorRoutesOptions,
): void {
  route(app, operations.testConnector, async (request, reply) => {
    const id = request.params.connector_id;
    const { identity } = await connectorAccessService.allow(getCaller(request), id, 'sign-in');
    const report = await connectorHealthService.test(identity, id);
    return await reply.send(toReportResource(report));
  });

  route(app, operations.setConnectorStatus, async (request, reply) => {
    const id = request.params.connector_id;
    const access = await connectorAccessService.allow(getCaller(request), id, 'manage');
    const connector = await connectorService.setIntent(
      access.identity,
      id,
      request.body.status,
      ifMatch(request.headers['if-match']),
    );
    return await reply
      .header('etag', entityTag(connector.version))
      .send(toConnectorResource(connector, access.role));
  });

  route(app, operations.syncConnector, async (request, reply) => {
    const id = request.params.connector_id;
    const access = await connectorAccessService.allow(getCaller(request), id, 'manage');
    const connector = await connectorHealthService.sync(access.identity, id);
    return await reply
      .header('etag', entityTag(connector.version))
      .send(toConnectorResource(connector, access.role));
  });
}

function credentialRoutes(
  app: ContractApp,
  { connectorAccessService, connectorService, connectorSaveService }: ConnectorRoutesOptions,
): void {
  route(app, operations.getCredentials, async (request, reply) => {
    const id = request.params.connector_id;
    const { identity } = await connectorAccessService.allow(getCaller(request), id, 'see');
    const { credential } = await connectorService.get(identity, id);
    if (credential === undefined) throw new AppError('CREDENTIALS_NOT_FOUND');
    return await reply.send(toCredentialResource(credential));
  });

  route(app, operations.putCredentials, async (request, reply) => {
    const id = request.params.connector_id;
    const { identity } = await connectorAccessService.allow(getCaller(request), id, 'sign-in');
    const { credential, version } = await connectorSaveService.putCredentials(
      identity,
      id,
      toCredentials(request.body),
      ifMatch(request.headers['if-match']),
    );
    if (credential === undefined) throw new AppError('CREDENTIALS_NOT_FOUND');
    return await reply.header('etag', entityTag(version)).send(toCredentialResource(credential));
  });

  route(app, operations.deleteCredentials, async (request, reply) => {
    const id = request.params.connector_id;
    const { identity } = await connectorAccessService.allow(getCaller(request), id, 'sign-in');
    await connectorService.deleteCredentials(identity, id, ifMatch(request.headers['if-match']));
    return await reply.code(204).send(null);
  });
}
