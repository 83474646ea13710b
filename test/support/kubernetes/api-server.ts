import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { createTestAuthority } from '../test-certificates.ts';
import { ApiRefusal } from './api-refusal.ts';
import { ClusterPods } from './cluster-pods.ts';
import { at, isJson, type Json, type KubernetesJson } from './object-json.ts';
import { ObjectStore } from './object-store.ts';

/** What an account may do, as the rules of a Role say it. */
export interface PolicyRule {
  apiGroups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
}

/** A request as it came, for tests to look at. */
export interface SeenRequest {
  method: string;
  url: URL;
  body: string;
}

/** Answers in place of the API server; true where it did. */
export type Fault = (request: SeenRequest, response: ServerResponse) => boolean;

const KINDS: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  services: 'Service',
  networkpolicies: 'NetworkPolicy',
  secrets: 'Secret',
  pods: 'Pod',
};

/** What a request is about. */
interface Target {
  group: string;
  resource: string;
  kind: string;
  namespace: string;
  name: string | undefined;
  subresource: string | undefined;
}

/**
 * An API server of Kubernetes, as far as the runtime asks it: real HTTPS, tokens, the rights of a Role, objects that are judged by the
 * published schemas, server-side apply with owners and conflicts, and controllers that make pods (see {@link ClusterPods}). Not there:
 * watches, quotas in numbers, and everything that would run.
 */
