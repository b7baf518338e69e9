-- Deployments: experiences and their fences, calls to Roblox, plans, deployments, versions, uploads that can be used again.

SELECT toolbox.add_tenant_tables('0040_deployments', $ddl$
    CREATE TABLE experiences (
        key   text PRIMARY KEY,
        state jsonb NOT NULL
    );

    CREATE TABLE roblox_calls (
        id       text PRIMARY KEY,
        key      text NOT NULL,
        fence    bigint NOT NULL,
        changes  boolean NOT NULL,
        began_at timestamptz NOT NULL,
        ended    boolean NOT NULL DEFAULT false
    );
    CREATE INDEX roblox_calls_under_way ON roblox_calls (key, began_at) WHERE changes AND NOT ended;
    CREATE INDEX roblox_calls_age ON roblox_calls (began_at);

    CREATE TABLE deployment_plans (
        hash       text PRIMARY KEY,
        plan       jsonb NOT NULL,
        created_at timestamptz NOT NULL
    );
    CREATE INDEX deployment_plans_age ON deployment_plans (created_at);

    CREATE TABLE deployments (
        id         text PRIMARY KEY,
        experience text NOT NULL,
        deployment jsonb NOT NULL
    );
    CREATE INDEX deployments_of_experience ON deployments (experience, id DESC);

    CREATE TABLE release_versions (
        experience   text NOT NULL,
        environment  text NOT NULL,
        version      text NOT NULL,
        release      jsonb NOT NULL,
        completed_at timestamptz NOT NULL,
        PRIMARY KEY (experience, environment, version)
    );
    CREATE INDEX release_versions_newest ON release_versions (experience, environment, completed_at DESC);

    CREATE TABLE uploaded_assets (
        owner    text NOT NULL,
        type     text NOT NULL,
        sha256   text NOT NULL,
        asset_id bigint NOT NULL,
        revision bigint NOT NULL,
        PRIMARY KEY (owner, type, sha256)
    );
$ddl$);
