import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

async function tryPort(port: number, host: string): Promise<number | undefined> {
  const server = net.createServer().listen(port, host);
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

/** The wanted port where it is free, else another one. @throws Error when there is none at all. */
export async function freePort(wanted: number, host = '127.0.0.1'): Promise<number> {
  const port = (await tryPort(wanted, host)) ?? (await tryPort(0, host));
  if (port === undefined) throw new Error(`there is no free port at the address ${host}`);
  return port;
}
