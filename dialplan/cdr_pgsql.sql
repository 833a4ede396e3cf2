-- The table that cdr_pgsql writes. The columns from callsync_call on are stamped by CallSync Central.
CREATE TABLE IF NOT EXISTS cdr (
    calldate          TIMESTAMP,
    clid              TEXT,
    src               TEXT,
    dst               TEXT,
    dcontext          TEXT,
    channel           TEXT,
    dstchannel        TEXT,
    lastapp           TEXT,
    lastdata          TEXT,
    start             TIMESTAMP,
    answer            TIMESTAMP,
    "end"             TIMESTAMP,
    duration          INTEGER,
    billsec           INTEGER,
    disposition       TEXT,
    amaflags          INTEGER,
    accountcode       TEXT,
    uniqueid          TEXT,
    linkedid          TEXT,
    peeraccount       TEXT,
    sequence          INTEGER,
    userfield         TEXT,
    callsync_call     TEXT,
    callsync_queue    TEXT,
    callsync_agent    TEXT,
    callsync_outcome  TEXT,
    callsync_entered  TEXT,
    callsync_answered TEXT
);

-- Which program stamped the row, by its application; empty or NULL: callsync.
ALTER TABLE cdr ADD COLUMN IF NOT EXISTS callsync_app TEXT;

CREATE INDEX IF NOT EXISTS cdr_uniqueid ON cdr (uniqueid);
CREATE INDEX IF NOT EXISTS cdr_linkedid ON cdr (linkedid);
CREATE INDEX IF NOT EXISTS cdr_start ON cdr (start);
