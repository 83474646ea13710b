import { describe, expect, it } from 'vitest';
import type { DiscoveredTool } from '../../../src/mcp/client/mcp-client.ts';
import { SecretRedaction } from '../../../src/mcp/client/secret-redaction.ts';

const TOKEN = 'tok+en/0123456789=';
const redaction = new SecretRedaction({
  url: 'https://example.com/mcp',
  secretHeaders: {
    Authorization: `Bearer ${TOKEN}`,
    'X-Api-Key': 'key-0123456789',
    'X-Version': '1',
  },
});

const tool = (changes: Partial<DiscoveredTool> = {}): DiscoveredTool => ({
  name: 'good',
  title: undefined,
  description: undefined,
  inputSchema: { type: 'object' },
  outputSchema: undefined,
  annotations: undefined,
  ...changes,
});

describe('what a server repeats of the secrets it was sent', () => {
  it('is taken out of its name', () => {
    expect(
      redaction.ofServer({ name: `for ${TOKEN}`, version: '1', title: `Bearer ${TOKEN}!` }),
    ).toEqual({ name: 'for [redacted]', version: '1', title: 'Bearer [redacted]!' });
    expect(redaction.ofServer(undefined)).toBeUndefined();
  });

  it('is taken out of its tools, wherever it stands', () => {
    const inputSchema = {
      type: 'object',
      properties: { [TOKEN]: { enum: [1, null, 'key-0123456789', true] } },
    };
    const { tools, warnings } = redaction.ofDiscovery({
      tools: [
        tool({
          title: TOKEN,
          description: `Use key-0123456789 or Bearer ${TOKEN}.`,
          inputSchema,
          outputSchema: { description: TOKEN },
          annotations: { title: TOKEN, readOnlyHint: true },
        }),
      ],
      warnings: [{ tool: TOKEN, reason: 'It has no name.' }],
    });
    expect(JSON.stringify([tools, warnings])).not.toMatch(/0123456789/);
    expect(tools[0]).toMatchObject({
      description: 'Use [redacted] or Bearer [redacted].',
      inputSchema: { properties: { '[redacted]': { enum: [1, null, '[redacted]', true] } } },
      annotations: { readOnlyHint: true },
    });
  });

  it('is taken out where a text was cut in the middle of it', () => {
    const text = `told ${TOKEN}`;
    for (const length of ['told '.length + 12, text.length - 1, text.length]) {
      const name = text.slice(0, length);
      expect(redaction.ofServer({ name, version: '1', title: undefined })?.name).toBe(
        'told [redacted]',
      );
    }
  });

  it('is found when it came in a URL or encoded', () => {
    const pair = Buffer.from('somebody:hunter2hunter2').toString('base64');
    const other = new SecretRedaction({
      url: 'https://example.com/v1/0123456789abcdef%2B/mcp?api_key=fedcba9876543210%2F&env=production',
      secretHeaders: { Authorization: `Basic ${pair}` },
    });
    const said = `0123456789abcdef+ 0123456789abcdef%2B fedcba9876543210/ ${pair} somebody:hunter2hunter2 hunter2hunter2`;
    const title = 'In production, at https://example.com/v1/x/mcp.';
    expect(other.ofServer({ name: said, version: '1', title })).toEqual({
      name: Array(6).fill('[redacted]').join(' '),
      version: '1',
      title,
    });
  });

  it('takes time by the length of the texts, whatever the credentials are', () => {
    const headers = Array.from({ length: 20 }, (_, n): [string, string] => [
      `x-${n}`,
      `${'a'.repeat(11)}${'ab'[n % 2]}${'a'.repeat(380)}b`,
    ]);
    const costly = new SecretRedaction({
      url: 'https://example.com',
      secretHeaders: Object.fromEntries(headers),
    });
    const description = 'a'.repeat(8_000);
    const tools = Array.from({ length: 250 }, (_, n) => tool({ name: `t${n}`, description }));
    const before = process.cpuUsage();
    expect(costly.ofDiscovery({ tools, warnings: [] }).tools).toHaveLength(250);
    const { user } = process.cpuUsage(before);
    // It was seconds when every prefix of every secret was compared.
    expect(user / 1_000).toBeLessThan(2_000);
  });

  it('costs a tool that is named by it', () => {
    const { tools, warnings } = redaction.ofDiscovery({
      tools: [tool({ name: `x-${TOKEN}` }), tool()],
      warnings: [],
    });
    expect(tools.map(({ name }) => name)).toEqual(['good']);
    expect(warnings).toEqual([
      { tool: 'x-[redacted]', reason: 'Its name repeats a credential of the connector.' },
    ]);
  });

  it('leaves everything else as it is', () => {
    const discovery = {
      tools: [tool({ description: 'Version 1 of 1.', inputSchema: JSON.parse('{"__proto__":1}') })],
      warnings: [],
    };
    expect(JSON.stringify(redaction.ofDiscovery(discovery))).toBe(JSON.stringify(discovery));
    expect(new SecretRedaction({ url: 'x', secretHeaders: {} }).ofDiscovery(discovery)).toEqual(
      discovery,
    );
  });
});
