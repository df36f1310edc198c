package agent

// soleWindow is a window that there is only one of: whoever asks for it again brings it
// to the front.
type soleWindow[T any] struct {
	taken chan struct{} // holds one while the window is shown
	call  chan T        // asks it to come to the front
}

func newSoleWindow[T any]() soleWindow[T] {
	return soleWindow[T]{make(chan struct{}, 1), make(chan T, 1)}
}

// show calls f, which shows the window and obeys further calls until it is closed; or
// it leaves the call to the one that is shown and returns.
func (w soleWindow[T]) show(call T, f func(T) error) error {
	latest(w.call, call)
	for {
		select {
		case w.taken <- struct{}{}:
		default:
			return nil
		}
		var err error
		select {
		case call := <-w.call:
			err = f(call)
		default: // somebody else has shown it
		}
		<-w.taken
		// Whoever left a call before the place was free did not look again.
		if err != nil || len(w.call) == 0 {
			return err
		}
	}
}

// latest leaves v for whoever receives from ch, which has room for one, in place of what
// nobody has taken yet. Of two that are left at once either may stay.
func latest[T any](ch chan T, v T) {
	select {
	case <-ch:
	default:
	}
	select {
	case ch <- v:
	default:
	}
}

// nudge leaves a signal for whoever waits on ch, which has room for one.
func nudge(ch chan struct{}) { latest(ch, struct{}{}) }
