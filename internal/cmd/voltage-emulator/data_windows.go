//go:build windows

package main

import (
	"errors"
	"os"
	"syscall"
)

// lockFile opens a file only for this process, and creates the file if it does not exist. It fails if another process has opened the file.
// The lock ends with the process, even after a crash.
func lockFile(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const sharingViolation = syscall.Errno(32)
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS,
		syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case errors.Is(err, sharingViolation):
		return nil, errInUse
	case err != nil:
		return nil, err
	}
	return os.NewFile(uintptr(handle), path), nil
}

// syncFolder does nothing, since a rename on Windows writes the name to the disk.
func syncFolder(string) error { return nil }
