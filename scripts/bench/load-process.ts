// Does the operations of the benchmark, in a process of its own, so that its CPU is nobody else's; started by `load-generator.ts`.
import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { Agent, request } from 'undici';
import type {
  HttpOperation,
  LoadOrder,
  LoadReply,
  LoadResult,
  Operation,
  SdkOperation,
} from './load.ts';

const agent = new Agent({ keepAliveTimeout: 60_000, pipelining: 1 });
/** Connected clients of the SDK, by server and caller. */
const clients = new Map<string, Promise<Client>>();

async function doHttp(operation: HttpOperation, isFirst: boolean): Promise<void> {
  const { url, method, headers, body, status, includes } = operation;
  const answer = await request(url, { method, headers, body: body ?? null, dispatcher: agent });
  if (answer.statusCode !== status) {
    throw new Error(`${method} ${url} answered ${answer.statusCode}: ${await answer.body.text()}`);
  }
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  if (isFirst && includes !== undefined && !bytes.includes(includes)) {
    throw new Error(
      `${method} ${url} answered without ${includes}: ${bytes.toString().slice(0, 500)}`,
    );
  }
}

async function doSdk({ tool, tools = 0, ...server }: SdkOperation, caller: number): Promise<void> {
  const client = await clientFor(server, caller);
  if (tool !== undefined) {
    const { isError } = await client.callTool({ name: tool, arguments: { query: 'anything' } });
    if (isError === true) throw new Error(`the tool ${tool} failed`);
    return;
  }
  const listed = await client.listTools();
  if (listed.tools.length < tools) throw new Error(`only ${listed.tools.length} tools were listed`);
}

function clientFor({ url, transport }: SdkOperation, caller: number): Promise<Client> {
  const key = `${url} ${caller}`;
  const known = clients.get(key);
  if (known !== undefined) return known;
  const connecting = (async () => {
    const client = new Client({ name: 'bench', version: '1.0.0' });
    const target = new URL(url);
    await client.connect(
      transport === 'sse'
        ? new SSEClientTransport(target)
        : new StreamableHTTPClientTransport(target),
    );
    return client;
  })();
  clients.set(key, connecting);
  return connecting;
}

function perform(operation: Operation, caller: number, isFirst: boolean): Promise<void> {
  return operation.kind === 'http' ? doHttp(operation, isFirst) : doSdk(operation, caller);
}

async function load({ operation, callers, milliseconds }: LoadOrder): Promise<LoadResult> {
  // Connections are opened, and the answer is looked at, before the clock runs.
  await Promise.all(
    Array.from({ length: callers }, (_, caller) => perform(operation, caller, true)),
  );
  const durations: number[] = [];
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const work = async (caller: number) => {
    for (let now = performance.now(); now - startedAt < milliseconds; ) {
      await perform(operation, caller, false);
      const end = performance.now();
      durations.push(end - now);
      now = end;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => work(caller)));
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - startedAt) / 1000;
  return { durations, seconds, cpuMs: (user + system) / 1000 };
}

process.on('message', (order: LoadOrder) => {
  const reply = (message: LoadReply) => process.send?.(message);
  load(order).then(
    (result) => reply({ result }),
    (error: unknown) =>
      reply({ error: error instanceof Error ? (error.stack ?? '') : String(error) }),
  );
});
process.once('disconnect', () => process.exit());
