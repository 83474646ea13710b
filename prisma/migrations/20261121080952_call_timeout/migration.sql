-- AlterTable
ALTER TABLE "connectors" ADD COLUMN     "call_timeout_seconds" INTEGER NOT NULL DEFAULT 60;

ALTER TABLE "connectors" ADD CONSTRAINT "connectors_call_timeout_seconds_check" CHECK (call_timeout_seconds BETWEEN 1 AND 300);
