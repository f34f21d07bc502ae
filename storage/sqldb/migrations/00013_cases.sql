-- What is reported of a thread is a case like every other; cases that are over are forgotten after some years.

DROP TABLE reports;

CREATE INDEX cases_over ON cases (decided) WHERE state <> 'open';
