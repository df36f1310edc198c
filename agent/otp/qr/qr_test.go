package qr_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"qoltanba/agent/otp/qr"
)

const address = "otpauth://totp/Refbank:AB12345?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Refbank&algorithm=SHA256"

// picture is a QR code on white paper.
func picture(t testing.TB, text string, size, margin int) image.Image {
	t.Helper()
	m, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, size, size, nil)
	if err != nil {
		t.Fatal(err)
	}
	paper := image.NewGray(image.Rect(0, 0, size+2*margin, size+2*margin))
	draw.Draw(paper, paper.Bounds(), image.White, image.Point{}, draw.Src)
	for y := range size {
		for x := range size {
			if m.Get(x, y) {
				paper.SetGray(x+margin, y+margin, color.Gray{})
			}
		}
	}
	return paper
}

func encode(t testing.TB, img image.Image, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	err := png.Encode(&b, img)
	if format == "jpeg" {
		b.Reset()
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 60})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	for _, format := range []string{"png", "jpeg"} {
		for _, size := range []int{120, 300, 1000} {
			got, err := qr.Read(encode(t, picture(t, address, size, size/3), format))
			if err != nil || string(got) != address {
				t.Errorf("%s of %d: Read = %q, %v", format, size, got, err)
			}
		}
	}
}

// Turned by a right angle, as a scanner leaves it.
func TestReadTurned(t *testing.T) {
	straight := picture(t, address, 300, 40)
	r := straight.Bounds()
	turned := image.NewGray(r)
	for y := range r.Dy() {
		for x := range r.Dx() {
			turned.Set(r.Dy()-1-y, x, straight.At(x, y))
		}
	}
	if got, err := qr.Read(encode(t, turned, "png")); err != nil || string(got) != address {
		t.Errorf("Read = %q, %v", got, err)
	}
}

func TestReadRefuses(t *testing.T) {
	good := encode(t, picture(t, address, 120, 20), "png")
	white := image.NewGray(image.Rect(0, 0, 200, 200))
	draw.Draw(white, white.Bounds(), image.White, image.Point{}, draw.Src)
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":          {nil, qr.ErrPicture},
		"text":             {[]byte(address), qr.ErrPicture},
		"GIF":              {[]byte("GIF89a"), qr.ErrPicture},
		"a cut picture":    {good[:len(good)-40], qr.ErrPicture},
		"a head alone":     {good[:20], qr.ErrPicture},
		"white paper":      {encode(t, white, "png"), qr.ErrNoCode},
		"one pixel":        {encode(t, image.NewGray(image.Rect(0, 0, 1, 1)), "jpeg"), qr.ErrNoCode},
		"a million square": {headed(t, 1<<20, 1<<20), qr.ErrTooLarge},
		"50 megapixels":    {headed(t, 8165, 6123), qr.ErrTooLarge},
		"a row too many":   {headed(t, 4096, 4097), qr.ErrTooLarge},
		"a column as well": {headed(t, 1<<24+1, 1), qr.ErrTooLarge},
		"the largest":      {headed(t, 4096, 4096), qr.ErrPicture}, // looked into, where there is nothing
		"a large file":     {append(good, make([]byte, qr.MaxBytes)...), qr.ErrTooLarge},
	} {
		if got, err := qr.Read(c.file); !errors.Is(err, c.want) || got != nil {
			t.Errorf("%s: Read = %q, %v, want %v", name, got, err, c.want)
		}
	}
}

// headed is a PNG whose head says that it is of that size; its one pixel is all there is,
// so that whoever unpacks it finds it damaged.
func headed(t *testing.T, width, height uint32) []byte {
	t.Helper()
	file := encode(t, image.NewGray(image.Rect(0, 0, 1, 1)), "png")
	binary.BigEndian.PutUint32(file[16:], width)
	binary.BigEndian.PutUint32(file[20:], height)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29])) // of the chunk that was changed
	return file
}

// A photograph at a telephone's usual setting is within the limits.
func TestReadPhotograph(t *testing.T) {
	photo := image.NewGray(image.Rect(0, 0, 4656, 3496))
	draw.Draw(photo, photo.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(photo, image.Rect(1000, 1000, 4656, 3496), picture(t, address, 900, 100), image.Point{}, draw.Src)
	if got, err := qr.Read(encode(t, photo, "jpeg")); err != nil || string(got) != address {
		t.Errorf("Read = %q, %v", got, err)
	}
}

// The QR code is half covered, more than its error correction mends.
func TestReadHalf(t *testing.T) {
	img := picture(t, address, 300, 40).(*image.Gray)
	draw.Draw(img, image.Rect(150, 150, 380, 380), image.White, image.Point{}, draw.Src)
	if got, err := qr.Read(encode(t, img, "png")); !errors.Is(err, qr.ErrNoCode) {
		t.Errorf("Read = %q, %v, want ErrNoCode", got, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(encode(f, picture(f, "A", 30, 4), "png"))
	f.Add(encode(f, picture(f, strings.Repeat("7", 60), 40, 4), "jpeg"))
	f.Fuzz(func(t *testing.T, file []byte) {
		size, _, err := image.DecodeConfig(bytes.NewReader(file))
		if err == nil && size.Width*size.Height > 1<<16 {
			return // slow, and nothing new
		}
		text, err := qr.Read(file)
		if (text == nil) != (err != nil) && len(text) > 0 {
			t.Errorf("Read = %q, %v", text, err)
		}
	})
}
