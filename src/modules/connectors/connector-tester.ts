import { AppError } from '../../errors/app-error.ts';
import type { DiscoveredTool, McpEra } from '../../mcp/client/mcp-client.ts';
import type { OfferingDiscovery } from '../../mcp/client/server-offerings.ts';
import type { SignInOffers } from '../../oauth/sign-in-offer.ts';
import { OutboundError } from '../../outbound/outbound-error.ts';
import type { OutboundPolicy } from '../../outbound/outbound-policy.ts';
import { machineOf } from '../../outbound/url-machine.ts';
import type { Identity } from '../../tenancy/caller.ts';
import { type Credentials, toSecretHeaders } from '../credentials/index.ts';
import type { ConnectionTestReport } from './connection-test.ts';
import type { ConnectionValidator } from './connection-validator.ts';
import type { ServerKnowledge } from './connector.ts';
import type { NewTool } from './connector-store.ts';
import type { ConnectorSettings } from './connector-update.ts';
import type { TestLimiter } from './test-limiter.ts';
import { definitionHash, toDefinition } from './tool-definition.ts';

/** A server to test, with the secret in the open. */
export interface TestSubject extends ConnectorSettings {
  credentials: Credentials | undefined;
  era?: McpEra | undefined;
  /** As in {@link McpTarget}; default: a server of users. */
  isPinned?: boolean;
  /** Sent beside the credentials; default: nothing. */
  secretHeaders?: Readonly<Record<string, string>>;
}

/** Collaborators of the {@link ConnectorTester}. */
export interface ConnectorTesterDeps {
  validator: Pick<ConnectionValidator, 'test'>;
  limiter: Pick<TestLimiter, 'run'>;
  /** The one the tests' requests go out under. */
  urlPolicy: Pick<OutboundPolicy, 'checkUrl'>;
  signIn: Pick<SignInOffers, 'find'>;
}

/** How a test is run. */
export interface TestOptions {
  /** Ends the test, and its wait for a slot. */
  signal?: AbortSignal;
  /** Called when the test's turn has come, before it begins; where it throws, there is no test. */
  onTurn?: () => Promise<void>;
  /** Reads prompts and resources as well, to be stored. */
  withOfferings?: boolean;
  /** Asks once; by default again where that can help. */
  isOnce?: boolean;
}

/** Runs connection tests for everybody who needs one, as many as may run. */
export class ConnectorTester {
  readonly #deps: ConnectorTesterDeps;

  constructor(deps: ConnectorTesterDeps) {
    this.#deps = deps;
  }

  /**
   * Never throws for a fault of the server; the report tells it, and how to sign in where the server asks for that.
   * @throws AppError `TEST_LIMIT_REACHED`; the reason of `signal`; what `onTurn` throws.
   */
  test(
    identity: Identity,
    subject: TestSubject,
    options: TestOptions = {},
  ): Promise<ConnectionTestReport> {
    return this.inTurn(identity, subject, options, async () => {
      const report = await this.#validate(subject, options);
      if (report.errorCode !== 'AUTH_REQUIRED') return report;
      const signIn = await this.#deps.signIn.find(subject.serverUrl, options.signal);
      return { ...report, signIn };
    });
  }

  /**
   * Tests, and saves where the test passed. The slot of the test is given back after the save: whoever waits for it is to
   * find what was saved.
   * @throws AppError with the code of the failed test and the sentence that says what to do; as {@link test}; and what
   * `save` throws.
   */
  saveIfPasses<Result>(
    identity: Identity,
    subject: TestSubject,
    save: (report: ConnectionTestReport) => Promise<Result>,
    options: TestOptions = {},
  ): Promise<Result> {
    return this.inTurn(identity, subject, options, async () => {
      const report = await this.#validate(subject, { ...options, withOfferings: true });
      if (report.errorCode === undefined) return await save(report);
      throw new AppError(report.errorCode, {
        ...(report.errorMessage !== undefined && { detail: report.errorMessage }),
        extensions: { attempts: report.attempts, latency_ms: report.latencyMs },
        cause: report.failure?.cause,
      });
    });
  }

  /**
   * Runs work that sends requests to a server, when its turn has come.
   * @throws AppError `TEST_LIMIT_REACHED`; the reason of `signal`; what `onTurn` and `work` throw.
   */
  async inTurn<Result>(
    identity: Identity,
    server: Pick<TestSubject, 'serverUrl' | 'isPinned'>,
    { signal, onTurn }: TestOptions,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const destination = this.#findDestination(server);
    if (destination !== undefined) {
      return await this.#deps.limiter.run({ identity, destination }, work, { signal, onTurn });
    }
    // No request is sent to a URL that is refused: its verdict is free.
    await onTurn?.();
    return await work();
  }

  #validate(
    { serverUrl, transport, credentials, era, isPinned = false, secretHeaders: own }: TestSubject,
    { signal, withOfferings = false, isOnce = false }: TestOptions,
  ): Promise<ConnectionTestReport> {
    const secretHeaders = { ...toSecretHeaders(credentials), ...own };
    return this.#deps.validator.test(
      { url: serverUrl, transport, era, secretHeaders, isPinned },
      { withOfferings, isOnce, ...(signal !== undefined && { signal }) },
    );
  }

  /** The host a test of this URL sends requests to; undefined where the URL alone is reason to send none. */
  #findDestination({
    serverUrl: url,
    isPinned = false,
  }: Pick<TestSubject, 'serverUrl' | 'isPinned'>): string | undefined {
    if (isPinned) return machineOf(new URL(url));
    try {
      return machineOf(this.#deps.urlPolicy.checkUrl(url));
    } catch (error) {
      if (error instanceof OutboundError) return undefined;
      throw error;
    }
  }
}

/** What a passed test found, ready to be stored. */
export function discoveredState(report: ConnectionTestReport): {
  knowledge: ServerKnowledge;
  tools: NewTool[];
  offerings: OfferingDiscovery;
} {
  const { era, transport, protocolVersion, serverInfo, offerings } = report;
  if (era === undefined || transport === undefined || protocolVersion === undefined) {
    throw new Error('only a passed test has something to store');
  }
  return {
    knowledge: { era, transport, protocolVersion, serverInfo },
    tools: report.tools.map(toNewTool),
    offerings,
  };
}

/** A discovered tool, ready to be stored. */
export function toNewTool(tool: DiscoveredTool): NewTool {
  const definition = toDefinition(tool);
  return {
    name: tool.name,
    definition,
    definitionHash: definitionHash(tool.name, definition),
    isDestructive: definition.annotations?.['destructiveHint'] === true,
  };
}
