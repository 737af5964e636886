-- Covers, albums, artists, genres, runs. docs/formats.md describes each table.

CREATE TABLE covers (
  id       INTEGER PRIMARY KEY,
  sha256   TEXT    NOT NULL UNIQUE,      -- 64 hex digits: the bytes of the picture
  bytes    INTEGER NOT NULL,
  width    INTEGER NOT NULL,             -- pixels, upright
  height   INTEGER NOT NULL,
  format   TEXT    NOT NULL,             -- jpeg, png, webp, bmp, tiff
  phash    INTEGER,                      -- 64-bit perceptual hash; NULL: too flat to have one
  oddities TEXT    NOT NULL DEFAULT '',  -- comma-separated words: grey,alpha,tiny,…
  added_at TEXT    NOT NULL
) STRICT;

-- Where a cover's bytes lie. sleeve never changes these files.
CREATE TABLE cover_files (
  path     BLOB    PRIMARY KEY,          -- absolute; a file name may hold any bytes
  cover_id INTEGER NOT NULL REFERENCES covers (id) ON DELETE CASCADE,
  bytes    INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cover_files_by_cover ON cover_files (cover_id);

CREATE TABLE artists (
  id     INTEGER PRIMARY KEY,
  key    TEXT NOT NULL UNIQUE,           -- the source's artist id, or the name where there is none
  name   TEXT NOT NULL
) STRICT;

CREATE TABLE albums (
  id         INTEGER PRIMARY KEY,
  source     TEXT NOT NULL,              -- folder, csv, albums, …
  key        TEXT NOT NULL,              -- what makes an import recognise it again
  scope      BLOB NOT NULL,              -- the folder or file that named it last
  title      TEXT NOT NULL DEFAULT '',
  artist_id  INTEGER REFERENCES artists (id),
  cover_id   INTEGER REFERENCES covers (id),
  group_key  TEXT,                       -- the user's own group: never split between train and test
  popularity REAL CHECK (popularity BETWEEN 0 AND 100),
  UNIQUE (source, key)
) STRICT;
CREATE INDEX albums_by_cover ON albums (cover_id);

CREATE TABLE album_genres (
  album_id INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
  genre    TEXT    NOT NULL,
  position INTEGER NOT NULL,             -- the order in which the source named them
  PRIMARY KEY (album_id, genre)
) STRICT, WITHOUT ROWID;

-- What could not be imported, until it can.
CREATE TABLE problems (
  item   BLOB PRIMARY KEY,               -- a path, or FILE.csv:LINE
  code   TEXT NOT NULL,                  -- name_of(ErrorCode)
  reason TEXT NOT NULL,
  at     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id          INTEGER PRIMARY KEY,
  command     TEXT NOT NULL,             -- train, crossval, evaluate
  started_at  TEXT NOT NULL,
  seconds     REAL NOT NULL,
  version     TEXT NOT NULL,             -- of sleeve
  config      TEXT NOT NULL,             -- JSON: everything that changes the result
  fingerprint TEXT NOT NULL,             -- of covers, labels and groups
  report      TEXT NOT NULL              -- JSON: what the command printed
) STRICT;
