package agent_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"qoltanba/agent"
	"qoltanba/agent/otp"
)

const base32Seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA" // seed(32)

const address = "otpauth://totp/Refbank:" + serial + "?secret=" + base32Seed + "&issuer=Refbank&algorithm=SHA256"

// wide is a PNG whose head says that it has more pixels than are unpacked.
func wide(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	binary.BigEndian.PutUint32(file[16:], 1<<20)
	binary.BigEndian.PutUint32(file[20:], 1<<20)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29])) // of the chunk that was changed
	return file
}

// picture is a PNG with the text as a QR code.
func picture(t *testing.T, text string) []byte {
	t.Helper()
	const size = 300
	m, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, size, size, nil)
	if err != nil {
		t.Fatal(err)
	}
	paper := image.NewGray(image.Rect(0, 0, size, size))
	draw.Draw(paper, paper.Bounds(), image.White, image.Point{}, draw.Src)
	for y := range size {
		for x := range size {
			if m.Get(x, y) {
				paper.SetGray(x, y, color.Gray{})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, paper); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// However a token comes, it makes the same codes.
func TestAddTokens(t *testing.T) {
	letter := otp.Transport{Name: "letter", Password: []byte("пароль"), Iterations: 1000}
	keys := pskcKeys(serial)
	noPIN := keys[0]
	noPIN.PIN = nil
	unnamed := noPIN
	unnamed.ID, unnamed.Serial = "1", ""
	for name, a := range map[string]agent.GeneratorAction{
		"PSKC":               {Kind: agent.GeneratorAddFile, Path: pskc(t, otp.Transport{}, keys...)},
		"encrypted PSKC":     {Kind: agent.GeneratorAddFile, Path: pskc(t, letter, keys...), Old: text("пароль")},
		"PSKC without a PIN": {Kind: agent.GeneratorAddFile, Path: pskc(t, otp.Transport{}, noPIN), New: text(startPIN)},
		"PSKC without more":  {Kind: agent.GeneratorAddFile, Path: pskc(t, otp.Transport{}, unnamed), New: text(startPIN), Serial: serial},
		"QR picture":         {Kind: agent.GeneratorAddFile, Path: file(t, picture(t, address)), New: text(startPIN)},
		"address":            {Kind: agent.GeneratorAddTyped, New: text(address), Old: text(startPIN)},
	} {
		t.Run(name, func(t *testing.T) {
			newCodesDesk(t).atCodes(func(c *codes) {
				c.add(a, 1)
				if v := c.view(0); v.Serial != serial || v.Bank != "Refbank" || !v.StartPIN {
					t.Errorf("device = %+v, want token %s of Refbank with its start PIN", v, serial)
				}
				c.newPIN(0, "2580")
				c.shows(0, "", code(t, time.Now()))
			})
		})
	}
	t.Run("base32", func(t *testing.T) { // the name says which token it is; SHA-1
		newCodesDesk(t).atCodes(func(c *codes) {
			c.add(agent.GeneratorAction{Kind: agent.GeneratorAddTyped, New: text(base32Seed), Old: text(startPIN), Serial: serial}, 1)
			if v := c.view(0); v.Serial != serial || v.Bank != "" {
				t.Errorf("device = %+v, want token %s of no bank", v, serial)
			}
		})
	})
}

func TestAddRefuses(t *testing.T) {
	letter := otp.Transport{Name: "letter", Password: []byte("пароль"), Iterations: 1000}
	keys := pskcKeys(serial)
	md5 := keys[0]
	md5.Suite = "HMAC-MD5\u202e"
	unknown := cipherName.ReplaceAll(must(os.ReadFile(pskc(t, letter, keys...))), []byte("arcfour"))
	changed := must(os.ReadFile(pskc(t, letter, keys...)))
	i := bytes.Index(changed, []byte("ValueMAC>")) + len("ValueMAC>")
	if changed[i]++; changed[i] == 'Z'+1 || changed[i] == 'z'+1 || changed[i] == '9'+1 || changed[i] < '0' {
		changed[i] = 'A'
	}
	noPIN := keys[0]
	noPIN.PIN = nil
	unnamed := noPIN
	unnamed.ID, unnamed.Serial = "1", ""
	fromFile := func(b []byte) agent.GeneratorAction {
		return agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: file(t, b), Old: text("пароль"), New: text(startPIN)}
	}
	fromPath := func(path string) agent.GeneratorAction {
		return agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: path}
	}
	byHand := func(what, serial string) agent.GeneratorAction {
		return agent.GeneratorAction{Kind: agent.GeneratorAddTyped, New: text(what), Old: text(startPIN), Serial: serial}
	}
	r := newRing()
	d := newCodesDesk(t, r.on)
	d.atCodes(func(c *codes) {
		for name, x := range map[string]struct {
			action agent.GeneratorAction
			want   error
		}{
			"no file":               {fromPath(filepath.Join(t.TempDir(), "none")), agent.ErrGeneratorFile},
			"a folder":              {fromPath(t.TempDir()), agent.ErrGeneratorFile},
			"no path":               {fromPath(""), agent.ErrGeneratorFile},
			"text":                  {fromFile([]byte("hello")), agent.ErrGeneratorFile},
			"a large file":          {fromFile(make([]byte, 17<<20)), agent.ErrGeneratorFile},
			"a large picture":       {fromFile(append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 17<<20)...)), agent.ErrPictureLarge},
			"a wide picture":        {fromFile(wide(t)), agent.ErrPictureLarge},
			"no password":           {fromPath(pskc(t, letter, keys...)), agent.ErrFileEncrypted},
			"a wrong password":      {agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: pskc(t, letter, keys...), Old: text("x")}, agent.ErrFileMAC},
			"a wrong MAC":           {fromFile(changed), agent.ErrFileMAC},
			"an unknown algorithm":  {fromFile(unknown), agent.ErrAlgorithm},
			"unknown codes":         {fromPath(pskc(t, otp.Transport{}, md5, keys[1])), agent.ErrAlgorithm},
			"no start PIN":          {fromPath(pskc(t, otp.Transport{}, noPIN)), agent.ErrStartPIN},
			"a MobiPass key":        {fromPath(pskc(t, otp.Transport{}, otp.PSKCKey{ID: "O", Algorithm: otp.PSKCOCRA, Suite: "OCRA-1:HOTP-SHA256-6:QA06", Secret: seed(32)})), agent.ErrGeneratorFile},
			"the same twice":        {fromPath(pskc(t, otp.Transport{}, keys[0], keys[0], keys[1])), agent.ErrGeneratorTwice},
			"a picture of nothing":  {fromFile([]byte("\x89PNG\r\n\x1a\n")), agent.ErrGeneratorFile},
			"a picture of a link":   {fromFile(picture(t, "https://bank.kz")), agent.ErrTyped},
			"a picture without PIN": {agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: file(t, picture(t, address))}, agent.ErrStartPIN},
			"words":                 {byHand("hello bank", serial), agent.ErrTyped},
			"a short key":           {byHand("JBSWY3DPEHPK3PXP", serial), agent.ErrKeyShort},
			"eight digits":          {byHand(address+"&digits=8", ""), agent.ErrCodeKind},
			"no serial number":      {byHand(base32Seed, ""), agent.ErrSerial},
			"a bad serial number":   {byHand(base32Seed, "my token"), agent.ErrSerial},
			"PSKC without serial":   {fromPath(pskc(t, otp.Transport{}, unnamed)), agent.ErrSerial},
			"MD5":                   {byHand("otpauth://totp/A?secret="+base32Seed+"&algorithm=MD5", serial), agent.ErrAlgorithm},
			"three digits as PIN":   {agent.GeneratorAction{Kind: agent.GeneratorAddTyped, New: text(address), Old: text("123")}, agent.ErrGeneratorPIN},
			"a bank that has none":  {agent.GeneratorAction{Kind: agent.GeneratorAddMobi, Bank: "Nobody"}, agent.ErrInvalid},
			"an unknown device":     {agent.GeneratorAction{Kind: agent.GeneratorRemove, Device: "X"}, agent.ErrNoGenerator},
		} {
			if err := c.act(x.action); !errors.Is(err, x.want) {
				t.Errorf("%s: %v, want %v", name, err, x.want)
			}
		}
		if len(d.stored()) != 0 || len(r.entries()) != 0 || len(c.s.Devices) != 0 {
			t.Errorf("left behind: %v, %v, %v", d.stored(), r.entries(), c.s.Devices)
		}
		_, err := named(c.act(fromPath(pskc(t, otp.Transport{}, md5, keys[1]))))
		if err.Algorithm != "HMAC-MD5⟨U+202E⟩" {
			t.Errorf("algorithm = %q, want its name in characters that are seen", err.Algorithm)
		}
		c.addToken()
		if err := c.act(byHand(address, "")); !errors.Is(err, agent.ErrGeneratorTwice) {
			t.Errorf("the same token once more: %v", err)
		}
	})
}

