import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server answers. */
interface Answer {
  status: number;
  body: unknown;
}

const NONCE = 12;
const TAG = 16;

/**
 * What Vault's documentation says of `POST /v1/transit/decrypt/:name` and of its errors, over HTTP; with knobs. Its wrapped keys are
 * those of its own, since no two Vaults share a key.
 */
export class TransitServer {
  readonly token = `hvs.${randomBytes(18).toString('base64url')}`;
  readonly keyName = 'mcp-connectors';
  /** Answers instead, while set. */
  knob: Answer | undefined;
  /** Requests so far, by what came of them. */
  readonly statuses: number[] = [];
  readonly #key = randomBytes(32);
  #port = 0;
  readonly #server = createServer((request, response) => {
    void this.#answer(request).then(({ status, body }) => {
      this.statuses.push(status);
      const location = status === 307 ? { location: 'http://127.0.0.1:1/v1/transit' } : {};
      response.writeHead(status, { 'content-type': 'application/json', ...location });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });

  /** Starts to listen; on the port it had, where it had one. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** The address of the mount. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/v1/transit`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** As `POST /v1/transit/datakey/wrapped/:name` gives one, but for a key that the test knows. */
  wrap(base64: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const text = Buffer.concat([cipher.update(base64, 'base64'), cipher.final()]);
    return `vault:v1:${Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64')}`;
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    if (this.knob !== undefined) return this.knob;
    const { method, url, headers } = request;
    if (headers['x-vault-token'] !== this.token) return failure(403, 'permission denied');
    if (url !== `/v1/transit/decrypt/${this.keyName}`) return failure(404);
    if (method !== 'POST' && method !== 'PUT') return failure(405, 'unsupported operation');
    const { ciphertext } = JSON.parse(Buffer.concat(chunks).toString()) as { ciphertext?: string };
    const [, body] = /^vault:v1:(.*)$/.exec(ciphertext ?? '') ?? [];
    if (body === undefined) return failure(400, 'invalid ciphertext: no prefix');
    try {
      return success({ plaintext: this.#unwrap(Buffer.from(body, 'base64')) });
    } catch {
      return failure(400, 'invalid ciphertext: unable to decrypt');
    }
  }

  #unwrap(bytes: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE));
    decipher.setAuthTag(bytes.subarray(-TAG));
    const text = decipher.update(bytes.subarray(NONCE, -TAG));
    return Buffer.concat([text, decipher.final()]).toString('base64');
  }
}

function success(data: object): Answer {
  return {
    status: 200,
    body: {
      request_id: crypto.randomUUID(),
      ...{ lease_id: '', renewable: false, lease_duration: 0 },
      data,
      ...{ wrap_info: null, warnings: null, auth: null },
    },
  };
}

function failure(status: number, ...errors: string[]): Answer {
  return { status, body: { errors } };
}
