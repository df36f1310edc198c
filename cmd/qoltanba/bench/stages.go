package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/audit"
)

// stage is a part of a request, in their order.
type stage int

const (
	stageUpload  stage = iota // the page sends its documents
	stageRead                 // the documents are read, until the person is asked
	stageUnlock               // the person agrees and types the PIN; login, key found
	stageSign                 // all signatures
	stageHistory              // records, one sync
	stageAnswer               // locking, and the answer until the page has it
	stageCount
)

var stageNames = [stageCount]string{"upload", "read", "unlock", "sign", "history", "answer"}

// stages keeps what each stage of the requests of one page took: the cause of a
// figure, seen from the two ends and from the ports of package agent.
type stages struct {
	mu   sync.Mutex
	last time.Time
	took [stageCount][]float64 // ms
}

// begin starts a request.
func (s *stages) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = time.Now()
}

// end notes the end of a stage.
func (s *stages) end(n stage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.took[n] = append(s.took[n], now.Sub(s.last).Seconds()*1000)
	s.last = now
}

// reset forgets everything.
func (s *stages) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = [stageCount][]float64{}
}

// String tells the median of each stage.
func (s *stages) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for n, took := range s.took {
		all = append(all, fmt.Sprintf("%s %.1f", stageNames[n], median(took)))
	}
	return "  ms: " + strings.Join(all, ", ")
}

// person is the scripted one, whose questions end stages. Each question is put
// to a new Person, as a Person remembers every document it was shown.
type person struct {
	*agenttest.Person
	stages *stages
	choice atomic.Int64 // the profile to choose for a session
}

func (p *person) Consent(ctx context.Context, q agent.ConsentQuestion, openCopy func(int) error) error {
	p.stages.end(stageRead)
	return agenttest.NewPerson(userPIN).Consent(ctx, q, openCopy)
}

func (p *person) PIN(ctx context.Context, q agent.PINQuestion, try func(context.Context, agent.ProfileID, *agent.Secret) error) error {
	choice := 0 // for a signature only the session's is there
	if q.Purpose == agent.PurposeLogin {
		choice = int(p.choice.Load())
	}
	fresh := agenttest.NewPerson(userPIN)
	fresh.Do(agenttest.ProfilePIN(choice, userPIN))
	err := fresh.PIN(ctx, q, try)
	p.stages.end(stageUnlock)
	return err
}

// history is the real one, which ends stages.
type history struct {
	*audit.Log
	stages *stages
}

func (h history) Append(records ...audit.Record) (audit.Head, error) {
	h.stages.end(stageSign)
	head, err := h.Log.Append(records...)
	h.stages.end(stageHistory)
	return head, err
}
