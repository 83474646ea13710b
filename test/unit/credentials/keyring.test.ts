import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkKeyring,
  KeyringError,
  type KeyringFault,
  parseKeyring,
} from '../../../src/modules/credentials/keyring.ts';
import { SealedBox } from '../../../src/modules/credentials/sealed-box.ts';
import { thrownBy } from './thrown.ts';

const newKey = () => randomBytes(32).toString('base64');
const A = newKey();
const B = newKey();

function faultOf(text: string | undefined): KeyringFault {
  const error = thrownBy(() => parseKeyring(text));
  expect(error).toBeInstanceOf(KeyringError);
  return error instanceof KeyringError ? error.code : 'KEYRING_MISSING';
}

/** 32 bytes with this many different values. */
function keyWithDistinct(count: number): string {
  return Buffer.from(Array.from({ length: 32 }, (_, i) => i % count)).toString('base64');
}

describe('parseKeyring', () => {
  it('reads one key', () => {
    const keyring = parseKeyring(`k1:${A}`);
    expect(keyring.activeKeyId).toBe('k1');
    expect([...keyring.keys.keys()]).toEqual(['k1']);
    expect(keyring.keys.get('k1')?.export().toString('base64')).toBe(A);
  });

  it('makes the first key the active one and keeps the others in order', () => {
    const keyring = parseKeyring(`new:${B},old:${A}`);
    expect(keyring.activeKeyId).toBe('new');
    expect([...keyring.keys.keys()]).toEqual(['new', 'old']);
    expect(keyring.keys.get('old')?.export().toString('base64')).toBe(A);
  });

  it('ignores white space around ids and keys', () => {
    const keyring = parseKeyring(`  k2 : ${B} ,\n k1 :\t${A}  `);
    expect([...keyring.keys.keys()]).toEqual(['k2', 'k1']);
  });

  it.each([undefined, '', ' ', '\n\t'])('says that no key is set: %j', (text) => {
    expect(faultOf(text)).toBe('KEYRING_MISSING');
  });

  it.each([
    ['no colon', A],
    ['an empty id', `:${A}`],
    ['a capital letter', `K1:${A}`],
    ['a blank inside', `k 1:${A}`],
    ['a leading hyphen', `-k:${A}`],
    ['an underscore', `k_1:${A}`],
    ['a dot, which separates the parts of a sealed text', `k.1:${A}`],
    ['33 characters', `${'k'.repeat(33)}:${A}`],
    ['a letter outside ASCII', `ключ:${A}`],
    ['a trailing comma', `k1:${A},`],
    ['a leading comma', `,k1:${A}`],
    ['two commas', `k1:${A},,k2:${B}`],
    ['a semicolon as separator', `k1;${A}`],
    ['a line feed inside', `k\n1:${A}`],
  ])('refuses an id with %s', (_, text) => {
    expect(faultOf(text)).toBe('KEYRING_BAD_KEY_ID');
  });

  it('takes ids of 1 and of 32 characters', () => {
    const long = `k${'-0'.repeat(15)}z`;
    expect(long).toHaveLength(32);
    expect([...parseKeyring(`k:${A},${long}:${B}`).keys.keys()]).toEqual(['k', long]);
  });

  it('refuses the same id twice, also with the same key', () => {
    expect(faultOf(`k1:${A},k1:${B}`)).toBe('KEYRING_DUPLICATE_KEY_ID');
    expect(faultOf(`k1:${A},k1:${A}`)).toBe('KEYRING_DUPLICATE_KEY_ID');
  });

  it('refuses one key under two ids, wherever the second stands', () => {
    expect(faultOf(`k1:${A},k2:${A}`)).toBe('KEYRING_REUSED_KEY');
    expect(faultOf(`k1:${A},k2:${B},k3:${A}`)).toBe('KEYRING_REUSED_KEY');
  });

  it.each([
    ['nothing', ''],
    ['text that is not base64', 'short'],
    ['31 bytes', randomBytes(31).toString('base64')],
    ['33 bytes', randomBytes(33).toString('base64')],
    ['16 bytes', randomBytes(16).toString('base64')],
    ['64 bytes', randomBytes(64).toString('base64')],
    ['hex', randomBytes(32).toString('hex')],
    ['a missing padding', A.replace('=', '')],
    ['a doubled padding', `${A}=`],
    ['a blank inside', `${A.slice(0, 10)} ${A.slice(10)}`],
    ['a line feed inside', `${A.slice(0, 10)}\n${A.slice(10)}`],
    ['a character Node would skip', `${A.slice(0, 10)}!${A.slice(10)}`],
    ['a second colon', `:${A}`],
    ['quotes', `"${A}"`],
  ])('refuses a key of %s', (_, key) => {
    expect(faultOf(`k1:${key}`)).toBe('KEYRING_BAD_KEY');
  });

  it('refuses base64url and every other spelling of the last bits', () => {
    const bytes = Buffer.concat([Buffer.from([0xfb, 0xff]), randomBytes(30)]);
    const exact = bytes.toString('base64');
    expect(faultOf(`k1:${bytes.toString('base64url')}`)).toBe('KEYRING_BAD_KEY');
    expect(faultOf(`k1:${exact.replaceAll('+', '-').replaceAll('/', '_')}`)).toBe(
      'KEYRING_BAD_KEY',
    );
    // 32 bytes leave two bits of the last character unused; only zeros are canonical.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const last = alphabet.indexOf(exact.charAt(42));
    for (const offset of [1, 2, 3]) {
      const other = `${exact.slice(0, 42)}${alphabet.charAt(last + offset)}=`;
      expect(Buffer.from(other, 'base64').equals(bytes)).toBe(true);
      expect(faultOf(`k1:${other}`)).toBe('KEYRING_BAD_KEY');
    }
  });

  it('refuses keys that are not random', () => {
    const zeros = Buffer.alloc(32).toString('base64');
    const text = Buffer.from('password'.repeat(4)).toString('base64');
    for (const key of [zeros, text, keyWithDistinct(2), keyWithDistinct(15)]) {
      expect(faultOf(`k1:${key}`)).toBe('KEYRING_WEAK_KEY');
    }
    expect(parseKeyring(`k1:${keyWithDistinct(16)}`).activeKeyId).toBe('k1');
  });

  it('judges every key, not only the first', () => {
    expect(faultOf(`k1:${A},k2:short`)).toBe('KEYRING_BAD_KEY');
    expect(faultOf(`k1:${A},K2:${B}`)).toBe('KEYRING_BAD_KEY_ID');
    expect(faultOf(`k1:${A},k2:${Buffer.alloc(32).toString('base64')}`)).toBe('KEYRING_WEAK_KEY');
  });

  it('accepts what openssl rand gives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), (count) => {
        const parts = Array.from({ length: count }, (_, i) => `k${i}:${newKey()}`);
        expect(parseKeyring(parts.join(',')).keys.size).toBe(count);
      }),
    );
  });

  it('throws nothing but KeyringError, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(thrownBy(() => parseKeyring(text))).toBeInstanceOf(KeyringError);
      }),
    );
  });
});

