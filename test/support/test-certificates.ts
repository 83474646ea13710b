// Has to come first: @peculiar/x509 registers its algorithms by decorators.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its key as PEM; fits the options of `tls.createServer` and `https.createServer`. */
export interface TestCertificate {
  cert: string;
  key: string;
}

/** What a certificate says. */
export interface CertificateOptions {
  /** Host names (`*.example.com` too) and IP addresses it is for. */
  names: readonly string[];
  /** Default: an hour ago. */
  notBefore?: Date;
  /** Default: in a day. */
  notAfter?: Date;
}

/** A certificate authority that lives as long as a test. */
export interface TestAuthority {
  /** Its own certificate as PEM: what a client has to trust. */
  cert: string;
  /** Issues a server certificate. */
  issue(options: CertificateOptions): Promise<TestCertificate>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

const HOUR_MS = 3_600_000;

/** Creates a certificate authority with a key of its own. `name` is its common name. */
export async function createTestAuthority(name = 'Test authority'): Promise<TestAuthority> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${name}`,
      ...validity({}),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  );
  return {
    cert: certificate.toString('pem'),
    issue: (options) => issueBy(certificate, keys.privateKey, options),
  };
}

/** Makes a server certificate that nobody but its own key vouches for. */
export async function createSelfSigned(options: CertificateOptions): Promise<TestCertificate> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=Self-signed',
      ...validity(options),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: serverExtensions(options),
    },
    webcrypto,
  );
  return { cert: certificate.toString('pem'), key: await toPem(keys.privateKey) };
}

async function issueBy(
  authority: X509Certificate,
  signingKey: webcrypto.CryptoKey,
  options: CertificateOptions,
): Promise<TestCertificate> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create(
    {
      subject: 'CN=Test server',
      issuer: authority.subject,
      ...validity(options),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey,
      extensions: serverExtensions(options),
    },
    webcrypto,
  );
  return { cert: certificate.toString('pem'), key: await toPem(keys.privateKey) };
}

function validity({ notBefore, notAfter }: Partial<CertificateOptions>) {
  return {
    notBefore: notBefore ?? new Date(Date.now() - HOUR_MS),
    notAfter: notAfter ?? new Date(Date.now() + 24 * HOUR_MS),
  };
}

function serverExtensions({ names }: CertificateOptions) {
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(
      names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
    ),
  ];
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
