import type {
  V1Container,
  V1EnvVar,
  V1PodSpec,
  V1PodTemplateSpec,
  V1SecurityContext,
  V1Volume,
} from '@kubernetes/client-node';
import { GENERATION_LABEL, labelsOf, secretName } from './kubernetes-names.ts';
import { type Launch, PORT_VARIABLE } from './launch.ts';
import type { InstanceSpec } from './runtime.ts';

/** What an operator decides for all servers in the cluster. */
export interface PodSettings {
  /** The service's own image: its front checks who calls, and makes HTTP of what speaks over stdio. */
  frontImage: string;
  /** Of a private registry; undefined where images are public. */
  pullSecret: string | undefined;
}

/** Keys of an instance's Secret. */
export const BEARER_KEY = 'bearer';
export const variableKey = (name: string) => `env.${name}`;
export const fileKey = (name: string) => `file.${name}`;

/** The names by which containers are found in a pod's status. */
export const SERVER_CONTAINER = 'server';
export const FRONT_CONTAINER = 'front';
/** Name of the port that callers reach. */
export const FRONT_PORT_NAME = 'front';

/** Where the server's process and its bridge meet, inside of the pod: on its loopback. */
const STDIO_PORT = 9100;
const FRONT_DIRECTORY = '/run/mcp-front';
const TOOLS_DIRECTORY = '/run/mcp-tools';
const FILES_DIRECTORY = '/run/mcp-credentials';
const BUSYBOX = `${TOOLS_DIRECTORY}/busybox`;
/** Of the service's image; servers run as the same one, which has nothing in theirs. */
const ACCOUNT = 1000;

/**
 * Starts the server whenever the bridge listens, with the connection as its standard input and output. When it fails, so does the container,
 * so that what it ended with, and what the kernel ended it for, is what the cluster tells. A server that ended well was hung up on. What it
 * writes to its standard error is the container's log.
 */
const CONNECT = `
command -v "$1" >/dev/null || { echo "there is no $1 in the image" >&2; exit 127; }
trap 'kill "$server" 2>/dev/null; exit 143' TERM
while :; do
  until ${BUSYBOX} grep -q ':${STDIO_PORT.toString(16).toUpperCase()} 00000000:0000 0A ' /proc/net/tcp; do ${BUSYBOX} sleep 0.2; done
  ${BUSYBOX} nc 127.0.0.1 ${STDIO_PORT} -e "$@" &
  server=$!
  wait "$server" || exit $?
done`;

const CONFINED: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** The port of the pod at which callers are checked. It is never the server's own. */
export function frontPort({ port }: Pick<Launch, 'port'>): number {
  return port === 8000 ? 8001 : 8000;
}

/** The pod of an instance: the server, and in front of it the one that knows who may call. @param image of the launch */
export function podTemplate(
  spec: InstanceSpec,
  image: string,
  settings: PodSettings,
): V1PodTemplateSpec {
  const isStdio = spec.launch.speaks === 'stdio';
  const pod: V1PodSpec = {
    automountServiceAccountToken: false,
    // Addresses of other services are no business of the server's.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: ACCOUNT,
      runAsGroup: ACCOUNT,
      fsGroup: ACCOUNT,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(settings.pullSecret !== undefined && {
      imagePullSecrets: [{ name: settings.pullSecret }],
    }),
    ...(isStdio && { initContainers: [toolsContainer(settings)] }),
    containers: [frontContainer(spec, settings), serverContainer(spec, image)],
    volumes: volumesOf(spec),
  };
  return {
    metadata: {
      labels: { ...labelsOf(spec), [GENERATION_LABEL]: String(spec.generation) },
    },
    spec: pod,
  };
}

/** Brings the one program that the server's image has to have, where it has to speak over stdio: 2 MB, for any image. */
function toolsContainer({ frontImage }: PodSettings): V1Container {
  return {
    name: 'tools',
    image: frontImage,
    command: ['cp', '/usr/local/bin/busybox', BUSYBOX],
    resources: resources({ memoryMb: 32, cpuMillis: 100 }),
    securityContext: CONFINED,
    volumeMounts: [{ name: 'tools', mountPath: TOOLS_DIRECTORY }],
  };
}

