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
INSERT INTO addresses (lookup, person, front, channel, account, state, cause, soft, last, created, body) VALUES (x'094bdfd9c4d3694d5448cb6a554eb4ef', '01993b6e-0000-7000-8000-000000000001', '', 'console', 'bot', 'open', '', 0, 0, 1795870800000, x'7bbeb042bbe3d9b87c717e85c9f4a65f0bd254c85ab03a3f807741c63924063bd024fb19e83221');
INSERT INTO alerts (person, posting, id, subscription, front, wave, state, yes, at, answered, delivery) VALUES ('01993b6e-0000-7000-8000-000000000001', '01993b6e-0000-7000-8000-000000000004', '01993b6e-0000-7000-8000-000000000007', '', '', 0, 'queued', 0, 1795870800000, 0, x'7b3b6da4a308baeb8677ce2ddd2e181d366802b249473935ea080a6a366e7324c03ae15883f8d8');
INSERT INTO answers (id, posting, date, person, state, created, changed, revision, body) VALUES ('01993b6e-0000-7000-8000-000000000006', '01993b6e-0000-7000-8000-000000000004', 0, '01993b6e-0000-7000-8000-000000000001', 'accepted', 1795870800000, 0, 1, x'7b6fa9c07df882e50507f12dc24593b7c612ee7bb98b31f873d75286113fe2b769607777ad496447c2631bfeb46998bec1003a927b39092be045c6c6fef312871dddefeb95f768f1d0425c82dba162d410e5dbf8d24d7491aa5895e63b5657e3fa25211366605091b38944ba5be5f890740a5b17b2d3a88428dd6573096cca491600dd6bfd7ac36404f75b94a0fda5bd75ce93efa66d1ebc1fb229a9117c281e763c271ac17eb7fa023eca1bf203c5db2d6af9c3e859f9f117d47b425315c4eb9adecc4a9389b77bc6a2035e07eb20b8a6bdbf10b536b68511556516677e02474472e0002fea310641f390dbf73e58884923d9028f125cacba3f5e18a22ef6f3a19bef0d6cfe6b51f49272bf853b0f9b7bf2f02e707a4b5ee1901df1022dc3186b27f3b018eae0ee7764012b03a84185a90133fdd31694465ea4144c9acd235ae9079307d1225d68e451c7');
INSERT INTO audit (seq, id, front, actor, action, subject, at, detail) VALUES (1, '01993b6e-0000-7000-8000-000000000002', 'ac', '01993b6e-0000-7000-8000-000000000001', 'x', '01993b6e-0000-7000-8000-000000000001', 1795870800000, x'7b9e03f3fa2136cc8c64b20ffcddee897ec71f04b4577a514bf32a1f545b2a947bf94d1ec76fd283d1');
INSERT INTO changes (seq, kind, id, revision, gone, at) VALUES (1, 'posting', '01993b6e-0000-7000-8000-000000000003', 1, 0, 1795870800000);
INSERT INTO changes (seq, kind, id, revision, gone, at) VALUES (2, 'posting', '01993b6e-0000-7000-8000-000000000003', 2, 0, 1795870800000);
INSERT INTO changes (seq, kind, id, revision, gone, at) VALUES (3, 'posting', '01993b6e-0000-7000-8000-000000000004', 1, 0, 1795870800000);
INSERT INTO changes (seq, kind, id, revision, gone, at) VALUES (4, 'subscription', '01993b6e-0000-7000-8000-000000000005', 1, 0, 1795870800000);
INSERT INTO consents (seq, person, front, kind, version, lang, at, withdrawn) VALUES (1, '01993b6e-0000-7000-8000-000000000001', 'ac', 'alerts', '1', '', 1795870800000, 0);
INSERT INTO conversations (lookup, rev, idle, address, body) VALUES (x'094bdfd9c4d3694d5448cb6a554eb4ef', 1, 1795870800000, x'7babb1ee982cf01d84080becb8683ce9eeeb2615f339dac0ebbdaa8f3860533c5f13dac5886c4dc3dc1f523e01e6914f2b26024e721b982d17d77683bf69e308227c913bc1c079f7d13d0b8ea9f70a8935d1a3a3', x'7bdda63d53a216605c07473b62d2f47b0d5e7017320d0a6236d652795626f5a01e5c75aa81d3ff9b9fc61e0ad0a12bae08b40271c77ef563e676ac6d04a518d1a21586fddd427a2ea6d5dea20580fb743118800fa1d4e790e86bd0688e294e3efda3970f97c1c31eb280bc1206e9031630e9bbd71d2db9b1f7309410229edead28e04ae3fa48d58a9403bf76');
INSERT INTO cursors (channel, account, cursor) VALUES ('console', 'bot', '42');
INSERT INTO deliveries (seq, lookup, person, front, channel, account, to_hash, subject_hash, class, priority, rank, due, ready, attempts, state, fence, holder, lease, created, settled, head, body, ref, ref_hash) VALUES (1, x'b77f2bcac461c4d10076bb98b4ee16d1', '01993b6e-0000-7000-8000-000000000001', '', 'console', 'bot', x'094bdfd9c4d3694d5448cb6a554eb4ef', x'9dd830a5e583d42364aff764d913d39d', 'must', 0, 0, 0, 1, 1, 'sent', 1, '', 0, 1795870800000, 1795870800000, x'7ba49f9a619bbd15a9bd4f9fcd7ea51add7970e408682e8e3082438a49ef279cc5809160977f311a1e0d1c747dd7d1fc8d44b638c04a25dc39ab6ea9c325c21b5bc41a3c715003eed60a90113db45cb6e476ed82943959668c6e151404d61bcf4ce853224a595470694cbd184f1b3ade8a9ce75737f78a53f3912d7a8547c6c9f5f9ce7dc5815ca17fb84f0a7e', x'7b51b179a090ee749ba87297fc1df60a0ac6c09f20a6fb47b9e8db5a23b19508e0ad4c36ea1a8151271e0d07734cea795b68', x'7be04df085d19589ce3185deefbb89bd281b76ac5fb27a1d7ca58ed2320338447eb6cf7ce542c9', x'c3507c875b1ef19605cff9c41b17d2fb');
INSERT INTO deliveries (seq, lookup, person, front, channel, account, to_hash, subject_hash, class, priority, rank, due, ready, attempts, state, fence, holder, lease, created, settled, head, body, ref, ref_hash) VALUES (2, x'85d919ed2ef7e77ff786327225aee5cb', '01993b6e-0000-7000-8000-000000000001', '', 'console', 'bot', x'094bdfd9c4d3694d5448cb6a554eb4ef', x'9dd830a5e583d42364aff764d913d39d', 'must', 0, 0, 0, 1, 0, 'queued', 0, '', 0, 1795870800000, 0, x'7bddfe36ba0963b32ed0194afbf9b46719e9528d1c6446f1146283f94a75943d41f54dbda98f802d1539005995d661475632154e201d427d2e3739d7729098a78a6e538673e33a397a449b358e4c1824b974aef564793e08392ed408af1df09a1a78884fda698a844d739b84184fcfdae4ef296649f1b8f8a514ebfc5b1f190b006bd93288569fedcd7d088a8d', x'7bd4b8a0069e1b2c73b1c1291ce1289dc1e658c62abef8c768cd6ea6a58af297aa730bac416d66458707e543ea646d5d266a', NULL, NULL);
INSERT INTO fronts (id, rev, body) VALUES ('ac', 1, '{"ID":"ac","Name":"Aachen","Zone":"","Languages":null,"Register":"","Place":{"name":""},"Area":null,"Editors":["01993b6e-0000-7000-8000-000000000001","other"],"Accounts":null,"Suspended":false,"Rev":0}');
INSERT INTO inbox (lookup, dedupe, sender, at, body) VALUES (x'fa08b8b446c3d981005dd22c23f8107a', x'40f9ee86f25ed764e6132f7d79550cb3', x'094bdfd9c4d3694d5448cb6a554eb4ef', 1795870800000, x'7b1d045e697938fd89a27b47ae0a95048553174247479fc73cefc0ec2437afe77b426758b570c36fe43e2e59c724505eac8be37d29b6101429bb4bc22b877884c9917ba24428895c914574ad24d0ad9e8b906dbfbf00dc0ee1c53d075d6700b7881b352311193dada994384a83c132fd63beb5600ca6af16dcb04ca55de8bc6c9384e3b4a99682856981c2b742d9614e9115e973');
INSERT INTO inbox_failures (lookup, attempts, at) VALUES (x'fa08b8b446c3d981005dd22c23f8107a', 1, 1795870800000);
INSERT INTO jobs (job, date, holder, lease, finished, result) VALUES ('digest', '2026-11-28', 'h', 0, 1795870800000, 'ok');
INSERT INTO leases (name, holder, until, fence) VALUES ('bot', 'h', 1795870860000, 1);
INSERT INTO members (organisation, person, role, since) VALUES ('o', '01993b6e-0000-7000-8000-000000000001', 'owner', 1795870800000);
INSERT INTO meta (name, value) VALUES ('lookup', x'7b082595d7f10ebb50bfa2462c41b076d68ccf11625397dc967675dbc8f892fa646a8e0fa72d932b631be8380b0ab2ca3a5aa57d18375751a245c90241');
INSERT INTO organisations (id, front, folded, created, rev, body) VALUES ('o', 'ac', 'turnverein brand', 1795870800000, 1, x'7bb8a6645ec6cb2c860971cd2353fd23da503ac1aa767006173a80046774eca5967b8c97e5f88bc7872ef77915e83e103148a7bf79dd29c62d08fa17553413b46c583168521d2b72664dc50fc04c6e90dea8287cb3aa22b196cd8a0d1d2902cfd0d0f4d5fb95f428d0ecb044045787ca0ffb24304bca12a7211cf14c8abf120e34f5a5742de597b5539959d54fc05034b2c1c04e7e24f087ae77fee4');
INSERT INTO persons (id, front, created, active, rev, body) VALUES ('01993b6e-0000-7000-8000-000000000001', 'ac', 1795870800000, 0, 1, x'7b7060ce3688b6d61224dbbe4ea2b94c2c9d9d7a207620782ce2bab9425cb0dfde854667ff7d69e0d5a240dc98ee8f0c00b27fabf8bb8ad51b73d3f8f48c6f138c253d6a57e3ca783df8a7e6fe7bccf280c5caa6854f15d9aa68c34c5182a5c5ce304d6799c3a011c6344e2c1112fb34826401cdeb8758c7dcca20e781457da29fadd77867af9a80c087bda19e566008be3032f671a8d98fd4b15b5a22216d2240161cff409faad5fc08527e42ceef6eac4bb7efe77b90aeb00632be78cf7eed5e35f607fc31aabf26c3633b96686c2cdb90906714eaf683d37c79eedd7cc4442e5c7acb1ff3ea4b4a72b7fef48d848dedd0becc073bd5679c8aeec897b4b691d32f649bd00b2da568d785e6e7818e70eb87d78374c9d2f5619d5c62560a43005645fd75deecade7682430d79604f458dfc82200214e259911d5a1b85d62e9fc7c23b93f20a8f2cf544c4bb38ce74c7a3f13fe92baac98fdd9bf7ef46b9657ae221b5db54014926bcf9d147b4624fafe873ad8a538ca6aba69d910ba20f571284a65a8eda156f446698ae13bd0122f7ad4052fb902a047e751d933ff461c64720dbeb2037536210d0d3c9ed65aba6902ee7f4633e6f2bd5a256ab1ee58');
INSERT INTO posting_revisions (posting, revision, at, body) VALUES ('01993b6e-0000-7000-8000-000000000003', 1, 1795870800000, x'7bfc1b4c49ebfaa703cf67ae4211d7963ee2be18c8d9bfb7f440f98d542d1ecb9a0ff14ed7fe55558f28ccd8d39346f166abdb9450b458e0b5330f4aeb015edb3bd15ecdcde1a9b36a8386ef0671896a2e1c74cf43c21b6b1623e2a6d5cec1dc572b082fbf3329b244b67c4745ba996142a9032519c558b13bbc9492688cbfd82e864c4c256293c9c5a158c7c6db08100e385993fee805b9fd3612697804df574048accd3b0ccfd8625234ce53638aa0604922a4858da86738db9054094ceb83f346aabf9d916f2ac4cafbcd08dd4dfe06fcd515c90f8ce0ebe061115a15846318d94895ef8af5a283f7a69af68e50ac2e5ce241bcdc21ffa460dd31020fee6f3f6945797fea472f78b68d68d7b12b722df907facd1e0a516d767d394cc719132bb8fa636214ad20a7581cfade27eea64fbff3fe1154aaa7711d3a6c626e9ef5d14122fd1f5564f61df829bc56e9fdeef6a309ecb1b41cbf239aa5f86e25d1811fe512411c1f9da4d0666ac53da89f6f95473bfe61365bdd867993a1eed765fd6799c9ad349d228e7be4912168161db81b875aa1c5995d81be57426c0e4f249fea20b6514cdadb05d87b314386fb6011aaa0b239d4a91355e796dd4dcddc5c6293624a63b8a9bbc95e7fbb3cb36ce1f4d484aab91c35369a6d16a80946be44a02d485e24a9b63c2e8e1bc18179411dfa315bb773d905baf437858cd68a800a293947a307e85955043de684aa4ba8114484093def93e701931d5bc5f1a5e28c49dc6063c9bd04e23399ece21019924ac88c8da3dcf99e0df2d594d2bc4291b0a260ffafba4aa7196117c27d53a49f88ac3ef7bdad32d4d2');
INSERT INTO postings (id, code, front, author, organisation, kind, state, lat, lon, ends, created, changed, revision, body) VALUES ('01993b6e-0000-7000-8000-000000000003', '98XAADHEE7', 'ac', '01993b6e-0000-7000-8000-000000000001', '', 'need', 'open', 50.74, 6.16, 1796061600000, 1795870800000, 1795870800000, 2, x'7b88a1294615f290945ef1dcf886b11c858dad177176b0145222113f8c41da6f58203cc78f73ebde17b2884d213fbf86f5795fa0ff4555ecdf0ec31eec4ae51f3282527d6dc34681ae9ceeee50497c4e8a8e53701223152922745db2e986877507818425e58c121af60abce2215c9e9b361d4a32dee215790c6c4d0243a194dc84dcca13b9f85505094286ab25628ca348e508bdec54edbdc974c30b5f86fdffc702c6e5424ad094bac20c51c84612e64d00f947871139b6f5ba93fd1f7c48249e700ba3851afae81f50e99257ac94e0e9d7963fa16db7634837e0bdd4a4818b15a2abd7cfa772623005f7377ffec7ec8bb606aeec7766a703f1e62991a747da1b677d469c7afd53d440d6f9a2994c3cf64d0a7399163a845ee6232cdc6c13765d8efda14412fd5acdfdc1c8afe2228ad30f60272ca77a5a5707acfd690bb4682396f846ec9a29fd3928bb177afaafb0470aa81d7c5dd0bbadb17d54b5102dac78eb9c718371182268ed6f7a62a79084009bdb8c7f501ff84f6072b2f33967a9bf0208fda2c4eb95e43154f7a477c407da57d31dfc4f27e8e0a30dedd809eb2617f11fcc68572b7f4419b758a0c426c53a2b882a150777b96c4c6669f05616743e61bafd3d59508b7d8d38cc151b92b4a25bee56f7fd1cdf41249577a092ff93b55b2a507cc583e1593928d75edc4ac1113a78215cc40ec501e02fa1a8a7ddb0966dbf391e061f6e8a25be9f773ed3304e47c86ebfbad04addf9109f43b929170a0df122ff623c4b9232b8a2d4b3e00a48a01162f4dcf400eea61c7368e4a1fed229d1f0680a83437a3e3b24a3a70da122deceaf7636f6');
INSERT INTO postings (id, code, front, author, organisation, kind, state, lat, lon, ends, created, changed, revision, body) VALUES ('01993b6e-0000-7000-8000-000000000004', 'X004FDGY36', 'ac', 'somebody', '', 'need', 'open', 50.74, 6.16, 1796061600000, 1795870800000, 1795870800000, 1, x'7b5451d4cf6ae66008482402c378a7ec6bab191f2e55195d70e7abeb66ca7074871a8133e25e5d43efc69365f8429af4a278f146d02fdd91e3f3856465a02dce90bc4e17f0eaf1756ae2ca577cf107e27aa68b3e96c2deead59c8246068b408a84204d97fbc22e79a0a406451a92d2291ecf10bb23a5402ee998274f00beca29647892ebf93a26ec0001159a8a8353ea98f8d9f86ddd46060b69a12766ba6607104be161fd0a88aeaab06be310416e1a20aa90abcf51d92ef4727cd6fdaa0e8ce204eb2ef2d5723a59fa2971a9d8e6d71d1291a442b4f358d426f639fc6a39969530c440d49424f90e9f16acde396ca3272e8ac346e58f73eacde0d2bc3b43176d6d1845d41f863ab124a2041ef7b59f6c406303dcdae5cab25252211626b7934da8efe0a86c21466419e7feb38cba376483f752dc51f197555447524522a8163fbe9eb2dbb41e50cc435e4f40f67eae270a846ef577eb2b87f495715616eecd386a2df3e2ac3ccf29e3c4b5bfc799554c45292a104bb46f36badeab68033b1ec42ce8a185e1d1818476b917c26cc22b9f1e638ab82bf406b70e348e87ea20bfac6ae7ff56afb30c8bf42c90fd83f2963dd86fc8db487b5b0b603a1c3492b817908fb69c25f714e94d97a8046e6bf831dfcadf329c51bc7078fad0e4b800ea17af3eef7dfc61740c765acea1539fb11fc79630c5d69c2a878015066b2a917213351e48c7eeaba9f4c6ec63195b794d75a972057ce55131d8c84bd60e74763613661bbd21d68c5989f4fd68f76a1669edce3017b4f4c5d1');
INSERT INTO shown (seq, id, address_hash, person, at, body) VALUES (1, 'S', x'094bdfd9c4d3694d5448cb6a554eb4ef', '01993b6e-0000-7000-8000-000000000001', 1795870800000, x'7b340e6dd32f11830363213078ab956373fab7a90c9b2dbd78529053caf39060cea57bf396d123365bd4fc056c76427663766b462f33a5c3b0dc59cd4f6fe266ffd75934ee39a0fb795f0714cb514714fa271f56a074d6732bca9497b13398e57b36a7ed6781537983f0f4234c5b44843526594937c4c46de1fbe13e794217a7144c062e211d5acaa67bca05ed300df67ce991c7639cec8d87f1f6e3b51583a7b8a7dd0da1c7aeceec5baafe8e7cecbc532faa4c357c9d15b638c7b473be994caad1b15cffae6ac992a8e5a27ad6e72d37c10056af750145de332e6a69ac33ded7427c16ea6daa1a1ca67e8ca18c3d880d6ca236f041f1d91d5b39fa4fb2bc09398228b5956d5bd2ccc7012e32144d9948cbb95dfb61571f2777db90dcbf5c9c3d9e13');
INSERT INTO subscriptions (id, person, front, lat, lon, radius, south, north, west, east, categories, kinds, slots, qualifications, languages, stopped, paused_until, revision, body) VALUES ('01993b6e-0000-7000-8000-000000000005', '01993b6e-0000-7000-8000-000000000001', 'ac', 50, 6, 5, 49.95502948521195, 50.04497051478805, 5.930031292264728, 6.069968707735272, 0, 0, 0, 0, '', 0, 0, 1, x'7b4f6cd8ab253223987e315aacc5bcec9aacb5ece3f2d01ea3ff689804ff5485c73243ef09f002718e34e1dff82953c6558545c2b33964853cc83e74bf44f242ad4f037282eefc57fe7e641edec5204d9feaaff8cc62d1d293b8c62818f5dab6a8d6ac048870314a5a06b40e251ff0b305cddcaa6754fe59100f6d108e32afdb8e04b4d948da7e5cd86d531b4e41a8ad118cb14558c8fff16b9859dac1a9dd1a165c7b3407a8c4de6514603ce6a41d52376787742b5c4a0bf8fa2e61ba44f2b82d4b0223ea11a8cd85d432138e63b0a3d0989698fa624b76c5afb68dd642f76da8887ce3b79f7c589da7ad213a5639073ec98ef8421855fead7a5d9533fc58dca1132f09076ed45e');
INSERT INTO timers (lookup, subject_hash, address_hash, due, body) VALUES (x'c86444a12c44aec5f500de580cff585f', x'808e9b9f40a95a2670a36931571d4bb6', x'094bdfd9c4d3694d5448cb6a554eb4ef', 1795870800000, x'7b80a3755c8d299658a2c293855616356a7739f9428726249ae39e3964808dacd78dfb2e041c911a5b1b7fa4c54aa2e8d41117f0bc1e991818774e51f852f60982777d10cf1def81aee7441643fc751802be3b993a2dfea1d9ec5d770db1bc813e1ae93524bdf50065237993387ee12f85d550912ee2855bc86025e653220c390fccfaa92a7143a6191c4e185f6b93f68dbb823edb0ccadd01b832e63947d51b46c1bcb18fb74c2de377ef2e62f7e466c2ad2c52044f6a05d06eefdcb5b2b25c6732b2a8b74b');
INSERT INTO tokens (lookup, kind, subject_hash, person, expires, uses, body) VALUES (x'4b937b3e6d9a6e26aaf1ffe9e83d5380', 'link', x'808e9b9f40a95a2670a36931571d4bb6', '01993b6e-0000-7000-8000-000000000001', 0, 1, x'7b2315f27e5b17afada65812b04642bfd17ec0a5aa653e5eb04dad467a07fb6557c0a9be34eb8892540011cbda4ef7973a1a2c0fe8df719ace3220aab48a51203ca7705ed35afbeffa');
INSERT INTO tombstones (lookup, at) VALUES (x'065e536f3a27b5f9e5f99bbd8675953b', 1795870800000);
