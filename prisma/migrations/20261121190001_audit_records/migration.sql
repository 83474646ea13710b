-- CreateTable
CREATE TABLE "audit_records" (
    "id" BIGSERIAL NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" TEXT,
    "agent" TEXT,
    "user_id" TEXT,
    "project_id" TEXT,
    "action" TEXT NOT NULL,
    "object_kind" TEXT,
    "object_id" TEXT,
    "connector_id" TEXT,
    "outcome" TEXT NOT NULL,
    "request_id" TEXT,
    "arguments" JSON,

    CONSTRAINT "audit_records_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "audit_records_tenant_id_check" CHECK (char_length(tenant_id) BETWEEN 1 AND 255),
    CONSTRAINT "audit_records_action_check" CHECK (action ~ '^[A-Za-z_.]{1,64}$'),
    CONSTRAINT "audit_records_outcome_check" CHECK (outcome ~ '^[A-Za-z_]{1,64}$'),
    CONSTRAINT "audit_records_object_check" CHECK (octet_length(object_id) <= 1024 AND octet_length(connector_id) <= 255),
    CONSTRAINT "audit_records_arguments_check" CHECK (octet_length(arguments::text) <= 16384)
);

-- CreateIndex
CREATE INDEX "audit_records_tenant_id_at_id_idx" ON "audit_records"("tenant_id", "at", "id");

-- CreateIndex
CREATE INDEX "audit_records_tenant_id_user_id_at_idx" ON "audit_records"("tenant_id", "user_id", "at");

-- CreateIndex
CREATE INDEX "audit_records_tenant_id_actor_id_at_idx" ON "audit_records"("tenant_id", "actor_id", "at");

-- CreateIndex
CREATE INDEX "audit_records_tenant_id_object_id_at_idx" ON "audit_records"("tenant_id", "object_id", "at");

-- CreateIndex
CREATE INDEX "audit_records_tenant_id_connector_id_at_idx" ON "audit_records"("tenant_id", "connector_id", "at");

-- CreateIndex
CREATE INDEX "audit_records_at_idx" ON "audit_records"("at");

-- Requests add records of their tenant, and read those where an operator asks for them (`app.audit`). Nobody changes one: the right to is granted
-- to no role. Background work adds what is recorded in batches, and deletes what is old.
ALTER TABLE "audit_records" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "audit_records" FORCE ROW LEVEL SECURITY;
CREATE POLICY "audit_records_app_add" ON "audit_records" FOR INSERT TO mcp_connectors_app
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), ''));
CREATE POLICY "audit_records_app_read" ON "audit_records" FOR SELECT TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND current_setting('app.audit', true) = 'on');
CREATE POLICY "audit_records_worker" ON "audit_records" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON "audit_records" TO mcp_connectors_app;
GRANT SELECT, INSERT, DELETE ON "audit_records" TO mcp_connectors_worker;
GRANT USAGE ON SEQUENCE "audit_records_id_seq" TO mcp_connectors_app, mcp_connectors_worker;

-- An erased user stays one person in the records, whom nobody can name any more. It works with the rights of the tables' owner, for the user of
-- the transaction alone.
CREATE POLICY "audit_records_erasure_read" ON "audit_records" FOR SELECT
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND current_user NOT IN ('mcp_connectors_app', 'mcp_connectors_worker'));
CREATE POLICY "audit_records_erasure" ON "audit_records" FOR UPDATE
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND current_user NOT IN ('mcp_connectors_app', 'mcp_connectors_worker'))
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), ''));
CREATE FUNCTION "audit_pseudonymize"() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  tenant constant text := nullif(pg_catalog.current_setting('app.tenant', true), '');
  person constant text := nullif(pg_catalog.current_setting('app.user', true), '');
  pseudonym constant text := 'erased-' || pg_catalog.gen_random_uuid()::text;
BEGIN
  UPDATE "audit_records" SET
    actor_id = CASE actor_id WHEN person THEN pseudonym ELSE actor_id END,
    user_id = CASE user_id WHEN person THEN pseudonym ELSE user_id END,
    object_id = CASE WHEN object_kind IN ('user', 'member') AND object_id = person THEN pseudonym ELSE object_id END
  WHERE tenant_id = tenant
    AND (actor_id = person OR user_id = person OR (object_kind IN ('user', 'member') AND object_id = person));
END
$$;
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION audit_pseudonymize() SET search_path = pg_catalog, %I, pg_temp', current_schema());
END
$$;
REVOKE ALL ON FUNCTION "audit_pseudonymize"() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "audit_pseudonymize"() TO mcp_connectors_app;
