// Package remote carries the Prompter port over a pipe.
//
// The agent links no window toolkit: its windows live in a process of their
// own. [New] returns the agent's side, which starts that process when it is
// needed; [Serve] is the other side, which hands every question to a Prompter
// that really shows something. [Over] and [Server] are the same two sides on a
// connection that is there already, such as the one of the command line.
//
//   - The shown side asks for nothing. A question with tries (a password, a
//     copy to open) is opened, and then the agent asks for the next answer as
//     often as it takes, each time saying what became of the last one.
//   - What belongs to an open question goes as notifications, which a
//     connection keeps in order: prompt.open, prompt.update, prompt.done.
//     prompt.next and prompt.watch are requests and may overtake them.
//   - A secret goes beside an answer in a frame of its own, never in JSON. Our
//     copies of it are wiped on both sides.
//   - Errors cross by name (agent.ErrorName). An error without a name becomes
//     agent.ErrCanceled with its text for the log.
package remote

import "qoltanba/agent"

const (
	// protocol is answered to prompt.hello. The two programs are installed
	// together, but one may run while the other is replaced.
	protocol = 4

	// frameLimit bounds one message: a question about the most documents that
	// the agent takes, with all their payments. What is announced as larger is
	// something that printed into the pipe.
	frameLimit = 256 << 20

	prefix         = "prompt."
	methodHello    = prefix + "hello"    // hello → protocolVersion
	methodLanguage = prefix + "language" // notification: hello
	methodSite     = prefix + "site"     // agent.SiteQuestion → {}
	methodDriver   = prefix + "driver"   // agent.DriverQuestion → {}
	methodPanel    = prefix + "panel"    // agent.PanelState → agent.PanelAction
	methodNotify   = prefix + "notify"   // agent.Notice → {}
	methodOpen     = prefix + "open"     // notification: question
	methodNext     = prefix + "next"     // verdict → reply and secret
	methodWatch    = prefix + "watch"    // questionID → the error that ended the question
	methodUpdate   = prefix + "update"   // notification: update
	methodDone     = prefix + "done"     // notification: done
)

// hello tells the language in which to speak, "" for the one of the system.
type hello struct {
	Language string `json:"language"`
}

type protocolVersion struct {
	Protocol int `json:"protocol"`
}

// questionID names an open question; it is random, so that it is one question
// however many Prompters speak over a connection.
type questionID struct {
	ID string `json:"id"`
}

// question opens a question with tries; one of the pointers is set.
type question struct {
	ID      string                 `json:"id"`
	Consent *agent.ConsentQuestion `json:"consent,omitempty"`
	PIN     *agent.PINQuestion     `json:"pin,omitempty"`
	Change  *agent.PINQuestion     `json:"change,omitempty"`
	Token   *agent.TokenPanel      `json:"token,omitempty"`
	Wizard  *agent.WizardState     `json:"wizard,omitempty"`
	Codes   *agent.GeneratorPanel  `json:"codes,omitempty"`
	Updates bool                   `json:"updates,omitempty"` // prompt.update may follow
}

// reply is what the person did: agreed, asked for a copy, entered a secret
// (which comes beside it) for a profile, or did something in the token panel, the
// wizard or a code generator (whose secrets come beside it as a pair).
type reply struct {
	Agreed  bool                   `json:"agreed,omitempty"`
	Copy    int                    `json:"copy,omitempty"`
	Profile agent.ProfileID        `json:"profile"`
	Action  *agent.TokenAction     `json:"action,omitempty"`
	Wizard  *agent.WizardAction    `json:"wizard,omitempty"`
	Codes   *agent.GeneratorAction `json:"codes,omitempty"`
}

// verdict asks for the next answer and says what became of the last one.
type verdict struct {
	ID     string           `json:"id"`
	Failed *agent.ErrorNote `json:"failed,omitempty"`
}

// update brings what an open question shows anew: the profiles to choose from,
// or the state of the token panel, the wizard, or the code generators.
type update struct {
	ID       string                `json:"id"`
	Profiles []agent.Profile       `json:"profiles"`
	Token    *agent.TokenPanel     `json:"token,omitempty"`
	Wizard   *agent.WizardState    `json:"wizard,omitempty"`
	Codes    *agent.GeneratorPanel `json:"codes,omitempty"`
}

// done ends a question: with the verdict on the last answer, or because nobody
// waits for one any more.
type done struct {
	ID       string           `json:"id"`
	Failed   *agent.ErrorNote `json:"failed,omitempty"`
	Canceled bool             `json:"canceled,omitempty"`
}
