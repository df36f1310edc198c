package server_test

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/otp"
	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/devicetest"
)

// issueNumber presses "Confirm with MobiPass" and returns the number on the page that
// follows.
func issueNumber(w *browser, order string) string {
	w.t.Helper()
	if status, a := w.post("/api/orders/"+order+"/mobipass", "{}"); status != http.StatusOK {
		w.t.Fatalf("code number = %d %+v, want 200", status, a)
	}
	status, page := w.get("/orders/" + order + "/mobipass")
	m := regexp.MustCompile(`id="code-number" class="amount">([0-9]+)<`).FindStringSubmatch(page)
	if status != http.StatusOK || m == nil {
		w.t.Fatalf("page for MobiPass = %d without a number\n%s", status, page)
	}
	return m[1]
}

func confirmByValue(w *browser, order, value string) string {
	w.t.Helper()
	return confirm(w, "/api/orders/"+order+"/mobipass/value", "value", value)
}

// visible is a page's text as a person reads it.
func visible(page string) string {
	_, page, _ = strings.Cut(page, "<main>")
	page, _, _ = strings.Cut(page, "</main>")
	text := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " "))
	return strings.Join(strings.Fields(text), " ")
}

func TestMobiPassPage(t *testing.T) {
	b := newBank(t)
	b.mobiPass(t, b.asel)
	w := login(t, b, b.asel)
	id, _ := makeOrder(w, good)
	seen := map[string]bool{}
	for _, lang := range []string{"kk", "en", "ru"} {
		w.send("GET", "/?lang="+lang, "")
		if _, page := w.get("/orders/" + id); !strings.Contains(page, `id="mobipass"`) || strings.Contains(page, `id="code-confirm"`) {
			t.Errorf("%s: the page of the order does not offer MobiPass", lang)
		}
		number := issueNumber(w, id)
		_, page := w.get("/orders/" + id + "/mobipass")
		checkSources(t, page)
		if text := visible(page); seen[text] {
			t.Errorf("%s: the same page as in another language", lang)
		} else {
			seen[text] = true
		}
		if lang != "ru" {
			continue
		}
		// Word for word as in the user guide.
		for item, want := range map[string]string{
			"M41 title":          "Подтверждение операции подписью MobiPass",
			"M42 warning":        "Внимание! В случае, если Вы ошиблись при вводе ПИН-кода в приложение MobiPass, то значение подписи будет рассчитано неверно. При неправильной попытке ввода значения подписи рекомендуем Вам заново ввести ПИН-код и подписать документ. После трех неправильных попыток ввода MobiPass будет заблокирован.",
			"M38 M43 number":     "Кодовое число документа: " + number,
			"M43 field, buttons": "Введите значение подписи: « Вернуться к редактированию Отправить »",
			"the order":          "KZ61 999K ZT50 0410 0100",
		} {
			if text := visible(page); !strings.Contains(text, want) {
				t.Errorf("%s: no %q on the page:\n%s", item, want, text)
			}
		}
		if !strings.Contains(page, "<title>Подтверждение операции подписью MobiPass ") {
			t.Error("M41 the title of the window is another")
		}
	}
	stranger := login(t, b, b.daniyar)
	if status, a := stranger.post("/api/orders/"+id+"/mobipass", "{}"); status != http.StatusNotFound {
		t.Errorf("a code number for another client's order = %d %+v, want 404", status, a)
	}
	own, _ := makeOrder(stranger, good)
	if status, a := stranger.post("/api/orders/"+own+"/mobipass", "{}"); status != http.StatusConflict || a.Error != "mobipass" {
		t.Errorf("a code number without MobiPass = %d %+v, want 409 mobipass", status, a)
	}
	if response, _ := stranger.send("GET", "/orders/"+own+"/mobipass", ""); response.Header.Get("Location") != "/orders/"+own {
		t.Errorf("the page without a code number leads to %q", response.Header.Get("Location"))
	}
}

