import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, rootCertificates, type SecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readCertificateFile,
  trustAlso,
  withDefaultAuthorities,
} from '../../../src/outbound/certificate-authorities.ts';
import { createTestAuthority, type TestAuthority } from '../../support/test-certificates.ts';

let folder: string;
let authority: TestAuthority;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'authorities-'));
  authority = await createTestAuthority();
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(text: string): string {
  const file = path.join(folder, 'file.pem');
  writeFileSync(file, text);
  return file;
}

describe('a file of certificate authorities', () => {
  it('may hold several, and text between them', async () => {
    const other = await createTestAuthority('Another one');
    const file = write(`# first\r\n${authority.cert}\r\n# second\n${other.cert}\n-- end --\n`);
    expect(readCertificateFile(file).map((pem) => pem.trim())).toEqual(
      [authority.cert, other.cert].map((pem) => pem.trim()),
    );
  });

  it.each(['missing-4711.pem', '.'])('has to be a file that can be read: %s', (name) => {
    expect(() => readCertificateFile(path.join(folder, name))).toThrow('cannot be read');
  });

  it('has to hold certificates that are whole', async () => {
    const { key } = await authority.issue({ names: ['a.example'] });
    for (const text of ['', 'hello 4711', key, authority.cert.slice(0, -40)]) {
      expect(() => readCertificateFile(write(text))).toThrow('without a certificate');
    }
    const cut = authority.cert.replace(/\n[^\n]+\n-----END/, '\n-----END');
    // One that is whole does not make up for another one.
    for (const text of [cut, authority.cert.replace('MII', 'AAA'), `${authority.cert}\n${cut}`]) {
      expect(() => readCertificateFile(write(text))).toThrow('is broken');
    }
  });
});

describe('trust', () => {
  it('is given to the authorities of the file besides the usual ones', () => {
    const all = withDefaultAuthorities([authority.cert]);
    expect(all).toContain(authority.cert);
    expect(rootCertificates.length).toBeGreaterThan(50);
    expect(rootCertificates.filter((root) => !all.includes(root))).toEqual([]);
  });

  it('is given to nobody else', async () => {
    const server = createServer(await authority.issue({ names: ['127.0.0.1'] }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const isTrusted = (secureContext: SecureContext) =>
      new Promise<boolean>((resolve) => {
        const socket = connect({ host: '127.0.0.1', port, secureContext }, () => {
          socket.destroy();
          resolve(true);
        });
        socket.on('error', () => resolve(false));
      });
    expect(await isTrusted(trustAlso([authority.cert]))).toBe(true);
    expect(await isTrusted(trustAlso([(await createTestAuthority()).cert]))).toBe(false);
    server.close();
  });
});
