package otp_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"golang.org/x/crypto/argon2"

	"qoltanba/agent/otp"
)

// keyring is a DeviceKeys in memory.
type keyring struct {
	keys  map[string][]byte
	calls []string
	fail  error
}

func newKeyring() *keyring { return &keyring{keys: make(map[string][]byte)} }

func (k *keyring) Get(_ context.Context, name string) ([]byte, error) {
	k.calls = append(k.calls, "get "+name)
	if k.fail != nil {
		return nil, k.fail
	}
	if key, ok := k.keys[name]; ok {
		return bytes.Clone(key), nil
	}
	return nil, otp.ErrNoKey
}

func (k *keyring) Set(_ context.Context, name string, key []byte) error {
	k.calls = append(k.calls, "set "+name)
	if k.fail == nil {
		k.keys[name] = bytes.Clone(key)
	}
	return k.fail
}

func (k *keyring) Delete(_ context.Context, name string) error {
	k.calls = append(k.calls, "delete "+name)
	if k.fail == nil {
		delete(k.keys, name)
	}
	return k.fail
}

const myPIN, number = "2580", "338609"

func newMobi(t testing.TB, cost otp.Cost) (*otp.MobiPass, *otp.MemStore, *keyring, []byte) {
	t.Helper()
	store, ring := new(otp.MemStore), newKeyring()
	m := otp.NewMobiPass(store, ring)
	key := activationKey(t, activation(t))
	if err := m.Save(t.Context(), key, []byte(myPIN), cost); err != nil {
		t.Fatal(err)
	}
	return m, store, ring, key
}

func signed(t testing.TB, m *otp.MobiPass, pin, number string) string {
	t.Helper()
	got, err := m.Sign(t.Context(), []byte(pin), number)
	if err != nil || len(got) != 6 {
		t.Fatalf("Sign(%s, %s) = %q %v, want six digits", pin, number, got, err)
	}
	return got
}

