package bridge

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"qoltanba/agent/agenttest/need"
)

const socketList = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:3517 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 21 1 0000000000000000 100 0 0 10 0
   1: 0100007F:A3F2 0100007F:3517 01 00000000:00000000 00:00000000 00000000  1001        0 22 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:3517 0100007F:A3F2 01 00000000:00000000 00:00000000 00000000  1000        0 23 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:A3F3 0100007F:3517 06 00000000:00000000 03:00000E4A 00000000     0        0 0 3 0000000000000000
   4: 0100007F:A3F4 0100007F:3517
`

const socketList6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:A3F5 0000000000000000FFFF00000100007F:3517 01 00000000:00000000 00:00000000 00000000  1002        0 24 1 0000000000000000 20 4 30 10 -1
`

func TestOwnerIn(t *testing.T) {
	const us = "127.0.0.1:13591"
	for _, test := range []struct {
		about, list, from, to string
		uid                   int
	}{
		{"the peer's end, not ours", socketList, "127.0.0.1:41970", us, 1001},
		{"our own end when asked for", socketList, us, "127.0.0.1:41970", 1000},
		{"closed already", socketList, "127.0.0.1:41971", us, noOwner},
		{"a line cut short", socketList, "127.0.0.1:41972", us, noOwner},
		{"not there", socketList, "127.0.0.1:9", us, noOwner},
		{"the listener is nobody's peer", socketList, us, "0.0.0.0:0", noOwner},
		{"an IPv6 socket for an IPv4 address", socketList6, "127.0.0.1:41973", us, 1002},
		{"no list", "", "127.0.0.1:41970", us, noOwner},
	} {
		t.Run(test.about, func(t *testing.T) {
			if cpuIsBigEndian() {
				need.Missing(t, "the list is of a little-endian machine")
			}
			uid, err := ownerIn(strings.NewReader(test.list), netip.MustParseAddrPort(test.from), netip.MustParseAddrPort(test.to))
			if err != nil || uid != test.uid {
				t.Errorf("owner = %d, %v, want %d", uid, err, test.uid)
			}
		})
	}
}

func cpuIsBigEndian() bool {
	switch runtime.GOARCH {
	case "s390x", "ppc64", "mips", "mips64":
		return true
	}
	return false
}

// A connection that another user made is refused before anything is read from
// its request.
func TestOtherUser(t *testing.T) {
	need.Root(t, "make another user's socket")
	s := New(Config{Ports: []int{0}})
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- s.Serve(ctx) }() // ends with ctx, below
	defer func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()

	for _, test := range []struct {
		about  string
		uid    uintptr
		status int
	}{
		{"K1 our own user", 0, http.StatusNotFound},
		{"another user", 65534, http.StatusForbidden},
	} {
		t.Run(test.about, func(t *testing.T) {
			client := http.Client{Transport: &http.Transport{
				DialContext: func(context.Context, string, string) (net.Conn, error) {
					return dialAs(test.uid, s.listener.Addr().String())
				},
				DisableKeepAlives: true,
			}}
			r, err := client.Get("http://" + s.listener.Addr().String() + "/")
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if r.StatusCode != test.status {
				t.Errorf("status = %d, want %d", r.StatusCode, test.status)
			}
		})
	}
}

// dialAs makes a socket that belongs to a user: the file system user id of the
// thread that makes it is what the kernel lists (credentials(7)).
func dialAs(uid uintptr, addr string) (net.Conn, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	own, _, _ := syscall.RawSyscall(syscall.SYS_SETFSUID, uid, 0, 0)
	defer syscall.RawSyscall(syscall.SYS_SETFSUID, own, 0, 0)
	return net.Dial("tcp", addr)
}
