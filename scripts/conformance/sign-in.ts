import { randomUUID } from 'node:crypto';
import { createDevelopmentToken } from '../development-token.ts';

/** Where the service says that it is; nothing is there, so that it names an https address as in production. */
export const PUBLIC_URL = 'https://connectors.test';
/** Where browsers are sent back to. */
export const RETURN_URL = 'https://app.test/connected';

/** The service that signs in, and what the suite tells of a scenario. */
export interface SignInScenario {
  /** Address of the service. */
  serviceUrl: string;
  /** The service's `JWT_SECRET`. */
  jwtSecret: string;
  /** Address of the server that wants a sign-in. */
  serverUrl: string;
  /** A client that was registered by hand. */
  client: { client_id: string; client_secret?: string; private_key?: string } | undefined;
}

/** Sign-ins for one connector, as a user without end of patience would do them. */
const MAX_SIGN_INS = 3;
const MAX_STEPS = 15;

/**
 * Does what a frontend, its user's browser and an agent do: signs in to the server through the service's API, saves it, calls each of
 * its tools, and signs in again where a call asks for that.
 * @throws Error where the service refuses
 */
export async function signInAndCall(scenario: SignInScenario): Promise<void> {
  const api = await apiOf(scenario);
  const { serverUrl, client } = scenario;
  const draft = { draft: { name: 'Server', server_url: serverUrl }, ...(client && { client }) };
  let signIns = 0;
  const signIn = async (what: Json): Promise<Json> => {
    for (;;) {
      signIns += 1;
      const { status, body } = await signInOnce(api, scenario, what);
      if (status === 200) return body;
      if (body['code'] !== 'AUTH_FAILED' || signIns >= MAX_SIGN_INS) throw refusal(body);
    }
  };
  const connector = await signIn(draft);
  const again = { connector_id: connector['id'], ...(client && { client }) };
  const { body } = await api('GET', '/api/users/me/tools?format=mcp');
  for (const { name } of body['tools'] as { name: string }[]) {
    const call = () => api('POST', '/api/users/me/tools/call', { name, arguments: {} });
    let answer = await call();
    while (answer.body['sign_in_url'] !== undefined && signIns < MAX_SIGN_INS) {
      await signIn(again);
      answer = await call();
    }
    if (answer.status !== 200) throw refusal(answer.body);
  }
}

/**
 * Connects the server for a project by the right of the client, as its admin would do it, and calls each of its tools.
 * @throws Error where the service refuses
 */
export async function connectAndCall(scenario: SignInScenario): Promise<void> {
  const project_id = randomUUID();
  const api = await apiOf(scenario, { [project_id]: 'admin' });
  const { serverUrl: server_url, client } = scenario;
  const { body: report } = await api('POST', '/api/connectors/test', { server_url, project_id });
  const { issuer } = Object(report['sign_in']);
  const { status, body } = await api('POST', '/api/oauth/client-credentials', {
    draft: { name: 'Server', server_url, project_id },
    client: { ...client, issuer },
  });
  if (status !== 200) throw refusal(body);
  const place = `project_id=${project_id}`;
  const listed = await api('GET', `/api/users/me/tools?format=mcp&${place}`);
  for (const { name } of listed.body['tools'] as { name: string }[]) {
    const call = { name, arguments: {}, project_id };
    const answer = await api('POST', '/api/users/me/tools/call', call);
    if (answer.status !== 200) throw refusal(answer.body);
  }
}

/** The service's API as a new user. */
async function apiOf(
  { serviceUrl, jwtSecret: secret }: SignInScenario,
  projects: Readonly<Record<string, string>> = {},
): Promise<Api> {
  const token = await createDevelopmentToken({ secret, user: randomUUID(), projects });
  return async (method, path, body) => {
    const response = await fetch(`${serviceUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Json };
  };
}

type Json = Record<string, unknown>;
type Api = (method: string, path: string, body?: Json) => Promise<{ status: number; body: Json }>;

async function signInOnce(
  api: Api,
  scenario: SignInScenario,
  what: Json,
): Promise<{ status: number; body: Json }> {
  const started = await api('POST', '/api/oauth/authorizations', what);
  if (started.status !== 201) throw refusal(started.body);
  const back = await browse(String(started.body['authorization_url']), scenario.serviceUrl);
  const handle = back.searchParams.get('handle');
  if (handle === null) throw new Error(`came back with ${back.searchParams.get('error')}`);
  return api('POST', `/api/oauth/authorizations/${started.body['id']}/complete`, { handle });
}

/** Follows redirects as a browser, with cookies, up to the frontend. */
async function browse(start: string, serviceUrl: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(start);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    if (url.href.startsWith(RETURN_URL)) return url;
    const real = url.href.replace(PUBLIC_URL, serviceUrl);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(real, { redirect: 'manual', headers: cookie ? { cookie } : {} });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`the browser ended with ${response.status}`);
    url = new URL(location, url);
  }
  throw new Error('the browser was sent in circles');
}

function refusal({ code, reason, detail }: Json): Error {
  return new Error(`refused: ${code} ${reason ?? ''} ${detail ?? ''}`);
}
