package main

import "context"

func (b *bench) idlePrograms(context.Context) error { return absentError("not yet") }
func (b *bench) windows(context.Context) error      { return absentError("not yet") }
