/** How a deployment stands: see {@link STATE_CHANGES}. */
export const DEPLOYMENT_STATES = [
  /** It is being brought up, or replaced. */
  'deploying',
  /** At least one instance answers. */
  'running',
  /** Scaled to zero: a call wakes it. */
  'idle',
  /** It was up, and nobody knows whether it is. It may come back by itself. */
  'unreachable',
  /** It is up nowhere and will not come up by itself. */
  'failed',
  /** Its instances are being ended. */
  'stopping',
  /** It has no instances. */
  'stopped',
] as const;
export type DeploymentState = (typeof DEPLOYMENT_STATES)[number];

/** The changes that there are. What is not named here does not happen. */
export const STATE_CHANGES: Readonly<Record<DeploymentState, readonly DeploymentState[]>> = {
  deploying: ['running', 'idle', 'failed', 'stopping'],
  running: ['deploying', 'idle', 'unreachable', 'failed', 'stopping'],
  idle: ['deploying', 'running', 'unreachable', 'failed', 'stopping'],
  unreachable: ['deploying', 'running', 'idle', 'failed', 'stopping'],
  failed: ['deploying', 'stopping'],
  // What was taken back begins anew while old instances still end.
  stopping: ['stopped', 'deploying'],
  stopped: ['deploying', 'stopping'],
};

/** The state after a change; staying is none. @throws Error where there is no such change: a defect of ours */
export function changeState(from: DeploymentState, to: DeploymentState): DeploymentState {
  if (from !== to && !STATE_CHANGES[from].includes(to)) {
    throw new Error(`a deployment that is ${from} cannot become ${to}`);
  }
  return to;
}
