import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';

/** A file of certificate authorities that cannot be used. `message` ends a sentence about it and holds nothing of the file. */
export class CertificateFileError extends Error {
  override readonly name = 'CertificateFileError';
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * Reads the certificates (PEM) of a file. Whatever else is in it does not count.
 * @throws CertificateFileError for a file that cannot be read, has no certificate, or one that is broken
 */
export function readCertificateFile(file: string): string[] {
  const certificates = readText(file).match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw new CertificateFileError('names a file without a certificate in PEM form');
  }
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate);
    } catch {
      throw new CertificateFileError('names a file with a certificate that is broken');
    }
  }
  return [...certificates];
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CertificateFileError('names a file that cannot be read');
  }
}

/**
 * Trust in the authorities Node trusts by default and in these. Parsing them takes some 20 ms: make one and share it.
 * @param certificates PEM, one each
 */
export function trustAlso(certificates: readonly string[]): tls.SecureContext {
  return tls.createSecureContext({ ca: withDefaultAuthorities(certificates) });
}

/** A list of authorities replaces the default ones; those of NODE_EXTRA_CA_CERTS too, which Node 20 does not tell. */
export function withDefaultAuthorities(certificates: readonly string[]): string[] {
  return [...defaultAuthorities(), ...certificates];
}

function defaultAuthorities(): readonly string[] {
  // Since Node 22.15.
  if ('getCACertificates' in tls && typeof tls.getCACertificates === 'function') {
    const found: unknown = tls.getCACertificates('default');
    if (Array.isArray(found)) return found.filter((item) => typeof item === 'string');
  }
  return tls.rootCertificates;
}
