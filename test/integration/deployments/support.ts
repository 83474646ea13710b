import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Deployment, DeploymentLogs } from '../../../src/contract/generated.ts';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';
import type { TestService } from '../../support/test-service.ts';
import { CatalogClient } from '../catalog/support.ts';

/** A project with its admin and a member, of whatever tenant. */
export interface TestProject {
  id: string;
  admin: ApiClient;
  member: ApiClient;
  catalog: CatalogClient;
}

/** A project that nobody else has. */
export async function newProject(
  service: Pick<TestService, 'clientFor'>,
  { tenant }: { tenant?: string } = {},
): Promise<TestProject> {
  const id = `project-${randomUUID()}`;
  const clientOf = (role: string) =>
    service.clientFor(undefined, {
      claims: { projects: { [id]: role } },
      ...(tenant && { tenant }),
    });
  const admin = await clientOf('admin');
  return { id, admin, member: await clientOf('member'), catalog: new CatalogClient(admin, id) };
}

/** What a caller does with deployments. */
export class DeploymentClient {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  list(
    project: string,
    query = '',
  ): Promise<ApiAnswer<{ items: Deployment[]; next_cursor: string | null }>> {
    return this.#client.send(
      'GET',
      `/api/deployments?project_id=${encodeURIComponent(project)}${query}`,
    );
  }

  create(project: string, key: string, settings?: unknown): Promise<ApiAnswer<Deployment>> {
    const body = { project_id: project, key, ...(settings !== undefined && { settings }) };
    return this.#client.send('POST', '/api/deployments', { body });
  }

  get(id: string): Promise<ApiAnswer<Deployment>> {
    return this.#client.send('GET', `/api/deployments/${id}`);
  }

  stop(id: string): Promise<ApiAnswer<Deployment>> {
    return this.#client.send('POST', `/api/deployments/${id}/stop`);
  }

  start(id: string): Promise<ApiAnswer<Deployment>> {
    return this.#client.send('POST', `/api/deployments/${id}/start`);
  }

  remove(id: string): Promise<ApiAnswer<Deployment>> {
    return this.#client.send('DELETE', `/api/deployments/${id}`);
  }

  logs(id: string, lines = 10): Promise<ApiAnswer<DeploymentLogs>> {
    return this.#client.send('GET', `/api/deployments/${id}/logs?lines=${lines}`);
  }

  /** Waits for a state that background work brings about. */
  async until(id: string, state: Deployment['state']): Promise<Deployment> {
    await expect
      .poll(async () => (await this.get(id)).ok().state, { timeout: 15_000, interval: 50 })
      .toBe(state);
    return (await this.get(id)).ok();
  }
}
