-- What the core decides by. Times are milliseconds since 1970, ids UUIDs as 16 bytes.

-- Grows with every change of the settings, so that a running program notices what another process wrote.
CREATE TABLE settings_version (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO settings_version (one, version) VALUES (1, 0);

CREATE TABLE queues (
    id                      BLOB    PRIMARY KEY NOT NULL,
    place                   INTEGER NOT NULL,
    number                  TEXT    NOT NULL UNIQUE,
    name                    TEXT    NOT NULL,
    music                   TEXT    NOT NULL,
    ring_timeout_ms         INTEGER NOT NULL,
    wrap_up_ms              INTEGER NOT NULL,
    service_level_percent   INTEGER NOT NULL,
    service_level_within_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agents (
    id                BLOB    PRIMARY KEY NOT NULL,
    place             INTEGER NOT NULL,
    name              TEXT    NOT NULL,
    server            INTEGER NOT NULL,
    endpoint          TEXT    NOT NULL,
    ready_on_register INTEGER NOT NULL CHECK (ready_on_register IN (0, 1)),
    UNIQUE (server, endpoint)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_queues (
    agent_id BLOB    NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    queue_id BLOB    NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    place    INTEGER NOT NULL,
    PRIMARY KEY (agent_id, queue_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_queues_queue ON agent_queues (queue_id);
