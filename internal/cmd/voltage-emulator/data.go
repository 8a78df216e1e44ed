package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// dataFormat and dataVersion identify a data file. A change that this version could not read needs another version.
const (
	dataFormat  = "voltage-emulator world"
	dataVersion = 1
)

// dataFile is a file that keeps a world over restarts. A lock file next to it prevents that two emulators write the same file.
type dataFile struct {
	path  string
	lock  *os.File
	log   io.Writer
	saved []byte // the world in it; nil if the file did not exist
	seed  string // checksum of the seed that the world began with; empty for the default world
	err   error  // of the last save
}

// dataContent is the content of a data file.
type dataContent struct {
	Format  string          `json:"format"`
	Version int             `json:"version"`
	Seed    string          `json:"seed"`
	Sum     string          `json:"sha256"` // of the world, without white space
	World   json.RawMessage `json:"world"`
}

// errInUse reports that another process has locked a data file.
var errInUse = errors.New("another running emulator uses it")

// openData locks a data file, and reads its world. It does not change a file that it refuses. It logs worlds that could not be saved.
func openData(path string, log io.Writer) (*dataFile, error) {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved // resolved, so that save does not replace a link with a file
	}
	lock, err := lockFile(path + ".lock")
	switch {
	case errors.Is(err, errInUse):
		return nil, fmt.Errorf("%s cannot be used: %w. Stop that emulator, or use another file", path, err)
	case err != nil:
		return nil, fmt.Errorf("locking the data file: %w", err)
	}
	file := &dataFile{path: path, lock: lock, log: log}
	if file.saved, err = file.read(); err != nil {
		return nil, errors.Join(file.refused(err), lock.Close())
	}
	return file, nil
}

func (f *dataFile) refused(reason error) error {
	return fmt.Errorf("%s cannot be used: %w. The file was not changed. Move it away to start with a new world", f.path, reason)
}

// refuse returns the error of making an emulator. If the world came from the file, the error is about the file.
func (f *dataFile) refuse(err error) error {
	if f == nil || f.saved == nil {
		return err
	}
	return f.refused(err)
}

// close unlocks the file. f may be nil.
func (f *dataFile) close() error {
	if f == nil {
		return nil
	}
	return f.lock.Close()
}

// unsaved returns the reason why the last change of the world is not in the file. f may be nil.
func (f *dataFile) unsaved() error {
	if f == nil {
		return nil
	}
	return f.err
}

// save writes the world, and logs the first error of several in a row.
func (f *dataFile) save(world []byte) error {
	before := f.err
	if f.err = f.write(world); f.err != nil && before == nil {
		fmt.Fprintf(f.log, "%v. The emulator continues, and tries again.\n", f.err)
	}
	return f.err
}

// read reads the world. It returns nil if the file does not exist.
func (f *dataFile) read() ([]byte, error) {
	content, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var data dataContent
	if err := json.Unmarshal(content, &data); err != nil {
		return nil, fmt.Errorf("it is damaged, or is not a data file of voltage-emulator (%w)", err)
	}
	switch {
	case data.Format != dataFormat:
		return nil, errors.New("it is not a data file of voltage-emulator")
	case data.Version > dataVersion:
		return nil, fmt.Errorf("a newer voltage-emulator has written it, in format %d, and this one reads format %d at most", data.Version,
			dataVersion)
	case data.Version < 1:
		return nil, fmt.Errorf("it is damaged (its format is %d)", data.Version)
	}
	sum, err := sumOf(data.World)
	if err != nil || sum != data.Sum {
		return nil, errors.New("it is damaged, or was changed by something else (its world does not have the SHA-256 sum that it names)")
	}
	f.seed = data.Seed
	return data.World, nil
}

// sumOf is the SHA-256 sum of JSON without white space.
func sumOf(world json.RawMessage) (string, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, world); err != nil {
		return "", err
	}
	sum := sha256.Sum256(compact.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// write replaces the file in one step, so that it has the old or the new content even if the machine stops. Only its owner can read it,
// since the world contains the secrets of webhooks.
func (f *dataFile) write(world []byte) error {
	sum := sha256.Sum256(world) // which has no white space
	head := dataContent{Format: dataFormat, Version: dataVersion, Seed: f.seed, Sum: hex.EncodeToString(sum[:]), World: json.RawMessage("0")}
	envelope, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("writing the world: %w", err)
	}
	// The code appends the world by hand as the last field, since encoding/json would read a large world once more.
	content := slices.Concat(bytes.TrimSuffix(envelope, []byte("0}")), world, []byte("}\n"))
	if err := replaceDurably(f.path, content); err != nil {
		return fmt.Errorf("writing the world: %w", err)
	}
	return nil
}

// replaceDurably writes a file in one step, and returns when it is on the disk.
func replaceDurably(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) //nolint:errcheck // already renamed after success
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}
