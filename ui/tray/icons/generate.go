//go:build ignore

// Generate draws the icons: a Q whose tail is the stroke of a signature.
package main

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"math"
	"os"
	"path/filepath"
	"strings"
)

var (
	teal  = color.NRGBA{0x0b, 0x7a, 0x75, 0xff}
	gray  = color.NRGBA{0x7a, 0x83, 0x8c, 0xff}
	white = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	amber = color.NRGBA{0xf2, 0xa5, 0x1a, 0xff}
	red   = color.NRGBA{0xd1, 0x24, 0x2f, 0xff}
	ink   = color.NRGBA{0x1f, 0x29, 0x33, 0xff}
	clear = color.NRGBA{} // cuts a hole
)

// point is a place in the unit square, y downwards.
type point struct{ x, y float64 }

// layer is one shape in one colour; later layers hide earlier ones.
type layer struct {
	colour color.NRGBA
	inside func(point) bool
}

func disc(at point, r float64) func(point) bool {
	return func(p point) bool { return math.Hypot(p.x-at.x, p.y-at.y) <= r }
}

func ring(at point, r, width float64) func(point) bool {
	return func(p point) bool { return math.Abs(math.Hypot(p.x-at.x, p.y-at.y)-r) <= width/2 }
}

func box(from, to point, r float64) func(point) bool {
	return func(p point) bool {
		dx := max(from.x+r-p.x, 0, p.x-to.x+r)
		dy := max(from.y+r-p.y, 0, p.y-to.y+r)
		return math.Hypot(dx, dy) <= r
	}
}

// stroke is a quadratic curve with round ends.
func stroke(a, b, c point, width float64) func(point) bool {
	const steps = 48
	return func(p point) bool {
		for i := range steps + 1 {
			t := float64(i) / steps
			x := (1-t)*(1-t)*a.x + 2*t*(1-t)*b.x + t*t*c.x
			y := (1-t)*(1-t)*a.y + 2*t*(1-t)*b.y + t*t*c.y
			if math.Hypot(p.x-x, p.y-y) <= width/2 {
				return true
			}
		}
		return false
	}
}

// The mark.
const (
	corner    = 0.22
	bowlR     = 0.235
	bowlWidth = 0.12
	tailWidth = 0.11
)

var (
	bowl = point{0.47, 0.46}
	tail = [3]point{{0.48, 0.60}, {0.62, 0.86}, {0.87, 0.76}}
)

func mark(background color.NRGBA) []layer {
	return []layer{
		{background, box(point{0.02, 0.02}, point{0.98, 0.98}, corner)},
		{white, ring(bowl, bowlR, bowlWidth)},
		{white, stroke(tail[0], tail[1], tail[2], tailWidth)},
	}
}

// badge is a disc in the upper right corner, set off from the mark by a gap.
func badge(colour color.NRGBA, on ...layer) []layer {
	at := point{0.75, 0.25}
	return append([]layer{{clear, disc(at, 0.30)}, {colour, disc(at, 0.24)}}, on...)
}

var (
	padlock = []layer{
		{ink, ring(point{0.75, 0.20}, 0.075, 0.05)},
		{ink, box(point{0.63, 0.21}, point{0.87, 0.38}, 0.03)},
	}
	dots = []layer{
		{ink, disc(point{0.64, 0.25}, 0.04)}, {ink, disc(point{0.75, 0.25}, 0.04)}, {ink, disc(point{0.86, 0.25}, 0.04)},
	}
	exclamation = []layer{
		{white, box(point{0.715, 0.10}, point{0.785, 0.28}, 0.03)},
		{white, disc(point{0.75, 0.36}, 0.045)},
	}
)

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", ".", "folder to write to")
	flag.Parse()
	for name, layers := range map[string][]layer{
		"absent":  mark(gray),
		"locked":  append(mark(teal), badge(white, padlock...)...),
		"ready":   mark(teal),
		"busy":    append(mark(teal), badge(amber, dots...)...),
		"problem": append(mark(teal), badge(red, exclamation...)...),
	} {
		write(*dir, name+".png", encode(draw(layers, 64)))
		write(*dir, name+".ico", ico(layers, 16, 20, 24, 32, 48))
	}
	write(*dir, "qoltanba.png", encode(draw(mark(teal), 256)))
	write(*dir, "qoltanba.ico", ico(mark(teal), 16, 20, 24, 32, 48, 256))
	write(*dir, "qoltanba.svg", []byte(svg()))
}