export class KubernetesApiServer {
  readonly store = new ObjectStore();
  readonly pods = new ClusterPods(this.store);
  readonly seen: SeenRequest[] = [];
  /** What was refused, and why. */
  readonly refusals: string[] = [];
  readonly namespaces: Set<string>;
  readonly token = randomBytes(24).toString('hex');
  rules: readonly PolicyRule[];
  /** Asked before everything else. */
  fault: Fault = () => false;
  /** What every container wrote. */
  log = '';
  readonly #server: Server;
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'mcp-connectors-cluster-'));
  readonly #certificate: string;

  private constructor(server: Server, certificate: string, namespaces: readonly string[]) {
    this.#server = server;
    this.#certificate = certificate;
    this.namespaces = new Set(namespaces);
    this.rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  static async start(namespaces: readonly string[]): Promise<KubernetesApiServer> {
    const authority = await createTestAuthority();
    const server = createServer(await authority.issue({ names: ['127.0.0.1', 'localhost'] }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new KubernetesApiServer(server, authority.cert, namespaces);
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `https://127.0.0.1:${port}`;
  }

  /** A kubeconfig for this server; `changes` replace parts of the cluster, or of the user. */
  writeKubeconfig(changes: { cluster?: Json; user?: Json } = {}): string {
    const file = path.join(this.#folder, `config-${randomBytes(4).toString('hex')}`);
    const authority = Buffer.from(this.#certificate).toString('base64');
    const cluster = {
      server: this.url,
      'certificate-authority-data': authority,
      ...changes.cluster,
    };
    writeFileSync(
      file,
      stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
        clusters: [{ name: 'test', cluster }],
        users: [{ name: 'service', user: changes.user ?? { token: this.token } }],
        contexts: [{ name: 'test', context: { cluster: 'test', user: 'service' } }],
      }),
      { mode: 0o600 },
    );
    return file;
  }

  /** Everything of an instance that there is, by kind. */
  left(namespace: string, instanceId: string): string[] {
    return Object.values(KINDS).flatMap((kind) =>
      this.store
        .list(kind, namespace)
        .filter(({ metadata }) => metadata.labels?.['mcp-connectors/instance'] === instanceId)
        .map(({ metadata }) => `${kind} ${metadata.name}`),
    );
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(request);
    const url = new URL(request.url ?? '/', this.url);
    const seen = { method: request.method ?? '', url, body };
    this.seen.push(seen);
    if (this.fault(seen, response)) return;
    try {
      const answer = this.#judge(request, seen);
      if (typeof answer === 'object') return send(response, 200, answer);
      response.setHeader('content-type', 'text/plain');
      response.end(answer);
    } catch (error) {
      const refusal = error instanceof ApiRefusal ? error : new ApiRefusal(500, 'InternalError');
      this.refusals.push(String(error));
      send(response, refusal.status, refusal.toJSON());
    }
  }

  #judge({ headers }: IncomingMessage, seen: SeenRequest): object | string {
    if (headers.authorization !== `Bearer ${this.token}`) throw new ApiRefusal(401, 'Unauthorized');
    const target = targetOf(seen.url.pathname);
    const answer = this.#perform(target, seen, headers['content-type'] ?? '');
    if (seen.method !== 'GET') this.pods.reconcile(target.namespace);
    return answer;
  }

  #perform(target: Target, { method, url, body }: SeenRequest, type: string): object | string {
    const selector = url.searchParams.get('labelSelector') ?? '';
    if (target.subresource === 'log') return this.#readLog(target, url);
    if (method === 'PATCH') return this.#patch(target, body, type, url);
    if (method === 'GET' && target.name !== undefined) {
      this.#authorize(target, 'get');
      return this.#find(target);
    }
    if (method === 'GET') {
      this.#authorize(target, 'list');
      const items = this.store.list(target.kind, target.namespace, selector);
      return { kind: `${target.kind}List`, apiVersion: 'v1', metadata: {}, items };
    }
    if (method !== 'DELETE' || target.name !== undefined)
      throw new ApiRefusal(405, 'MethodNotAllowed');
    this.#authorize(target, 'deletecollection');
    const found = this.store.list(target.kind, target.namespace, selector);
    for (const object of found) this.store.delete(object);
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
  }

  #patch(target: Target, body: string, type: string, url: URL): object {
    const { kind, namespace, name = '' } = target;
    this.#authorize(target, 'patch');
    if (!this.namespaces.has(namespace)) throw new ApiRefusal(404, 'NotFound', ['namespace']);
    const patch: unknown = parse(body);
    const manager = url.searchParams.get('fieldManager') ?? '';
    if (!isJson(patch) || manager === '') throw new ApiRefusal(400, 'BadRequest');
    if (type === 'application/merge-patch+json') {
      return this.store.merge(kind, namespace, name, patch, manager);
    }
    if (type !== 'application/apply-patch+yaml') throw new ApiRefusal(415, 'UnsupportedMediaType');
    const isNew = this.store.find(kind, namespace, name) === undefined;
    if (isNew) this.#authorize(target, 'create');
    const object = asObject(patch, target);
    return this.store.apply(object, { manager, force: url.searchParams.get('force') === 'true' });
  }

  #find({ kind, namespace, name = '' }: Target): KubernetesJson {
    const found = this.store.find(kind, namespace, name);
    if (found === undefined) throw new ApiRefusal(404, 'NotFound');
    return found;
  }

  #readLog(target: Target, url: URL): string {
    this.#authorize(target, 'get');
    const pod = this.#find(target);
    if (at(pod.status, 'phase') !== 'Running') throw new ApiRefusal(400, 'BadRequest');
    const lines = this.log.split('\n');
    return lines.slice(-Number(url.searchParams.get('tailLines') ?? lines.length)).join('\n');
  }

  /** @throws ApiRefusal 403 for what no rule lets */
  #authorize({ group, resource, subresource }: Target, verb: string): void {
    const asked = subresource === undefined ? resource : `${resource}/${subresource}`;
    const has = (list: readonly string[], one: string) => list.includes(one) || list.includes('*');
    const may = this.rules.some(
      (rule) => has(rule.apiGroups, group) && has(rule.resources, asked) && has(rule.verbs, verb),
    );
    if (!may) throw new ApiRefusal(403, 'Forbidden', [`${verb} ${asked}`]);
  }
}

function targetOf(pathname: string): Target {
  const parts = pathname.split('/').slice(1).map(decodeURIComponent);
  const [group = '', rest] = parts[0] === 'api' ? ['', parts.slice(2)] : [parts[1], parts.slice(3)];
  const [, namespace = '', resource = '', name, subresource] = rest;
  const kind = KINDS[resource];
  if (rest[0] !== 'namespaces' || kind === undefined) throw new ApiRefusal(404, 'NotFound');
  return { group, resource, kind, namespace, name, subresource };
}

/** What is applied has to say what it is, and to be what the address says. */
function asObject(patch: Json, { kind, namespace, name }: Target): KubernetesJson {
  const isThat =
    patch['kind'] === kind &&
    at(patch, 'metadata', 'name') === name &&
    at(patch, 'metadata', 'namespace') === namespace;
  if (!isThat || typeof patch['apiVersion'] !== 'string') throw new ApiRefusal(400, 'BadRequest');
  return patch as unknown as KubernetesJson;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