describe('checkKeyring', () => {
  it('says nothing of a keyring that can be used', () => {
    expect(checkKeyring(`k2:${B},k1:${A}`)).toBeUndefined();
  });

  it.each([
    ['', 'no key is set'],
    [A, 'a key id must be 1 to 32 characters of a-z, 0-9 and -'],
    [`k1:${A},k1:${B}`, 'two keys have the same id'],
    ['k1:topsecret', 'a key must be exactly 32 bytes in base64'],
    [`k1:${keyWithDistinct(1)}`, 'a key is not random; make one with: openssl rand -base64 32'],
    [`k1:${A},k2:${A}`, 'two ids hold the same key'],
  ])('says why another cannot, without a value', (text, reason) => {
    expect(checkKeyring(text)).toBe(`cannot be used: ${reason}`);
  });

  it('does not hide a mistake of the caller', () => {
    expect(() => Reflect.apply(checkKeyring, undefined, [42])).toThrow(TypeError);
  });
});

describe('what a keyring shows', () => {
  it.each([
    ['KEYRING_BAD_KEY_ID', `top secret:${A}`, 'top secret'],
    ['KEYRING_BAD_KEY', 'k1:topsecret', 'topsecret'],
    [
      'KEYRING_WEAK_KEY',
      `k1:${Buffer.from('topsecret!'.repeat(3)).toString('base64')}AA==`,
      'dG9w',
    ],
    ['KEYRING_WEAK_KEY', `k1:${keyWithDistinct(4)}`, keyWithDistinct(4)],
    ['KEYRING_REUSED_KEY', `k1:${A},k2:${A}`, A],
    ['KEYRING_DUPLICATE_KEY_ID', `k1:${A},k1:${B}`, B],
  ])('errors carry no value: %s', (_, text, secret) => {
    const error = thrownBy(() => parseKeyring(text));
    expect(error).toBeInstanceOf(KeyringError);
    const shown = [
      JSON.stringify(error),
      inspect(error, { depth: 10, showHidden: true }),
      error instanceof Error ? `${error.message} ${error.stack}` : '',
    ].join('\n');
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(A);
  });

  it('errors say what is wrong', () => {
    const error = thrownBy(() => parseKeyring('k1:short'));
    expect(error).toMatchObject({
      name: 'KeyringError',
      code: 'KEYRING_BAD_KEY',
      message: 'a key must be exactly 32 bytes in base64',
    });
  });

  it('a keyring does not show its keys', () => {
    const keyring = parseKeyring(`k1:${A}`);
    const hex = Buffer.from(A, 'base64').toString('hex');
    for (const shown of [
      JSON.stringify(keyring),
      JSON.stringify([...keyring.keys]),
      inspect(keyring, { depth: 10, showHidden: true }),
    ]) {
      expect(shown).not.toContain(A);
      expect(shown).not.toContain(hex);
      expect(shown).not.toContain(hex.slice(0, 8));
    }
  });
});

