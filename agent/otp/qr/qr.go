// Package qr reads the text of a QR code in a picture.
package qr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the two kinds of picture that a bank sends or a person saves
	_ "image/png"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// Limits of a picture. A small file can be a large picture, so its dimensions are looked
// at before it is unpacked: 50 megapixels of white paper are a PNG of 0.2 MB, took 1.6 s
// and 460 MB here, and twice that with 16 bits a colour. Telephones take photographs of
// 12 megapixels unless they are told otherwise, those of some makers 16.3 (4656 by 3496),
// and a screen of 4K has 8.3. A picture of 16 megapixels took 0.5 to 1.2 s and 150 MB.
const (
	MaxBytes  = 16 << 20
	maxPixels = 16 << 20
)

var (
	// ErrPicture: it is neither PNG nor JPEG, or it is damaged.
	ErrPicture = errors.New("not a picture in PNG or JPEG")
	// ErrTooLarge: the picture is beyond the limits. A part of it, cut out, or a
	// photograph at the telephone's usual setting is not.
	ErrTooLarge = errors.New("picture is too large")
	// ErrNoCode: no QR code was found, or it cannot be read.
	ErrNoCode = errors.New("no readable QR code in the picture")
)

// IsPicture tells whether a file begins like a picture that Read takes.
func IsPicture(file []byte) bool {
	return bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(file, []byte("\xff\xd8\xff"))
}

// Read returns the text of the QR code in a picture. The caller wipes it; the reader's
// own copies, in strings, cannot be wiped.
func Read(picture []byte) (text []byte, err error) {
	if len(picture) > MaxBytes {
		return nil, fmt.Errorf("%d bytes: %w", len(picture), ErrTooLarge)
	}
	if !IsPicture(picture) {
		return nil, ErrPicture
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(picture))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	case size.Width <= 0 || size.Height <= 0 || size.Width > maxPixels/size.Height:
		return nil, fmt.Errorf("%d by %d: %w", size.Width, size.Height, ErrTooLarge)
	}
	img, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	// A fault of the reader, in a picture that was made for it, ends the reading alone.
	defer func() {
		if fault := recover(); fault != nil {
			text, err = nil, fmt.Errorf("%w: %v", ErrNoCode, fault)
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoCode, err)
	}
	harder := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, harder)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoCode, err)
	}
	return []byte(result.GetText()), nil
}
