-- The books: what came true, as the loop reported it. No foreign keys and no checks of words here: a fact that has
-- happened must never be refused, and settings may be deleted while their history stays.

-- How far the facts are booked; written in one transaction with them.
CREATE TABLE books (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL
) STRICT;
INSERT INTO books (one, position) VALUES (1, 0);

CREATE TABLE calls (
    id          BLOB    PRIMARY KEY NOT NULL,
    server      INTEGER NOT NULL,
    leg         TEXT    NOT NULL, -- the caller's channel, which is the uniqueid of the caller's CDR
    number      TEXT    NULL,
    queue_id    BLOB    NOT NULL,
    entered_at  INTEGER NOT NULL,
    answered_at INTEGER NULL,
    ended_at    INTEGER NULL,
    outcome     TEXT    NULL,
    ended_by    TEXT    NULL,
    agent_id    BLOB    NULL, -- who answered
    offers      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX calls_entered ON calls (entered_at);
CREATE INDEX calls_leg ON calls (leg);

CREATE TABLE segments (
    position INTEGER PRIMARY KEY NOT NULL, -- of the fact that ended it
    call_id  BLOB    NOT NULL,
    kind     TEXT    NOT NULL,
    queue_id BLOB    NOT NULL,
    agent_id BLOB    NULL,
    offer    INTEGER NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    ending   TEXT    NULL
) STRICT;
CREATE INDEX segments_call ON segments (call_id);
CREATE INDEX segments_began ON segments (began_at);

CREATE TABLE agent_states (
    position INTEGER PRIMARY KEY NOT NULL, -- of the fact that began it
    agent_id BLOB    NOT NULL,
    state    TEXT    NOT NULL,
    reason   TEXT    NULL,
    call_id  BLOB    NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER NULL
) STRICT;
CREATE INDEX agent_states_agent ON agent_states (agent_id, began_at);
CREATE UNIQUE INDEX agent_states_open ON agent_states (agent_id) WHERE ended_at IS NULL;

-- Every fact but the ended segments, which stand above, and the ignored events, which are the journal's.
CREATE TABLE facts (
    position INTEGER PRIMARY KEY NOT NULL,
    at       INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    call_id  BLOB    NULL,
    agent_id BLOB    NULL,
    detail   TEXT    NOT NULL
) STRICT;
CREATE INDEX facts_call ON facts (call_id) WHERE call_id IS NOT NULL;
