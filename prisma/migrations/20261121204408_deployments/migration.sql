-- CreateTable
CREATE TABLE "deployments" (
    "id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "owner_kind" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "entry_key" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "wanted" TEXT NOT NULL,
    "enable_wanted" BOOLEAN NOT NULL DEFAULT false,
    "sealed" TEXT NOT NULL,
    "spec_hash" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "runtime" TEXT,
    "step" TEXT NOT NULL,
    "error_code" TEXT,
    "error_target" TEXT,
    "started_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "lease_id" UUID,
    "leased_until" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deployments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deployment_instances" (
    "id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "owner_kind" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "runtime" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "url" TEXT,
    "sessions" INTEGER NOT NULL DEFAULT 0,
    "seen_at" TIMESTAMPTZ(3),
    "missed" INTEGER NOT NULL DEFAULT 0,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "problem_code" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deployment_instances_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "deployments_tenant_id_owner_kind_owner_id_created_at_id_idx" ON "deployments"("tenant_id", "owner_kind", "owner_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "deployments_due_at_idx" ON "deployments"("due_at");

-- CreateIndex
CREATE UNIQUE INDEX "deployments_id_tenant_id_owner_kind_owner_id_key" ON "deployments"("id", "tenant_id", "owner_kind", "owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "deployments_owner_entry_key" ON "deployments"("tenant_id", "owner_kind", "owner_id", "entry_key");

-- CreateIndex
CREATE INDEX "deployment_instances_deployment_id_idx" ON "deployment_instances"("deployment_id");

-- AddForeignKey
ALTER TABLE "deployment_instances" ADD CONSTRAINT "deployment_instances_deployment_id_tenant_id_owner_kind_ow_fkey" FOREIGN KEY ("deployment_id", "tenant_id", "owner_kind", "owner_id") REFERENCES "deployments"("id", "tenant_id", "owner_kind", "owner_id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "deployments"
    -- Entries that are deployed are offered to projects.
    ADD CONSTRAINT "deployments_owner_check" CHECK (owner_kind = 'project' AND char_length(owner_id) BETWEEN 1 AND 255 AND char_length(tenant_id) BETWEEN 1 AND 255),
    ADD CONSTRAINT "deployments_entry_key_check" CHECK (entry_key ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' AND char_length(entry_key) <= 24),
    ADD CONSTRAINT "deployments_state_check" CHECK (state IN ('deploying', 'running', 'idle', 'unreachable', 'failed', 'stopping', 'stopped')),
    ADD CONSTRAINT "deployments_wanted_check" CHECK (wanted IN ('running', 'stopped', 'deleted')),
    ADD CONSTRAINT "deployments_runtime_check" CHECK (runtime IN ('static', 'process', 'agent', 'kubernetes')),
    ADD CONSTRAINT "deployments_sealed_check" CHECK (sealed LIKE 'mc1.%'),
    ADD CONSTRAINT "deployments_step_check" CHECK (char_length(step) BETWEEN 1 AND 64),
    ADD CONSTRAINT "deployments_error_check" CHECK (error_code ~ '^[A-Z_]{1,64}$' AND char_length(error_target) <= 255);

ALTER TABLE "deployment_instances"
    ADD CONSTRAINT "deployment_instances_state_check" CHECK (state IN ('starting', 'running', 'idle', 'failed', 'unreachable', 'stopping')),
    ADD CONSTRAINT "deployment_instances_runtime_check" CHECK (runtime IN ('process', 'agent', 'kubernetes')),
    ADD CONSTRAINT "deployment_instances_text_check" CHECK (char_length(target) <= 255 AND char_length(url) <= 2000 AND problem_code ~ '^[A-Z_]{1,64}$');

-- Requests say what is wanted, and never delete: a row goes when its servers are gone. Background work does the rest.
ALTER TABLE "deployments" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "deployments" FORCE ROW LEVEL SECURITY;
CREATE POLICY "deployments_app" ON "deployments" TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'project' AND owner_id = ANY (nullif(current_setting('app.projects', true), '')::text[]))
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'project' AND owner_id = ANY (nullif(current_setting('app.projects', true), '')::text[]));
CREATE POLICY "deployments_worker" ON "deployments" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON "deployments" TO mcp_connectors_app;
GRANT SELECT, UPDATE, DELETE ON "deployments" TO mcp_connectors_worker;

ALTER TABLE "deployment_instances" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "deployment_instances" FORCE ROW LEVEL SECURITY;
CREATE POLICY "deployment_instances_app" ON "deployment_instances" FOR SELECT TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'project' AND owner_id = ANY (nullif(current_setting('app.projects', true), '')::text[]));
CREATE POLICY "deployment_instances_worker" ON "deployment_instances" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT ON "deployment_instances" TO mcp_connectors_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON "deployment_instances" TO mcp_connectors_worker;

-- What the members of the project follow. Whoever shows the catalog follows its entries by their keys.
CREATE FUNCTION "deployment_events"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  about record;
  kind text;
BEGIN
  IF TG_OP = 'DELETE' THEN about := OLD; kind := 'deployment.deleted';
  ELSE about := NEW; kind := CASE TG_OP WHEN 'INSERT' THEN 'deployment.created' ELSE 'deployment.updated' END;
  END IF;
  PERFORM "add_owner_event"(about.tenant_id, about.owner_kind, about.owner_id, kind, 'deployment', about.id::text);
  PERFORM "add_owner_event"(about.tenant_id, about.owner_kind, about.owner_id, 'catalog.changed', 'catalog_entry', about.entry_key);
  RETURN NULL;
END
$$;

-- Background work begins at once, and not when it is due by the clock. Jobs are the worker's: requests get no further than this. Without the
-- tables of jobs the row waits for its time.
CREATE FUNCTION "deployment_work"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF pg_catalog.to_regclass('mcp_connectors_jobs.migrations') IS NOT NULL THEN
    PERFORM mcp_connectors_jobs.add_job('advance-deployments', job_key => 'advance-deployments', max_attempts => 4);
  END IF;
  RETURN NULL;
END
$$;

-- Every replica keeps users' connectors away from where instances are. Nothing is said of them but that they changed.
CREATE FUNCTION "deployment_place_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.pg_notify('mcp_connectors_deployments', '');
  RETURN NULL;
END
$$;

-- They run with the owner's rights: what they name is looked for in this schema, and nowhere else before it.
DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['deployment_events()', 'deployment_work()', 'deployment_place_changed()'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I, pg_temp', one, current_schema());
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one);
  END LOOP;
END
$$;

CREATE TRIGGER "deployments_events" AFTER INSERT OR DELETE ON "deployments" FOR EACH ROW EXECUTE FUNCTION "deployment_events"();
CREATE TRIGGER "deployments_events_update" AFTER UPDATE ON "deployments" FOR EACH ROW WHEN (OLD.version <> NEW.version) EXECUTE FUNCTION "deployment_events"();
CREATE TRIGGER "deployments_work_insert" AFTER INSERT ON "deployments" FOR EACH ROW EXECUTE FUNCTION "deployment_work"();
CREATE TRIGGER "deployments_work_update" AFTER UPDATE ON "deployments" FOR EACH ROW
  WHEN ((OLD.wanted, OLD.generation, OLD.enable_wanted) IS DISTINCT FROM (NEW.wanted, NEW.generation, NEW.enable_wanted)) EXECUTE FUNCTION "deployment_work"();
CREATE TRIGGER "deployment_instances_place_insert" AFTER INSERT ON "deployment_instances" FOR EACH ROW WHEN (NEW.url IS NOT NULL) EXECUTE FUNCTION "deployment_place_changed"();
CREATE TRIGGER "deployment_instances_place_update" AFTER UPDATE ON "deployment_instances" FOR EACH ROW WHEN (OLD.url IS DISTINCT FROM NEW.url) EXECUTE FUNCTION "deployment_place_changed"();
