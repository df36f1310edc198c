package sealed

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// testOnlyStep is told what WriteFile has done, so that a test can end the
// process there.
var testOnlyStep = func(step string) {}

// WriteFile puts data in the place of the file at path, with mode 0600: by a
// temporary file in the same folder, which is synced, renamed, and the folder
// synced. Whoever reads path, also after a crash at any point, finds the old
// bytes or the new ones, never a mix. When it returns nil the new ones are on the
// disk. A crash may leave a file path.*.tmp behind, which nobody reads. A
// symbolic link at path is replaced, not followed.
func WriteFile(path string, data []byte) error {
	if err := replace(path, data); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

func replace(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".*.tmp") // with mode 0600
	if err != nil {
		return err
	}
	testOnlyStep("created")
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		testOnlyStep("written")
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	testOnlyStep("synced")
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	testOnlyStep("renamed")
	return syncDir(dir)
}
