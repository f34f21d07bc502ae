package email

import "ehrenamt/channels"

var _ channels.Postbox = (*Channel)(nil)

// Mailbox implements channels.Postbox.
func (c *Channel) Mailbox() string { return c.cfg.Address }
