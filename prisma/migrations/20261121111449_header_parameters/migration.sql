-- AlterTable
ALTER TABLE "connector_tools" ADD COLUMN     "header_parameters" JSON;
