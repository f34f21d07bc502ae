-- Whose addresses were erased since when, for the file beside the database.

CREATE INDEX tombstones_at ON tombstones (at);
