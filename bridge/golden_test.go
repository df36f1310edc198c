package bridge_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/bridge"
)

const goldens = "../testdata/protocol"

// exchange is a file of testdata/protocol: a request with what belongs to it.
// The SDK's tests read the same files.
type exchange struct {
	About   string          `json:"about"`
	Request json.RawMessage `json:"request"`
	Uploads []struct {
		Number uint32 `json:"number"`
		Text   string `json:"text"`
	} `json:"uploads"`
	Cancel        json.RawMessage   `json:"cancel"`
	Notifications []json.RawMessage `json:"notifications"` // of progress the last one
	Response      json.RawMessage   `json:"response"`
	// Varies lists the values that are examples only.
	Varies []string `json:"varies"`

	Session              bool `json:"session"`              // a session is open before
	Resumes              bool `json:"resumes"`              // an earlier page left a session
	Waits                bool `json:"waits"`                // the person does not answer
	Enrolls              bool `json:"enrolls"`              // the site's bank issues certificates
	SignaturesBeforeLoss int  `json:"signaturesBeforeLoss"` // the token is lost then
}

func readGolden(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(goldens, name))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func TestGoldenExchanges(t *testing.T) {
	for _, name := range []string{
		"hello", "session-open", "session-resume", "session-resume-gone", "session-close",
		"authenticate", "sign", "sign-uploaded", "sign-partly", "cancel", "enroll",
	} {
		t.Run(name, func(t *testing.T) {
			var e exchange
			readGolden(t, name+".json", &e)
			runExchange(t, e)
		})
	}
}

func runExchange(t *testing.T, e exchange) {
	c := start(t, func(config *agent.Config) {
		if e.Enrolls {
			config.Banks[0].Enroller = agenttest.NewBank()
		}
	})
	request := string(e.Request)
	if e.Resumes {
		first := c.page()
		id := first.open(1).Session
		first.close()
		c.waitFor(noSession)
		request = strings.ReplaceAll(request, "KVZ3M6AYH2C5T7QWX4RNBJDLPE", id)
	}
	p := c.page()
	if e.Session {
		p.open(1)
	}
	if e.SignaturesBeforeLoss > 0 {
		c.token.FailAfter(e.SignaturesBeforeLoss, agent.ErrTokenLost)
	}
	answer, held := agenttest.Hold(agenttest.PIN(pin))
	if e.Waits {
		c.person.Do(answer)
	}
	for _, u := range e.Uploads {
		p.upload(u.Number, []byte(u.Text))
	}
	p.text(request)
	if e.Waits {
		<-held.Reached
	}
	if e.Cancel != nil {
		p.text(string(e.Cancel))
	}
	var id struct {
		ID int `json:"id"`
	}
	if err := json.Unmarshal(e.Request, &id); err != nil {
		t.Fatal(err)
	}
	got := p.answer(id.ID)
	if e.SignaturesBeforeLoss > 0 {
		got.raw = signedFirst(t, got.raw)
	}
	same(t, "response", got.raw, e.Response, e.Varies)
	for _, n := range e.Notifications {
		var want message
		if err := json.Unmarshal(n, &want); err != nil {
			t.Fatal(err)
		}
		got := p.note(want.Method)
		for want.Method == "progress" && len(p.notes) > 0 { // the last one counts
			got = p.note(want.Method)
		}
		same(t, "notification", got.raw, n, nil)
	}
}

