package agent

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"qoltanba/agent/otp"
	"qoltanba/agent/otp/qr"
)

// An AlgorithmError names an algorithm that is not known, of a key or of its file.
type AlgorithmError struct {
	Algorithm string // as the file has it, in one printable line
}

// Error names the algorithm.
func (e *AlgorithmError) Error() string { return fmt.Sprintf("%v %q", ErrAlgorithm, e.Algorithm) }

// Unwrap returns ErrAlgorithm.
func (*AlgorithmError) Unwrap() error { return ErrAlgorithm }

// addFile adds the tokens of a PSKC file, or the one whose address a QR picture shows.
func (g *generatorDesk) addFile(ctx context.Context, act GeneratorAction) error {
	file, err := aside(ctx, func() ([]byte, error) { return readGeneratorFile(act.Path) }, func(file []byte) { clear(file) })
	if err != nil {
		return nameError(err, ErrGeneratorFile)
	}
	defer clear(file)
	if qr.IsPicture(file) {
		text, err := qr.Read(file)
		if errors.Is(err, qr.ErrTooLarge) {
			return fmt.Errorf("%w: %w", ErrPictureLarge, err)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrGeneratorFile, err)
		}
		defer clear(text)
		return g.addText(ctx, act, text, act.New)
	}
	keys, err := otp.ReadPSKC(file, otp.Transport{Password: act.Old.Bytes()})
	if err != nil {
		return nameError(err, ErrGeneratorFile)
	}
	defer func() {
		for i := range keys {
			keys[i].Wipe()
		}
	}()
	for i := range keys {
		if keys[i].Serial == "" {
			keys[i].Serial = act.Serial
		}
	}
	tokens, err := otp.IssuedTokens(keys, act.New.Bytes(), time.Now())
	if err != nil {
		return nameError(err, ErrGeneratorFile)
	}
	return g.addTokens(ctx, act.Name, act.Token, tokens)
}

// readGeneratorFile reads a file that a person chose, up to the limit of a picture.
func readGeneratorFile(path string) ([]byte, error) {
	file, err := readRegular(path, qr.MaxBytes)
	if err != nil {
		return nil, err
	}
	if len(file) > qr.MaxBytes {
		defer clear(file)
		if qr.IsPicture(file) {
			return nil, ErrPictureLarge
		}
		return nil, ErrGeneratorFile
	}
	return file, nil
}

// addTyped adds a SpectraNet token from what was typed, with the start PIN.
func (g *generatorDesk) addTyped(ctx context.Context, act GeneratorAction) error {
	return g.addText(ctx, act, act.New.Bytes(), act.Old)
}

// addText adds a token from an otpauth address or a key in base32. Its serial number,
// which the bank knows it by, is the one that was entered, or the account of the address.
func (g *generatorDesk) addText(ctx context.Context, act GeneratorAction, text []byte, startPIN *Secret) error {
	typed, err := otp.ReadTyped(text)
	if err != nil {
		return nameError(err, ErrTyped)
	}
	defer typed.Wipe()
	if startPIN.Len() == 0 {
		return ErrStartPIN
	}
	issue := otp.SpectraIssue{Serial: cmp.Or(act.Serial, typed.Account), Hash: typed.Hash}
	if issue.Lock, issue.Unlock, err = otp.DeriveSpectra(typed.Secret, issue.Serial); err != nil {
		return nameError(err, ErrSerial)
	}
	issue.Code, issue.StartPIN = slices.Clone(typed.Secret), slices.Clone(startPIN.Bytes())
	return g.addTokens(ctx, act.Name, act.Token, []otp.Issued{{SpectraIssue: issue, Issuer: typed.Issuer}})
}

// addTokens stores SpectraNet tokens, all of them or as many as could be stored before an
// error, with their keys in that token, if it is one. It takes them over.
func (g *generatorDesk) addTokens(ctx context.Context, name string, token TokenID, tokens []otp.Issued) error {
	defer func() {
		for i := range tokens {
			tokens[i].Wipe()
		}
	}()
	seen := map[string]bool{}
	for _, t := range tokens {
		if seen[t.Serial] || g.has(t.Serial) {
			return fmt.Errorf("token %s: %w", t.Serial, ErrGeneratorTwice)
		}
		seen[t.Serial] = true
	}
	for i := range tokens {
		t := &tokens[i]
		called := name
		if len(tokens) > 1 { // one name does not tell them apart
			called = ""
		}
		if called = generatorName(called); called == "" {
			called = t.Serial
		}
		m := generatorMeta{Kind: GeneratorSpectra, Name: called, Bank: generatorName(t.Issuer), Serial: t.Serial}
		if token != (TokenID{}) {
			m.Token = &token
		}
		t.Cost = testOnlyGeneratorCost
		if err := g.store(ctx, m, &t.SpectraIssue); err != nil {
			return err
		}
	}
	return nil
}

