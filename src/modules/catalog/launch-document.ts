import {
  isAllowedVariable,
  isFileName,
  type Launch,
  PORT_VARIABLE,
} from '../../runtimes/launch.ts';
import type { RuntimeKind } from '../../runtimes/runtime.ts';
import type { EntryDocument } from './catalog-document.ts';
import type { PlaceKind, SettingCarrier } from './catalog-entry.ts';

/** A problem at a path below the entry. */
export interface EntryProblem {
  path: (string | number)[];
  message: string;
}

type LaunchDocument = NonNullable<EntryDocument['launch']>;
type SettingDocument = NonNullable<EntryDocument['settings']>[number];

const DEFAULT_PORT = 8000;
const DEFAULT_PATH = '/mcp';
const DEFAULT_MEMORY_MB = 512;
const DEFAULT_CPU_MILLIS = 500;
const KINDS: Readonly<Record<string, RuntimeKind>> = {
  process: 'process',
  agent: 'agent',
  kubernetes: 'kubernetes',
};

/** Where the server of an entry may run, the preferred place first. */
export function toPlaces({ run_on: runOn = ['static'] }: EntryDocument): PlaceKind[] {
  return runOn.map((kind) => KINDS[kind] ?? 'static');
}

/** How a server is started. The image of the entry is that of its server, unless `launch` names another. */
export function toLaunch({ launch, image }: EntryDocument): Launch | undefined {
  if (launch === undefined) return undefined;
  return {
    command: launch.command,
    image: launch.image ?? image,
    speaks: launch.speaks === 'http' ? 'http' : 'stdio',
    port: launch.port ?? DEFAULT_PORT,
    path: launch.path ?? DEFAULT_PATH,
    environment: launch.environment ?? {},
    memoryMb: launch.memory_mb ?? DEFAULT_MEMORY_MB,
    cpuMillis: launch.cpu_millis ?? DEFAULT_CPU_MILLIS,
  };
}

/** How a setting gets to a deployed server. */
export function toCarrier({ env, file }: SettingDocument): SettingCarrier | undefined {
  if (file !== undefined) return { kind: 'file', name: file.name, variable: file.env };
  return env === undefined ? undefined : { kind: 'variable', variable: env };
}

/** What is wrong with where an entry runs, and with how it is started. */
export function launchProblems(entry: EntryDocument): EntryProblem[] {
  const { launch, instances, offered_to: offeredTo } = entry;
  const deployed = toPlaces(entry).filter((kind) => kind !== 'static');
  const problems = launch === undefined ? [] : commandProblems(launch);
  if (deployed.length === 0) {
    if (instances === undefined) return problems;
    return [...problems, { path: ['instances'], message: 'is for servers that run_on deploys' }];
  }
  if (offeredTo === 'user') {
    problems.push({ path: ['run_on'], message: 'is static for entries offered to users' });
  }
  if (launch === undefined) {
    problems.push({ path: ['launch'], message: 'is required where run_on is not static alone' });
    return problems;
  }
  return [...problems, ...missingProblems(entry, launch, deployed)];
}

/** What the places where it is to run cannot do without. */
function missingProblems(
  { image }: EntryDocument,
  launch: LaunchDocument,
  deployed: readonly PlaceKind[],
): EntryProblem[] {
  const hasCommand = launch.command !== undefined;
  const hasImage = (launch.image ?? image) !== undefined;
  const missing = (part: string, kind: string): EntryProblem => ({
    path: ['launch', part],
    message: `is required where run_on names ${kind}`,
  });
  const problems: EntryProblem[] = [];
  if (!hasCommand && deployed.includes('process')) problems.push(missing('command', 'process'));
  if (!hasImage && deployed.includes('kubernetes')) problems.push(missing('image', 'kubernetes'));
  if (!(hasCommand || hasImage) && deployed.includes('agent')) {
    problems.push({ path: ['launch'], message: 'must have a command or an image' });
  }
  return problems;
}

function commandProblems({ command, environment = {} }: LaunchDocument): EntryProblem[] {
  const problems: EntryProblem[] = [];
  const [program] = command ?? [];
  if (program !== undefined && (program === '' || /\s/.test(program))) {
    problems.push({
      path: ['launch', 'command', 0],
      message: 'must be a program: no shell reads it, each argument is an item of its own',
    });
  }
  for (const name of Object.keys(environment)) {
    const message = variableProblem(name);
    if (message !== undefined) problems.push({ path: ['launch', 'environment', name], message });
  }
  return problems;
}

/** What is wrong with how settings get to a server that is deployed. */
export function carrierProblems(entry: EntryDocument): EntryProblem[] {
  const { settings = [], launch } = entry;
  const isDeployed = toPlaces(entry).some((kind) => kind !== 'static');
  const taken: TakenNames = {
    variables: new Set(Object.keys(launch?.environment ?? {})),
    files: new Set(),
  };
  return settings.flatMap((setting, index) => {
    const problems = [...variableProblems(setting, taken), ...fileProblems(setting, taken)];
    if (isDeployed && toCarrier(setting) === undefined) {
      problems.push({ path: ['env'], message: 'or file is required: the server is deployed' });
    }
    return problems.map(({ path, message }) => ({ path: ['settings', index, ...path], message }));
  });
}

/** By what is set before; names of files without regard to case. */
interface TakenNames {
  variables: Set<string>;
  files: Set<string>;
}

function variableProblems({ env }: SettingDocument, { variables }: TakenNames): EntryProblem[] {
  if (env === undefined) return [];
  const message = variableProblem(env, variables);
  variables.add(env);
  return message === undefined ? [] : [{ path: ['env'], message }];
}

function fileProblems({ env, file }: SettingDocument, taken: TakenNames): EntryProblem[] {
  if (file === undefined) return [];
  const found: [string[], string | undefined][] = [
    [['file', 'env'], variableProblem(file.env, taken.variables)],
    [['file', 'name'], fileProblem(file.name, taken.files)],
    [['file'], env === undefined ? undefined : 'has no place beside env'],
  ];
  taken.variables.add(file.env);
  taken.files.add(file.name.toLowerCase());
  return found.flatMap(([path, message]) => (message === undefined ? [] : [{ path, message }]));
}

function variableProblem(name: string, taken: ReadonlySet<string> = new Set()): string | undefined {
  if (!isAllowedVariable(name)) return 'is a variable that may not be set';
  if (name === PORT_VARIABLE) return 'is set by whoever starts the server: say launch.port';
  return taken.has(name) ? 'is a variable that is set already' : undefined;
}

function fileProblem(name: string, taken: ReadonlySet<string>): string | undefined {
  if (!isFileName(name)) return 'must be a file name: letters, digits, dots, hyphens, underscores';
  return taken.has(name.toLowerCase()) ? 'is the file of another setting' : undefined;
}
