-- AlterTable
ALTER TABLE "connectors" ADD COLUMN     "entry_key" TEXT,
ADD COLUMN     "source" TEXT NOT NULL DEFAULT 'own';

-- CreateIndex
CREATE UNIQUE INDEX "connectors_owner_entry_key" ON "connectors"("tenant_id", "owner_kind", "owner_id", "entry_key");

ALTER TABLE "connectors"
    ADD CONSTRAINT "connectors_source_check" CHECK (source IN ('own', 'catalog', 'system')),
    -- What is switched on from the catalog says of which entry it is; entries of the catalog are for projects, system tools for users.
    ADD CONSTRAINT "connectors_entry_key_check" CHECK (CASE source
      WHEN 'own' THEN entry_key IS NULL
      ELSE entry_key IS NOT NULL AND entry_key ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' AND char_length(entry_key) <= 24 AND owner_kind = CASE source WHEN 'catalog' THEN 'project' ELSE 'user' END
    END);
