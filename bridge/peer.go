package bridge

import "errors"

// errPeer: the program at the other end is not one of our own user.
var errPeer = errors.New("the peer belongs to another user")
