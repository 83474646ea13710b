/** A deployment agent, as the operator's file has it. */
export interface Agent {
  name: string;
  /** Where it is reached, without a slash at its end. */
  origin: string;
  labels: Readonly<Record<string, string>>;
  /** What the service shows to the agent. */
  secret: string;
  /** What the agent shows to the service; two while one takes the place of the other. */
  heartbeatSecrets: readonly string[];
}

/** What an agent says of itself. */
export interface AgentReport {
  version: string;
  hasDocker: boolean;
  load: AgentLoad;
}

/** How busy the machine of an agent is. */
export interface AgentLoad {
  /** Servers that it runs or starts. */
  servers: number;
  maxServers: number;
  /** Of the machine, over a minute. */
  loadAverage: number;
  processors: number;
  freeMemoryMb: number;
}

/** What an agent says of a server that it runs. */
export interface AgentServerReport {
  instanceId: string;
  generation: number;
  phase: 'starting' | 'running' | 'failed';
  step: string | null;
  percent: number | null;
  problemCode: string | null;
  sessions: number;
  restarts: number;
}

/** What an agent sends from time to time. */
export interface Heartbeat {
  /** Of its process. */
  runId: string;
  /** Grows with each of a run. */
  sequence: number;
  /** It ends, and its servers with it. */
  isStopping: boolean;
  agent: AgentReport;
  servers: readonly AgentServerReport[];
}

/** The last heartbeat of an agent, and when it came. */
export interface LastHeartbeat {
  name: string;
  seenAt: Date;
  isStopping: boolean;
  agent: AgentReport;
}

/** An agent as operators see it. */
export interface AgentState {
  agent: Agent;
  /** `never`: no heartbeat ever came. */
  state: 'alive' | 'unreachable' | 'never';
  last: LastHeartbeat | undefined;
}
