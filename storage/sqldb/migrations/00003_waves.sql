-- What is learnt from alerts and their answers, as sums that grow, and which digest told of what.

CREATE TABLE tallies (
	name  TEXT PRIMARY KEY,
	n     BIGINT NOT NULL,
	a     DOUBLE PRECISION NOT NULL,
	b     DOUBLE PRECISION NOT NULL,
	c     DOUBLE PRECISION NOT NULL,
	since BIGINT NOT NULL
);

CREATE TABLE records (
	person TEXT PRIMARY KEY,
	calls  DOUBLE PRECISION NOT NULL,
	heard  DOUBLE PRECISION NOT NULL,
	yes    DOUBLE PRECISION NOT NULL,
	served BIGINT NOT NULL
);

CREATE TABLE outlooks (
	posting   TEXT PRIMARY KEY,
	kind      TEXT NOT NULL,
	wide      TEXT NOT NULL,
	published BIGINT NOT NULL,
	promised  BIGINT NOT NULL,
	filled    BIGINT NOT NULL,
	minutes   DOUBLE PRECISION NOT NULL,
	ended     BIGINT NOT NULL
);
CREATE INDEX outlooks_kind ON outlooks (kind, ended) WHERE ended > 0;
CREATE INDEX outlooks_published ON outlooks (published);
CREATE INDEX outlooks_wide ON outlooks (wide, ended) WHERE ended > 0;

ALTER TABLE alerts ADD COLUMN heard DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN km DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN inclined DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN rested BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN digest TEXT NOT NULL DEFAULT '';
CREATE INDEX alerts_digest ON alerts (person, digest) WHERE digest <> '';
