import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** A contract of ours. */
export interface OwnContract {
  /** For messages. */
  name: string;
  /** The OpenAPI file that refers to the others. */
  entry: string;
  /** The generated modules: with its schemas and operations, and with the document itself. */
  generated: { operations: string; document: string };
  /** Where it is kept at each release, as `<version>.json`. */
  releases: string;
}

const contract = (name: string, entry: string, prefix: string, releases: string): OwnContract => ({
  name,
  entry: path.join(root, 'openapi', entry),
  generated: {
    operations: path.join(root, `src/contract/${prefix}generated.ts`),
    document: path.join(root, `src/contract/${prefix}generated-document.ts`),
  },
  releases: path.join(root, 'openapi/releases', releases),
});

/** The contract of the service, and that of deployment agents, which the service is the only client of. */
export const CONTRACTS: readonly OwnContract[] = [
  contract('The contract', 'openapi.yaml', '', ''),
  contract('The contract of agents', 'agent-api.yaml', 'agent-', 'agent'),
];
