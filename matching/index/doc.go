// Package index finds all subscriptions among millions that a posting fits, in
// microseconds, while they keep changing. It proposes; matching.Match decides.
//
// Subscriptions lie in segments of up to 512 neighbours: by class of radius, then
// along a Hilbert curve. Within a segment every attribute is a column of one bit a
// row, so that a query is the AND of two or three columns of 64 bytes, then a box,
// then a distance. Segments hang in groups of about 32, groups in one directory per class.
// One writer at a time changes what readers see by atomic steps: a row is written
// before its bits are set and never written twice; what does not fit makes a new
// segment that replaces the old one by one pointer. Readers never wait.
//
// The package holds no text of any person, reads no clock, opens no file and knows
// no store: rows come as Entry values, changes through Source.
package index
