package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ehrenamt/storage"
)

// runs is the state of a front in a word.
func runs(f *storage.Front) string {
	if f.Suspended {
		return "suspended"
	}
	return "runs"
}

// frontLines is a front in lines. No secret is among them; of an account there is its name alone.
func frontLines(ctx context.Context, tx *storage.Tx, f *storage.Front) ([][2]string, error) {
	state := runs(f)
	if !f.Since.IsZero() {
		state += " since " + f.Since.Format(time.DateOnly)
	}
	telegram := "full"
	if f.Telegram != storage.TelegramFull {
		telegram = string(f.Telegram)
	}
	lines := [][2]string{
		{"id", f.ID}, {"name", f.Name}, {"state", state}, {"place", f.Place.Name}, {"zone", f.Zone}, {"languages", strings.Join(f.Languages, ", ")},
		{"register", f.Register}, {"accounts", strings.Join(f.Accounts, ", ")}, {"telegram", telegram}, {"page", f.Page},
		{"area", strings.Join(f.Area, ", ")}, {"neighbours", strings.Join(f.Neighbours, ", ")}, {"holidays", f.State},
	}
	if f.Accent != "" {
		lines = append(lines, [2]string{"colours", f.Ink + " on " + f.Accent})
	}
	kind, picture, err := tx.Arms.Arms(ctx, f.ID)
	switch {
	case errors.Is(err, storage.ErrNotFound):
	case err != nil:
		return nil, err
	default:
		lines = append(lines, [2]string{"arms", fmt.Sprintf("%s, %d bytes", kind, len(picture))})
	}
	var off []string
	for _, c := range f.Off {
		off = append(off, string(c))
	}
	lines = append(lines, [2]string{"not offered", strings.Join(off, ", ")})
	for _, c := range slices.Sorted(maps.Keys(f.Renamed)) {
		lines = append(lines, [2]string{"called", string(c) + " = " + f.Renamed[c]})
	}
	for _, l := range f.Landmarks {
		lines = append(lines, [2]string{"landmark", l.Name + " = " + l.Point.String()})
	}
	texts, err := tx.Texts.TextsOf(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(texts, func(a, b storage.FrontText) int { return strings.Compare(a.Kind, b.Kind) })
	for _, t := range texts {
		note := t.Version + " (" + t.Lang + ")"
		if f.Texts[t.Kind] == t.Version {
			note += ", in force"
		}
		if t.Asks {
			note += ", asked again"
		}
		lines = append(lines, [2]string{t.Kind, note})
	}
	return lines, nil
}