// has tells whether a token with that serial number is stored: a second record would
// have three tries of its own.
func (g *generatorDesk) has(serial string) bool {
	return slices.ContainsFunc(g.list(), func(d *generator) bool { return d.serial == serial })
}

// addMobi adds a MobiPass without a key. Its parts are as the bank has them.
func (g *generatorDesk) addMobi(ctx context.Context, act GeneratorAction) error {
	bank, rule, err := g.a.mobiRule(act.Bank)
	if err != nil {
		return err
	}
	m := generatorMeta{Kind: GeneratorMobi, Name: generatorName(act.Name), Bank: generatorName(bank), Parts: rule.Lengths, Check: rule.Check}
	if m.Name == "" {
		m.Name = "MobiPass"
	}
	return g.store(ctx, m, nil)
}

// store stores a device, opens it and shows it. Where the keyring cannot be used nothing
// is stored in this computer.
func (g *generatorDesk) store(ctx context.Context, m generatorMeta, issue *otp.SpectraIssue) error {
	put := g.storeHere
	if m.Token != nil {
		put = g.storeHeld
	}
	d, err := put(ctx, m, issue)
	if err != nil {
		return generatorError(err)
	}
	g.note("add", m)
	_ = d.turnFor(context.Background()) // nobody else knows it
	err = d.open(ctx, g.a)
	d.release()
	g.add(d)
	return err
}

// storeHere stores a device under a key of the keyring.
func (g *generatorDesk) storeHere(ctx context.Context, m generatorMeta, issue *otp.SpectraIssue) (*generator, error) {
	d, err := storeGenerator(ctx, g.a.config.Dir, m, func(id string, store *otp.FileStore) error {
		keys := g.a.ring.keys(id)
		if issue == nil { // MobiPass has no key yet, but without a keyring it will never have one
			return keys.Delete(ctx, spectraKey)
		}
		key := make([]byte, otp.DeviceKeyLen)
		defer clear(key)
		rand.Read(key)
		if err := keys.Set(ctx, spectraKey, key); err != nil {
			return err
		}
		return otp.CreateSpectra(store, key, *issue)
	}, func(id string) error {
		return g.a.ring.keys(id).Delete(context.WithoutCancel(ctx), spectraKey)
	})
	g.noteVault(err)
	return d, err
}

// mobiName is what a bank that hands out MobiPass is called: by its name where its
// descriptor is the administrator's, and else by its site. Any program of the person
// could call itself a bank.
func (a *Agent) mobiName(b Bank) string {
	if b.Trusted {
		return localName(b.Names, a.language())
	}
	for _, s := range b.Origins {
		if o, err := ParseOrigin(s); err == nil {
			return o.Host
		}
	}
	return ""
}

// mobiBanks are the names of the banks that hand out MobiPass.
func (a *Agent) mobiBanks() []string {
	var all []string
	for _, b := range a.config.Banks {
		if b.MobiPass != nil {
			all = append(all, a.mobiName(b))
		}
	}
	return all
}

// mobiRule is how the activation codes of that bank look, "" for the only one; and of
// ours where no descriptor has any.
func (a *Agent) mobiRule(bank string) (name string, rule otp.PartRule, err error) {
	names := a.mobiBanks()
	switch {
	case len(names) == 0 && bank == "":
		return "", otp.OurParts, nil
	case len(names) == 1 && bank == "":
		bank = names[0]
	}
	for _, b := range a.config.Banks {
		if name := a.mobiName(b); b.MobiPass != nil && name == bank {
			return name, *b.MobiPass, nil
		}
	}
	return "", otp.PartRule{}, fmt.Errorf("MobiPass of bank %q: %w", bank, ErrInvalid)
}
