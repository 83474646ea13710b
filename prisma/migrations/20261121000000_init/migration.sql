-- The roles belong to the whole cluster, not to this database: another database may have created them
-- already, or be creating them right now.
DO $$
DECLARE
  wanted text;
  attempt int := 0;
  switchable text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['mcp_connectors_app', 'mcp_connectors_worker'] LOOP
    LOOP
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
          EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        IF EXISTS (
          SELECT FROM pg_roles
          WHERE rolname = wanted AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
        ) THEN
          RAISE EXCEPTION 'role % has more rights than the service may have', wanted
            USING HINT = format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION;', wanted);
        END IF;
        IF NOT pg_has_role(current_user, wanted, switchable) THEN
          -- Without INHERIT the login does not hold the policies of the roles unless it switches to them;
          -- before PostgreSQL 16 a membership cannot say so.
          IF switchable = 'SET' THEN
            EXECUTE format('GRANT %I TO CURRENT_USER WITH INHERIT FALSE, SET TRUE', wanted);
          ELSE
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
          END IF;
        END IF;
        EXIT;
      EXCEPTION
        -- Another database got there first ("tuple concurrently updated" is an internal error).
        WHEN duplicate_object OR unique_violation OR internal_error THEN
          attempt := attempt + 1;
          IF attempt > 50 THEN RAISE; END IF;
          PERFORM pg_sleep(0.02);
        WHEN insufficient_privilege THEN
          RAISE EXCEPTION 'the login % may not create the role %, or not grant it to itself', current_user, wanted
            USING ERRCODE = 'insufficient_privilege',
              HINT = format(
                'Let an administrator run once: CREATE ROLE mcp_connectors_app NOLOGIN; CREATE ROLE mcp_connectors_worker NOLOGIN; GRANT mcp_connectors_app, mcp_connectors_worker TO %I;',
                current_user);
      END;
    END LOOP;
  END LOOP;
END
$$;

CREATE TABLE "connectors" (
    "id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "owner_kind" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "server_url_sealed" TEXT NOT NULL,
    "server_origin" TEXT NOT NULL,
    "transport" TEXT NOT NULL,
    "auth_type" TEXT NOT NULL,
    "intent" TEXT NOT NULL,
    "health" TEXT NOT NULL,
    "last_error_code" TEXT,
    "last_error_at" TIMESTAMPTZ(3),
    "last_tested_at" TIMESTAMPTZ(3) NOT NULL,
    "tools_discovered_at" TIMESTAMPTZ(3) NOT NULL,
    "era" TEXT,
    "resolved_transport" TEXT,
    "protocol_version" TEXT,
    "server_name" TEXT,
    "server_version" TEXT,
    "server_title" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "credential_generation" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "connectors_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "connectors_tenant_id_check" CHECK (char_length(tenant_id) BETWEEN 1 AND 255),
    CONSTRAINT "connectors_owner_kind_check" CHECK (owner_kind IN ('user', 'project')),
    CONSTRAINT "connectors_owner_id_check" CHECK (char_length(owner_id) BETWEEN 1 AND 255),
    CONSTRAINT "connectors_name_check" CHECK (char_length(name) BETWEEN 1 AND 100 AND name !~ '^\s|\s$'),
    CONSTRAINT "connectors_slug_check" CHECK (slug ~ '^[a-z0-9][a-z0-9-]*$' AND char_length(slug) <= 32),
    CONSTRAINT "connectors_server_url_sealed_check" CHECK (server_url_sealed ~ '^mc1\.'),
    CONSTRAINT "connectors_transport_check" CHECK (transport IN ('auto', 'streamable-http', 'sse')),
    CONSTRAINT "connectors_auth_type_check" CHECK (auth_type IN ('none', 'bearer', 'headers', 'oauth2')),
    CONSTRAINT "connectors_intent_check" CHECK (intent IN ('ENABLED', 'DISABLED')),
    CONSTRAINT "connectors_health_check" CHECK (health IN ('HEALTHY', 'ERROR', 'NEEDS_AUTH')),
    CONSTRAINT "connectors_last_error_check" CHECK ((last_error_code IS NULL) = (last_error_at IS NULL)),
    CONSTRAINT "connectors_era_check" CHECK (era IN ('legacy', 'modern')),
    CONSTRAINT "connectors_resolved_transport_check" CHECK (resolved_transport IN ('streamable-http', 'sse')),
    CONSTRAINT "connectors_version_check" CHECK (version >= 1),
    CONSTRAINT "connectors_credential_generation_check" CHECK (credential_generation >= 1)
);

CREATE TABLE "credentials" (
    "id" UUID NOT NULL,
    "connector_id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "owner_kind" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "header_names" TEXT[] NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "credentials_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "credentials_kind_check" CHECK (kind IN ('bearer', 'headers')),
    CONSTRAINT "credentials_sealed_check" CHECK (sealed ~ '^mc1\.'),
    CONSTRAINT "credentials_header_names_check" CHECK (kind <> 'headers' OR cardinality(header_names) > 0)
);

CREATE TABLE "connector_tools" (
    "id" UUID NOT NULL,
    "connector_id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "owner_kind" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "exposed_name" TEXT NOT NULL,
    "definition" JSON NOT NULL,
    "definition_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "connector_tools_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "connector_tools_name_check" CHECK (name <> ''),
    CONSTRAINT "connector_tools_exposed_name_check" CHECK (exposed_name ~ '^[a-zA-Z0-9_-]{1,64}$'),
    CONSTRAINT "connector_tools_definition_check" CHECK (json_typeof(definition) = 'object'),
    CONSTRAINT "connector_tools_definition_hash_check" CHECK (definition_hash ~ '^[0-9a-f]{64}$')
);