describe('keys that a key service wrapped', () => {
  const W = `vault:v1:${randomBytes(60).toString('base64')}`;
  const opening = (answers: Record<string, string>) => {
    const asked: string[] = [];
    const unwrap = async (ciphertext: string) => {
      asked.push(ciphertext);
      return answers[ciphertext] ?? Promise.reject(new Error('down'));
    };
    return { asked, unwrap };
  };

  it('stay closed until they are unlocked', async () => {
    const keyring = parseKeyring(`k2:${W},k1:${A}`);
    expect([keyring.activeKeyId, [...keyring.keys.keys()]]).toEqual(['k2', ['k1']]);
    const box = new SealedBox(keyring);
    const context = { table: 't', column: 'c', tenantId: 't', owner: 'o', rowId: 'r', url: '-' };
    expect(box.keyIds).toEqual(['k1', 'k2']);
    expect(() => box.seal('x', context)).toThrow('UNKNOWN_KEY_ID');
    const service = opening({ [W]: B });

    await keyring.unlock(service);
    await keyring.unlock(service);

    expect(service.asked).toEqual([W]);
    expect(keyring.wrapped.size).toBe(0);
    const plain = new SealedBox(parseKeyring(`k2:${B},k1:${A}`));
    expect(plain.open(box.seal('x', context), context)).toBe('x');
    expect(box.fingerprints('x')).toEqual(plain.fingerprints('x'));
  });

  it('are asked for again after a failure, those that are open are not', async () => {
    const other = `vault:v12:${randomBytes(60).toString('base64')}`;
    const keyring = parseKeyring(`k2:${W},k1:${other}`);
    await expect(keyring.unlock(opening({ [W]: B }))).rejects.toThrow('down');
    expect([...keyring.wrapped.keys()]).toEqual(['k1']);
    const service = opening({ [other]: A });
    await keyring.unlock(service);
    expect(service.asked).toEqual([other]);
  });

  it.each([
    ['a short one', 'c2hvcnQ=', 'KEYRING_BAD_KEY'],
    ['none of random bytes', Buffer.alloc(32, 1).toString('base64'), 'KEYRING_WEAK_KEY'],
    ['that of another id', A, 'KEYRING_REUSED_KEY'],
  ])('that turn out to be %s are refused', async (_what, key, code) => {
    const keyring = parseKeyring(`k2:${W},k1:${A}`);
    await expect(keyring.unlock(opening({ [W]: key }))).rejects.toMatchObject({ code });
    expect(keyring.keys.has('k2')).toBe(false);
  });

  it.each(['vault:v0:', 'vault:', 'vault:v1:', 'vault:v1:short', 'other:v1:'])(
    'must have the form of a ciphertext: %s',
    (start) => {
      const text = start === 'vault:v1:short' ? start : `${start}${'!'.repeat(60)}`;
      expect(faultOf(`k1:${text}`)).toBe('KEYRING_BAD_KEY');
      expect(faultOf(`k1:${W},k1:${W}`)).toBe('KEYRING_DUPLICATE_KEY_ID');
    },
  );
});
