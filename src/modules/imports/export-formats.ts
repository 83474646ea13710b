import { stringify } from 'smol-toml';
import type { ExportedServer, ExportText, ExportVariable } from './exported-server.ts';

/** A client whose configuration files can be written. */
export type ExportFormat =
  | 'mcp-json'
  | 'claude-desktop'
  | 'claude-code'
  | 'cursor'
  | 'vscode'
  | 'codex';

/** How files of a client are written. */
export interface ExportWriter {
  fileName: string;
  mediaType: 'application/json' | 'application/toml';
  /** Whether the client knows the transport of before 2025-03-26. */
  speaksSse: boolean;
  /** What the client calls a variable. */
  variableName(name: string): string;
  write(servers: readonly ExportedServer[]): string;
}

type Reference = (variable: ExportVariable) => string;

/** Of texts in which the client puts nothing: the user replaces it by hand. */
const byHand: Reference = ({ name }) => `<${name}>`;
const ofShell: Reference = ({ name }) => `\${${name}}`;
const sameName = (name: string) => name;

function render(text: ExportText, reference: Reference): string {
  return text.map((part) => (typeof part === 'string' ? part : reference(part))).join('');
}

function headersOf(server: ExportedServer, reference: Reference) {
  const headers = server.headers.map(({ name, value }) => [name, render(value, reference)]);
  return headers.length === 0 ? {} : { headers: Object.fromEntries(headers) as object };
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** As most clients have it: a name, an address and headers. */
function mcpServers(reference: Reference, { hasType }: { hasType: boolean }) {
  return (servers: readonly ExportedServer[]) =>
    json({
      mcpServers: Object.fromEntries(
        servers.map((server) => [
          server.key,
          {
            ...(hasType && { type: server.transport }),
            url: render(server.url, reference),
            ...headersOf(server, reference),
          },
        ]),
      ),
    });
}

/** Claude Desktop starts programs only: `mcp-remote` leads to a server with an address, and signs in where that is asked for. */
function claudeDesktop(servers: readonly ExportedServer[]): string {
  const entries = servers.map((server) => {
    const variables = server.headers.flatMap(({ value }) => variablesIn(value));
    // No space after the colon: some versions split arguments at it, so `Bearer ` belongs to the variable.
    const headers = server.headers.flatMap(({ name, value }) => [
      '--header',
      `${name}:${variablesIn(value).map(ofShell).join('')}`,
    ]);
    const env = server.headers.flatMap(({ value }) =>
      variablesIn(value).map(({ name }) => [name, render(value, byHand)]),
    );
    const args = ['-y', 'mcp-remote', render(server.url, byHand), ...headers];
    if (server.transport === 'sse') args.push('--transport', 'sse-only');
    return [
      server.key,
      {
        command: 'npx',
        args,
        ...(variables.length > 0 && { env: Object.fromEntries(env) as object }),
      },
    ];
  });
  return json({ mcpServers: Object.fromEntries(entries) as object });
}

const inputId = (name: string) => name.toLowerCase().replaceAll('_', '-');

function vscode(servers: readonly ExportedServer[]): string {
  const reference: Reference = ({ name }) => `\${input:${inputId(name)}}`;
  const inputs = servers.flatMap((server) =>
    variablesOf(server).map(({ name, header }) => ({
      type: 'promptString',
      id: inputId(name),
      description: `${header ?? 'Key in the address'} of ${server.key}`,
      password: true,
    })),
  );
  const entries = servers.map((server) => [
    server.key,
    {
      type: server.transport,
      url: render(server.url, reference),
      ...headersOf(server, reference),
    },
  ]);
  return json({
    ...(inputs.length > 0 && { inputs }),
    servers: Object.fromEntries(entries) as object,
  });
}

function codex(servers: readonly ExportedServer[]): string {
  const entries = servers.map((server) => {
    const names = server.headers.map(({ name, value }) => ({
      name,
      isBearer: value.length > 1,
      variable: variablesIn(value)[0]?.name ?? '',
    }));
    const token = names.find(({ isBearer }) => isBearer);
    const others = names.filter(({ isBearer }) => !isBearer);
    return [
      server.key,
      {
        url: render(server.url, byHand),
        ...(token !== undefined && { bearer_token_env_var: token.variable }),
        ...(others.length > 0 && {
          env_http_headers: Object.fromEntries(
            others.map(({ name, variable }) => [name, variable]),
          ),
        }),
      },
    ];
  });
  return `${stringify({ mcp_servers: Object.fromEntries(entries) as object })}\n`;
}

function variablesIn(text: ExportText): ExportVariable[] {
  return text.filter((part) => typeof part !== 'string');
}

/** What the user has to enter for a server. */
export function variablesOf({ url, headers }: ExportedServer): ExportVariable[] {
  return [...variablesIn(url), ...headers.flatMap(({ value }) => variablesIn(value))];
}

const JSON_FILE = {
  mediaType: 'application/json',
  speaksSse: true,
  variableName: sameName,
} as const;

/** The writers of all clients, each by the client's own documentation. */
export const EXPORT_WRITERS: Readonly<Record<ExportFormat, ExportWriter>> = {
  'mcp-json': {
    ...JSON_FILE,
    fileName: 'mcp.json',
    write: mcpServers(ofShell, { hasType: true }),
  },
  'claude-desktop': {
    ...JSON_FILE,
    fileName: 'claude_desktop_config.json',
    write: claudeDesktop,
  },
  'claude-code': {
    ...JSON_FILE,
    fileName: '.mcp.json',
    write: mcpServers(ofShell, { hasType: true }),
  },
  cursor: {
    ...JSON_FILE,
    fileName: '.cursor/mcp.json',
    write: mcpServers(({ name }) => `\${env:${name}}`, { hasType: false }),
  },
  vscode: {
    ...JSON_FILE,
    fileName: '.vscode/mcp.json',
    variableName: inputId,
    write: vscode,
  },
  codex: {
    fileName: 'config.toml',
    mediaType: 'application/toml',
    speaksSse: false,
    variableName: sameName,
    write: codex,
  },
};
