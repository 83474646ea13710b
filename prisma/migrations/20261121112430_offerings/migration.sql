-- CreateTable
CREATE TABLE "connector_offerings" (
    "id" UUID NOT NULL,
    "connector_id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "owner_kind" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    -- Lists go on where they ended, in the same order on every machine.
    "exposed_key" TEXT COLLATE "C" NOT NULL,
    "definition" JSON NOT NULL,

    CONSTRAINT "connector_offerings_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "connector_offerings_kind_check" CHECK (kind IN ('prompt', 'resource', 'template')),
    CONSTRAINT "connector_offerings_key_check" CHECK (char_length(key) BETWEEN 1 AND 2000),
    CONSTRAINT "connector_offerings_exposed_key_check" CHECK (
      CASE kind WHEN 'prompt' THEN exposed_key ~ '^[a-zA-Z0-9_-]{1,64}$' ELSE right(exposed_key, char_length(key) + 1) = '+' || key END),
    CONSTRAINT "connector_offerings_definition_check" CHECK (json_typeof(definition) = 'object')
);

-- CreateIndex
CREATE INDEX "connector_offerings_connector_id_idx" ON "connector_offerings"("connector_id");

-- CreateIndex
CREATE INDEX "connector_offerings_tenant_id_owner_kind_owner_id_kind_idx" ON "connector_offerings"("tenant_id", "owner_kind", "owner_id", "kind");

-- Prompts are found by name. URIs may be longer than an index takes, and are found by their connector's slug.
CREATE UNIQUE INDEX "connector_offerings_prompt_key" ON "connector_offerings"("tenant_id", "owner_kind", "owner_id", "exposed_key") WHERE "kind" = 'prompt';

-- With the owner in the key, a row can only hang on a connector of its own owner.
ALTER TABLE "connector_offerings" ADD CONSTRAINT "connector_offerings_connector_id_tenant_id_owner_kind_owne_fkey" FOREIGN KEY ("connector_id", "tenant_id", "owner_kind", "owner_id") REFERENCES "connectors"("id", "tenant_id", "owner_kind", "owner_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security. The worker has no business with these rows.
ALTER TABLE "connector_offerings" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "connector_offerings" FORCE ROW LEVEL SECURITY;
CREATE POLICY "connector_offerings_app" ON "connector_offerings" TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''))
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '') AND owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''));
CREATE POLICY "connector_offerings_worker" ON "connector_offerings" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "connector_offerings" TO mcp_connectors_app;

-- What changes is announced, as of the other tables of a connector.
CREATE TRIGGER "connector_offerings_announce" AFTER INSERT OR UPDATE OR DELETE ON "connector_offerings" FOR EACH ROW EXECUTE FUNCTION "announce_change"();
CREATE TRIGGER "connector_offerings_announce_all" AFTER TRUNCATE ON "connector_offerings" FOR EACH STATEMENT EXECUTE FUNCTION "announce_change"();