function frontContainer({ launch }: InstanceSpec, { frontImage }: PodSettings): V1Container {
  const port = frontPort(launch);
  const isHttp = launch.speaks === 'http';
  const relay = ['--', 'node', 'dist/stdio-relay.js', String(STDIO_PORT)];
  return {
    name: FRONT_CONTAINER,
    image: frontImage,
    command: ['node', 'dist/front.js', ...(isHttp ? [] : relay)],
    env: [
      { name: 'FRONT_PORT', value: String(port) },
      { name: 'FRONT_TOKEN_FILE', value: `${FRONT_DIRECTORY}/${BEARER_KEY}` },
      ...(isHttp
        ? [
            {
              name: 'FRONT_UPSTREAM',
              value: literal(`http://127.0.0.1:${launch.port}${launch.path}`),
            },
          ]
        : []),
    ],
    ports: [{ name: FRONT_PORT_NAME, containerPort: port }],
    readinessProbe: {
      httpGet: { path: '/healthz', port: FRONT_PORT_NAME },
      periodSeconds: 5,
      timeoutSeconds: 3,
    },
    resources: resources({ memoryMb: 384, cpuMillis: 500 }),
    securityContext: CONFINED,
    volumeMounts: [
      { name: 'front', mountPath: FRONT_DIRECTORY, readOnly: true },
      { name: 'tmp-front', mountPath: '/tmp' },
    ],
  };
}

function serverContainer(spec: InstanceSpec, image: string): V1Container {
  const { launch, files } = spec;
  const isStdio = launch.speaks === 'stdio';
  const command = launch.command?.map(literal) ?? [];
  return {
    name: SERVER_CONTAINER,
    image,
    ...(isStdio && { command: [BUSYBOX, 'sh', '-c', CONNECT, 'sh', ...command] }),
    ...(!isStdio && command.length > 0 && { command }),
    env: environment(spec),
    resources: resources(launch),
    securityContext: CONFINED,
    volumeMounts: [
      { name: 'tmp-server', mountPath: '/tmp' },
      ...(isStdio ? [{ name: 'tools', mountPath: TOOLS_DIRECTORY, readOnly: true }] : []),
      ...(files.length > 0
        ? [{ name: 'credentials', mountPath: FILES_DIRECTORY, readOnly: true }]
        : []),
    ],
  };
}

/** Secret values stay in the Secret: here are their keys. Of one name the last counts, which the cluster would not decide. */
function environment({
  instanceId,
  generation,
  launch,
  environment: settings,
  files,
}: InstanceSpec): V1EnvVar[] {
  const secret = secretName(instanceId, generation);
  const isHttp = launch.speaks === 'http';
  const all: V1EnvVar[] = [
    // Of those that ask where to listen, nobody but the front has to be heard.
    ...(isHttp ? [{ name: 'HOST', value: '127.0.0.1' }] : []),
    ...Object.entries(launch.environment).map(([name, value]) => ({ name, value: literal(value) })),
    ...Object.keys(settings).map((name) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key: variableKey(name) } },
    })),
    ...files.map(({ name, variable }) => ({ name: variable, value: `${FILES_DIRECTORY}/${name}` })),
    ...(isHttp ? [{ name: PORT_VARIABLE, value: String(launch.port) }] : []),
    { name: 'HOME', value: '/tmp' },
    { name: 'TMPDIR', value: '/tmp' },
  ];
  return [...new Map(all.map((one) => [one.name, one])).values()];
}

function volumesOf({ instanceId, generation, launch, files }: InstanceSpec): V1Volume[] {
  const secret = secretName(instanceId, generation);
  const credentials = files.map(({ name }) => ({ key: fileKey(name), path: name }));
  return [
    {
      name: 'front',
      secret: {
        secretName: secret,
        defaultMode: 0o440,
        items: [{ key: BEARER_KEY, path: BEARER_KEY }],
      },
    },
    ...(files.length > 0
      ? [
          {
            name: 'credentials',
            secret: { secretName: secret, defaultMode: 0o440, items: credentials },
          },
        ]
      : []),
    { name: 'tmp-front', emptyDir: { sizeLimit: '64Mi' } },
    { name: 'tmp-server', emptyDir: { sizeLimit: '256Mi' } },
    ...(launch.speaks === 'stdio' ? [{ name: 'tools', emptyDir: { sizeLimit: '16Mi' } }] : []),
  ];
}

/** Half of it, and a quarter of the processor, is kept free for it on its node. */
function resources({ memoryMb, cpuMillis }: Pick<Launch, 'memoryMb' | 'cpuMillis'>) {
  return {
    requests: { memory: `${Math.ceil(memoryMb / 2)}Mi`, cpu: `${Math.ceil(cpuMillis / 4)}m` },
    limits: { memory: `${memoryMb}Mi`, cpu: `${cpuMillis}m` },
  };
}

/**
 * The text as the program is to get it: the cluster fills `$(NAME)` in with variables, secret ones too, and what came of it would stand in the
 * list of processes. https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
