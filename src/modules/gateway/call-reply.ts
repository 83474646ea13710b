import type { AppError } from '../../errors/app-error.ts';
import { ERROR_CATALOGUE } from '../../errors/error-catalogue.ts';
import { ERROR_CODES } from '../../errors/error-codes.ts';
import type { JsonObject } from '../../mcp/client/mcp-client.ts';
import type { InputRequired, ToolReply } from '../../mcp/server/mcp-backend.ts';
import type { ToolCallService } from '../tools/index.ts';

/** The member of `_meta` that tells programs what the text tells agents. */
const ERROR_META_KEY = 'mcp-connectors/error';

/**
 * A result as it came; a refusal by the server as a failed result, so that the agent can read both; and what the user is asked before
 * the call goes on.
 */
export function toToolReply({
  outcome,
}: Pick<Awaited<ReturnType<ToolCallService['call']>>, 'outcome'>): ToolReply | InputRequired {
  if (outcome.kind === 'input-required') {
    return { inputRequests: outcome.requests, requestState: outcome.state ?? '' };
  }
  if (outcome.kind === 'protocol-error') {
    const { code, message } = outcome;
    return {
      content: [{ type: 'text', text: message }],
      isError: true,
      _meta: { [ERROR_META_KEY]: { code: 'PROTOCOL_ERROR', rpc_code: code } },
    };
  }
  const { content, structuredContent, isError, meta } = outcome;
  return {
    content,
    ...(structuredContent === undefined ? {} : { structuredContent }),
    ...(isError ? { isError } : {}),
    ...(meta === undefined ? {} : { _meta: withoutOurs(meta) }),
  };
}

/** No server speaks for us: clients follow the links in what we say. */
function withoutOurs({ [ERROR_META_KEY]: _ours, ...meta }: JsonObject): JsonObject {
  return meta;
}

/** Why a tool could not be used, and what its user can do, for the agent to read. */
export function toErrorReply({ code, options }: AppError): ToolReply {
  const { detail, extensions } = options;
  const { title } = ERROR_CODES[code];
  const text = detail === undefined ? ERROR_CATALOGUE[code].shown : `${title} ${detail}`;
  return {
    content: [{ type: 'text', text }],
    isError: true,
    _meta: { [ERROR_META_KEY]: { code, ...extensions } },
  };
}
