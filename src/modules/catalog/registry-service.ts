import { Value } from '@sinclair/typebox/value';
import { tryParseJson } from '../../lib/try-parse-json.ts';
import type { Outbound } from '../../outbound/guarded-fetch.ts';
import { OutboundError } from '../../outbound/outbound-error.ts';
import type { Catalog } from './catalog.ts';
import { RegistryPage, RegistryServer } from './registry-document.ts';
import { type RegistryFinding, toEntryDocument } from './registry-entry.ts';

/** Collaborators of the {@link RegistryService}. */
export interface RegistryServiceDeps {
  /** The way to users' servers: a registry is no more than those. */
  outbound: Pick<Outbound, 'request'>;
  catalog: Pick<Catalog, 'find'>;
}

/** What is looked for, and how much of it. */
export interface RegistryQuery {
  /** As `https://mcp-servers.example.com`. */
  baseUrl: string;
  /** Part of a server's name; empty for all. */
  search: string;
  /** 1 to {@link MAX_PAGES} pages of a hundred. */
  pages: number;
}

/** Pages that are read at most. */
export const MAX_PAGES = 20;
const PAGE = 100;
/** Bytes of one page. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** Reads servers from a registry that answers as the official one does. What it says is text of strangers. */
export class RegistryService {
  readonly #deps: RegistryServiceDeps;

  constructor(deps: RegistryServiceDeps) {
    this.#deps = deps;
  }

  /** @throws OutboundError where the registry may not be reached, does not answer, or answers something else */
  async find({ baseUrl, search, pages }: RegistryQuery): Promise<RegistryFinding[]> {
    const findings: RegistryFinding[] = [];
    const keys = new Set<string>();
    const isTaken = (key: string) => keys.has(key) || this.#deps.catalog.find(key) !== undefined;
    let cursor: string | undefined;
    for (let page = 0; page < pages; page += 1) {
      const found = await this.#read(pageUrl(baseUrl, search, cursor));
      for (const { server, _meta } of found.servers) {
        if (!Value.Check(RegistryServer, server)) continue;
        const status = _meta?.['io.modelcontextprotocol.registry/official']?.status;
        const finding = toEntryDocument(server, { isTaken, status });
        if (finding.outcome === 'usable') keys.add(finding.entry.key);
        findings.push(finding);
      }
      const next = found.metadata?.nextCursor;
      // One that gives the same cursor again would never end.
      if (next === undefined || next === '' || next === cursor) break;
      cursor = next;
    }
    return findings;
  }

  async #read(url: URL) {
    const headers = { accept: 'application/json' };
    const response = await this.#deps.outbound.request(url, {
      method: 'GET',
      headers,
      maxBytes: PAGE_BYTES,
    });
    const text = await response.text();
    const page = response.status === 200 ? tryParseJson(text) : undefined;
    if (page !== undefined && Value.Check(RegistryPage, page)) return page;
    throw new OutboundError('CONNECTION_LOST', 'The registry answered something else.');
  }
}

function pageUrl(baseUrl: string, search: string, cursor: string | undefined): URL {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/v0.1/servers`);
  url.searchParams.set('limit', String(PAGE));
  url.searchParams.set('version', 'latest');
  if (search !== '') url.searchParams.set('search', search);
  if (cursor !== undefined) url.searchParams.set('cursor', cursor);
  return url;
}
