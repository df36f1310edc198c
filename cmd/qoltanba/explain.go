package main

import (
	"errors"
	"fmt"

	"qoltanba/ui/text"
)

// explain is the one line that a person reads when a command failed.
func explain(lang text.Lang, err error) string {
	if said, ok := errors.AsType[saying](err); ok {
		return string(said)
	}
	sentence, hint := lang.TerminalError(err)
	return fmt.Sprintf("%s %s (%v)", sentence, hint, err)
}

// saying is an error that is already in a person's words.
type saying string

func (s saying) Error() string { return string(s) }
