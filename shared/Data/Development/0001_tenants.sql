-- Two tenants and well-known keys for a developer's machine; never run anywhere else. May run again and again.

SELECT toolbox.create_tenant('demo', 'Demo School', 'billing@demo.example', '2026-01-01T00:00:00Z');
SELECT toolbox.create_tenant('other', 'Other Studio', 'billing@other.example', '2026-01-01T00:00:00Z');

INSERT INTO toolbox.api_keys (id, key_hash, tenant, name, scopes, created_at)
VALUES
    ('key_development_demo', sha256('tbx_local_development_key'), 'demo', 'Development',
        '{billing:read,billing:write,scripts:scan,deployments:read,deployments:write}', '2026-01-01T00:00:00Z'),
    ('key_development_other', sha256('tbx_local_other_key'), 'other', 'Development',
        '{billing:read,billing:write,scripts:scan,deployments:read,deployments:write}', '2026-01-01T00:00:00Z'),
    ('key_development_approver', sha256('tbx_local_approver_key'), 'demo', 'Development approver',
        '{deployments:read,deployments:approve}', '2026-01-01T00:00:00Z'),
    ('key_development_operator', sha256('tbx_local_operator_key'), NULL, 'Development operator',
        '{operator}', '2026-01-01T00:00:00Z')
ON CONFLICT (id) DO UPDATE SET scopes = excluded.scopes;
