import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Answers per `name/type`, for example `evil.example/A`: one list per query, the last one repeats. */
export type DnsZones = Readonly<Record<string, readonly (readonly string[])[]>>;

/** A name server on a loopback port. */
export interface DnsServer {
  /** `address:port`. */
  address: string;
  /** Queries per `name/type`. */
  queries: Record<string, number>;
  close(): void;
}

/**
 * Starts a name server that can change its mind, as DNS rebinding does. Addresses of type AAAA are written in full. Names that no
 * zone mentions do not exist.
 */
export async function startDnsServer(zones: DnsZones): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const queries: Record<string, number> = {};
  socket.on('message', (query, peer) => {
    const { name, type, end } = readQuestion(query);
    const key = `${name}/${type === 28 ? 'AAAA' : 'A'}`;
    queries[key] = (queries[key] ?? 0) + 1;
    const answers = zones[key] ?? [];
    const addresses = answers[Math.min(queries[key], answers.length) - 1] ?? [];
    const exists = `${name}/A` in zones || `${name}/AAAA` in zones;
    const answer = reply(query.subarray(0, end), { type, addresses, exists });
    socket.send(answer, peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    queries,
    close: () => socket.close(),
  };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let offset = 12;
  for (let length = query.readUInt8(offset); length > 0; length = query.readUInt8(offset)) {
    labels.push(query.toString('latin1', offset + 1, offset + 1 + length));
    offset += length + 1;
  }
  return {
    name: labels.join('.').toLowerCase(),
    type: query.readUInt16BE(offset + 1),
    end: offset + 5,
  };
}

interface DnsAnswer {
  type: number;
  addresses: readonly string[];
  /** False for NXDOMAIN. */
  exists: boolean;
}

function reply(question: Buffer, { type, addresses, exists }: DnsAnswer): Buffer {
  const message = Buffer.from(question);
  message.writeUInt16BE(exists ? 0x8180 : 0x8183, 2);
  message.writeUInt16BE(addresses.length, 6);
  message.writeUInt16BE(0, 8);
  message.writeUInt16BE(0, 10);
  const records = addresses.map((address) => {
    const data = toBytes(address);
    const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([message, ...records]);
}

function toBytes(address: string): Buffer {
  if (address.includes('.')) return Buffer.from(address.split('.').map(Number));
  return Buffer.from(
    address
      .split(':')
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  );
}
