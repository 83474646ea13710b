-- DropIndex
DROP INDEX "credentials_connector_id_key";

-- DropIndex
DROP INDEX "credentials_connector_id_tenant_id_owner_kind_owner_id_key";

-- AlterTable
ALTER TABLE "connectors" ADD COLUMN     "credential_mode" TEXT NOT NULL DEFAULT 'shared';

-- AlterTable
ALTER TABLE "credentials" ADD COLUMN     "generation" SERIAL NOT NULL,
ADD COLUMN     "member_id" TEXT NOT NULL DEFAULT '';

-- CreateIndex
CREATE INDEX "credentials_tenant_id_member_id_idx" ON "credentials"("tenant_id", "member_id");

-- CreateIndex
CREATE UNIQUE INDEX "credentials_connector_id_member_id_key" ON "credentials"("connector_id", "member_id");

ALTER TABLE "connectors"
    ADD CONSTRAINT "connectors_credential_mode_check" CHECK (credential_mode IN ('shared', 'personal') AND (credential_mode = 'shared' OR owner_kind = 'project')),
    -- A member's toolset has the tools of both: no name of one can ever be a name of the other.
    ADD CONSTRAINT "connectors_slug_owner_check" CHECK (CASE owner_kind WHEN 'project' THEN slug LIKE 'p--%' ELSE position('--' IN slug) = 0 END);
ALTER TABLE "credentials"
    ADD CONSTRAINT "credentials_member_id_check" CHECK (char_length(member_id) <= 255 AND (member_id = '' OR owner_kind = 'project'));
GRANT USAGE ON SEQUENCE "credentials_generation_seq" TO mcp_connectors_app;

-- Requests work for a user, and for those projects that the token names: `app.projects` is a text[]. An absent setting, and '', is NULL, and
-- NULL equals nothing.
DO $$
DECLARE
  wanted text;
  owned constant text := $owned$tenant_id = nullif(current_setting('app.tenant', true), '') AND (
    (owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''))
    OR (owner_kind = 'project' AND owner_id = ANY (nullif(current_setting('app.projects', true), '')::text[])))$owned$;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['connectors', 'connector_tools', 'connector_offerings', 'removed_tools'] LOOP
    EXECUTE format('ALTER POLICY %I ON %I USING (%s) WITH CHECK (%s)', wanted || '_app', wanted, owned, owned);
  END LOOP;
END
$$;

-- A member sees what all share and what is their own, never the secret of another member. Their own they may delete also where they are no
-- member any more, but not give there. Whoever takes a connector's address away has to delete what members gave for it, and says so in
-- `app.all_members`.
DO $$
DECLARE
  seen constant text := $seen$tenant_id = nullif(current_setting('app.tenant', true), '') AND (
    (owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''))
    OR (owner_kind = 'project' AND owner_id = ANY (nullif(current_setting('app.projects', true), '')::text[])
      AND (member_id = '' OR current_setting('app.all_members', true) = 'on'))
    OR (owner_kind = 'project' AND member_id = nullif(current_setting('app.user', true), '')))$seen$;
  written constant text := $written$tenant_id = nullif(current_setting('app.tenant', true), '') AND (
    (owner_kind = 'user' AND owner_id = nullif(current_setting('app.user', true), ''))
    OR (owner_kind = 'project' AND owner_id = ANY (nullif(current_setting('app.projects', true), '')::text[])
      AND (member_id = '' OR member_id = nullif(current_setting('app.user', true), ''))))$written$;
BEGIN
  EXECUTE format('ALTER POLICY "credentials_app" ON "credentials" USING (%s) WITH CHECK (%s)', seen, written);
END
$$;

-- What a member gave is announced as a change of that member: for the others nothing is different. The rest is as it was.
CREATE OR REPLACE FUNCTION "announce_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  connector uuid;
  kind text;
  owner text;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    PERFORM pg_catalog.pg_notify('mcp_connectors_changes', 'everything');
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    kind := OLD.owner_kind;
    owner := OLD.owner_id;
    IF TG_TABLE_NAME = 'connectors' THEN connector := OLD.id; ELSE connector := OLD.connector_id; END IF;
    IF TG_TABLE_NAME = 'credentials' THEN
      IF OLD.member_id <> '' THEN
        kind := 'user';
        owner := OLD.member_id;
      END IF;
    END IF;
    PERFORM pg_catalog.pg_notify('mcp_connectors_changes', pg_catalog.json_build_object(
      'tenant_id', OLD.tenant_id, 'owner_kind', kind, 'owner_id', owner, 'connector_id', connector)::text);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    kind := NEW.owner_kind;
    owner := NEW.owner_id;
    IF TG_TABLE_NAME = 'connectors' THEN connector := NEW.id; ELSE connector := NEW.connector_id; END IF;
    IF TG_TABLE_NAME = 'credentials' THEN
      IF NEW.member_id <> '' THEN
        kind := 'user';
        owner := NEW.member_id;
      END IF;
    END IF;
    PERFORM pg_catalog.pg_notify('mcp_connectors_changes', pg_catalog.json_build_object(
      'tenant_id', NEW.tenant_id, 'owner_kind', kind, 'owner_id', owner, 'connector_id', connector)::text);
  END IF;
  RETURN NULL;
END
$$;
