package vcard

import (
	"net"

	"golang.org/x/sys/unix"
)

// acknowledge answers at once for what has arrived. vpcd sends the length and
// the message apart, and its system holds the message back until the length is
// acknowledged, which takes 40 ms for every command if nobody hurries.
func acknowledge(conn *net.TCPConn) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return // it is slower then
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1)
	})
}
