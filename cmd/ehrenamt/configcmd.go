package main

import (
	"fmt"
	"io"
	"reflect"
	"strings"

	gotoml "github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
)

func newConfigCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Look at the configuration",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "show",
		Short: "Print the effective configuration, secrets hidden, and where each value came from",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := configOf(cmd)
			if err != nil {
				return err
			}
			return s.show(cmd.OutOrStdout())
		},
	})
	return cmd
}

// show writes the configuration as TOML that can be read again, but for secrets.
func (s settings) show(w io.Writer) error {
	var b strings.Builder
	if err := s.showTable(&b, "", reflect.ValueOf(s.config)); err != nil {
		return fmt.Errorf("show configuration: %w", err)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// showTable writes the values of a table first, because TOML wants it so, then
// the tables in it.
func (s settings) showTable(b *strings.Builder, at string, v reflect.Value) error {
	var tables []reflect.StructField
	header := at != ""
	for _, f := range reflect.VisibleFields(v.Type()) {
		if k := f.Type.Kind(); k == reflect.Struct || k == reflect.Map {
			tables = append(tables, f)
			continue
		}
		if header {
			fmt.Fprintf(b, "\n[%s]\n", at)
			header = false
		}
		name := f.Tag.Get("koanf")
		line, err := gotoml.Marshal(map[string]any{name: v.FieldByIndex(f.Index).Interface()})
		if err != nil {
			return err
		}
		origin := s.origins[joinKey(at, name)]
		if origin == "" {
			origin = "default"
		}
		fmt.Fprintf(b, "%s # %s\n", strings.TrimRight(string(line), "\n"), strings.ReplaceAll(origin, "\n", " "))
	}
	for _, f := range tables {
		key, table := joinKey(at, f.Tag.Get("koanf")), v.FieldByIndex(f.Index)
		if table.Kind() == reflect.Struct {
			if err := s.showTable(b, key, table); err != nil {
				return err
			}
			continue
		}
		for _, name := range sortedNames(table) {
			if err := s.showTable(b, joinKey(key, name), table.MapIndex(reflect.ValueOf(name))); err != nil {
				return err
			}
		}
	}
	return nil
}

func sortedNames(table reflect.Value) []string {
	names := map[string]bool{}
	for _, k := range table.MapKeys() {
		names[k.String()] = true
	}
	return sortedKeys(names)
}
