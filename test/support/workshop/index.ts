import type { Behaviour, Dialect } from './behaviour.ts';
import { BODIES } from './bodies.ts';
import { COSTLY } from './costly.ts';
import { HANDSHAKE } from './handshake.ts';
import { LISTING } from './listing.ts';
import { NETWORK } from './network.ts';
import { STATUSES } from './statuses.ts';
import { STREAMS } from './streams.ts';
import { TLS } from './tls.ts';
import { TOOLS } from './tools.ts';
import { openWorkshop, type Workshop, type WorkshopServer } from './workshop.ts';

export type { Dialect } from './behaviour.ts';
export { openWorkshop, type Workshop, type WorkshopServer } from './workshop.ts';

/** Every way to misbehave, by name. */
const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map(
  [NETWORK, TLS, STATUSES, BODIES, HANDSHAKE, LISTING, TOOLS, STREAMS, COSTLY].flatMap((topic) =>
    Object.entries(topic),
  ),
);

/** Each behaviour in each dialect it exists in. */
export const EXHIBITS: readonly (readonly [name: string, dialect: Dialect])[] = [
  ...BEHAVIOURS,
].flatMap(([name, { dialects }]) => dialects.map((dialect) => [name, dialect] as const));

/** Starts the server of that name in a workshop. */
export function startExhibit(
  workshop: Workshop,
  name: string,
  dialect: Dialect = 'legacy',
): Promise<WorkshopServer> {
  const behaviour = BEHAVIOURS.get(name);
  if (behaviour === undefined) throw new Error(`The workshop has no ${name}.`);
  return workshop.start(behaviour, dialect);
}

/** Starts the server of that name in a workshop of its own. */
export async function startMisbehaving(
  name: string,
  dialect: Dialect = 'legacy',
): Promise<WorkshopServer> {
  const workshop = await openWorkshop();
  const server = await startExhibit(workshop, name, dialect);
  const closeServer = server.close;
  const close = async () => {
    await closeServer();
    await workshop.close();
  };
  return Object.assign(server, { close });
}
