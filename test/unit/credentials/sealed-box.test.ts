import { createHash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeyring } from '../../../src/modules/credentials/keyring.ts';
import {
  type SealContext,
  SealError,
  SealedBox,
  type SealFault,
} from '../../../src/modules/credentials/sealed-box.ts';
import { thrownBy } from './thrown.ts';

const A = randomBytes(32).toString('base64');
const B = randomBytes(32).toString('base64');
const box1 = new SealedBox(parseKeyring(`k1:${A}`));
const box21 = new SealedBox(parseKeyring(`k2:${B},k1:${A}`));
const box2 = new SealedBox(parseKeyring(`k2:${B}`));

const context: SealContext = {
  table: 'credentials',
  column: 'sealed',
  tenantId: 'tenant-a',
  owner: 'user:alice',
  rowId: '4be5a2b9-6f4e-4d7c-8a43-3e2f4a7d1c55',
  url: 'https://mcp.example.com/mcp',
};
const FIELDS = ['table', 'column', 'tenantId', 'owner', 'rowId', 'url'] as const;

function faultOf(work: () => unknown): SealFault | undefined {
  const error = thrownBy(work);
  expect(error).toBeInstanceOf(SealError);
  return error instanceof SealError ? error.code : undefined;
}

function partsOf(sealed: string): { prefix: string; body: Buffer } {
  const dot = sealed.lastIndexOf('.');
  return { prefix: sealed.slice(0, dot), body: Buffer.from(sealed.slice(dot + 1), 'base64url') };
}

describe('sealing and opening', () => {
  it.each([
    ['nothing', ''],
    ['one character', 'x'],
    ['text of several scripts', 'пароль 密码 🔑 ä́'],
    ['a NUL, line feeds and a byte order mark', '\ufeffa\u0000b\r\nc\ufeff'],
    ['100 KB', 'a'.repeat(100 * 1024)],
    ['100 KB of four-byte characters', '🔑'.repeat(25 * 1024)],
  ])('gives back %s', (_, plaintext) => {
    expect(box1.open(box1.seal(plaintext, context), context)).toBe(plaintext);
  });

  it('gives back every well-formed text in every context', () => {
    const field = fc.string({ unit: 'grapheme', minLength: 1 });
    const anyContext = fc.record({
      table: field,
      column: field,
      tenantId: field,
      owner: field,
      rowId: field,
      url: field,
    });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), anyContext, (plaintext, where) => {
        expect(box1.open(box1.seal(plaintext, where), where)).toBe(plaintext);
      }),
    );
  });

  it('writes the documented form', () => {
    const plaintext = 'a plain secret';
    const sealed = box1.seal(plaintext, context);
    expect(sealed).toMatch(/^mc1\.k1\.[A-Za-z0-9_-]+$/);
    // salt, nonce, ciphertext of the same length, tag
    expect(partsOf(sealed).body).toHaveLength(16 + 12 + plaintext.length + 16);
    expect(partsOf(sealed).body.includes(plaintext)).toBe(false);
    expect(sealed).not.toContain('secret');
  });

  it('never gives the same text, salt or nonce twice', () => {
    const count = 5000;
    const sealed = Array.from({ length: count }, () => box1.seal('same', context));
    const bodies = sealed.map((text) => partsOf(text).body);
    const part = (from: number, to: number) =>
      new Set(bodies.map((body) => body.subarray(from, to).toString('hex'))).size;
    expect(new Set(sealed).size).toBe(count);
    expect(part(0, 16)).toBe(count);
    expect(part(16, 28)).toBe(count);
    // The same four bytes, sealed under 5,000 keys; a stream used twice would repeat.
    expect(part(28, 32)).toBeGreaterThan(count - 10);
  });

  it('names its keys', () => {
    expect(box21.activeKeyId).toBe('k2');
    expect(box21.keyIds).toEqual(['k2', 'k1']);
  });

  it('refuses a keyring whose active key is missing', () => {
    const { keys } = parseKeyring(`k1:${A}`);
    expect(faultOf(() => new SealedBox({ activeKeyId: 'k9', keys }))).toBe('UNKNOWN_KEY_ID');
  });
});

