import type { ErrorCode } from '../error-codes.ts';
import type { ErrorExplanation } from './error-explanation.ts';

/** Why a managed server does not run. */
export const RUNTIME_ERRORS = {
  RUNTIME_NOT_CONFIGURED: {
    retryable: false,
    cause: [
      'Nothing is configured that could run the server in any of the ways its entry asks for: no such deployment agent, no cluster, no processes allowed.',
      'The place where it ran is not configured any more.',
    ],
    shown:
      'There is no place here where this server could run. Ask whoever runs the service to configure one.',
    user: ['Ask whoever runs the service.'],
    operator: [
      'Compare `run_on` of the entry with what is configured: deployment agents stand in the file of `AGENTS_FILE`, `PROCESS_RUNTIME` allows processes, `KUBERNETES_RUNTIME` a cluster.',
      'Where servers run elsewhere already, let the entry say so: `static`, with its URL.',
    ],
  },
  RUNTIME_UNREACHABLE: {
    retryable: true,
    cause: [
      'The deployment agent, the cluster or the replica of the service did not answer in time, or not as one; or no heartbeats of the agent come. Its servers may be running.',
      'Nothing is started in its stead on the machine of the service.',
    ],
    shown:
      'The machine that runs this server cannot be reached. It is looked at again all the time; if that lasts, tell whoever runs the service.',
    user: ['Wait a minute: servers of a machine that comes back are used again by themselves.'],
    operator: [
      'Look whether the agent runs, and read its log: it says when the service does not take its heartbeats. `GET /api/admin/agents` tells when the last one came.',
      'For a cluster or a replica, the log of the service says why, once, when the problem is new.',
      'Look whether the service reaches it: its address in the file of `AGENTS_FILE`, firewalls, and its certificate (`OUTBOUND_CA_FILE` for an authority of your own).',
    ],
  },
  RUNTIME_REFUSED: {
    retryable: true,
    cause: [
      'The deployment agent or the cluster answered and refused: it has as many servers as it may, is about to end, or takes the secret or the rights of the service for none.',
    ],
    shown:
      'The machine that was to run this server refused it. Try again later, or ask whoever runs the service.',
    user: ['Try again later, and ask whoever runs the service if it stays like that.'],
    operator: [
      'Read the log of the agent or the events of the cluster: they say what was refused.',
      'Compare the secrets of both sides, and how many servers may run there.',
    ],
  },
  LAUNCH_NOT_ALLOWED: {
    retryable: false,
    cause: [
      'The command or the image of the server is not on the list of the place where it is to run, or gets a variable that servers do not get.',
      'It is an image, and there is no container engine.',
      'It listens on more than the loopback interface of its machine, where others could reach it without its secret.',
    ],
    shown:
      'This server may not be started where it is to run. Whoever runs the service has to allow it there.',
    user: ['Ask whoever runs the service.'],
    operator: [
      'Put the command or the image on the list of that place, if it is what you want to run: `AGENT_COMMANDS` and `AGENT_IMAGES` of each deployment agent, `PROCESS_IMAGES` and `KUBERNETES_IMAGES` of the service.',
      'Install a container engine where images are to run, or prefer another place in `run_on` of the entry.',
    ],
  },
  LAUNCH_NOT_FOUND: {
    retryable: false,
    cause: [
      'The program is not installed where the server is to run, or cannot be executed.',
      'The image cannot be pulled: its name is wrong, its registry is out of reach, or it wants credentials.',
    ],
    shown:
      'The program of this server is not where it is to run. Whoever runs the service has to install it.',
    user: ['Ask whoever runs the service.'],
    operator: [
      'Install the program there, or mend the name in the catalog entry.',
      'Pull the image by hand on that machine: the container engine says why it cannot.',
    ],
  },
  SERVER_EXITED: {
    retryable: false,
    cause: [
      'The server ended by itself soon after each start, several times in a row. Often a setting is wrong, or what it needs to reach is not there.',
    ],
    shown:
      'The server ended again and again. Check its settings, then switch it on anew; its log tells operators more.',
    user: ['Check the settings of the server, and switch it on again.'],
    operator: [
      'While it is being brought up, `GET /api/deployments/{deployment_id}/logs` has the last lines it wrote, for admins of its project; secrets are taken out of them.',
      'Start its command by hand on that machine, with the same variables.',
    ],
  },
  SERVER_OUT_OF_MEMORY: {
    retryable: false,
    cause: ['The server used more memory than its entry allows, and was ended.'],
    shown:
      'The server used more memory than it may. Whoever runs the service can allow it more, or find out why.',
    user: ['Ask whoever runs the service.'],
    operator: ['Raise `memory_mb` of the entry, if the server needs that much.'],
  },
  SERVER_NOT_READY: {
    retryable: true,
    cause: [
      'The server was started, and did not answer as an MCP server within its time: it waits for something, takes long to start, or speaks another protocol.',
    ],
    shown:
      'The server was started but does not answer yet. Try again in a minute; if that lasts, tell whoever runs the service.',
    user: ['Try again in a minute: some servers take long to start.'],
    operator: [
      'Read the last lines it wrote.',
      'Compare `speaks`, `port` and `path` of the entry with what the program does.',
    ],
  },
} satisfies Partial<Record<ErrorCode, ErrorExplanation>>;
