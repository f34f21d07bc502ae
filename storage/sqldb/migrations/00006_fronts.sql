-- Accounts, arms and texts of fronts; what waits for editors; who is kept out; who runs the whole.

CREATE TABLE front_secrets (
	channel TEXT NOT NULL,
	account TEXT NOT NULL,
	front   TEXT NOT NULL,
	rev     BIGINT NOT NULL,
	body    BYTEA NOT NULL,
	PRIMARY KEY (channel, account)
);

CREATE TABLE front_texts (
	seq     SERIAL_KEY,
	front   TEXT NOT NULL,
	kind    TEXT NOT NULL,
	lang    TEXT NOT NULL,
	version TEXT NOT NULL,
	asks    BIGINT NOT NULL,
	at      BIGINT NOT NULL,
	body    TEXT NOT NULL,
	UNIQUE (front, kind, lang, version)
);

CREATE TABLE front_arms (
	front TEXT PRIMARY KEY,
	type  TEXT NOT NULL,
	at    BIGINT NOT NULL,
	body  BYTEA NOT NULL
);

CREATE TABLE cases (
	id      TEXT PRIMARY KEY,
	front   TEXT NOT NULL,
	kind    TEXT NOT NULL,
	subject TEXT NOT NULL,
	person  TEXT NOT NULL,
	about   TEXT NOT NULL,
	state   TEXT NOT NULL,
	opened  BIGINT NOT NULL,
	decided BIGINT NOT NULL,
	rev     BIGINT NOT NULL,
	body    BYTEA NOT NULL
);
CREATE INDEX cases_open ON cases (front, opened) WHERE state = 'open';
CREATE INDEX cases_subject ON cases (subject, opened);
CREATE INDEX cases_person ON cases (person) WHERE person <> '';
CREATE INDEX cases_about ON cases (about) WHERE about <> '';

CREATE TABLE blocks (
	front  TEXT NOT NULL,
	lookup BYTEA NOT NULL,
	person TEXT NOT NULL,
	until  BIGINT NOT NULL,
	at     BIGINT NOT NULL,
	body   BYTEA,
	PRIMARY KEY (front, lookup)
);
CREATE INDEX blocks_person ON blocks (person) WHERE person <> '';

CREATE TABLE operators (
	person TEXT PRIMARY KEY,
	since  BIGINT NOT NULL
);
