-- A database of the first schema with data, sealed with the key of key_test.go. It is never changed.

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
	seq          INTEGER PRIMARY KEY AUTOINCREMENT,
	lookup       BYTEA NOT NULL UNIQUE,
	person       TEXT NOT NULL,
	front        TEXT NOT NULL,
	channel      TEXT NOT NULL,
	account      TEXT NOT NULL,
	to_hash      BYTEA NOT NULL,
	subject_hash BYTEA NOT NULL,
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
CREATE INDEX deliveries_subject ON deliveries (subject_hash);
CREATE INDEX deliveries_to ON deliveries (to_hash);
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
	seq          INTEGER PRIMARY KEY AUTOINCREMENT,
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
	seq      INTEGER PRIMARY KEY AUTOINCREMENT,
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
	seq     INTEGER PRIMARY KEY AUTOINCREMENT,
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
	seq       INTEGER PRIMARY KEY AUTOINCREMENT,
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

CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));
INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true);
INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, true);
INSERT INTO addresses (lookup, person, front, channel, account, state, cause, soft, last, created, body) VALUES (x'158e11b1919c229590dd993acd5c9ed1', '01993b6e-0000-7000-8000-000000000001', '', 'console', 'bot', 'open', '', 0, 0, 1795870800000, x'7b34456484ac58f6c621d1e05f90d6a275b1347f5ed59bb635ee13d8b8d7ec7541715ebd03239a');
INSERT INTO alerts (person, posting, id, subscription, front, wave, state, yes, at, answered, delivery) VALUES ('01993b6e-0000-7000-8000-000000000001', '01993b6e-0000-7000-8000-000000000004', '01993b6e-0000-7000-8000-000000000007', '', '', 0, 'queued', 0, 1795870800000, 0, x'7b5034ed21e5a039779c74a89a92b5c7077e8821ce06f70719f48dc721afb171ff1bdd403f04c6');
INSERT INTO answers (id, posting, date, person, state, created, changed, revision, body) VALUES ('01993b6e-0000-7000-8000-000000000006', '01993b6e-0000-7000-8000-000000000004', 0, '01993b6e-0000-7000-8000-000000000001', 'accepted', 1795870800000, 0, 1, x'7b31e84b6deaf4ec68483985ef6adac3cb0ea3905c6bea7bfdcb10680acce62d24c932614ba26df8a94d915caf223237ff77b282c63b86324e3e1df01dbcfcc84b26f006026f40815f9e8bbed6f13d70b7e3c7baa10dff4a3f43a2deaf14cfadc5c9627338727138138c9537ee4d858e239d1bc9b2e6dc5385211bfc69df8fffbea4e2ae8dfaadc653894d3a7a84eb709a063c6e9a165d1bd503e9e6a483848607a1b9a0253b18a3f024587515810c0e38b3ec20b433e85083d7c27b09a5e8a3dcb3ccf7771a681be0b1ae68e715f23527c1fd68e9c0527c2fe6fc66a3660f08ade33deaec40a1914b1fca26f28e3efe3cfed3ebeef22f2d7d8e2dc8f07bac634d07af9f76d22e1d441bcd98999952fda0680b64a23061bb6f22e12543c5e0b7874ffbbfaeb5663d35f63843554dfdd3427a8e0be60d4b4f8f7fb0e09ba828fa2568c6c46b3d5a655e0393');
INSERT INTO audit (seq, id, front, actor, action, subject, at, detail) VALUES (1, '01993b6e-0000-7000-8000-000000000002', 'ac', '01993b6e-0000-7000-8000-000000000001', 'x', '01993b6e-0000-7000-8000-000000000001', 1795870800000, x'7b84ef938cad3b88bfe969bd054e04259a07cf0a6924ab37bc856c2131469a371f3933f8b18b2e558f');
INSERT INTO changes (seq, kind, id, revision, gone, at) VALUES (1, 'posting', '01993b6e-0000-7000-8000-000000000003', 1, 0, 1795870800000);
INSERT INTO changes (seq, kind, id, revision, gone, at) VALUES (2, 'posting', '01993b6e-0000-7000-8000-000000000003', 2, 0, 1795870800000);
INSERT INTO changes (seq, kind, id, revision, gone, at) VALUES (3, 'posting', '01993b6e-0000-7000-8000-000000000004', 1, 0, 1795870800000);
INSERT INTO changes (seq, kind, id, revision, gone, at) VALUES (4, 'subscription', '01993b6e-0000-7000-8000-000000000005', 1, 0, 1795870800000);
INSERT INTO consents (seq, person, front, kind, version, lang, at, withdrawn) VALUES (1, '01993b6e-0000-7000-8000-000000000001', 'ac', 'alerts', '1', '', 1795870800000, 0);
INSERT INTO conversations (lookup, rev, idle, address, body) VALUES (x'158e11b1919c229590dd993acd5c9ed1', 1, 1795870800000, x'7bbc15077bbe27077bdecf1d4744da09b34811218a32a0fcb5d5abd84e84d53447f244b6f37b6ffc6e94ac3cc267ebc44aadf21c433a60e331b3ba567576f6f045300b85414e8f597216a5ed6c5874d20c0b152b', x'7b49c33483cc2d8b1225df96fa421e089edaaee4c5cfe4a7fcbae9b1c4ea67961d178e1eac11856cc9174be659695960765f76b6348eb044922fad464ed9873b6b6e0e99498ff916ac2eb2072bcba187ea2a5dc3e7526e13b8669084531797c2233cff266a5e60d968b4b24e9c758f20bcb67180303f66c148c639bfaf4d8c02b80dfa544668093f3fd2f9c8');
INSERT INTO cursors (channel, account, cursor) VALUES ('console', 'bot', '42');
INSERT INTO deliveries (seq, lookup, person, front, channel, account, to_hash, subject_hash, class, priority, rank, due, ready, attempts, state, fence, holder, lease, created, settled, head, body, ref, ref_hash) VALUES (1, x'54393b2f10c1d4c584deccd64eef5244', '01993b6e-0000-7000-8000-000000000001', '', 'console', 'bot', x'158e11b1919c229590dd993acd5c9ed1', x'9e901636f32289a8ee1b58d71f4cd1a5', 'must', 0, 0, 0, 1, 1, 'sent', 1, '', 0, 1795870800000, 1795870800000, x'7b21f0b54b98b8d0750736fa235e8861ba1e3d3013737179ec933be40937277f9138d3e977db3abb11e35c40e93b9dd77f5ec8578cd82b08b1bd89c7c9c2236f1dbc1be6b7c8fe41753ec2fee25e8358303113a71380552df31b3a4f9f3adffef1910e4c7f0692cc63bfdfbaffee78016779cb64b8a441cb9f39e8ebb3f01d8ba033216867ca08a506d7d17801', x'7b234cf151a77744e2f452ec4d6ca9656e84ddbb8a4168aed86ab17f32204fe22085952e83cb62945a0e5544a0968621e3eb', x'7b5b071665151988e7d5e20699d1bc0f4de025f8e37024e7e0edea996696d033c34df51fe3e170', x'caa0b95a292508e57929808b9f396296');
INSERT INTO deliveries (seq, lookup, person, front, channel, account, to_hash, subject_hash, class, priority, rank, due, ready, attempts, state, fence, holder, lease, created, settled, head, body, ref, ref_hash) VALUES (2, x'badf2f3bbd35ebf2a28a4a1c0d158798', '01993b6e-0000-7000-8000-000000000001', '', 'console', 'bot', x'158e11b1919c229590dd993acd5c9ed1', x'9e901636f32289a8ee1b58d71f4cd1a5', 'must', 0, 0, 0, 1, 0, 'queued', 0, '', 0, 1795870800000, 0, x'7b87a28e261a88375c7025c269ad49accba1cce989a43ba4fc38e658782048be27a9240fa6f347e60e12916640ccf5212408c5fa53a2a61a6628dd1df30046c8344ff16196681d5ee63ba6dae21f5f18f4a3e23e09a2e9c7055f6718380ce49498eb015a7545cc0069745399956ec9f81d984e76182e651d70271725c59e36789bdebbb43a4eac7706df5b0a21', x'7be3120bfb7f62bfdf70c46b850b07f5c6a6d79ef64111c3226b7bf63ba3d23c3ead37e0ef17d44adb373457962db5cdf0f2', NULL, NULL);
INSERT INTO fronts (id, rev, body) VALUES ('ac', 1, '{"ID":"ac","Name":"Aachen","Zone":"","Languages":null,"Register":"","Place":{"name":""},"Area":null,"Editors":["01993b6e-0000-7000-8000-000000000001","other"],"Accounts":null,"Suspended":false,"Rev":0}');
INSERT INTO inbox (lookup, dedupe, sender, at, body) VALUES (x'a11ed4cba66fca41fda2e7ec90a0e583', x'9188fd4b5ec611d859c533ae66a42d95', x'158e11b1919c229590dd993acd5c9ed1', 1795870800000, x'7bab3b99ece0e17b32e7163768e83646a3e66d84aa8da66fb8df0b2712e04e7f55d38f51e3e4c0fe389b649b0e36f3612cd54b0fb1e98edc74f019f3f49535bafe961798159d4492a2f5a607ebc4479b58f4c3f548ec63aa90be769c18db058219404e95f4e6a1f4d2d59b270ac61aa173c0bb2ac11a69c5094be987256cface79208caa9313271e7c4956c70cd1be99f49f0614');
INSERT INTO inbox_failures (lookup, attempts, at) VALUES (x'a11ed4cba66fca41fda2e7ec90a0e583', 1, 1795870800000);
INSERT INTO jobs (job, date, holder, lease, finished, result) VALUES ('digest', '2026-11-28', 'h', 0, 1795870800000, 'ok');
INSERT INTO leases (name, holder, until, fence) VALUES ('bot', 'h', 1795870860000, 1);
INSERT INTO members (organisation, person, role, since) VALUES ('o', '01993b6e-0000-7000-8000-000000000001', 'owner', 1795870800000);
INSERT INTO meta (name, value) VALUES ('lookup', x'7b270c1f262571326ce2c29c1a5a466f6bcbcd35dd38f044cecd8b023cf89a2dc5b39a125a6409f971aae9aca3d187895d5431e6a6251f016212ab0561');
INSERT INTO organisations (id, front, folded, created, rev, body) VALUES ('o', 'ac', 'turnverein brand', 1795870800000, 1, x'7b60916d2aa47c6feae1f48f64e809cfdc1610badebe0831c534545b8339856175260c44ea526c7d831a34d17bd61f06344d871b9e673dbac3e694ea7428c14e1d6455183209399b973018c4f8286d1c341ad213b449a2767f2564ed288620c0fd66b54acd6022d7c86ea41f97f8905b3a5857f2e4059770570488c13ec3c721ff7a23ca4712e7c0b9a44aecc31e509b4b4e9765051311dd80a01540');
INSERT INTO persons (id, front, created, active, rev, body) VALUES ('01993b6e-0000-7000-8000-000000000001', 'ac', 1795870800000, 0, 1, x'7b3ccb7586a4cd1c9779a0313eba6d6af9d0777299ebbd15db147ed8bd369b0a7b414f773a437ec523b66be761486ba9872e74c48a0061f3e6449e44b8251459942e65b27b5379fda580ffebeec2cdcc80effbe8736698f91ebcdcbd5b3c0f45a4f4cc8f9015399be17c4ac0f2918c783f6dd3921ba9ddef04e54125130837463631bbe58bdf9cd30a2c84b760ae2a67c5d48d54971420d721dd4752ee7c93d341d1110997005fbce358b62aad98288db6cc374b63667b272268ce47d96819cbf7a2032c16ba6673582da0b8933de496c2abb98da9ef225469ef370decb5afec8936db2358563ee23a3c24150ae61d25b67fdce95924d87f2ed95a964f2a9cd3daf52851de67e63ced76a351117dd2a19b4291d77179be3c65233dcd8e92400ef939e3b8fc11c9c817794b84d0dd41a6f0a32f779a4be69950aa025db5c0a633e6d650593085a7b99f25f59df5141c81d86e1585d9f9cddd003bbfde9c48180fcd68dbe6996b944c9e2193ba6d56e8d76f7f606b5207ee31430ab3e2c1369fdea915b384c8c943274e6eaa599a2237bc306170844431d052f17ec712fecdc2dd9c71ea38592945cbfdc4e9c86badaf9fe0416807e9387e224ca770af7a');
INSERT INTO posting_revisions (posting, revision, at, body) VALUES ('01993b6e-0000-7000-8000-000000000003', 1, 1795870800000, x'7b4fd97bb549407396c93b52fb32d0488401584b5652f7a45f88ef70b98ef204a86687b4ff8eb7a9457b34298cbc1537327bdab73da2dfc8782f261aebac5a35231c727f07ccb9fe141820c916def1cb86898a3b94bb89992dfbc03225168e59a5142f196372013cd840f52005166970f0ee80fb9f49d99c44131bbd65b8d83cfda554c4dd00371ffafd02ff530f03aad187fbc506bc1beaaf9a3c2810269e983e3f18026a3ce504975844f1c9662301713a999fbe988b8d39d3cdb538d9f3505005c836c6a809b7aa33a4bbc2f11327032001aeefefe87ebcde60c1c7862c3d65d700e1552b0f20910117f5b0814d792f7b228a370c4ea9ece943f420fabce43a46fe0c7268fbf9ccccb95721a8debea7695a03adad4ac2b4d805a54be404523fb718a7315dfd7dc11c317615c544d472741e5687b713ff2c42783424a42a4d1447cfb25e05c9219eac0142aaadce2a32ddadcb5f04a64cf9712a58a787c47c48b13ca2a27d380379ddba5a560b4a06e074a393980deae1dd453d8eea077fe88c70fec76710ebebca319bb0d81ba4fe0a167db4e9f68234a652fbb7a1893759639f66fafd0dbb8531c0175c27eb981dc81dd6a203896e9e0e6777d348bb6dee1e6b9bc47315120ca305a93254919adc24b344365d625d42e3d8404bdfc9fff2072badeb5469fa26394074cf307ab650557aa5a11e6c9ff0eec52b32f70a8bc957e53663fdf91ddf0b6731b4e3a30f7f7f89e06f280a2c20185e812abdc165c94fc7f2284b14a2d215583f233603c6d7929b25a983de0be6d22c78e1e8c7a7d9c3eb25815519f7678c3be7d74ca30cc65e26ed66e39ad6');
INSERT INTO postings (id, code, front, author, organisation, kind, state, lat, lon, ends, created, changed, revision, body) VALUES ('01993b6e-0000-7000-8000-000000000003', 'BVJD8P6GT8', 'ac', '01993b6e-0000-7000-8000-000000000001', '', 'need', 'open', 50.74, 6.16, 1796061600000, 1795870800000, 1795870800000, 2, x'7b851101f08d0b2a736e1568442bb9e54410e58423869efc22af7ee8641f5dd43707bca609739766c7320396741e7e5a3b037a44f387124f69444969d38b1b598414c7deee7defc4f0d4f85968e78294ef1cf31f761c66493f08513a815460e9b24f438c99890c03c0f69edefb81e56069a08f49d836fb4b216a97a4d048033ee1f743087da2fd0ad8d4b04ce1435c533d618f2e84a99012c27183ded3c0840706f4253e620a19ef76b50e11bad2e715fd6b3f7c02d285af3295297cf05970aba8eb5195750470aaa01ca35026429ad5dfd1f6ca4d5851329bc891b1e25cb82c3fc0c6804f8078f55c8708e9dbd8c913cba0568afeeed89b14e5b3ff0d5b091cac41582408efb7dddd3bf9012f8c8ac2de6731fd006d9bb21043de9bb3849f9d8f2f2c60a7ad5a9dd5191622b68517c7eb5ff2cedc451410623b0ed011b94dfde26b1106ddbfd6e23376f00b5c6560daa8c909e851b4e3b13826534a14ff191084e50c965c69b4a959f58335ff2c49edc8a5d4301157a425722f3323702351dc016d69d82a9a7ddc41b8f985476da4f87b9de017cf2685d6e50ad5e5cc3d944e5d0aea18e6d172cdddc7debf9a6ecfa31e4121290331fb33b172499509dc7d48a93e1cb8e73314e95e0e7172254832af81cdf63f2df10380cc9ef295cb602417b1049d90776629236bf22de7a75fcb9f4354d322480d2730484950754206a644a58dc8aa654b869b9d9a4580b4b71c1b9730b969fd6ddcfca59f812e804e65671d50f680e8e7d8766122474dfd5139a5f4f3593dfec24976a44d49ca8d0f9a5fab8d64d06efca18e5c69ba64d7feb86ab4460481a7ba74');
INSERT INTO postings (id, code, front, author, organisation, kind, state, lat, lon, ends, created, changed, revision, body) VALUES ('01993b6e-0000-7000-8000-000000000004', 'Q44HMVJ5EW', 'ac', 'somebody', '', 'need', 'open', 50.74, 6.16, 1796061600000, 1795870800000, 1795870800000, 1, x'7b0fb17e3875e77746a37a0a3591266c983e012e01fc8142832fc8893eecf1bb06c7e9d6b6416feb5f304cfd68ea767809789d9bd2e81a03efae0f8966efbea509a6445ea27a942bc9dd41132d191ef0608a9922db64b9f0b09ee74d8d8350c2fc38c2b0953f9dc24efb90dac4547bc237cb184f40cacb6001d263b2cf4907183ff7e1428c32b28608ac5179a4ac19dcd19dc1c84c5acc2c7141c146a22d3566ced515da2ec936c63bdea6148d1381a2356f4b53678ec141d96abfd56d572710338e2aa730346b43de0be44dc38d918f529094c42066fcb62e03a5a9315cd7260be304ff4f261c0dcf340f1bcad456d28afe900ae75740452321051454e1b3391bdcb2f9a32a85e450226d878e8af6ec9922c51dd6fb55f87dd67092fffd8efd514cb434862e223f4d15975bc043ab5b91d3b0bb6355a4d78245e927f0c8cb38bde2036cd2d7d0b945b42f88590477849b1b2c658ab86ceece4fa3a80caddf838e1c684357a85cb07977ebad95ac3123788556a247823997febc5dd4e4b8c51f4c7679afa844d58c4f1da568517785cd2a6a6105692ee27199d0440696fe44d416425d8c8f949dc2298661aeb3490423f38e69d1eae689941870653295bb89d9059b9ef70516b872d837ec2553aeeab7b5dadb8c855238b2d559f502f758f8ec60a0d1d5bcd5889d1ec410fcd856c3bc2770078525fd063a9e1d77c0768f856d354c6d114884ba471d8727f84cd6a1b10559f62046e561811585b6bdb63763d11fcb61e3a283f6cadb63ae25882d11dd59568e86db3d38');
INSERT INTO shown (seq, id, address_hash, person, at, body) VALUES (1, 'S', x'158e11b1919c229590dd993acd5c9ed1', '01993b6e-0000-7000-8000-000000000001', 1795870800000, x'7b4e95af0b1dfed0debb903adb14dbae334ac919a4586cda8a1a9d089a773445820491c1a4f629e28410d55480dd691b123be6595673aa7817a1e9ab91130d8ee51bcec2dbe66cb8ffa4dd0ef5e3b9f9a48708308b5f93f7d0889ca2f9295ce31ab92700ba37fb0873e24dad37c502b771c6456b33343c36aa6475e80e4066d9497e8e195598decae57e1113754157ce634b68eda67b28106f6856669b9a1cffdeba637debb621d6b8756bdc1bfdb0edba60e4405d1f48bc184f341f30c3a790b7787971cc85b631827a75148d870c52af698c544881ca5e9d395a8c6d26bcac896923c790dfc488bc9657b0c4ae1e1cd7891cfd5b7a8028e425426e818c0b4f45bca2ab6d4a2cf445e85e108993cb5be8d33320e3c43ad2d1cb42dd0ee81936143620');
INSERT INTO subscriptions (id, person, front, lat, lon, radius, south, north, west, east, categories, kinds, slots, qualifications, languages, stopped, paused_until, revision, body) VALUES ('01993b6e-0000-7000-8000-000000000005', '01993b6e-0000-7000-8000-000000000001', 'ac', 50, 6, 5, 49.95502948521195, 50.04497051478805, 5.930031292264728, 6.069968707735272, 0, 0, 0, 0, '', 0, 0, 1, x'7ba1695d9f0a789603fbd4f36da97799b9587339a14051a07b7386da24ba3dec6d4e5586a89bea78843b8c0168eddb2519d728eb9d32aeaafbeed996a377a47a29a83f6bc8b2c5987a4b6c30a0e51b92f70942e594527a231bb9b3e36397fa75d0cfebf56a8a3cd21ece778f4bfb00678aa9ebf8fe0b8d924e865bc0a62dc0a060895fb3b30d91921ecd4bac25637badd2ae91bb3337313a4d0705080fda999681f2a153f4990e7642b2159f408e5ee0da18c23ed5f8ad22647589a2399cf950299f63f62fb151c4a643e315d06dc236fd5028d26a3b7f8c1a0b854a3beedc5a72c262d024a45910a0feab776a9903c13c1ce8c872b65b647f025ef6f44d88998bfa5601cf2e2b18');
INSERT INTO timers (lookup, subject_hash, address_hash, due, body) VALUES (x'30153d169f0e1f1a307e55bedaa38bc1', x'931dcf350da2b6e3c454ecbb6cb8e4df', x'158e11b1919c229590dd993acd5c9ed1', 1795870800000, x'7be1879142fcca501c8ab01732be358f65550523496c9f39f4affe3dd1f0708c1b86ad3e37f1e4db407ee660627c9c18ff07be61ad5fa22ce00583aca794806ca6bbcde0f82ae1433130c8708ab31ba0e4846523deeb476e05fbdb81554679c9d8eb8965409f1074f26b520e9d70d80786c078656aca1c23548b54a57ce129fe1d58373b467cbb11a0362ab2549538cd4ce2d2f8515755a05ce6afdf78bdfabd2f541125dd31a02d317d3783dee83c4f957a1f7f8ab0637c2a8acfbf38a177ba45db4f6b7bae');
INSERT INTO tokens (lookup, kind, subject_hash, person, expires, uses, body) VALUES (x'b7e60df2068bb218e2be9752ce9fc6ab', 'link', x'931dcf350da2b6e3c454ecbb6cb8e4df', '01993b6e-0000-7000-8000-000000000001', 0, 1, x'7b84c775a1954bc95733d9b5149cd3bc51db05967eb357e28cc35a5b41a17ea364cfab1cec7ceb21aef71fd08e383b86f72be47c332d60bc8178244917b2830ea7df7db3b5d1b07a0b');
INSERT INTO tombstones (lookup, at) VALUES (x'5111fb5da5fd52acd56537a0a53eafa5', 1795870800000);
