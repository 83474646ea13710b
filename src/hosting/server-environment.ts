import type { Launch } from '../runtimes/launch.ts';
import { isAllowedVariable, PORT_VARIABLE } from '../runtimes/launch.ts';

/** Marks every process of a server, so that those which left its group are found as well. */
export const INSTANCE_VARIABLE = 'MCP_CONNECTORS_INSTANCE';

/** What an environment is made of. */
export interface EnvironmentParts {
  instanceId: string;
  launch: Pick<Launch, 'environment' | 'speaks'>;
  /** Settings of the owner, and variables with the paths of files. */
  settings: Readonly<Record<string, string>>;
  home: string;
  temporary: string;
  /** Where programs are looked for. */
  searchPath: string;
  /** Undefined for those that speak over stdio. */
  port: number | undefined;
}

/**
 * The whole environment of a server, from scratch: nothing of ours is in it. Names that a catalog entry may not use are left out here once
 * more, whoever let them through.
 */
export function serverEnvironment(parts: EnvironmentParts): Record<string, string> {
  const given = { ...parts.launch.environment, ...parts.settings };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([name]) => isAllowedVariable(name))),
    PATH: parts.searchPath,
    HOME: parts.home,
    TMPDIR: parts.temporary,
    LANG: 'C.UTF-8',
    [INSTANCE_VARIABLE]: parts.instanceId,
    ...(parts.port !== undefined && { [PORT_VARIABLE]: String(parts.port), HOST: '127.0.0.1' }),
  };
}
