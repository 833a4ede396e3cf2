-- What an operator's desk asks for all day, without reading all days: the calls of a number, and an agent's own.
CREATE INDEX calls_number ON calls (number, entered_at) WHERE number IS NOT NULL;
CREATE INDEX calls_agent ON calls (agent_id, entered_at) WHERE agent_id IS NOT NULL;
CREATE INDEX segments_agent ON segments (agent_id, began_at) WHERE agent_id IS NOT NULL;

-- The agents who have a desk open: a program that starts again knows whose desk to listen for.
CREATE TABLE desks (
    agent_id  UUID   PRIMARY KEY,
    opened_at BIGINT NOT NULL
);
