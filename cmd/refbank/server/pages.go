package server

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"qoltanba/cmd/refbank/store"
)

// assets are the pages and what they load.
//
// Ids and data attributes that tests of browsers may rely on:
//
//	every page  html[lang], #status with data-state (waiting, busy, done, partial,
//	            error), data-text (the text's key) and data-name (the SDK's or server's
//	            word, for errors), #cancel while waiting for the agent,
//	            #signed-in with data-user when logged in, #logout,
//	            a[data-lang=kk|ru|en]
//	home        #login, #code-login with inputs user and code,
//	            #register with [data-months], #connect (a dialog) with
//	            #connect-status in the place of #status, #connected, #login-new,
//	            #connect-close, #installer while the page waits for the agent, #words
//	new order   #new-order with inputs named as in Payment, #create,
//	            [data-error-for=FIELD] with data-word
//	order       #order with data-order, data-state (issued, accepted, withdrawn) and data-means
//	            (signature, spectranet, mobipass) when accepted, #sign; for those who
//	            have one: #code-confirm with input code, #mobipass;
//	            #clock with inputs first and second, once a code was of another time
//	mobipass    #code-number, #mobipass-value with input value, #send, #edit, #warning
//	batch       #batch-samples, #batch-add, #batch-sign, #batch-rows with a tr each,
//	            tr[data-row-state] (accepted, refused, unsigned, wrong), #batch-count,
//	            #batch-total, #batch-progress
//	unsigned    #unsigned with tr[data-order], each with an input named order; #all,
//	            #withdraw
//	payments    #payments with tr[data-verdict=accepted|refused][data-order][data-means],
//	            and data-reason when refused
//
//go:embed templates static
var assets embed.FS

// languageCookie holds the language that a person chose.
const languageCookie = "lang"

// Periods are those that the bank issues certificates for, in months. Which of them
// a contract has stands in its Appendix 2, and the bank refuses the others when
// they are asked for.
var Periods = []int{12, 24, 36}

// maxPayments is how many signatures the list shows.
const maxPayments = 500

// A view is what a template gets.
type view struct {
	Lang     lang
	Path     string
	Name     string // of the page
	Client   *store.Client
	Order    store.Order
	Payments []store.Payment
	Unsigned []store.Order
	Word     string // of an error

	Periods   []int  // that certificates are issued for, in months
	Installer string // address of the agent's installer, "" for none

	SpectraNet, MobiPass bool    // the client has one
	ByKey                bool    // the session was opened with the client's key
	Number               string  // code number of the order
	Draft                Payment // to begin with, in a new order
}

// T returns a text in the page's language.
func (v view) T(key string) (string, error) { return lookup(v.Lang, key) }

// Lines returns a text as its lines; see type text.
func (v view) Lines(key string) ([]string, error) {
	t, err := lookup(v.Lang, key)
	return strings.Split(t, "\n"), err
}

// StatusTexts are the keys of the texts for scripts.
func (view) StatusTexts() []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(statusTexts)), maps.Keys(otpStatusTexts))
	slices.Sort(keys)
	return keys
}

// Languages are those of the switch, with their own names.
func (view) Languages() []struct{ Code, Name string } {
	return []struct{ Code, Name string }{{"kk", "Қазақша"}, {"ru", "Русский"}, {"en", "English"}}
}

// Words are the keys of the words that the home page explains. Their meanings are those of
// the definitions in the bank's instructions; the text of a meaning has "-means" after it.
func (view) Words() []string {
	return []string{"word.profile", "word.carrier", "word.primary", "word.agent", "word.authority", "word.eds"}
}

// Currencies are those of the form.
func (view) Currencies() []string { return Currencies }

// Money writes hundredths with a narrow space between thousands.
func (view) Money(hundredths int64) string {
	whole, fraction, _ := strings.Cut(formatAmount(hundredths), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "\u202f" + whole[i:]
	}
	return whole + "." + fraction
}

// IBAN groups an account by four, as people read it.
func (view) IBAN(s string) string {
	var groups []string
	for group := range slices.Chunk([]byte(s), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, " ")
}

// Time writes a time as clocks in Kazakhstan show it.
func (view) Time(t time.Time) string { return t.In(almaty).Format("02.01.2006 15:04:05") }

// pages are the parsed templates by name, each within the layout.
type pages struct{ byName map[string]*template.Template }

func newPages() (*pages, error) {
	p := &pages{byName: map[string]*template.Template{}}
	for _, name := range []string{"home", "order-new", "order", "batch", "unsigned", "payments", "mobipass", "message"} {
		t, err := template.ParseFS(assets, "templates/layout.html", "templates/otp.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("reading the page %s: %w", name, err)
		}
		p.byName[name] = t
	}
	return p, nil
}

// show writes a page. It is made whole before the first byte is sent, so that an
// error is a page too.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, name string, v view) {
	if chosen := lang(r.URL.Query().Get("lang")); slices.Contains(languages, chosen) {
		http.SetCookie(w, &http.Cookie{
			Name: languageCookie, Value: string(chosen), Path: "/", MaxAge: 365 * 24 * 60 * 60,
			Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
		http.Redirect(w, r, r.URL.EscapedPath(), http.StatusSeeOther)
		return
	}
	v.Lang, v.Path, v.Name = language(r), r.URL.Path, name
	var page bytes.Buffer
	if err := s.pages.byName[name].Execute(&page, v); err != nil {
		s.Logger.Error("page failed", "page", name, "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := page.WriteTo(w); err != nil {
		s.Logger.Info("page not delivered", "page", name, "err", err)
	}
}

// language is the one chosen, else the first of Accept-Language that we speak.
func language(r *http.Request) lang {
	if c, err := r.Cookie(languageCookie); err == nil && slices.Contains(languages, lang(c.Value)) {
		return lang(c.Value)
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		tag, _, _ = strings.Cut(tag, "-")
		if l := lang(strings.ToLower(tag)); slices.Contains(languages, l) {
			return l
		}
	}
	return languages[0]
}

func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	v := view{Periods: Periods, Installer: s.offered}
	if client, err := s.session(r); err == nil {
		v.Client = &client
	}
	s.show(w, r, http.StatusOK, "home", v)
}

func (s *Server) newOrderPage(w http.ResponseWriter, r *http.Request, client store.Client) {
	v := view{Client: &client}
	if id := r.URL.Query().Get("from"); id != "" { // an order that is to be edited
		order, err := s.Store.Order(r.Context(), client.UserID, id)
		if err == nil {
			v.Draft, err = readPain(order.Document)
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
	}
	s.show(w, r, http.StatusOK, "order-new", v)
}

func (s *Server) orderPage(w http.ResponseWriter, r *http.Request, client store.Client) {
	order, err := s.Store.Order(r.Context(), client.UserID, r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v, err := s.devices(r, view{Client: &client, Order: order})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "order", v)
}

func (s *Server) batchPage(w http.ResponseWriter, r *http.Request, client store.Client) {
	s.show(w, r, http.StatusOK, "batch", view{Client: &client})
}

func (s *Server) paymentsPage(w http.ResponseWriter, r *http.Request, client store.Client) {
	payments, err := s.Store.Payments(r.Context(), client.UserID, maxPayments)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "payments", view{Client: &client, Payments: payments})
}
