package bridge

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// samePeer returns nil when the socket at the other end of a loopback
// connection belongs to our own user. The kernel lists every socket of the
// network namespace with the user who made it (proc_pid_net(5)); a browser
// may have made an IPv6 socket for an IPv4 address, so both lists are read.
func samePeer(peer, local net.Addr) error {
	from, to := addrPort(peer), addrPort(local)
	for _, name := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		uid, err := socketOwner(name, from, to)
		if err != nil {
			return err
		}
		switch uid {
		case os.Getuid():
			return nil
		case noOwner:
		default:
			return errPeer
		}
	}
	return errPeer
}

const noOwner = -1

func socketOwner(name string, from, to netip.AddrPort) (int, error) {
	f, err := os.Open(name)
	if os.IsNotExist(err) { // no IPv6
		return noOwner, nil
	}
	if err != nil {
		return noOwner, fmt.Errorf("looking for the peer: %w", err)
	}
	defer f.Close()
	return ownerIn(f, from, to)
}

// ownerIn finds the established connection from → to in a list of the form
//
//	sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt   uid …
//	 0: 0100007F:3517 0100007F:A3F2 01 00000000:00000000 00:00000000 00000000  1000 …
//
// and returns its user, or noOwner.
func ownerIn(r io.Reader, from, to netip.AddrPort) (int, error) {
	const established = "01"
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 8 || f[3] != established {
			continue
		}
		l, lerr := parseSocket(f[1])
		p, perr := parseSocket(f[2])
		if lerr != nil || perr != nil || l != from || p != to {
			continue
		}
		return strconv.Atoi(f[7])
	}
	if err := lines.Err(); err != nil {
		return noOwner, fmt.Errorf("looking for the peer: %w", err)
	}
	return noOwner, nil
}

// parseSocket reads "0100007F:3517": the address in words of 32 bits, each in
// the byte order of the machine, and the port in hex.
func parseSocket(s string) (netip.AddrPort, error) {
	host, port, _ := strings.Cut(s, ":")
	b, err := hex.DecodeString(host)
	if err != nil || len(b)%4 != 0 {
		return netip.AddrPort{}, errPeer
	}
	for i := 0; i < len(b); i += 4 {
		binary.NativeEndian.PutUint32(b[i:], binary.BigEndian.Uint32(b[i:]))
	}
	a, ok := netip.AddrFromSlice(b)
	p, err := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil {
		return netip.AddrPort{}, errPeer
	}
	return netip.AddrPortFrom(a.Unmap(), uint16(p)), nil
}

func addrPort(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := t.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
