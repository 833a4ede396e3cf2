-- What the core decides by. Times are milliseconds since 1970, ids UUIDs.

-- Grows with every change of the settings, so that a running program notices what another process wrote.
CREATE TABLE settings_version (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL
);
INSERT INTO settings_version (one, version) VALUES (1, 0);

CREATE TABLE queues (
    id                      UUID   PRIMARY KEY NOT NULL,
    place                   BIGINT NOT NULL,
    number                  TEXT   NOT NULL UNIQUE,
    name                    TEXT   NOT NULL,
    music                   TEXT   NOT NULL,
    ring_timeout_ms         BIGINT NOT NULL,
    wrap_up_ms              BIGINT NOT NULL,
    service_level_percent   BIGINT NOT NULL,
    service_level_within_ms BIGINT NOT NULL
);

CREATE TABLE agents (
    id                UUID    PRIMARY KEY NOT NULL,
    place             BIGINT  NOT NULL,
    name              TEXT    NOT NULL,
    server            BIGINT  NOT NULL,
    endpoint          TEXT    NOT NULL,
    ready_on_register BOOLEAN NOT NULL,
    UNIQUE (server, endpoint)
);

CREATE TABLE agent_queues (
    agent_id UUID   NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    queue_id UUID   NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    place    BIGINT NOT NULL,
    PRIMARY KEY (agent_id, queue_id)
);
CREATE INDEX agent_queues_queue ON agent_queues (queue_id);
