import { setTimeout } from 'node:timers/promises';
import { markOf } from '../src/hosting/keeper.ts';
import { processesWith } from '../src/hosting/process-table.ts';
import { type AgentProgram, ENTRY } from './managed-parts.ts';
import type { Tour } from './quickstart-tour.ts';
import { expect, isObject, type Json, listOf, request } from './tour-requests.ts';

/** Where the tour goes, and as whom. */
export interface ManagedTarget {
  baseUrl: string;
  /** Tokens of an admin and a member of the project. */
  admin: string;
  member: string;
  project: string;
}

/** A state that does not come within this never comes. Who is lost is missed for half a minute first. Milliseconds. */
const STATE_TIMEOUT_MS = 120_000;

/** Starts an agent, switches a server on that runs there, kills the agent, brings it back, and takes everything away. @throws Error where something is not as it should be */
export async function showManagedServer(
  tour: Tour,
  agent: AgentProgram,
  target: ManagedTarget,
): Promise<void> {
  const { baseUrl, admin: token, project } = target;
  const entryPath = `/api/catalog/${ENTRY}?project_id=${project}`;
  const start = async () => ({ result: await agent.start(), note: agent.origin });
  await tour.step('Deployment agent', start);
  await removeFormer(target, entryPath);
  const hangUp = new AbortController();
  try {
    const id = await tour.step('Switch the server on', async () => {
      const body = { project_id: project };
      const item = await request({ baseUrl, token }, 'POST', `/api/catalog/${ENTRY}/enable`, body);
      return { result: String(item['deployment_id']), note: `${ENTRY} is ${item['status']}` };
    });
    const follower = await Follower.open(target, id, { tour, signal: hangUp.signal });
    const until = (name: string, state: string) =>
      tour.step(name, async () => ({ result: undefined, note: await follower.until(state) }));
    await until('It comes up on the agent', 'running');
    await useIt(tour, target);
    const [instance = ''] = await agent.servers();
    await tour.step('Kill the agent', async () => {
      await agent.kill();
      await untilNoProcess(instance);
      return { result: undefined, note: 'its server ended with it' };
    });
    await until('It is missed', 'unreachable');
    await tour.step('The agent comes back', start);
    await until('The server with it', 'running');
    await callIt(tour, target);
    await takeAway(tour, { agent, target, id, entryPath });
  } finally {
    hangUp.abort();
  }
}

async function useIt(tour: Tour, target: ManagedTarget): Promise<void> {
  await tour.step("List the member's tools", async () => {
    const access = { baseUrl: target.baseUrl, token: target.member };
    const path = `/api/users/me/tools?project_id=${target.project}`;
    const { tools } = await until(
      () => request(access, 'GET', path),
      (answer) => listOf(answer['tools']).length > 0,
    );
    const names = listOf(tools).map((tool) => String(tool['name']));
    return { result: names, note: `${names.slice(0, 2).join(', ')} … (${names.length})` };
  });
  await callIt(tour, target);
}

async function callIt(
  tour: Tour,
  { baseUrl, member: token, project }: ManagedTarget,
): Promise<void> {
  const name = `p--${ENTRY}__echo`;
  await tour.step(`Call ${name}`, async () => {
    const body = { name, arguments: { message: 'hello' }, project_id: project };
    const answer = await request({ baseUrl, token }, 'POST', '/api/users/me/tools/call', body);
    const text = String(listOf(answer['content'])[0]?.['text']);
    expect(text.includes('hello'), `the tool answered ${text}`);
    return { result: undefined, note: `"${text}"` };
  });
}

async function takeAway(
  tour: Tour,
  left: { agent: AgentProgram; target: ManagedTarget; id: string; entryPath: string },
): Promise<void> {
  const { agent, target, id, entryPath } = left;
  const access = { baseUrl: target.baseUrl, token: target.admin };
  const [instance = ''] = await agent.servers();
  await tour.step('Take the server away', async () => {
    await request(access, 'DELETE', entryPath);
    await until(
      () => isGone(target, `/api/deployments/${id}`),
      (gone) => gone,
    );
    return { result: undefined, note: 'its deployment is gone' };
  });
  await tour.step('Nothing is left', async () => {
    expect((await agent.servers()).length === 0, 'the agent still has a server');
    await untilNoProcess(instance);
    return { result: undefined, note: 'no server at the agent, no process, no tools' };
  });
}

