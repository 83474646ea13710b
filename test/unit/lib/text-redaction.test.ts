import { describe, expect, it } from 'vitest';
import { TextRedaction } from '../../../src/lib/text-redaction.ts';

describe('the redaction of texts', () => {
  const redaction = new TextRedaction([
    's3cret-value',
    's3cret',
    'line-one\nline-two\n',
    'a',
    'ü b/c?d',
  ]);

  it('takes out what is known, also in parts and as it stands in addresses', () => {
    expect(redaction.of('x s3cret-value y s3cret z')).toBe('x [redacted] y [redacted] z');
    expect(redaction.of('line-two, then line-one')).toBe('[redacted], then [redacted]');
    expect(redaction.of(`at /?k=${encodeURIComponent('ü b/c?d')}`)).toBe('at /?k=[redacted]');
  });

  it('leaves ordinary text alone', () => {
    expect(redaction.of('a banana')).toBe('a banana');
    expect(new TextRedaction([]).ofCut('x'.repeat(10), 10)).toBe('x'.repeat(10));
  });

  it('leaves no beginning of a secret where a text was cut', () => {
    for (let kept = 1; kept < 12; kept += 1) {
      const cut = `${'x'.repeat(100 - kept)}${'s3cret-value'.slice(0, kept)}`;
      expect(redaction.ofCut(cut, 100)).toMatch(/^x+$/);
    }
    expect(redaction.ofCut('short', 100)).toBe('short');
  });
});
