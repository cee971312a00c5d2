-- Two roles on PostgreSQL: `portal_owner` owns the tables and migrates, `portal` does the daily work and can
-- neither change a row that cannot change nor take the triggers away. Run as portal_owner after each migrate:
--
--   psql "$OWNER_URL" -v ON_ERROR_STOP=1 -f deploy/roles.sql
--
-- Before the first time, as a superuser:
--   CREATE ROLE portal_owner LOGIN PASSWORD '...';
--   CREATE ROLE portal LOGIN PASSWORD '...';
--   CREATE DATABASE portal OWNER portal_owner;

GRANT USAGE ON SCHEMA public TO portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal;
REVOKE UPDATE, DELETE ON django_migrations FROM portal;

-- Every table with a trigger of an append-only constraint: reading and adding only.
DO $$
DECLARE
    kept regclass;
BEGIN
    FOR kept IN SELECT DISTINCT tgrelid::regclass FROM pg_trigger WHERE tgname LIKE '%append_only%' LOOP
        EXECUTE format('REVOKE UPDATE, DELETE ON %s FROM portal', kept);
    END LOOP;
END $$;
