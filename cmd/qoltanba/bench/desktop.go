package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
)

// desktop is a session bus, and if asked for a screen with a window manager,
// that nobody else uses.
type desktop struct {
	env    []string // for programs that run on it
	screen string   // file with the picture, in the XWD format
	all    []*process
}

// busConfig names no folder of services: nothing is started that was not asked for.
const busConfig = `<busconfig><type>session</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
`

func openDesktop(ctx context.Context, temp string, screen bool) (_ *desktop, err error) {
	dir, err := os.MkdirTemp(temp, "d")
	if err != nil {
		return nil, err
	}
	d := &desktop{env: []string{
		"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "HOME=" + dir, "XDG_RUNTIME_DIR=" + dir, "TMPDIR=" + dir,
	}}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, filepath.Join(dir, "bus")), 0o600); err != nil {
		return nil, err
	}
	address, err := d.run(ctx, "dbus-daemon", "--nofork", "--nopidfile", "--config-file="+config, "--print-address=1")
	if err != nil {
		return nil, err
	}
	d.env = append(d.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	if !screen {
		return d, nil
	}
	number, err := d.run(ctx, "Xvfb", "-displayfd", "1", "-screen", "0", "1024x768x24", "-fbdir", dir, "-nolisten", "tcp", "-noreset")
	if err != nil {
		return nil, err
	}
	d.env = append(d.env, "DISPLAY=:"+number)
	d.screen = filepath.Join(dir, "Xvfb_screen0")
	manager, err := start(ctx, d.env, "openbox", "--sm-disable")
	if err != nil {
		return nil, err
	}
	d.all = append(d.all, manager)
	return d, nil
}

// run starts a program and returns the first line that it prints.
func (d *desktop) run(ctx context.Context, name string, args ...string) (string, error) {
	p, err := start(ctx, d.env, name, args...)
	if err != nil {
		return "", err
	}
	d.all = append(d.all, p)
	return p.line()
}

// close ends everything, the newest first.
func (d *desktop) close() {
	for i := len(d.all) - 1; i >= 0; i-- {
		d.all[i].end()
	}
}

// title is the height of a window's frame at its top in pixels, at most.
const title = 40

// colours counts the colours of the window on the screen below its title; an
// empty one has one or two, no window none.
func (d *desktop) colours() (int, error) {
	b, err := os.ReadFile(d.screen)
	if err != nil {
		return 0, err
	}
	// XWDFile.h: header size, width, height, bytes of a line, colour table.
	field := func(i int) int { return int(binary.BigEndian.Uint32(b[4*i:])) }
	if len(b) < 100 || field(11) != 32 {
		return 0, fmt.Errorf("%s is not the picture that is expected", d.screen)
	}
	const colourEntry = 12
	width, height, stride, pixels := field(4), field(5), field(12), field(0)+colourEntry*field(19)
	at := func(x, y int) uint32 { return binary.LittleEndian.Uint32(b[pixels+y*stride+4*x:]) & 0xFFFFFF }
	ground := at(width-1, height-1)
	seen := map[uint32]bool{}
	top := -1
	for y := range height {
		for x := range width {
			c := at(x, y)
			if c == ground {
				continue
			}
			if top < 0 {
				top = y
			}
			if y >= top+title {
				seen[c] = true
			}
		}
	}
	return len(seen), nil
}