func TestOrderByMobiPass(t *testing.T) {
	b := newBank(t)
	device := b.mobiPass(t, b.asel)
	w := login(t, b, b.asel)
	id, _ := makeOrder(w, good)
	number := issueNumber(w, id)
	if otp.CheckCodeNumber(number) != nil || issueNumber(w, id) != number {
		t.Errorf("M39 code number %s, or another one for the same document", number)
	}
	if got := confirmByValue(w, id, device.Value("1111", number)); got != "refused:value" {
		t.Errorf("M47 value of a wrong PIN = %s, want refused:value", got)
	}
	value := device.Value(devicetest.PIN, number)
	if got := confirmByValue(w, id, value[:3]+" "+value[3:]); got != "accepted" {
		t.Fatalf("M1 M37 M44 M47 value of the right PIN = %s, want accepted", got)
	}
	if got := fmt.Sprint(payments(w, id)); got != "[accepted refused:value]" {
		t.Errorf("list = %s, want [accepted refused:value]", got)
	}
	if _, page := w.get("/orders/" + id); !strings.Contains(page, `data-state="accepted" data-means="mobipass"`) {
		t.Error("M44 the order is not accepted by MobiPass")
	}
	if response, _ := w.send("GET", "/orders/"+id+"/mobipass", ""); response.Header.Get("Location") != "/orders/"+id {
		t.Error("the page for MobiPass is still there")
	}
	if got := confirmByValue(w, id, value); got != "refused:accepted-before" {
		t.Errorf("M51 the value again = %s, want refused:accepted-before", got)
	}
	if status, a := w.post("/api/orders/"+id+"/mobipass", "{}"); status != http.StatusConflict || a.Error != "accepted" {
		t.Errorf("a code number for an accepted order = %d %+v, want 409 accepted", status, a)
	}
	next, _ := makeOrder(w, good)
	if got := confirmByValue(w, next, value); got != "no-number" {
		t.Errorf("a value without a code number = %s, want no-number", got)
	}
	if again := issueNumber(w, next); again == number {
		t.Error("M40 a code number came twice")
	} else if got := confirmByValue(w, next, value); got != "refused:value" {
		t.Errorf("M51 M40 the value for another document = %s, want refused:value", got)
	}
}

func TestBackToEditing(t *testing.T) {
	b := newBank(t)
	device := b.mobiPass(t, b.asel)
	w := login(t, b, b.asel)
	id, _ := makeOrder(w, good)
	number := issueNumber(w, id)
	if status, _ := login(t, b, b.daniyar).post("/api/orders/"+id+"/mobipass/void", "{}"); status != http.StatusOK || issueNumber(w, id) != number {
		t.Errorf("another client voids the code number: %d", status)
	}
	if status, _ := w.post("/api/orders/"+id+"/mobipass/void", "{}"); status != http.StatusOK {
		t.Fatalf("back to editing = %d, want 200", status)
	}
	if got := confirmByValue(w, id, device.Value(devicetest.PIN, number)); got != "no-number" {
		t.Errorf("M46 the right value of the old code number = %s, want no-number", got)
	}
	_, page := w.get("/orders/new?from=" + id)
	for _, want := range []string{
		`name="payee" value="ТОО «Образец &amp; Ко»"`, `name="iban" value="KZ61999KZT5004100100"`, `name="bic" value="REFBKZKA"`,
		`name="amount" value="12500.50"`, `name="knp" value="710"`, `name="purpose" value="Шот-фактура № 17 &lt;аванс&gt;"`, `<option selected>KZT<`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("M45 the document is not there to be edited: no %s", want)
		}
	}
	if status, _ := w.get("/orders/new?from=none"); status != http.StatusNotFound {
		t.Errorf("editing an unknown order = %d, want 404", status)
	}
	edited := good
	edited.Amount = "12 500,6"
	other, _ := makeOrder(w, edited)
	fresh := issueNumber(w, other)
	if fresh == number {
		t.Error("M46 the code number after editing is the old one")
	}
	if got := confirmByValue(w, other, device.Value(devicetest.PIN, number)); got != "refused:value" {
		t.Errorf("M46 the old value for the edited document = %s, want refused:value", got)
	}
	if got := confirmByValue(w, other, device.Value(devicetest.PIN, fresh)); got != "accepted" {
		t.Errorf("M46 the new value = %s, want accepted", got)
	}
	if again := issueNumber(w, id); again == number || again == fresh {
		t.Error("M40 a code number came twice")
	}
}

