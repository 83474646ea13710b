import type { ToolDefinition } from '../../connectors/index.ts';
import { type AdaptationFault, adaptSchema, type WorkAllowance } from '../schemas/adapt-schema.ts';
import type { ProviderRules } from './provider-rules.ts';
import type { FittedTool } from './tool-format.ts';

/** Why a tool is not offered as its server describes it. */
export type FitCode =
  | 'NAME_REFUSED'
  | 'PARAMETER_REFUSED'
  | 'SCHEMA_IMPOSSIBLE'
  | 'SCHEMA_TOO_LARGE'
  | 'PARAMETERS_DROPPED'
  | 'DESCRIPTION_CUT';

/** A remark on one tool, in our own words. */
export interface FitRemark {
  code: FitCode;
  message: string;
}

/** A tool for a provider, or undefined where the provider would refuse it; and what the agent's developer should know. */
export interface Fit {
  tool: FittedTool | undefined;
  remarks: FitRemark[];
}

const FAULTS: Record<AdaptationFault, FitCode> = {
  'parameter-refused': 'PARAMETER_REFUSED',
  impossible: 'SCHEMA_IMPOSSIBLE',
  'too-large': 'SCHEMA_TOO_LARGE',
};

/** The sentence of a remark. Nothing a server wrote is in it. */
function messageFor(code: FitCode, { provider, maxDescription }: ProviderRules): string {
  switch (code) {
    case 'NAME_REFUSED':
      return `The tool is left out: ${provider} does not accept its name, which must begin with a letter. Connect its server under another name.`;
    case 'PARAMETER_REFUSED':
      return `The tool is left out: it requires a parameter whose name ${provider} does not accept.`;
    case 'SCHEMA_IMPOSSIBLE':
      return 'The tool is left out: no arguments can satisfy its input schema.';
    case 'SCHEMA_TOO_LARGE':
      return 'The tool is left out: its input schema is too large.';
    case 'PARAMETERS_DROPPED':
      return `Optional parameters are left out: ${provider} does not accept their names.`;
    case 'DESCRIPTION_CUT':
      return `The description is cut: ${provider} accepts at most ${maxDescription} characters.`;
  }
}

/**
 * Makes a tool one that the provider accepts.
 * @param allowance of the connector the tool belongs to; lowered by the work this took
 */
export function fitTool(
  { name, definition }: { name: string; definition: ToolDefinition },
  rules: ProviderRules,
  allowance: WorkAllowance,
): Fit {
  const remark = (code: FitCode) => ({ code, message: messageFor(code, rules) });
  if (rules.toolName?.test(name) === false) {
    return { tool: undefined, remarks: [remark('NAME_REFUSED')] };
  }
  const adapted = adaptSchema(definition.inputSchema, rules.schema, allowance);
  if (!adapted.ok) return { tool: undefined, remarks: [remark(FAULTS[adapted.fault])] };
  const text = definition.description ?? definition.title;
  const description = cutText(text, rules.maxDescription);
  const remarks: FitRemark[] = [];
  if (adapted.dropped > 0) remarks.push(remark('PARAMETERS_DROPPED'));
  if (description !== text) remarks.push(remark('DESCRIPTION_CUT'));
  return { tool: { name, description, schema: adapted.schema, definition }, remarks };
}

/** Cuts between characters, never inside a surrogate pair. */
function cutText(text: string | undefined, maximum: number | undefined): string | undefined {
  if (text === undefined || maximum === undefined || text.length <= maximum) return text;
  return `${text.slice(0, maximum - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
