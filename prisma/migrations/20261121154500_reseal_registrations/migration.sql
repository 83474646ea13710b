-- A re-seal drops registrations that another key sealed: they are made anew. It reads the key's name, and nothing else is granted.
GRANT SELECT ("sealed"), DELETE ON "oauth_registrations" TO mcp_connectors_worker;
