-- Collecting: what was asked for and how far it has come, where every field is from, raw counts.

CREATE TABLE collections (
  id            INTEGER PRIMARY KEY,
  source        TEXT    NOT NULL,
  options       TEXT    NOT NULL,        -- JSON: everything that decides which albums are found
  started_at    TEXT    NOT NULL,
  refresh_since INTEGER NOT NULL DEFAULT 0,  -- while a refresh is under way: answers before it (seconds since 1970) are old
  found_at      TEXT,                    -- all its albums were found
  finished_at   TEXT,                    -- all its pictures were looked for, too
  calls         INTEGER NOT NULL DEFAULT 0,
  bytes         INTEGER NOT NULL DEFAULT 0,
  UNIQUE (source, options)
) STRICT;

CREATE TABLE collection_albums (
  collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  album_id      INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
  position      INTEGER NOT NULL,        -- the order in which they were found
  PRIMARY KEY (collection_id, album_id)
) STRICT, WITHOUT ROWID;

-- The journal of pictures: where an album's may be had, and what came of it.
CREATE TABLE album_pictures (
  album_id      INTEGER PRIMARY KEY REFERENCES albums (id) ON DELETE CASCADE,
  links         TEXT    NOT NULL,        -- JSON: addresses, the best first
  state         TEXT    NOT NULL CHECK (state IN ('wanted', 'fetched', 'none', 'unusable', 'placeholder', 'failed')),
  reason        TEXT    NOT NULL DEFAULT '',
  url           TEXT    NOT NULL DEFAULT '',  -- of links: the one that gave the answer
  etag          TEXT    NOT NULL DEFAULT '',
  last_modified TEXT    NOT NULL DEFAULT '',
  at            INTEGER NOT NULL DEFAULT 0    -- seconds since 1970
) STRICT;

-- An answer that fields were taken from.
CREATE TABLE origins (
  id      INTEGER PRIMARY KEY,
  service TEXT    NOT NULL,              -- musicbrainz, listenbrainz, …
  address TEXT    NOT NULL,              -- without keys
  licence TEXT    NOT NULL,              -- a note on what it may be used for
  date    INTEGER NOT NULL,              -- seconds since 1970
  UNIQUE (service, address, licence, date)
) STRICT;

CREATE TABLE album_origins (
  album_id  INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
  field     TEXT    NOT NULL,            -- album, genres, popularity, picture, …
  origin_id INTEGER NOT NULL REFERENCES origins (id),
  PRIMARY KEY (album_id, field)
) STRICT, WITHOUT ROWID;

-- Figures as the service gave them; a popularity is made of one of them.
CREATE TABLE album_counts (
  album_id INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
  name     TEXT    NOT NULL,             -- listeners, listens, fans, …
  value    INTEGER NOT NULL CHECK (value >= 0),
  PRIMARY KEY (album_id, name)
) STRICT, WITHOUT ROWID;

-- Pictures that a service shows where it has none.
CREATE TABLE placeholder_pictures (
  sha256 TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  at     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