// A session that keeps asking for code numbers uses up no more than a day's.
func TestAskingForNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		device := b.mobiPass(t, b.asel)
		w := login(t, b, b.asel)
		id, _ := makeOrder(w, good)
		given, last := map[string]bool{}, ""
		for n := range otp.MaxUnanswered {
			w.post("/api/orders/"+id+"/mobipass/void", "{}")
			if last = issueNumber(w, id); given[last] {
				t.Fatalf("M40 code number %d came twice", n)
			}
			given[last] = true
		}
		other, _ := makeOrder(w, good)
		if status, a := w.post("/api/orders/"+other+"/mobipass", "{}"); status != http.StatusTooManyRequests || a.Error != "numbers-wait" {
			t.Errorf("M40 one more code number = %d %+v, want 429 numbers-wait", status, a)
		}
		if got := issueNumber(w, id); got != last {
			t.Errorf("M39 the open code number = %s, want %s", got, last)
		}
		if got := confirmByValue(w, id, device.Value(devicetest.PIN, last)); got != "accepted" {
			t.Errorf("M44 its value = %s, want accepted", got)
		}
		time.Sleep(otp.NumberLife)
		b.certify(t, &b.asel, b.ca, time.Hour)
		w = login(t, b, b.asel)
		if fresh := issueNumber(w, other); given[fresh] {
			t.Error("M40 a code number came again after a day")
		}
		time.Sleep(otp.NumberLife)
		b.certify(t, &b.asel, b.ca, time.Hour)
		w = login(t, b, b.asel)
		if response, _ := w.send("GET", "/orders/"+other+"/mobipass", ""); response.Header.Get("Location") != "/orders/"+other {
			t.Errorf("M40 the page of a code number that is a day old leads to %q", response.Header.Get("Location"))
		}
	})
}

func TestThirdWrongValueBlocks(t *testing.T) {
	b := newBank(t)
	device := b.mobiPass(t, b.asel)
	w := login(t, b, b.asel)
	order := func(w *browser) (string, string) {
		id, _ := makeOrder(w, good)
		return id, issueNumber(w, id)
	}
	// A right value sets the count back.
	id, number := order(w)
	for n, value := range []string{wrong(device.Value(devicetest.PIN, number)), device.Value("0000", number), device.Value(devicetest.PIN, number)} {
		if got, want := confirmByValue(w, id, value), []string{"refused:value", "refused:value", "accepted"}[n]; got != want {
			t.Fatalf("M50 value %d = %s, want %s", n, got, want)
		}
	}
	// It goes over documents, sessions and restarts.
	id, number = order(w)
	if got := confirmByValue(w, id, wrong(device.Value(devicetest.PIN, number))); got != "refused:value" {
		t.Fatalf("M50 M47 first wrong value = %s, want refused:value", got)
	}
	again := openBank(t, b.dir)
	b.Server = again.Server
	w = login(t, b, b.asel)
	id, number = order(w)
	right := device.Value(devicetest.PIN, number)
	if got := confirmByValue(w, id, wrong(right)); got != "refused:value" {
		t.Fatalf("M49 second wrong value = %s, want refused:value", got)
	}
	w = login(t, b, b.asel)
	if got := confirmByValue(w, id, wrong(wrong(right))); got != "refused:blocked" {
		t.Errorf("M48 M49 third wrong value = %s, want refused:blocked", got)
	}
	if got := confirmByValue(w, id, right); got != "mobipass" {
		t.Errorf("M48 right value afterwards = %s, want mobipass", got)
	}
	if response, _ := w.send("GET", "/orders/"+id+"/mobipass", ""); response.Header.Get("Location") != "/orders/"+id {
		t.Error("M48 the page for MobiPass is still there")
	}
	if status, a := w.post("/api/orders/"+id+"/mobipass", "{}"); status != http.StatusConflict || a.Error != "mobipass" {
		t.Errorf("M48 a new code number = %d %+v, want 409 mobipass", status, a)
	}
	if got := device.Value(devicetest.PIN, number); got != right {
		t.Errorf("M52 the device answers %s after the block, want %s", got, right)
	}

	// The way out is a new envelope for the owner.
	if _, err := b.desk().IssueMobiPass(t.Context(), b.asel.UserID, desk.Owner{How: desk.Branch, IIN: "900101300459"}); !errors.Is(err, desk.ErrOwner) {
		t.Errorf("M53 IssueMobiPass(another person) = %v, want ErrOwner", err)
	}
	if status, _ := w.post("/api/orders/"+id+"/mobipass", "{}"); status != http.StatusConflict {
		t.Errorf("M53 a code number without a new envelope = %d, want 409", status)
	}
	fresh := b.mobiPass(t, b.asel)
	number = issueNumber(w, id)
	if got := confirmByValue(w, id, device.Value(devicetest.PIN, number)); got != "refused:value" {
		t.Errorf("M53 value of the old key = %s, want refused:value", got)
	}
	if got := confirmByValue(w, id, fresh.Value(devicetest.PIN, number)); got != "accepted" {
		t.Errorf("M53 value of the new key = %s, want accepted", got)
	}
}

