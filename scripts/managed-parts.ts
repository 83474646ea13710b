import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Keeper } from '../src/hosting/keeper.ts';
import { freePort } from './free-port.ts';
import type { Part } from './started-parts.ts';

/** What an operator would write: the catalog with a server to start, and the agent that starts it. */
export interface ManagedFiles extends Part {
  /** For the service. */
  settings: Record<string, string>;
  /** Folder of the agent. */
  dataDir: string;
  port: number;
  /** What the service shows to the agent, and the agent to the service. */
  serviceSecret: string;
  heartbeatSecret: string;
}

/** The entry of the catalog that the tour switches on. */
export const ENTRY = 'demo';
const AGENT = 'local';

/** Writes the files to a folder of their own. */
export async function makeManagedFiles(): Promise<ManagedFiles> {
  const folder = mkdtempSync(path.join(tmpdir(), 'quickstart-managed-'));
  // Servers with accounts of their own go through it.
  chmodSync(folder, 0o711);
  const port = await freePort(0);
  const [serviceSecret, heartbeatSecret] = [newSecret(), newSecret()];
  const program = createRequire(import.meta.url).resolve(
    '@modelcontextprotocol/server-everything/dist/index.js',
  );
  const write = (name: string, content: object) => {
    const file = path.join(folder, name);
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
    return file;
  };
  const entry = {
    ...{ key: ENTRY, title: 'Demo', description: 'The published demo server.' },
    ...{ launch: { command: ['node', program, 'stdio'] }, run_on: ['agent'] },
  };
  const agent = {
    ...{ name: AGENT, url: `http://127.0.0.1:${port}`, secret: 'AGENT_SECRET_LOCAL' },
    heartbeat_secrets: ['AGENT_SECRET_LOCAL_HEARTBEAT'],
  };
  return {
    settings: {
      CATALOG_FILE: write('catalog.yaml', { entries: [entry] }),
      AGENTS_FILE: write('agents.yaml', { agents: [agent] }),
      AGENT_SECRET_LOCAL: serviceSecret,
      AGENT_SECRET_LOCAL_HEARTBEAT: heartbeatSecret,
      ...{ AUTO_PROVISION: 'true', AUTO_CLEANUP: 'true' },
    },
    dataDir: path.join(folder, 'agent'),
    ...{ port, serviceSecret, heartbeatSecret },
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A deployment agent as a process of its own, which can be killed and started again. It never outlives this process. */
export class AgentProgram {
  readonly origin: string;
  readonly #options: Omit<ManagedFiles, 'settings' | 'stop'> & { serviceUrl: string };
  #keeper: Keeper | undefined;

  constructor(options: Omit<ManagedFiles, 'settings' | 'stop'> & { serviceUrl: string }) {
    this.#options = options;
    this.origin = `http://127.0.0.1:${options.port}`;
  }

  /** Resolves when it listens. @throws Error with what it wrote, where it ends before */
  async start(): Promise<void> {
    let output = '';
    const root = path.resolve(import.meta.dirname, '..');
    await new Promise<void>((resolve, reject) => {
      const keeper = new Keeper(
        {
          command: [process.execPath, '--import', 'tsx', path.join(root, 'src/agent.ts')],
          environment: this.#environment(),
          ...{ account: undefined, container: undefined, folder: root },
          searchPath: this.#searchPath,
        },
        (chunk) => {
          output = (output + chunk.toString()).slice(-4_000);
          if (output.includes('"the deployment agent is listening"')) resolve();
        },
      );
      this.#keeper = keeper;
      void keeper.ended.then(() => reject(new Error(`the agent ended: ${output}`)));
    });
  }

  /** Ends it as a crash of its machine does. */
  async kill(): Promise<void> {
    this.#keeper?.kill();
    await this.#keeper?.ended;
  }

  /** Ends it as an operator does. */
  async stop(): Promise<void> {
    this.#keeper?.terminate();
    await this.#keeper?.ended;
  }

  /** Ids of the servers that it has. */
  async servers(): Promise<string[]> {
    const headers = { authorization: `Bearer ${this.#options.serviceSecret}` };
    const answer: unknown = await (await fetch(`${this.origin}/servers`, { headers })).json();
    if (typeof answer !== 'object' || answer === null || !('items' in answer)) return [];
    const items: unknown[] = Array.isArray(answer.items) ? answer.items : [];
    return items.flatMap((item) =>
      typeof item === 'object' && item !== null && 'instance_id' in item
        ? [String(item.instance_id)]
        : [],
    );
  }

  get #searchPath(): string {
    return `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
  }

  #environment(): Record<string, string> {
    const { dataDir, port, serviceUrl, serviceSecret, heartbeatSecret } = this.#options;
    return {
      ...{ AGENT_NAME: AGENT, AGENT_PORT: String(port), AGENT_DATA_DIR: dataDir },
      ...{ AGENT_SERVICE_URL: serviceUrl, AGENT_SERVICE_SECRETS: serviceSecret },
      ...{ AGENT_HEARTBEAT_SECRET: heartbeatSecret, AGENT_COMMANDS: 'node' },
      // A first look is not meant for a machine with something to protect.
      AGENT_SAME_ACCOUNT: 'on',
      HOME: tmpdir(),
    };
  }
}