describe('damage', () => {
  const sealed = box1.seal('secret', context);
  const { prefix, body } = partsOf(sealed);

  it('no single bit of salt, nonce, ciphertext or tag can be flipped', () => {
    for (let bit = 0; bit < body.length * 8; bit += 1) {
      const flipped = Buffer.from(body);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const text = `${prefix}.${flipped.toString('base64url')}`;
      expect(faultOf(() => box1.open(text, context))).toBe('OPEN_FAILED');
    }
  });

  it('no single bit of the text itself can be flipped', () => {
    const bytes = Buffer.from(sealed, 'latin1');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(thrownBy(() => box1.open(flipped.toString('latin1'), context))).toBeInstanceOf(
        SealError,
      );
    }
  });

  it('no truncation opens, of the text or of the bytes, at either end', () => {
    for (let length = 0; length < sealed.length; length += 1) {
      expect(thrownBy(() => box1.open(sealed.slice(0, length), context))).toBeInstanceOf(SealError);
      expect(thrownBy(() => box1.open(sealed.slice(length + 1), context))).toBeInstanceOf(
        SealError,
      );
    }
    for (let length = 0; length < body.length; length += 1) {
      const head = `${prefix}.${body.subarray(0, length).toString('base64url')}`;
      const tail = `${prefix}.${body.subarray(body.length - length).toString('base64url')}`;
      const expected: SealFault = length < 44 ? 'SEALED_FORMAT' : 'OPEN_FAILED';
      expect(faultOf(() => box1.open(head, context))).toBe(expected);
      expect(faultOf(() => box1.open(tail, context))).toBe(expected);
    }
  });

  it('refuses the shortest and the empty message without their tag', () => {
    const empty = partsOf(box1.seal('', context)).body;
    expect(empty).toHaveLength(44);
    const text = `mc1.k1.${empty.subarray(0, 43).toString('base64url')}`;
    expect(faultOf(() => box1.open(text, context))).toBe('SEALED_FORMAT');
  });

  it('refuses bytes that were added, doubled or exchanged', () => {
    const other = partsOf(box1.seal('secret', context)).body;
    const forged = [
      Buffer.concat([body, Buffer.from([0])]),
      Buffer.concat([Buffer.from([0]), body]),
      Buffer.concat([body, body]),
      Buffer.concat([other.subarray(0, 16), body.subarray(16)]),
      Buffer.concat([body.subarray(0, 16), other.subarray(16, 28), body.subarray(28)]),
      Buffer.concat([body.subarray(0, 28), other.subarray(28, 34), body.subarray(34)]),
      Buffer.concat([body.subarray(0, -16), other.subarray(-16)]),
      Buffer.concat([body.subarray(0, -16), Buffer.alloc(16)]),
    ];
    for (const bytes of forged) {
      const text = `${prefix}.${bytes.toString('base64url')}`;
      expect(faultOf(() => box1.open(text, context))).toBe('OPEN_FAILED');
    }
  });

  it.each([
    '',
    '.',
    '..',
    'mc1',
    'mc1.k1',
    'mc1.k1.',
    'mc1..AAAA',
    'mc1.k1.AAAA',
    'plain text',
    '{"token":"abc"}',
  ])('refuses %j as not sealed', (text) => {
    expect(faultOf(() => box1.open(text, context))).toBe('SEALED_FORMAT');
  });

  it('refuses another version, case, separator or white space', () => {
    for (const text of [
      sealed.replace('mc1.', 'mc2.'),
      sealed.replace('mc1.', 'mc.'),
      sealed.replace('mc1.', 'MC1.'),
      sealed.replace('.k1.', '.K1.'),
      sealed.replace('.k1.', '.k_1.'),
      sealed.replace('.k1.', `.${'k'.repeat(33)}.`),
      sealed.replaceAll('.', ':'),
      `${sealed}.`,
      `${sealed}.AAAA`,
      ` ${sealed}`,
      `${sealed} `,
      `${sealed}\n`,
      `\n${sealed}`,
      `${sealed}\u0000`,
    ]) {
      expect(faultOf(() => box1.open(text, context))).toBe('SEALED_FORMAT');
    }
  });

  // 45 bytes fill 60 characters exactly; 44, 46 and 47 leave bits that no decoder reads.
  it.each(['', 'x', 'xx', 'xxx'])('knows one spelling of its bytes only: %j', (plaintext) => {
    const text = box1.seal(plaintext, context);
    const bytes = partsOf(text).body;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const respelled = [...alphabet].map((last) => `${text.slice(0, -1)}${last}`);
    const others = [...respelled, `${text}=`, `${text}==`, `mc1.k1.${bytes.toString('base64')}=`];
    const sameBytes = others.filter((other) => other !== text && partsOf(other).body.equals(bytes));
    expect(sameBytes.length).toBeGreaterThanOrEqual(3);
    for (const other of sameBytes) {
      expect(faultOf(() => box1.open(other, context))).toBe('SEALED_FORMAT');
    }
  });

  it('throws nothing but SealError, whatever the text', () => {
    const almost = fc
      .tuple(fc.constantFrom('mc1.k1.', 'mc1.k2.', 'mc1.', ''), fc.base64String())
      .map(([head, tail]) => head + tail);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), almost), (text) => {
        expect(thrownBy(() => box1.open(text, context))).toBeInstanceOf(SealError);
      }),
    );
  });
});

