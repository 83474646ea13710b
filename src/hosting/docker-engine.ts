import { execFile } from 'node:child_process';
import path from 'node:path';
import { PORT_VARIABLE } from '../runtimes/launch.ts';
import type { InstanceSpec } from '../runtimes/runtime.ts';
import { HostingError } from './hosting-error.ts';

/** What an operator says of containers. */
export interface DockerOptions {
  /** The command line program: `docker`, or a path. */
  program: string;
  /** Environment of the program: PATH, HOME, and where the engine is (`DOCKER_HOST` and the like). Nothing of it reaches a container. */
  environment: Readonly<Record<string, string>>;
  /** Images that may run: exact names, or beginnings that end with `/`. */
  images: readonly string[];
  /** The network of the containers; undefined: one of the host's own, in which they do not reach each other. */
  network: string | undefined;
}

/** Where credential files are inside of a container. */
export const CONTAINER_CREDENTIALS = '/run/credentials';
const LABEL = 'mcp-connectors.host';
/** Processes and threads of a container. */
const PIDS = 256;
const ANSWER_TIMEOUT_MS = 20_000;
const PULL_TIMEOUT_MS = 10 * 60_000;

/** A container as it is started. */
export interface ContainerPlan {
  spec: Pick<InstanceSpec, 'instanceId' | 'launch' | 'files'>;
  /** Port of this machine's loopback interface that leads to the server, for those that speak HTTP. */
  port: number | undefined;
  /** User and group inside, as the files' owner. */
  user: number;
  /** Folder with the credential files on this machine. */
  credentials: string;
  environmentFile: string;
}

/** Docker's command line program: the container engine of this machine, where it has one. */
export class DockerEngine {
  readonly environment: Readonly<Record<string, string>>;
  readonly #options: DockerOptions;
  readonly #hostId: string;
  readonly #network: string;

  /** @param hostId marks containers as those of one host of ours, so that it finds what a former life of its own left */
  constructor(options: DockerOptions, hostId: string) {
    this.#options = options;
    this.#hostId = hostId;
    this.environment = options.environment;
    this.#network = options.network ?? `mcp-connectors-${hostId}`;
  }

  /** May this image run here? */
  allows(image: string): boolean {
    return isAllowedImage(image, this.#options.images);
  }

  /** Does the engine answer? */
  async isThere(): Promise<boolean> {
    const { code } = await this.#run(
      ['version', '--format', '{{.Server.Version}}'],
      ANSWER_TIMEOUT_MS,
    );
    return code === 0;
  }

  /** Makes sure of the network. @returns whether there is one */
  async hasNetwork(): Promise<boolean> {
    if (this.#options.network !== undefined) return true;
    const name = this.#network;
    const known = await this.#run(['network', 'inspect', '--', name], ANSWER_TIMEOUT_MS);
    if (known.code === 0) return true;
    // A server that speaks HTTP asks nobody for a secret: that is done in front of it, where others of this network would not pass.
    const apart = '--opt=com.docker.network.bridge.enable_icc=false';
    const label = `--label=${LABEL}=${this.#hostId}`;
    const { code } = await this.#run(
      ['network', 'create', '--driver=bridge', apart, label, '--', name],
      ANSWER_TIMEOUT_MS,
    );
    return code === 0;
  }