func response(t testing.TB, key []byte, number string) string {
	t.Helper()
	got, err := otp.MobiResponse(key, number)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestMobiPass(t *testing.T) {
	m, store, ring, key := newMobi(t, cheapest)
	want := response(t, key, number)
	if got := signed(t, m, myPIN, number); got != want {
		t.Fatalf("Sign = %s, want %s", got, want)
	}
	t.Run("M30 M32 wrong PIN gives the same wrong answer each time", func(t *testing.T) {
		first, second := signed(t, m, "9999", number), signed(t, m, "9999", number)
		if first == want || first != second {
			t.Errorf("answers are %s and %s, the right one is %s", first, second, want)
		}
	})
	t.Run("M33 another code number, another answer", func(t *testing.T) {
		if got := signed(t, m, myPIN, "338610"); got == want {
			t.Errorf("both answers are %s", got)
		}
	})
	t.Run("M34 code numbers", func(t *testing.T) {
		for _, n := range []string{"33860", "3386090", "038609", "33860x", ""} {
			if got, err := m.Sign(t.Context(), []byte(myPIN), n); err == nil {
				t.Errorf("Sign(%s) = %s, want an error", n, got)
			}
		}
	})
	t.Run("M11 PIN form", func(t *testing.T) {
		for _, pin := range []string{"258", "25800", "258x"} {
			if _, err := m.Sign(t.Context(), []byte(pin), number); !errors.Is(err, otp.ErrPINForm) {
				t.Errorf("Sign with %s = %v, want ErrPINForm", pin, err)
			}
		}
	})
	t.Run("M71 no second key", func(t *testing.T) {
		if err := m.Save(t.Context(), key, []byte(myPIN), cheapest); !errors.Is(err, otp.ErrExists) {
			t.Errorf("Save = %v, want ErrExists", err)
		}
	})
	t.Run("M65 M66 change of the PIN", func(t *testing.T) {
		old, _ := store.Load()
		ring.calls = nil
		if err := m.ChangePIN(t.Context(), []byte(myPIN), []byte("4826")); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(ring.calls); got != "[get device-0 set device-1 delete device-0]" {
			t.Errorf("calls are %s", got)
		}
		if got := signed(t, m, "4826", number); got != want {
			t.Errorf("Sign with the new PIN = %s, want %s", got, want)
		}
		if got := signed(t, m, myPIN, number); got == want {
			t.Errorf("Sign with the old PIN = %s, the right value", got)
		}
		if len(ring.keys) != 1 {
			t.Errorf("%d device keys, want 1", len(ring.keys))
		}
		for _, k := range ring.keys { // the old record is shut for good
			if _, err := unseal(old, k); err == nil {
				t.Error("the new device key opens the old record")
			}
		}
		if err := m.ChangePIN(t.Context(), []byte("4826"), []byte(myPIN)); err != nil {
			t.Fatal(err)
		}
		if _, ok := ring.keys["device-0"]; !ok || len(ring.keys) != 1 {
			t.Errorf("device keys after two changes: %v", len(ring.keys))
		}
	})
	t.Run("M64 new PIN is checked", func(t *testing.T) {
		before, _ := store.Load()
		if err := m.ChangePIN(t.Context(), []byte(myPIN), []byte("1111")); !errors.Is(err, otp.ErrPINTrivial) {
			t.Errorf("ChangePIN = %v, want ErrPINTrivial", err)
		}
		if after, _ := store.Load(); !bytes.Equal(before, after) {
			t.Error("a refused PIN changed the record")
		}
	})
	t.Run("M58 M59 wrong current PIN loses the key without a word", func(t *testing.T) {
		if err := m.ChangePIN(t.Context(), []byte("0852"), []byte("4826")); err != nil {
			t.Fatalf("ChangePIN = %v, want nil", err)
		}
		right := 0
		for n := range 10_000 {
			if signed(t, m, fmt.Sprintf("%04d", n), number) == want && signed(t, m, fmt.Sprintf("%04d", n), "338610") == response(t, key, "338610") {
				right++
			}
		}
		if right != 0 {
			t.Errorf("%d PINs give right values, want none", right)
		}
	})
	t.Run("M69 nothing is left of a deleted key", func(t *testing.T) {
		if err := m.Delete(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Load(); err == nil || len(ring.keys) != 0 {
			t.Errorf("record %v, %d device keys, want none", err, len(ring.keys))
		}
		if _, err := m.Sign(t.Context(), []byte(myPIN), number); !errors.Is(err, otp.ErrNoDevice) {
			t.Errorf("Sign = %v, want ErrNoDevice", err)
		}
		if err := errors.Join(m.Delete(t.Context()), m.Save(t.Context(), key, []byte(myPIN), cheapest)); err != nil {
			t.Errorf("Delete again, and Save = %v", err)
		}
	})
}

// unseal is the outer layer by the documented form of the record.
func unseal(b, deviceKey []byte) ([]byte, error) {
	block, err := aes.NewCipher(deviceKey)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	const header = 7 + 1 + 1 + 4 + 4 + 1 + 16 + 12
	return gcm.Open(nil, b[header-12:header], b[header:], b[:header])
}

func mask(pin string, record []byte) []byte {
	return argon2.IDKey([]byte(pin), record[18:34], 1, 8, 1, 32)
}

// TestNoOracle: whoever has the record and the device key learns nothing of the PIN.
// Every PIN gives a key and an answer, spread as chance would, and the inner part has
// nothing but the 32 bytes of the masked key.
func TestNoOracle(t *testing.T) {
	m, store, ring, key := newMobi(t, cheapest)
	var bins [100]int
	for n := range 10_000 {
		value, err := strconv.Atoi(signed(t, m, fmt.Sprintf("%04d", n), number))
		if err != nil {
			t.Fatal(err)
		}
		bins[value/10_000]++
	}
	chi := 0.0
	for _, n := range bins {
		chi += float64(n-100) * float64(n-100) / 100
	}
	t.Logf("M30 10,000 PINs: chi square of the answers over 100 bins is %.1f, 99 are expected", chi)
	if chi > 200 { // beyond 1 in 10^8
		t.Errorf("chi square is %.1f", chi)
	}
	record, _ := store.Load()
	inner, err := unseal(record, ring.keys["device-0"])
	if err != nil || len(inner) != 32 {
		t.Fatalf("inner part is %d bytes, %v; want 32", len(inner), err)
	}
	subtle.XORBytes(inner, inner, mask(myPIN, record))
	if !bytes.Equal(inner, key) {
		t.Errorf("M21 inner part under the PIN is %x, want the key and nothing more", inner)
	}
}

// TestTwoCiphertexts is why there is one record only: two of one key under two PINs
// give away both PINs. Records of before and after a change, with both device keys,
// are what an attacker must not get; the old device key is deleted for that.
func TestTwoCiphertexts(t *testing.T) {
	m, store, ring, _ := newMobi(t, cheapest)
	first, _ := store.Load()
	keys := [2][]byte{ring.keys["device-0"]}
	if err := m.ChangePIN(t.Context(), []byte(myPIN), []byte("4826")); err != nil {
		t.Fatal(err)
	}
	second, _ := store.Load()
	keys[1] = ring.keys["device-1"]
	a, err1 := unseal(first, keys[0])
	b, err2 := unseal(second, keys[1])
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	masked := make(map[string]string, 10_000)
	for n := range 10_000 {
		pin := fmt.Sprintf("%04d", n)
		k := mask(pin, first)
		subtle.XORBytes(k, k, a)
		masked[string(k)] = pin
	}
	var found []string
	for n := range 10_000 {
		pin := fmt.Sprintf("%04d", n)
		k := mask(pin, second)
		subtle.XORBytes(k, k, b)
		if old, ok := masked[string(k)]; ok {
			found = append(found, old+" then "+pin)
		}
	}
	if got := fmt.Sprint(found); got != "[2580 then 4826]" {
		t.Errorf("20,000 tries find %s, want both PINs: the rule would be needless", got)
	}
	if _, left := ring.keys["device-0"]; left {
		t.Error("M66 the old device key is still there")
	}
}

// The real cost, once.
func TestDefaultCost(t *testing.T) {
	m, _, _, key := newMobi(t, otp.DefaultCost)
	if got, want := signed(t, m, myPIN, number), response(t, key, number); got != want {
		t.Errorf("Sign = %s, want %s", got, want)
	}
}

func TestMobiErrors(t *testing.T) {
	ctx := t.Context()
	m, _, ring, key := newMobi(t, cheapest)
	locked := errors.New("keyring is locked")
	ring.fail = locked
	for name, err := range map[string]error{
		"Recover": m.Recover(ctx), "ChangePIN": m.ChangePIN(ctx, []byte(myPIN), []byte("4826")), "Delete": m.Delete(ctx),
		"Save": otp.NewMobiPass(new(otp.MemStore), ring).Save(ctx, key, []byte(myPIN), cheapest),
	} {
		if !errors.Is(err, locked) {
			t.Errorf("%s with a locked keyring = %v, want its error", name, err)
		}
	}
	ring.fail = nil
	if got, want := signed(t, m, myPIN, number), response(t, key, number); got != want {
		t.Errorf("Sign after the keyring was unlocked = %s, want %s", got, want)
	}
	if err := otp.NewMobiPass(new(otp.MemStore), ring).Save(ctx, key[:31], []byte(myPIN), cheapest); err == nil {
		t.Error("Save of a short key = nil")
	}
	if err := otp.NewMobiPass(new(otp.MemStore), ring).Save(ctx, key, []byte(myPIN), otp.Cost{}); err == nil {
		t.Error("Save without a cost = nil")
	}
	m, store, ring, _ := newMobi(t, cheapest)
	whole, _ := store.Load()
	for i := range whole {
		changed := bytes.Clone(whole)
		changed[i] ^= 1
		store.Save(changed)
		if _, err := m.Sign(ctx, []byte(myPIN), number); !errors.Is(err, otp.ErrDamaged) && !errors.Is(err, otp.ErrNoKey) {
			t.Errorf("Sign with byte %d changed = %v, want ErrDamaged", i, err)
		}
		if err := m.Recover(ctx); err == nil || len(ring.keys) != 1 {
			t.Errorf("Recover with byte %d changed = %v, %d device keys", i, err, len(ring.keys))
		}
	}
	store.Save(whole)
	clear(ring.keys)
	if err := m.Recover(ctx); !errors.Is(err, otp.ErrNoKey) {
		t.Errorf("Recover without a device key = %v, want ErrNoKey", err)
	}
	if err := m.Delete(ctx); err != nil {
		t.Errorf("Delete without a device key = %v", err)
	}
}
