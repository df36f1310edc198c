package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"qoltanba/agent"
)

// patience is how long a page waits for one message.
const patience = time.Minute

// page is a web page's connection, which does what the SDK does: documents are
// uploaded as binary messages ahead of the request. One goroutine uses it.
type page struct {
	ws     *websocket.Conn
	id     int
	frame  uint32
	answer bytes.Buffer // the last message; used again, as it may be megabytes
	stages *stages
}

// dialer has buffers as large as a browser's, so that a document is one write.
var dialer = websocket.Dialer{ReadBufferSize: 64 << 10, WriteBufferSize: 64 << 10, HandshakeTimeout: patience}

// dial connects to the agent at that port as a page of an origin.
func dial(ctx context.Context, port int, origin string) (*page, error) {
	ws, _, err := dialer.DialContext(ctx, "ws://"+address(port)+"/v1", http.Header{"Origin": {origin}})
	if err != nil {
		return nil, fmt.Errorf("connecting as %s: %w", origin, err)
	}
	return &page{ws: ws, stages: new(stages)}, nil
}

func (p *page) close() error {
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	return errors.Join(p.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second)), p.ws.Close())
}

// call sends a request and reads its answer.
func (p *page) call(method string, params, result any) error {
	answer, err := p.ask(method, params)
	if err != nil {
		return err
	}
	return unpack(answer, result)
}

// ask sends a request and returns its answer unread, good until the next.
func (p *page) ask(method string, params any) ([]byte, error) {
	p.id++
	err := p.ws.WriteJSON(struct {
		Version string `json:"jsonrpc"`
		ID      int    `json:"id"`
		Method  string `json:"method"`
		Params  any    `json:"params"`
	}{"2.0", p.id, method, params})
	for err == nil {
		p.ws.SetReadDeadline(time.Now().Add(patience))
		var message io.Reader
		if _, message, err = p.ws.NextReader(); err == nil {
			p.answer.Reset()
			_, err = p.answer.ReadFrom(message)
		}
		if err == nil && isAnswer(p.answer.Bytes()) {
			return p.answer.Bytes(), nil
		}
	}
	return nil, fmt.Errorf("%s: %w", method, err)
}

// isAnswer tells answers from notifications. It looks at the beginning only:
// an answer may be megabytes.
func isAnswer(message []byte) bool {
	const head = `{"jsonrpc":"2.0","id":`
	return len(message) > len(head) && string(message[:len(head)]) == head
}

func unpack(answer []byte, result any) error {
	var a struct {
		Result json.RawMessage
		Error  *struct {
			Code    int
			Message string
		}
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return err
	}
	if a.Error != nil {
		return fmt.Errorf("error %d: %s", a.Error.Code, a.Error.Message)
	}
	return json.Unmarshal(a.Result, result)
}

// sign uploads documents, has them signed and returns the answer and the time
// from the first byte sent to the last one received. What a page does with the
// answer is its own affair and not in the time.
func (p *page) sign(documents []agent.Document) ([]byte, time.Duration, error) {
	type named struct {
		Name      string `json:"name"`
		MediaType string `json:"mediaType"`
		Frame     uint32 `json:"frame"`
	}
	var params struct {
		Documents []named `json:"documents"`
	}
	uploads := make([][]byte, len(documents))
	for i, d := range documents {
		p.frame++
		uploads[i] = append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(d.Data)), p.frame), d.Data...)
		params.Documents = append(params.Documents, named{d.Name, d.MediaType, p.frame})
	}
	start := time.Now()
	p.stages.begin()
	for _, u := range uploads {
		if err := p.ws.WriteMessage(websocket.BinaryMessage, u); err != nil {
			return nil, 0, err
		}
	}
	p.stages.end(stageUpload)
	answer, err := p.ask("sign", params)
	p.stages.end(stageAnswer)
	return answer, time.Since(start), err
}

// signed reads the answer to sign and returns the signatures, one for each of
// so many documents.
func signed(answer []byte, count int) ([][]byte, error) {
	var result struct {
		Complete   bool
		Signatures []struct {
			Index int
			CMS   []byte
		}
	}
	if err := unpack(answer, &result); err != nil {
		return nil, err
	}
	if !result.Complete || len(result.Signatures) != count {
		return nil, fmt.Errorf("%d of %d signatures", len(result.Signatures), count)
	}
	all := make([][]byte, count)
	for i, s := range result.Signatures {
		all[i] = s.CMS
	}
	return all, nil
}
