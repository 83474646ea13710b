-- AlterTable
ALTER TABLE "credentials" ADD COLUMN     "grant_type" TEXT;

-- What was stored before is of sign-ins where it is of any grant.
ALTER TABLE "credentials"
    ADD CONSTRAINT "credentials_grant_type_check" CHECK (grant_type IS NULL OR (kind = 'oauth2' AND grant_type IN ('authorization_code', 'client_credentials')));
