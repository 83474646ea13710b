import { describe, expect, it } from 'vitest';
import type { DiscoveredTool } from '../../../src/mcp/client/mcp-client.ts';
import { SecretRedaction } from '../../../src/mcp/client/secret-redaction.ts';

const TOKEN = 'tok+en/0123456789=';
const redaction = new SecretRedaction({
  Authorization: `Bearer ${TOKEN}`,
  'X-Api-Key': 'key-0123456789',
  'X-Version': '1',
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
    ).toEqual({ name: 'for [redacted]', version: '1', title: '[redacted]!' });
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
      description: 'Use [redacted] or [redacted].',
      inputSchema: { properties: { '[redacted]': { enum: [1, null, '[redacted]', true] } } },
      annotations: { readOnlyHint: true },
    });
  });

  it('is taken out where a text was cut in the middle of it', () => {
    const text = `${'x'.repeat(185)} Bearer ${TOKEN}`;
    for (const length of [200, 205, text.length]) {
      const info = redaction.ofServer({
        name: text.slice(0, length),
        version: '1',
        title: undefined,
      });
      expect(info?.name, String(length)).toBe(`${'x'.repeat(185)} [redacted]`);
    }
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
    expect(new SecretRedaction({}).ofDiscovery(discovery)).toEqual(discovery);
  });
});