var cipherName = regexp.MustCompile(`aes[0-9]*-cbc`)

// named returns the AlgorithmError after its way between two of our processes.
func named(err error) (*agent.ErrorNote, *agent.AlgorithmError) {
	n := agent.NoteError(err)
	e, ok := errors.AsType[*agent.AlgorithmError](n.Err())
	if !ok {
		return n, &agent.AlgorithmError{}
	}
	return n, e
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// M19: how an activation code looks comes from the bank's descriptor.
func TestM19PartsOfTheBank(t *testing.T) {
	guide := otp.PartRule{Lengths: []int{8, 7, 8, 8}}
	bank := func(name string, rule *otp.PartRule) agent.Bank { return helpful(name, rule, "+7 727 222 22 22") }
	t.Run("one", func(t *testing.T) {
		newCodesDesk(t, withBanks(bank("Plain", nil), bank("Open24", &guide))).atCodes(func(c *codes) {
			c.addMobi()
			if v := c.view(0); v.Bank != "Open24" || len(v.Parts) != 4 || v.Parts[1] != 7 {
				t.Errorf("device = %+v, want one of Open24, the second of its four parts of 7", v)
			}
			if len(c.s.Banks) != 1 {
				t.Errorf("banks %v, want one", c.s.Banks)
			}
			c.turn(otp.MobiChooseSave, otp.MobiNext)
			err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorSave, Old: text("2580"), New: text("45678899 6655666 86566664 45677777")})
			if c.on(otp.MobiMenu); err != nil { // the guide's own example
				t.Error(err)
			}
		})
	})
	// What a program of the person may have put there passes for no bank: it is called by
	// its site, and nobody is told to call it.
	t.Run("of nobody's descriptor", func(t *testing.T) {
		own := bank("Open24", &guide)
		own.Trusted, own.Origins, own.Support = false, []string{"https://ib.open24.test"}, map[string]string{"en": "Call us"}
		newCodesDesk(t, withBanks(own)).atCodes(func(c *codes) {
			if len(c.s.Help) != 0 || !slices.Equal(c.s.Banks, []string{"ib.open24.test"}) {
				t.Errorf("help %v, banks %v, want nobody to call and the site's name", c.s.Help, c.s.Banks)
			}
			c.addMobi()
			if v := c.view(0); v.Bank != "ib.open24.test" || v.Parts[1] != 7 || len(v.Help) != 0 {
				t.Errorf("device = %+v, want one of ib.open24.test, and nobody to call", v)
			}
		})
	})
	t.Run("two", func(t *testing.T) {
		newCodesDesk(t, withBanks(helpful("Ours", &otp.OurParts, "+7 727 111 11 11"), bank("Open24", &guide))).atCodes(func(c *codes) {
			if err := c.act(agent.GeneratorAction{Kind: agent.GeneratorAddMobi}); !errors.Is(err, agent.ErrInvalid) {
				t.Errorf("of no bank: %v", err)
			}
			c.add(agent.GeneratorAction{Kind: agent.GeneratorAddMobi, Bank: "Open24", Name: "Phone"}, 1)
			if v := c.view(0); v.Bank != "Open24" || v.Name != "Phone" || v.Parts[1] != 7 {
				t.Errorf("device = %+v, want Phone of Open24, its second part of 7", v)
			}
			c.helps(0, "+7 727 222 22 22")
		})
	})
}
