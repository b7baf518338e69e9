-- The two alternating logins of a self-hosted database, for rotating the application's password: run once by the server's administrator,
-- in the product's database, after the role toolbox_app exists. May run again. Nothing of it is needed on Azure, where logins have no password.
--
-- A rotation gives the login that is not in use a new password, has every instance move over, then takes the other's password away. It
-- reaches passwords through one function only, which takes SCRAM verifiers: no password ever stands in a statement or a log of the server.

DO $$
DECLARE
    login text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'toolbox_logins') THEN
        CREATE ROLE toolbox_logins NOLOGIN CREATEROLE;
    END IF;
    FOREACH login IN ARRAY ARRAY['toolbox_app_blue', 'toolbox_app_green'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', login);
        END IF;
        IF NOT pg_has_role(login, 'toolbox_app', 'MEMBER') THEN
            EXECUTE format('GRANT toolbox_app TO %I WITH INHERIT TRUE, SET TRUE', login);
        END IF;
        IF NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = login::regrole AND member = 'toolbox_logins'::regrole AND admin_option) THEN
            EXECUTE format('GRANT %I TO toolbox_logins WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', login);
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), login);
    END LOOP;
END $$;

CREATE SCHEMA IF NOT EXISTS logins;
GRANT USAGE ON SCHEMA logins TO toolbox_app, toolbox_logins;

-- Sets the verifier of a login's password; null takes the password away, and the login with it.
CREATE OR REPLACE FUNCTION logins.set_verifier(login text, verifier text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF login IS NULL OR login NOT IN ('toolbox_app_blue', 'toolbox_app_green') THEN
        RAISE EXCEPTION 'Only the logins toolbox_app_blue and toolbox_app_green are set here.';
    END IF;
    IF verifier IS NOT NULL AND verifier !~ '^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' THEN
        RAISE EXCEPTION 'A verifier is expected, not a password.';
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', login, verifier);
END $$;
ALTER FUNCTION logins.set_verifier(text, text) OWNER TO toolbox_logins;
REVOKE ALL ON FUNCTION logins.set_verifier(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION logins.set_verifier(text, text) TO toolbox_app;
