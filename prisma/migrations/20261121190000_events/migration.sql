-- CreateTable
CREATE TABLE "events" (
    "id" BIGSERIAL NOT NULL,
    "position" BIGINT,
    "transaction_id" BIGINT,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT,
    "project_id" TEXT,
    "kind" TEXT NOT NULL,
    "object_type" TEXT NOT NULL,
    "object_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "events_audience_check" CHECK (user_id IS NOT NULL OR project_id IS NOT NULL),
    CONSTRAINT "events_kind_check" CHECK (kind ~ '^[a-z_]{1,32}\.[a-z_]{1,32}$'),
    CONSTRAINT "events_object_id_check" CHECK (char_length(object_id) BETWEEN 1 AND 255)
);

-- CreateTable
CREATE TABLE "event_tickets" (
    "ticket_hash" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "rights" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_tickets_pkey" PRIMARY KEY ("ticket_hash"),
    CONSTRAINT "event_tickets_ticket_hash_check" CHECK (ticket_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "event_tickets_tenant_id_check" CHECK (char_length(tenant_id) BETWEEN 1 AND 255),
    CONSTRAINT "event_tickets_user_id_check" CHECK (char_length(user_id) BETWEEN 1 AND 255)
);

-- CreateIndex
CREATE UNIQUE INDEX "events_position_key" ON "events"("position");

-- CreateIndex
CREATE INDEX "events_tenant_id_position_idx" ON "events"("tenant_id", "position");

-- CreateIndex
CREATE INDEX "events_created_at_idx" ON "events"("created_at");

-- CreateIndex
CREATE INDEX "event_tickets_expires_at_idx" ON "event_tickets"("expires_at");

-- Those without a place. A transaction says the same of the same object once.
CREATE UNIQUE INDEX "events_unplaced_key" ON "events"("transaction_id", "object_id", "kind", "user_id", "project_id") NULLS NOT DISTINCT WHERE "position" IS NULL;
CREATE INDEX "events_unplaced_id_idx" ON "events"("id") WHERE "position" IS NULL;

-- The places. They are given under a lock, after the commit, since a number that is drawn while a change is made may be committed after a
-- higher one, and whoever has seen the higher one would never look for it.
CREATE SEQUENCE "events_position_seq" OWNED BY "events"."position";

-- Only triggers write events, with the rights of the tables' owner; nobody else may. Requests read what is for them, and may delete what is
-- only for them, when they are erased.
ALTER TABLE "events" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "events" FORCE ROW LEVEL SECURITY;
CREATE POLICY "events_write" ON "events" FOR INSERT WITH CHECK (true);
CREATE POLICY "events_app" ON "events" FOR SELECT TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')
    AND nullif(current_setting('app.user', true), '') IS NOT NULL
    AND (user_id IS NULL OR user_id = nullif(current_setting('app.user', true), ''))
    AND (project_id IS NULL OR project_id = ANY (nullif(current_setting('app.projects', true), '')::text[])));
-- Also what a user was told of a project that they are no member of any more.
CREATE POLICY "events_app_erase_read" ON "events" FOR SELECT TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND user_id = nullif(current_setting('app.user', true), '')
    AND current_setting('app.erasing', true) = 'on');
CREATE POLICY "events_app_erase" ON "events" FOR DELETE TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND user_id = nullif(current_setting('app.user', true), ''));
CREATE POLICY "events_worker" ON "events" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT, DELETE ON "events" TO mcp_connectors_app;
GRANT SELECT, UPDATE, DELETE ON "events" TO mcp_connectors_worker;
GRANT SELECT, USAGE ON SEQUENCE "events_position_seq" TO mcp_connectors_worker;

ALTER TABLE "event_tickets" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "event_tickets" FORCE ROW LEVEL SECURITY;
CREATE POLICY "event_tickets_app" ON "event_tickets" TO mcp_connectors_app
  USING (tenant_id = nullif(current_setting('app.tenant', true), '') AND user_id = nullif(current_setting('app.user', true), ''))
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '') AND user_id = nullif(current_setting('app.user', true), ''));
CREATE POLICY "event_tickets_worker" ON "event_tickets" TO mcp_connectors_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON "event_tickets" TO mcp_connectors_app;
GRANT SELECT, DELETE ON "event_tickets" TO mcp_connectors_worker;

