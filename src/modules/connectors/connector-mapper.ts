import type {
  ConnectionTest,
  ConnectorCreate,
  Connector as ConnectorResource,
  ConnectorUpdate as ConnectorUpdateBody,
  CredentialMetadata as CredentialMetadataResource,
  Credentials as CredentialsBody,
  ConnectionTestReport as ReportResource,
} from '../../contract/generated.ts';
import { AppError } from '../../errors/app-error.ts';
import type { ConnectorRole } from '../../tenancy/identity-for.ts';
import type { AuthType, CredentialMetadata, Credentials } from '../credentials/index.ts';
import { type ConnectionTestReport, messageFor } from './connection-test.ts';
import {
  type Connector,
  type ConnectorFault,
  type ToolDefinition,
  UNREADABLE_URL,
} from './connector.ts';
import type { ConnectorDraft, TestDraft } from './connector-save-service.ts';
import type { ConnectorUpdate } from './connector-update.ts';

/** The credentials of a request body. */
export function toCredentials(body: CredentialsBody): Credentials {
  return 'token' in body
    ? { kind: 'bearer', token: body.token }
    : { kind: 'headers', headers: body.headers };
}

/** A server to test; credentials without `auth_type` say it themselves. */
export function toTestDraft(body: ConnectionTest): TestDraft {
  const credentials = body.credentials === undefined ? undefined : toCredentials(body.credentials);
  const authType: AuthType = body.auth_type ?? credentials?.kind ?? 'none';
  return {
    serverUrl: body.server_url,
    transport: body.transport ?? 'auto',
    authType,
    credentials,
  };
}

const DEFAULT_CALL_TIMEOUT_SECONDS = 60;

/** A connector to create. @throws AppError `CREDENTIALS_INVALID` for personal ones without a project */
export function toDraft(body: ConnectorCreate): ConnectorDraft {
  const { name, call_timeout_seconds: callTimeoutSeconds = DEFAULT_CALL_TIMEOUT_SECONDS } = body;
  const { credential_mode: credentialMode = 'shared', project_id: projectId } = body;
  if (credentialMode === 'personal' && projectId === undefined) {
    const detail = 'needs a project_id: what is your own has no other users';
    throw new AppError('CREDENTIALS_INVALID', {
      errors: [{ pointer: '/body/credential_mode', detail }],
    });
  }
  return { name, callTimeoutSeconds, credentialMode, ...toTestDraft(body) };
}

/** Only what the body names. */
export function toUpdate(body: ConnectorUpdateBody): ConnectorUpdate {
  return {
    ...(body.name !== undefined && { name: body.name }),
    ...(body.call_timeout_seconds !== undefined && {
      callTimeoutSeconds: body.call_timeout_seconds,
    }),
    ...(body.server_url !== undefined && { serverUrl: body.server_url }),
    ...(body.transport !== undefined && { transport: body.transport }),
    ...(body.auth_type !== undefined && { authType: body.auth_type }),
    ...(body.credentials !== undefined && { credentials: toCredentials(body.credentials) }),
  };
}

/** What is known of stored credentials. */
export function toCredentialResource(credential: CredentialMetadata): CredentialMetadataResource {
  return {
    kind: credential.kind,
    grant_type: credential.grantType ?? null,
    header_names: credential.headerNames,
    missing_scopes: credential.missingScopes,
    state: credential.state,
    expires_at: credential.expiresAt?.toISOString() ?? null,
    deletion_due_at: credential.deletionDueAt?.toISOString() ?? null,
    updated_at: credential.updatedAt.toISOString(),
  };
}

function toServerInfo(
  info: { name: string; version: string; title: string | undefined } | undefined,
) {
  if (info === undefined) return null;
  return { name: info.name, version: info.version, title: info.title ?? null };
}

/** A connector as its owner, or a member of its project, sees it. */
export function toConnectorResource(connector: Connector, role: ConnectorRole): ConnectorResource {
  const { fault, knowledge, credential } = connector;
  return {
    id: connector.id,
    name: connector.name,
    slug: connector.slug,
    project_id: connector.projectId ?? null,
    credential_mode: connector.credentialMode,
    source: connector.source,
    entry_key: connector.entryKey ?? null,
    server_url: shownUrl(connector, role),
    transport: connector.transport,
    auth_type: connector.authType,
    status: connector.status,
    last_error: fault === undefined ? null : toErrorResource({ ...connector, fault }),
    server_info: toServerInfo(knowledge?.serverInfo),
    protocol_version: knowledge?.protocolVersion ?? null,
    tool_count: connector.toolCount,
    credentials: credential === undefined ? null : toCredentialResource(credential),
    call_timeout_seconds: connector.callTimeoutSeconds,
    version: connector.version,
    last_tested_at: connector.lastTestedAt.toISOString(),
    created_at: connector.createdAt.toISOString(),
    updated_at: connector.updatedAt.toISOString(),
  };
}

/** The last failure of a connector. */
export function toErrorResource({
  fault,
  serverUrl,
}: Pick<Connector, 'serverUrl'> & { fault: ConnectorFault }) {
  return {
    code: fault.code,
    message: serverUrl === undefined ? UNREADABLE_URL : messageFor(fault.code),
    occurred_at: fault.at.toISOString(),
  };
}

/** Path and query may carry a key of the admins; of the catalog's servers, one of the operator. */
function shownUrl({ serverUrl, serverOrigin, source }: Connector, role: ConnectorRole): string {
  if (serverUrl === undefined) return '';
  return role === 'member' || source !== 'own' ? serverOrigin : serverUrl;
}

/** What a server says of a tool, besides its name. */
export function toDefinitionFields(definition: ToolDefinition) {
  return {
    title: definition.title ?? null,
    description: definition.description ?? null,
    input_schema: definition.inputSchema,
    output_schema: definition.outputSchema ?? null,
    annotations: definition.annotations ?? null,
  };
}

/** The report of a connection test. */
export function toReportResource(report: ConnectionTestReport): ReportResource {
  return {
    success: report.success,
    error_code: report.errorCode ?? null,
    error_message: report.errorMessage ?? null,
    tools: report.tools.map((tool) => ({ name: tool.name, ...toDefinitionFields(tool) })),
    warnings: report.warnings.map(({ tool, reason }) => ({ tool, message: reason })),
    server_info: toServerInfo(report.serverInfo),
    protocol_version: report.protocolVersion ?? null,
    latency_ms: report.latencyMs,
    attempts: report.attempts,
    sign_in: report.signIn ?? null,
  };
}
