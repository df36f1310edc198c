package server

// otpPageTexts are what templates show about code generators. The Russian ones of the
// MobiPass page are those of the MobiPass user guide, word for word (L168-L178).
var otpPageTexts = map[string]text{
	"code-login.title":  {"SpectraNet токенінің кодымен кіру", "Вход по коду токена SpectraNet", "Log in with a code of your SpectraNet token"},
	"code-login.user":   {"Пайдаланушы аты", "Имя пользователя", "User name"},
	"code-login.button": {"Кодпен кіру", "Войти по коду", "Log in with the code"},
	"code.label":        {"Токен көрсеткен код", "Код на экране токена", "Code that the token shows"},
	"code.hint":         {"Алты цифр. Әр код бір рет қана жарайды.", "Шесть цифр. Каждый код годится один раз.", "Six digits. Each code is good once."},

	"code-confirm.title":  {"SpectraNet токенінің кодымен растау", "Подтверждение кодом токена SpectraNet", "Confirm with a code of your SpectraNet token"},
	"code-confirm.button": {"Кодпен растау", "Подтвердить кодом", "Confirm with the code"},
	"code-confirm.hint": {
		"Алты цифр. Әр тапсырмаға өз коды керек, кіру коды да жарамайды.",
		"Шесть цифр. Каждому поручению нужен свой код; код входа не подойдёт.",
		"Six digits. Each order needs a code of its own; that of the login will not do.",
	},

	"mobipass.button": {"MobiPass арқылы растау", "Подтвердить через MobiPass", "Confirm with MobiPass"},
	"mobipass.title": {
		"Операцияны MobiPass қолтаңбасымен растау",
		"Подтверждение операции подписью MobiPass",
		"Confirmation of the operation with a MobiPass signature",
	},
	"mobipass.warning": {
		"Назар аударыңыз! MobiPass қолданбасына ПИН-кодты енгізгенде қателессеңіз, қолтаңба мәні қате есептеледі. Қолтаңба мәнін қате енгізсеңіз, ПИН-кодты қайта енгізіп, құжатқа қайта қол қоюға кеңес береміз. Үш рет қате енгізілгеннен кейін MobiPass бұғатталады.",
		"Внимание! В случае, если Вы ошиблись при вводе ПИН-кода в приложение MobiPass, то значение подписи будет рассчитано неверно. При неправильной попытке ввода значения подписи рекомендуем Вам заново ввести ПИН-код и подписать документ. После трех неправильных попыток ввода MobiPass будет заблокирован.",
		"Attention! If you made a mistake when entering the PIN in the MobiPass application, the signature value is computed wrongly. After a wrong attempt at entering the signature value we advise you to enter the PIN anew and to sign the document. After three wrong attempts MobiPass will be blocked.",
	},
	"mobipass.number": {"Құжаттың кодтық саны:", "Кодовое число документа:", "Code number of the document:"},
	"mobipass.value":  {"Қолтаңба мәнін енгізіңіз:", "Введите значение подписи:", "Enter the signature value:"},
	"mobipass.back":   {"« Түзетуге оралу", "« Вернуться к редактированию", "« Back to editing"},
	"mobipass.send":   {"Жіберу »", "Отправить »", "Send »"},

	"field.means":      {"Растау тәсілі", "Способ подтверждения", "Means of confirmation"},
	"means.signature":  {"Кілт қолтаңбасы", "Подпись ключом", "Signature with a key"},
	"means.spectranet": {"SpectraNet коды", "Код SpectraNet", "SpectraNet code"},
	"means.mobipass":   {"MobiPass мәні", "Значение MobiPass", "MobiPass value"},
}