describe('where a secret belongs', () => {
  it.each(FIELDS)('another %s does not open it', (field) => {
    const sealed = box1.seal('secret', context);
    for (const value of [`${context[field]}x`, context[field].slice(1), 'x', '-']) {
      expect(faultOf(() => box1.open(sealed, { ...context, [field]: value }))).toBe('OPEN_FAILED');
    }
  });

  it('no two fields can be exchanged', () => {
    const distinct: SealContext = {
      table: 'f1',
      column: 'f2',
      tenantId: 'f3',
      owner: 'f4',
      rowId: 'f5',
      url: 'f6',
    };
    const sealed = box1.seal('secret', distinct);
    for (const a of FIELDS) {
      for (const b of FIELDS) {
        if (a === b) continue;
        const swapped = { ...distinct, [a]: distinct[b], [b]: distinct[a] };
        expect(faultOf(() => box1.open(sealed, swapped))).toBe('OPEN_FAILED');
      }
    }
  });

  it('text cannot move from one field to its neighbour', () => {
    FIELDS.slice(1).forEach((second, index) => {
      const first = FIELDS[index] ?? 'table';
      const sealed = box1.seal('secret', { ...context, [first]: 'ab', [second]: 'c' });
      const moved = { ...context, [first]: 'a', [second]: 'bc' };
      expect(faultOf(() => box1.open(sealed, moved))).toBe('OPEN_FAILED');
    });
  });

  it('text that looks like a length or a separator is only text', () => {
    const tricky = ['\u0000\u0000\u0000\u0001b', 'a\u0000\u0000\u0000\u0001', '|', ':', '.', ','];
    for (const value of tricky) {
      const sealed = box1.seal('secret', { ...context, tenantId: value, owner: 'b' });
      expect(box1.open(sealed, { ...context, tenantId: value, owner: 'b' })).toBe('secret');
      expect(faultOf(() => box1.open(sealed, { ...context, tenantId: 'b', owner: value }))).toBe(
        'OPEN_FAILED',
      );
    }
  });

  it('different contexts never open each other', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'b', '\u0000', '\u0001'), minLength: 1 });
    const contexts = fc.record({
      table: field,
      column: field,
      tenantId: field,
      owner: field,
      rowId: field,
      url: field,
    });
    fc.assert(
      fc.property(contexts, contexts, (one, two) => {
        fc.pre(FIELDS.some((name) => one[name] !== two[name]));
        expect(faultOf(() => box1.open(box1.seal('secret', one), two))).toBe('OPEN_FAILED');
      }),
    );
  });

  it('compares case, white space and Unicode forms exactly', () => {
    const sealed = box1.seal('secret', { ...context, owner: 'user:caf\u00e9' });
    for (const owner of ['user:cafe\u0301', 'user:CAF\u00c9', 'user:caf\u00e9 ', 'user:cafe']) {
      expect(faultOf(() => box1.open(sealed, { ...context, owner }))).toBe('OPEN_FAILED');
    }
  });

  it.each(FIELDS)('refuses to seal and to open without %s', (field) => {
    const sealed = box1.seal('secret', context);
    const incomplete = { ...context, [field]: '' };
    expect(faultOf(() => box1.seal('secret', incomplete))).toBe('CONTEXT_INCOMPLETE');
    expect(faultOf(() => box1.open(sealed, incomplete))).toBe('CONTEXT_INCOMPLETE');
  });
});

