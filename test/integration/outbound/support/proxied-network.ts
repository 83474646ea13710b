import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { parseAllowedAddresses, parseAllowedHosts } from '../../../../src/outbound/allow-lists.ts';
import { trustAlso } from '../../../../src/outbound/certificate-authorities.ts';
import { EgressProxy, type EgressProxyOptions } from '../../../../src/outbound/egress-proxy.ts';
import {
  createOutbound,
  type Outbound,
  type OutboundLimits,
} from '../../../../src/outbound/guarded-fetch.ts';
import { DnsResolver, type HostResolver } from '../../../../src/outbound/host-resolver.ts';
import { OutboundError } from '../../../../src/outbound/outbound-error.ts';
import { type OutboundPolicy, UserPolicy } from '../../../../src/outbound/outbound-policy.ts';
import { type DnsZones, startDnsServer } from '../../../support/mcp-servers/dns-server.ts';
import {
  createTestAuthority,
  type TestAuthority,
  type TestCertificate,
} from '../../../support/test-certificates.ts';
import {
  startTestProxy,
  type TestProxy,
  type TestProxyOptions,
} from '../../../support/test-proxy.ts';

/** A public address nobody reaches in tests but through the proxy, and one of the other family. */
export const PUBLIC_V4 = '93.184.216.34';
export const PUBLIC_V6 = '2606:2800:220:1:248:1893:25c8:1946';

/** An https server that says what it is asked for. */
export interface SecureServer {
  port: number;
  /** Paths, oldest first. */
  requests: string[];
  /** Server names that clients asked for in TLS. */
  serverNames: (string | false)[];
  openSockets(): number;
}

/** What {@link ProxiedNetwork.outbound} differs in. */
export interface ProxiedOutboundOptions {
  proxy?: Partial<EgressProxyOptions> & { url: string };
  zones?: DnsZones;
  resolver?: HostResolver;
  policy?: OutboundPolicy;
  allowedHosts?: string;
  allowedAddresses?: string;
  limits?: Partial<OutboundLimits>;
  /** Default: true. */
  trustsAuthority?: boolean;
}

/** Servers, proxies and ways out of one test, and their authority. */
export class ProxiedNetwork {
  readonly authority: TestAuthority;
  readonly #cleanups: (() => unknown)[] = [];

  private constructor(authority: TestAuthority) {
    this.authority = authority;
  }

  static async create(): Promise<ProxiedNetwork> {
    return new ProxiedNetwork(await createTestAuthority());
  }

  /** Closes everything of the last test. */
  async clear(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup();
  }

  later(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup);
  }

  /** Starts an https server on 127.0.0.1; by default with a certificate of the authority for `names`. */
  async serve(
    names: readonly string[],
    { certificate, answer }: { certificate?: TestCertificate; answer?: RequestListener } = {},
  ): Promise<SecureServer> {
    const requests: string[] = [];
    const serverNames: (string | false)[] = [];
    const sockets = new Set<Socket>();
    const identity = certificate ?? (await this.authority.issue({ names }));
    const server = createServer(identity, (request, response) => {
      requests.push(request.url ?? '');
      if (answer === undefined) response.end(`hello ${request.url}`);
      else answer(request, response);
    });
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    });
    server.on('secureConnection', ({ servername }) => void serverNames.push(servername ?? ''));
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.later(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    return { port, requests, serverNames, openSockets: () => sockets.size };
  }

  /** Puts TLS in front of a plain server on 127.0.0.1. @returns the port, and the connections that are open */
  async terminateTls(
    names: readonly string[],
    plainPort: number,
  ): Promise<{ port: number; openSockets: () => number }> {
    const sockets = new Set<Socket>();
    const server = createTlsServer(await this.authority.issue({ names }), (socket) => {
      const plain = connect(plainPort, '127.0.0.1');
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          plain.destroy();
        });
      plain.on('error', () => {}).on('close', () => socket.destroy());
      socket.pipe(plain).pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.later(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    return { port, openSockets: () => sockets.size };
  }

  async startProxy(options: TestProxyOptions = {}): Promise<TestProxy> {
    const proxy = await startTestProxy(options);
    this.later(() => proxy.close());
    return proxy;
  }

  /** A way out for users' servers with a name server of its own. */
  async outbound(options: ProxiedOutboundOptions = {}): Promise<Outbound> {
    const dns = await startDnsServer(options.zones ?? {});
    this.later(() => dns.close());
    const { allowedHosts = '', allowedAddresses = '', trustsAuthority = true } = options;
    const outbound = createOutbound({
      policy:
        options.policy ??
        new UserPolicy({
          allowedHosts: parseAllowedHosts(allowedHosts),
          allowedAddresses: parseAllowedAddresses(allowedAddresses),
        }),
      resolver: options.resolver ?? new DnsResolver({ servers: [dns.address], timeoutMs: 1_000 }),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.proxy === undefined ? {} : { proxy: new EgressProxy(options.proxy) }),
      ...(trustsAuthority ? { secureContext: trustAlso([this.authority.cert]) } : {}),
    });
    this.later(() => outbound.close());
    return outbound;
  }
}

/** The error of the way out that `work` ends with. */
export async function failureOf(work: Promise<unknown>): Promise<OutboundError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OutboundError)) throw new Error('no outbound error', { cause: error });
  return error;
}

/** What an error says, with all its causes. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return `${error.stack} ${JSON.stringify(error)} ${textOf(error.cause)}`;
}
