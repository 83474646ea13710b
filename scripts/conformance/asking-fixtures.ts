import {
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
} from '@modelcontextprotocol/server';

/** What a tool that asks is called with. */
export interface AskedCall {
  responses: { [key: string]: unknown } | undefined;
  state: string | undefined;
}

const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] });

/** Asks for one text, under a name and with a state. */
function ask(key: string, field: string, requestState?: string): InputRequiredResult {
  const request = inputRequired.elicit({
    message: `What is your ${field}?`,
    requestedSchema: {
      type: 'object',
      properties: { [field]: { type: 'string' } },
      required: [field],
    },
  });
  const inputRequests = { [key]: request };
  return inputRequired({ inputRequests, ...(requestState !== undefined && { requestState }) });
}

/** The tools that the suite calls by name and that ask their user; the states need no seal here, since our endpoint seals them. */
export const ASKING_TOOLS: Readonly<
  Record<string, (call: AskedCall) => CallToolResult | InputRequiredResult>
> = {
  test_input_required_result_elicitation: ({ responses }) =>
    responses?.['user_name'] === undefined ? ask('user_name', 'name') : text('Hello!'),
  test_input_required_result_request_state: ({ state }) =>
    state === 'asked' ? text('state-ok') : ask('confirm', 'ok', 'asked'),
  test_input_required_result_tampered_state: ({ state }) =>
    state === 'asked' ? text('done') : ask('confirm', 'ok', 'asked'),
  test_input_required_result_multi_round: ({ state }) => {
    if (state === undefined) return ask('step1', 'name', 'round-1');
    return state === 'round-1' ? ask('step2', 'color', 'round-2') : text('done');
  },
};
