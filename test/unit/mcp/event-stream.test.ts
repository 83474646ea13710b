import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamParser } from '../../../src/mcp/client/event-stream.ts';

const parse = (text: string) => new EventStreamParser().push(Buffer.from(text));

describe('EventStreamParser', () => {
  it('reads events of every kind', () => {
    expect(parse(': comment\nid: 7\nretry: 1\ndata: one\n\n')).toEqual([
      { type: 'message', data: 'one' },
    ]);
    expect(parse('event: endpoint\ndata:/x\n\n')).toEqual([{ type: 'endpoint', data: '/x' }]);
    expect(parse('data: a\ndata\ndata:  b\n\n')).toEqual([{ type: 'message', data: 'a\n\n b' }]);
    expect(parse('event: lost\n\ndata: kept\n\n')).toEqual([{ type: 'message', data: 'kept' }]);
    expect(parse('\ufeffdata: bom\n\n')).toEqual([{ type: 'message', data: 'bom' }]);
    expect(parse('data: unfinished\n')).toEqual([]);
    expect(parse('unknown: x\ndata: y\r\rdata: z\r\n\r\n')).toEqual([
      { type: 'message', data: 'y' },
      { type: 'message', data: 'z' },
    ]);
  });

  it('reads the same events however the bytes are cut', () => {
    const text = 'data: grüße 🌍\r\n\r\nevent: x\rdata: 1\rdata: 2\r\r: ping\n\ndata: end\n\n';
    const whole = parse(text);
    expect(whole).toHaveLength(3);
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), (cuts) => {
        const parser = new EventStreamParser();
        const bounds = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const events = bounds.flatMap((bound, index) =>
          parser.push(bytes.subarray(bounds[index - 1] ?? 0, bound)),
        );
        expect(events).toEqual(whole);
      }),
    );
  });
});
