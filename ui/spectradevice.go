package ui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent/otp"
)

// holdTime is how long the button is held to begin a change of the PIN ("ungefähr
// 2-3 Sekunden").
const holdTime = 2 * time.Second

// spectraSize is the size of the drawn token: 45 by 85 mm.
var spectraSize = fyne.NewSize(246, 464)

var (
	spectraBody  = color.NRGBA{R: 0x2f, G: 0x3c, B: 0x54, A: 0xff}
	spectraEdge  = color.NRGBA{R: 0x55, G: 0x65, B: 0x82, A: 0xff}
	spectraBezel = color.NRGBA{R: 0x18, G: 0x20, B: 0x30, A: 0xff}
	spectraPrint = color.NRGBA{R: 0xe6, G: 0xea, B: 0xf2, A: 0xff}
	spectraKey   = color.NRGBA{R: 0xdc, G: 0xe1, B: 0xea, A: 0xff}
	spectraOver  = color.NRGBA{R: 0xf4, G: 0xf6, B: 0xfa, A: 0xff}
	spectraKnob  = color.NRGBA{R: 0xe0, G: 0x5d, B: 0x16, A: 0xff}
	spectraDown  = color.NRGBA{R: 0xa8, G: 0x43, B: 0x0c, A: 0xff}
)

// spectraFace is the SpectraNet token as one holds it in the hand. It has the focus
// as a whole: the keys of the digits are its keys, Space and the keys that delete are
// its button.
type spectraFace struct {
	widget.BaseWidget
	digit func(byte)
	event func(otp.SpectraEvent)

	on      bool // there is something on the display
	display *lcd
	front   *fyne.Container
	back    *fyne.Container
	ring    *canvas.Rectangle
	knob    *knob
	serial  *canvas.Text
	caption *widget.Label
	clock   *widget.Label

	held *time.Timer // since the button went down, nil while it is up
	turn int         // of the timer that counts
}

func newSpectraFace(digit func(byte), event func(otp.SpectraEvent)) *spectraFace {
	f := &spectraFace{digit: digit, event: event, display: newLCD()}
	f.ExtendBaseWidget(f)
	f.ring = canvas.NewRectangle(theme.Color(theme.ColorNamePrimary))
	f.ring.CornerRadius = 32
	f.ring.Resize(spectraSize)
	f.ring.Hide()
	f.drawFront()
	f.drawBack()
	return f
}

// spectraCase is the token without what is on it. Around it there is room for the
// ring that shows the focus.
func spectraCase() *fyne.Container {
	c := &fyne.Container{}
	for _, part := range []struct {
		inset float32
		fill  color.Color
	}{{3, spectraEdge}, {5, spectraBody}} {
		r := canvas.NewRectangle(part.fill)
		r.CornerRadius = 32 - part.inset
		put(c, r, part.inset, part.inset, spectraSize.Width-2*part.inset, spectraSize.Height-2*part.inset)
	}
	return c
}

// put adds o in its place.
func put(c *fyne.Container, o fyne.CanvasObject, x, y, w, h float32) {
	o.Resize(fyne.NewSize(w, h))
	o.Move(fyne.NewPos(x, y))
	c.Add(o)
}

func (f *spectraFace) drawFront() {
	f.front = spectraCase()
	name := canvas.NewText("SpectraNet", spectraPrint)
	name.TextStyle.Bold = true
	name.Alignment = fyne.TextAlignCenter
	put(f.front, name, 0, 14, spectraSize.Width, 20)
	bezel := canvas.NewRectangle(spectraBezel)
	bezel.CornerRadius = 12
	put(f.front, bezel, 12, 42, spectraSize.Width-24, lcdSize.Height+16)
	put(f.front, f.display, 20, 50, lcdSize.Width, lcdSize.Height)
	f.knob = newKnob(f)
	put(f.front, f.knob, (spectraSize.Width-118)/2, 164, 118, 44)
	const width, height, pitchX, pitchY = 62, 48, 72, 57
	for i, digit := range []byte("1234567890") {
		column, row := i%3, i/3
		if digit == '0' {
			column = 1
		}
		put(f.front, newKeycap(digit, f.enter), 20+float32(column)*pitchX, 222+float32(row)*pitchY, width, height)
	}
}

func (f *spectraFace) drawBack() {
	f.back = spectraCase()
	sticker := canvas.NewRectangle(color.White)
	sticker.CornerRadius = 8
	put(f.back, sticker, 18, 60, spectraSize.Width-36, spectraSize.Height-120)
	for _, x := range []float32{24, spectraSize.Width - 36} {
		for _, y := range []float32{26, spectraSize.Height - 38} {
			put(f.back, canvas.NewCircle(spectraBezel), x, y, 12, 12) // screws
		}
	}
	f.caption, f.clock = consentLabel(""), consentLabel("")
	f.serial = canvas.NewText("", lcdInk)
	f.serial.TextStyle.Bold = true
	put(f.back, f.caption, 20, 64, spectraSize.Width-40, 40)
	put(f.back, f.serial, 28, 112, spectraSize.Width-56, 28)
	put(f.back, f.clock, 20, 150, spectraSize.Width-40, spectraSize.Height-220)
	f.back.Hide()
}

// engrave writes the serial number on the back, as large as it fits.
func (f *spectraFace) engrave(serial string) {
	f.serial.Text = serial
	for f.serial.TextSize = 24; f.serial.TextSize > 9 && f.serial.MinSize().Width > spectraSize.Width-56; f.serial.TextSize-- {
	}
	f.serial.Refresh()
}

