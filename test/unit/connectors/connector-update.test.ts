import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../src/errors/app-error.ts';
import {
  type ConnectorUpdate,
  planUpdate,
  type UpdatePlan,
} from '../../../src/modules/connectors/connector-update.ts';
import type { Credentials } from '../../../src/modules/credentials/credential.ts';

const stored: Credentials = { kind: 'bearer', token: 'stored' };
const fresh: Credentials = { kind: 'bearer', token: 'fresh' };
const headers: Credentials = { kind: 'headers', headers: { 'X-Api-Key': 'fresh' } };
const current: UpdatePlan = {
  serverUrl: 'https://mcp.example.com/mcp?v=1',
  transport: 'auto',
  authType: 'bearer',
  credentials: stored,
};
const open: UpdatePlan = { ...current, authType: 'none', credentials: undefined };

const refusal = (code: AppError['code']) => expect.objectContaining({ code });

/** Every way to another address, and none of them may take the stored secret along. */
const MOVES = [
  'http://mcp.example.com/mcp',
  'https://mcp.example.com:8443/mcp',
  'https://mcp.example.com/other',
  'https://mcp.example.com/mcp/',
  'https://mcp.example.com/MCP',
  'https://evil.example/mcp',
  'https://mcp.example.com.evil.example/mcp',
  'https://mcp.example.com@evil.example/mcp',
  'https://mcp.example.com./mcp',
  'https://mcp.example.com',
  'not a URL',
  '',
];
/** Other spellings of the same address. */
const STAYS = [
  'https://mcp.example.com/mcp',
  'https://mcp.example.com/mcp?v=2',
  'https://MCP.example.com:443/x/../mcp?v=1#part',
];

/** Plans from settings with the secret at hand. */
function plan(update: ConnectorUpdate, { credentials, ...settings }: UpdatePlan) {
  return planUpdate(update, {
    ...settings,
    hasCredentials: credentials !== undefined,
    openCredentials: () => credentials,
  });
}

describe('planUpdate: nothing to test', () => {
  it.each([
    {},
    { name: 'Other' },
    { serverUrl: current.serverUrl },
    { transport: 'auto' },
    { authType: 'bearer' },
    { name: 'Other', serverUrl: current.serverUrl, transport: 'auto', authType: 'bearer' },
  ] satisfies ConnectorUpdate[])('%j', (update) => {
    expect(plan(update, current)).toBeUndefined();
  });

  it('none stays none', () => {
    expect(plan({ authType: 'none' }, open)).toBeUndefined();
  });

  it('a rename does not ask for credentials that were deleted', () => {
    expect(plan({ name: 'Other' }, { ...current, credentials: undefined })).toBeUndefined();
  });
});

describe('planUpdate: a credential belongs to its URL', () => {
  it.each(MOVES)('the stored secret does not go to %j', (serverUrl) => {
    for (const update of [
      { serverUrl },
      { serverUrl, authType: 'bearer' },
      { serverUrl, transport: 'sse', name: 'Other' },
    ] satisfies ConnectorUpdate[]) {
      expect(() => plan(update, current)).toThrow(refusal('CREDENTIALS_REQUIRED'));
    }
  });

  it.each(MOVES)('nor does it with another kind of authentication: %j', (serverUrl) => {
    expect(() => plan({ serverUrl, authType: 'headers' }, current)).toThrow(
      refusal('CREDENTIALS_REQUIRED'),
    );
  });

  it('says which member is missing, and shows neither URL nor secret', () => {
    expect.assertions(2);
    try {
      plan({ serverUrl: 'https://evil.example/?key=topsecret' }, current);
    } catch (error) {
      expect(error).toMatchObject({
        status: 422,
        options: {
          errors: [{ pointer: '/body/credentials', detail: 'required with a new server_url' }],
        },
      });
      expect(JSON.stringify(error)).not.toMatch(/evil|topsecret|stored/);
    }
  });

  it.each(MOVES)('fresh credentials go to %j', (serverUrl) => {
    expect(plan({ serverUrl, credentials: fresh }, current)).toEqual({
      ...current,
      serverUrl,
      credentials: fresh,
    });
  });

  it.each(MOVES)('auth_type none drops the secret on the way to %j', (serverUrl) => {
    expect(plan({ serverUrl, authType: 'none' }, current)).toEqual({ ...open, serverUrl });
  });

  it.each(MOVES)('a connector without a secret may move to %j', (serverUrl) => {
    expect(plan({ serverUrl }, open)).toEqual({ ...open, serverUrl });
  });

  it.each(STAYS)('%j is the same address and is tested with the stored secret', (serverUrl) => {
    expect(plan({ serverUrl }, current)).toEqual({ ...current, serverUrl });
  });

  it('a stored text that is no URL stays bound to itself', () => {
    const broken = { ...current, serverUrl: 'not a URL' };
    expect(() => plan({ serverUrl: 'https://mcp.example.com/mcp' }, broken)).toThrow(
      refusal('CREDENTIALS_REQUIRED'),
    );
    expect(plan({ transport: 'sse' }, broken)).toEqual({ ...broken, transport: 'sse' });
  });
});

describe('planUpdate: kinds of authentication', () => {
  it('a change of transport keeps the secret', () => {
    expect(plan({ transport: 'sse' }, current)).toEqual({ ...current, transport: 'sse' });
  });

  it('the same credentials again are tested again', () => {
    expect(plan({ credentials: stored }, current)).toEqual(current);
  });

  it('credentials without auth_type say it themselves', () => {
    expect(plan({ credentials: headers }, current)).toEqual({
      ...current,
      authType: 'headers',
      credentials: headers,
    });
    expect(plan({ credentials: fresh }, open)).toEqual({ ...current, credentials: fresh });
  });

  it('none drops the secret', () => {
    expect(plan({ authType: 'none' }, current)).toEqual(open);
  });

  it.each([
    [{ authType: 'none', credentials: fresh }, current],
    [{ authType: 'none', credentials: fresh }, open],
    [{ authType: 'headers' }, current],
    [{ authType: 'headers', credentials: fresh }, current],
    [{ authType: 'bearer', credentials: headers }, current],
    [{ authType: 'bearer' }, open],
    [{ authType: 'headers' }, open],
    [{ credentials: { kind: 'headers', headers: { Host: 'x' } } }, current],
    // The secret was deleted; a test without it would say nothing.
    [{ transport: 'sse' }, { ...current, credentials: undefined }],
  ] satisfies [ConnectorUpdate, UpdatePlan][])('refuses %j', (update, before) => {
    expect(() => plan(update, before)).toThrow(refusal('CREDENTIALS_INVALID'));
  });

  it('changes neither of its arguments', () => {
    const update = Object.freeze({ serverUrl: 'https://evil.example/', credentials: fresh });
    const before = Object.freeze({ ...current });
    plan(update, before);
    expect(before).toEqual(current);
  });
});

describe('planUpdate: a secret that does not open', () => {
  const sealed = {
    serverUrl: current.serverUrl,
    transport: current.transport,
    authType: current.authType,
    hasCredentials: true,
    openCredentials: () => {
      throw new Error('does not open');
    },
  };

  it('can be replaced, and is not in the way of a rename', () => {
    expect(planUpdate({ credentials: fresh }, sealed)).toMatchObject({ credentials: fresh });
    expect(planUpdate({ authType: 'none' }, sealed)).toMatchObject({ authType: 'none' });
    expect(planUpdate({ name: 'Other' }, sealed)).toBeUndefined();
  });

  it('fails where it is needed', () => {
    expect(() => planUpdate({ transport: 'sse' }, sealed)).toThrow('does not open');
  });
});
