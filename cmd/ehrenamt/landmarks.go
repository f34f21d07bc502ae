package main

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"ehrenamt/matching/places"
	"ehrenamt/storage"
)

// landmarksAgain is how often it is looked whether fronts have other landmarks.
const landmarksAgain = 20 * time.Second

// followLandmarks lets the reader know the landmarks of all fronts as they stand, until ctx ends. have are those it knows.
func followLandmarks(ctx context.Context, s storage.Store, r rooms, have []places.Landmark, log *slog.Logger) {
	tick := time.NewTicker(landmarksAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now, err := renewLandmarks(ctx, s, r, have)
		switch {
		case err != nil && ctx.Err() == nil:
			log.Warn("landmarks are as they were", "error", err)
		case err == nil && !slices.EqualFunc(now, have, sameLandmark):
			log.Info("landmarks changed", "landmarks", len(now))
			have = now
		}
	}
}

// renewLandmarks lets the reader know the landmarks of the store where they are not those it has, and returns them.
func renewLandmarks(ctx context.Context, s storage.Store, r rooms, have []places.Landmark) ([]places.Landmark, error) {
	now, err := landmarksOf(ctx, s)
	if err != nil || slices.EqualFunc(now, have, sameLandmark) {
		return have, err
	}
	g, err := gazetteerWith(now)
	if err != nil {
		return have, err
	}
	r.reader.SetPlaces(g)
	return now, nil
}

func sameLandmark(a, b places.Landmark) bool {
	return a.Name == b.Name && a.Municipality == b.Municipality && a.Point == b.Point
}

// gazetteerWith is what the program knows of places, with further landmarks.
func gazetteerWith(own []places.Landmark) (*places.Gazetteer, error) {
	g, err := places.Default()
	if err != nil {
		return nil, err
	}
	marks, err := places.ExampleLandmarks()
	if err != nil {
		return nil, err
	}
	return g.WithLandmarks(append(slices.Clone(own), marks...)), nil
}
