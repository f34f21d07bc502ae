-- Counting within windows, and why a delivery was given up, for operators.

CREATE TABLE counters (
	lookup BYTEA NOT NULL,
	start  BIGINT NOT NULL,
	until  BIGINT NOT NULL,
	n      BIGINT NOT NULL,
	PRIMARY KEY (lookup, start, until)
);

ALTER TABLE deliveries ADD COLUMN cause TEXT NOT NULL DEFAULT '';

CREATE INDEX audit_front ON audit (front, seq);
CREATE INDEX audit_subject ON audit (subject, seq);
CREATE INDEX shown_at ON shown (at);
