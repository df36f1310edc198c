package bridge

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/windows"
)

var getExtendedTCPTable = windows.NewLazySystemDLL("iphlpapi.dll").NewProc("GetExtendedTcpTable")

const (
	tcpTableOwnerPIDConnections = 4 // TCP_TABLE_OWNER_PID_CONNECTIONS
	tcpStateEstablished         = 5 // MIB_TCP_STATE_ESTAB
)

// A tcpRow is a MIB_TCPROW_OWNER_PID.
type tcpRow struct {
	State                  uint32
	LocalAddr, LocalPort   uint32 // in network byte order, the port in the low half
	RemoteAddr, RemotePort uint32
	PID                    uint32
}

// samePeer returns nil when the process at the other end of a loopback
// connection runs as our own user. The table of IPv4 connections is enough:
// we listen on 127.0.0.1 only, and browsers connect to it with IPv4 sockets.
func samePeer(peer, local net.Addr) error {
	from, to := peer.(*net.TCPAddr).AddrPort(), local.(*net.TCPAddr).AddrPort()
	rows, err := tcpConnections()
	if err != nil {
		return fmt.Errorf("looking for the peer: %w", err)
	}
	for _, r := range rows {
		if r.State == tcpStateEstablished &&
			socket(r.LocalAddr, r.LocalPort) == unmap(from) && socket(r.RemoteAddr, r.RemotePort) == unmap(to) {
			return sameUser(r.PID)
		}
	}
	return errPeer
}

// tcpConnections reads the table, which may grow between asking for its size
// and reading it.
func tcpConnections() ([]tcpRow, error) {
	size := uint32(16 << 10)
	for {
		table := make([]byte, size)
		status, _, _ := getExtendedTCPTable.Call(uintptr(unsafe.Pointer(&table[0])), uintptr(unsafe.Pointer(&size)),
			0, windows.AF_INET, tcpTableOwnerPIDConnections, 0)
		switch err := windows.Errno(status); err {
		case windows.ERROR_SUCCESS:
			n := *(*uint32)(unsafe.Pointer(&table[0]))
			return append([]tcpRow(nil), unsafe.Slice((*tcpRow)(unsafe.Pointer(&table[4])), n)...), nil
		case windows.ERROR_INSUFFICIENT_BUFFER:
			size += 4 << 10
		default:
			return nil, err
		}
	}
}

func socket(addr, port uint32) netip.AddrPort {
	var a [4]byte
	binary.NativeEndian.PutUint32(a[:], addr)
	return netip.AddrPortFrom(netip.AddrFrom4(a), uint16(port)<<8|uint16(port)>>8)
}

func unmap(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// sameUser compares the users of a process and of ourselves.
func sameUser(pid uint32) error {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return errPeer // a process of another user cannot be opened
	}
	defer windows.CloseHandle(process)
	var theirs windows.Token
	if err := windows.OpenProcessToken(process, windows.TOKEN_QUERY, &theirs); err != nil {
		return errPeer
	}
	defer theirs.Close()
	their, err := theirs.GetTokenUser()
	if err != nil {
		return errPeer
	}
	our, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return fmt.Errorf("reading our own user: %w", err)
	}
	if !their.User.Sid.Equals(our.User.Sid) {
		return errPeer
	}
	return nil
}
