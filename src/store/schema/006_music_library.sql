-- What music files said when they were last read, so that a library is read once; and ids of other services.

CREATE TABLE library_files (
  path          BLOB    PRIMARY KEY,      -- absolute
  root          BLOB    NOT NULL,         -- the library's folder, with '/' at the end
  folder        BLOB    NOT NULL,         -- absolute, with '/' at the end
  bytes         INTEGER NOT NULL,
  mtime_ns      INTEGER NOT NULL,
  run           INTEGER NOT NULL,         -- the walk that saw it last
  album         TEXT    NOT NULL,         -- the album's key; '': the file can't be read
  title         TEXT    NOT NULL,
  album_artist  TEXT    NOT NULL,
  artist        TEXT    NOT NULL,
  artist_id     TEXT    NOT NULL,         -- MusicBrainz ids; '': not said
  release_id    TEXT    NOT NULL,
  release_group TEXT    NOT NULL,
  genres        TEXT    NOT NULL,         -- separated by ';'
  year          INTEGER,
  cover_id      INTEGER REFERENCES covers (id) ON DELETE SET NULL,  -- its embedded front cover, if that was taken
  has_picture   INTEGER NOT NULL,         -- there is an embedded one that wasn't found to be broken
  problem_code  TEXT    NOT NULL,         -- '': none
  problem       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX library_files_by_album ON library_files (root, album, path);

-- The picture beside the music of a folder: cover.*, folder.*, front.*
CREATE TABLE library_folders (
  folder   BLOB PRIMARY KEY,
  root     BLOB NOT NULL,
  run      INTEGER NOT NULL,
  cover_id INTEGER NOT NULL REFERENCES covers (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- By what other services know an album: mb_release_group, mb_release, …
CREATE TABLE album_ids (
  album_id INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
  kind     TEXT    NOT NULL,
  value    TEXT    NOT NULL,
  PRIMARY KEY (album_id, kind)
) STRICT, WITHOUT ROWID;
