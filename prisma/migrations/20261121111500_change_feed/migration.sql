-- Every change of what belongs to a connector is announced in its own transaction, whoever makes it: ids only. A change that is
-- rolled back is announced to nobody, and equal announcements of one transaction arrive once. Two ids of 255 characters, each
-- escaped to six bytes, stay below half of the 8,000 bytes that an announcement may have.
-- A further table joins with two triggers of its own; it needs tenant_id, owner_kind, owner_id and connector_id.
CREATE FUNCTION "announce_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  connector uuid;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    PERFORM pg_catalog.pg_notify('mcp_connectors_changes', 'everything');
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    IF TG_TABLE_NAME = 'connectors' THEN connector := OLD.id; ELSE connector := OLD.connector_id; END IF;
    PERFORM pg_catalog.pg_notify('mcp_connectors_changes', pg_catalog.json_build_object(
      'tenant_id', OLD.tenant_id, 'owner_kind', OLD.owner_kind, 'owner_id', OLD.owner_id, 'connector_id', connector)::text);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    IF TG_TABLE_NAME = 'connectors' THEN connector := NEW.id; ELSE connector := NEW.connector_id; END IF;
    PERFORM pg_catalog.pg_notify('mcp_connectors_changes', pg_catalog.json_build_object(
      'tenant_id', NEW.tenant_id, 'owner_kind', NEW.owner_kind, 'owner_id', NEW.owner_id, 'connector_id', connector)::text);
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "connectors_announce" AFTER INSERT OR UPDATE OR DELETE ON "connectors" FOR EACH ROW EXECUTE FUNCTION "announce_change"();
CREATE TRIGGER "connectors_announce_all" AFTER TRUNCATE ON "connectors" FOR EACH STATEMENT EXECUTE FUNCTION "announce_change"();
CREATE TRIGGER "credentials_announce" AFTER INSERT OR UPDATE OR DELETE ON "credentials" FOR EACH ROW EXECUTE FUNCTION "announce_change"();
CREATE TRIGGER "credentials_announce_all" AFTER TRUNCATE ON "credentials" FOR EACH STATEMENT EXECUTE FUNCTION "announce_change"();
CREATE TRIGGER "connector_tools_announce" AFTER INSERT OR UPDATE OR DELETE ON "connector_tools" FOR EACH ROW EXECUTE FUNCTION "announce_change"();
CREATE TRIGGER "connector_tools_announce_all" AFTER TRUNCATE ON "connector_tools" FOR EACH STATEMENT EXECUTE FUNCTION "announce_change"();
