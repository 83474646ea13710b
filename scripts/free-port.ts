import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

async function tryPort(port: number): Promise<number | undefined> {
  const server = net.createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const address: AddressInfo | string | null = server.address();
  server.close();
  await once(server, 'close');
  return address === null || typeof address === 'string' ? undefined : address.port;
}

/** The wanted loopback port where it is free, else another one. @throws when there is none at all. */
export async function freePort(wanted: number): Promise<number> {
  const port = (await tryPort(wanted)) ?? (await tryPort(0));
  if (port === undefined) throw new Error('there is no free port on the loopback interface');
  return port;
}
