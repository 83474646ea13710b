import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import { ERROR_CATALOGUE } from '../../../src/errors/error-catalogue.ts';
import type { ErrorCode } from '../../../src/errors/error-codes.ts';
import { createProblemRenderer } from '../../../src/http/problem.ts';
import { OperationLog } from '../../../src/lib/operation-log.ts';
import type { CallOutcome, McpTarget, ToolOutcome } from '../../../src/mcp/client/mcp-client.ts';
import { McpFailure, type McpFailureCode } from '../../../src/mcp/client/mcp-failure.ts';
import type { ConnectorRecord } from '../../../src/modules/connectors/connector.ts';
import type { CallableTool } from '../../../src/modules/connectors/connector-tool-store.ts';
import { parseKeyring } from '../../../src/modules/credentials/keyring.ts';
import { SealedBox } from '../../../src/modules/credentials/sealed-box.ts';
import { CircuitBreakers } from '../../../src/modules/sessions/circuit-breakers.ts';
import { ServerRequestService } from '../../../src/modules/sessions/server-request-service.ts';
import { SessionPool } from '../../../src/modules/sessions/session-pool.ts';
import { SessionService } from '../../../src/modules/sessions/session-service.ts';
import { RequestStates } from '../../../src/modules/tools/request-states.ts';
import { ToolCallService } from '../../../src/modules/tools/tool-call-service.ts';
import type { Identity } from '../../../src/tenancy/caller.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeConnection, FakeMcpClient } from '../sessions/fake-mcp.ts';

const HASH = 'a'.repeat(64);
const alice: Identity = { tenantId: 'tenant-a', userId: 'alice' };
const at = new Date('2026-01-01T00:00:00.000Z');
const RECORD: ConnectorRecord = {
  id: 'c1',
  projectId: undefined,
  source: 'own',
  entryKey: undefined,
  name: 'Server',
  slug: 's',
  serverUrlSealed: 'sealed',
  serverOrigin: 'https://mcp.example.com',
  transport: 'auto',
  authType: 'bearer',
  credentialMode: 'shared',
  intent: 'ENABLED',
  disabledAt: undefined,
  health: 'HEALTHY',
  fault: undefined,
  knowledge: undefined,
  credential: undefined,
  toolCount: 1,
  callTimeoutSeconds: 30,
  version: 1,
  credentialGeneration: 3,
  lastTestedAt: at,
  createdAt: at,
  updatedAt: at,
};
const target: McpTarget = {
  url: 'https://mcp.example.com/mcp?key=topsecret',
  transport: 'auto',
  era: undefined,
  secretHeaders: { authorization: 'Bearer topsecret' },
};
const call = { name: 's__do_it_1234abcd', arguments: { text: 'hi' } };
const done: ToolOutcome = {
  kind: 'result',
  content: [{ type: 'text', text: 'done' }],
  structuredContent: undefined,
  isError: false,
};

/** A connection whose calls the test decides. */
class ScriptedConnection extends FakeConnection {
  readonly calls: object[] = [];
  answer: () => Promise<CallOutcome> = async () => done;

  override callTool(request?: object, options?: object): Promise<CallOutcome> {
    this.calls.push({ request, options });
    return this.answer();
  }
}

class ScriptedClient extends FakeMcpClient {
  readonly connection = new ScriptedConnection();
  connects = 0;

  override async connect(opened: McpTarget): Promise<FakeConnection> {
    this.connects += 1;
    this.targets.push(opened);
    await this.beforeConnect();
    return this.connection;
  }
}

let clock: FakeClock;
let client: ScriptedClient;
let tool: CallableTool | undefined;
/** The tool as the database has it by then. */
let rowsHave: () => CallableTool | undefined;
let sessions: SessionService;
let record: ConnectorRecord;
let asked: object[];
let lines: { level: string; line: object }[];
let endings: string[];
let service: ToolCallService;

