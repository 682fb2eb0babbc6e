-- All tables but the dictionaries are clustered by their keys: what is read together lies together.

CREATE TABLE conversation (
    id       INTEGER PRIMARY KEY,
    name     TEXT    NOT NULL UNIQUE,
    sequence INTEGER NOT NULL DEFAULT 0 -- the last one given
);

-- Users, with the state of their inboxes, and whatever else messages come from or go to.
CREATE TABLE address (
    id           INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE,
    position     INTEGER NOT NULL DEFAULT 0, -- the last one given in this user's inbox
    lost_through INTEGER NOT NULL DEFAULT 0, -- up to here the inbox is no longer kept
    furthest     INTEGER NOT NULL DEFAULT 0  -- how far the furthest device got
);

CREATE TABLE message (
    conversation INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    sender       INTEGER NOT NULL,
    instance     INTEGER NOT NULL,
    counter      INTEGER NOT NULL,
    recipient    INTEGER NOT NULL,
    time_ms      INTEGER NOT NULL,
    ttl_seconds  INTEGER NOT NULL,
    expires_ms   INTEGER,
    type         INTEGER NOT NULL,
    content_kind INTEGER NOT NULL,
    lane         INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    payload      BLOB    NOT NULL,
    PRIMARY KEY (conversation, sequence)
) WITHOUT ROWID;

CREATE UNIQUE INDEX message_id ON message (sender, instance, counter);
CREATE INDEX message_expires ON message (expires_ms) WHERE expires_ms IS NOT NULL;

CREATE TABLE inbox (
    owner        INTEGER NOT NULL,
    position     INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    own          INTEGER NOT NULL, -- 1 if the owner sent it
    expires_ms   INTEGER,
    PRIMARY KEY (owner, position)
) WITHOUT ROWID;

CREATE INDEX inbox_expires ON inbox (expires_ms) WHERE expires_ms IS NOT NULL;

CREATE TABLE device (
    owner    INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    position INTEGER NOT NULL,
    saved    INTEGER NOT NULL, -- grows with each time that it is saved
    PRIMARY KEY (owner, name)
) WITHOUT ROWID;

CREATE TABLE read_mark (
    owner        INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    PRIMARY KEY (owner, conversation)
) WITHOUT ROWID;
