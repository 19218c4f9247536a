-- Times are milliseconds since 1970 where a name ends in _ms, seconds where it ends in _s.

CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    watch TEXT NOT NULL,
    url TEXT NOT NULL,
    rules TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    disabled TEXT
) STRICT;

-- The newest has the highest number, and signs first.
CREATE TABLE secrets (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription TEXT NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
    secret TEXT NOT NULL
) STRICT;

CREATE TABLE watches (
    subscription TEXT NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
    rule INTEGER NOT NULL,
    account TEXT NOT NULL,
    at_risk INTEGER NOT NULL,
    episode INTEGER NOT NULL,
    told INTEGER NOT NULL,
    warned_s INTEGER,
    changed_s INTEGER,
    PRIMARY KEY (subscription, rule, account)
) STRICT, WITHOUT ROWID;

-- Outlives its subscription: sent messages stay.
CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    subscription TEXT NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    body TEXT NOT NULL,
    url TEXT NOT NULL,
    as_of_s INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_status INTEGER,
    last_error TEXT,
    next_ms INTEGER,
    delivered_ms INTEGER
) STRICT;

CREATE INDEX pending ON outbox (url, sequence) WHERE status = 'pending';
