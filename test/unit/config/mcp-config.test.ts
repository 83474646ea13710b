import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config.ts';

const MINIMUM = { JWT_SECRET: 'a-secret-for-tests-of-32-bytes-or-more', ENCRYPTION_KEYS: 'k1:abc' };
const PRODUCTION = {
  ...MINIMUM,
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db/x',
  JWT_ISSUER: 'https://login.example.com',
  JWT_AUDIENCE: 'the-api',
};

describe('the MCP endpoint', () => {
  test('is not served in production without an address its tokens could be told by', () => {
    expect(loadConfig(PRODUCTION).mcp).toBeUndefined();
  });

  test('has the names of the service, and only in development those of the own machine', () => {
    const env = { ...PRODUCTION, PUBLIC_URL: 'https://c.example.com:8443/x', HOST: '0.0.0.0' };

    expect(loadConfig({ ...env, MCP_ALLOWED_HOSTS: 'c.internal, ::1' }).mcp).toEqual({
      authorizationServers: ['https://login.example.com'],
      hosts: ['c.example.com', 'c.internal', '::1'],
      allowLoopback: false,
    });
    expect(loadConfig({ ...env, NODE_ENV: 'development' }).mcp?.allowLoopback).toBe(true);
  });

  test.each([
    [undefined, 'https://login.example.com', ['https://login.example.com']],
    [undefined, 'http://login.example.com', []],
    [undefined, 'a-name', []],
    [undefined, 'https://', []],
    [
      'https://a.example.com,https://b.example.com/x',
      'a-name',
      ['https://a.example.com', 'https://b.example.com/x'],
    ],
  ])('with the servers %s and the issuer %s names %j', (servers, issuer, expected) => {
    const env = { ...MINIMUM, JWT_ISSUER: issuer, MCP_AUTHORIZATION_SERVERS: servers };

    expect(loadConfig(env).mcp?.authorizationServers).toEqual(expected);
  });

  test.each([
    ['MCP_AUTHORIZATION_SERVERS', 'login.example.com'],
    ['MCP_AUTHORIZATION_SERVERS', 'https://login.example.com?x=1'],
    ['MCP_AUTHORIZATION_SERVERS', 'https://user:pw@login.example.com'],
    ['MCP_AUTHORIZATION_SERVERS', 'javascript:alert(1)'],
    ['MCP_ALLOWED_HOSTS', 'https://c.internal'],
    ['MCP_ALLOWED_HOSTS', 'c.internal:80'],
    ['MCP_ALLOWED_HOSTS', '*.internal'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => loadConfig({ ...MINIMUM, [name]: value })).toThrow(name);
  });

  test('has its authorization servers over https in production', () => {
    const env = { ...PRODUCTION, MCP_AUTHORIZATION_SERVERS: 'http://login.example.com' };

    expect(() => loadConfig(env)).toThrow('MCP_AUTHORIZATION_SERVERS');
  });
});
