-- Invoices that were given up: while one of a tenant's is unpaid, its keys open nothing but billing. In the control plane, where
-- a key is looked up; written in the tenant's session, together with what is decided about the invoice.
CREATE TABLE toolbox.withdrawn_access (
    tenant       text NOT NULL REFERENCES toolbox.tenants,
    invoice_id   text NOT NULL,
    withdrawn_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, invoice_id)
);
SELECT toolbox.protect('toolbox.withdrawn_access', 'SELECT, INSERT, DELETE');

SELECT toolbox.add_tenant_tables('0021_withdrawn_access', $ddl$
    ALTER TABLE billing_account DROP COLUMN access_withdrawn_for;
$ddl$);
