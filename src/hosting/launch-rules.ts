import type { InstanceSpec, RuntimeProblemCode } from '../runtimes/runtime.ts';
import type { DockerEngine } from './docker-engine.ts';

/** What an operator allows to be started. */
export interface LaunchRules {
  /** Programs that may be started, as the first word of a command says them; undefined: all that catalog entries name. */
  commands: readonly string[] | undefined;
  /** Undefined: no containers here. */
  docker: DockerEngine | undefined;
}

/** Why something is not started at all. */
export interface LaunchRefusal {
  code: RuntimeProblemCode;
  /** For the log. */
  reason: string;
}

/**
 * May this be started here? An image is a promise about where a server runs, so without a container engine its command is not started
 * outside of one.
 * @returns why not; undefined where it may
 */
export function refusalOf(
  { launch, files, environment }: Pick<InstanceSpec, 'launch' | 'files' | 'environment'>,
  { commands, docker }: LaunchRules,
): LaunchRefusal | undefined {
  const refuse = (reason: string): LaunchRefusal => ({ code: 'LAUNCH_NOT_ALLOWED', reason });
  if (files.some(({ name }) => !/^[A-Za-z0-9._-]{1,100}$/.test(name) || /^\.+$/.test(name))) {
    return refuse('a credential file has a name that is none');
  }
  if (launch.image !== undefined) {
    if (docker === undefined) return refuse('no containers can run here');
    if (!docker.allows(launch.image)) return refuse('the image is not on the list');
    const values = Object.values({ ...launch.environment, ...environment });
    return values.some((value) => /[\r\n\0]/.test(value))
      ? refuse('a variable of several lines cannot be given to a container; make a file of it')
      : undefined;
  }
  const [program] = launch.command ?? [];
  if (program === undefined) return refuse('there is neither a command nor an image');
  return commands !== undefined && !commands.includes(program)
    ? refuse('the command is not on the list')
    : undefined;
}
