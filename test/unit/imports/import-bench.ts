import { randomUUID } from 'node:crypto';
import { OperationLog } from '../../../src/lib/operation-log.ts';
import type { Connector, ConnectorDraft } from '../../../src/modules/connectors/index.ts';
import { ImportService } from '../../../src/modules/imports/index.ts';
import { parseAllowedAddresses, parseAllowedHosts } from '../../../src/outbound/allow-lists.ts';
import { UserPolicy } from '../../../src/outbound/outbound-policy.ts';
import { FakeClock } from '../../support/fake-clock.ts';

export const ALICE = { tenantId: 'acme', userId: 'alice' };

/** An import service over connectors in memory, of which only what imports look at is real. */
export class ImportBench {
  readonly connectors: Connector[] = [];
  readonly drafts: ConnectorDraft[] = [];
  readonly lines: object[] = [];
  /** What a create does instead of saving. */
  refuse: (draft: ConnectorDraft) => Error | undefined = () => undefined;
  limit = 10;
  readonly service: ImportService;

  constructor() {
    const write = (fields: object) => void this.lines.push(fields);
    this.service = new ImportService({
      connectors: {
        list: () => Promise.resolve({ items: [...this.connectors].reverse(), next: undefined }),
      },
      saves: {
        create: (_identity, draft) => {
          const error = this.refuse(draft);
          if (error !== undefined) return Promise.reject(error);
          this.drafts.push(draft);
          return Promise.resolve(this.add(draft.name, draft.serverUrl));
        },
        countRoom: () => Promise.resolve(this.limit - this.connectors.length),
      },
      urlPolicy: new UserPolicy({
        allowedHosts: parseAllowedHosts(''),
        allowedAddresses: parseAllowedAddresses(''),
      }),
      log: new OperationLog({
        logger: { info: write, warn: write },
        clock: new FakeClock(),
        context: { fields: {} },
      }),
    });
  }

  /** A connector that the user has. */
  add(name: string, serverUrl: string | undefined): Connector {
    const at = new Date('2026-11-20T09:00:00Z');
    const connector: Connector = {
      id: randomUUID(),
      projectId: undefined,
      source: 'own',
      entryKey: undefined,
      credentialMode: 'shared',
      name,
      slug: 'slug',
      serverUrl,
      serverOrigin: 'https://mcp.example.com',
      transport: 'auto',
      authType: 'none',
      intent: 'ENABLED',
      disabledAt: undefined,
      health: 'HEALTHY',
      status: 'ENABLED',
      fault: undefined,
      knowledge: undefined,
      credential: undefined,
      toolCount: 0,
      callTimeoutSeconds: 60,
      version: 1,
      credentialGeneration: 1,
      lastTestedAt: at,
      createdAt: at,
      updatedAt: at,
    };
    this.connectors.push(connector);
    return connector;
  }
}

/** A choice of the entry at this pointer. */
export function choose(
  pointer: string,
  more: {
    name?: string;
    values?: Record<string, string>;
    usesFileSecrets?: boolean;
    asRemote?: boolean;
  } = {},
) {
  return {
    pointer,
    name: more.name,
    values: new Map(Object.entries(more.values ?? {})),
    usesFileSecrets: more.usesFileSecrets ?? false,
    asRemote: more.asRemote ?? false,
  };
}
