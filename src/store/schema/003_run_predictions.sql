-- What each model of a run said of each cover that it had not seen, so that runs can be compared.
-- docs/formats.md describes the bytes.

CREATE TABLE run_predictions (
  run_id   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,             -- 0: the covers themselves; then the models, in the report's order
  pipeline TEXT    NOT NULL,             -- empty for the covers
  data     BLOB    NOT NULL,
  PRIMARY KEY (run_id, position)
) STRICT;
