import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { AppError } from '../errors/app-error.ts';
import type { ErrorCode } from '../errors/error-codes.ts';
import { PROBLEM_MEDIA_TYPE, type ProblemRenderer } from './problem.ts';

const BY_NODE_CODE: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'PAYLOAD_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/**
 * Answers what never became a request: bytes that are not HTTP, headers that are too large, a request that does not
 * end. There is no reply object yet, so the answer is written to the socket by hand.
 */
export function createClientErrorHandler(
  render: ProblemRenderer,
): (this: { log: FastifyBaseLogger }, error: NodeJS.ErrnoException, socket: Socket) => void {
  return function (error, socket) {
    // The client is gone, or an answer to an earlier request is on its way and must not be mixed with ours.
    if (error.code === 'ECONNRESET' || !socket.writable || socket.destroyed) {
      socket.destroy();
      return;
    }
    const requestId = randomUUID();
    const problem = new AppError(BY_NODE_CODE[error.code ?? ''] ?? 'MALFORMED_REQUEST');
    this.log.info(
      { request_id: requestId, status: problem.status, reason: error.code },
      'request unreadable',
    );
    const body = JSON.stringify(render(problem, requestId));
    socket.end(
      [
        `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
        `content-type: ${PROBLEM_MEDIA_TYPE}`,
        `content-length: ${Buffer.byteLength(body)}`,
        `x-request-id: ${requestId}`,
        'x-content-type-options: nosniff',
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  };
}
