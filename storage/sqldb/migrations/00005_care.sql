-- What follows a match: threads between two sides, reports, how soon people were answered, who came, and what waits
-- for the next digest.

CREATE TABLE threads (
	id           TEXT PRIMARY KEY,
	answer       TEXT NOT NULL UNIQUE,
	posting      TEXT NOT NULL,
	front        TEXT NOT NULL,
	person       TEXT NOT NULL,
	author       TEXT NOT NULL,
	organisation TEXT NOT NULL,
	speaker      TEXT NOT NULL,
	state        TEXT NOT NULL,
	closes       BIGINT NOT NULL,
	at           BIGINT NOT NULL,
	rev          BIGINT NOT NULL,
	body         BYTEA NOT NULL
);
CREATE INDEX threads_person ON threads (person, at);
CREATE INDEX threads_author ON threads (author, at) WHERE organisation = '';
CREATE INDEX threads_organisation ON threads (organisation, at) WHERE organisation <> '';
CREATE INDEX threads_speaker ON threads (speaker) WHERE speaker <> '';
CREATE INDEX threads_closes ON threads (closes) WHERE closes > 0;

CREATE TABLE reports (
	id       TEXT PRIMARY KEY,
	front    TEXT NOT NULL,
	thread   TEXT NOT NULL,
	posting  TEXT NOT NULL,
	reporter TEXT NOT NULL,
	about    TEXT NOT NULL,
	at       BIGINT NOT NULL,
	handled  BIGINT NOT NULL,
	editor   TEXT NOT NULL,
	rev      BIGINT NOT NULL,
	body     BYTEA NOT NULL
);
CREATE INDEX reports_open ON reports (front, at) WHERE handled = 0;
CREATE INDEX reports_handled ON reports (handled) WHERE handled > 0;
CREATE INDEX reports_reporter ON reports (reporter) WHERE reporter <> '';
CREATE INDEX reports_about ON reports (about) WHERE about <> '';

CREATE TABLE replies (
	answer  TEXT PRIMARY KEY,
	carrier TEXT NOT NULL,
	asked   BIGINT NOT NULL,
	replied BIGINT NOT NULL
);
CREATE INDEX replies_carrier ON replies (carrier, asked);
CREATE INDEX replies_asked ON replies (asked);

CREATE TABLE visits (
	answer    TEXT PRIMARY KEY,
	posting   TEXT NOT NULL,
	person    TEXT NOT NULL,
	carrier   TEXT NOT NULL,
	at        BIGINT NOT NULL,
	minutes   BIGINT NOT NULL,
	by_person TEXT NOT NULL,
	by_poster TEXT NOT NULL,
	rev       BIGINT NOT NULL,
	body      BYTEA NOT NULL
);
CREATE INDEX visits_person ON visits (person, at);
CREATE INDEX visits_carrier ON visits (carrier);

CREATE TABLE digest_notes (
	person  TEXT NOT NULL,
	posting TEXT NOT NULL,
	kind    TEXT NOT NULL,
	front   TEXT NOT NULL,
	n       BIGINT NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (person, posting, kind)
);
CREATE INDEX digest_notes_at ON digest_notes (at);
