package otp

// MobiScreen is a page of the MobiPass application.
type MobiScreen byte

// The pages. Line numbers are those of the MobiPass user guide.
const (
	MobiClosed        MobiScreen = iota // the application is not open
	MobiMenuEmpty                       // "Сохранить ключ" and help alone (L84)
	MobiMenu                            // the menu of four (L135)
	MobiPIN                             // "Сохранение PIN-кода" (L95)
	MobiPINDiffers                      // the two fields differ (L93)
	MobiPINBad                          // the PIN is too easy (L74)
	MobiKey                             // "Сохранение ключа", four parts (L113)
	MobiKeyBad                          // a part does not fit
	MobiSign                            // PIN and code number (L151)
	MobiResult                          // the answer (L182)
	MobiChange                          // current PIN, new PIN twice (L202)
	MobiChangeDiffers                   // mistaken, enter it again (L209)
	MobiChangeBad                       // the new PIN is too easy (L74)
	MobiChanged                         // changed (L208)
	MobiDelete                          // sure?
	MobiHelp                            // "Справка" (L149)
)

// MobiEvent is what a person or the application does. The window judges the fields of
// a page (CheckNewPIN, PartRule.Key) and sends what it found.
type MobiEvent byte

// The events.
const (
	MobiOpen        MobiEvent = iota // the application is started
	MobiExit                         // "Выход" (L201)
	MobiBack                         // "Назад" (L207), "Закрыть" (L210), or no
	MobiNext                         // "Далее", with good fields where there are some
	MobiDiffer                       // "Далее", but the two new PINs differ
	MobiEasy                         // "Далее", but the new PIN is refused
	MobiBadPart                      // "Далее", but a part does not fit
	MobiChooseSave                   // "Сохранить ключ" and "Далее" (L84)
	MobiChooseSign                   // "Подписать" and "Далее"
	MobiChoosePIN                    // "Изменить PIN-код" and "Далее" (L194)
	MobiChooseErase                  // "Удалить ключ" and "Далее"
	MobiChooseHelp                   // "Справка" and "Далее"
	MobiIdle                         // two minutes without a key: an answer is taken away
)

// MobiState is the page and whether a key is stored. A wrong PIN is no event: the
// application does not know of it.
type MobiState struct {
	Screen MobiScreen
	Stored bool
}

// Next is the state after e. What a page does not offer changes nothing.
func (s MobiState) Next(e MobiEvent) MobiState {
	switch {
	case s.Screen == MobiClosed && e == MobiOpen:
		return s.menu()
	case s.Screen == MobiClosed:
		return s
	case e == MobiExit && s.offersExit(): // L201
		return s.show(MobiClosed)
	}
	switch s.Screen {
	case MobiMenu, MobiMenuEmpty:
		return s.choose(e)
	case MobiPIN, MobiKey:
		return s.activate(e)
	case MobiSign, MobiResult:
		return s.sign(e)
	case MobiChange:
		return s.change(e)
	case MobiDelete: // no PIN is asked: none could be checked
		switch e {
		case MobiNext:
			return MobiState{Screen: MobiMenuEmpty}
		case MobiBack:
			return s.menu()
		}
	case MobiPINDiffers, MobiPINBad, MobiKeyBad, MobiChangeDiffers, MobiChangeBad:
		if e == MobiBack { // "Закрыть" leads back to the fields (L210)
			return s.show(messageOf[s.Screen])
		}
	case MobiChanged: // L208
		if e == MobiNext {
			return s.menu()
		}
	case MobiHelp:
		if e == MobiBack || e == MobiNext {
			return s.menu()
		}
	}
	return s
}

// messageOf is the page that a message belongs to.
var messageOf = map[MobiScreen]MobiScreen{
	MobiPINDiffers: MobiPIN, MobiPINBad: MobiPIN, MobiKeyBad: MobiKey,
	MobiChangeDiffers: MobiChange, MobiChangeBad: MobiChange,
}

func (s MobiState) show(screen MobiScreen) MobiState { return MobiState{screen, s.Stored} }

func (s MobiState) menu() MobiState {
	if s.Stored {
		return s.show(MobiMenu)
	}
	return s.show(MobiMenuEmpty)
}

// offersExit: the guide shows "Выход" in the menu and on the page of the change.
func (s MobiState) offersExit() bool {
	return s.Screen == MobiMenu || s.Screen == MobiMenuEmpty || s.Screen == MobiChange
}

// choose takes an item of the menu. A key is saved only where none is, and the other
// items need one.
func (s MobiState) choose(e MobiEvent) MobiState {
	switch {
	case e == MobiChooseHelp:
		return s.show(MobiHelp)
	case e == MobiChooseSave && s.Screen == MobiMenuEmpty:
		return s.show(MobiPIN)
	case s.Screen != MobiMenu:
		return s
	case e == MobiChooseSign:
		return s.show(MobiSign)
	case e == MobiChoosePIN:
		return s.show(MobiChange)
	case e == MobiChooseErase:
		return s.show(MobiDelete)
	}
	return s
}

// activate goes PIN first, then the key, as section 4 of the guide has it.
func (s MobiState) activate(e MobiEvent) MobiState {
	onPIN := s.Screen == MobiPIN
	switch {
	case e == MobiBack:
		return s.menu()
	case e == MobiNext && onPIN: // L93
		return s.show(MobiKey)
	case e == MobiNext: // L111
		return MobiState{Screen: MobiMenu, Stored: true}
	case e == MobiDiffer && onPIN:
		return s.show(MobiPINDiffers)
	case e == MobiEasy && onPIN:
		return s.show(MobiPINBad)
	case e == MobiBadPart && !onPIN:
		return s.show(MobiKeyBad)
	}
	return s
}

func (s MobiState) sign(e MobiEvent) MobiState {
	switch {
	case s.Screen == MobiSign && e == MobiNext: // with a right PIN and with a wrong one (L170)
		return s.show(MobiResult)
	case s.Screen == MobiSign && e == MobiBack, s.Screen == MobiResult && (e == MobiNext || e == MobiIdle):
		return s.menu()
	}
	return s
}

func (s MobiState) change(e MobiEvent) MobiState {
	switch e {
	case MobiNext: // the current PIN is right or wrong (L206)
		return s.show(MobiChanged)
	case MobiDiffer: // L209
		return s.show(MobiChangeDiffers)
	case MobiEasy:
		return s.show(MobiChangeBad)
	case MobiBack: // L207
		return s.menu()
	}
	return s
}