CREATE TABLE "idempotency_records" (
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "sealed" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_records_pkey" PRIMARY KEY ("tenant_id","user_id","operation","key"),
    CONSTRAINT "idempotency_records_tenant_id_check" CHECK (char_length(tenant_id) BETWEEN 1 AND 255),
    CONSTRAINT "idempotency_records_user_id_check" CHECK (char_length(user_id) BETWEEN 1 AND 255),
    CONSTRAINT "idempotency_records_operation_check" CHECK (char_length(operation) BETWEEN 1 AND 255),
    CONSTRAINT "idempotency_records_key_check" CHECK (char_length(key) BETWEEN 1 AND 255),
    CONSTRAINT "idempotency_records_request_hash_check" CHECK (request_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "idempotency_records_sealed_check" CHECK (sealed ~ '^mc1\.')
);

CREATE INDEX "connectors_tenant_id_owner_kind_owner_id_created_at_id_idx" ON "connectors"("tenant_id", "owner_kind", "owner_id", "created_at", "id");
CREATE UNIQUE INDEX "connectors_id_tenant_id_owner_kind_owner_id_key" ON "connectors"("id", "tenant_id", "owner_kind", "owner_id");
CREATE UNIQUE INDEX "connectors_tenant_id_owner_kind_owner_id_slug_key" ON "connectors"("tenant_id", "owner_kind", "owner_id", "slug");
-- An expression, which the Prisma schema cannot say: names are unique whatever their case.
CREATE UNIQUE INDEX "connectors_owner_name_key" ON "connectors"("tenant_id", "owner_kind", "owner_id", lower("name"));
CREATE UNIQUE INDEX "credentials_connector_id_key" ON "credentials"("connector_id");
CREATE UNIQUE INDEX "credentials_connector_id_tenant_id_owner_kind_owner_id_key" ON "credentials"("connector_id", "tenant_id", "owner_kind", "owner_id");
CREATE UNIQUE INDEX "connector_tools_connector_id_name_key" ON "connector_tools"("connector_id", "name");
CREATE UNIQUE INDEX "connector_tools_tenant_id_owner_kind_owner_id_exposed_name_key" ON "connector_tools"("tenant_id", "owner_kind", "owner_id", "exposed_name");
CREATE INDEX "idempotency_records_expires_at_idx" ON "idempotency_records"("expires_at");

-- With the owner in the key, a row can only hang on a connector of its own owner.
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_connector_id_tenant_id_owner_kind_owner_id_fkey" FOREIGN KEY ("connector_id", "tenant_id", "owner_kind", "owner_id") REFERENCES "connectors"("id", "tenant_id", "owner_kind", "owner_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "connector_tools" ADD CONSTRAINT "connector_tools_connector_id_tenant_id_owner_kind_owner_id_fkey" FOREIGN KEY ("connector_id", "tenant_id", "owner_kind", "owner_id") REFERENCES "connectors"("id", "tenant_id", "owner_kind", "owner_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security. FORCE binds the owner of the tables too. A setting that is absent reads as NULL and one
-- that was set in an earlier transaction as '': both compare to nothing, so a query without a caller finds nothing.
ALTER TABLE "connectors" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "connectors" FORCE ROW LEVEL SECURITY;
CREATE POLICY "connectors_app" ON "connectors" TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''))
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''));
CREATE POLICY "connectors_worker" ON "connectors" TO mcp_connectors_worker USING (true) WITH CHECK (true);

ALTER TABLE "credentials" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "credentials" FORCE ROW LEVEL SECURITY;
CREATE POLICY "credentials_app" ON "credentials" TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''))
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''));
CREATE POLICY "credentials_worker" ON "credentials" TO mcp_connectors_worker USING (true) WITH CHECK (true);

ALTER TABLE "connector_tools" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "connector_tools" FORCE ROW LEVEL SECURITY;
CREATE POLICY "connector_tools_app" ON "connector_tools" TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''))
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''));
CREATE POLICY "connector_tools_worker" ON "connector_tools" TO mcp_connectors_worker USING (true) WITH CHECK (true);

ALTER TABLE "idempotency_records" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "idempotency_records" FORCE ROW LEVEL SECURITY;
CREATE POLICY "idempotency_records_app" ON "idempotency_records" TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND user_id = nullif(current_setting('app.user', true), ''))
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '') AND user_id = nullif(current_setting('app.user', true), ''));
CREATE POLICY "idempotency_records_worker" ON "idempotency_records" TO mcp_connectors_worker USING (true) WITH CHECK (true);

-- What each role may do. The worker checks, seals again and cleans up; it never creates what users own.
GRANT SELECT, INSERT, UPDATE, DELETE ON "connectors", "credentials", "connector_tools", "idempotency_records" TO mcp_connectors_app;
GRANT SELECT, UPDATE ON "connectors", "credentials" TO mcp_connectors_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON "connector_tools" TO mcp_connectors_worker;
GRANT SELECT, UPDATE, DELETE ON "idempotency_records" TO mcp_connectors_worker;

-- PostgreSQL may have been told to withhold the schema from PUBLIC. Both roles read which migrations ran.
DO $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO mcp_connectors_app, mcp_connectors_worker', current_schema());
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    GRANT SELECT ON "_prisma_migrations" TO mcp_connectors_app, mcp_connectors_worker;
  END IF;
END
$$;
