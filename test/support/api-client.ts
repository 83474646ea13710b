import type {
  ApprovedTools,
  ClosedSessions,
  ConnectionTest,
  ConnectionTestReport,
  Connector,
  ConnectorCreate,
  ConnectorPage,
  ConnectorTool,
  ConnectorToolPage,
  ConnectorToolUpdate,
  ConnectorUpdate,
  CredentialMetadata,
  Credentials,
  McpTool,
  MemberRemoval,
  Problem,
  SessionPage,
  ToolApprovals,
  ToolCall,
  ToolCallResult,
  Toolset,
  UserErasure,
} from '../../src/contract/generated.ts';
import { ContractJudge } from './contract-judge.ts';

/** An answer that the contract allows. */
export class ApiAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly #request: string;

  constructor(request: string, response: Response, text: string) {
    this.#request = request;
    this.status = response.status;
    this.headers = response.headers;
    this.text = text;
  }

  /** The body of a success; the judge has found it to be what the contract says. @throws Error on any other status. */
  ok(status = 200): Body {
    this.#require(status);
    return JSON.parse(this.text || 'null') as Body;
  }

  /** The body of an error with this status and code. @throws Error where it is another one. */
  problem(status: number, code: string): Problem {
    this.#require(status);
    const problem = JSON.parse(this.text) as Problem;
    if (problem.code === code) return problem;
    throw new Error(`${this.#request} answered ${problem.code}, not ${code}: ${this.text}`);
  }

  /** `ok` or the code of the problem. */
  get outcome(): string {
    return this.status < 400 ? 'ok' : (JSON.parse(this.text) as Problem).code;
  }

  /** The entity tag. @throws Error where there is none. */
  get etag(): string {
    const etag = this.headers.get('etag');
    if (etag === null) throw new Error(`${this.#request} answered without an ETag`);
    return etag;
  }

  #require(status: number): void {
    if (this.status === status) return;
    throw new Error(`${this.#request} answered ${this.status}, not ${status}: ${this.text}`);
  }
}

/** A request besides its method and path. */
export interface ApiRequest {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  text?: string;
  headers?: Readonly<Record<string, string>>;
}

/** A toolset in the protocol's shape. */
type McpToolset = Omit<Toolset, 'tools'> & { tools: McpTool[] };

/** Header values by name. */
type RequestHeaders = Readonly<Record<string, string>>;

/** The whole text, or the first piece of a stream that would not end. A call with events ends; what follows changes does not. */
async function textOf(response: Response): Promise<string> {
  if (!new URL(response.url).pathname.endsWith('/api/events') || response.body === null) {
    return response.text();
  }
  const reader = response.body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}

/** Sends requests of one caller over HTTP, and has every answer judged by the contract. */
export class ApiClient {
  readonly #baseUrl: string;
  readonly #token: string | undefined;
  readonly #judge: ContractJudge;

  constructor({
    baseUrl,
    token,
    judge,
  }: { baseUrl: string; token?: string; judge?: ContractJudge }) {
    this.#baseUrl = baseUrl;
    this.#token = token;
    this.#judge = judge ?? new ContractJudge();
  }

