-- AlterTable
ALTER TABLE "connectors" ADD COLUMN     "failing_since" TIMESTAMPTZ(3);

-- What came before the last error is not known any more.
UPDATE "connectors" SET "failing_since" = "last_error_at";

ALTER TABLE "connectors" ADD CONSTRAINT "connectors_failing_since_check" CHECK (failing_since IS NULL OR last_error_at IS NOT NULL);
