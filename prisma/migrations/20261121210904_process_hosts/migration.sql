-- CreateTable
CREATE TABLE "process_hosts" (
    "id" UUID NOT NULL,
    "sealed" TEXT NOT NULL,
    "servers" INTEGER NOT NULL,
    "has_room" BOOLEAN NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "process_hosts_pkey" PRIMARY KEY ("id")
);

-- Replicas belong to the installation and to no tenant: background work alone reads and writes where they are.
ALTER TABLE "process_hosts"
    ADD CONSTRAINT "process_hosts_sealed_check" CHECK (sealed LIKE 'mc1.%' AND octet_length(sealed) <= 8192),
    ADD CONSTRAINT "process_hosts_servers_check" CHECK (servers >= 0);
ALTER TABLE "process_hosts" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "process_hosts" FORCE ROW LEVEL SECURITY;
CREATE POLICY "process_hosts_app" ON "process_hosts" TO mcp_connectors_app USING (false) WITH CHECK (false);
CREATE POLICY "process_hosts_worker" ON "process_hosts" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "process_hosts" TO mcp_connectors_worker;
