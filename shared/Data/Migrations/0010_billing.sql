-- Billing: whose customer it is, the tenants' accounts, the dunning runs and their policies.

CREATE TABLE toolbox.stripe_customers (
    customer_id text PRIMARY KEY,                                  -- a customer belongs to exactly one tenant,
    tenant      text NOT NULL UNIQUE REFERENCES toolbox.tenants    -- and a tenant has exactly one
);
SELECT toolbox.protect('toolbox.stripe_customers', 'SELECT, INSERT');

CREATE TABLE toolbox.dunning_policies (
    plan       text PRIMARY KEY,
    policy     jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
SELECT toolbox.protect('toolbox.dunning_policies');

SELECT toolbox.add_tenant_tables('0010_billing', $ddl$
    CREATE TABLE billing_account (
        one                 boolean PRIMARY KEY DEFAULT true CHECK (one),
        customer_id         text,
        card                text,
        subscription        jsonb,
        attempt             integer NOT NULL DEFAULT 0,
        access_withdrawn_for text,
        version             bigint NOT NULL DEFAULT 0
    );

    CREATE TABLE paid_invoices (
        invoice_id text PRIMARY KEY,
        paid_at    timestamptz NOT NULL
    );

    CREATE TABLE dunning_runs (
        invoice_id  text PRIMARY KEY,
        status      text NOT NULL,
        stage       text NOT NULL,
        started_at  timestamptz NOT NULL,
        next_try_at timestamptz,
        tries       jsonb NOT NULL,
        start       jsonb NOT NULL,                                -- what the orchestration is started from
        version     integer NOT NULL
    );
    CREATE INDEX dunning_runs_newest ON dunning_runs (started_at DESC, invoice_id DESC);
    CREATE INDEX dunning_runs_unended ON dunning_runs (invoice_id) WHERE status IN ('running', 'paused');
$ddl$);
