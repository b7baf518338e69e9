-- A tenant's mails: what they say, and how far they have come.
SELECT toolbox.add_tenant_tables('0020_mails', $ddl$
    CREATE TABLE mails (
        id           text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 200),     -- derived by who writes it
        about        text NOT NULL,                                             -- the object that it is about
        template     text NOT NULL,
        recipient    text NOT NULL,
        model        jsonb NOT NULL,
        created_at   timestamptz NOT NULL,
        state        text NOT NULL CHECK (state IN ('pending', 'sending', 'accepted', 'delivered', 'bounced', 'dropped')),
        sends        integer NOT NULL,
        unanswered   integer NOT NULL CHECK (unanswered BETWEEN 0 AND sends),
        resends      integer NOT NULL CHECK (resends BETWEEN 0 AND sends),
        last_send_at timestamptz,
        sent_at      timestamptz,
        message_id   text,
        reason       text
    );
    CREATE INDEX mails_about ON mails (about, created_at, id);
$ddl$);
