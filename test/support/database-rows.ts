import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';

/** Column values of a row, by column name. */
export type Row = Record<string, unknown>;

/** A valid row of `connectors`; `overrides` make it another, or an invalid one. */
export function connectorRow(overrides: Row = {}): Row {
  const id = randomUUID();
  const now = new Date();
  return {
    id,
    tenant_id: 'tenant-a',
    owner_kind: 'user',
    owner_id: 'alice',
    name: `Server ${id}`,
    slug: `${overrides['owner_kind'] === 'project' ? 'p--' : ''}s-${id.slice(0, 8)}`,
    server_url_sealed: 'mc1.k1.c2VhbGVk',
    server_origin: 'https://mcp.example.com',
    transport: 'auto',
    auth_type: 'none',
    intent: 'ENABLED',
    health: 'HEALTHY',
    last_tested_at: now,
    tools_discovered_at: now,
    created_at: now,
    updated_at: now,
    ...overrides,
  };
}

/** A valid row of `deployments`. */
export function deploymentRow(overrides: Row = {}): Row {
  const now = new Date();
  return {
    id: randomUUID(),
    tenant_id: 'tenant-a',
    owner_kind: 'project',
    owner_id: 'atlas',
    entry_key: 'lab',
    state: 'deploying',
    wanted: 'running',
    sealed: 'mc1.k1.c2VhbGVk',
    spec_hash: '0'.repeat(64),
    step: 'waiting',
    created_at: now,
    updated_at: now,
    ...overrides,
  };
}

/** A valid row of `deployment_instances` for a deployment row. */
export function deploymentInstanceRow(deployment: Row, overrides: Row = {}): Row {
  const { id, tenant_id, owner_kind, owner_id } = deployment;
  return {
    id: randomUUID(),
    deployment_id: id,
    ...{ tenant_id, owner_kind, owner_id },
    runtime: 'agent',
    target: 'north',
    state: 'starting',
    created_at: new Date(),
    ...overrides,
  };
}

/** A valid row of `credentials` for a connector row; of a member of its project with `member_id`. */
export function credentialRow(connector: Row, overrides: Row = {}): Row {
  const now = new Date();
  return {
    id: randomUUID(),
    ...ownerColumns(connector),
    kind: 'bearer',
    sealed: 'mc1.k1.c2VhbGVk',
    header_names: [],
    created_at: now,
    updated_at: now,
    ...overrides,
  };
}

/** A valid row of `connector_tools` for a connector row. */
export function toolRow(connector: Row, overrides: Row = {}): Row {
  const now = new Date();
  const name = `tool-${randomUUID()}`;
  return {
    id: randomUUID(),
    ...ownerColumns(connector),
    name,
    exposed_name: name,
    definition: { description: 'A tool', inputSchema: { type: 'object' } },
    definition_hash: createHash('sha256').update(name).digest('hex'),
    created_at: now,
    updated_at: now,
    ...overrides,
  };
}

/** A valid row of `connector_offerings`: a resource of this connector. */
export function offeringRow(connector: Row, overrides: Row = {}): Row {
  return {
    id: randomUUID(),
    ...ownerColumns(connector),
    kind: 'resource',
    key: 'test://a',
    exposed_key: 'slug+test://a',
    definition: { name: 'a' },
    ...overrides,
  };
}

/** A valid row of `removed_tools` for a connector row. */
export function removedToolRow(connector: Row, overrides: Row = {}): Row {
  const name = `tool-${randomUUID()}`;
  return {
    ...ownerColumns(connector),
    name,
    exposed_name: name,
    definition_hash: createHash('sha256').update(name).digest('hex'),
    enabled: true,
    state: 'new',
    destructive: false,
    reference: { name, inputSchema: { type: 'object' } },
    removed_at: new Date(),
    ...overrides,
  };
}

/** A valid row of `oauth_authorizations`. */
export function signInRow(overrides: Row = {}): Row {
  return {
    id: randomUUID(),
    tenant_id: 'tenant-a',
    user_id: 'alice',
    status: 'pending',
    issuer: 'https://authorization.example',
    sealed: 'mc1.k1.c2VhbGVk',
    created_at: new Date(),
    expires_at: new Date(Date.now() + 60_000),
    ...overrides,
  };
}

/** A valid row of `idempotency_records`. */
export function idempotencyRow(overrides: Row = {}): Row {
  return {
    tenant_id: 'tenant-a',
    user_id: 'alice',
    operation: 'createConnector',
    key: randomUUID(),
    request_hash: createHash('sha256').update('request').digest('hex'),
    sealed: 'mc1.k1.c2VhbGVk',
    expires_at: new Date(Date.now() + 60_000),
    ...overrides,
  };
}

/** Inserts a row and gives it back. */
export async function insertRow(
  client: Pick<pg.Pool, 'query'>,
  table: string,
  row: Row,
): Promise<Row> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`);
  await client.query(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`,
    columns.map((column) => row[column]),
  );
  return row;
}

function ownerColumns(connector: Row): Row {
  return {
    connector_id: connector['id'],
    tenant_id: connector['tenant_id'],
    owner_kind: connector['owner_kind'],
    owner_id: connector['owner_id'],
  };
}
