-- Strategies, ways out and tiers; calls that move between queues, and calls that Asterisk's own queue takes care of.

ALTER TABLE queues ADD COLUMN strategy TEXT NOT NULL DEFAULT 'longest_idle';

-- When callers need not wait any longer, and where they go then. A rule that is not here does not happen.
CREATE TABLE overflow_rules (
    queue_id    UUID    NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    rule        TEXT    NOT NULL CHECK (rule IN (
        'max_wait',
        'nobody_logged_in_joining',
        'nobody_logged_in_waiting',
        'nobody_ready_joining',
        'nobody_ready_waiting',
        'full'
    )),
    threshold   BIGINT  NULL, -- of max_wait in milliseconds, of full in callers who wait
    to_queue_id UUID    NULL REFERENCES queues (id) ON DELETE CASCADE, -- NULL: back to the dialplan
    PRIMARY KEY (queue_id, rule)
);
CREATE INDEX overflow_rules_to ON overflow_rules (to_queue_id) WHERE to_queue_id IS NOT NULL;

ALTER TABLE agent_queues ADD COLUMN tier BIGINT NOT NULL DEFAULT 1;

ALTER TABLE calls
    ADD COLUMN dialled TEXT NULL, -- of a call that Asterisk's own queue took care of
    ADD COLUMN first_queue_id UUID NULL, -- the queue entered first; queue_id is the last one
    ALTER COLUMN queue_id DROP NOT NULL; -- NULL: a call to Asterisk's own queue whose number is none of our queues'
UPDATE calls SET first_queue_id = queue_id;

-- The last state of an agent, without reading all their days.
CREATE INDEX agent_states_last ON agent_states (agent_id, position);
