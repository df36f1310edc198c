package bridge

import (
	"bytes"
	"context"
	"fmt"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

// signHint is what a page hears that sends anything but documents.
const signHint = "sign takes documents, each with name, mediaType and either data or frame, and detached; never a digest"

// maxCommas bounds the elements of a request before it is decoded: an empty one
// takes ten times more memory than it has letters. A document of the SDK's has
// three commas; the others are for names.
const maxCommas = 16 * agent.MaxDocuments

// sign hands the page's documents to the agent. Uploaded ones are used up,
// whatever comes of it.
func (p *page) sign(ctx context.Context, c *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
	// What the page sent counts as the site's until nobody holds it any more.
	size := len(r.Params)
	if bytes.Count(r.Params, []byte{','}) > maxCommas {
		return nil, p.failed(r, fmt.Errorf("elements of the request: %w", agent.ErrTooLarge))
	}
	if !p.uploads.visit.reserve(size, maxKeptOf) {
		return nil, p.failed(r, fmt.Errorf("holding the request: %w", agent.ErrTooLarge))
	}
	defer p.uploads.visit.release(size)
	var in signParams
	if err := decode(r, &in, signHint); err != nil {
		return nil, err
	}
	documents, uploaded, err := p.documents(in.Documents)
	defer p.uploads.free(uploaded)
	if err != nil {
		return nil, err
	}
	result, err := p.client.Sign(ctx, agent.SignRequest{Documents: documents, Detached: in.Detached},
		func(done, total int) {
			// It fails only when the page is gone, which ends ctx as well.
			_ = c.Notify(ctx, "progress", progressParams{ID: r.ID, Done: done, Total: total})
		})
	if err != nil {
		return nil, p.failed(r, err)
	}
	return p.signed(r, result), nil
}

// documents puts the documents of a request together. It takes out every
// upload that is named, also after one that cannot be used, and returns their
// size.
func (p *page) documents(in []documentParams) (all []agent.Document, uploaded int, err error) {
	all = make([]agent.Document, len(in))
	for i, d := range in {
		data := d.Data
		if d.Frame != nil {
			var bad error
			data, bad = p.uploads.use(*d.Frame)
			uploaded += len(data)
			if bad != nil && err == nil {
				err = bad
			}
		}
		if (d.Data != nil) == (d.Frame != nil) && err == nil {
			err = refused(signHint)
		}
		all[i] = agent.Document{Name: d.Name, MediaType: d.MediaType, Data: data}
	}
	return all, uploaded, err
}

func (p *page) signed(r *jsonrpc.Request, in agent.SignResult) signResult {
	out := signResult{Complete: in.Complete, Signatures: make([]signatureResult, len(in.Signatures))}
	for i, s := range in.Signatures {
		out.Signatures[i] = signatureResult{Index: s.Index, CMS: s.CMS}
		if s.Err != nil {
			code, message, data := describe(s.Err)
			out.Signatures[i].Error = &itemError{Code: code, Message: message, errorData: data}
		}
	}
	if !in.Complete {
		p.log.Warn("some documents were not signed", "method", r.Method)
	}
	return out
}
