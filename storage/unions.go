package storage

import (
	"context"

	"ehrenamt/channels"
)

// Unions keeps which addresses are one person.
type Unions interface {
	// WhoIs is the person an id stands for now: itself, unless they were merged into another.
	WhoIs(ctx context.Context, person string) (string, error)
	// Detach takes an address from its person, with its conversation, shown choices, timers and what waits to be sent to
	// it; whoever writes from it is somebody new. ErrNotFound if it is nobody's.
	Detach(ctx context.Context, a channels.Address) error
}
