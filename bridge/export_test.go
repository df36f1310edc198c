package bridge

import "qoltanba/agent"

// Held is the number of bytes that count as held for an origin.
func (s *Server) Held(o agent.Origin) int {
	s.visitors.mu.Lock()
	defer s.visitors.mu.Unlock()
	if site := s.visitors.sites[o]; site != nil {
		return site.held
	}
	return 0
}

// Fill takes an origin's room for what is kept, but for so many bytes.
func (s *Server) Fill(o agent.Origin, but int) {
	s.visitors.mu.Lock()
	defer s.visitors.mu.Unlock()
	s.visitors.sites[o].held = maxKeptOf - but
}

// Unsent are the errors that no page is told by name. Those of a module say more
// of this computer than a page needs to know: ErrModule follows them in the
// chain, as ErrUnreadable follows ErrUnpaired. The others belong to windows that
// no page opens.
var Unsent = []error{
	agent.ErrModuleMissing, agent.ErrModuleUnsafe, agent.ErrModuleChanged, agent.ErrModuleForeign,
	agent.ErrModuleArchitecture, agent.ErrModuleHangs, agent.ErrModuleCrashed, agent.ErrNoDriver,

	agent.ErrAdminPINLocked, agent.ErrPINRule, agent.ErrLabel, agent.ErrConfirmation, agent.ErrManyTokens,
	agent.ErrNotEmpty, agent.ErrBlank, agent.ErrRegistered, agent.ErrUnfinished, agent.ErrForgotten,
	agent.ErrOtherProgram, agent.ErrJournalDamaged, agent.ErrOtherToken, agent.ErrOtherBank,
	agent.ErrFormatUnknown, agent.ErrFormatErased,

	agent.ErrReadOnly, agent.ErrUnpaired, agent.ErrCredentials, agent.ErrKeyFile, agent.ErrBank, agent.ErrBankForeign,
	agent.ErrBankClock, agent.ErrPending, agent.ErrManyTries, agent.ErrRejected, agent.ErrTokenName, agent.ErrTokenFull,
	agent.ErrKeyFileGone, agent.ErrPeriod, agent.ErrKeyGone, agent.ErrKeyKind, agent.ErrJournal, agent.ErrRenewal,
	agent.ErrIssuer, agent.ErrRenewalRefused,

	agent.ErrNoGenerator, agent.ErrGeneratorDamaged, agent.ErrGeneratorInUse, agent.ErrGeneratorKey,
	agent.ErrGeneratorGone, agent.ErrGeneratorMAC, agent.ErrGeneratorTwice, agent.ErrGeneratorFile, agent.ErrPictureLarge,
	agent.ErrFileEncrypted, agent.ErrFileMAC, agent.ErrAlgorithm,
	agent.ErrTyped, agent.ErrCodeKind, agent.ErrKeyShort, agent.ErrKeyExpired, agent.ErrSerial, agent.ErrStartPIN,
	agent.ErrGeneratorPIN, agent.ErrGeneratorPINEasy, agent.ErrCodeNumber,
}
