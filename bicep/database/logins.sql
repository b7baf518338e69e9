-- The logins of an environment on Azure. An Entra administrator of the server runs it in the database postgres, before the
-- migrations; it may run again and again. The application's identity comes in as a setting of the session:
--
--     PGOPTIONS="-c toolbox.identity=$IDENTITY_PRINCIPAL_ID" psql "host=… dbname=postgres user=…" -v ON_ERROR_STOP=1 -f logins.sql
--
-- toolbox_app is the application: its login is the managed identity's object, it owns nothing. Whoever runs the migrations owns the schemas.

DO $$
DECLARE
    identity text := current_setting('toolbox.identity');
BEGIN
    IF identity !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        RAISE EXCEPTION 'toolbox.identity is not an object id: %', identity;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'toolbox_app') THEN
        PERFORM pgaadauth_create_principal_with_oid('toolbox_app', identity, 'service', false, false);
    END IF;
END $$;

REVOKE ALL ON DATABASE toolbox FROM PUBLIC;
GRANT CONNECT ON DATABASE toolbox TO toolbox_app;

-- Roles of tenants that the migrations make are theirs to grant.
DO $$
BEGIN
    EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE toolbox TO %I', current_user);
    EXECUTE format('ALTER ROLE %I SET createrole_self_grant = ''set, inherit''', current_user);
END $$;
