import { isAllowedVariable, isFileName, PORT_VARIABLE } from '../runtimes/launch.ts';
import type { InstanceSpec } from '../runtimes/runtime.ts';

/** What the operator of an agent allows to be started there. Images are the container engine's to judge. */
export interface AllowedLaunches {
  /** Beginnings of commands, in words: `npx -y @example/server` allows that package and none else. */
  commands: readonly (readonly string[])[];
}

/**
 * May this be started here? Whoever has the secret of the service gets no further than the operator of this machine wants.
 * @returns why not, for the service; undefined where it may
 */
export function refusalOf(
  { launch, environment, files }: Pick<InstanceSpec, 'launch' | 'environment' | 'files'>,
  { commands }: AllowedLaunches,
): string | undefined {
  const variables = [
    ...Object.keys(launch.environment),
    ...Object.keys(environment),
    ...files.map(({ variable }) => variable),
  ];
  if (!variables.every((name) => isAllowedVariable(name) && name !== PORT_VARIABLE)) {
    return 'It has a variable that servers do not get.';
  }
  if (!files.every(({ name }) => isFileName(name)))
    return 'It has a file with a name that is none.';
  const { command, image } = launch;
  if (image !== undefined || command === undefined) return undefined;
  const isAllowed = commands.some((words) => words.every((word, index) => command[index] === word));
  return isAllowed
    ? undefined
    : 'The command is not on the list of this agent: its operator allows commands by AGENT_COMMANDS.';
}
