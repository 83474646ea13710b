import type {
  SystemToolConnect as ConnectBody,
  SystemToolConnection as ConnectionResource,
  SystemTool as SystemToolResource,
} from '../../contract/generated.ts';
import { toSettingResource } from '../catalog/index.ts';
import { toErrorResource } from '../connectors/index.ts';
import { toStartedResource } from '../oauth/index.ts';
import { requirementOf, type SystemTool } from './system-tool.ts';
import type { SystemToolConnect, SystemToolConnection } from './system-tool-service.ts';

/** What a user connects a tool with; a request without a body says nothing. */
export function toConnectRequest(body: ConnectBody | null | undefined): SystemToolConnect {
  return { settings: body?.settings, returnUrl: body?.return_url };
}

/** A tool as its user sees it. */
export function toSystemToolResource(tool: SystemTool): SystemToolResource {
  const { key, entry, connector, isOpen, status, settings } = tool;
  const fault = connector?.fault;
  return {
    key,
    title: entry?.title ?? connector?.name ?? key,
    description: entry?.description ?? '',
    icon: entry?.icon ?? null,
    requires: entry === undefined ? 'NOTHING' : requirementOf(entry),
    is_open: isOpen,
    status,
    last_error:
      fault === undefined ? null : toErrorResource({ serverUrl: connector?.serverUrl, fault }),
    missing_scopes: connector?.credential?.missingScopes ?? [],
    connector_id: connector?.id ?? null,
    slug: connector?.slug ?? null,
    tool_count: isOpen ? (connector?.toolCount ?? 0) : 0,
    connected_at: connector?.createdAt.toISOString() ?? null,
    settings: (entry?.settings ?? []).map((setting) => toSettingResource(setting, settings)),
  };
}

/** A tool that is connected, or the sign-in that is next. */
export function toConnectionResource({ tool, signIn }: SystemToolConnection): ConnectionResource {
  return {
    tool: toSystemToolResource(tool),
    authorization: signIn === undefined ? null : toStartedResource(signIn),
  };
}
