-- What searches have done so far, so that one that was stopped goes on where it was. Nothing is lost with
-- these rows but time.
CREATE TABLE search_parts (
  key   TEXT PRIMARY KEY,                -- SHA-256 of data, features, folds, pipeline and fold
  value TEXT NOT NULL,                   -- JSON: the fold's scores
  at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
