-- Which entries of foreign lists became which postings.

CREATE TABLE imports (
	front    TEXT NOT NULL,
	external TEXT NOT NULL,
	posting  TEXT NOT NULL,
	digest   TEXT NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (front, external)
);

CREATE INDEX subscriptions_front ON subscriptions (front, person) WHERE stopped = 0;
CREATE INDEX postings_front ON postings (front, created);
