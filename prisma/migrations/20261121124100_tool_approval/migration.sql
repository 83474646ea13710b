-- AlterTable
ALTER TABLE "connector_tools" ADD COLUMN     "approved_at" TIMESTAMPTZ(3),
ADD COLUMN     "approved_hash" TEXT,
ADD COLUMN     "destructive" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "enabled" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "reference" JSON,
ADD COLUMN     "state" TEXT NOT NULL DEFAULT 'new',
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

ALTER TABLE "connector_tools"
    ADD CONSTRAINT "connector_tools_state_check" CHECK (state IN ('approved', 'new', 'changed', 'moved')),
    ADD CONSTRAINT "connector_tools_approved_hash_check" CHECK (approved_hash ~ '^[0-9a-f]{64}$'),
    ADD CONSTRAINT "connector_tools_approval_check" CHECK ((approved_hash IS NULL) = (approved_at IS NULL)),
    ADD CONSTRAINT "connector_tools_reference_check" CHECK (json_typeof(reference) = 'object'),
    ADD CONSTRAINT "connector_tools_version_check" CHECK (version >= 1);

-- What agents have now they keep: it counts as approved. FORCE would hide the rows from their owner.
ALTER TABLE "connector_tools" NO FORCE ROW LEVEL SECURITY;
UPDATE "connector_tools" SET
    state = 'approved',
    approved_hash = definition_hash,
    approved_at = updated_at,
    destructive = coalesce(definition #>> '{annotations,destructiveHint}' = 'true', false);
ALTER TABLE "connector_tools" FORCE ROW LEVEL SECURITY;

-- Whatever a service does wrong: no other definition can be the approved one.
ALTER TABLE "connector_tools"
    ADD CONSTRAINT "connector_tools_approved_check" CHECK (state <> 'approved' OR (approved_hash IS NOT NULL AND approved_hash = definition_hash));

-- AlterTable
ALTER TABLE "connectors" ADD COLUMN     "tools_forgotten" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "removed_tools" (
    "connector_id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "owner_kind" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "exposed_name" TEXT NOT NULL,
    "definition_hash" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "state" TEXT NOT NULL,
    "approved_hash" TEXT,
    "approved_at" TIMESTAMPTZ(3),
    "destructive" BOOLEAN NOT NULL,
    "reference" JSON NOT NULL,
    "removed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "removed_tools_pkey" PRIMARY KEY ("connector_id","name"),
    CONSTRAINT "removed_tools_name_check" CHECK (name <> ''),
    CONSTRAINT "removed_tools_exposed_name_check" CHECK (exposed_name ~ '^[a-zA-Z0-9_-]{1,64}$'),
    CONSTRAINT "removed_tools_definition_hash_check" CHECK (definition_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "removed_tools_state_check" CHECK (state IN ('approved', 'new', 'changed', 'moved')),
    CONSTRAINT "removed_tools_approved_hash_check" CHECK (approved_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "removed_tools_approval_check" CHECK ((approved_hash IS NULL) = (approved_at IS NULL)),
    CONSTRAINT "removed_tools_reference_check" CHECK (json_typeof(reference) = 'object')
);

-- AddForeignKey
ALTER TABLE "removed_tools" ADD CONSTRAINT "removed_tools_connector_id_tenant_id_owner_kind_owner_id_fkey" FOREIGN KEY ("connector_id", "tenant_id", "owner_kind", "owner_id") REFERENCES "connectors"("id", "tenant_id", "owner_kind", "owner_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security, and no more rights than each role needs.
ALTER TABLE "removed_tools" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "removed_tools" FORCE ROW LEVEL SECURITY;
CREATE POLICY "removed_tools_app" ON "removed_tools" TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''))
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''));
CREATE POLICY "removed_tools_worker" ON "removed_tools" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "removed_tools" TO mcp_connectors_app;
GRANT SELECT ON "removed_tools" TO mcp_connectors_worker;
