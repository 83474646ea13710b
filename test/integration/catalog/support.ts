import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CatalogFinding, CatalogItem } from '../../../src/contract/generated.ts';
import type { ApiAnswer, ApiClient } from '../../support/api-client.ts';

/** A file in a folder of its own, for settings that name one. */
export function writeCatalogFile(text: string): { file: string; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'catalog-'));
  const file = path.join(folder, 'catalog.yaml');
  writeFileSync(file, text);
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

/** What a caller does with the catalog of a project. */
export class CatalogClient {
  readonly #client: ApiClient;
  readonly #project: string;

  constructor(client: ApiClient, project: string) {
    this.#client = client;
    this.#project = project;
  }

  get #query(): string {
    return `?project_id=${encodeURIComponent(this.#project)}`;
  }

  list(): Promise<ApiAnswer<{ items: CatalogItem[] }>> {
    return this.#client.send('GET', `/api/catalog${this.#query}`);
  }

  get(key: string): Promise<ApiAnswer<CatalogItem>> {
    return this.#client.send('GET', `/api/catalog/${key}${this.#query}`);
  }

  discover(): Promise<ApiAnswer<{ items: CatalogFinding[] }>> {
    return this.#client.send('POST', '/api/catalog/discover', {
      body: { project_id: this.#project },
    });
  }

  enable(key: string, settings?: unknown): Promise<ApiAnswer<CatalogItem>> {
    const body = { project_id: this.#project, ...(settings !== undefined && { settings }) };
    return this.#client.send('POST', `/api/catalog/${key}/enable`, { body });
  }

  disable(key: string): Promise<ApiAnswer<CatalogItem>> {
    return this.#post(key, 'disable');
  }

  sync(key: string): Promise<ApiAnswer<CatalogItem>> {
    return this.#post(key, 'sync');
  }

  remove(key: string): Promise<ApiAnswer<unknown>> {
    return this.#client.send('DELETE', `/api/catalog/${key}${this.#query}`);
  }

  #post(key: string, what: string): Promise<ApiAnswer<CatalogItem>> {
    return this.#client.send('POST', `/api/catalog/${key}/${what}`, {
      body: { project_id: this.#project },
    });
  }
}