/** A former tour that broke off has left its server behind. */
async function removeFormer(target: ManagedTarget, entryPath: string): Promise<void> {
  const access = { baseUrl: target.baseUrl, token: target.admin };
  const { deployment_id: id, status } = await request(access, 'GET', entryPath);
  if (status === 'NOT_ENABLED' && id === null) return;
  await request(access, 'DELETE', entryPath);
  await until(
    () => request(access, 'GET', entryPath),
    (item) => item['deployment_id'] === null,
  );
}

async function isGone({ baseUrl, admin }: ManagedTarget, path: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${admin}` };
  return (await fetch(`${baseUrl}${path}`, { headers })).status === 404;
}

async function untilNoProcess(instance: string): Promise<void> {
  await until(
    async () => processesWith(markOf(instance)).length,
    (count) => count === 0,
  );
}

/** @throws Error where it does not come in time */
async function until<Result>(
  look: () => Promise<Result>,
  isSo: (result: Result) => boolean,
): Promise<Result> {
  const deadline = performance.now() + STATE_TIMEOUT_MS;
  for (;;) {
    const result = await look();
    if (isSo(result)) return result;
    if (performance.now() > deadline) throw new Error('it did not come about in time');
    await setTimeout(100);
  }
}

/** Follows a deployment by the events of the service, and tells each step as it comes. */
class Follower {
  readonly #target: ManagedTarget;
  readonly #path: string;
  readonly #tour: Tour;
  /** States so far, the newest last. */
  readonly #seen: { state: string; step: string }[] = [];
  /** Why no more events come. */
  #failure: Error | undefined;
  #wake: () => void = () => {};

  private constructor(target: ManagedTarget, id: string, tour: Tour) {
    this.#target = target;
    this.#path = `/api/deployments/${id}`;
    this.#tour = tour;
  }

  static async open(
    target: ManagedTarget,
    id: string,
    { tour, signal }: { tour: Tour; signal: AbortSignal },
  ): Promise<Follower> {
    const follower = new Follower(target, id, tour);
    const response = await fetch(`${target.baseUrl}/api/events`, {
      headers: { authorization: `Bearer ${target.admin}`, accept: 'text/event-stream' },
      signal,
    });
    expect(response.ok, `the events were answered ${response.status}`);
    follower.#read(response, id).catch((error: unknown) => {
      if (!signal.aborted) follower.#failure = new Error('the events ended', { cause: error });
      follower.#wake();
    });
    // What came about before the stream was open.
    await follower.#look();
    return follower;
  }

  /** Waits until it is in this state. @returns what it went through since it was asked last */
  async until(state: string): Promise<string> {
    const deadline = performance.now() + STATE_TIMEOUT_MS;
    while (this.#seen.at(-1)?.state !== state) {
      if (this.#failure !== undefined) throw this.#failure;
      expect(performance.now() < deadline, `it does not become ${state}`);
      expect(this.#seen.at(-1)?.state !== 'failed', 'it has failed');
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, setTimeout(1_000)]);
    }
    const steps = this.#seen.splice(0, this.#seen.length - 1).map(({ step }) => step);
    return [...new Set([...steps, state])].join(' → ');
  }

  async #read(response: Response, id: string): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      const lines = (text + decoder.decode(chunk, { stream: true })).split('\n');
      text = lines.pop() ?? '';
      if (lines.some((line) => line.startsWith('data:') && line.includes(id))) await this.#look();
    }
    throw new Error('the stream of events ended');
  }

  async #look(): Promise<void> {
    const { baseUrl, admin: token } = this.#target;
    if (await isGone(this.#target, this.#path)) return;
    const answer = await request({ baseUrl, token }, 'GET', this.#path);
    const now = { state: String(answer['state']), step: stepOf(answer) };
    const last = this.#seen.at(-1);
    if (last?.state === now.state && last.step === now.step) return;
    this.#seen.push(now);
    this.#tour.say(`    ${now.state}: ${now.step}`);
    this.#wake();
  }
}

function stepOf({ progress, error_code: code }: Json): string {
  const step = isObject(progress) ? String(progress['step']) : '';
  return typeof code === 'string' ? `${step} (${code})` : step;
}
