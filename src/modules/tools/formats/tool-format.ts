import type { ToolDefinition } from '../../connectors/index.ts';
import type { JsonObject } from '../schemas/schema-types.ts';
import type { ProviderRules } from './provider-rules.ts';

/** A tool whose name, description and schema a provider accepts. */
export interface FittedTool {
  readonly name: string;
  readonly description: string | undefined;
  /** The schema of the arguments. */
  readonly schema: JsonObject;
  readonly definition: ToolDefinition;
}

/** A shape in which agents get their tools. `List` is what stands in `tools`. */
export interface ToolFormat<List extends readonly object[] = readonly object[]> {
  /** Undefined where tools are passed on as their server describes them. */
  readonly rules: ProviderRules | undefined;
  /** `tools` as the provider's SDK takes it. */
  writeTools(tools: readonly FittedTool[]): List;
  /** The provider's way to make a model use this tool; null where there is none. */
  writeToolChoice(name: string): JsonObject | null;
}
