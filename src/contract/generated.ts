// Generated from openapi/*.yaml by `npm run contract:generate`. Do not edit.
import { type Static, Type } from '@sinclair/typebox';

/**
 * A deployment agent.
 */
export const Agent = Object.assign(
  Type.Object(
    {
      name: Type.Unsafe<AgentName>({ $ref: 'AgentName#' }),
      url: Type.String(),
      labels: Type.Unsafe<Record<string, string>>({
        type: 'object',
        additionalProperties: Type.String(),
      }),
      state: Type.String(),
      seen_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
      agent: Type.Union([Type.Unsafe<AgentReport>({ $ref: 'AgentReport#' }), Type.Null()]),
    },
    { additionalProperties: false },
  ),
  { $id: 'Agent' },
);
export type Agent = Static<typeof Agent>;

/**
 * How busy the machine of a deployment agent is.
 */
export const AgentLoad = Object.assign(
  Type.Object(
    {
      servers: Type.Integer({ minimum: 0, maximum: 1000 }),
      max_servers: Type.Integer({ minimum: 1, maximum: 1000 }),
      load_average: Type.Number({ minimum: 0, maximum: 100000 }),
      processors: Type.Integer({ minimum: 1, maximum: 100000 }),
      free_memory_mb: Type.Integer({ minimum: 0, maximum: 1000000000 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'AgentLoad' },
);
export type AgentLoad = Static<typeof AgentLoad>;

/**
 * The name of a deployment agent.
 */
export const AgentName = Object.assign(
  Type.String({ minLength: 1, maxLength: 40, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' }),
  { $id: 'AgentName' },
);
export type AgentName = Static<typeof AgentName>;

/**
 * Why a server does not run.
 */
export const AgentProblemCode = Object.assign(
  Type.Unsafe<
    | 'RUNTIME_REFUSED'
    | 'LAUNCH_NOT_ALLOWED'
    | 'LAUNCH_NOT_FOUND'
    | 'SERVER_EXITED'
    | 'SERVER_OUT_OF_MEMORY'
    | 'SERVER_NOT_READY'
  >({
    type: 'string',
    enum: [
      'RUNTIME_REFUSED',
      'LAUNCH_NOT_ALLOWED',
      'LAUNCH_NOT_FOUND',
      'SERVER_EXITED',
      'SERVER_OUT_OF_MEMORY',
      'SERVER_NOT_READY',
    ],
  }),
  { $id: 'AgentProblemCode' },
);
export type AgentProblemCode = Static<typeof AgentProblemCode>;

/**
 * What a deployment agent says of itself.
 */
export const AgentReport = Object.assign(
  Type.Object(
    {
      version: Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9A-Za-z.+-]+$' }),
      has_docker: Type.Boolean(),
      load: Type.Unsafe<AgentLoad>({ $ref: 'AgentLoad#' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'AgentReport' },
);
export type AgentReport = Static<typeof AgentReport>;

/**
 * A server that a deployment agent runs.
 */
export const AgentServer = Object.assign(
  Type.Object(
    {
      instance_id: Type.String({ format: 'uuid' }),
      generation: Type.Integer({ minimum: 0, maximum: 2147483647 }),
      phase: Type.Unsafe<AgentServerPhase>({ $ref: 'AgentServerPhase#' }),
      step: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        minLength: 1,
        maxLength: 40,
        pattern: '^[a-z0-9-]+$',
      }),
      percent: Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0, maximum: 100 }),
      problem_code: Type.Union([
        Type.Unsafe<AgentProblemCode>({ $ref: 'AgentProblemCode#' }),
        Type.Null(),
      ]),
      sessions: Type.Integer({ minimum: 0, maximum: 1000000 }),
      restarts: Type.Integer({ minimum: 0, maximum: 2147483647 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'AgentServer' },
);
export type AgentServer = Static<typeof AgentServer>;

export const AgentServerPhase = Object.assign(
  Type.Unsafe<'starting' | 'running' | 'failed'>({
    type: 'string',
    enum: ['starting', 'running', 'failed'],
  }),
  { $id: 'AgentServerPhase' },
);
export type AgentServerPhase = Static<typeof AgentServerPhase>;

/**
 * A tool in the shape that was asked for; all tools of a list have the same.
 */
export const AgentTool = Object.assign(
  Type.Union([
    Type.Unsafe<McpTool>({ $ref: 'McpTool#' }),
    Type.Unsafe<OpenAiTool>({ $ref: 'OpenAiTool#' }),
    Type.Unsafe<OpenAiChatTool>({ $ref: 'OpenAiChatTool#' }),
    Type.Unsafe<AnthropicTool>({ $ref: 'AnthropicTool#' }),
    Type.Unsafe<GeminiTool>({ $ref: 'GeminiTool#' }),
  ]),
  { $id: 'AgentTool' },
);
export type AgentTool = Static<typeof AgentTool>;

export const Agents = Object.assign(
  Type.Object(
    { items: Type.Array(Type.Unsafe<Agent>({ $ref: 'Agent#' })) },
    { additionalProperties: false },
  ),
  { $id: 'Agents' },
);
export type Agents = Static<typeof Agents>;

/**
 * A tool of Anthropic's Messages API.
 */
export const AnthropicTool = Object.assign(
  Type.Object(
    {
      name: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$' }),
      description: Type.Optional(Type.String()),
      input_schema: Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'AnthropicTool' },
);
export type AnthropicTool = Static<typeof AnthropicTool>;

export const ApprovedTool = Object.assign(
  Type.Object(
    {
      tool_id: Type.String({ format: 'uuid' }),
      exposed_name: Type.String(),
      definition_hash: Type.String(),
      version: Type.Integer({ minimum: 1 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ApprovedTool' },
);
export type ApprovedTool = Static<typeof ApprovedTool>;

export const ApprovedTools = Object.assign(
  Type.Object(
    { items: Type.Array(Type.Unsafe<ApprovedTool>({ $ref: 'ApprovedTool#' })) },
    { additionalProperties: false },
  ),
  { $id: 'ApprovedTools' },
);
export type ApprovedTools = Static<typeof ApprovedTools>;

export const ArgumentMember = Object.assign(
  Type.Object(
    {
      name: Type.String(),
      type: Type.String(),
      size: Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ArgumentMember' },
);
export type ArgumentMember = Static<typeof ArgumentMember>;

export const ArgumentShape = Object.assign(
  Type.Object(
    {
      bytes: Type.Integer({ minimum: 0 }),
      members: Type.Array(Type.Unsafe<ArgumentMember>({ $ref: 'ArgumentMember#' })),
      more: Type.Integer({ minimum: 0 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ArgumentShape' },
);
export type ArgumentShape = Static<typeof ArgumentShape>;

export const AuditPage = Object.assign(
  Type.Object(
    {
      items: Type.Array(Type.Unsafe<AuditRecord>({ $ref: 'AuditRecord#' })),
      next_cursor: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    },
    { additionalProperties: false },
  ),
  { $id: 'AuditPage' },
);
export type AuditPage = Static<typeof AuditPage>;

export const AuditRecord = Object.assign(
  Type.Object(
    {
      id: Type.String(),
      at: Type.String({ format: 'date-time' }),
      actor_id: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      agent: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      user_id: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      project_id: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      action: Type.String(),
      object_kind: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      object_id: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      connector_id: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      outcome: Type.String(),
      request_id: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      arguments: Type.Union([Type.Unsafe<ArgumentShape>({ $ref: 'ArgumentShape#' }), Type.Null()]),
    },
    { additionalProperties: false },
  ),
  { $id: 'AuditRecord' },
);
export type AuditRecord = Static<typeof AuditRecord>;

export const AuditText = Object.assign(
  Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
  { $id: 'AuditText' },
);
export type AuditText = Static<typeof AuditText>;

/**
 * How the server authenticates us. `oauth2` comes from signing in (`POST /api/oauth/authorizations`) and cannot be set; a test with
 * it tells how to sign in.
 */
export const AuthType = Object.assign(
  Type.Unsafe<'none' | 'bearer' | 'headers' | 'oauth2'>({
    type: 'string',
    enum: ['none', 'bearer', 'headers', 'oauth2'],
  }),
  { $id: 'AuthType' },
);
export type AuthType = Static<typeof AuthType>;

/**
 * A sign-in.
 */
export const Authorization = Object.assign(
  Type.Object(
    {
      id: Type.String({ format: 'uuid' }),
      status: Type.String(),
      issuer: Type.String(),
      connector_id: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uuid' }),
      error_code: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      created_at: Type.String({ format: 'date-time' }),
      expires_at: Type.String({ format: 'date-time' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'Authorization' },
);
export type Authorization = Static<typeof Authorization>;

export const AuthorizationCompletion = Object.assign(
  Type.Object(
    { handle: Type.String({ minLength: 1, maxLength: 256, pattern: '^[A-Za-z0-9_-]+$' }) },
    { additionalProperties: false },
  ),
  { $id: 'AuthorizationCompletion' },
);
export type AuthorizationCompletion = Static<typeof AuthorizationCompletion>;

/**
 * Either `connector_id` or `draft`.
 */
export const AuthorizationCreate = Object.assign(
  Type.Object(
    {
      connector_id: Type.Optional(Type.String({ format: 'uuid' })),
      draft: Type.Optional(Type.Unsafe<SignInDraft>({ $ref: 'SignInDraft#' })),
      client: Type.Optional(Type.Unsafe<OAuthClient>({ $ref: 'OAuthClient#' })),
      return_url: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
    },
    { additionalProperties: false },
  ),
  { $id: 'AuthorizationCreate' },
);
export type AuthorizationCreate = Static<typeof AuthorizationCreate>;

/**
 * Sent as `Authorization` with the scheme Bearer.
 */
export const BearerCredentials = Object.assign(
  Type.Object(
    { token: Type.String({ minLength: 1, maxLength: 8192, pattern: '^[\\x21-\\x7e]+$' }) },
    { additionalProperties: false },
  ),
  { $id: 'BearerCredentials' },
);
export type BearerCredentials = Static<typeof BearerCredentials>;

export const Catalog = Object.assign(
  Type.Object(
    { items: Type.Array(Type.Unsafe<CatalogItem>({ $ref: 'CatalogItem#' })) },
    { additionalProperties: false },
  ),
  { $id: 'Catalog' },
);
export type Catalog = Static<typeof Catalog>;

export const CatalogDiscovery = Object.assign(
  Type.Object(
    { items: Type.Array(Type.Unsafe<CatalogFinding>({ $ref: 'CatalogFinding#' })) },
    { additionalProperties: false },
  ),
  { $id: 'CatalogDiscovery' },
);
export type CatalogDiscovery = Static<typeof CatalogDiscovery>;

export const CatalogEnable = Object.assign(
  Type.Object(
    {
      project_id: Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' }),
      settings: Type.Optional(
        Type.Unsafe<Record<string, string | number | boolean | null>>({
          type: 'object',
          maxProperties: 20,
          additionalProperties: Type.Unsafe<string | number | boolean | null>({
            type: ['string', 'integer', 'boolean', 'null'],
            maxLength: 20000,
          }),
        }),
      ),
    },
    { additionalProperties: false },
  ),
  { $id: 'CatalogEnable' },
);
export type CatalogEnable = Static<typeof CatalogEnable>;

export const CatalogFinding = Object.assign(
  Type.Object(
    {
      key: Type.Unsafe<CatalogKey>({ $ref: 'CatalogKey#' }),
      title: Type.String(),
      is_healthy: Type.Boolean(),
      runtime: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      error_code: Type.Union([Type.Unsafe<TestErrorCode>({ $ref: 'TestErrorCode#' }), Type.Null()]),
      error_message: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      latency_ms: Type.Integer({ minimum: 0 }),
      tool_count: Type.Integer({ minimum: 0 }),
      status: Type.Unsafe<CatalogStatus>({ $ref: 'CatalogStatus#' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'CatalogFinding' },
);
export type CatalogFinding = Static<typeof CatalogFinding>;

/**
 * A known server, and what the project has of it.
 */
export const CatalogItem = Object.assign(
  Type.Object(
    {
      key: Type.Unsafe<CatalogKey>({ $ref: 'CatalogKey#' }),
      title: Type.String(),
      description: Type.String(),
      icon: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uri' }),
      is_open: Type.Boolean(),
      gate: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      status: Type.Unsafe<CatalogStatus>({ $ref: 'CatalogStatus#' }),
      last_error: Type.Union([
        Type.Unsafe<ConnectorError>({ $ref: 'ConnectorError#' }),
        Type.Null(),
      ]),
      connector_id: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uuid' }),
      deployment_id: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uuid' }),
      tool_count: Type.Integer({ minimum: 0 }),
      updated_at: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
      settings: Type.Array(Type.Unsafe<CatalogSetting>({ $ref: 'CatalogSetting#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'CatalogItem' },
);
export type CatalogItem = Static<typeof CatalogItem>;

export const CatalogKey = Object.assign(
  Type.String({ minLength: 1, maxLength: 24, pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' }),
  { $id: 'CatalogKey' },
);
export type CatalogKey = Static<typeof CatalogKey>;

export const CatalogSetting = Object.assign(
  Type.Object(
    {
      name: Type.String(),
      title: Type.String(),
      description: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      type: Type.String(),
      required: Type.Boolean(),
      secret: Type.Boolean(),
      default: Type.Unsafe<string | number | boolean | null>({
        type: ['string', 'integer', 'boolean', 'null'],
      }),
      allowed: Type.Union([
        Type.Array(
          Type.Unsafe<string | number | boolean>({ type: ['string', 'integer', 'boolean'] }),
        ),
        Type.Null(),
      ]),
      is_set: Type.Boolean(),
      value: Type.Unsafe<string | number | boolean | null>({
        type: ['string', 'integer', 'boolean', 'null'],
      }),
    },
    { additionalProperties: false },
  ),
  { $id: 'CatalogSetting' },
);
export type CatalogSetting = Static<typeof CatalogSetting>;

/**
 * `NOT_ENABLED` where the project has no connector of it; else the status of that. `DEPLOYING` while its server is being brought up or
 * replaced: see its deployment.
 */
export const CatalogStatus = Object.assign(Type.String(), { $id: 'CatalogStatus' });
export type CatalogStatus = Static<typeof CatalogStatus>;

/**
 * A connector that is not called for a while because it failed.
 */
export const CircuitBreaker = Object.assign(
  Type.Object(
    {
      connector_id: Type.String({ format: 'uuid' }),
      state: Type.String(),
      last_error_code: Type.Unsafe<TestErrorCode>({ $ref: 'TestErrorCode#' }),
      retry_after_seconds: Type.Integer({ minimum: 0 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'CircuitBreaker' },
);
export type CircuitBreaker = Static<typeof CircuitBreaker>;

export const ClosedSessions = Object.assign(
  Type.Object(
    {
      closed: Type.Integer({ minimum: 0 }),
      draining: Type.Integer({ minimum: 0 }),
      replica_id: Type.String(),
    },
    { additionalProperties: false },
  ),
  { $id: 'ClosedSessions' },
);
export type ClosedSessions = Static<typeof ClosedSessions>;

export const Composer = Object.assign(
  Type.Object(
    {
      tools: Type.Array(Type.Unsafe<ComposerTool>({ $ref: 'ComposerTool#' })),
      omitted: Type.Integer({ minimum: 0 }),
      outcomes: Type.Array(Type.Unsafe<ToolsetOutcome>({ $ref: 'ToolsetOutcome#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'Composer' },
);
export type Composer = Static<typeof Composer>;

/**
 * An entry, in the shape of ChatKit's `ToolOption`. Its texts name tools as their servers do; show them as text, never as markup.
 */
export const ComposerTool = Object.assign(
  Type.Object(
    {
      id: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$' }),
      label: Type.String(),
      shortLabel: Type.String(),
      icon: Type.Unsafe<
        | 'agent'
        | 'bolt'
        | 'book-open'
        | 'bug'
        | 'calendar'
        | 'chart'
        | 'cube'
        | 'document'
        | 'globe'
        | 'images'
        | 'mail'
        | 'maps'
        | 'notebook'
        | 'search'
        | 'square-code'
        | 'write'
      >({
        type: 'string',
        enum: [
          'agent',
          'bolt',
          'book-open',
          'bug',
          'calendar',
          'chart',
          'cube',
          'document',
          'globe',
          'images',
          'mail',
          'maps',
          'notebook',
          'search',
          'square-code',
          'write',
        ],
      }),
      placeholderOverride: Type.String(),
      pinned: Type.Boolean(),
      persistent: Type.Boolean(),
    },
    { additionalProperties: false },
  ),
  { $id: 'ComposerTool' },
);
export type ComposerTool = Static<typeof ComposerTool>;

export const ConnectionTest = Object.assign(
  Type.Object(
    {
      name: Type.Optional(Type.Unsafe<ConnectorName>({ $ref: 'ConnectorName#' })),
      server_url: Type.Unsafe<ServerUrl>({ $ref: 'ServerUrl#' }),
      transport: Type.Optional(Type.Unsafe<Transport>({ $ref: 'Transport#' })),
      auth_type: Type.Optional(Type.Unsafe<AuthType>({ $ref: 'AuthType#' })),
      credentials: Type.Optional(Type.Unsafe<Credentials>({ $ref: 'Credentials#' })),
      project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'ConnectionTest' },
);
export type ConnectionTest = Static<typeof ConnectionTest>;

export const ConnectionTestReport = Object.assign(
  Type.Object(
    {
      success: Type.Boolean(),
      error_code: Type.Union([Type.Unsafe<TestErrorCode>({ $ref: 'TestErrorCode#' }), Type.Null()]),
      error_message: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      tools: Type.Array(Type.Unsafe<DiscoveredTool>({ $ref: 'DiscoveredTool#' })),
      warnings: Type.Array(Type.Unsafe<ToolWarning>({ $ref: 'ToolWarning#' })),
      server_info: Type.Union([Type.Unsafe<ServerInfo>({ $ref: 'ServerInfo#' }), Type.Null()]),
      protocol_version: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      latency_ms: Type.Integer({ minimum: 0 }),
      attempts: Type.Integer({ minimum: 0, maximum: 2 }),
      sign_in: Type.Union([Type.Unsafe<SignInOffer>({ $ref: 'SignInOffer#' }), Type.Null()]),
    },
    { additionalProperties: false },
  ),
  { $id: 'ConnectionTestReport' },
);
export type ConnectionTestReport = Static<typeof ConnectionTestReport>;

export const Connector = Object.assign(
  Type.Object(
    {
      id: Type.String({ format: 'uuid' }),
      name: Type.String(),
      slug: Type.String(),
      project_id: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      credential_mode: Type.String(),
      source: Type.String(),
      entry_key: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      server_url: Type.String(),
      transport: Type.String(),
      auth_type: Type.String(),
      status: Type.Unsafe<ConnectorStatus>({ $ref: 'ConnectorStatus#' }),
      last_error: Type.Union([
        Type.Unsafe<ConnectorError>({ $ref: 'ConnectorError#' }),
        Type.Null(),
      ]),
      server_info: Type.Union([Type.Unsafe<ServerInfo>({ $ref: 'ServerInfo#' }), Type.Null()]),
      protocol_version: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      tool_count: Type.Integer({ minimum: 0 }),
      credentials: Type.Union([
        Type.Unsafe<CredentialMetadata>({ $ref: 'CredentialMetadata#' }),
        Type.Null(),
      ]),
      call_timeout_seconds: Type.Integer({ minimum: 1, maximum: 300 }),
      version: Type.Integer({ minimum: 1 }),
      last_tested_at: Type.String({ format: 'date-time' }),
      created_at: Type.String({ format: 'date-time' }),
      updated_at: Type.String({ format: 'date-time' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'Connector' },
);
export type Connector = Static<typeof Connector>;

export const ConnectorCreate = Object.assign(
  Type.Object(
    {
      name: Type.Unsafe<ConnectorName>({ $ref: 'ConnectorName#' }),
      server_url: Type.Unsafe<ServerUrl>({ $ref: 'ServerUrl#' }),
      transport: Type.Optional(Type.Unsafe<Transport>({ $ref: 'Transport#' })),
      auth_type: Type.Optional(Type.Unsafe<AuthType>({ $ref: 'AuthType#' })),
      credentials: Type.Optional(Type.Unsafe<Credentials>({ $ref: 'Credentials#' })),
      call_timeout_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 300 })),
      project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
      credential_mode: Type.Optional(Type.Unsafe<CredentialMode>({ $ref: 'CredentialMode#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'ConnectorCreate' },
);
export type ConnectorCreate = Static<typeof ConnectorCreate>;

/**
 * What went wrong last.
 */
export const ConnectorError = Object.assign(
  Type.Object(
    {
      code: Type.Unsafe<TestErrorCode>({ $ref: 'TestErrorCode#' }),
      message: Type.String(),
      occurred_at: Type.String({ format: 'date-time' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ConnectorError' },
);
export type ConnectorError = Static<typeof ConnectorError>;

export const ConnectorExport = Object.assign(
  Type.Object(
    {
      format: Type.String(),
      file_name: Type.String(),
      media_type: Type.String(),
      endpoint: Type.Union([Type.Unsafe<ExportedFile>({ $ref: 'ExportedFile#' }), Type.Null()]),
      servers: Type.Unsafe<ExportedFile>({ $ref: 'ExportedFile#' }),
      left_out: Type.Array(Type.Unsafe<ExportOmission>({ $ref: 'ExportOmission#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'ConnectorExport' },
);
export type ConnectorExport = Static<typeof ConnectorExport>;

/**
 * Unique among the owner's connectors, whatever the case. No control characters, no space at either end.
 */
export const ConnectorName = Object.assign(
  Type.String({
    minLength: 1,
    maxLength: 100,
    pattern:
      '^[^\\s\\x00-\\x1f\\x7f-\\x9f](?:[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f])?$',
  }),
  { $id: 'ConnectorName' },
);
export type ConnectorName = Static<typeof ConnectorName>;

export const ConnectorPage = Object.assign(
  Type.Object(
    {
      items: Type.Array(Type.Unsafe<Connector>({ $ref: 'Connector#' })),
      next_cursor: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ConnectorPage' },
);
export type ConnectorPage = Static<typeof ConnectorPage>;

/**
 * `DISABLED` by its owner; else `ENABLED`, `ERROR` (see `last_error`) or `NEEDS_AUTH` (new credentials are needed).
 */
export const ConnectorStatus = Object.assign(Type.String(), { $id: 'ConnectorStatus' });
export type ConnectorStatus = Static<typeof ConnectorStatus>;

export const ConnectorStatusChange = Object.assign(
  Type.Object(
    {
      status: Type.Unsafe<'ENABLED' | 'DISABLED'>({
        type: 'string',
        enum: ['ENABLED', 'DISABLED'],
      }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ConnectorStatusChange' },
);
export type ConnectorStatusChange = Static<typeof ConnectorStatusChange>;

export const ConnectorTool = Object.assign(
  Type.Object(
    {
      id: Type.String({ format: 'uuid' }),
      name: Type.String(),
      exposed_name: Type.String(),
      title: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      description: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      input_schema: Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }),
      output_schema: Type.Union([Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }), Type.Null()]),
      annotations: Type.Union([Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }), Type.Null()]),
      definition_hash: Type.String(),
      enabled: Type.Boolean(),
      state: Type.String(),
      held_back: Type.Boolean(),
      approved_at: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
      change: Type.Union([Type.Unsafe<ToolChange>({ $ref: 'ToolChange#' }), Type.Null()]),
      version: Type.Integer({ minimum: 1 }),
      updated_at: Type.String({ format: 'date-time' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ConnectorTool' },
);
export type ConnectorTool = Static<typeof ConnectorTool>;

export const ConnectorToolPage = Object.assign(
  Type.Object(
    {
      items: Type.Array(Type.Unsafe<ConnectorTool>({ $ref: 'ConnectorTool#' })),
      next_cursor: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ConnectorToolPage' },
);
export type ConnectorToolPage = Static<typeof ConnectorToolPage>;

export const ConnectorToolUpdate = Object.assign(
  Type.Object(
    {
      enabled: Type.Optional(Type.Boolean()),
      approved_definition_hash: Type.Optional(
        Type.String({ minLength: 64, maxLength: 64, pattern: '^[0-9a-f]{64}$' }),
      ),
    },
    { minProperties: 1, additionalProperties: false },
  ),
  { $id: 'ConnectorToolUpdate' },
);
export type ConnectorToolUpdate = Static<typeof ConnectorToolUpdate>;

export const ConnectorUpdate = Object.assign(
  Type.Object(
    {
      name: Type.Optional(Type.Unsafe<ConnectorName>({ $ref: 'ConnectorName#' })),
      server_url: Type.Optional(Type.Unsafe<ServerUrl>({ $ref: 'ServerUrl#' })),
      transport: Type.Optional(Type.Unsafe<Transport>({ $ref: 'Transport#' })),
      auth_type: Type.Optional(Type.Unsafe<AuthType>({ $ref: 'AuthType#' })),
      credentials: Type.Optional(Type.Unsafe<Credentials>({ $ref: 'Credentials#' })),
      call_timeout_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 300 })),
    },
    { minProperties: 1, additionalProperties: false },
  ),
  { $id: 'ConnectorUpdate' },
);
export type ConnectorUpdate = Static<typeof ConnectorUpdate>;

/**
 * What is known of the stored credentials; never the secret.
 */
export const CredentialMetadata = Object.assign(
  Type.Object(
    {
      kind: Type.String(),
      grant_type: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      header_names: Type.Array(Type.String()),
      state: Type.String(),
      expires_at: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
      missing_scopes: Type.Array(Type.String()),
      deletion_due_at: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        format: 'date-time',
      }),
      updated_at: Type.String({ format: 'date-time' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'CredentialMetadata' },
);
export type CredentialMetadata = Static<typeof CredentialMetadata>;

/**
 * Whose credentials are sent: with `shared` those that admins set, for every member; with `personal` those of each member, who enters
 * them or signs in, and for whom alone they act. `personal` needs a `project_id`; `shared` where it is absent. It stays as it is.
 */
export const CredentialMode = Object.assign(
  Type.Unsafe<'shared' | 'personal'>({ type: 'string', enum: ['shared', 'personal'] }),
  { $id: 'CredentialMode' },
);
export type CredentialMode = Static<typeof CredentialMode>;

/**
 * The secret of a connector. Written, never read.
 */
export const Credentials = Object.assign(
  Type.Union([
    Type.Unsafe<BearerCredentials>({ $ref: 'BearerCredentials#' }),
    Type.Unsafe<HeaderCredentials>({ $ref: 'HeaderCredentials#' }),
  ]),
  { $id: 'Credentials' },
);
export type Credentials = Static<typeof Credentials>;

/**
 * The server of a catalog entry, brought up for a project.
 */
export const Deployment = Object.assign(
  Type.Object(
    {
      id: Type.String({ format: 'uuid' }),
      key: Type.Unsafe<CatalogKey>({ $ref: 'CatalogKey#' }),
      project_id: Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' }),
      state: Type.String(),
      progress: Type.Object(
        { step: Type.String(), percent: Type.Integer({ minimum: 0, maximum: 100 }) },
        { additionalProperties: false },
      ),
      runtime: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      error_code: Type.Union([Type.Unsafe<ErrorCode>({ $ref: 'ErrorCode#' }), Type.Null()]),
      error_message: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      enabling: Type.Boolean(),
      instances: Type.Array(Type.Unsafe<DeploymentInstance>({ $ref: 'DeploymentInstance#' })),
      version: Type.Integer({ minimum: 1 }),
      created_at: Type.String({ format: 'date-time' }),
      updated_at: Type.String({ format: 'date-time' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'Deployment' },
);
export type Deployment = Static<typeof Deployment>;

export const DeploymentCreate = Object.assign(
  Type.Object(
    {
      project_id: Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' }),
      key: Type.Unsafe<CatalogKey>({ $ref: 'CatalogKey#' }),
      settings: Type.Optional(
        Type.Unsafe<Record<string, string | number | boolean | null>>({
          type: 'object',
          maxProperties: 20,
          additionalProperties: Type.Unsafe<string | number | boolean | null>({
            type: ['string', 'integer', 'boolean', 'null'],
            maxLength: 20000,
          }),
        }),
      ),
    },
    { additionalProperties: false },
  ),
  { $id: 'DeploymentCreate' },
);
export type DeploymentCreate = Static<typeof DeploymentCreate>;

export const DeploymentInstance = Object.assign(
  Type.Object(
    {
      runtime: Type.String(),
      target: Type.String(),
      state: Type.String(),
      sessions: Type.Integer({ minimum: 0 }),
      seen_at: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
      error_code: Type.Union([Type.Unsafe<ErrorCode>({ $ref: 'ErrorCode#' }), Type.Null()]),
    },
    { additionalProperties: false },
  ),
  { $id: 'DeploymentInstance' },
);
export type DeploymentInstance = Static<typeof DeploymentInstance>;

export const DeploymentLogs = Object.assign(
  Type.Object(
    {
      instances: Type.Array(
        Type.Object(
          { runtime: Type.String(), target: Type.String(), lines: Type.Array(Type.String()) },
          { additionalProperties: false },
        ),
      ),
    },
    { additionalProperties: false },
  ),
  { $id: 'DeploymentLogs' },
);
export type DeploymentLogs = Static<typeof DeploymentLogs>;

export const DeploymentPage = Object.assign(
  Type.Object(
    {
      items: Type.Array(Type.Unsafe<Deployment>({ $ref: 'Deployment#' })),
      next_cursor: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    },
    { additionalProperties: false },
  ),
  { $id: 'DeploymentPage' },
);
export type DeploymentPage = Static<typeof DeploymentPage>;

/**
 * A tool as the server describes it. Untrusted text, cleaned of control characters.
 */
export const DiscoveredTool = Object.assign(
  Type.Object(
    {
      name: Type.String(),
      title: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      description: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      input_schema: Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }),
      output_schema: Type.Union([Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }), Type.Null()]),
      annotations: Type.Union([Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }), Type.Null()]),
    },
    { additionalProperties: false },
  ),
  { $id: 'DiscoveredTool' },
);
export type DiscoveredTool = Static<typeof DiscoveredTool>;

/**
 * The stable code of an error. The list grows: treat an unknown code by the HTTP status. What each means and what
 * to do about it: [the catalogue of errors](/errors).
 */
export const ErrorCode = Object.assign(Type.String(), { $id: 'ErrorCode' });
export type ErrorCode = Static<typeof ErrorCode>;

export const EventTicket = Object.assign(
  Type.Object(
    { ticket: Type.String(), expires_at: Type.String({ format: 'date-time' }) },
    { additionalProperties: false },
  ),
  { $id: 'EventTicket' },
);
export type EventTicket = Static<typeof EventTicket>;

export const ExportOmission = Object.assign(
  Type.Object(
    { connector_id: Type.String({ format: 'uuid' }), name: Type.String(), reason: Type.String() },
    { additionalProperties: false },
  ),
  { $id: 'ExportOmission' },
);
export type ExportOmission = Static<typeof ExportOmission>;

/**
 * Something that the user enters in the client.
 */
export const ExportVariable = Object.assign(
  Type.Object(
    {
      name: Type.String(),
      connector_id: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uuid' }),
      place: Type.String(),
      header: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ExportVariable' },
);
export type ExportVariable = Static<typeof ExportVariable>;

export const ExportedFile = Object.assign(
  Type.Object(
    {
      content: Type.String(),
      variables: Type.Array(Type.Unsafe<ExportVariable>({ $ref: 'ExportVariable#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'ExportedFile' },
);
export type ExportedFile = Static<typeof ExportedFile>;

/**
 * One problem of the request, addressed by a JSON pointer.
 */
export const FieldProblem = Object.assign(
  Type.Object({ pointer: Type.String(), detail: Type.String() }),
  { $id: 'FieldProblem' },
);
export type FieldProblem = Static<typeof FieldProblem>;

/**
 * The one tool of Gemini that holds all functions.
 */
export const GeminiTool = Object.assign(
  Type.Object(
    {
      functionDeclarations: Type.Array(
        Type.Object(
          {
            name: Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$' }),
            description: Type.String(),
            parametersJsonSchema: Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }),
          },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: 512 },
      ),
    },
    { additionalProperties: false },
  ),
  { $id: 'GeminiTool' },
);
export type GeminiTool = Static<typeof GeminiTool>;

/**
 * Sent as they are. At most 20 headers and 8 KB. `Host`, hop-by-hop, `Forwarded`, `X-Forwarded-*`, `Proxy-*`, `Mcp-*` and `Metadata*` are
 * refused (`CREDENTIALS_INVALID`).
 */
export const HeaderCredentials = Object.assign(
  Type.Object(
    {
      headers: Type.Unsafe<Record<string, string>>({
        type: 'object',
        minProperties: 1,
        maxProperties: 20,
        propertyNames: {
          type: 'string',
          minLength: 1,
          maxLength: 128,
          pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
        },
        additionalProperties: Type.String({
          minLength: 1,
          maxLength: 8192,
          pattern: '^[\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?$',
        }),
      }),
    },
    { additionalProperties: false },
  ),
  { $id: 'HeaderCredentials' },
);
export type HeaderCredentials = Static<typeof HeaderCredentials>;

export const Heartbeat = Object.assign(
  Type.Object(
    {
      run_id: Type.String({ format: 'uuid' }),
      sequence: Type.Integer({ minimum: 0, maximum: 9007199254740991 }),
      is_stopping: Type.Boolean(),
      agent: Type.Unsafe<AgentReport>({ $ref: 'AgentReport#' }),
      servers: Type.Array(Type.Unsafe<AgentServer>({ $ref: 'AgentServer#' }), { maxItems: 1000 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'Heartbeat' },
);
export type Heartbeat = Static<typeof Heartbeat>;

/**
 * An entry that is to be imported, and what the file does not say.
 */
export const ImportChoice = Object.assign(
  Type.Object(
    {
      pointer: Type.String({ minLength: 1, maxLength: 2000 }),
      name: Type.Optional(Type.Unsafe<ConnectorName>({ $ref: 'ConnectorName#' })),
      values: Type.Optional(
        Type.Unsafe<Record<string, string>>({
          type: 'object',
          maxProperties: 40,
          propertyNames: { type: 'string', minLength: 1, maxLength: 200 },
          additionalProperties: Type.String({ minLength: 1, maxLength: 8192 }),
        }),
      ),
      use_file_secrets: Type.Optional(Type.Boolean()),
      as_remote: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  { $id: 'ImportChoice' },
);
export type ImportChoice = Static<typeof ImportChoice>;

/**
 * The text of the file, or what it says as JSON. Only with the text a report has lines and columns, and names that are given twice are found.
 */
export const ImportContent = Object.assign(
  Type.Union([
    Type.String({ minLength: 1, maxLength: 262144 }),
    Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }),
  ]),
  { $id: 'ImportContent' },
);
export type ImportContent = Static<typeof ImportContent>;

export const ImportEntry = Object.assign(
  Type.Object(
    {
      pointer: Type.String(),
      line: Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 1 }),
      column: Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 1 }),
      name: Type.String(),
      verdict: Type.String(),
      code: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      message: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      server_origin: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      transport: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      secrets: Type.Array(Type.Unsafe<ImportSecret>({ $ref: 'ImportSecret#' })),
      notes: Type.Array(Type.String()),
      has_remote: Type.Boolean(),
      connector_id: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uuid' }),
      retry_after_seconds: Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0 }),
      sign_in: Type.Union([Type.Unsafe<ImportSignIn>({ $ref: 'ImportSignIn#' }), Type.Null()]),
    },
    { additionalProperties: false },
  ),
  { $id: 'ImportEntry' },
);
export type ImportEntry = Static<typeof ImportEntry>;

export const ImportFile = Object.assign(
  Type.Object(
    {
      content: Type.Unsafe<ImportContent>({ $ref: 'ImportContent#' }),
      project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'ImportFile' },
);
export type ImportFile = Static<typeof ImportFile>;

export const ImportReport = Object.assign(
  Type.Object(
    {
      format: Type.String(),
      room: Type.Integer({ minimum: 0 }),
      entries: Type.Array(Type.Unsafe<ImportEntry>({ $ref: 'ImportEntry#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'ImportReport' },
);
export type ImportReport = Static<typeof ImportReport>;

export const ImportRequest = Object.assign(
  Type.Object(
    {
      content: Type.Unsafe<ImportContent>({ $ref: 'ImportContent#' }),
      project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
      entries: Type.Array(Type.Unsafe<ImportChoice>({ $ref: 'ImportChoice#' }), {
        minItems: 1,
        maxItems: 10,
      }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ImportRequest' },
);
export type ImportRequest = Static<typeof ImportRequest>;

/**
 * Something that the file only names, or a value in it that looks like a secret. Never the value.
 */
export const ImportSecret = Object.assign(
  Type.Object(
    {
      name: Type.String(),
      place: Type.String(),
      header: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      source: Type.String(),
      required: Type.Boolean(),
    },
    { additionalProperties: false },
  ),
  { $id: 'ImportSecret' },
);
export type ImportSecret = Static<typeof ImportSecret>;

/**
 * What `draft` of `POST /api/oauth/authorizations` takes.
 */
export const ImportSignIn = Object.assign(
  Type.Object(
    {
      name: Type.String(),
      server_url: Type.String(),
      transport: Type.String(),
      project_id: Type.Optional(Type.String()),
    },
    { additionalProperties: false },
  ),
  { $id: 'ImportSignIn' },
);
export type ImportSignIn = Static<typeof ImportSignIn>;

/**
 * The authorization server that the client is registered with, as `issuer` of `sign_in` in the report of a test. The secret is sent
 * nowhere else: where the server names another one, nothing is.
 */
export const Issuer = Object.assign(
  Type.String({ minLength: 1, maxLength: 2048, pattern: '^https?://[\\x21-\\x7e]+$' }),
  { $id: 'Issuer' },
);
export type Issuer = Static<typeof Issuer>;

/**
 * A free-form JSON object.
 */
export const JsonObject = Object.assign(
  Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
  { $id: 'JsonObject' },
);
export type JsonObject = Static<typeof JsonObject>;

/**
 * Names the key to a server that knows several.
 */
export const KeyId = Object.assign(
  Type.String({ minLength: 1, maxLength: 256, pattern: '^[\\x20-\\x7e]+$' }),
  { $id: 'KeyId' },
);
export type KeyId = Static<typeof KeyId>;

/**
 * A tool in the protocol's own shape.
 */
export const McpTool = Object.assign(
  Type.Object(
    {
      name: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$' }),
      title: Type.Optional(Type.String()),
      description: Type.Optional(Type.String()),
      inputSchema: Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }),
      outputSchema: Type.Optional(Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' })),
      annotations: Type.Optional(Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'McpTool' },
);
export type McpTool = Static<typeof McpTool>;

/**
 * How much of a member was removed from a project. `sessions` are those of the replica that answered.
 */
export const MemberRemoval = Object.assign(
  Type.Object(
    {
      credentials: Type.Integer({ minimum: 0 }),
      grants_revoked: Type.Integer({ minimum: 0 }),
      sessions: Type.Unsafe<ClosedSessions>({ $ref: 'ClosedSessions#' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'MemberRemoval' },
);
export type MemberRemoval = Static<typeof MemberRemoval>;

/**
 * A client that the user registered with the authorization server. Written, never read.
 */
export const OAuthClient = Object.assign(
  Type.Object(
    {
      client_id: Type.String({ minLength: 1, maxLength: 1024, pattern: '^[\\x20-\\x7e]+$' }),
      client_secret: Type.Optional(
        Type.String({ minLength: 1, maxLength: 1024, pattern: '^[\\x20-\\x7e]+$' }),
      ),
      private_key: Type.Optional(Type.Unsafe<PrivateKey>({ $ref: 'PrivateKey#' })),
      key_id: Type.Optional(Type.Unsafe<KeyId>({ $ref: 'KeyId#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'OAuthClient' },
);
export type OAuthClient = Static<typeof OAuthClient>;

/**
 * A tool of OpenAI's Chat Completions.
 */
export const OpenAiChatTool = Object.assign(
  Type.Object(
    {
      type: Type.Literal('function'),
      function: Type.Object(
        {
          name: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$' }),
          description: Type.Optional(Type.String({ maxLength: 1024 })),
          parameters: Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }),
        },
        { additionalProperties: false },
      ),
    },
    { additionalProperties: false },
  ),
  { $id: 'OpenAiChatTool' },
);
export type OpenAiChatTool = Static<typeof OpenAiChatTool>;

/**
 * A function tool of OpenAI's Responses API.
 */
export const OpenAiTool = Object.assign(
  Type.Object(
    {
      type: Type.Literal('function'),
      name: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$' }),
      description: Type.Optional(Type.String({ maxLength: 1024 })),
      parameters: Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }),
      strict: Type.Literal(false),
    },
    { additionalProperties: false },
  ),
  { $id: 'OpenAiTool' },
);
export type OpenAiTool = Static<typeof OpenAiTool>;

/**
 * In place of a secret: the key that the client signs with (`private_key_jwt`), as PEM, without a passphrase. RSA of 2,048 to 8,192 bits,
 * P-256, P-384, P-521 or Ed25519.
 */
export const PrivateKey = Object.assign(
  Type.String({ minLength: 1, maxLength: 8192, pattern: '^[\\x20-\\x7e\\r\\n]+$' }),
  { $id: 'PrivateKey' },
);
export type PrivateKey = Static<typeof PrivateKey>;

/**
 * An error (RFC 9457).
 */
export const Problem = Object.assign(
  Type.Object(
    {
      type: Type.String({ format: 'uri-reference' }),
      title: Type.String(),
      status: Type.Integer({ minimum: 400, maximum: 599 }),
      code: Type.Unsafe<ErrorCode>({ $ref: 'ErrorCode#' }),
      detail: Type.Optional(Type.String()),
      instance: Type.String({ format: 'uri-reference' }),
      errors: Type.Optional(Type.Array(Type.Unsafe<FieldProblem>({ $ref: 'FieldProblem#' }))),
    },
    { additionalProperties: true },
  ),
  { $id: 'Problem' },
);
export type Problem = Static<typeof Problem>;

export const ProjectBody = Object.assign(
  Type.Object(
    { project_id: Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' }) },
    { additionalProperties: false },
  ),
  { $id: 'ProjectBody' },
);
export type ProjectBody = Static<typeof ProjectBody>;

/**
 * The id of a project, as in the claim `projects` of the token.
 */
export const ProjectId = Object.assign(
  Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
  { $id: 'ProjectId' },
);
export type ProjectId = Static<typeof ProjectId>;

/**
 * The JSON-RPC error the server answered instead of a result. Its text is untrusted.
 */
export const ProtocolError = Object.assign(
  Type.Object({ code: Type.Integer(), message: Type.String() }, { additionalProperties: false }),
  { $id: 'ProtocolError' },
);
export type ProtocolError = Static<typeof ProtocolError>;

/**
 * What the MCP server says of itself.
 */
export const ServerInfo = Object.assign(
  Type.Object(
    {
      name: Type.String(),
      version: Type.String(),
      title: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ServerInfo' },
);
export type ServerInfo = Static<typeof ServerInfo>;

/**
 * The MCP endpoint, `https://…`. What is not a usable URL gets the verdict `INVALID_URL`. Only the owner sees it whole.
 */
export const ServerUrl = Object.assign(Type.String({ minLength: 1, maxLength: 2048 }), {
  $id: 'ServerUrl',
});
export type ServerUrl = Static<typeof ServerUrl>;

/**
 * A client that an admin of the project registered with the authorization server. Written, never read.
 */
export const ServiceClient = Object.assign(
  Type.Union([
    Type.Unsafe<ServiceClientWithSecret>({ $ref: 'ServiceClientWithSecret#' }),
    Type.Unsafe<ServiceClientWithKey>({ $ref: 'ServiceClientWithKey#' }),
  ]),
  { $id: 'ServiceClient' },
);
export type ServiceClient = Static<typeof ServiceClient>;

export const ServiceClientWithKey = Object.assign(
  Type.Object(
    {
      issuer: Type.Unsafe<Issuer>({ $ref: 'Issuer#' }),
      client_id: Type.String({ minLength: 1, maxLength: 1024, pattern: '^[\\x20-\\x7e]+$' }),
      private_key: Type.Unsafe<PrivateKey>({ $ref: 'PrivateKey#' }),
      key_id: Type.Optional(Type.Unsafe<KeyId>({ $ref: 'KeyId#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'ServiceClientWithKey' },
);
export type ServiceClientWithKey = Static<typeof ServiceClientWithKey>;

export const ServiceClientWithSecret = Object.assign(
  Type.Object(
    {
      issuer: Type.Unsafe<Issuer>({ $ref: 'Issuer#' }),
      client_id: Type.String({ minLength: 1, maxLength: 1024, pattern: '^[\\x20-\\x7e]+$' }),
      client_secret: Type.String({ minLength: 1, maxLength: 1024, pattern: '^[\\x20-\\x7e]+$' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ServiceClientWithSecret' },
);
export type ServiceClientWithSecret = Static<typeof ServiceClientWithSecret>;

export const ServiceConnection = Object.assign(
  Type.Union([
    Type.Unsafe<ServiceConnectionOfConnector>({ $ref: 'ServiceConnectionOfConnector#' }),
    Type.Unsafe<ServiceConnectionOfDraft>({ $ref: 'ServiceConnectionOfDraft#' }),
  ]),
  { $id: 'ServiceConnection' },
);
export type ServiceConnection = Static<typeof ServiceConnection>;

/**
 * For a saved connector.
 */
export const ServiceConnectionOfConnector = Object.assign(
  Type.Object(
    {
      connector_id: Type.String({ format: 'uuid' }),
      client: Type.Optional(Type.Unsafe<ServiceClient>({ $ref: 'ServiceClient#' })),
      scopes: Type.Optional(Type.Unsafe<ServiceScopes>({ $ref: 'ServiceScopes#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'ServiceConnectionOfConnector' },
);
export type ServiceConnectionOfConnector = Static<typeof ServiceConnectionOfConnector>;

/**
 * For a new connector.
 */
export const ServiceConnectionOfDraft = Object.assign(
  Type.Object(
    {
      draft: Type.Unsafe<ServiceDraft>({ $ref: 'ServiceDraft#' }),
      client: Type.Optional(Type.Unsafe<ServiceClient>({ $ref: 'ServiceClient#' })),
      scopes: Type.Optional(Type.Unsafe<ServiceScopes>({ $ref: 'ServiceScopes#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'ServiceConnectionOfDraft' },
);
export type ServiceConnectionOfDraft = Static<typeof ServiceConnectionOfDraft>;

/**
 * A server that is not saved yet, for a project. Its credentials are shared.
 */
export const ServiceDraft = Object.assign(
  Type.Object(
    {
      name: Type.Unsafe<ConnectorName>({ $ref: 'ConnectorName#' }),
      server_url: Type.Unsafe<ServerUrl>({ $ref: 'ServerUrl#' }),
      transport: Type.Optional(Type.Unsafe<Transport>({ $ref: 'Transport#' })),
      call_timeout_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 300 })),
      project_id: Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ServiceDraft' },
);
export type ServiceDraft = Static<typeof ServiceDraft>;

/**
 * What to ask for; what the server asks for where it is absent.
 */
export const ServiceScopes = Object.assign(
  Type.Array(
    Type.String({ minLength: 1, maxLength: 200, pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$' }),
    { maxItems: 100 },
  ),
  { $id: 'ServiceScopes' },
);
export type ServiceScopes = Static<typeof ServiceScopes>;

/**
 * A live connection of one user to one MCP server.
 */
export const Session = Object.assign(
  Type.Object(
    {
      user_id: Type.String(),
      connector_id: Type.String({ format: 'uuid' }),
      state: Type.String(),
      server_origin: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      era: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      transport: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      age_seconds: Type.Integer({ minimum: 0 }),
      idle_seconds: Type.Integer({ minimum: 0 }),
      in_use: Type.Integer({ minimum: 0 }),
      uses: Type.Integer({ minimum: 0 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'Session' },
);
export type Session = Static<typeof Session>;

export const SessionPage = Object.assign(
  Type.Object(
    {
      items: Type.Array(Type.Unsafe<Session>({ $ref: 'Session#' })),
      next_cursor: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      replica_id: Type.String(),
      totals: Type.Unsafe<SessionTotals>({ $ref: 'SessionTotals#' }),
      breakers: Type.Array(Type.Unsafe<CircuitBreaker>({ $ref: 'CircuitBreaker#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'SessionPage' },
);
export type SessionPage = Static<typeof SessionPage>;

/**
 * Over the whole tenant on this replica, whatever was asked for.
 */
export const SessionTotals = Object.assign(
  Type.Object(
    {
      sessions: Type.Integer({ minimum: 0 }),
      in_use: Type.Integer({ minimum: 0 }),
      breakers_open: Type.Integer({ minimum: 0 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'SessionTotals' },
);
export type SessionTotals = Static<typeof SessionTotals>;

/**
 * A server that is not saved yet.
 */
export const SignInDraft = Object.assign(
  Type.Object(
    {
      name: Type.Unsafe<ConnectorName>({ $ref: 'ConnectorName#' }),
      server_url: Type.Unsafe<ServerUrl>({ $ref: 'ServerUrl#' }),
      transport: Type.Optional(Type.Unsafe<Transport>({ $ref: 'Transport#' })),
      call_timeout_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 300 })),
      project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
      credential_mode: Type.Optional(Type.Unsafe<CredentialMode>({ $ref: 'CredentialMode#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'SignInDraft' },
);
export type SignInDraft = Static<typeof SignInDraft>;

/**
 * How to sign in to a server that asks for it, as it was discovered.
 */
export const SignInOffer = Object.assign(
  Type.Object(
    {
      issuer: Type.String(),
      scopes: Type.Array(Type.String()),
      registration: Type.Array(Type.String()),
    },
    { additionalProperties: false },
  ),
  { $id: 'SignInOffer' },
);
export type SignInOffer = Static<typeof SignInOffer>;

/**
 * A sign-in that has just begun.
 */
export const StartedAuthorization = Object.assign(
  Type.Object(
    {
      id: Type.String({ format: 'uuid' }),
      status: Type.String(),
      issuer: Type.String(),
      connector_id: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uuid' }),
      error_code: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      created_at: Type.String({ format: 'date-time' }),
      expires_at: Type.String({ format: 'date-time' }),
      authorization_url: Type.String(),
    },
    { additionalProperties: false },
  ),
  { $id: 'StartedAuthorization' },
);
export type StartedAuthorization = Static<typeof StartedAuthorization>;

/**
 * A tool that the operator offers to every user, and what the caller has of it.
 */
export const SystemTool = Object.assign(
  Type.Object(
    {
      key: Type.String(),
      title: Type.String(),
      description: Type.String(),
      icon: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uri' }),
      requires: Type.String(),
      is_open: Type.Boolean(),
      status: Type.String(),
      last_error: Type.Union([
        Type.Unsafe<ConnectorError>({ $ref: 'ConnectorError#' }),
        Type.Null(),
      ]),
      missing_scopes: Type.Array(Type.String()),
      connector_id: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uuid' }),
      slug: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      tool_count: Type.Integer({ minimum: 0 }),
      connected_at: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
      settings: Type.Array(Type.Unsafe<CatalogSetting>({ $ref: 'CatalogSetting#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'SystemTool' },
);
export type SystemTool = Static<typeof SystemTool>;

export const SystemToolConnect = Object.assign(
  Type.Object(
    {
      settings: Type.Optional(
        Type.Unsafe<Record<string, string | number | boolean | null>>({
          type: 'object',
          maxProperties: 20,
          additionalProperties: Type.Unsafe<string | number | boolean | null>({
            type: ['string', 'integer', 'boolean', 'null'],
            maxLength: 2000,
          }),
        }),
      ),
      return_url: Type.Optional(Type.String({ maxLength: 2048 })),
    },
    { additionalProperties: false },
  ),
  { $id: 'SystemToolConnect' },
);
export type SystemToolConnect = Static<typeof SystemToolConnect>;

export const SystemToolConnection = Object.assign(
  Type.Object(
    {
      tool: Type.Unsafe<SystemTool>({ $ref: 'SystemTool#' }),
      authorization: Type.Union([
        Type.Unsafe<StartedAuthorization>({ $ref: 'StartedAuthorization#' }),
        Type.Null(),
      ]),
    },
    { additionalProperties: false },
  ),
  { $id: 'SystemToolConnection' },
);
export type SystemToolConnection = Static<typeof SystemToolConnection>;

export const SystemTools = Object.assign(
  Type.Object(
    { items: Type.Array(Type.Unsafe<SystemTool>({ $ref: 'SystemTool#' })) },
    { additionalProperties: false },
  ),
  { $id: 'SystemTools' },
);
export type SystemTools = Static<typeof SystemTools>;

/**
 * Why a connection test failed. `INVALID_URL`: not a usable URL. `BLOCKED_URL`: an address that is not allowed.
 * `CONNECTION_FAILED`: DNS, refused, reset, TLS, or the server is busy. `TIMEOUT`: no answer in ten seconds.
 * `AUTH_REQUIRED`: credentials are needed. `AUTH_FAILED`: they were refused. `INVALID_MCP_SERVER`: no MCP server
 * answers there. `PROTOCOL_MISMATCH`: no common protocol version. `RESPONSE_TOO_LARGE`: too many bytes, pages or tools.
 */
export const TestErrorCode = Object.assign(Type.String(), { $id: 'TestErrorCode' });
export type TestErrorCode = Static<typeof TestErrorCode>;

/**
 * One definition that somebody has looked at and approves.
 */
export const ToolApproval = Object.assign(
  Type.Object(
    {
      tool_id: Type.String({ format: 'uuid' }),
      definition_hash: Type.String({ minLength: 64, maxLength: 64, pattern: '^[0-9a-f]{64}$' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolApproval' },
);
export type ToolApproval = Static<typeof ToolApproval>;

export const ToolApprovals = Object.assign(
  Type.Object(
    {
      approvals: Type.Array(Type.Unsafe<ToolApproval>({ $ref: 'ToolApproval#' }), {
        minItems: 1,
        maxItems: 500,
      }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolApprovals' },
);
export type ToolApprovals = Static<typeof ToolApprovals>;

export const ToolCall = Object.assign(
  Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9_-]+$' }),
      arguments: Type.Optional(Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' })),
      project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
      definition_hash: Type.Optional(
        Type.String({ minLength: 64, maxLength: 64, pattern: '^[0-9a-f]{64}$' }),
      ),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolCall' },
);
export type ToolCall = Static<typeof ToolCall>;

export const ToolCallResult = Object.assign(
  Type.Object(
    {
      content: Type.Array(Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' })),
      structured_content: Type.Union([
        Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }),
        Type.Null(),
      ]),
      is_error: Type.Boolean(),
      protocol_error: Type.Union([
        Type.Unsafe<ProtocolError>({ $ref: 'ProtocolError#' }),
        Type.Null(),
      ]),
      meta: Type.Union([Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }), Type.Null()]),
      connector_id: Type.String({ format: 'uuid' }),
      tool: Type.String(),
      duration_ms: Type.Integer({ minimum: 0 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolCallResult' },
);
export type ToolCallResult = Static<typeof ToolCallResult>;

/**
 * What is different from the definition that was approved last, or offered before.
 */
export const ToolChange = Object.assign(
  Type.Object(
    {
      differences: Type.Array(Type.Unsafe<ToolDifference>({ $ref: 'ToolDifference#' })),
      omitted: Type.Integer({ minimum: 0 }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolChange' },
);
export type ToolChange = Static<typeof ToolChange>;

/**
 * One place where two definitions differ. What servers wrote stands in `before` and `after` only, as data.
 */
export const ToolDifference = Object.assign(
  Type.Object(
    {
      field: Type.String(),
      pointer: Type.String(),
      kind: Type.String(),
      before: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      after: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      is_cut: Type.Boolean(),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolDifference' },
);
export type ToolDifference = Static<typeof ToolDifference>;

/**
 * A tool that a search found.
 */
export const ToolMatch = Object.assign(
  Type.Object(
    {
      tool: Type.Unsafe<McpTool>({ $ref: 'McpTool#' }),
      definition_hash: Type.String(),
      connector_id: Type.String({ format: 'uuid' }),
      connector_name: Type.String(),
      outcome: Type.String(),
      score: Type.Number(),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolMatch' },
);
export type ToolMatch = Static<typeof ToolMatch>;

export const ToolMatches = Object.assign(
  Type.Object(
    { items: Type.Array(Type.Unsafe<ToolMatch>({ $ref: 'ToolMatch#' })) },
    { additionalProperties: false },
  ),
  { $id: 'ToolMatches' },
);
export type ToolMatches = Static<typeof ToolMatches>;

export const ToolPreflight = Object.assign(
  Type.Object(
    {
      names: Type.Array(
        Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
        { minItems: 1, maxItems: 64 },
      ),
      definition_hashes: Type.Optional(
        Type.Unsafe<Record<string, string>>({
          type: 'object',
          maxProperties: 64,
          additionalProperties: Type.String({
            minLength: 64,
            maxLength: 64,
            pattern: '^[0-9a-f]{64}$',
          }),
        }),
      ),
      project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolPreflight' },
);
export type ToolPreflight = Static<typeof ToolPreflight>;

export const ToolPreflightReport = Object.assign(
  Type.Object(
    {
      ready: Type.Boolean(),
      items: Type.Array(Type.Unsafe<ToolReadiness>({ $ref: 'ToolReadiness#' })),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolPreflightReport' },
);
export type ToolPreflightReport = Static<typeof ToolPreflightReport>;

/**
 * Whether one tool can be called now, or why not.
 */
export const ToolReadiness = Object.assign(
  Type.Object(
    {
      name: Type.String(),
      ready: Type.Boolean(),
      outcome: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      connector_id: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uuid' }),
      definition_hash: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      code: Type.Union([Type.Unsafe<ErrorCode>({ $ref: 'ErrorCode#' }), Type.Null()]),
      detail: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      retryable: Type.Boolean(),
      retry_after_seconds: Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 1 }),
      action: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      nearest: Type.Array(Type.String()),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolReadiness' },
);
export type ToolReadiness = Static<typeof ToolReadiness>;

/**
 * A tool that was left out, and why.
 */
export const ToolWarning = Object.assign(
  Type.Object({ tool: Type.String(), message: Type.String() }, { additionalProperties: false }),
  { $id: 'ToolWarning' },
);
export type ToolWarning = Static<typeof ToolWarning>;

export const Toolset = Object.assign(
  Type.Object(
    {
      tools: Type.Array(Type.Unsafe<AgentTool>({ $ref: 'AgentTool#' })),
      tool_choice: Type.Union([Type.Unsafe<JsonObject>({ $ref: 'JsonObject#' }), Type.Null()]),
      instructions: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      definition_hashes: Type.Unsafe<Record<string, string>>({
        type: 'object',
        additionalProperties: Type.String(),
      }),
      warnings: Type.Array(Type.Unsafe<ToolsetWarning>({ $ref: 'ToolsetWarning#' })),
      outcomes: Type.Array(Type.Unsafe<ToolsetOutcome>({ $ref: 'ToolsetOutcome#' })),
      content_hash: Type.String(),
    },
    { additionalProperties: false },
  ),
  { $id: 'Toolset' },
);
export type Toolset = Static<typeof Toolset>;

/**
 * How fresh the tools of one connector are, and what to do where they are not.
 */
export const ToolsetOutcome = Object.assign(
  Type.Object(
    {
      connector_id: Type.String({ format: 'uuid' }),
      name: Type.String(),
      slug: Type.String(),
      project_id: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      outcome: Type.String(),
      code: Type.Union([Type.Unsafe<TestErrorCode>({ $ref: 'TestErrorCode#' }), Type.Null()]),
      message: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      tool_count: Type.Integer({ minimum: 0 }),
      held_tool_count: Type.Integer({ minimum: 0 }),
      discovered_at: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
      last_failed_at: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
      failing_since: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolsetOutcome' },
);
export type ToolsetOutcome = Static<typeof ToolsetOutcome>;

/**
 * A tool that is not offered as its server describes it, or a list that was cut, and why.
 */
export const ToolsetWarning = Object.assign(
  Type.Object(
    {
      code: Type.String(),
      message: Type.String(),
      connector_id: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uuid' }),
      tool: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    },
    { additionalProperties: false },
  ),
  { $id: 'ToolsetWarning' },
);
export type ToolsetWarning = Static<typeof ToolsetWarning>;

/**
 * How to talk to the server; `auto` finds out.
 */
export const Transport = Object.assign(
  Type.Unsafe<'auto' | 'streamable-http' | 'sse'>({
    type: 'string',
    enum: ['auto', 'streamable-http', 'sse'],
  }),
  { $id: 'Transport' },
);
export type Transport = Static<typeof Transport>;

/**
 * How much of a user was erased. `sessions` are those of the replica that answered.
 */
export const UserErasure = Object.assign(
  Type.Object(
    {
      connectors: Type.Integer({ minimum: 0 }),
      credentials: Type.Integer({ minimum: 0 }),
      tools: Type.Integer({ minimum: 0 }),
      sign_ins: Type.Integer({ minimum: 0 }),
      idempotency_records: Type.Integer({ minimum: 0 }),
      grants_revoked: Type.Integer({ minimum: 0 }),
      sessions: Type.Unsafe<ClosedSessions>({ $ref: 'ClosedSessions#' }),
    },
    { additionalProperties: false },
  ),
  { $id: 'UserErasure' },
);
export type UserErasure = Static<typeof UserErasure>;

/** Every shared schema, for the `addSchema` of AJV and Fastify. */
export const components = [
  Agent,
  AgentLoad,
  AgentName,
  AgentProblemCode,
  AgentReport,
  AgentServer,
  AgentServerPhase,
  AgentTool,
  Agents,
  AnthropicTool,
  ApprovedTool,
  ApprovedTools,
  ArgumentMember,
  ArgumentShape,
  AuditPage,
  AuditRecord,
  AuditText,
  AuthType,
  Authorization,
  AuthorizationCompletion,
  AuthorizationCreate,
  BearerCredentials,
  Catalog,
  CatalogDiscovery,
  CatalogEnable,
  CatalogFinding,
  CatalogItem,
  CatalogKey,
  CatalogSetting,
  CatalogStatus,
  CircuitBreaker,
  ClosedSessions,
  Composer,
  ComposerTool,
  ConnectionTest,
  ConnectionTestReport,
  Connector,
  ConnectorCreate,
  ConnectorError,
  ConnectorExport,
  ConnectorName,
  ConnectorPage,
  ConnectorStatus,
  ConnectorStatusChange,
  ConnectorTool,
  ConnectorToolPage,
  ConnectorToolUpdate,
  ConnectorUpdate,
  CredentialMetadata,
  CredentialMode,
  Credentials,
  Deployment,
  DeploymentCreate,
  DeploymentInstance,
  DeploymentLogs,
  DeploymentPage,
  DiscoveredTool,
  ErrorCode,
  EventTicket,
  ExportOmission,
  ExportVariable,
  ExportedFile,
  FieldProblem,
  GeminiTool,
  HeaderCredentials,
  Heartbeat,
  ImportChoice,
  ImportContent,
  ImportEntry,
  ImportFile,
  ImportReport,
  ImportRequest,
  ImportSecret,
  ImportSignIn,
  Issuer,
  JsonObject,
  KeyId,
  McpTool,
  MemberRemoval,
  OAuthClient,
  OpenAiChatTool,
  OpenAiTool,
  PrivateKey,
  Problem,
  ProjectBody,
  ProjectId,
  ProtocolError,
  ServerInfo,
  ServerUrl,
  ServiceClient,
  ServiceClientWithKey,
  ServiceClientWithSecret,
  ServiceConnection,
  ServiceConnectionOfConnector,
  ServiceConnectionOfDraft,
  ServiceDraft,
  ServiceScopes,
  Session,
  SessionPage,
  SessionTotals,
  SignInDraft,
  SignInOffer,
  StartedAuthorization,
  SystemTool,
  SystemToolConnect,
  SystemToolConnection,
  SystemTools,
  TestErrorCode,
  ToolApproval,
  ToolApprovals,
  ToolCall,
  ToolCallResult,
  ToolChange,
  ToolDifference,
  ToolMatch,
  ToolMatches,
  ToolPreflight,
  ToolPreflightReport,
  ToolReadiness,
  ToolWarning,
  Toolset,
  ToolsetOutcome,
  ToolsetWarning,
  Transport,
  UserErasure,
] as const;

/** Every operation of the contract. */
export const operations = {
  listCatalog: {
    operationId: 'listCatalog',
    method: 'GET',
    url: '/api/catalog',
    path: '/api/catalog',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      querystring: Type.Object(
        { project_id: Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' }) },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: { 'application/json': { schema: Type.Unsafe<Catalog>({ $ref: 'Catalog#' }) } },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  discoverCatalog: {
    operationId: 'discoverCatalog',
    method: 'POST',
    url: '/api/catalog/discover',
    path: '/api/catalog/discover',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<ProjectBody>({ $ref: 'ProjectBody#' }),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<CatalogDiscovery>({ $ref: 'CatalogDiscovery#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  getCatalogEntry: {
    operationId: 'getCatalogEntry',
    method: 'GET',
    url: '/api/catalog/:key',
    path: '/api/catalog/{key}',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      params: Type.Object(
        { key: Type.Unsafe<CatalogKey>({ $ref: 'CatalogKey#' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Object(
        { project_id: Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' }) },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<CatalogItem>({ $ref: 'CatalogItem#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  deleteCatalogEntry: {
    operationId: 'deleteCatalogEntry',
    method: 'DELETE',
    url: '/api/catalog/:key',
    path: '/api/catalog/{key}',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { key: Type.Unsafe<CatalogKey>({ $ref: 'CatalogKey#' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Object(
        { project_id: Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' }) },
        { additionalProperties: false },
      ),
      response: {
        '204': Type.Null(),
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  enableCatalogEntry: {
    operationId: 'enableCatalogEntry',
    method: 'POST',
    url: '/api/catalog/:key/enable',
    path: '/api/catalog/{key}/enable',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { key: Type.Unsafe<CatalogKey>({ $ref: 'CatalogKey#' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<CatalogEnable>({ $ref: 'CatalogEnable#' }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<CatalogItem>({ $ref: 'CatalogItem#' }) },
          },
        },
        '202': {
          content: {
            'application/json': { schema: Type.Unsafe<CatalogItem>({ $ref: 'CatalogItem#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  disableCatalogEntry: {
    operationId: 'disableCatalogEntry',
    method: 'POST',
    url: '/api/catalog/:key/disable',
    path: '/api/catalog/{key}/disable',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { key: Type.Unsafe<CatalogKey>({ $ref: 'CatalogKey#' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<ProjectBody>({ $ref: 'ProjectBody#' }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<CatalogItem>({ $ref: 'CatalogItem#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  syncCatalogEntry: {
    operationId: 'syncCatalogEntry',
    method: 'POST',
    url: '/api/catalog/:key/sync',
    path: '/api/catalog/{key}/sync',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { key: Type.Unsafe<CatalogKey>({ $ref: 'CatalogKey#' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<ProjectBody>({ $ref: 'ProjectBody#' }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<CatalogItem>({ $ref: 'CatalogItem#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  listDeployments: {
    operationId: 'listDeployments',
    method: 'GET',
    url: '/api/deployments',
    path: '/api/deployments',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      querystring: Type.Object(
        {
          project_id: Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' }),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
          cursor: Type.Optional(
            Type.String({ minLength: 1, maxLength: 1000, pattern: '^[A-Za-z0-9_-]+$' }),
          ),
        },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<DeploymentPage>({ $ref: 'DeploymentPage#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  createDeployment: {
    operationId: 'createDeployment',
    method: 'POST',
    url: '/api/deployments',
    path: '/api/deployments',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<DeploymentCreate>({ $ref: 'DeploymentCreate#' }),
      response: {
        '202': {
          content: {
            'application/json': { schema: Type.Unsafe<Deployment>({ $ref: 'Deployment#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  getDeployment: {
    operationId: 'getDeployment',
    method: 'GET',
    url: '/api/deployments/:deployment_id',
    path: '/api/deployments/{deployment_id}',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      params: Type.Object(
        { deployment_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<Deployment>({ $ref: 'Deployment#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  deleteDeployment: {
    operationId: 'deleteDeployment',
    method: 'DELETE',
    url: '/api/deployments/:deployment_id',
    path: '/api/deployments/{deployment_id}',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { deployment_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '202': {
          content: {
            'application/json': { schema: Type.Unsafe<Deployment>({ $ref: 'Deployment#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  stopDeployment: {
    operationId: 'stopDeployment',
    method: 'POST',
    url: '/api/deployments/:deployment_id/stop',
    path: '/api/deployments/{deployment_id}/stop',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { deployment_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '202': {
          content: {
            'application/json': { schema: Type.Unsafe<Deployment>({ $ref: 'Deployment#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  startDeployment: {
    operationId: 'startDeployment',
    method: 'POST',
    url: '/api/deployments/:deployment_id/start',
    path: '/api/deployments/{deployment_id}/start',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { deployment_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '202': {
          content: {
            'application/json': { schema: Type.Unsafe<Deployment>({ $ref: 'Deployment#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  readDeploymentLogs: {
    operationId: 'readDeploymentLogs',
    method: 'GET',
    url: '/api/deployments/:deployment_id/logs',
    path: '/api/deployments/{deployment_id}/logs',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { deployment_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Object(
        { lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })) },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<DeploymentLogs>({ $ref: 'DeploymentLogs#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '502': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  listSystemTools: {
    operationId: 'listSystemTools',
    method: 'GET',
    url: '/api/tools',
    path: '/api/tools',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<SystemTools>({ $ref: 'SystemTools#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  connectSystemTool: {
    operationId: 'connectSystemTool',
    method: 'POST',
    url: '/api/tools/:key/connect',
    path: '/api/tools/{key}/connect',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { key: Type.Unsafe<CatalogKey>({ $ref: 'CatalogKey#' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Union([
        Type.Unsafe<SystemToolConnect>({ $ref: 'SystemToolConnect#' }),
        Type.Null(),
      ]),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<SystemToolConnection>({ $ref: 'SystemToolConnection#' }),
            },
          },
        },
        '202': {
          content: {
            'application/json': {
              schema: Type.Unsafe<SystemToolConnection>({ $ref: 'SystemToolConnection#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  disconnectSystemTool: {
    operationId: 'disconnectSystemTool',
    method: 'POST',
    url: '/api/tools/:key/disconnect',
    path: '/api/tools/{key}/disconnect',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { key: Type.Unsafe<CatalogKey>({ $ref: 'CatalogKey#' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<SystemTool>({ $ref: 'SystemTool#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  listConnectors: {
    operationId: 'listConnectors',
    method: 'GET',
    url: '/api/connectors',
    path: '/api/connectors',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      querystring: Type.Object(
        {
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
          cursor: Type.Optional(
            Type.String({ minLength: 1, maxLength: 1000, pattern: '^[A-Za-z0-9_-]+$' }),
          ),
          project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
        },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<ConnectorPage>({ $ref: 'ConnectorPage#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  createConnector: {
    operationId: 'createConnector',
    method: 'POST',
    url: '/api/connectors',
    path: '/api/connectors',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      headers: Type.Object({
        'idempotency-key': Type.Optional(
          Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' }),
        ),
      }),
      body: Type.Unsafe<ConnectorCreate>({ $ref: 'ConnectorCreate#' }),
      response: {
        '201': {
          content: {
            'application/json': { schema: Type.Unsafe<Connector>({ $ref: 'Connector#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  testConnection: {
    operationId: 'testConnection',
    method: 'POST',
    url: '/api/connectors/test',
    path: '/api/connectors/test',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<ConnectionTest>({ $ref: 'ConnectionTest#' }),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<ConnectionTestReport>({ $ref: 'ConnectionTestReport#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  getConnector: {
    operationId: 'getConnector',
    method: 'GET',
    url: '/api/connectors/:connector_id',
    path: '/api/connectors/{connector_id}',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<Connector>({ $ref: 'Connector#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  deleteConnector: {
    operationId: 'deleteConnector',
    method: 'DELETE',
    url: '/api/connectors/:connector_id',
    path: '/api/connectors/{connector_id}',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      headers: Type.Object({
        'if-match': Type.Optional(
          Type.String({ minLength: 1, maxLength: 1000, pattern: '^[\\x20-\\x7e]+$' }),
        ),
      }),
      response: {
        '204': Type.Null(),
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '412': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  updateConnector: {
    operationId: 'updateConnector',
    method: 'PATCH',
    url: '/api/connectors/:connector_id',
    path: '/api/connectors/{connector_id}',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      headers: Type.Object({
        'if-match': Type.Optional(
          Type.String({ minLength: 1, maxLength: 1000, pattern: '^[\\x20-\\x7e]+$' }),
        ),
      }),
      body: Type.Unsafe<ConnectorUpdate>({ $ref: 'ConnectorUpdate#' }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<Connector>({ $ref: 'Connector#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '412': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  testConnector: {
    operationId: 'testConnector',
    method: 'POST',
    url: '/api/connectors/:connector_id/test',
    path: '/api/connectors/{connector_id}/test',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<ConnectionTestReport>({ $ref: 'ConnectionTestReport#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  setConnectorStatus: {
    operationId: 'setConnectorStatus',
    method: 'POST',
    url: '/api/connectors/:connector_id/status',
    path: '/api/connectors/{connector_id}/status',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      headers: Type.Object({
        'if-match': Type.Optional(
          Type.String({ minLength: 1, maxLength: 1000, pattern: '^[\\x20-\\x7e]+$' }),
        ),
      }),
      body: Type.Unsafe<ConnectorStatusChange>({ $ref: 'ConnectorStatusChange#' }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<Connector>({ $ref: 'Connector#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '412': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  syncConnector: {
    operationId: 'syncConnector',
    method: 'POST',
    url: '/api/connectors/:connector_id/sync',
    path: '/api/connectors/{connector_id}/sync',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<Connector>({ $ref: 'Connector#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  getCredentials: {
    operationId: 'getCredentials',
    method: 'GET',
    url: '/api/connectors/:connector_id/credentials',
    path: '/api/connectors/{connector_id}/credentials',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<CredentialMetadata>({ $ref: 'CredentialMetadata#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  putCredentials: {
    operationId: 'putCredentials',
    method: 'PUT',
    url: '/api/connectors/:connector_id/credentials',
    path: '/api/connectors/{connector_id}/credentials',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      headers: Type.Object({
        'if-match': Type.Optional(
          Type.String({ minLength: 1, maxLength: 1000, pattern: '^[\\x20-\\x7e]+$' }),
        ),
      }),
      body: Type.Unsafe<Credentials>({ $ref: 'Credentials#' }),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<CredentialMetadata>({ $ref: 'CredentialMetadata#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '412': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  deleteCredentials: {
    operationId: 'deleteCredentials',
    method: 'DELETE',
    url: '/api/connectors/:connector_id/credentials',
    path: '/api/connectors/{connector_id}/credentials',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      headers: Type.Object({
        'if-match': Type.Optional(
          Type.String({ minLength: 1, maxLength: 1000, pattern: '^[\\x20-\\x7e]+$' }),
        ),
      }),
      response: {
        '204': Type.Null(),
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '412': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  listConnectorTools: {
    operationId: 'listConnectorTools',
    method: 'GET',
    url: '/api/connectors/:connector_id/tools',
    path: '/api/connectors/{connector_id}/tools',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Object(
        {
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
          cursor: Type.Optional(
            Type.String({ minLength: 1, maxLength: 1000, pattern: '^[A-Za-z0-9_-]+$' }),
          ),
        },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<ConnectorToolPage>({ $ref: 'ConnectorToolPage#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  getConnectorTool: {
    operationId: 'getConnectorTool',
    method: 'GET',
    url: '/api/connectors/:connector_id/tools/:tool_id',
    path: '/api/connectors/{connector_id}/tools/{tool_id}',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }), tool_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<ConnectorTool>({ $ref: 'ConnectorTool#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  updateConnectorTool: {
    operationId: 'updateConnectorTool',
    method: 'PATCH',
    url: '/api/connectors/:connector_id/tools/:tool_id',
    path: '/api/connectors/{connector_id}/tools/{tool_id}',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }), tool_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      headers: Type.Object({
        'if-match': Type.Optional(
          Type.String({ minLength: 1, maxLength: 1000, pattern: '^[\\x20-\\x7e]+$' }),
        ),
      }),
      body: Type.Unsafe<ConnectorToolUpdate>({ $ref: 'ConnectorToolUpdate#' }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<ConnectorTool>({ $ref: 'ConnectorTool#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '412': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  approveConnectorTools: {
    operationId: 'approveConnectorTools',
    method: 'POST',
    url: '/api/connectors/:connector_id/tools/approvals',
    path: '/api/connectors/{connector_id}/tools/approvals',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { connector_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<ToolApprovals>({ $ref: 'ToolApprovals#' }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<ApprovedTools>({ $ref: 'ApprovedTools#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  startAuthorization: {
    operationId: 'startAuthorization',
    method: 'POST',
    url: '/api/oauth/authorizations',
    path: '/api/oauth/authorizations',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<AuthorizationCreate>({ $ref: 'AuthorizationCreate#' }),
      response: {
        '201': {
          content: {
            'application/json': {
              schema: Type.Unsafe<StartedAuthorization>({ $ref: 'StartedAuthorization#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  getAuthorization: {
    operationId: 'getAuthorization',
    method: 'GET',
    url: '/api/oauth/authorizations/:authorization_id',
    path: '/api/oauth/authorizations/{authorization_id}',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      params: Type.Object(
        { authorization_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<Authorization>({ $ref: 'Authorization#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  completeAuthorization: {
    operationId: 'completeAuthorization',
    method: 'POST',
    url: '/api/oauth/authorizations/:authorization_id/complete',
    path: '/api/oauth/authorizations/{authorization_id}/complete',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        { authorization_id: Type.String({ format: 'uuid' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<AuthorizationCompletion>({ $ref: 'AuthorizationCompletion#' }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<Connector>({ $ref: 'Connector#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  connectWithClientCredentials: {
    operationId: 'connectWithClientCredentials',
    method: 'POST',
    url: '/api/oauth/client-credentials',
    path: '/api/oauth/client-credentials',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<ServiceConnection>({ $ref: 'ServiceConnection#' }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<Connector>({ $ref: 'Connector#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  getUserTools: {
    operationId: 'getUserTools',
    method: 'GET',
    url: '/api/users/:user_id/tools',
    path: '/api/users/{user_id}/tools',
    security: [{ bearer: ['tools:read'] }],
    schema: {
      params: Type.Object(
        {
          user_id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
        },
        { additionalProperties: false },
      ),
      querystring: Type.Object(
        {
          format: Type.Optional(
            Type.Unsafe<'mcp' | 'openai' | 'openai-chat' | 'anthropic' | 'gemini'>({
              type: 'string',
              enum: ['mcp', 'openai', 'openai-chat', 'anthropic', 'gemini'],
              default: 'mcp',
            }),
          ),
          selected_tool: Type.Optional(
            Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
          ),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000 })),
          project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
        },
        { additionalProperties: false },
      ),
      headers: Type.Object({
        'if-none-match': Type.Optional(
          Type.String({ minLength: 1, maxLength: 1000, pattern: '^[\\x20-\\x7e]+$' }),
        ),
      }),
      response: {
        '200': {
          content: { 'application/json': { schema: Type.Unsafe<Toolset>({ $ref: 'Toolset#' }) } },
        },
        '304': Type.Null(),
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  searchUserTools: {
    operationId: 'searchUserTools',
    method: 'GET',
    url: '/api/users/:user_id/tools/search',
    path: '/api/users/{user_id}/tools/search',
    security: [{ bearer: ['tools:read'] }],
    schema: {
      params: Type.Object(
        {
          user_id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
        },
        { additionalProperties: false },
      ),
      querystring: Type.Object(
        {
          q: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
          project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
        },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<ToolMatches>({ $ref: 'ToolMatches#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  preflightUserTools: {
    operationId: 'preflightUserTools',
    method: 'POST',
    url: '/api/users/:user_id/tools/preflight',
    path: '/api/users/{user_id}/tools/preflight',
    security: [{ bearer: ['tools:read'] }],
    schema: {
      params: Type.Object(
        {
          user_id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
        },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<ToolPreflight>({ $ref: 'ToolPreflight#' }),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<ToolPreflightReport>({ $ref: 'ToolPreflightReport#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  callUserTool: {
    operationId: 'callUserTool',
    method: 'POST',
    url: '/api/users/:user_id/tools/call',
    path: '/api/users/{user_id}/tools/call',
    security: [{ bearer: ['tools:call'] }],
    schema: {
      params: Type.Object(
        {
          user_id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
        },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      headers: Type.Object({
        'idempotency-key': Type.Optional(
          Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' }),
        ),
      }),
      body: Type.Unsafe<ToolCall>({ $ref: 'ToolCall#' }),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<ToolCallResult>({ $ref: 'ToolCallResult#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '409': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '502': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '504': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  getUserComposer: {
    operationId: 'getUserComposer',
    method: 'GET',
    url: '/api/users/:user_id/composer',
    path: '/api/users/{user_id}/composer',
    security: [{ bearer: ['tools:read'] }],
    schema: {
      params: Type.Object(
        {
          user_id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
        },
        { additionalProperties: false },
      ),
      querystring: Type.Object(
        {
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
          project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
        },
        { additionalProperties: false },
      ),
      headers: Type.Object({
        'if-none-match': Type.Optional(
          Type.String({ minLength: 1, maxLength: 1000, pattern: '^[\\x20-\\x7e]+$' }),
        ),
      }),
      response: {
        '200': {
          content: { 'application/json': { schema: Type.Unsafe<Composer>({ $ref: 'Composer#' }) } },
        },
        '304': Type.Null(),
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  previewImport: {
    operationId: 'previewImport',
    method: 'POST',
    url: '/api/imports/preview',
    path: '/api/imports/preview',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<ImportFile>({ $ref: 'ImportFile#' }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<ImportReport>({ $ref: 'ImportReport#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  importServers: {
    operationId: 'importServers',
    method: 'POST',
    url: '/api/imports',
    path: '/api/imports',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<ImportRequest>({ $ref: 'ImportRequest#' }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<ImportReport>({ $ref: 'ImportReport#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  exportConnectors: {
    operationId: 'exportConnectors',
    method: 'GET',
    url: '/api/exports',
    path: '/api/exports',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      querystring: Type.Object(
        {
          format: Type.Unsafe<
            'mcp-json' | 'claude-desktop' | 'claude-code' | 'cursor' | 'vscode' | 'codex'
          >({
            type: 'string',
            enum: ['mcp-json', 'claude-desktop', 'claude-code', 'cursor', 'vscode', 'codex'],
          }),
          project_id: Type.Optional(Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' })),
        },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<ConnectorExport>({ $ref: 'ConnectorExport#' }),
            },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  followEvents: {
    operationId: 'followEvents',
    method: 'GET',
    url: '/api/events',
    path: '/api/events',
    security: [{ bearer: ['connectors:read'] }, { eventTicket: [] }],
    schema: {
      querystring: Type.Object(
        { last_event_id: Type.Optional(Type.String()), ticket: Type.Optional(Type.String()) },
        { additionalProperties: false },
      ),
      headers: Type.Object({ 'last-event-id': Type.Optional(Type.String()) }),
      response: {
        '200': { content: { 'text/event-stream': { schema: Type.String() } } },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  createEventTicket: {
    operationId: 'createEventTicket',
    method: 'POST',
    url: '/api/events/tickets',
    path: '/api/events/tickets',
    security: [{ bearer: ['connectors:read'] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '201': {
          content: {
            'application/json': { schema: Type.Unsafe<EventTicket>({ $ref: 'EventTicket#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  listSessions: {
    operationId: 'listSessions',
    method: 'GET',
    url: '/api/sessions',
    path: '/api/sessions',
    security: [{ bearer: ['operator'] }],
    schema: {
      querystring: Type.Object(
        {
          user_id: Type.Optional(
            Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
          ),
          connector_id: Type.Optional(Type.String({ format: 'uuid' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
          cursor: Type.Optional(
            Type.String({ minLength: 1, maxLength: 1000, pattern: '^[A-Za-z0-9_-]+$' }),
          ),
        },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<SessionPage>({ $ref: 'SessionPage#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  closeSessions: {
    operationId: 'closeSessions',
    method: 'DELETE',
    url: '/api/sessions',
    path: '/api/sessions',
    security: [{ bearer: ['operator'] }],
    schema: {
      querystring: Type.Object(
        {
          user_id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
          connector_id: Type.Optional(Type.String({ format: 'uuid' })),
        },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: {
            'application/json': {
              schema: Type.Unsafe<ClosedSessions>({ $ref: 'ClosedSessions#' }),
            },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  removeProjectMember: {
    operationId: 'removeProjectMember',
    method: 'DELETE',
    url: '/api/projects/:project_id/members/:user_id',
    path: '/api/projects/{project_id}/members/{user_id}',
    security: [{ bearer: ['connectors:write'] }],
    schema: {
      params: Type.Object(
        {
          project_id: Type.Unsafe<ProjectId>({ $ref: 'ProjectId#' }),
          user_id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
        },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<MemberRemoval>({ $ref: 'MemberRemoval#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '404': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  listAuditRecords: {
    operationId: 'listAuditRecords',
    method: 'GET',
    url: '/api/admin/audit',
    path: '/api/admin/audit',
    security: [{ bearer: ['operator'] }],
    schema: {
      querystring: Type.Object(
        {
          actor_id: Type.Optional(Type.Unsafe<AuditText>({ $ref: 'AuditText#' })),
          user_id: Type.Optional(Type.Unsafe<AuditText>({ $ref: 'AuditText#' })),
          project_id: Type.Optional(Type.Unsafe<AuditText>({ $ref: 'AuditText#' })),
          connector_id: Type.Optional(Type.String({ format: 'uuid' })),
          object_id: Type.Optional(Type.Unsafe<AuditText>({ $ref: 'AuditText#' })),
          action: Type.Optional(
            Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z_.]+$' }),
          ),
          outcome: Type.Optional(
            Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z_]+$' }),
          ),
          from: Type.Optional(Type.String({ format: 'date-time' })),
          to: Type.Optional(Type.String({ format: 'date-time' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
          cursor: Type.Optional(
            Type.String({ minLength: 1, maxLength: 1000, pattern: '^[A-Za-z0-9_-]+$' }),
          ),
        },
        { additionalProperties: false },
      ),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<AuditPage>({ $ref: 'AuditPage#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  eraseUser: {
    operationId: 'eraseUser',
    method: 'DELETE',
    url: '/api/admin/users/:user_id',
    path: '/api/admin/users/{user_id}',
    security: [{ bearer: ['operator'] }],
    schema: {
      params: Type.Object(
        {
          user_id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
        },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: {
            'application/json': { schema: Type.Unsafe<UserErasure>({ $ref: 'UserErasure#' }) },
          },
        },
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  receiveHeartbeat: {
    operationId: 'receiveHeartbeat',
    method: 'POST',
    url: '/api/agents/:name/heartbeat',
    path: '/api/agents/{name}/heartbeat',
    security: [{ agentSecret: [] }],
    schema: {
      params: Type.Object(
        { name: Type.Unsafe<AgentName>({ $ref: 'AgentName#' }) },
        { additionalProperties: false },
      ),
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      body: Type.Unsafe<Heartbeat>({ $ref: 'Heartbeat#' }),
      response: {
        '204': Type.Null(),
        '400': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '413': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '414': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '415': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
  listAgents: {
    operationId: 'listAgents',
    method: 'GET',
    url: '/api/admin/agents',
    path: '/api/admin/agents',
    security: [{ bearer: ['operator'] }],
    schema: {
      querystring: Type.Unsafe<Record<string, never>>({
        type: 'object',
        additionalProperties: false,
      }),
      response: {
        '200': {
          content: { 'application/json': { schema: Type.Unsafe<Agents>({ $ref: 'Agents#' }) } },
        },
        '401': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '403': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '422': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '429': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '500': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
        '503': {
          content: {
            'application/problem+json': { schema: Type.Unsafe<Problem>({ $ref: 'Problem#' }) },
          },
        },
      },
    },
  },
} as const;