  /** Makes sure that the image is on this machine. @returns what the engine said where it could not be had, or `signal` aborted */
  async pull(image: string, signal: AbortSignal): Promise<string | undefined> {
    const known = await this.#run(
      ['image', 'inspect', '--format', '{{.Id}}', '--', image],
      ANSWER_TIMEOUT_MS,
    );
    if (known.code === 0) return undefined;
    const { code, output } = await this.#run(
      ['pull', '--quiet', '--', image],
      PULL_TIMEOUT_MS,
      signal,
    );
    return code === 0 ? undefined : output;
  }

  /** The command line that runs a container in the foreground; holds no value of a setting. */
  command(plan: ContainerPlan): readonly string[] {
    const { spec, port, user, credentials, environmentFile } = plan;
    const { launch, instanceId, files } = spec;
    const [program, ...args] = launch.command ?? [];
    return [
      this.#options.program,
      ...['run', '--rm', '--interactive', '--init', '--pull=never'],
      ...[`--name=${containerName(instanceId)}`, `--label=${LABEL}=${this.#hostId}`],
      ...['--read-only', '--tmpfs=/tmp:rw,noexec,nosuid,size=64m', '--cap-drop=ALL'],
      ...['--security-opt=no-new-privileges', `--user=${user}:${user}`, `--pids-limit=${PIDS}`],
      ...[`--memory=${launch.memoryMb}m`, `--memory-swap=${launch.memoryMb}m`],
      ...[`--cpus=${launch.cpuMillis / 1_000}`, `--network=${this.#network}`],
      ...['--log-driver=none', `--env-file=${environmentFile}`],
      ...(port === undefined ? [] : [`--publish=127.0.0.1:${port}:${launch.port}`]),
      ...files.map(
        ({ name }) =>
          `--mount=type=bind,source=${path.join(credentials, name)},target=${path.posix.join(CONTAINER_CREDENTIALS, name)},readonly`,
      ),
      // In the place of what the image starts by itself, as in a cluster: one entry means the same everywhere.
      ...(program === undefined ? [] : [`--entrypoint=${program}`]),
      launch.image ?? '',
      ...args,
    ];
  }

  /** Ends a container, and takes it away. Nothing happens where there is none. */
  async remove(instanceId: string): Promise<void> {
    await this.#run(['rm', '--force', containerName(instanceId)], ANSWER_TIMEOUT_MS);
  }

  /** Takes away all containers of this host: those of a former life of it. */
  async sweep(): Promise<void> {
    const filter = `label=${LABEL}=${this.#hostId}`;
    const { code, output } = await this.#run(
      ['ps', '--all', '--quiet', '--filter', filter],
      ANSWER_TIMEOUT_MS,
    );
    const ids = output.split('\n').filter((line) => /^[0-9a-f]{6,64}$/.test(line));
    if (code === 0 && ids.length > 0) await this.#run(['rm', '--force', ...ids], ANSWER_TIMEOUT_MS);
  }

  /** The program that is called. */
  get program(): string {
    return this.#options.program;
  }

  #run(
    args: readonly string[],
    timeout: number,
    signal?: AbortSignal,
  ): Promise<{ code: number; output: string }> {
    const { program, environment } = this.#options;
    return new Promise((resolve) => {
      execFile(
        program,
        [...args],
        { env: { ...environment }, cwd: '/', timeout, signal },
        (error, out, err) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
          resolve({ code, output: code === 0 ? out : err.slice(-2_000) });
        },
      );
    });
  }
}

/** The name of a server's container. */
export function containerName(instanceId: string): string {
  return `mcp-${instanceId}`;
}

/** @param list exact names, or beginnings that end with `/` */
function isAllowedImage(image: string, list: readonly string[]): boolean {
  // What begins with a hyphen would be an option; what climbs is another image than it begins with.
  if (!/^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,254}$/.test(image) || image.includes('..')) return false;
  return list.some((allowed) =>
    allowed.endsWith('/') ? image.startsWith(allowed) : image === allowed,
  );
}

/**
 * The file that an engine reads a container's environment from: a line for each variable.
 * @throws HostingError for a value with a line break, which cannot be said there
 */
export function environmentFileText(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => {
      if (/[\r\n\0]/.test(value)) {
        throw new HostingError(
          `The variable ${name} has several lines, which a container takes as a file only.`,
        );
      }
      return `${name}=${value}\n`;
    })
    .join('');
}

/** What a container gets besides its own environment. */
export function containerEnvironment(
  spec: Pick<InstanceSpec, 'launch' | 'environment'>,
): Record<string, string> {
  const { launch } = spec;
  return {
    ...launch.environment,
    ...spec.environment,
    HOME: '/tmp',
    ...(launch.speaks === 'http' && { [PORT_VARIABLE]: String(launch.port) }),
  };
}
