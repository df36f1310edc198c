package jsonrpc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"unicode/utf8"
)

// message is what one Text frame says. Its raw values are parts of the frame,
// nil where the frame does not have them.
type message struct {
	version, id, method, params, result, fault json.RawMessage

	key  string // names the id: equal for ids that are equal, however written
	name string // the method, unquoted
}

// isAnswer tells answers from requests. What it says holds for broken messages
// too: an answer is never answered, or two peers could go on for ever.
func (m *message) isAnswer() bool {
	return m.method == nil && (m.result != nil || m.fault != nil)
}

// parse splits a frame. With an error the message has what could still be
// found; its id is set only when it is beyond doubt.
func parse(frame []byte) (message, *Error) {
	var m message
	// RFC 8259 section 8.1 demands UTF-8; encoding/json would let other bytes
	// pass and replace them, so that what is read is not what was sent.
	if !utf8.Valid(frame) || !json.Valid(frame) {
		return m, &Error{Code: CodeParse, Message: "not JSON"}
	}
	switch frame = frame[space(frame, 0):]; frame[0] {
	case '{':
	case '[':
		return m, invalid("batches are not taken")
	default:
		return m, invalid("not an object")
	}
	var twice string
	var idTwice bool
	for name, value := range members(frame) {
		at := m.member(name)
		if at == nil {
			continue
		}
		if *at != nil {
			twice = name
			idTwice = idTwice || name == "id"
		}
		*at = value
	}
	id := m.id
	m.id = nil
	if id != nil && !idTwice && string(id) != "null" {
		key, ok := idKey(id)
		if !ok {
			return m, invalid("id is neither a string nor an integer")
		}
		m.id, m.key = id, key
	}
	if twice != "" {
		return m, invalid("member %q comes twice", twice)
	}
	if string(m.version) != `"2.0"` {
		return m, invalid(`jsonrpc is not "2.0"`)
	}
	return m, m.check()
}

// check looks at what requests and answers demand beyond a version and an id.
func (m *message) check() *Error {
	if m.isAnswer() {
		if m.result != nil && m.fault != nil {
			return invalid("answer with a result and an error")
		}
		return nil
	}
	if m.method == nil || m.result != nil || m.fault != nil {
		return invalid("neither a request nor an answer")
	}
	if m.method[0] != '"' {
		return invalid("method is not a string")
	}
	m.name = unquote(m.method)
	if string(m.params) == "null" {
		m.params = nil
	}
	if m.params != nil && m.params[0] != '{' && m.params[0] != '[' {
		return invalid("params is neither an object nor an array")
	}
	return nil
}

func (m *message) member(name string) *json.RawMessage {
	switch name {
	case "jsonrpc":
		return &m.version
	case "id":
		return &m.id
	case "method":
		return &m.method
	case "params":
		return &m.params
	case "result":
		return &m.result
	case "error":
		return &m.fault
	}
	return nil
}

func invalid(format string, args ...any) *Error {
	return &Error{Code: CodeInvalidRequest, Message: fmt.Sprintf(format, args...)}
}

// idKey returns a map key for an id. The specification advises against
// fractions, and 1, 1.0 and 1e0 would be one id in three spellings: integers only.
func idKey(id json.RawMessage) (string, bool) {
	if id[0] == '"' {
		return "s" + unquote(id), true
	}
	n, err := strconv.ParseInt(string(id), 10, 64)
	return "n" + strconv.FormatInt(n, 10), err == nil
}

// unquote reads a JSON string that is known to be valid.
func unquote(s []byte) string {
	if bytes.IndexByte(s, '\\') < 0 {
		return string(s[1 : len(s)-1])
	}
	var out string
	if err := json.Unmarshal(s, &out); err != nil {
		panic("jsonrpc: unquote of a string that was not checked: " + err.Error())
	}
	return out
}

// members yields the members of an object that is known to be valid JSON, each
// value as a part of it. Unlike json.Unmarshal it tells names apart by case,
// shows those that come twice, and copies nothing.
func members(object []byte) iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		i := space(object, 1)
		for object[i] != '}' {
			end := valueEnd(object, i)
			name := unquote(object[i:end])
			i = space(object, space(object, end)+1) // past the colon
			end = valueEnd(object, i)
			if !yield(name, object[i:end:end]) {
				return
			}
			if i = space(object, end); object[i] == ',' {
				i = space(object, i+1)
			}
		}
	}
}

func space(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r' {
		i++
	}
	return i
}

// valueEnd returns the end of the value that begins at i.
func valueEnd(b []byte, i int) int {
	for depth := 0; ; {
		switch b[i] {
		case '"':
			i = stringEnd(b, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default: // a number, a word, or what stands between values
			i++
			if depth == 0 {
				for b[i] != ',' && b[i] != '}' && b[i] != ']' && b[i] > ' ' {
					i++
				}
			}
		}
		if depth == 0 {
			return i
		}
	}
}

// stringEnd returns the end of the string that begins at i. The quote that ends
// it has an even number of backslashes before it.
func stringEnd(b []byte, i int) int {
	for i++; ; i++ {
		i += bytes.IndexByte(b[i:], '"')
		slashes := 0
		for b[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i + 1
		}
	}
}

// requestFrame returns a request, or a notification where id is 0.
func requestFrame(id int64, method string, params any) ([]byte, error) {
	name, err := json.Marshal(method)
	if err != nil {
		return nil, err
	}
	b := append([]byte(`{"jsonrpc":"2.0"`), `,"method":`...)
	b = append(b, name...)
	if id != 0 {
		b = strconv.AppendInt(append(b, `,"id":`...), id, 10)
	}
	if params == nil {
		return append(b, '}'), nil
	}
	return encode(append(b, `,"params":`...), params)
}

// answerFrame returns an answer; member is "result" or "error". A nil id is null.
func answerFrame(id json.RawMessage, member string, value any) ([]byte, error) {
	if id == nil {
		id = json.RawMessage("null")
	}
	b := append([]byte(`{"jsonrpc":"2.0","id":`), id...)
	b = append(b, `,"`+member+`":`...)
	return encode(b, value)
}

// An Appender is a result, or params, that writes itself: it appends itself to b
// as one JSON value, which is not checked. It is for values of megabytes, which
// package encoding/json copies several times.
type Appender interface {
	AppendJSON(b []byte) ([]byte, error)
}

// encode appends value and the end of the object to head.
func encode(head []byte, value any) ([]byte, error) {
	if a, ok := value.(Appender); ok {
		b, err := a.AppendJSON(head)
		return append(b, '}'), err
	}
	b := bytes.NewBuffer(head)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	b.Truncate(b.Len() - 1) // Encode ends with a newline
	b.WriteByte('}')
	return b.Bytes(), nil
}
