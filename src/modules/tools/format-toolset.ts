import { AppError } from '../../errors/app-error.ts';
import { fitTool } from './formats/fit-tool.ts';
import type { FittedTool } from './formats/tool-format.ts';
import { type FormattedTools, TOOL_FORMATS, type ToolFormatName } from './formats/tool-formats.ts';
import { nearestNames } from './nearest-names.ts';
import type { WorkAllowance } from './schemas/adapt-schema.ts';
import type { JsonObject } from './schemas/schema-types.ts';
import { rankTools } from './tool-ranking.ts';
import { compareNames, type Toolset, type ToolsetOutcome, type ToolsetTool } from './toolset.ts';
import { approvalWarnings, type ToolsetWarning } from './toolset-warning.ts';

/** What an agent asks for. */
export interface ToolsetRequest {
  format: ToolFormatName;
  /** The tool the model is to use. */
  selectedTool: string | undefined;
  /** At most so many tools, at least 1. */
  limit: number | undefined;
}

/** A toolset as a provider takes it. */
export interface FormattedToolset {
  /** Sorted by name. */
  tools: FormattedTools;
  toolChoice: JsonObject | null;
  instructions: string | null;
  /** Of the tools in the list, by name; what a call names the definition by. */
  definitionHashes: Record<string, string>;
  /** The one about the whole list first, then by tool. */
  warnings: ToolsetWarning[];
  outcomes: ToolsetOutcome[];
}

/**
 * Work on the schemas of one connector, in the measure of `ADAPTATION_LIMITS`: that of a thousand usual tools, a fifth of a second. Once it
 * is spent, the connector's remaining schemas are adapted in the least detail, so that a server full of hostile ones costs no more than
 * one with a few.
 */
const WORK_PER_CONNECTOR = 1024 * 1024;

/**
 * Writes a toolset in the shape a provider takes. Pure, and the same for the same toolset.
 * @throws AppError `TOOL_NOT_FOUND` where the selected tool is not there or the provider would refuse it
 */
export function formatToolset(toolset: Toolset, request: ToolsetRequest): FormattedToolset {
  const { selectedTool } = request;
  const format = TOOL_FORMATS[request.format];
  const { tools, warnings } = fitTools(toolset, request);
  if (selectedTool !== undefined) requireSelected(selectedTool, tools, warnings);
  return {
    tools: format.writeTools(tools),
    toolChoice: selectedTool === undefined ? null : format.writeToolChoice(selectedTool),
    instructions: selectedTool === undefined ? null : instructionsFor(selectedTool),
    definitionHashes: hashesOf(tools, toolset),
    warnings,
    outcomes: toolset.outcomes,
  };
}

/** In the order of the list. */
function hashesOf(tools: readonly FittedTool[], toolset: Toolset): Record<string, string> {
  const hashes = new Map(toolset.tools.map((tool) => [tool.name, tool.definitionHash]));
  return Object.fromEntries(
    tools.flatMap(({ name }) => {
      const hash = hashes.get(name);
      return hash === undefined ? [] : [[name, hash]];
    }),
  );
}

interface FittedTools {
  tools: FittedTool[];
  warnings: ToolsetWarning[];
}

function fitTools(toolset: Toolset, { format, selectedTool, limit }: ToolsetRequest): FittedTools {
  const { rules } = TOOL_FORMATS[format];
  const maximum = Math.min(limit ?? Infinity, rules?.maxTools ?? Infinity);
  const ranked = rankTools(toolset, selectedTool);
  const allowances = new Map<string, WorkAllowance>();
  const tools: FittedTool[] = [];
  const warnings: ToolsetWarning[] = approvalWarnings(toolset);
  let seen = 0;
  for (const tool of ranked) {
    if (tools.length >= maximum) break;
    seen += 1;
    const fitted = fitOne(tool, rules, allowances);
    warnings.push(...fitted.warnings);
    tools.push(...fitted.tools);
  }
  tools.sort((a, b) => compareNames(a.name, b.name));
  warnings.sort((a, b) => compareNames(a.tool ?? '', b.tool ?? ''));
  if (seen < ranked.length) warnings.unshift(limitWarning(tools.length, ranked.length - seen));
  return { tools, warnings };
}

function fitOne(
  { name, connectorId, definition }: ToolsetTool,
  rules: (typeof TOOL_FORMATS)[ToolFormatName]['rules'],
  allowances: Map<string, WorkAllowance>,
): FittedTools {
  const { description, inputSchema: schema } = definition;
  if (rules === undefined) {
    return { tools: [{ name, description, schema, definition }], warnings: [] };
  }
  const allowance = allowances.get(connectorId) ?? { left: WORK_PER_CONNECTOR };
  allowances.set(connectorId, allowance);
  const { tool, remarks } = fitTool({ name, definition }, rules, allowance);
  return {
    tools: tool === undefined ? [] : [tool],
    warnings: remarks.map((remark) => ({ ...remark, connectorId, tool: name })),
  };
}

function limitWarning(kept: number, omitted: number): ToolsetWarning {
  return {
    code: 'TOOL_LIMIT',
    message: `The list is cut to ${kept} tools, ${omitted} are not in it. Tools of connectors that work were kept first, in turn from each connector.`,
    connectorId: undefined,
    tool: undefined,
  };
}

function requireSelected(
  selected: string,
  tools: readonly FittedTool[],
  warnings: readonly ToolsetWarning[],
): void {
  if (tools.some(({ name }) => name === selected)) return;
  const names = tools.map(({ name }) => name);
  // The last one of a tool says why it is left out; others, that nobody has approved it, say nothing of that.
  const warning = warnings.findLast(({ tool }) => tool === selected);
  throw new AppError('TOOL_NOT_FOUND', {
    detail:
      warning?.message ?? 'No enabled connector of the user has this tool. See the nearest names.',
    extensions: {
      ...(warning !== undefined && { reason: warning.code, connector_id: warning.connectorId }),
      nearest: nearestNames(selected, names),
    },
  });
}

/** Our own words and a name of our own making: nothing a server wrote. */
function instructionsFor(name: string): string {
  return `The user chose the tool "${name}" for this request. Call "${name}" before you answer, and answer from its result.`;
}
