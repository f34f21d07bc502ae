// Command ehrenamt is the whole product in one binary: the service, a terminal to
// try it out, and the operator's tools. It reads flags, file and environment and
// ties the rooms together; it decides nothing itself.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// exitError carries the exit code of a command that has said all there is to say.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// Exit codes, as in sysexits.h where there is a fitting one.
const (
	exitFailure = 1
	exitUsage   = 2
	exitConfig  = 78 // EX_CONFIG
	exitStore   = 74 // EX_IOERR
)

func run(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "ehrenamt:", err)
	var e *exitError
	if errors.As(err, &e) {
		return e.code
	}
	return exitFailure
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "ehrenamt",
		Short:         "A volunteering exchange that people use by writing a message",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{exitUsage, err} })
	addConfigFlags(root.PersistentFlags())
	root.AddCommand(
		newDemoCmd(),
		newDoctorCmd(),
		newErasedCmd(),
		newHoursCmd(),
		newServeCmd(),
		newChatCmd(),
		newMigrateCmd(),
		newConfigCmd(),
		newSimulateCmd(),
		newVersionCmd(),
		newPlacesCmd(),
		newFrontCmd(),
		newUnderstandCmd(),
		newBenchCmd(),
		newReadCmd(),
		newStatsCmd(),
		newImportCmd(),
		newExportCmd(),
	)
	return root
}
