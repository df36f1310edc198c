package agent

import (
	"errors"

	"qoltanba/agent/audit"
)

// History is the port to the history of what was signed. Append returns only
// after the records are on the disk.
type History interface {
	Append(records ...audit.Record) (audit.Head, error)
}

// An entry is what the history keeps of something: a signRecord, loginRecord, tokenRecord,
// driverRecord, enrollRecord or generatorNote.
type entry interface {
	kind() string // audit.Record.Kind
}

// remember writes entries into the history. They are on the disk when it returns nil;
// otherwise what they are about must not happen, or leave the agent, and that is ErrHistory.
func (a *Agent) remember(entries ...entry) error {
	records := make([]audit.Record, len(entries))
	for i, e := range entries {
		records[i] = audit.Record{Kind: e.kind(), Data: e}
	}
	if _, err := a.config.History.Append(records...); err != nil {
		return errors.Join(ErrHistory, err)
	}
	return nil
}

// note is remember for what has happened already: it cannot be refused any more.
func (a *Agent) note(e entry) {
	if err := a.remember(e); err != nil {
		a.log.Error("not written into the history", "kind", e.kind(), "err", err)
	}
}
