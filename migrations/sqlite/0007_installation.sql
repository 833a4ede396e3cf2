-- Which installation this is: its legs, bridges and marks in Asterisk bear it, so that two programs on one Asterisk know their own
-- things from the other's.
CREATE TABLE installation (
    only_one INTEGER PRIMARY KEY NOT NULL CHECK (only_one = 1),
    id       TEXT    NOT NULL
) STRICT;