describe('rotation', () => {
  const old = box1.seal('secret', context);

  it('opens old texts with the old key and seals with the new one', () => {
    expect(box21.open(old, context)).toBe('secret');
    const fresh = box21.seal(box21.open(old, context), context);
    expect(fresh).toMatch(/^mc1\.k2\./);
    expect(box2.open(fresh, context)).toBe('secret');
    expect(box21.open(fresh, context)).toBe('secret');
  });

  it('says which key is missing once the old one is retired, or the new one unknown', () => {
    expect(faultOf(() => box2.open(old, context))).toBe('UNKNOWN_KEY_ID');
    expect(faultOf(() => box1.open(box2.seal('s', context), context))).toBe('UNKNOWN_KEY_ID');
  });

  it('does not open a text relabelled with another key id', () => {
    expect(faultOf(() => box21.open(old.replace('.k1.', '.k2.'), context))).toBe('OPEN_FAILED');
    const fresh = box21.seal('secret', context);
    expect(faultOf(() => box21.open(fresh.replace('.k2.', '.k1.'), context))).toBe('OPEN_FAILED');
    expect(faultOf(() => box21.open(old.replace('.k1.', '.k9.'), context))).toBe('UNKNOWN_KEY_ID');
  });

  it('does not open with another key under the same id', () => {
    const impostor = new SealedBox(parseKeyring(`k1:${B}`));
    expect(faultOf(() => impostor.open(old, context))).toBe('OPEN_FAILED');
  });

  it('does not open under a renamed id, although the key is the same', () => {
    const renamed = new SealedBox(parseKeyring(`k3:${A}`));
    expect(faultOf(() => renamed.open(old, context))).toBe('UNKNOWN_KEY_ID');
    expect(faultOf(() => renamed.open(old.replace('.k1.', '.k3.'), context))).toBe('OPEN_FAILED');
  });

  it('is not taken in by ids that objects know', () => {
    for (const id of ['constructor', 'tostring', 'valueof', 'has', 'size']) {
      expect(faultOf(() => box1.open(old.replace('.k1.', `.${id}.`), context))).toBe(
        'UNKNOWN_KEY_ID',
      );
    }
  });
});

describe('what a fault shows', () => {
  const secret = 'topsecret-value';
  const sealed = box1.seal(secret, context);
  const cases: [SealFault, () => unknown][] = [
    ['OPEN_FAILED', () => box1.open(sealed, { ...context, tenantId: 'tenant-b' })],
    ['UNKNOWN_KEY_ID', () => box2.open(sealed, context)],
    ['SEALED_FORMAT', () => box1.open(`${sealed}=`, context)],
    ['CONTEXT_INCOMPLETE', () => box1.seal(secret, { ...context, url: '' })],
  ];

  it.each(cases)('%s carries neither secret nor key nor sealed text', (code, work) => {
    const error = thrownBy(work);
    expect(error).toMatchObject({ name: 'SealError', code, message: code });
    const shown = [
      JSON.stringify(error),
      inspect(error, { depth: 10, showHidden: true }),
      error instanceof Error ? error.stack : '',
    ].join('\n');
    for (const value of [secret, A, B, sealed.slice(7, 40), context.url, context.owner]) {
      expect(shown).not.toContain(value);
    }
    expect(error instanceof Error && error.cause).toBeUndefined();
  });

  it('a box shows no key', () => {
    for (const shown of [JSON.stringify(box1), inspect(box1, { depth: 10, showHidden: true })]) {
      expect(shown).not.toContain(A);
      expect(shown).not.toContain(Buffer.from(A, 'base64').toString('hex').slice(0, 8));
    }
  });
});

describe('fingerprints', () => {
  const first = `k1:${randomBytes(32).toString('base64')}`;
  const second = `k2:${randomBytes(32).toString('base64')}`;
  const boxOf = (keys: string) => new SealedBox(parseKeyring(keys));

  it('are the same for the same text and key, and tell texts apart', () => {
    expect(boxOf(first).fingerprints('a')).toEqual(boxOf(first).fingerprints('a'));
    expect(boxOf(first).fingerprints('a')).not.toEqual(boxOf(first).fingerprints('b'));
    expect(boxOf(first).fingerprints('a')).not.toEqual(boxOf(second).fingerprints('a'));
  });

  it('survive a rotation: the one under the old key is among the new ones, behind the active one', () => {
    const [old] = boxOf(first).fingerprints('a');
    expect(boxOf(`${second},${first}`).fingerprints('a')).toEqual([
      ...boxOf(second).fingerprints('a'),
      old,
    ]);
  });

  it('are no plain hash', () => {
    const plain = createHash('sha256').update('a').digest('hex');
    expect(boxOf(first).fingerprints('a')).not.toContain(plain);
    expect(boxOf(first).fingerprints('a')[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
