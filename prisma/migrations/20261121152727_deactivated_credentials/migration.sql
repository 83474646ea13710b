-- AlterTable
ALTER TABLE "connectors" ADD COLUMN     "disabled_at" TIMESTAMPTZ(3);

-- Its last change is the latest that it can have been disabled. FORCE would hide the rows from their owner; nobody has to hear of it.
ALTER TABLE "connectors" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "connectors" DISABLE TRIGGER "connectors_announce";
UPDATE "connectors" SET disabled_at = updated_at WHERE intent = 'DISABLED';
ALTER TABLE "connectors" ENABLE TRIGGER "connectors_announce";
ALTER TABLE "connectors" FORCE ROW LEVEL SECURITY;

-- What is enabled again starts anew.
ALTER TABLE "connectors" ADD CONSTRAINT "connectors_disabled_at_check" CHECK (disabled_at IS NULL OR intent = 'DISABLED');

-- What the jobs look for: grants whose tokens end, and credentials of disabled connectors.
CREATE INDEX "credentials_ending_idx" ON "credentials"("expires_at") WHERE kind = 'oauth2' AND state = 'active';
CREATE INDEX "connectors_disabled_at_idx" ON "connectors"("disabled_at") WHERE disabled_at IS NOT NULL;
