// Package email is the channel of those who live in their mailbox: it takes mail
// in over IMAP, reads what was newly written in it, says how far the sender can
// be believed, and submits mail over SMTP.
//
// It never touches the store, decides nothing about volunteering, writes no
// sentence of its own and opens no attachment. The reading half (Read) is pure:
// bytes in, a Reading out, with bounded work whatever the bytes are.
package email
