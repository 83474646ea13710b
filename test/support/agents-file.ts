import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** An agent for the operator's file. */
export interface ListedAgent {
  name: string;
  url: string;
  labels?: Readonly<Record<string, string>>;
}

/** A file with agents, and the settings that go with it. */
export interface AgentsFile {
  /** For the service. */
  env: Record<string, string>;
  /** What the service shows to an agent. */
  secretOf(name: string): string;
  /** What an agent shows to the service: the one it has, and the one it had. */
  heartbeatSecretsOf(name: string): [string, string];
  remove(): void;
}

/** Writes an operator's file with these agents, with secrets of their own. */
export function writeAgentsFile(agents: readonly ListedAgent[]): AgentsFile {
  const folder = mkdtempSync(path.join(tmpdir(), 'agents-'));
  const file = path.join(folder, 'agents.yaml');
  const env: Record<string, string> = { AGENTS_FILE: file };
  const variableOf = (name: string, use: string) =>
    `AGENT_SECRET_${name.toUpperCase().replaceAll('-', '_')}${use}`;
  for (const { name } of agents) {
    for (const use of ['', '_HEARTBEAT', '_FORMER']) {
      env[variableOf(name, use)] = randomBytes(32).toString('base64url');
    }
  }
  const listed = agents.map(({ name, url, labels = {} }) => ({
    ...{ name, url, labels, secret: variableOf(name, '') },
    heartbeat_secrets: [variableOf(name, '_HEARTBEAT'), variableOf(name, '_FORMER')],
  }));
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ agents: listed }));
  const secret = (name: string, use: string) => env[variableOf(name, use)] ?? '';
  return {
    env,
    secretOf: (name) => secret(name, ''),
    heartbeatSecretsOf: (name) => [secret(name, '_HEARTBEAT'), secret(name, '_FORMER')],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
