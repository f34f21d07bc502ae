-- One person, several addresses: who was made one with whom, and what each address agreed to.

CREATE TABLE merged (
	gone TEXT PRIMARY KEY,
	keep TEXT NOT NULL,
	at   BIGINT NOT NULL
);
CREATE INDEX merged_keep ON merged (keep);

ALTER TABLE addresses ADD COLUMN agreed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE addresses ADD COLUMN wording TEXT NOT NULL DEFAULT '';

-- Whoever subscribed by mail so far was proved to be the owner of the address when they did.
UPDATE addresses SET agreed = created, wording = 'join-1' WHERE channel = 'email' AND state = 'open'
	AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.person = addresses.person);

CREATE INDEX shown_person ON shown (person);
CREATE INDEX audit_actor ON audit (actor);
