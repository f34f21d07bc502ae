package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ehrenamt/storage"
)

// frontCache keeps fronts for a short while: every turn needs one and they hardly ever change.
type frontCache struct {
	mu    sync.Mutex
	now   func() time.Time
	kept  map[string]storage.Front
	zones map[string]*time.Location
	until time.Time
}

const frontsKept = 30 * time.Second

func (c *frontCache) front(ctx context.Context, tx *storage.Tx, id string) (storage.Front, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); c.kept == nil || now.After(c.until) {
		c.kept, c.until = map[string]storage.Front{}, now.Add(frontsKept)
	}
	if f, ok := c.kept[id]; ok {
		return f, nil
	}
	f, err := tx.Fronts.Front(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return f, fmt.Errorf("front %s: %w", id, err)
	}
	if err != nil {
		return f, err
	}
	c.kept[id] = f
	return f, nil
}

// forget lets the next turn read the fronts anew.
func (c *frontCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = nil
}

// zone is the zone of a front; a name that does not exist falls back to UTC, which doctor reports.
func (c *frontCache) zone(f storage.Front) *time.Location {
	c.mu.Lock()
	defer c.mu.Unlock()
	if z := c.zones[f.Zone]; z != nil {
		return z
	}
	z, err := time.LoadLocation(f.Zone)
	if err != nil {
		z = time.UTC
	}
	if c.zones == nil {
		c.zones = map[string]*time.Location{}
	}
	c.zones[f.Zone] = z
	return z
}