beforeEach(() => {
  clock = new FakeClock();
  client = new ScriptedClient();
  record = RECORD;
  rowsHave = () => tool;
  tool = {
    connectorId: 'c1',
    projectId: undefined,
    toolId: 't1',
    state: 'approved',
    admission: 'offered',
    exposedName: 's__do_it_1234abcd',
    toolName: 'do it!',
    intent: 'ENABLED',
    health: 'HEALTHY',
    credentialGeneration: 3,
    callTimeoutSeconds: 30,
    definitionHash: HASH,
    headerParameters: [{ name: 'text', path: ['text'] }],
  };
  endings = [];
  asked = [];
  lines = [];
  const logger = {
    info: (line: object) => lines.push({ level: 'info', line }),
    warn: (line: object) => lines.push({ level: 'warn', line }),
  };
  sessions = new SessionService({
    pool: new SessionPool({ clock, idleMs: 60_000 }),
    breakers: new CircuitBreakers({ clock }),
    mcpClient: client,
    clock,
    connectTimeoutMs: 30_000,
    onToolsMayDiffer: () => undefined,
  });
  service = new ToolCallService({
    store: {
      findCallable: async (identity, name) => {
        asked.push({ findCallable: name, identity });
        return tool;
      },
    },
    policies: { first: 'accept', changed: 'hold', destructive: 'accept' },
    audit: { called: () => undefined },
    rows: { findCallable: async () => rowsHave() },
    states: new RequestStates({
      box: new SealedBox(parseKeyring(`k1:${randomBytes(32).toString('base64')}`)),
      clock,
    }),
    requests: new ServerRequestService({
      maxPerUser: 100,
      connectors: {
        getRecord: async (identity, id) => {
          asked.push({ getRecord: id, identity });
          return record;
        },
      },
      targets: {
        openTarget: async (identity, opened) => {
          asked.push({ openTarget: opened.id, identity });
          return target;
        },
      },
      sessions,
      clock,
    }),
    clock,
    log: new OperationLog({ logger, clock, context: { fields: {} } }),
    metrics: { ended: (outcome) => void endings.push(outcome) },
    signInUrl: (connectorId) => `https://app.test/sign-in?connector_id=${connectorId}`,
  });
});

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error('expected an AppError', { cause: error });
}

describe('a call that the server answers', () => {
  it('goes to the connector of the stored name, by the name the server knows', async () => {
    client.connection.answer = async () => {
      clock.advance(41.7);
      return done;
    };
    expect(await service.call(alice, call)).toEqual({
      outcome: done,
      connectorId: 'c1',
      toolName: 'do it!',
      durationMs: 42,
    });
    expect(asked).toEqual([
      { findCallable: 's__do_it_1234abcd', identity: alice },
      { getRecord: 'c1', identity: alice },
      { openTarget: 'c1', identity: alice },
    ]);
    expect(client.targets).toEqual([target]);
    expect(client.connection.calls).toEqual([
      {
        request: {
          name: 'do it!',
          arguments: { text: 'hi' },
          headerParameters: tool?.headerParameters,
          onOther: expect.any(Function),
        },
        options: { signal: expect.any(AbortSignal) },
      },
    ]);
  });

  it('opens no secret where there is a session', async () => {
    await service.call(alice, call);
    asked = [];
    await service.call(alice, call);
    expect(asked).toEqual([{ findCallable: 's__do_it_1234abcd', identity: alice }]);
    expect(client.connects).toBe(1);
  });

  it('uses the session of the credentials that the connector has by then, as later calls do', async () => {
    const before = tool;
    if (before === undefined) throw new Error('there is no tool');
    // Looked up before the owner changed the credentials, connected after it.
    tool = { ...before, credentialGeneration: 2 };
    rowsHave = () => before;
    await service.call(alice, call);
    tool = before;
    await service.call(alice, call);
    expect(client.connects).toBe(1);
    expect(client.connection.calls).toHaveLength(2);
  });

  it.each([
    ['is held back there', { admission: 'held', state: 'moved' }, {}, 'TOOL_NOT_APPROVED'],
    ['is switched off there', { admission: 'disabled' }, {}, 'TOOL_DISABLED'],
    [
      'is another one',
      { definitionHash: 'b'.repeat(64) },
      { definitionHash: HASH },
      'TOOL_CHANGED',
    ],
    ['is not there', undefined, {}, 'TOOL_NOT_FOUND'],
  ] satisfies [string, Partial<CallableTool> | undefined, object, ErrorCode][])(
    'is refused where the connector has moved since, and the tool %s',
    async (_what, change, more, code) => {
      const before = tool;
      if (before === undefined) throw new Error('there is no tool');
      tool = { ...before, credentialGeneration: 2 };
      rowsHave = () => change && { ...before, ...change };
      const error = await failureOf(service.call(alice, { ...call, ...more }));
      expect(error).toMatchObject({ code, options: { hadNoEffect: true } });
      expect([client.connects, client.connection.calls]).toEqual([0, []]);
    },
  );

  it('takes the state of a server to no other one, not even where the connector moves meanwhile', async () => {
    const before = tool;
    if (before === undefined) throw new Error('there is no tool');
    const asking = { kind: 'input-required', requests: {}, state: 'of the old server' } as const;
    client.connection.answer = async () => asking;
    const { outcome } = await service.call(alice, call);
    const state = outcome.kind === 'input-required' ? outcome.state : undefined;
    client.connection.calls.length = 0;
    const moved = { ...before, credentialGeneration: 4 };
    record = { ...record, credentialGeneration: 4 };
    await sessions.closeConnector('c1');
    rowsHave = () => moved;
    const input = { responses: {}, state };
    const error = await failureOf(service.call(alice, { ...call, input }));
    expect(error.code).toBe('REQUEST_STATE_INVALID');
    expect(client.connection.calls).toEqual([]);
  });

  it.each([
    [{ ...done, isError: true }, 'tool_error'],
    [{ kind: 'protocol-error', code: -32602, message: 'no' }, 'protocol_error'],
    [done, 'ok'],
  ] satisfies [ToolOutcome, string][])(
    'is a result, whatever it says: %j',
    async (outcome, logged) => {
      client.connection.answer = async () => outcome;
      expect((await service.call(alice, call)).outcome).toEqual(outcome);
      expect(lines).toMatchObject([
        {
          level: 'info',
          line: { operation: 'tool.call', tool: call.name, connector_id: 'c1', outcome: logged },
        },
      ]);
    },
  );

  it('logs neither arguments nor content nor target', async () => {
    await service.call(alice, { ...call, arguments: { password: 'topsecret' } });
    expect(JSON.stringify(lines)).not.toMatch(/topsecret|password|done|mcp\.example\.com/);
  });
});