// flip shows the back, or the front.
func (f *spectraFace) flip(back bool) {
	f.front.Hidden, f.back.Hidden = back, !back
	f.Refresh()
}

// enter is a key of a digit.
func (f *spectraFace) enter(digit byte) {
	f.flip(false)
	f.digit(digit)
}

// down is the button going down. It switches the token on at once; else it depends on
// how long it is held.
func (f *spectraFace) down() {
	if f.held != nil {
		return
	}
	f.flip(false)
	if !f.on {
		f.event(otp.SpectraPower)
		return
	}
	f.knob.press(true)
	f.turn++
	turn := f.turn
	f.held = time.AfterFunc(holdTime, func() {
		fyne.Do(func() {
			if f.held != nil && f.turn == turn {
				f.release()
				f.event(otp.SpectraHold)
			}
		})
	})
}

// up is the button coming up before it was held for long.
func (f *spectraFace) up() {
	if f.held != nil {
		f.release()
		f.event(otp.SpectraClear)
	}
}

// release forgets that the button is down.
func (f *spectraFace) release() {
	if f.held != nil {
		f.held.Stop()
		f.held = nil
		f.knob.press(false)
	}
}

func (f *spectraFace) FocusGained() { f.ring.Show() }
func (f *spectraFace) FocusLost()   { f.ring.Hide(); f.release() }

// TypedRune does nothing: keys count, whatever they write.
func (f *spectraFace) TypedRune(rune) {}

func (f *spectraFace) TypedKey(e *fyne.KeyEvent) {
	digit, ok := digitOf(e.Name)
	switch {
	case ok:
		f.enter(digit)
	case e.Name == fyne.KeyP:
		f.flip(false)
		f.event(otp.SpectraPower)
	case e.Name == fyne.KeyEscape:
		passKey(f, e)
	}
}

func isKnob(k fyne.KeyName) bool {
	switch k {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyBackspace, fyne.KeyDelete:
		return true
	}
	return false
}

func (f *spectraFace) KeyDown(e *fyne.KeyEvent) {
	if isKnob(e.Name) {
		f.down()
	}
	passEdge(f, e)
}

func (f *spectraFace) KeyUp(e *fyne.KeyEvent) {
	if isKnob(e.Name) {
		f.up()
	}
	passEdge(f, e)
}

func (f *spectraFace) MinSize() fyne.Size { return spectraSize }

func (f *spectraFace) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Objects: []fyne.CanvasObject{f.ring, f.front, f.back}})
}

// keycap is a key with a digit.
type keycap struct {
	widget.BaseWidget
	digit  byte
	tapped func(byte)
	cap    *canvas.Rectangle
	label  *canvas.Text
}

func newKeycap(digit byte, tapped func(byte)) *keycap {
	k := &keycap{digit: digit, tapped: tapped, cap: canvas.NewRectangle(spectraKey), label: canvas.NewText(string(digit), lcdInk)}
	k.cap.CornerRadius = 10
	k.label.TextSize, k.label.TextStyle.Bold = 20, true
	k.label.Alignment = fyne.TextAlignCenter
	k.ExtendBaseWidget(k)
	return k
}

func (k *keycap) Tapped(*fyne.PointEvent)        { k.tapped(k.digit) }
func (k *keycap) MouseIn(*desktop.MouseEvent)    { k.paint(spectraOver) }
func (k *keycap) MouseMoved(*desktop.MouseEvent) {}
func (k *keycap) MouseOut()                      { k.paint(spectraKey) }

func (k *keycap) paint(c color.Color) {
	k.cap.FillColor = c
	k.cap.Refresh()
}

func (k *keycap) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(k.cap, k.label))
}

// knob is the one button of the token.
type knob struct {
	widget.BaseWidget
	face *spectraFace
	cap  *canvas.Rectangle
}

func newKnob(f *spectraFace) *knob {
	k := &knob{face: f, cap: canvas.NewRectangle(spectraKnob)}
	k.cap.CornerRadius = 22
	k.ExtendBaseWidget(k)
	return k
}

func (k *knob) MouseDown(e *desktop.MouseEvent) {
	if e.Button == desktop.MouseButtonPrimary {
		k.face.down()
	}
}

func (k *knob) MouseUp(*desktop.MouseEvent)    { k.face.up() }
func (k *knob) MouseIn(*desktop.MouseEvent)    {}
func (k *knob) MouseMoved(*desktop.MouseEvent) {}
func (k *knob) MouseOut()                      { k.face.release() }

func (k *knob) press(down bool) {
	k.cap.FillColor = spectraKnob
	if down {
		k.cap.FillColor = spectraDown
	}
	k.cap.Refresh()
}

// powerIcon is the sign of IEC 60417-5009.
var powerIcon = fyne.NewStaticResource("power.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path fill="none" stroke="#ffffff" stroke-width="2.4" stroke-linecap="round" d="M7.2 6.4a7.5 7.5 0 1 0 9.6 0M12 3v8.5"/></svg>`))

func (k *knob) CreateRenderer() fyne.WidgetRenderer {
	icon := canvas.NewImageFromResource(powerIcon)
	icon.FillMode = canvas.ImageFillContain
	icon.SetMinSize(fyne.NewSize(24, 24))
	return widget.NewSimpleRenderer(container.NewStack(k.cap, icon))
}
