import type {
  CallOutcome,
  McpClient,
  McpConnection,
  McpTarget,
  ToolDiscovery,
} from '../../../src/mcp/client/mcp-client.ts';

import type {
  OfferingDiscovery,
  OfferingOutcome,
} from '../../../src/mcp/client/server-offerings.ts';

/** A connection that counts what is done to it. */
export class FakeConnection implements McpConnection {
  readonly serverInfo = undefined;
  readonly protocolVersion = '2025-11-25';
  readonly era = 'legacy';
  readonly transport = 'streamable-http';
  readonly serverOrigin: string = 'https://mcp.example.com';
  closed = 0;
  /** What the pool wants to be told of. */
  onListsChanged: (() => void) | undefined;

  async listTools(_options?: { signal: AbortSignal }): Promise<ToolDiscovery> {
    return { tools: [], warnings: [] };
  }

  async listOfferings(): Promise<OfferingDiscovery> {
    return {};
  }

  async requestOffering(): Promise<OfferingOutcome> {
    return { kind: 'result', result: {} };
  }

  async callTool(): Promise<CallOutcome> {
    if (this.closed > 0) throw new Error('the connection is closed');
    return { kind: 'result', content: [], structuredContent: undefined, isError: false };
  }

  watchLists(onChanged: () => void): void {
    this.onListsChanged = onChanged;
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

/** Opens {@link FakeConnection}s and remembers them. */
export class FakeMcpClient implements McpClient {
  readonly connections: FakeConnection[] = [];
  readonly targets: McpTarget[] = [];
  readonly signals: AbortSignal[] = [];
  /** Runs before each connect; throws to make it fail. */
  beforeConnect: () => Promise<void> = async () => undefined;

  async connect(target: McpTarget, { signal }: { signal: AbortSignal }): Promise<FakeConnection> {
    this.targets.push(target);
    this.signals.push(signal);
    await this.beforeConnect();
    const connection = new FakeConnection();
    this.connections.push(connection);
    return connection;
  }

  /** Connections that nobody has closed. */
  get open(): number {
    return this.connections.filter((connection) => connection.closed === 0).length;
  }
}