describe('a call that is refused before any server is asked', () => {
  it('does not know the tool', async () => {
    tool = undefined;
    expect(await failureOf(service.call(alice, call))).toMatchObject({
      code: 'TOOL_NOT_FOUND',
      status: 404,
    });
    expect(client.connects).toBe(0);
  });

  it('finds the connector disabled', async () => {
    tool = tool && { ...tool, toolName: 'x', intent: 'DISABLED' };
    expect(await failureOf(service.call(alice, call))).toMatchObject({
      code: 'CONNECTOR_DISABLED',
      status: 409,
      options: { extensions: { connector_id: 'c1' } },
    });
    expect(client.connects).toBe(0);
    expect(lines).toMatchObject([
      { level: 'warn', line: { connector_id: 'c1', outcome: 'CONNECTOR_DISABLED' } },
    ]);
  });
});

describe('a call that fails on its way', () => {
  const EXPECTED: Record<McpFailureCode, [ErrorCode, number]> = {
    INVALID_URL: ['UPSTREAM_UNREACHABLE', 502],
    BLOCKED_URL: ['UPSTREAM_UNREACHABLE', 502],
    CONNECTION_FAILED: ['UPSTREAM_UNREACHABLE', 502],
    TIMEOUT: ['UPSTREAM_TIMEOUT', 504],
    AUTH_FAILED: ['NEEDS_AUTH', 409],
    AUTH_REQUIRED: ['NEEDS_AUTH', 409],
    INVALID_MCP_SERVER: ['UPSTREAM_INVALID', 502],
    PROTOCOL_MISMATCH: ['UPSTREAM_INVALID', 502],
    RESPONSE_TOO_LARGE: ['UPSTREAM_INVALID', 502],
  };
  const cases = Object.entries(EXPECTED).map(
    ([code, [error, status]]) => [code as McpFailureCode, error, status] as const,
  );

  it.each(cases)('%s while connecting is %s (%d)', async (code, expected, status) => {
    const failure = new McpFailure(code, { cause: new Error('upstream topsecret') });
    client.beforeConnect = () => Promise.reject(failure);
    const error = await failureOf(service.call(alice, call));
    // Nothing was sent to the tool, so the call may be sent again under its Idempotency-Key.
    expect(error).toMatchObject({ code: expected, status, cause: { code, cause: failure } });
    expect(error.options.hadNoEffect).toBe(true);
    expect(error.options).toMatchObject({ extensions: { connector_id: 'c1', reason: code } });
    // The sentence about a call: that of the verdict would say to test again.
    const { detail } = createProblemRenderer(undefined)(error, 'id');
    const signIn =
      'The server refused its credentials. Its owner can sign in or enter new ones at https://app.test/sign-in?connector_id=c1';
    expect(detail).toBe(expected === 'NEEDS_AUTH' ? signIn : ERROR_CATALOGUE[expected].shown);
    expect(lines).toMatchObject([{ level: 'warn', line: { outcome: expected } }]);
    expect(JSON.stringify(lines)).not.toContain('topsecret');
  });

  it.each(cases)('%s during the call is %s (%d) and is not sent again', async (code, expected) => {
    client.connection.answer = () => Promise.reject(new McpFailure(code));
    expect(await failureOf(service.call(alice, call))).toMatchObject({ code: expected });
    expect(client.connection.calls).toHaveLength(1);
  });

  it('is never 401 or 403: those speak of our own caller', () => {
    for (const [, , status] of cases) expect([401, 403]).not.toContain(status);
  });

  it('passes errors of our own services on', async () => {
    const gone = new AppError('CONNECTOR_NOT_FOUND');
    client.beforeConnect = () => Promise.reject(gone);
    // Nothing was sent, so the call may be sent again under its Idempotency-Key.
    expect(await failureOf(service.call(alice, call))).toMatchObject({
      code: 'CONNECTOR_NOT_FOUND',
      options: { hadNoEffect: true },
    });
    const bug = new TypeError('a mistake of ours');
    client.beforeConnect = () => Promise.reject(bug);
    await expect(service.call(alice, call)).rejects.toBe(bug);
  });
});
