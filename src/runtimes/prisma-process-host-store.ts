import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Database } from '../database/index.ts';
import { tryParseJson } from '../lib/try-parse-json.ts';
import { HOST_LEASE_MS, type ProcessHost, type ProcessHosts } from './process-hosts.ts';

/** Seals what a row holds, bound to the row. */
export interface HostSeal {
  seal(text: string, id: string): string;
  /** @throws Error where it was not sealed for this row, or by a key that is not there */
  open(sealed: string, id: string): string;
}

/** What is sealed: whoever could write another origin would be sent what servers are started with. */
const Sealed = Type.Object({ origin: Type.String(), secret: Type.String() });
/** Rows of replicas that never come back are kept this long, to be looked at. */
const KEPT_DAYS = 1;

/** The replicas that run servers, in PostgreSQL, by its clock. */
export class PrismaProcessHostStore implements ProcessHosts {
  readonly #database: Pick<Database, 'asWorker'>;
  readonly #seal: HostSeal;

  constructor({ database, seal }: { database: Pick<Database, 'asWorker'>; seal: HostSeal }) {
    this.#database = database;
    this.#seal = seal;
  }

  async announce({ id, origin, secret, servers, hasRoom }: ProcessHost): Promise<void> {
    const sealed = this.#seal.seal(JSON.stringify({ origin, secret }), id);
    await this.#database.asWorker(async (tx) => {
      await tx.$executeRaw`
        insert into process_hosts (id, sealed, servers, has_room, seen_at)
        values (${id}::uuid, ${sealed}, ${servers}, ${hasRoom}, clock_timestamp())
        on conflict (id) do update set sealed = excluded.sealed, servers = excluded.servers, has_room = excluded.has_room,
          seen_at = excluded.seen_at`;
      await tx.$executeRaw`delete from process_hosts where seen_at < now() - make_interval(days => ${KEPT_DAYS})`;
    });
  }

  async withdraw(id: string): Promise<void> {
    await this.#database.asWorker((tx) => tx.processHost.deleteMany({ where: { id } }));
  }

  async alive(): Promise<readonly ProcessHost[]> {
    const rows = await this.#database.asWorker(
      (tx) => tx.$queryRaw<{ id: string; sealed: string; servers: number; has_room: boolean }[]>`
        select id, sealed, servers, has_room from process_hosts
        where seen_at > clock_timestamp() - make_interval(secs => ${HOST_LEASE_MS / 1_000})`,
    );
    return rows.flatMap(({ id, sealed, servers, has_room: hasRoom }) => {
      const place = this.#open(sealed, id);
      return place === undefined ? [] : [{ id, servers, hasRoom, ...place }];
    });
  }

  /** A row that does not open is nobody's: its replica has other keys. */
  #open(sealed: string, id: string): { origin: string; secret: string } | undefined {
    try {
      const value = tryParseJson(this.#seal.open(sealed, id));
      return Value.Check(Sealed, value) ? value : undefined;
    } catch {
      return undefined;
    }
  }
}
