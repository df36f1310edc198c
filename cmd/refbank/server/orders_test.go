package server_test

import (
	"net/http"
	"strings"
	"testing"

	"qoltanba/agent/payment"
	"qoltanba/cmd/refbank/server"
)

var good = server.Payment{
	Payee: `ТОО «Образец & Ко»`, IBAN: "kz61 999K ZT50 0410 0100", BIC: "refbkzka",
	Amount: "12 500,5", Currency: "KZT", KNP: "710", Purpose: "Шот-фактура № 17 <аванс>",
}

// makeOrder makes an order and returns its id and the document to be signed.
func makeOrder(w *browser, p server.Payment) (id string, document []byte) {
	w.t.Helper()
	status, a := w.post("/api/orders", map[string]any{"orders": []server.Payment{p}})
	if status != http.StatusCreated || len(a.Orders) != 1 {
		w.t.Fatalf("order = %d %+v", status, a)
	}
	status, body := w.get("/api/orders/" + a.Orders[0].ID + "/document")
	if status != http.StatusOK {
		w.t.Fatalf("document = %d", status)
	}
	return a.Orders[0].ID, []byte(body)
}

func TestOrderIsWhatTheAgentShows(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	id, document := makeOrder(w, good)
	read := payment.Read(id+".xml", "application/xml", document)
	if read.Kind != payment.KindPayment || read.Type != "pain.001.001.09" || len(read.Flags) != 0 || len(read.Payments) != 1 {
		t.Fatalf("the agent reads %+v of\n%s", read, document)
	}
	got := read.Payments[0]
	for what, pair := range map[string][2]string{
		"payee":    {got.Payee, good.Payee},
		"account":  {got.Account, "KZ61999KZT5004100100"},
		"bank":     {got.Bank, "REFBKZKA"},
		"amount":   {got.Amount, "12500.50"},
		"currency": {got.Currency, "KZT"},
		"purpose":  {got.Purpose, "710: " + good.Purpose},
		"payer":    {got.Payer, b.asel.Company},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s = %q, want %q", what, pair[0], pair[1])
		}
	}
	if n := strings.Count(string(document), ">"+id+"<"); n != 4 {
		t.Errorf("the order's id is in %d elements, want MsgId, PmtInfId, InstrId and EndToEndId", n)
	}
	if _, again := w.get("/api/orders/" + id + "/document"); again != string(document) {
		t.Error("the document changed")
	}
	if _, page := w.get("/orders/" + id); !strings.Contains(page, "12\u202f500.50 KZT") || !strings.Contains(page, "KZ61 999K ZT50 0410 0100") {
		t.Error("the page of the order does not show it")
	}
}

func TestOrderOfAnotherClient(t *testing.T) {
	b := newBank(t)
	id, _ := makeOrder(login(t, b, b.asel), good)
	w := login(t, b, b.daniyar)
	for _, path := range []string{"/orders/" + id, "/api/orders/" + id + "/document", "/orders/none", "/api/orders/none/document"} {
		if status, _ := w.get(path); status != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, status)
		}
	}
}

func TestFormErrors(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	for _, test := range []struct {
		name   string
		change func(*server.Payment)
		field  string
		want   string
	}{
		{"IBAN check digits", func(p *server.Payment) { p.IBAN = "KZ62999KZT5004100100" }, "iban", "iban-sum"},
		{"IBAN two digits swapped", func(p *server.Payment) { p.IBAN = "KZ61999KZT5004010100" }, "iban", "iban-sum"},
		{"IBAN of another country", func(p *server.Payment) { p.IBAN = "DE89370400440532013000" }, "iban", "iban-form"},
		{"IBAN short", func(p *server.Payment) { p.IBAN = "KZ61999KZT500410010" }, "iban", "iban-form"},
		{"IBAN with Cyrillic letters", func(p *server.Payment) { p.IBAN = "KZ61999КZТ5004100100" }, "iban", "iban-form"},
		{"IBAN empty", func(p *server.Payment) { p.IBAN = "" }, "iban", "iban-form"},
		{"BIC", func(p *server.Payment) { p.BIC = "REFBKZK" }, "bic", "bic"},
		{"amount zero", func(p *server.Payment) { p.Amount = "0.00" }, "amount", "amount"},
		{"amount negative", func(p *server.Payment) { p.Amount = "-5" }, "amount", "amount"},
		{"amount with three decimals", func(p *server.Payment) { p.Amount = "1.005" }, "amount", "amount"},
		{"amount with exponent", func(p *server.Payment) { p.Amount = "1e5" }, "amount", "amount"},
		{"amount too large", func(p *server.Payment) { p.Amount = "1000000000000" }, "amount", "amount"},
		{"currency", func(p *server.Payment) { p.Currency = "XXX" }, "currency", "currency"},
		{"KNP", func(p *server.Payment) { p.KNP = "71" }, "knp", "knp"},
		{"payee empty", func(p *server.Payment) { p.Payee = " " }, "payee", "empty"},
		{"payee too long", func(p *server.Payment) { p.Payee = strings.Repeat("ә", 141) }, "payee", "too-long"},
		{"purpose turns direction", func(p *server.Payment) { p.Purpose = "a\u202eb" }, "purpose", "letters"},
		{"purpose with a control character", func(p *server.Payment) { p.Purpose = "a\x01b" }, "purpose", "letters"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bad := good
			test.change(&bad)
			status, a := w.post("/api/orders", map[string]any{"orders": []server.Payment{good, bad}})
			if status != http.StatusUnprocessableEntity || a.Error != "fields" || len(a.Orders) != 1 || a.Orders[0].Index != 1 {
				t.Fatalf("answer = %d %+v, want the second order refused", status, a)
			}
			if got := a.Orders[0].Fields; len(got) != 1 || got[test.field] != test.want {
				t.Errorf("fields = %v, want %s: %s", got, test.field, test.want)
			}
			if !knownText(w, "error."+test.want) {
				t.Errorf("no text for %q", test.want)
			}
		})
	}
	t.Run("all at once", func(t *testing.T) {
		_, a := w.post("/api/orders", map[string]any{"orders": []server.Payment{{}}})
		if got := len(a.Orders[0].Fields); got != 7 {
			t.Errorf("%d fields of an empty form are wrong, want 7: %v", got, a.Orders[0].Fields)
		}
	})
	t.Run("number of orders", func(t *testing.T) {
		for _, n := range []int{0, 1001} {
			if status, a := w.post("/api/orders", map[string]any{"orders": make([]server.Payment, n)}); status != http.StatusUnprocessableEntity || a.Error != "invalid" {
				t.Errorf("%d orders = %d %q, want invalid", n, status, a.Error)
			}
		}
	})
}
