import { setTimeout } from 'node:timers/promises';
import { type ApiAccess, expect, isObject, type Json, listOf, request } from './tour-requests.ts';

/** Where the tour goes. */
export interface TourTarget extends ApiAccess {
  serverUrl: string;
}

const CONNECTOR_NAME = 'Quickstart';

/** Goes through the product over HTTP, and tells each step, its answer in short and its time. */
export class Tour {
  readonly #print: (line: string) => void;
  #ended = false;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Prints a line. */
  say(line: string): void {
    if (!this.#ended) this.#print(line);
  }

  /** From now on nothing is printed: what an interrupted tour still tells is of no interest. */
  end(): void {
    this.#ended = true;
  }

  /** Runs a step and prints how it ended. @throws what the step throws, with the step's name in front. */
  async step<Result>(
    name: string,
    work: () => Promise<{ result: Result; note: string }>,
  ): Promise<Result> {
    const startedAt = performance.now();
    try {
      const { result, note } = await work();
      this.#line('✓', name, note, startedAt);
      return result;
    } catch (error) {
      this.#line('✗', name, '', startedAt);
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${name}: ${reason}`, { cause: error });
    }
  }

  /** Test, save, list, call. @throws when an answer is not the expected one. */
  async run(target: TourTarget): Promise<void> {
    const call = (method: string, path: string, body?: Json) => request(target, method, path, body);
    await removeFormer(call);
    const server = { server_url: target.serverUrl };
    await this.step('Test the server', async () => {
      const report = await call('POST', '/api/connectors/test', server);
      expect(report['success'] === true, `the test failed: ${report['error_message']}`);
      const tools = listOf(report['tools']);
      return { result: report, note: `${tools.length} tools, MCP ${report['protocol_version']}` };
    });
    await this.step('Save it as a connector', async () => {
      const saved = await call('POST', '/api/connectors', { name: CONNECTOR_NAME, ...server });
      return { result: saved, note: `${saved['name']} is ${saved['status']}` };
    });
    const tools = await this.step("List the user's tools", async () => {
      const toolset = await call('GET', '/api/users/me/tools');
      const names = listOf(toolset['tools']).map((tool) => String(tool['name']));
      return { result: names, note: `${names.slice(0, 3).join(', ')} … (${names.length})` };
    });
    const echo = tools.find((name) => name.endsWith('__echo'));
    if (echo === undefined) throw new Error('the server offers no tool echo');
    await this.step(`Call ${echo}`, async () => {
      const args = { message: 'hello' };
      const answer = await call('POST', '/api/users/me/tools/call', {
        name: echo,
        arguments: args,
      });
      const text = String(listOf(answer['content'])[0]?.['text']);
      expect(text.includes('hello'), `the tool answered ${text}`);
      return { result: answer, note: `"${text}"` };
    });
  }

  #line(mark: string, name: string, note: string, startedAt: number): void {
    const time = `${Math.round(performance.now() - startedAt)} ms`;
    this.say(`${mark} ${name.padEnd(28)} ${time.padStart(8)}   ${note}`.trimEnd());
  }
}

/**
 * What keeps the service from working, in its own words; undefined when it is ready. Looks for two seconds: just after its start a busy
 * machine may be late with an answer.
 */
export async function whyNotReady(baseUrl: string): Promise<string | undefined> {
  let reason = await findReason(baseUrl);
  for (let look = 1; look < 5 && reason !== undefined; look += 1) {
    await setTimeout(500);
    reason = await findReason(baseUrl);
  }
  return reason;
}

async function findReason(baseUrl: string): Promise<string | undefined> {
  const response = await fetch(`${baseUrl}/readyz`);
  if (response.ok) return undefined;
  const answer: unknown = await response.json();
  const reasons = isObject(answer) ? listOf(answer['checks']).map(({ reason }) => reason) : [];
  const told = reasons.filter((reason) => typeof reason === 'string');
  return told.length > 0 ? told.join(' ') : 'The service is not ready.';
}

/** A former tour on the same database has left its connector behind. */
async function removeFormer(call: (method: string, path: string) => Promise<Json>): Promise<void> {
  const { items } = await call('GET', '/api/connectors?limit=100');
  for (const connector of listOf(items)) {
    if (connector['name'] === CONNECTOR_NAME) {
      await call('DELETE', `/api/connectors/${connector['id']}`);
    }
  }
}
