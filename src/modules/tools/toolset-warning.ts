import type { ToolState } from '../connectors/index.ts';
import type { FitCode } from './formats/fit-tool.ts';
import type { Toolset } from './toolset.ts';

/** Warnings about tools that nobody has approved as they are: `HELD_BACK` ones are left out, `UNAPPROVED` ones are not. */
type ApprovalCode = 'HELD_BACK' | 'UNAPPROVED';

/** A tool that is not offered as its server describes it, or a list that was cut. */
export interface ToolsetWarning {
  code: FitCode | ApprovalCode | 'TOOL_LIMIT';
  message: string;
  connectorId: string | undefined;
  tool: string | undefined;
}

const REASONS: Record<ToolState, string> = {
  approved: 'it is approved',
  new: 'nobody has approved it yet',
  changed: 'its server has changed it since it was approved, or offered',
  moved: 'the URL of its connector has changed since it was approved',
};

/** A warning for each tool that waits for approval, be it offered meanwhile or not; nothing that a server wrote. */
export function approvalWarnings({ tools, held }: Toolset): ToolsetWarning[] {
  return [
    ...held.map(({ name, connectorId, state }) => ({
      code: 'HELD_BACK' as const,
      message: `The tool is left out until its owner approves it: ${REASONS[state]}.`,
      connectorId,
      tool: name,
    })),
    ...tools
      .filter(({ isWarned }) => isWarned)
      .map(({ name, connectorId, state }) => ({
        code: 'UNAPPROVED' as const,
        message: `The tool is offered, but its owner should look at it: ${REASONS[state]}.`,
        connectorId,
        tool: name,
      })),
  ];
}
