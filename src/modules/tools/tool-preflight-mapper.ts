import type {
  ToolPreflightReport as ToolPreflightReportResource,
  ToolReadiness as ToolReadinessResource,
} from '../../contract/generated.ts';
import { messageFor } from '../connectors/index.ts';
import type { ToolReadiness } from './tool-preflight-service.ts';
import type { ToolsetOutcome } from './toolset.ts';

/** The answer about all tools that were asked about. */
export function toPreflightResource(tools: readonly ToolReadiness[]): ToolPreflightReportResource {
  return {
    ready: tools.every(({ obstacle }) => obstacle === undefined),
    items: tools.map(toReadinessResource),
  };
}

function toReadinessResource(tool: ToolReadiness): ToolReadinessResource {
  const { name, standing, obstacle, nearest, connector } = tool;
  return {
    name,
    ready: obstacle === undefined,
    outcome: connector?.outcome ?? null,
    connector_id: standing?.connectorId ?? null,
    definition_hash: standing?.definitionHash ?? null,
    code: obstacle?.code ?? null,
    detail: obstacle?.detail ?? caveatOf(connector),
    retryable: obstacle?.retryable ?? false,
    retry_after_seconds: obstacle?.retryAfterSeconds ?? null,
    action: obstacle?.remedy ?? null,
    nearest,
  };
}

/** What to know of a tool that is ready all the same. */
function caveatOf(connector: ToolsetOutcome | undefined): string | null {
  if (connector?.outcome !== 'stale' || connector.fault === undefined) return null;
  return `A call may fail, as the last test of its server did. ${messageFor(connector.fault.code)}`;
}