  /** The same service with another token; none where it is undefined. */
  withToken(token: string | undefined): ApiClient {
    const options = { baseUrl: this.#baseUrl, judge: this.#judge };
    return new ApiClient(token === undefined ? options : { ...options, token });
  }

  /** The same caller at another replica. */
  at(baseUrl: string): ApiClient {
    const options = { baseUrl, judge: this.#judge };
    return new ApiClient(this.#token === undefined ? options : { ...options, token: this.#token });
  }

  /** @throws Error where the answer is not one the contract declares. */
  async send<Body = unknown>(
    method: string,
    path: string,
    { body, text, headers = {} }: ApiRequest = {},
  ): Promise<ApiAnswer<Body>> {
    const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: {
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const answer = await textOf(response);
    this.#judge.judge({
      method,
      url: path,
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: answer,
    });
    return new ApiAnswer(`${method} ${path}`, response, answer);
  }

  listConnectors(query = ''): Promise<ApiAnswer<ConnectorPage>> {
    return this.send('GET', `/api/connectors${query}`);
  }

  createConnector(
    body: ConnectorCreate,
    headers: RequestHeaders = {},
  ): Promise<ApiAnswer<Connector>> {
    return this.send('POST', '/api/connectors', { body, headers });
  }

  testConnection(body: ConnectionTest): Promise<ApiAnswer<ConnectionTestReport>> {
    return this.send('POST', '/api/connectors/test', { body });
  }

  getConnector(id: string): Promise<ApiAnswer<Connector>> {
    return this.send('GET', `/api/connectors/${id}`);
  }

  updateConnector(
    id: string,
    body: ConnectorUpdate,
    headers: RequestHeaders = {},
  ): Promise<ApiAnswer<Connector>> {
    return this.send('PATCH', `/api/connectors/${id}`, { body, headers });
  }

  deleteConnector(id: string, headers: RequestHeaders = {}): Promise<ApiAnswer<null>> {
    return this.send('DELETE', `/api/connectors/${id}`, { headers });
  }

  testConnector(id: string): Promise<ApiAnswer<ConnectionTestReport>> {
    return this.send('POST', `/api/connectors/${id}/test`);
  }

  syncConnector(id: string): Promise<ApiAnswer<Connector>> {
    return this.send('POST', `/api/connectors/${id}/sync`);
  }

  setStatus(
    id: string,
    status: 'ENABLED' | 'DISABLED',
    headers: RequestHeaders = {},
  ): Promise<ApiAnswer<Connector>> {
    return this.send('POST', `/api/connectors/${id}/status`, { body: { status }, headers });
  }

  getCredentials(id: string): Promise<ApiAnswer<CredentialMetadata>> {
    return this.send('GET', `/api/connectors/${id}/credentials`);
  }

  putCredentials(
    id: string,
    body: Credentials,
    headers: RequestHeaders = {},
  ): Promise<ApiAnswer<CredentialMetadata>> {
    return this.send('PUT', `/api/connectors/${id}/credentials`, { body, headers });
  }

  deleteCredentials(id: string, headers: RequestHeaders = {}): Promise<ApiAnswer<null>> {
    return this.send('DELETE', `/api/connectors/${id}/credentials`, { headers });
  }

  listConnectorTools(id: string, query = ''): Promise<ApiAnswer<ConnectorToolPage>> {
    return this.send('GET', `/api/connectors/${id}/tools${query}`);
  }

  getConnectorTool(id: string, toolId: string): Promise<ApiAnswer<ConnectorTool>> {
    return this.send('GET', `/api/connectors/${id}/tools/${toolId}`);
  }

  updateConnectorTool(
    id: string,
    toolId: string,
    body: ConnectorToolUpdate,
    headers: RequestHeaders = {},
  ): Promise<ApiAnswer<ConnectorTool>> {
    return this.send('PATCH', `/api/connectors/${id}/tools/${toolId}`, { body, headers });
  }

  approveTools(
    id: string,
    approvals: ToolApprovals['approvals'],
  ): Promise<ApiAnswer<ApprovedTools>> {
    return this.send('POST', `/api/connectors/${id}/tools/approvals`, { body: { approvals } });
  }

  getTools(user = 'me', headers: RequestHeaders = {}): Promise<ApiAnswer<McpToolset>> {
    return this.send('GET', `/api/users/${user}/tools`, { headers });
  }

  listSessions(query = ''): Promise<ApiAnswer<SessionPage>> {
    return this.send('GET', `/api/sessions${query}`);
  }

  closeSessions(query: string): Promise<ApiAnswer<ClosedSessions>> {
    return this.send('DELETE', `/api/sessions${query}`);
  }

  eraseUser(user: string): Promise<ApiAnswer<UserErasure>> {
    return this.send('DELETE', `/api/admin/users/${encodeURIComponent(user)}`);
  }

  removeMember(project: string, user: string): Promise<ApiAnswer<MemberRemoval>> {
    const path = [project, 'members', user].map(encodeURIComponent).join('/');
    return this.send('DELETE', `/api/projects/${path}`);
  }

  callTool(
    body: ToolCall,
    { user = 'me', headers = {} }: { user?: string; headers?: RequestHeaders } = {},
  ): Promise<ApiAnswer<ToolCallResult>> {
    return this.send('POST', `/api/users/${user}/tools/call`, { body, headers });
  }
}
