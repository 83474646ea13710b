-- A sign-in has tokens that end and are renewed, by one replica at a time.
ALTER TABLE "credentials" ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "lease_id" UUID,
ADD COLUMN     "leased_until" TIMESTAMPTZ(3),
ADD COLUMN     "state" TEXT NOT NULL DEFAULT 'active';

ALTER TABLE "credentials" DROP CONSTRAINT "credentials_kind_check";
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_kind_check" CHECK (kind IN ('bearer', 'headers', 'oauth2'));
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_state_check" CHECK (state IN ('active', 'refused'));
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_lease_check" CHECK ((lease_id IS NULL) = (leased_until IS NULL));

CREATE TABLE "oauth_authorizations" (
    "id" UUID NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "connector_id" UUID,
    "issuer" TEXT NOT NULL,
    "error_code" TEXT,
    "browser_hash" TEXT,
    "handle_hash" TEXT,
    "sealed" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "oauth_authorizations_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "oauth_authorizations_tenant_id_check" CHECK (char_length(tenant_id) BETWEEN 1 AND 255),
    CONSTRAINT "oauth_authorizations_user_id_check" CHECK (char_length(user_id) BETWEEN 1 AND 255),
    CONSTRAINT "oauth_authorizations_status_check" CHECK (status IN ('pending', 'returned', 'completing', 'completed', 'failed')),
    CONSTRAINT "oauth_authorizations_browser_hash_check" CHECK (browser_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "oauth_authorizations_handle_hash_check" CHECK (handle_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "oauth_authorizations_sealed_check" CHECK (sealed ~ '^mc1\.'),
    CONSTRAINT "oauth_authorizations_ended_check" CHECK ((sealed IS NULL) = (status IN ('completed', 'failed')))
);

CREATE TABLE "oauth_registrations" (
    "tenant_id" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "redirect_uri" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "oauth_registrations_pkey" PRIMARY KEY ("tenant_id","issuer","redirect_uri"),
    CONSTRAINT "oauth_registrations_tenant_id_check" CHECK (char_length(tenant_id) BETWEEN 1 AND 255),
    CONSTRAINT "oauth_registrations_sealed_check" CHECK (sealed ~ '^mc1\.')
);

CREATE INDEX "oauth_authorizations_tenant_id_user_id_created_at_idx" ON "oauth_authorizations"("tenant_id", "user_id", "created_at");

CREATE INDEX "oauth_authorizations_expires_at_idx" ON "oauth_authorizations"("expires_at");

-- A sign-in belongs to the user who started it.
ALTER TABLE "oauth_authorizations" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "oauth_authorizations" FORCE ROW LEVEL SECURITY;
CREATE POLICY "oauth_authorizations_app" ON "oauth_authorizations" TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND user_id = nullif(current_setting('app.user', true), ''))
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '') AND user_id = nullif(current_setting('app.user', true), ''));
CREATE POLICY "oauth_authorizations_worker" ON "oauth_authorizations" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "oauth_authorizations" TO mcp_connectors_app;
GRANT SELECT, DELETE ON "oauth_authorizations" TO mcp_connectors_worker;

-- A registration is of the installation, and shared by the users of a tenant. Background work has no business with it, and no grant.
ALTER TABLE "oauth_registrations" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "oauth_registrations" FORCE ROW LEVEL SECURITY;
CREATE POLICY "oauth_registrations_app" ON "oauth_registrations" TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), ''))
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), ''));
CREATE POLICY "oauth_registrations_worker" ON "oauth_registrations" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "oauth_registrations" TO mcp_connectors_app;
