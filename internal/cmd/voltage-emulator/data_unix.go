//go:build unix

package main

import (
	"errors"
	"os"
	"syscall"
)

// lockFile locks a file for this process, and creates the file if it does not exist. It fails if another process has locked the file. The
// lock ends with the process, even after a crash.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the path is the caller's to choose
	if err != nil {
		return nil, err
	}
	switch err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, errors.Join(errInUse, file.Close())
	case err != nil:
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// syncFolder waits until a new name in a folder is on the disk.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the path is the caller's to choose
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
