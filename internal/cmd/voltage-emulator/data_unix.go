//go:build unix

package main

import (
	"errors"
	"os"
	"syscall"
)

// lockFile makes a file where it does not exist, and locks it for this process. It fails where another process has locked the file. The
// lock ends with the process, however that ends.
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

// syncFolder returns when a new name in a folder is on the disk.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the path is the caller's to choose
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
