-- Strategies, ways out and tiers; calls that move between queues, and calls that Asterisk's own queue takes care of.

ALTER TABLE queues ADD COLUMN strategy TEXT NOT NULL DEFAULT 'longest_idle';

-- When callers need not wait any longer, and where they go then. A rule that is not here does not happen.
CREATE TABLE overflow_rules (
    queue_id    BLOB    NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    rule        TEXT    NOT NULL CHECK (rule IN (
        'max_wait',
        'nobody_logged_in_joining',
        'nobody_logged_in_waiting',
        'nobody_ready_joining',
        'nobody_ready_waiting',
        'full'
    )),
    threshold   INTEGER NULL, -- of max_wait in milliseconds, of full in callers who wait
    to_queue_id BLOB    NULL REFERENCES queues (id) ON DELETE CASCADE, -- NULL: back to the dialplan
    PRIMARY KEY (queue_id, rule)
) STRICT, WITHOUT ROWID;
CREATE INDEX overflow_rules_to ON overflow_rules (to_queue_id) WHERE to_queue_id IS NOT NULL;

ALTER TABLE agent_queues ADD COLUMN tier INTEGER NOT NULL DEFAULT 1;

-- SQLite cannot take a NOT NULL away: the table is made anew.
CREATE TABLE calls_anew (
    id             BLOB    PRIMARY KEY NOT NULL,
    server         INTEGER NOT NULL,
    leg            TEXT    NOT NULL, -- the caller's channel, which is the uniqueid of the caller's CDR
    number         TEXT    NULL,
    dialled        TEXT    NULL, -- of a call that Asterisk's own queue took care of
    queue_id       BLOB    NULL, -- the last queue; NULL: a call to Asterisk's own queue whose number is none of our queues'
    first_queue_id BLOB    NULL, -- the queue entered first
    entered_at     INTEGER NOT NULL,
    answered_at    INTEGER NULL,
    ended_at       INTEGER NULL,
    outcome        TEXT    NULL,
    ended_by       TEXT    NULL,
    agent_id       BLOB    NULL, -- who answered
    offers         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO calls_anew (
    id, server, leg, number, dialled, queue_id, first_queue_id,
    entered_at, answered_at, ended_at, outcome, ended_by, agent_id, offers
)
SELECT
    id, server, leg, number, NULL, queue_id, queue_id,
    entered_at, answered_at, ended_at, outcome, ended_by, agent_id, offers
FROM calls;
DROP TABLE calls;
ALTER TABLE calls_anew RENAME TO calls;
CREATE INDEX calls_entered ON calls (entered_at);
CREATE INDEX calls_leg ON calls (leg);

-- The last state of an agent, without reading all their days.
CREATE INDEX agent_states_last ON agent_states (agent_id, position);
