-- One text for SQLite and PostgreSQL. SERIAL_KEY is replaced for each dialect; statements end with a
-- semicolon at the end of a line. Times are milliseconds UTC, 0 for none. BYTEA columns hold what is sealed,
-- or (lookup, *_hash) a keyed hash of it.

CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value BYTEA NOT NULL
);

CREATE TABLE inbox (
	lookup  BYTEA PRIMARY KEY,
	dedupe  BYTEA,
	sender  BYTEA NOT NULL,
	at      BIGINT NOT NULL,
	body    BYTEA
);
CREATE UNIQUE INDEX inbox_dedupe ON inbox (dedupe) WHERE dedupe IS NOT NULL;
CREATE INDEX inbox_forget ON inbox (at) WHERE body IS NOT NULL;
CREATE INDEX inbox_sender ON inbox (sender) WHERE body IS NOT NULL;

CREATE TABLE inbox_failures (
	lookup   BYTEA PRIMARY KEY,
	attempts BIGINT NOT NULL,
	at       BIGINT NOT NULL
);

CREATE TABLE cursors (
	channel TEXT NOT NULL,
	account TEXT NOT NULL,
	cursor  TEXT NOT NULL,
	PRIMARY KEY (channel, account)
);

CREATE TABLE outboxes (
	channel TEXT NOT NULL,
	account TEXT NOT NULL,
	PRIMARY KEY (channel, account)
);

CREATE TABLE deliveries (
	seq          SERIAL_KEY,
	lookup       BYTEA NOT NULL UNIQUE,
	person       TEXT NOT NULL,
	front        TEXT NOT NULL,
	channel      TEXT NOT NULL,
	account      TEXT NOT NULL,
	to_hash      BYTEA NOT NULL,
	subject_hash BYTEA,
	class        TEXT NOT NULL,
	priority     BIGINT NOT NULL,
	rank         BIGINT NOT NULL,
	due          BIGINT NOT NULL,
	ready        BIGINT NOT NULL,
	attempts     BIGINT NOT NULL,
	state        TEXT NOT NULL,
	fence        BIGINT NOT NULL,
	holder       TEXT NOT NULL,
	lease        BIGINT NOT NULL,
	created      BIGINT NOT NULL,
	settled      BIGINT NOT NULL,
	head         BYTEA,
	body         BYTEA,
	ref          BYTEA,
	ref_hash     BYTEA
);
CREATE INDEX deliveries_ready ON deliveries (channel, account, front, priority, rank, seq) WHERE state = 'queued' AND ready = 1;
CREATE INDEX deliveries_later ON deliveries (channel, account, due) WHERE state = 'queued' AND ready = 0;
CREATE INDEX deliveries_order ON deliveries (to_hash, priority, seq) WHERE state = 'queued';
CREATE INDEX deliveries_sending ON deliveries (to_hash) WHERE state = 'sending';
CREATE INDEX deliveries_subject ON deliveries (subject_hash) WHERE subject_hash IS NOT NULL;
CREATE INDEX deliveries_to ON deliveries (to_hash) WHERE person = '';
CREATE INDEX deliveries_person ON deliveries (person) WHERE person <> '';
CREATE INDEX deliveries_ref ON deliveries (ref_hash) WHERE ref_hash IS NOT NULL;
CREATE INDEX deliveries_forget ON deliveries (settled) WHERE settled > 0 AND body IS NOT NULL;

CREATE TABLE conversations (
	lookup  BYTEA PRIMARY KEY,
	rev     BIGINT NOT NULL,
	idle    BIGINT NOT NULL,
	address BYTEA,
	body    BYTEA
);
CREATE INDEX conversations_idle ON conversations (idle) WHERE idle > 0;

CREATE TABLE shown (
	seq          SERIAL_KEY,
	id           TEXT NOT NULL UNIQUE,
	address_hash BYTEA NOT NULL,
	person       TEXT NOT NULL,
	at           BIGINT NOT NULL,
	body         BYTEA NOT NULL
);
CREATE INDEX shown_address ON shown (address_hash, seq);

