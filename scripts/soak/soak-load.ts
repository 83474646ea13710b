import { randomUUID } from 'node:crypto';
import { createDevelopmentToken } from '../development-token.ts';
import type { ServiceProcess } from '../service-process.ts';
import type { SoakServer } from './soak-server.ts';

/** Connectors that one user may have. */
const PER_USER = 10;
/** Of a hundred calls: those whose caller hangs up, and those that are answered with events. */
const HANGING_UP = 1;
const STREAMED = 5;
const TOOLS = 10;

/** A connector, and who may call it. */
interface Target {
  token: string;
  slug: string;
}

/** Registers connectors and calls their tools. */
export class SoakLoad {
  /** How often each outcome came. */
  readonly outcomes = new Map<string, number>();
  readonly #service: ServiceProcess;
  readonly #targets: Target[] = [];
  /** Milliseconds of the calls since they were last taken. */
  #durations: number[] = [];

  constructor(service: ServiceProcess) {
    this.#service = service;
  }

  /** Registers `count` connectors of as many users as it takes, each on one of the servers. */
  async register(count: number, servers: readonly SoakServer[]): Promise<void> {
    const { secret } = this.#service;
    for (let n = 0; n < count; n += 1) {
      const user = `soak-${Math.floor(n / PER_USER)}`;
      const token = await createDevelopmentToken({ secret, user });
      const server = servers[n % servers.length];
      const body = { name: `Soak ${n % PER_USER}`, server_url: server?.url };
      const answer = await this.#send('/api/connectors', token, body);
      if (answer.status !== 201) throw new Error(`no connector: ${await answer.text()}`);
      const { slug } = (await answer.json()) as { slug: string };
      this.#targets.push({ token, slug });
    }
  }

  /** One call of one tool of one connector, chosen by chance. Never throws. */
  async call(): Promise<void> {
    const target = this.#targets[Math.floor(Math.random() * this.#targets.length)];
    if (target === undefined) return;
    const { token, slug } = target;
    const dice = Math.random() * 100;
    const isStreamed = dice > 100 - STREAMED;
    const startedAt = performance.now();
    const body = {
      name: `${slug}__tool_${Math.floor(Math.random() * TOOLS)}`,
      arguments: { call: randomUUID() },
    };
    const signal = dice < HANGING_UP ? AbortSignal.timeout(Math.ceil(dice * 5)) : undefined;
    const outcome = await this.#send('/api/users/me/tools/call', token, body, {
      ...(signal && { signal }),
      ...(isStreamed && { headers: { accept: 'text/event-stream' } }),
    }).then(outcomeOf, () => (signal?.aborted ? 'hung up' : 'broken'));
    this.#durations.push(performance.now() - startedAt);
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  /** Percentiles of the calls since this was asked last, in milliseconds. */
  takeLatencies(): { p50: number; p99: number } {
    const sorted = this.#durations.sort((a, b) => a - b);
    this.#durations = [];
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
    return { p50: at(0.5), p99: at(0.99) };
  }

  #send(path: string, token: string, body: object, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.#service.url}${path}`, {
      ...init,
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...init.headers,
      },
      body: JSON.stringify(body),
    });
  }
}

async function outcomeOf(answer: Response): Promise<string> {
  const text = await answer.text();
  const code = /"code":"([A-Z_]+)"/.exec(text)?.[1];
  if (code !== undefined) return code;
  return answer.status === 200 && text.includes('"is_error":false')
    ? 'ok'
    : `status ${answer.status}`;
}
