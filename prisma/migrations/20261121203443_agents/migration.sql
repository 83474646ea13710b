-- CreateTable
CREATE TABLE "agents" (
    "name" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "run_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "is_stopped" BOOLEAN NOT NULL,
    "report" JSON NOT NULL,

    CONSTRAINT "agents_pkey" PRIMARY KEY ("name")
);

-- Agents belong to the installation and to no tenant. Heartbeats are kept as background work, since no user sends them; requests read them for operators
-- alone, who ask for it (`app.agents`), and change nothing.
ALTER TABLE "agents"
    ADD CONSTRAINT "agents_name_check" CHECK (name ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' AND char_length(name) <= 40),
    ADD CONSTRAINT "agents_sequence_check" CHECK (sequence >= 0),
    ADD CONSTRAINT "agents_report_check" CHECK (octet_length(report::text) <= 1048576);
ALTER TABLE "agents" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "agents" FORCE ROW LEVEL SECURITY;
CREATE POLICY "agents_app_read" ON "agents" FOR SELECT TO mcp_connectors_app USING (current_setting('app.agents', true) = 'on');
CREATE POLICY "agents_worker" ON "agents" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT ON "agents" TO mcp_connectors_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON "agents" TO mcp_connectors_worker;
