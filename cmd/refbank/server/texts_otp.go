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

	"clock.title":  {"Банкті токеннің сағатына келтіру", "Настроить банк на часы токена", "Set the bank to the token's clock"},
	"clock.first":  {"Токен көрсеткен код", "Код на экране токена", "Code that the token shows"},
	"clock.second": {"Содан кейінгі код", "Код, следующий за ним", "The code right after it"},
	"clock.hint": {
		"Алдымен компьютердің сағатын түзетіңіз. Бұл көмектеспесе ғана бір кодты енгізіп, токен келесісін көрсеткенін күтіңіз де, оны да енгізіп, бірден жіберіңіз. Бұл кодтар тапсырманы растамайды.",
		"Сначала выставьте часы компьютера. Только если это не помогло, введите код, дождитесь следующего на экране токена, введите и его и сразу отправьте. Эти коды не подтверждают поручение.",
		"Set the computer's clock first. Only if that did not help, enter a code, wait for the token to show the next one, enter that too, and send both at once. These codes confirm no order.",
	},
	"clock.button": {"Екі кодты жіберу", "Отправить два кода", "Send the two codes"},

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
		"Банк кодты қабылдамады.\nТокен келесі кодты көрсеткенін күтіп, соны енгізіңіз.\nТокен компьютердегі бағдарлама болса, ол компьютердің сағатымен жүреді: күнін, уақытын және уақыт белдеуін тексеріңіз.\nКөмектеспесе немесе токен жоғалса, банкке қоңырау шалыңыз.",
		"Банк не принял код.\nДождитесь следующего кода на экране токена и введите его.\nТокен-программа идёт по часам компьютера: проверьте дату, время и часовой пояс.\nЕсли не поможет или токен потерян, позвоните в банк.",
		"The bank did not accept the code.\nWait for the token to show the next code, then enter that one.\nA token that is a program goes by the computer's clock: check its date, time and time zone.\nIf that does not help, or the token is lost, call the bank.",
	},
	"refused.clock-ahead": {
		"Банк кодты қабылдамады: кодқа қарағанда, токеннің сағаты {time} алда.\nТокен осы компьютердегі бағдарлама болса, компьютердің сағатын түзетіңіз: күнін, уақытын және уақыт белдеуін.\nТокен келесі кодты көрсеткенін күтіп, соны енгізіңіз.\nСағат сол күйінде қалса, банкті оған екі кодпен келтіруге болады: кілтпен кірсеңіз, осы бетте, әйтпесе банкке қоңырау шалыңыз.",
		"Банк не принял код: судя по нему, часы токена спешат на {time}.\nЕсли токен — программа на этом компьютере, выставьте часы компьютера: дату, время и часовой пояс.\nДождитесь следующего кода на экране токена и введите его.\nЕсли часы остаются как есть, банк можно настроить на них по двум кодам: на этой странице, если вы вошли с ключом, иначе позвоните в банк.",
		"The bank did not accept the code: by it, the token's clock is {time} ahead.\nIf the token is a program on this computer, set the computer's clock: date, time and time zone.\nWait for the token to show the next code, then enter that one.\nIf the clock stays as it is, the bank can be set to it by two codes: on this page if you logged in with your key, otherwise call the bank.",
	},
	"refused.clock-behind": {
		"Банк кодты қабылдамады: код {time} бұрынғы, немесе токеннің сағаты сонша артта.\nТокен келесі кодты көрсетісімен, соны енгізіңіз.\nКөмектеспесе және токен осы компьютердегі бағдарлама болса, компьютердің сағатын түзетіңіз: күнін, уақытын және уақыт белдеуін.\nСағат сол күйінде қалса, банкті оған екі кодпен келтіруге болады: кілтпен кірсеңіз, осы бетте, әйтпесе банкке қоңырау шалыңыз.",
		"Банк не принял код: он опоздал на {time}, или на столько отстают часы токена.\nВведите следующий код сразу, как только токен его покажет.\nЕсли не поможет, а токен — программа на этом компьютере, выставьте часы компьютера: дату, время и часовой пояс.\nЕсли часы остаются как есть, банк можно настроить на них по двум кодам: на этой странице, если вы вошли с ключом, иначе позвоните в банк.",
		"The bank did not accept the code: it came {time} late, or the token's clock is so far behind.\nEnter the next code as soon as the token shows it.\nIf that does not help, and the token is a program on this computer, set the computer's clock: date, time and time zone.\nIf the clock stays as it is, the bank can be set to it by two codes: on this page if you logged in with your key, otherwise call the bank.",
	},
	"refused.clock-right": {
		"Банк кодты қабылдамады: токеннің сағаты дұрыс, бірақ банк бұрынғы қате сағатқа келтірілген.\nБанкті екі кодпен қайта келтіруге болады: кілтпен кірсеңіз, осы бетте, әйтпесе банкке қоңырау шалыңыз.",
		"Банк не принял код: часы токена верны, но банк настроен на прежние, неверные.\nБанк можно настроить заново по двум кодам: на этой странице, если вы вошли с ключом, иначе позвоните в банк.",
		"The bank did not accept the code: the token's clock is right, but the bank is set to how wrong it was before.\nThe bank can be set anew by two codes: on this page if you logged in with your key, otherwise call the bank.",
	},
	"refused.computer-ahead": {
		"Код қабылданбады, ал осы компьютердің сағаты банк сағатынан {time} алда.\nКомпьютердің сағатын түзетіңіз: күнін, уақытын және уақыт белдеуін.\nТокен келесі кодты көрсеткенін күтіп, соны енгізіңіз.\nКөмектеспесе немесе токен жоғалса, банкке қоңырау шалыңыз.",
		"Код не принят, а часы этого компьютера спешат против часов банка на {time}.\nВыставьте часы компьютера: дату, время и часовой пояс.\nДождитесь следующего кода на экране токена и введите его.\nЕсли не поможет или токен потерян, позвоните в банк.",
		"The code was not accepted, and the clock of this computer is {time} ahead of the bank's.\nSet the computer's clock: date, time and time zone.\nWait for the token to show the next code, then enter that one.\nIf that does not help, or the token is lost, call the bank.",
	},
	"refused.computer-behind": {
		"Код қабылданбады, ал осы компьютердің сағаты банк сағатынан {time} артта.\nКомпьютердің сағатын түзетіңіз: күнін, уақытын және уақыт белдеуін.\nТокен келесі кодты көрсеткенін күтіп, соны енгізіңіз.\nКөмектеспесе немесе токен жоғалса, банкке қоңырау шалыңыз.",
		"Код не принят, а часы этого компьютера отстают от часов банка на {time}.\nВыставьте часы компьютера: дату, время и часовой пояс.\nДождитесь следующего кода на экране токена и введите его.\nЕсли не поможет или токен потерян, позвоните в банк.",
		"The code was not accepted, and the clock of this computer is {time} behind the bank's.\nSet the computer's clock: date, time and time zone.\nWait for the token to show the next code, then enter that one.\nIf that does not help, or the token is lost, call the bank.",
	},
	"done.clock-ahead": {
		"Енді банк токеніңіздің сағатымен жүреді: ол {time} алда.\nТокен келесі кодты көрсеткенін күтіп, тапсырманы сонымен растаңыз.",
		"Теперь банк идёт по часам вашего токена: они спешат на {time}.\nДождитесь следующего кода на экране токена и подтвердите им поручение.",
		"The bank goes by your token's clock from now on: it is {time} ahead.\nWait for the token to show the next code, and confirm the order with it.",
	},
	"done.clock-behind": {
		"Енді банк токеніңіздің сағатымен жүреді: ол {time} артта.\nТокен келесі кодты көрсеткенін күтіп, тапсырманы сонымен растаңыз.",
		"Теперь банк идёт по часам вашего токена: они отстают на {time}.\nДождитесь следующего кода на экране токена и подтвердите им поручение.",
		"The bank goes by your token's clock from now on: it is {time} behind.\nWait for the token to show the next code, and confirm the order with it.",
	},
	"done.clock-right": {
		"Енді банк токеніңіздің сағатымен жүреді: ол дұрыс.\nТокен келесі кодты көрсеткенін күтіп, тапсырманы сонымен растаңыз.",
		"Теперь банк идёт по часам вашего токена: они верны.\nДождитесь следующего кода на экране токена и подтвердите им поручение.",
		"The bank goes by your token's clock from now on: it is right.\nWait for the token to show the next code, and confirm the order with it.",
	},
	// The forms of a number, as browsers name them (Intl.PluralRules).
	"minutes.one":   {"{n} минут", "{n} минуту", "{n} minute"},
	"minutes.few":   {"{n} минут", "{n} минуты", "{n} minutes"},
	"minutes.many":  {"{n} минут", "{n} минут", "{n} minutes"},
	"minutes.other": {"{n} минут", "{n} минуты", "{n} minutes"},

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
		"Пайдаланушы аты мен код сәйкес келмейді.\nАтын тексеріп, токен келесі кодты көрсеткенін күтіңіз де, соны енгізіңіз.\nТокен компьютердегі бағдарлама болса, ол компьютердің сағатымен жүреді: күнін, уақытын және уақыт белдеуін тексеріңіз.\nКөмектеспесе немесе токен жоғалса, банкке қоңырау шалыңыз.",
		"Имя пользователя и код не подходят.\nПроверьте имя, дождитесь следующего кода на экране токена и введите его.\nТокен-программа идёт по часам компьютера: проверьте дату, время и часовой пояс.\nЕсли не поможет или токен потерян, позвоните в банк.",
		"User name and code do not fit.\nCheck the name, wait for the token to show the next code, then enter that one.\nA token that is a program goes by the computer's clock: check its date, time and time zone.\nIf that does not help, or the token is lost, call the bank.",
	},
	"error.clock-codes": {
		"Екі код сәйкес келмейді.\nБір кодты енгізіп, токен келесісін көрсеткенін күтіңіз, оны да енгізіп, бірден жіберіңіз.\nКөмектеспесе, банкке қоңырау шалыңыз.",
		"Два кода не подходят.\nВведите код, дождитесь следующего на экране токена, введите и его и сразу отправьте.\nЕсли не поможет, позвоните в банк.",
		"The two codes do not fit.\nEnter a code, wait for the token to show the next one, enter that too, and send both at once.\nIf that does not help, call the bank.",
	},
	"error.clock-key": {
		"Банкті токеннің сағатына кілтпен кірген адам ғана келтіре алады.\nКілтпен кіріп, қайталаңыз немесе банкке қоңырау шалыңыз.",
		"Настроить банк на часы токена может только тот, кто вошёл с ключом.\nВойдите с ключом и повторите или позвоните в банк.",
		"Only somebody who logged in with a key can set the bank to the token's clock.\nLog in with your key and try again, or call the bank.",
	},
	"error.code-wait": {
		"Қате кодтар тым көп.\nКүте тұрып, қайталаңыз: банк әзірге ешқандай кодты қарамайды.",
		"Слишком много неверных кодов.\nПодождите и повторите: пока банк не смотрит ни на один код.",
		"Too many wrong codes.\nWait, then try again: for now the bank looks at no code.",
	},
	"error.mobipass": {
		"MobiPass қолданылмайды: ол бұғатталған немесе берілмеген.\nЖаңа активтендіру коды үшін банкке барыңыз немесе қоңырау шалыңыз.",
		"MobiPass использовать нельзя: он заблокирован или не выдан.\nОбратитесь в банк за новым кодом активации.",
		"MobiPass cannot be used: it is blocked, or you have none.\nAsk the bank for a new activation code.",
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
	"reason.clock":   {"код басқа уақыттікі: ол кеш енгізілді немесе токеннің сағаты қате.", "код другого времени: он введён поздно или часы токена неверны.", "the code is of another time: it was entered late, or the token's clock is wrong."},
	"reason.value":   {"MobiPass қолтаңбасының мәні қате.", "значение подписи MobiPass неверно.", "the MobiPass signature value is wrong."},
	"reason.blocked": {"MobiPass қолтаңбасының мәні үшінші рет қате, MobiPass бұғатталды.", "значение подписи MobiPass неверно в третий раз, MobiPass заблокирован.", "the MobiPass signature value is wrong for the third time, MobiPass is blocked."},
}