// otpStatusTexts are what scripts show about them; see statusTexts.
var otpStatusTexts = map[string]text{
	"busy.code": {"Банк кодты тексеріп жатыр…", "Банк проверяет код…", "The bank is checking the code…"},

	"refused.code": {
		"Банк кодты қабылдамады.\nТокен келесі кодты көрсеткенін күтіп, соны енгізіңіз.\nКөмектеспесе немесе токен жоғалса, банкке қоңырау шалыңыз.",
		"Банк не принял код.\nДождитесь следующего кода на экране токена и введите его.\nЕсли не поможет или токен потерян, позвоните в банк.",
		"The bank did not accept the code.\nWait for the token to show the next code, then enter that one.\nIf that does not help, or the token is lost, call the bank.",
	},
	"refused.value": {
		"Қолтаңба мәні қате.\nMobiPass қолданбасына ПИН-код пен құжаттың кодтық санын қайта енгізіңіз.\nЖаңа мәнді осында енгізіңіз. Қатарынан үш қате мән MobiPass-ты бұғаттайды.",
		"Значение подписи неверно.\nВведите ПИН-код и кодовое число документа в приложение MobiPass заново.\nВведите здесь новое значение. Три неверных значения подряд заблокируют MobiPass.",
		"The signature value is wrong.\nEnter the PIN and the document's code number in the MobiPass application anew.\nEnter the new value here. Three wrong values in a row block MobiPass.",
	},
	"refused.blocked": {
		"Қолтаңба мәні үш рет қате болды: MobiPass бұғатталды.\nЖаңа активтендіру коды үшін банкке барыңыз немесе қоңырау шалыңыз.",
		"Значение подписи неверно в третий раз: MobiPass заблокирован.\nОбратитесь в банк за новым кодом активации.",
		"The signature value was wrong for the third time: MobiPass is blocked.\nAsk the bank for a new activation code.",
	},

	"error.code": {
		"Пайдаланушы аты мен код сәйкес келмейді.\nАтын тексеріп, токен келесі кодты көрсеткенін күтіңіз де, соны енгізіңіз.\nКөмектеспесе немесе токен жоғалса, банкке қоңырау шалыңыз.",
		"Имя пользователя и код не подходят.\nПроверьте имя, дождитесь следующего кода на экране токена и введите его.\nЕсли не поможет или токен потерян, позвоните в банк.",
		"User name and code do not fit.\nCheck the name, wait for the token to show the next code, then enter that one.\nIf that does not help, or the token is lost, call the bank.",
	},
	"error.code-wait": {
		"Қате кодтар тым көп.\nКүте тұрып, қайталаңыз: банк әзірге ешқандай кодты қарамайды.",
		"Слишком много неверных кодов.\nПодождите и повторите: пока банк не смотрит ни на один код.",
		"Too many wrong codes.\nWait, then try again: for now the bank looks at no code.",
	},
	"error.mobipass": {
		"MobiPass қолданылмайды: ол бұғатталған немесе берілмеген.\nЖаңа активтендіру коды үшін банкке барыңыз немесе қоңырау шалыңыз.",
		"MobiPass использовать нельзя: он заблокирован или не выдан.\nОбратитесь в банк за новым кодом активации.",
		"MobiPass can not be used: it is blocked, or you have none.\nAsk the bank for a new activation code.",
	},
	"error.no-number": {
		"Құжаттың бұл кодтық саны енді жарамайды.\nТапсырманы ашып, оны қайта растаңыз.",
		"Это кодовое число документа больше не действует.\nОткройте поручение и подтвердите его заново.",
		"This code number of the document is not valid any more.\nOpen the order and confirm it anew.",
	},
	"error.numbers-wait": {
		"Мәні енгізілмеген кодтық сандар тым көп.\nБерілген сандардың бірінің мәнін енгізіңіз немесе тапсырманы кілтпен растаңыз.\nКөмектеспесе, ертең қайталаңыз: жаңа сан бірінші берілгеніне бір тәулік толғанда беріледі.",
		"Слишком много кодовых чисел без значения.\nВведите значение для одного из выданных чисел или подпишите поручение ключом.\nЕсли не поможет, повторите завтра: новое число выдаётся, когда первому из них исполнятся сутки.",
		"Too many code numbers have no value yet.\nEnter the value for one of those that you were given, or sign the order with a key.\nIf that does not help, try again tomorrow: a new number is given when the first of them is a day old.",
	},
	"error.accepted": {"Бұл тапсырма бұрын қабылданған.", "Это поручение уже принято раньше.", "This order was accepted before."},

	"reason.code":    {"код қабылданбады.", "код не принят.", "the code was not accepted."},
	"reason.value":   {"MobiPass қолтаңбасының мәні қате.", "значение подписи MobiPass неверно.", "the MobiPass signature value is wrong."},
	"reason.blocked": {"MobiPass қолтаңбасының мәні үшінші рет қате, MobiPass бұғатталды.", "значение подписи MobiPass неверно в третий раз, MobiPass заблокирован.", "the MobiPass signature value is wrong for the third time, MobiPass is blocked."},
}
