-- The control plane (schema toolbox), the tenants' schemas and who may see what.
--
-- Run by a migration login that may create roles and schemas in this database (CREATEROLE, CREATE on the database); it owns
-- everything. The application's login toolbox_app exists before: it owns nothing and is given what stands here.
--
-- A feature's own tables, in its own migration:
--
--   1. A table of the control plane:
--          CREATE TABLE toolbox.things (id text PRIMARY KEY, tenant text NOT NULL REFERENCES toolbox.tenants, …);
--          SELECT toolbox.protect('toolbox.things');                        -- row-level security; toolbox_app sees every row
--          SELECT toolbox.protect('toolbox.things', 'SELECT, INSERT');      -- the same, and a tenant session may do this to
--                                                                           -- the rows whose column "tenant" names it
--   2. Tables that every tenant has in its own schema, now and in future (names without a schema: the tenant's is the path):
--          SELECT toolbox.add_tenant_tables('0010_billing', $ddl$
--              CREATE TABLE customers (id text PRIMARY KEY, …);
--              CREATE INDEX ON customers (…);
--          $ddl$);
--      A later change of them is another call under another name; they run in the order of their names.
--
-- A store reaches 1. as toolbox.things from either kind of session, and 2. as customers from a tenant session only.

CREATE SCHEMA IF NOT EXISTS toolbox;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'toolbox_app') THEN
        RAISE EXCEPTION 'The login toolbox_app does not exist: create it before the migrations run.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'toolbox_tenant') THEN
        CREATE ROLE toolbox_tenant NOLOGIN;          -- what all tenants' roles have in common: their grants in toolbox
    END IF;
END $$;

GRANT USAGE ON SCHEMA toolbox TO toolbox_app, toolbox_tenant;

CREATE FUNCTION toolbox.current_tenant() RETURNS text LANGUAGE sql STABLE
RETURN CASE WHEN starts_with(current_user, 'tenant_') THEN substr(current_user, 8) END;

CREATE FUNCTION toolbox.protect(target regclass, tenant_may text DEFAULT NULL) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY owner_all ON %s TO CURRENT_USER USING (true)', target);
    EXECUTE format('CREATE POLICY application_all ON %s TO toolbox_app USING (true)', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO toolbox_app', target);
    IF tenant_may IS NOT NULL THEN
        EXECUTE format('CREATE POLICY tenant_own ON %s TO toolbox_tenant USING (tenant = toolbox.current_tenant())', target);
        EXECUTE format('GRANT %s ON %s TO toolbox_tenant', tenant_may, target);
    END IF;
END $$;

CREATE TABLE toolbox.tenants (
    tenant        text PRIMARY KEY CHECK (tenant ~ '^[a-z][a-z0-9_]{1,39}$'),
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    billing_email text NOT NULL CHECK (length(billing_email) BETWEEN 3 AND 254),
    created_at    timestamptz NOT NULL
);
SELECT toolbox.protect('toolbox.tenants', 'SELECT');

-- What stands in every tenant's schema, by the name of the migration that brought it.
CREATE TABLE toolbox.tenant_tables (
    name   text PRIMARY KEY,
    script text NOT NULL
);
SELECT toolbox.protect('toolbox.tenant_tables');
REVOKE INSERT, UPDATE, DELETE ON toolbox.tenant_tables FROM toolbox_app;

CREATE FUNCTION toolbox.run_in_tenant(target_tenant text, script text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('search_path', quote_ident('tenant_' || target_tenant), true);
    EXECUTE script;
END $$;

CREATE FUNCTION toolbox.add_tenant_tables(script_name text, ddl text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    existing record;
BEGIN
    IF script_name <= (SELECT max(name) FROM toolbox.tenant_tables) THEN
        RAISE EXCEPTION 'Tenant tables %: the name must sort after all earlier ones, which already ran.', script_name;
    END IF;
    INSERT INTO toolbox.tenant_tables (name, script) VALUES (script_name, ddl);
    FOR existing IN SELECT tenant FROM toolbox.tenants ORDER BY tenant LOOP
        PERFORM toolbox.run_in_tenant(existing.tenant, ddl);
    END LOOP;
END $$;

-- A tenant: its row, its role, its schema with everything that tenants have. Nothing happens when it is there already.
CREATE FUNCTION toolbox.create_tenant(new_tenant text, tenant_name text, email text, at timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    its_name text := 'tenant_' || new_tenant;
    step record;
BEGIN
    INSERT INTO toolbox.tenants (tenant, name, billing_email, created_at)
    VALUES (new_tenant, tenant_name, email, at) ON CONFLICT (tenant) DO NOTHING;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = its_name) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', its_name);
    END IF;
    IF NOT pg_has_role(its_name, 'toolbox_tenant', 'MEMBER') THEN
        EXECUTE format('GRANT toolbox_tenant TO %I WITH INHERIT TRUE, SET FALSE', its_name);
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_auth_members WHERE roleid = its_name::regrole AND member = 'toolbox_app'::regrole AND NOT inherit_option AND set_option)
    THEN
        EXECUTE format('GRANT %I TO toolbox_app WITH INHERIT FALSE, SET TRUE', its_name);
    END IF;

    EXECUTE format('CREATE SCHEMA %I', its_name);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', its_name, its_name);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', its_name, its_name);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE ON SEQUENCES TO %I', its_name, its_name);
    FOR step IN SELECT script FROM toolbox.tenant_tables ORDER BY name LOOP
        PERFORM toolbox.run_in_tenant(new_tenant, step.script);
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION toolbox.protect(regclass, text), toolbox.run_in_tenant(text, text),
    toolbox.add_tenant_tables(text, text), toolbox.create_tenant(text, text, text, timestamptz) FROM PUBLIC;

CREATE TABLE toolbox.api_keys (
    id         text PRIMARY KEY,
    key_hash   bytea NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),      -- SHA-256; the keys are random, so no salt
    tenant     text REFERENCES toolbox.tenants,                               -- null: an operator's key
    name       text NOT NULL,
    scopes     text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz
);
SELECT toolbox.protect('toolbox.api_keys');