CREATE TABLE tokens (
	lookup       BYTEA PRIMARY KEY,
	kind         TEXT NOT NULL,
	subject_hash BYTEA NOT NULL,
	person       TEXT NOT NULL,
	expires      BIGINT NOT NULL,
	uses         BIGINT NOT NULL,
	body         BYTEA NOT NULL
);
CREATE INDEX tokens_subject ON tokens (subject_hash);
CREATE INDEX tokens_person ON tokens (person) WHERE person <> '';

CREATE TABLE timers (
	lookup       BYTEA PRIMARY KEY,
	subject_hash BYTEA NOT NULL,
	address_hash BYTEA NOT NULL,
	due          BIGINT NOT NULL,
	body         BYTEA NOT NULL
);
CREATE INDEX timers_due ON timers (due);
CREATE INDEX timers_subject ON timers (subject_hash);
CREATE INDEX timers_address ON timers (address_hash);

CREATE TABLE jobs (
	job      TEXT NOT NULL,
	date     TEXT NOT NULL,
	holder   TEXT NOT NULL,
	lease    BIGINT NOT NULL,
	finished BIGINT NOT NULL,
	result   TEXT NOT NULL,
	PRIMARY KEY (job, date)
);

CREATE TABLE changes (
	seq      SERIAL_KEY,
	kind     TEXT NOT NULL,
	id       TEXT NOT NULL,
	revision BIGINT NOT NULL,
	gone     BIGINT NOT NULL,
	at       BIGINT NOT NULL
);
CREATE INDEX changes_at ON changes (at);

CREATE TABLE leases (
	name   TEXT PRIMARY KEY,
	holder TEXT NOT NULL,
	until  BIGINT NOT NULL,
	fence  BIGINT NOT NULL
);

CREATE TABLE audit (
	seq     SERIAL_KEY,
	id      TEXT NOT NULL,
	front   TEXT NOT NULL,
	actor   TEXT NOT NULL,
	action  TEXT NOT NULL,
	subject TEXT NOT NULL,
	at      BIGINT NOT NULL,
	detail  BYTEA
);

CREATE TABLE persons (
	id      TEXT PRIMARY KEY,
	front   TEXT NOT NULL,
	created BIGINT NOT NULL,
	active  BIGINT NOT NULL,
	rev     BIGINT NOT NULL,
	body    BYTEA NOT NULL
);

CREATE TABLE addresses (
	lookup  BYTEA PRIMARY KEY,
	person  TEXT NOT NULL,
	front   TEXT NOT NULL,
	channel TEXT NOT NULL,
	account TEXT NOT NULL,
	state   TEXT NOT NULL,
	cause   TEXT NOT NULL,
	soft    BIGINT NOT NULL,
	last    BIGINT NOT NULL,
	created BIGINT NOT NULL,
	body    BYTEA NOT NULL
);
CREATE INDEX addresses_person ON addresses (person);

CREATE TABLE tombstones (
	lookup BYTEA PRIMARY KEY,
	at     BIGINT NOT NULL
);

CREATE TABLE consents (
	seq       SERIAL_KEY,
	person    TEXT NOT NULL,
	front     TEXT NOT NULL,
	kind      TEXT NOT NULL,
	version   TEXT NOT NULL,
	lang      TEXT NOT NULL,
	at        BIGINT NOT NULL,
	withdrawn BIGINT NOT NULL
);
CREATE INDEX consents_person ON consents (person, front, kind);

CREATE TABLE fronts (
	id   TEXT PRIMARY KEY,
	rev  BIGINT NOT NULL,
	body TEXT NOT NULL
);
CREATE TABLE front_accounts (
	account TEXT PRIMARY KEY,
	front   TEXT NOT NULL
);
CREATE INDEX front_accounts_front ON front_accounts (front);

