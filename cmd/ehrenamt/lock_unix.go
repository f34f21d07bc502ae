//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// flock takes the file for this process, and fails at once if another one has it. The lock ends with the
// process, however it ends.
func flock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }
