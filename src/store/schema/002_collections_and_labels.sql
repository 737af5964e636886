-- What an album was found in and when it came out; how often people gave it a tag; derived labels.

ALTER TABLE albums ADD COLUMN collection TEXT;   -- the playlist, chart or list it was found in: context, never decides a split
ALTER TABLE albums ADD COLUMN year INTEGER CHECK (year BETWEEN 1000 AND 2999);
ALTER TABLE album_genres ADD COLUMN votes INTEGER CHECK (votes >= 0);  -- NULL: the source counts none

-- An execution of a labelling command that changed something.
CREATE TABLE label_steps (
  id      INTEGER PRIMARY KEY,
  command TEXT NOT NULL,                 -- genres, popularity, balance, duplicates, …
  options TEXT NOT NULL,                 -- JSON: everything that decides its result
  at      TEXT NOT NULL
) STRICT;

-- A single decision. Raw tags and counts are never changed: of a subject's field the last decision
-- that is not undone holds. Subjects are named by what survives a new import.
CREATE TABLE label_decisions (
  id        INTEGER PRIMARY KEY,
  step_id   INTEGER NOT NULL REFERENCES label_steps (id) ON DELETE CASCADE,
  subject   TEXT NOT NULL CHECK (subject IN ('album', 'cover')),
  source    TEXT NOT NULL,               -- of an album; of a cover ''
  key       TEXT NOT NULL,               -- of an album; of a cover its SHA-256
  field     TEXT NOT NULL,               -- genre, popularity, out:balance, …
  old_value TEXT NOT NULL,               -- JSON: what held before
  new_value TEXT NOT NULL,               -- JSON: what holds from now on
  reason    TEXT NOT NULL,
  undone_at TEXT
) STRICT;
CREATE INDEX label_decisions_by_subject ON label_decisions (subject, source, key, field, id);
CREATE INDEX label_decisions_by_step ON label_decisions (step_id);

-- What duplicates are recognised by, so that a cover is looked at once.
CREATE TABLE cover_prints (
  cover_id INTEGER PRIMARY KEY REFERENCES covers (id) ON DELETE CASCADE,
  version  INTEGER NOT NULL,
  print    BLOB    NOT NULL
) STRICT;