CREATE TABLE organisations (
	id      TEXT PRIMARY KEY,
	front   TEXT NOT NULL,
	folded  TEXT NOT NULL,
	created BIGINT NOT NULL,
	rev     BIGINT NOT NULL,
	body    BYTEA NOT NULL
);
CREATE INDEX organisations_name ON organisations (front, folded);

CREATE TABLE members (
	organisation TEXT NOT NULL,
	person       TEXT NOT NULL,
	role         TEXT NOT NULL,
	since        BIGINT NOT NULL,
	PRIMARY KEY (organisation, person)
);
CREATE INDEX members_person ON members (person);

CREATE TABLE postings (
	id           TEXT PRIMARY KEY,
	code         TEXT NOT NULL UNIQUE,
	front        TEXT NOT NULL,
	author       TEXT NOT NULL,
	organisation TEXT NOT NULL,
	kind         TEXT NOT NULL,
	state        TEXT NOT NULL,
	lat          DOUBLE PRECISION NOT NULL,
	lon          DOUBLE PRECISION NOT NULL,
	ends         BIGINT NOT NULL,
	created      BIGINT NOT NULL,
	changed      BIGINT NOT NULL,
	revision     BIGINT NOT NULL,
	body         BYTEA NOT NULL
);
CREATE INDEX postings_created ON postings (created);
CREATE INDEX postings_author ON postings (author);
CREATE INDEX postings_organisation ON postings (organisation) WHERE organisation <> '';
CREATE INDEX postings_state ON postings (state, front, created);

CREATE TABLE posting_revisions (
	posting  TEXT NOT NULL,
	revision BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	body     BYTEA NOT NULL,
	PRIMARY KEY (posting, revision)
);

CREATE TABLE subscriptions (
	id             TEXT PRIMARY KEY,
	person         TEXT NOT NULL,
	front          TEXT NOT NULL,
	lat            DOUBLE PRECISION NOT NULL,
	lon            DOUBLE PRECISION NOT NULL,
	radius         DOUBLE PRECISION NOT NULL,
	south          DOUBLE PRECISION NOT NULL,
	north          DOUBLE PRECISION NOT NULL,
	west           DOUBLE PRECISION NOT NULL,
	east           DOUBLE PRECISION NOT NULL,
	categories     BIGINT NOT NULL,
	kinds          BIGINT NOT NULL,
	slots          BIGINT NOT NULL,
	qualifications BIGINT NOT NULL,
	languages      TEXT NOT NULL,
	stopped        BIGINT NOT NULL,
	paused_until   BIGINT NOT NULL,
	revision       BIGINT NOT NULL,
	body           BYTEA NOT NULL
);
CREATE INDEX subscriptions_person ON subscriptions (person);
CREATE INDEX subscriptions_box ON subscriptions (south, north, west, east, categories) WHERE stopped = 0;

CREATE TABLE answers (
	id       TEXT PRIMARY KEY,
	posting  TEXT NOT NULL,
	date     BIGINT NOT NULL,
	person   TEXT NOT NULL,
	state    TEXT NOT NULL,
	created  BIGINT NOT NULL,
	changed  BIGINT NOT NULL,
	revision BIGINT NOT NULL,
	body     BYTEA NOT NULL,
	UNIQUE (posting, date, person)
);
CREATE INDEX answers_person ON answers (person, created);

CREATE TABLE alerts (
	person       TEXT NOT NULL,
	posting      TEXT NOT NULL,
	id           TEXT NOT NULL,
	subscription TEXT NOT NULL,
	front        TEXT NOT NULL,
	wave         BIGINT NOT NULL,
	state        TEXT NOT NULL,
	yes          DOUBLE PRECISION NOT NULL,
	at           BIGINT NOT NULL,
	answered     BIGINT NOT NULL,
	delivery     BYTEA,
	PRIMARY KEY (person, posting)
);
CREATE INDEX alerts_posting ON alerts (posting, at);
