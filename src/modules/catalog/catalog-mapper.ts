import type {
  CatalogFinding as CatalogFindingResource,
  CatalogItem as CatalogItemResource,
} from '../../contract/generated.ts';
import { toErrorResource } from '../connectors/index.ts';
import type { CatalogSetting, SettingValues } from './catalog-entry.ts';
import { type CatalogFinding, type CatalogItem, statusOf } from './catalog-service.ts';

/** An entry as the members of a project see it: neither where its server is, nor a secret. */
export function toItemResource({
  entry,
  isOpen,
  connector,
  deployment,
  settings,
}: CatalogItem): CatalogItemResource {
  const { key, title, description, icon, gate } = entry;
  const fault = connector?.fault;
  return {
    ...{ key, title, description, icon: icon ?? null },
    is_open: isOpen,
    gate: isOpen ? null : (gate ?? null),
    status: statusOf({ managed: connector && { connector }, deployment }),
    last_error:
      fault === undefined ? null : toErrorResource({ serverUrl: connector?.serverUrl, fault }),
    connector_id: connector?.id ?? null,
    deployment_id: deployment?.id ?? null,
    tool_count: connector?.toolCount ?? 0,
    updated_at: connector?.updatedAt.toISOString() ?? null,
    settings: entry.settings.map((setting) => toSettingResource(setting, settings)),
  };
}

/** What a look at a server found. */
export function toFindingResource(finding: CatalogFinding): CatalogFindingResource {
  const { entry, status, place, isHealthy, errorCode, errorMessage, latencyMs, toolCount } =
    finding;
  return {
    ...{ key: entry.key, title: entry.title, status },
    is_healthy: isHealthy,
    runtime: place ?? null,
    error_code: errorCode ?? null,
    error_message: errorMessage ?? null,
    latency_ms: latencyMs,
    tool_count: toolCount,
  };
}

/** A setting, and what is set where that is no secret. */
export function toSettingResource(setting: CatalogSetting, values: SettingValues) {
  const { name, title, description, type, isRequired, isSecret, default: fallback } = setting;
  const value = values[name];
  return {
    ...{ name, title, description: description ?? null, type },
    required: isRequired,
    secret: isSecret,
    default: fallback ?? null,
    allowed: setting.allowed === undefined ? null : [...setting.allowed],
    is_set: value !== undefined,
    value: isSecret ? null : (value ?? null),
  };
}