// signedFirst puts the documents that were signed first: two signatures are
// made at a time, and which comes before the loss of the token is left open.
func signedFirst(t *testing.T, response []byte) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(response, &m); err != nil {
		t.Fatal(err)
	}
	result, _ := m["result"].(map[string]any)
	all, _ := result["signatures"].([]any)
	slices.SortStableFunc(all, func(a, b any) int {
		_, first := a.(map[string]any)["cms"]
		_, second := b.(map[string]any)["cms"]
		switch {
		case first && !second:
			return -1
		case second && !first:
			return 1
		}
		return 0
	})
	for i, s := range all {
		s.(map[string]any)["index"] = i
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGoldenEvents(t *testing.T) {
	var e exchange
	readGolden(t, "events.json", &e)
	c := start(t)
	p := c.page()
	p.open(1)
	c.tokens.Insert(agenttest.NewToken("4712", "", pin))
	same(t, "event", p.note("token.inserted").raw, e.Notifications[0], nil)
	c.tokens.Remove(c.token.ID())
	// Which of the two comes first is left open.
	first, second := p.next(), p.next()
	if first.Method != "token.removed" {
		first, second = second, first
	}
	same(t, "event", first.raw, e.Notifications[1], nil)
	same(t, "event", second.raw, e.Notifications[2], nil)
}

// Every sentinel of package agent reaches the page as errors.json has it, and
// no two share a code or a name.
func TestGoldenErrors(t *testing.T) {
	var golden struct {
		About  string      `json:"about"`
		Errors []wireError `json:"errors"`
	}
	readGolden(t, "errors.json", &golden)
	byName := map[string]wireError{}
	byCode := map[int]string{}
	for _, e := range golden.Errors {
		if other := byCode[e.Code]; other != "" {
			t.Errorf("%q and %q share code %d", e.Data.Name, other, e.Code)
		}
		byCode[e.Code], byName[e.Data.Name] = e.Data.Name, e
	}
	if len(byName) != len(golden.Errors) {
		t.Error("a name comes twice in errors.json")
	}
	causes := map[string]error{
		"pin":      &agent.PINError{Retries: 2},
		"internal": fmt.Errorf("reading /home/aigul/secret: %w", os.ErrNotExist),
	}
	for _, err := range agent.Sentinels() {
		if slices.Contains(bridge.Unsent, err) {
			if name := agent.ErrorName(err); byName[name].Code != 0 {
				t.Errorf("errors.json has %q, which no page is told", name)
			}
			continue
		}
		causes[agent.ErrorName(err)] = fmt.Errorf("doing something at /home/aigul: %w", err)
	}
	for name, cause := range causes {
		t.Run(name, func(t *testing.T) {
			want, ok := byName[name]
			if !ok {
				t.Fatalf("errors.json has no %q", name)
			}
			c := start(t)
			c.person.Do(agenttest.Fail(cause))
			p := c.page()
			if got := p.fails(1, "session.open", map[string]any{}, name); !reflect.DeepEqual(*got, want) {
				t.Errorf("page is told %+v, errors.json has %+v", *got, want)
			}
		})
		delete(byName, name)
	}
	for name := range byName {
		t.Errorf("errors.json has %q, which the agent never says", name)
	}
}

func TestGoldenRefusals(t *testing.T) {
	var golden struct {
		About   string `json:"about"`
		Refused []struct {
			About    string          `json:"about"`
			Send     string          `json:"send"`
			Upload   string          `json:"upload"` // hex
			Response json.RawMessage `json:"response"`
		} `json:"refused"`
	}
	readGolden(t, "refused.json", &golden)
	c := start(t)
	p := c.page()
	for i, r := range golden.Refused {
		t.Run(r.About, func(t *testing.T) {
			if r.Upload != "" {
				b, err := hex.DecodeString(r.Upload)
				if err != nil {
					t.Fatal(err)
				}
				p.write(websocket.BinaryMessage, b)
			} else {
				p.text(r.Send)
			}
			same(t, "response", p.next().raw, r.Response, nil)
			// The connection lives.
			p.send(100+i, "hello", map[string]any{})
			if m := p.answer(100 + i); m.Error != nil {
				t.Errorf("hello afterwards: %s", m.raw)
			}
		})
	}
	if n := c.token.Signatures(); n != 0 {
		t.Errorf("%d signatures were made", n)
	}
}

// same compares two JSON texts as values. A value at a path in varies must be
// of the same kind and not empty.
func same(t *testing.T, what string, got, want []byte, varies []string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal(got, &g); err != nil {
		t.Fatalf("%s %s: %v", what, got, err)
	}
	if err := json.Unmarshal(want, &w); err != nil {
		t.Fatal(err)
	}
	loose := map[string]bool{}
	for _, v := range varies {
		loose[v] = true
	}
	for _, d := range differences("", g, w, loose) {
		t.Errorf("%s: %s\n got %s\nwant %s", what, d, got, want)
	}
}

func differences(path string, got, want any, loose map[string]bool) (all []string) {
	if loose[path] {
		if s, ok := got.(string); !ok || s == "" {
			return []string{fmt.Sprintf("%s is %v, want some string", path, got)}
		}
		return nil
	}
	inside := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			return []string{fmt.Sprintf("%q has other members", path)}
		}
		for name, value := range w {
			all = append(all, differences(inside(name), g[name], value, loose)...)
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return []string{fmt.Sprintf("%q has another length", path)}
		}
		for i, value := range w {
			all = append(all, differences(inside(fmt.Sprint(i)), g[i], value, loose)...)
		}
	default:
		if !reflect.DeepEqual(got, want) {
			all = []string{fmt.Sprintf("%s is %v, want %v", path, got, want)}
		}
	}
	return all
}