func TestBlockedMobiPass(t *testing.T) {
	b := newBank(t)
	device := b.mobiPass(t, b.asel)
	w := login(t, b, b.asel)
	id, _ := makeOrder(w, good)
	number := issueNumber(w, id)
	if _, err := b.desk().BlockMobiPass(t.Context(), b.asel.UserID); err != nil {
		t.Fatal(err)
	}
	if got := confirmByValue(w, id, device.Value(devicetest.PIN, number)); got != "mobipass" {
		t.Errorf("M24 right value = %s, want mobipass", got)
	}
	if _, page := w.get("/orders/" + id); !strings.Contains(page, `data-state="issued"`) {
		t.Error("M24 the order is not waiting")
	}
	// A number that was open when the envelope was replaced is void.
	other := b.mobiPass(t, b.asel)
	if got := confirmByValue(w, id, other.Value(devicetest.PIN, number)); got != "no-number" {
		t.Errorf("M40 code number of the envelope before = %s, want no-number", got)
	}
}

// TestCodesNeedSessionAndOrigin: what is refused elsewhere is refused here.
func TestCodesNeedSessionAndOrigin(t *testing.T) {
	b := newBank(t)
	w, foreign := newBrowser(t, b), login(t, b, b.asel)
	foreign.headers["Origin"] = "https://evil.example"
	own := login(t, b, b.asel)
	for _, path := range []string{"/code", "/mobipass", "/mobipass/value", "/mobipass/void"} {
		path = "/api/orders/x" + path
		if status, a := w.post(path, "{}"); status != http.StatusUnauthorized || a.Error != "no-session" {
			t.Errorf("POST %s without a session = %d %+v, want 401 no-session", path, status, a)
		}
		if status, a := foreign.post(path, "{}"); status != http.StatusForbidden || a.Error != "origin" {
			t.Errorf("POST %s of another site = %d %+v, want 403 origin", path, status, a)
		}
		if response, _ := own.send("GET", path, ""); response.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("GET %s = %d", path, response.StatusCode)
		}
	}
	for _, path := range []string{"/api/login/code", "/api/orders/x/code", "/api/orders/x/mobipass/value"} {
		if status, a := own.post(path, `{"code": 1, "value": 1}`); status != http.StatusBadRequest || a.Error != "invalid" {
			t.Errorf("POST %s malformed = %d %+v, want 400 invalid", path, status, a)
		}
	}
	if response, _ := w.send("GET", "/orders/x/mobipass", ""); response.Header.Get("Location") != "/" {
		t.Errorf("GET page without a session leads to %q", response.Header.Get("Location"))
	}
	for _, word := range []string{"error.code", "error.code-wait", "error.mobipass", "error.no-number", "error.accepted", "error.numbers-wait"} {
		if !knownText(w, word) {
			t.Errorf("no text %s", word)
		}
	}
}
