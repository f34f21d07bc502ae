package main

import (
	"context"
	"sync"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/channels/console"
)

// watched is a console that tells when a line was handled and when its input has ended.
type watched struct {
	*console.Console
	once    sync.Once
	ended   chan struct{}
	handled chan struct{} // nil: nobody asks
}

// Receive implements channels.Channel.
func (w *watched) Receive(ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error {
	err := w.Console.Receive(ctx, cursor, func(ctx context.Context, m channels.Message) error {
		err := hear(ctx, m)
		if err == nil && w.handled != nil {
			w.handled <- struct{}{}
		}
		return err
	})
	if ctx.Err() == nil {
		w.once.Do(func() { close(w.ended) })
	}
	return err
}

// untilInputEnds runs the bot until the terminal's input has ended and everything that followed from it is
// said, or until ctx ends.
func untilInputEnds(ctx context.Context, b *bot.Bot, w *watched) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	select {
	case err := <-done:
		return err
	case <-w.ended:
	}
	if err := untilSettled(ctx, b); err != nil && ctx.Err() == nil {
		return err
	}
	stop()
	return <-done
}

// untilSettled waits until nothing is to be sent or done right now.
func untilSettled(ctx context.Context, b *bot.Bot) error {
	beat := time.NewTicker(5 * time.Millisecond)
	defer beat.Stop()
	for {
		ok, err := b.Settled(ctx)
		if err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-beat.C:
		}
	}
}
