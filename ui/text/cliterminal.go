package text

import "qoltanba/agent"

// CLIPINDevice is what PINDevice is where there is no button to press.
const CLIPINDevice Key = "cli-pin-device"

// TerminalError is Error for a terminal, where some hints need other words than in a
// window: there is no button and no panel.
func (l Lang) TerminalError(err error) (sentence, hint string) {
	sentence, hint = l.Error(err)
	key := Key("cli-hint." + agent.ErrorName(err))
	if own := l.T(key); own != string(key) {
		hint = own
	}
	return sentence, hint
}

var cliTerminal = map[Key]phrase{
	CLIPINDevice: {
		"Құпиясөзді құрылғының өзінде енгізіңіз.",
		"Введите пароль на самом устройстве.",
		"Enter the password on the device itself.",
	},
	"cli-hint.period": {
		"Банк деректеріңізді тексергеннен кейін шарттағы мерзімдер ұсынылады: соның бірін таңдаңыз. Олар шарттың 2-қосымшасында (қағаз қабылдау-тапсыру актісі) көрсетілген.",
		"Сроки договора будут предложены, когда банк проверит ваши данные: выберите один из них. Они указаны в Приложении 2 к Договору (бумажный Акт приёма-передачи).",
		"The Agreement's periods are offered once the bank has checked your data: choose one of them. They are in Appendix 2 to the Agreement (hard copy of the Acceptance and Delivery certificate).",
	},
	"cli-hint.blank": {
		"Оны «qoltanba token format» командасымен форматтаңыз.",
		"Отформатируйте его командой «qoltanba token format».",
		"Format it with \"qoltanba token format\".",
	},
	"cli-hint.token-full": {
		"Токенді форматтамаңыз. Онда не сақталғанын «qoltanba token info» командасымен қарап, банктің қолдау қызметіне хабарласыңыз.",
		"Не форматируйте токен. Посмотрите командой «qoltanba token info», что на нём хранится, и обратитесь в поддержку банка.",
		"Do not format the token. See with \"qoltanba token info\" what is on it, and ask your bank's support.",
	},
}
