package icons_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"qoltanba/ui/tray/icons"
)

var states = []icons.State{icons.Absent, icons.Locked, icons.Ready, icons.Busy, icons.Problem}

// The files are what generate.go draws, pixel for pixel.
func TestDrawn(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("go", "run", "generate.go", "-dir", dir).CombinedOutput(); err != nil {
		t.Fatalf("generate.go: %v\n%s", err, out)
	}
	drawn, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(drawn) != 2*len(states)+3 {
		t.Fatalf("%d files drawn (%v)", len(drawn), err)
	}
	for _, path := range drawn {
		name := filepath.Base(path)
		if filepath.Ext(name) == ".png" {
			if want, got := decode(t, path), decode(t, name); !bytes.Equal(want.Pix, got.Pix) {
				t.Errorf("%s is not what is drawn", name)
			}
			continue
		}
		want, got := contents(t, path), contents(t, name)
		if filepath.Ext(name) == ".ico" { // the size 256 is a PNG, whose bytes may differ by Go version
			want, got = beforePNG(want), beforePNG(got)
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%s is not what is drawn", name)
		}
	}
}

func TestStatesDiffer(t *testing.T) {
	seen := map[string]icons.State{}
	for _, s := range states {
		content := string(icons.Tray(s))
		if other, ok := seen[content]; ok {
			t.Errorf("%s looks like %s", s, other)
		}
		seen[content] = s
		img := decode(t, string(s)+".png")
		if size := img.Bounds().Dx(); size != 64 || img.Bounds().Dy() != size {
			t.Errorf("%s is %v", s, img.Bounds())
		}
		if corner := img.NRGBAAt(0, 0); corner.A != 0 {
			t.Errorf("%s: the corner is %v, not transparent", s, corner)
		}
	}
}

func TestProgram(t *testing.T) {
	c, err := png.DecodeConfig(bytes.NewReader(icons.Program()))
	if err != nil || c.Width != 256 || c.Height != 256 {
		t.Errorf("Program is %d × %d (%v), want 256 × 256", c.Width, c.Height, err)
	}
}

// Every image that an ICO's head announces is there.
func TestICO(t *testing.T) {
	names, err := filepath.Glob("*.ico")
	if err != nil || len(names) != len(states)+1 {
		t.Fatalf("%v (%v)", names, err)
	}
	for _, name := range names {
		b := contents(t, name)
		n := int(binary.LittleEndian.Uint16(b[4:]))
		end := 6 + 16*n
		for i := range n {
			entry := b[6+16*i:]
			size, at := int(binary.LittleEndian.Uint32(entry[8:])), int(binary.LittleEndian.Uint32(entry[12:]))
			if at != end {
				t.Errorf("%s: image %d at %d, want %d", name, i, at, end)
			}
			end = at + size
		}
		if n < 5 || end != len(b) {
			t.Errorf("%s: %d images end at %d of %d", name, n, end, len(b))
		}
	}
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decode(t *testing.T, path string) *image.NRGBA {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(contents(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.NRGBA)
}

func beforePNG(ico []byte) []byte {
	before, _, _ := bytes.Cut(ico, []byte("\x89PNG"))
	n := binary.LittleEndian.Uint16(ico[4:])
	return before[6+16*int(n):]
}
