import type { ToolDefinition } from '../connectors/index.ts';
import type { ToolsetOutcome } from './toolset.ts';

/** A tool with where it comes from, and how well that is. */
export interface SnapshotTool {
  name: string;
  definition: ToolDefinition;
  definitionHash: string;
  connector: ToolsetOutcome;
}
