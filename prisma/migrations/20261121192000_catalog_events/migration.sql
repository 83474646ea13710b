-- Whoever shows the catalog follows its entries by their keys: what is switched on is a connector, but one that was not yet has no id to look for.
CREATE FUNCTION "catalog_events"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM "add_owner_event"(OLD.tenant_id, OLD.owner_kind, OLD.owner_id, 'catalog.changed', 'catalog_entry', OLD.entry_key);
  ELSE
    PERFORM "add_owner_event"(NEW.tenant_id, NEW.owner_kind, NEW.owner_id, 'catalog.changed', 'catalog_entry', NEW.entry_key);
  END IF;
  RETURN NULL;
END
$$;

DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION "catalog_events"() SET search_path = pg_catalog, %I, pg_temp', current_schema());
END
$$;
REVOKE EXECUTE ON FUNCTION "catalog_events"() FROM PUBLIC;

CREATE TRIGGER "connectors_catalog_insert" AFTER INSERT ON "connectors" FOR EACH ROW WHEN (NEW.entry_key IS NOT NULL) EXECUTE FUNCTION "catalog_events"();
CREATE TRIGGER "connectors_catalog_update" AFTER UPDATE ON "connectors" FOR EACH ROW WHEN (NEW.entry_key IS NOT NULL
  AND (OLD.version, OLD.intent, OLD.health, OLD.last_error_code) IS DISTINCT FROM (NEW.version, NEW.intent, NEW.health, NEW.last_error_code)) EXECUTE FUNCTION "catalog_events"();
CREATE TRIGGER "connectors_catalog_delete" AFTER DELETE ON "connectors" FOR EACH ROW WHEN (OLD.entry_key IS NOT NULL) EXECUTE FUNCTION "catalog_events"();
