package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ehrenamt/bot"
	"ehrenamt/channels/web/face"
	"ehrenamt/matching"
	"ehrenamt/matching/places"
	"ehrenamt/storage"
)

// frontID is what an id may be: it stands in links, file names and variables.
var frontID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}$`)

// frontChange is one change of a front under way.
type frontChange struct {
	ctx    context.Context
	tx     *storage.Tx
	front  *storage.Front
	config config
	places *places.Gazetteer
	now    time.Time
	new    bool
}

// frontOption is a flag that changes a front.
type frontOption struct {
	name, usage string
	many        bool // may be given several times
	set         func(c *frontChange, values []string) error
}

func frontOptions() []frontOption {
	return append([]frontOption{
		{"name", "`name` as people read it: Aachen", false, setName},
		{"place", "postcode or name of the `place` it is at home in", false, setPlace},
		{"zone", "time `zone`, Europe/Berlin", false, setZone},
		{"register", "how people are spoken to: du, sie or leicht", false, setRegister},
		{"languages", "`list` of languages, the first one is the front's own: de,en", false, setLanguages},
		{"accent", "`colour` of heads, buttons and links: #1a5fb4", false, setAccent},
		{"ink", "`colour` of words on the accent; white if left out", false, func(*frontChange, []string) error { return nil }},
		{"arms", "`file` with the arms: PNG, JPEG or SVG of at most 1 MB", false, setArms},
		{"off", "`list` of categories that are not offered here, or none", false, setOff},
		{"rename", "`category=name` in the front's own language; without a name it is called as everywhere", true, setRename},
		{"landmark", "`name=latitude,longitude` of a place people name; without a position it is forgotten", true, setLandmark},
		{"area", "`list` of municipalities by name or official key, or none", false, setArea},
		{"neighbours", "`list` of fronts people are pointed to, or none", false, setNeighbours},
		{"state", "`state` whose holidays editors have: NW", false, setState},
		{"telegram", "what goes over Telegram: full, minimal (title and code) or off", false, setTelegram},
		{"channel", "public `channel` for open needs: telegram:<bot>:@name, or none", false, setChannel},
		{"page", "`URL` of its pages, or none", false, setPage},
	}, append(textOptions(), accountOptions()...)...)
}

func addFrontFlags(flags *pflag.FlagSet) {
	for _, o := range frontOptions() {
		if o.many {
			flags.StringArray(o.name, nil, o.usage)
			continue
		}
		flags.String(o.name, "", o.usage)
	}
	addTextFlags(flags)
	addAccountFlags(flags)
}

func newFrontAddCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add FRONT",
		Short: "Add a front; a running service takes it in by itself",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return changeFront(cmd, args[0], true) },
	}
	addFrontFlags(cmd.Flags())
	return cmd
}

func newFrontEditCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "edit FRONT",
		Short: "Change what is given and leave the rest; a running service follows within half a minute",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return changeFront(cmd, args[0], false) },
	}
	addFrontFlags(cmd.Flags())
	return cmd
}

func newFrontSuspendCmd(use, short string, suspended bool) *cobra.Command {
	return &cobra.Command{
		Use:   use + " FRONT",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onStore(cmd, func(ctx context.Context, s storage.Store) error {
				if err := bot.Suspend(ctx, s, args[0], suspended, time.Now()); err != nil {
					return noFront(args[0], err)
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", args[0], map[bool]string{true: "suspended", false: "runs"}[suspended])
				return err
			})
		},
	}
}

// changeFront applies the flags of a command to a front, all or none of them.
func changeFront(cmd *cobra.Command, id string, add bool) error {
	if add && !frontID.MatchString(id) {
		return &exitError{exitUsage, fmt.Errorf("%q is no id for a front; small letters, digits and hyphens: aachen", id)}
	}
	err := onTown(cmd, func(ctx context.Context, s storage.Store, c config, g *places.Gazetteer) error {
		if !c.implied() {
			if err := seedFronts(ctx, s, c, g); err != nil {
				return &exitError{storeExit(err), err}
			}
		}
		return s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
			return applyFront(&frontChange{ctx: ctx, tx: tx, config: c, places: g, now: time.Now(), new: add}, cmd.Flags(), id)
		})
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: saved\n", id)
	return err
}

func applyFront(c *frontChange, flags *pflag.FlagSet, id string) error {
	f, err := c.tx.Fronts.Front(c.ctx, id)
	switch {
	case c.new && err == nil:
		return &exitError{exitUsage, fmt.Errorf("there is a front %q; change it with: ehrenamt front edit %s", id, id)}
	case c.new && errors.Is(err, storage.ErrNotFound):
		f = storage.Front{ID: id, Name: id, Zone: "Europe/Berlin", Languages: []string{"de", "en"}, Register: "du"}
	case err != nil:
		return noFront(id, err)
	}
	c.front = &f
	given := 0
	for _, o := range frontOptions() {
		flag := flags.Lookup(o.name)
		if !flag.Changed {
			continue
		}
		given++
		values := []string{flag.Value.String()}
		if o.many {
			values, _ = flags.GetStringArray(o.name)
		}
		if o.name == "accent" {
			values = append(values, flags.Lookup("ink").Value.String())
		}
		if err := o.set(c, values); err != nil {
			return &exitError{exitUsage, fmt.Errorf("--%s: %w", o.name, err)}
		}
	}
	for _, name := range []string{"text-version", "ask-again", "email-plus"} {
		if flags.Lookup(name).Changed {
			given++
		}
	}
	if given == 0 && !c.new {
		return &exitError{exitUsage, errors.New("nothing to change; see: ehrenamt front edit --help")}
	}
	if err := applyTexts(c, flags); err != nil {
		return &exitError{exitUsage, err}
	}
	if err := applyAccounts(c, flags); err != nil {
		return &exitError{exitUsage, err}
	}
	if f.Place.IsZero() {
		f.Place = frontPlace(c.places, f.Name)
	}
	if f.Place.Point.IsZero() {
		return &exitError{exitUsage, fmt.Errorf("say with --place where %q is; there is no place of that name", f.Name)}
	}
	if err := c.tx.Fronts.SaveFront(c.ctx, &f); err != nil {
		return fmt.Errorf("front %s: %w", id, err)
	}
	return c.tx.Audit.Append(c.ctx, storage.Entry{Front: id, Actor: "operator", Action: "front-changed", Subject: "front:" + id, At: c.now})
}

// listed splits a list; "none" is the empty one.
func listed(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" && part != "none" && !slices.Contains(out, part) {
			out = append(out, part)
		}
	}
	return out
}

func setName(c *frontChange, v []string) error {
	name := strings.Join(strings.Fields(v[0]), " ")
	if n := len([]rune(name)); n < 2 || n > 60 {
		return errors.New("a name has 2 to 60 characters")
	}
	c.front.Name = name
	return nil
}

func setPlace(c *frontChange, v []string) error {
	p := frontPlace(c.places, v[0])
	if p.IsZero() {
		return fmt.Errorf("there is no place %q", v[0])
	}
	c.front.Place = p
	return nil
}

func setZone(c *frontChange, v []string) error {
	if _, err := time.LoadLocation(v[0]); err != nil || v[0] == "" || v[0] == "Local" {
		return fmt.Errorf("%q is not a time zone such as Europe/Berlin", v[0])
	}
	c.front.Zone = v[0]
	return nil
}

func setRegister(c *frontChange, v []string) error {
	c.front.Register = v[0]
	return among(v[0], "du", "sie", "leicht")
}

func among(value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%q is none of %s%s", value, strings.Join(allowed, ", "), didYouMean(value, allowed))
}

func setLanguages(c *frontChange, v []string) error {
	c.front.Languages = listed(v[0])
	if len(c.front.Languages) == 0 {
		return errors.New("a front speaks one language at least")
	}
	for _, l := range c.front.Languages {
		if !languageTag.MatchString(l) {
			return fmt.Errorf("%q is not a language such as de or en", l)
		}
	}
	return nil
}

func setAccent(c *frontChange, v []string) error {
	if v[0] == "none" {
		c.front.Accent, c.front.Ink = "", ""
		return nil
	}
	accent, ink, err := face.Pair(v[0], v[1])
	if err != nil {
		return err
	}
	c.front.Accent, c.front.Ink = accent.String(), ink.String()
	return nil
}

func setArms(c *frontChange, v []string) error {
	f, err := os.Open(v[0])
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, face.MaxArms+1)) // a file of 50 MB is not read to its end
	if err != nil {
		return fmt.Errorf("%s: %w", v[0], err)
	}
	kind, clean, err := face.Arms(data)
	if err != nil {
		return fmt.Errorf("%s: %w", v[0], err)
	}
	return c.tx.Arms.SaveArms(c.ctx, c.front.ID, kind, clean, c.now)
}

// category finds a category by its key.
func category(key string) (matching.Category, error) {
	var keys []string
	for _, k := range matching.Categories {
		keys = append(keys, string(k))
	}
	return matching.Category(key), among(key, keys...)
}

func setOff(c *frontChange, v []string) error {
	c.front.Off = nil
	for _, key := range listed(v[0]) {
		k, err := category(key)
		if err != nil {
			return err
		}
		if k == matching.OtherCategory {
			return fmt.Errorf("%s is where everything else goes, and stays", k)
		}
		c.front.Off = append(c.front.Off, k)
	}
	return nil
}

func setRename(c *frontChange, v []string) error {
	for _, one := range v {
		key, name, _ := strings.Cut(one, "=")
		k, err := category(strings.TrimSpace(key))
		if err != nil {
			return err
		}
		name = strings.Join(strings.Fields(name), " ")
		if len([]rune(name)) > 40 {
			return fmt.Errorf("%q is longer than 40 characters", name)
		}
		if c.front.Renamed == nil {
			c.front.Renamed = map[matching.Category]string{}
		}
		if c.front.Renamed[k] = name; name == "" {
			delete(c.front.Renamed, k)
		}
	}
	return nil
}

func setLandmark(c *frontChange, v []string) error {
	for _, one := range v {
		name, at, _ := strings.Cut(one, "=")
		name = strings.Join(strings.Fields(name), " ")
		if n := len([]rune(name)); n < 3 || n > 60 {
			return fmt.Errorf("%q: a landmark has 3 to 60 characters", name)
		}
		c.front.Landmarks = slices.DeleteFunc(c.front.Landmarks, func(l storage.Landmark) bool { return l.Name == name })
		if strings.TrimSpace(at) == "" {
			continue
		}
		lat, lon, _ := strings.Cut(at, ",")
		var p matching.Point
		var err, err2 error
		p.Lat, err = strconv.ParseFloat(strings.TrimSpace(lat), 64)
		p.Lon, err2 = strconv.ParseFloat(strings.TrimSpace(lon), 64)
		if errors.Join(err, err2) != nil || !p.Valid() || p.IsZero() {
			return fmt.Errorf("%q is not latitude,longitude such as 50.7745,6.0868", at)
		}
		c.front.Landmarks = append(c.front.Landmarks, storage.Landmark{Name: name, Point: p})
	}
	return nil
}

func setArea(c *frontChange, v []string) error {
	c.front.Area, c.front.Towns = nil, nil
	towns := c.places.Towns()
	for _, key := range listed(v[0]) {
		town, ok := c.places.Town(key)
		if i := slices.IndexFunc(towns, func(t places.Town) bool { return t.AGS == key }); !ok && i >= 0 {
			town, ok = towns[i], true
		}
		if !ok {
			return fmt.Errorf("there is no municipality %q", key)
		}
		c.front.Area, c.front.Towns = append(c.front.Area, town.AGS), append(c.front.Towns, town.Official)
	}
	return nil
}

func setNeighbours(c *frontChange, v []string) error {
	c.front.Neighbours = nil
	for _, id := range listed(v[0]) {
		if _, err := c.tx.Fronts.Front(c.ctx, id); err != nil {
			return noFront(id, err)
		}
		if id == c.front.ID {
			return errors.New("nobody is their own neighbour")
		}
		c.front.Neighbours = append(c.front.Neighbours, id)
	}
	return nil
}

func setState(c *frontChange, v []string) error {
	c.front.State = strings.ToUpper(v[0])
	return among(c.front.State, bot.States()...)
}

func setTelegram(c *frontChange, v []string) error {
	c.front.Telegram = storage.TelegramUse(v[0])
	if v[0] == "full" {
		c.front.Telegram = storage.TelegramFull
	}
	return among(v[0], "full", string(storage.TelegramMinimal), string(storage.TelegramOff))
}

func setChannel(c *frontChange, v []string) (err error) {
	if v[0] != "none" {
		if _, ok := bot.ChannelAddress(v[0]); !ok {
			return fmt.Errorf("%q is not telegram:<bot>:@<channel>", v[0])
		}
	}
	c.front.Extra, err = withChannel(c.front.Extra, v[0])
	return err
}

func setPage(c *frontChange, v []string) error {
	if v[0] == "none" {
		c.front.Page = ""
		return nil
	}
	c.front.Page = strings.TrimRight(v[0], "/")
	return checkURL("page", c.front.Page, "https", "http")
}
