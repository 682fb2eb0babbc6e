CREATE TABLE conversation (
    id       BIGINT AUTO_INCREMENT PRIMARY KEY,
    name     VARBINARY(255) NOT NULL UNIQUE,
    sequence BIGINT NOT NULL DEFAULT 0 -- the last one given
) ENGINE = InnoDB;

-- Users, with the state of their inboxes, and whatever else messages come from or go to.
CREATE TABLE address (
    id           BIGINT AUTO_INCREMENT PRIMARY KEY,
    name         VARBINARY(255) NOT NULL UNIQUE,
    position     BIGINT NOT NULL DEFAULT 0, -- the last one given in this user's inbox
    lost_through BIGINT NOT NULL DEFAULT 0, -- up to here the inbox is no longer kept
    furthest     BIGINT NOT NULL DEFAULT 0  -- how far the furthest device got
) ENGINE = InnoDB;

CREATE TABLE message (
    conversation BIGINT NOT NULL,
    sequence     BIGINT NOT NULL,
    sender       BIGINT NOT NULL,
    instance     BIGINT NOT NULL,
    counter      BIGINT NOT NULL,
    recipient    BIGINT NOT NULL,
    time_ms      BIGINT NOT NULL,
    ttl_seconds  INTEGER NOT NULL,
    expires_ms   BIGINT,
    type         INTEGER NOT NULL,
    content_kind SMALLINT NOT NULL,
    lane         SMALLINT NOT NULL,
    size         INTEGER NOT NULL,
    payload      MEDIUMBLOB   NOT NULL,
    PRIMARY KEY (conversation, sequence)
) ENGINE = InnoDB;

CREATE UNIQUE INDEX message_id ON message (sender, instance, counter);
CREATE INDEX message_expires ON message (expires_ms);

CREATE TABLE inbox (
    owner        BIGINT NOT NULL,
    position     BIGINT NOT NULL,
    conversation BIGINT NOT NULL,
    sequence     BIGINT NOT NULL,
    size         INTEGER NOT NULL,
    own          SMALLINT NOT NULL, -- 1 if the owner sent it
    expires_ms   BIGINT,
    PRIMARY KEY (owner, position)
) ENGINE = InnoDB;

CREATE INDEX inbox_expires ON inbox (expires_ms);

CREATE TABLE device (
    owner    BIGINT NOT NULL,
    name     VARBINARY(255) NOT NULL,
    position BIGINT NOT NULL,
    saved    BIGINT NOT NULL, -- grows with each time that it is saved
    PRIMARY KEY (owner, name)
) ENGINE = InnoDB;

CREATE TABLE read_mark (
    owner        BIGINT NOT NULL,
    conversation BIGINT NOT NULL,
    sequence     BIGINT NOT NULL,
    PRIMARY KEY (owner, conversation)
) ENGINE = InnoDB;