func write(dir, name string, content []byte) {
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
		log.Fatal(err)
	}
}

// draw takes 8 × 8 samples of each pixel.
func draw(layers []layer, size int) *image.NRGBA {
	const n = 8
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			var r, g, b, a int
			for i := range n * n {
				p := point{
					(float64(x) + (float64(i%n)+0.5)/n) / float64(size),
					(float64(y) + (float64(i/n)+0.5)/n) / float64(size),
				}
				c := at(layers, p)
				if c.A != 0 {
					r, g, b, a = r+int(c.R), g+int(c.G), b+int(c.B), a+1
				}
			}
			if a != 0 {
				img.SetNRGBA(x, y, color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(a * 255 / (n * n))})
			}
		}
	}
	return img
}

func at(layers []layer, p point) color.NRGBA {
	for i := len(layers) - 1; i >= 0; i-- {
		if layers[i].inside(p) {
			return layers[i].colour
		}
	}
	return clear
}

func encode(img image.Image) []byte {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(&b, img); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

// ico packs bitmaps, which every LoadImage reads, and the size 256 as PNG.
// https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10)
func ico(layers []layer, sizes ...int) []byte {
	var head, body bytes.Buffer
	put := func(w *bytes.Buffer, values ...any) {
		for _, v := range values {
			if err := binary.Write(w, binary.LittleEndian, v); err != nil {
				log.Fatal(err)
			}
		}
	}
	put(&head, uint16(0), uint16(1), uint16(len(sizes)))
	for _, size := range sizes {
		img := draw(layers, size)
		var one bytes.Buffer
		if size == 256 {
			one.Write(encode(img))
		} else {
			// BITMAPINFOHEADER; the height counts the mask too.
			put(&one, uint32(40), int32(size), int32(2*size), uint16(1), uint16(32), [24]byte{})
			for y := size - 1; y >= 0; y-- {
				for x := range size {
					c := img.NRGBAAt(x, y)
					one.Write([]byte{c.B, c.G, c.R, c.A})
				}
			}
			one.Write(make([]byte, (size+31)/32*4*size)) // the mask, unused with alpha
		}
		put(&head, uint8(size), uint8(size), uint8(0), uint8(0), uint16(1), uint16(32))
		put(&head, uint32(one.Len()), uint32(6+16*len(sizes)+body.Len()))
		body.Write(one.Bytes())
	}
	return append(head.Bytes(), body.Bytes()...)
}

func svg() string {
	hex := func(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	n := func(f float64) string {
		return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", 256*f), "0"), ".")
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256">`+"\n")
	fmt.Fprintf(&b, `<rect x="%s" y="%s" width="%s" height="%s" rx="%s" fill="%s"/>`+"\n",
		n(0.02), n(0.02), n(0.96), n(0.96), n(corner), hex(teal))
	fmt.Fprintf(&b, `<g fill="none" stroke="%s" stroke-linecap="round">`+"\n", hex(white))
	fmt.Fprintf(&b, `<circle cx="%s" cy="%s" r="%s" stroke-width="%s"/>`+"\n", n(bowl.x), n(bowl.y), n(bowlR), n(bowlWidth))
	fmt.Fprintf(&b, `<path d="M%s %sQ%s %s %s %s" stroke-width="%s"/>`+"\n",
		n(tail[0].x), n(tail[0].y), n(tail[1].x), n(tail[1].y), n(tail[2].x), n(tail[2].y), n(tailWidth))
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}
