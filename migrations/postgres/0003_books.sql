-- The books: what came true, as the loop reported it. No foreign keys and no checks of words here: a fact that has
-- happened must never be refused, and settings may be deleted while their history stays.

-- How far the facts are booked; written in one transaction with them.
CREATE TABLE books (
    one      BIGINT  PRIMARY KEY CHECK (one = 1),
    position BIGINT  NOT NULL
);
INSERT INTO books (one, position) VALUES (1, 0);

CREATE TABLE calls (
    id          UUID    PRIMARY KEY NOT NULL,
    server      BIGINT  NOT NULL,
    leg         TEXT    NOT NULL, -- the caller's channel, which is the uniqueid of the caller's CDR
    number      TEXT    NULL,
    queue_id    UUID    NOT NULL,
    entered_at  BIGINT  NOT NULL,
    answered_at BIGINT  NULL,
    ended_at    BIGINT  NULL,
    outcome     TEXT    NULL,
    ended_by    TEXT    NULL,
    agent_id    UUID    NULL, -- who answered
    offers      BIGINT  NOT NULL
);
CREATE INDEX calls_entered ON calls (entered_at);
CREATE INDEX calls_leg ON calls (leg);

CREATE TABLE segments (
    position BIGINT  PRIMARY KEY NOT NULL, -- of the fact that ended it
    call_id  UUID    NOT NULL,
    kind     TEXT    NOT NULL,
    queue_id UUID    NOT NULL,
    agent_id UUID    NULL,
    offer    BIGINT  NULL,
    began_at BIGINT  NOT NULL,
    ended_at BIGINT  NOT NULL,
    ending   TEXT    NULL
);
CREATE INDEX segments_call ON segments (call_id);
CREATE INDEX segments_began ON segments (began_at);

CREATE TABLE agent_states (
    position BIGINT  PRIMARY KEY NOT NULL, -- of the fact that began it
    agent_id UUID    NOT NULL,
    state    TEXT    NOT NULL,
    reason   TEXT    NULL,
    call_id  UUID    NULL,
    began_at BIGINT  NOT NULL,
    ended_at BIGINT  NULL
);
CREATE INDEX agent_states_agent ON agent_states (agent_id, began_at);
CREATE UNIQUE INDEX agent_states_open ON agent_states (agent_id) WHERE ended_at IS NULL;

-- Every fact but the ended segments, which stand above, and the ignored events, which are the journal's.
CREATE TABLE facts (
    position BIGINT  PRIMARY KEY NOT NULL,
    at       BIGINT  NOT NULL,
    kind     TEXT    NOT NULL,
    call_id  UUID    NULL,
    agent_id UUID    NULL,
    detail   JSONB   NOT NULL
);
CREATE INDEX facts_call ON facts (call_id) WHERE call_id IS NOT NULL;
