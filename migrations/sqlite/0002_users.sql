-- Who signs in, where they are signed in, and what was changed by whom.

CREATE TABLE users (
    id            BLOB    PRIMARY KEY NOT NULL,
    email         TEXT    NOT NULL,
    email_key     TEXT    NOT NULL UNIQUE, -- the address in lower case: two spellings are one user
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL CHECK (role IN ('operator', 'supervisor', 'admin')),
    agent_id      BLOB    NULL REFERENCES agents (id) ON DELETE SET NULL,
    password_hash TEXT    NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id_hash      BLOB    PRIMARY KEY NOT NULL, -- SHA-256 of the id: whoever reads this table cannot sign in with it
    user_id      BLOB    NULL REFERENCES users (id) ON DELETE CASCADE,
    data         BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE audit (
    id         BLOB    PRIMARY KEY NOT NULL,
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL CHECK (actor IN ('user', 'agent', 'command_line', 'program')),
    actor_id   BLOB    NULL,
    action     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    subject_id BLOB    NOT NULL,
    was        TEXT    NULL,
    became     TEXT    NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_subject ON audit (subject_id, at);