-- Writes an event, and wakes whoever follows: ids only. Whoever adds a kind calls it from a trigger:
--   PERFORM "add_event"(NEW.tenant_id, <user or null>, <project or null>, 'deployment.updated', 'deployment', NEW.id::text);
CREATE FUNCTION "add_event"(tenant text, for_user text, for_project text, event_kind text, about text, about_id text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO "events" ("transaction_id", "tenant_id", "user_id", "project_id", "kind", "object_type", "object_id", "created_at")
  VALUES (pg_catalog.pg_current_xact_id()::text::bigint, tenant, for_user, for_project, event_kind, about, about_id, pg_catalog.clock_timestamp())
  ON CONFLICT DO NOTHING;
  PERFORM pg_catalog.pg_notify('mcp_connectors_events', pg_catalog.json_build_object(
    'tenant_id', tenant, 'user_id', for_user, 'project_id', for_project)::text);
END
$$;

-- Who has a row of a connector: its user, or the members of its project.
CREATE FUNCTION "add_owner_event"(tenant text, kind text, owner text, event_kind text, about text, about_id text)
RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
  SELECT "add_event"(tenant, CASE kind WHEN 'user' THEN owner END, CASE kind WHEN 'project' THEN owner END, event_kind, about, about_id)
$$;

-- A connector that goes to somebody else is gone for the one, and new for the other.
CREATE FUNCTION "connector_events"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  is_status boolean;
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM "add_owner_event"(OLD.tenant_id, OLD.owner_kind, OLD.owner_id, 'connector.deleted', 'connector', OLD.id::text);
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    PERFORM "add_owner_event"(NEW.tenant_id, NEW.owner_kind, NEW.owner_id, 'connector.created', 'connector', NEW.id::text);
    RETURN NULL;
  END IF;
  IF (OLD.tenant_id, OLD.owner_kind, OLD.owner_id) IS DISTINCT FROM (NEW.tenant_id, NEW.owner_kind, NEW.owner_id) THEN
    PERFORM "add_owner_event"(OLD.tenant_id, OLD.owner_kind, OLD.owner_id, 'connector.deleted', 'connector', OLD.id::text);
    PERFORM "add_owner_event"(NEW.tenant_id, NEW.owner_kind, NEW.owner_id, 'connector.created', 'connector', NEW.id::text);
    RETURN NULL;
  END IF;
  is_status := (OLD.intent, OLD.health, OLD.last_error_code) IS DISTINCT FROM (NEW.intent, NEW.health, NEW.last_error_code);
  IF is_status THEN
    PERFORM "add_owner_event"(NEW.tenant_id, NEW.owner_kind, NEW.owner_id, 'connector.status', 'connector', NEW.id::text);
  END IF;
  IF NEW.health = 'NEEDS_AUTH' AND OLD.health <> 'NEEDS_AUTH' THEN
    PERFORM "add_owner_event"(NEW.tenant_id, NEW.owner_kind, NEW.owner_id, 'sign_in.needed', 'connector', NEW.id::text);
  END IF;
  IF OLD.version <> NEW.version AND (NOT is_status
    OR (OLD.name, OLD.server_url_sealed, OLD.transport, OLD.auth_type, OLD.call_timeout_seconds, OLD.credential_generation)
      IS DISTINCT FROM (NEW.name, NEW.server_url_sealed, NEW.transport, NEW.auth_type, NEW.call_timeout_seconds, NEW.credential_generation)) THEN
    PERFORM "add_owner_event"(NEW.tenant_id, NEW.owner_kind, NEW.owner_id, 'connector.updated', 'connector', NEW.id::text);
  END IF;
  RETURN NULL;
END
$$;

-- What a member gave for a project's connector is different for that member alone, and of no interest to one who is no member any more.
-- A renewal of tokens is no change.
CREATE FUNCTION "credential_events"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.member_id <> '' THEN
    IF TG_OP = 'DELETE' THEN
      PERFORM "add_event"(OLD.tenant_id, OLD.member_id, OLD.owner_id, 'connector.updated', 'connector', OLD.connector_id::text);
    ELSIF NEW.state = 'refused' AND OLD.state <> 'refused' THEN
      PERFORM "add_event"(NEW.tenant_id, NEW.member_id, NEW.owner_id, 'sign_in.needed', 'connector', NEW.connector_id::text);
    END IF;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.member_id <> '' THEN
    IF TG_OP = 'INSERT' THEN
      PERFORM "add_event"(NEW.tenant_id, NEW.member_id, NEW.owner_id, 'connector.updated', 'connector', NEW.connector_id::text);
    ELSIF (OLD.generation, OLD.state, OLD.kind, OLD.header_names) IS DISTINCT FROM (NEW.generation, NEW.state, NEW.kind, NEW.header_names) THEN
      PERFORM "add_event"(NEW.tenant_id, NEW.member_id, NEW.owner_id, 'connector.updated', 'connector', NEW.connector_id::text);
    END IF;
  END IF;
  RETURN NULL;
END
$$;

-- A sign-in belongs to the user who started it. The first argument is the kind; the object is what was signed in to, where that is known.
CREATE FUNCTION "sign_in_events"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM "add_event"(NEW.tenant_id, NEW.user_id, NULL, CASE NEW.status WHEN 'completed' THEN 'sign_in.completed' ELSE 'sign_in.failed' END,
    'authorization', NEW.id::text);
  RETURN NULL;
END
$$;

-- A discovery writes hundreds of rows: one event for each connector and statement, and one for the whole transaction. The argument is the kind.
CREATE FUNCTION "connector_part_events"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM "add_owner_event"(tenant_id, owner_kind, owner_id, TG_ARGV[0], 'connector', connector_id::text)
  FROM (SELECT DISTINCT tenant_id, owner_kind, owner_id, connector_id FROM changed) AS connectors_of;
  RETURN NULL;
END
$$;

-- As above, where an update may leave all as it was.
CREATE FUNCTION "tool_update_events"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM "add_owner_event"(tenant_id, owner_kind, owner_id, 'tools.changed', 'connector', connector_id::text)
  FROM (SELECT DISTINCT n.tenant_id, n.owner_kind, n.owner_id, n.connector_id FROM after_update n JOIN before_update o USING (id)
    WHERE (n.name, n.exposed_name, n.definition_hash, n.enabled, n.state, n.version)
      IS DISTINCT FROM (o.name, o.exposed_name, o.definition_hash, o.enabled, o.state, o.version)) AS connectors_of;
  RETURN NULL;
END
$$;

-- They run with the owner's rights: what they name is looked for in this schema, and nowhere else before it.
DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['add_event(text, text, text, text, text, text)', 'add_owner_event(text, text, text, text, text, text)',
    'connector_events()', 'credential_events()', 'sign_in_events()', 'connector_part_events()', 'tool_update_events()'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I, pg_temp', one, current_schema());
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one);
  END LOOP;
END
$$;

CREATE TRIGGER "connectors_events" AFTER INSERT OR UPDATE OR DELETE ON "connectors" FOR EACH ROW EXECUTE FUNCTION "connector_events"();
CREATE TRIGGER "credentials_events" AFTER INSERT OR UPDATE OR DELETE ON "credentials" FOR EACH ROW EXECUTE FUNCTION "credential_events"();
CREATE TRIGGER "oauth_authorizations_events" AFTER UPDATE ON "oauth_authorizations" FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status AND NEW.status IN ('completed', 'failed')) EXECUTE FUNCTION "sign_in_events"();
CREATE TRIGGER "connector_tools_events_insert" AFTER INSERT ON "connector_tools" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "connector_part_events"('tools.changed');
CREATE TRIGGER "connector_tools_events_update" AFTER UPDATE ON "connector_tools" REFERENCING OLD TABLE AS before_update NEW TABLE AS after_update FOR EACH STATEMENT EXECUTE FUNCTION "tool_update_events"();
CREATE TRIGGER "connector_tools_events_delete" AFTER DELETE ON "connector_tools" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "connector_part_events"('tools.changed');
CREATE TRIGGER "connector_offerings_events_insert" AFTER INSERT ON "connector_offerings" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "connector_part_events"('offerings.changed');
CREATE TRIGGER "connector_offerings_events_delete" AFTER DELETE ON "connector_offerings" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "connector_part_events"('offerings.changed');
