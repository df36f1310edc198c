package text

// MobiPass, in the words of its user guide where it has some.
const (
	MobiSave   Key = "mobi.save"
	MobiSign   Key = "mobi.sign"
	MobiChange Key = "mobi.change"
	MobiErase  Key = "mobi.erase"
	MobiHelp   Key = "mobi.help"
	MobiNext   Key = "mobi.next"
	MobiBack   Key = "mobi.back"
	MobiExit   Key = "mobi.exit"
	MobiClose  Key = "mobi.close"
	MobiOpen   Key = "mobi.open"
	MobiClosed Key = "mobi.closed"

	MobiPINTitle   Key = "mobi.pin-title"
	MobiPINChoose  Key = "mobi.pin-choose"
	MobiPINConfirm Key = "mobi.pin-confirm"
	MobiPINSecret  Key = "mobi.pin-secret"
	MobiPINSimple  Key = "mobi.pin-simple"
	MobiPINDiffers Key = "mobi.pin-differs"
	MobiPINBad     Key = "mobi.pin-bad"

	MobiKeyTitle  Key = "mobi.key-title"
	MobiKeyWhere  Key = "mobi.key-where"
	MobiKeyFirst  Key = "mobi.key-1"
	MobiKeySecond Key = "mobi.key-2"
	MobiKeyThird  Key = "mobi.key-3"
	MobiKeyFourth Key = "mobi.key-4"
	MobiKeyPart   Key = "mobi.key-part"
	MobiKeyBad    Key = "mobi.key-bad"
	MobiRemember  Key = "mobi.remember"
	MobiPINAgain  Key = "mobi.pin-again"

	MobiPIN       Key = "mobi.pin"
	MobiNumber    Key = "mobi.number"
	MobiNumberBad Key = "mobi.number-bad"
	MobiPINForm   Key = "mobi.pin-form"
	MobiAnswer    Key = "mobi.answer"
	MobiAnswerUse Key = "mobi.answer-use"

	MobiCurrent Key = "mobi.current"
	MobiNew     Key = "mobi.new"
	MobiRepeat  Key = "mobi.repeat"
	MobiDiffers Key = "mobi.differs"
	MobiChanged Key = "mobi.changed"

	MobiEraseAsk  Key = "mobi.erase-ask"
	MobiEraseWarn Key = "mobi.erase-warn"
	MobiEraseDo   Key = "mobi.erase-do"

	MobiHelpActivate Key = "mobi.help-activate"
	MobiHelpSign     Key = "mobi.help-sign"
	MobiHelpTries    Key = "mobi.help-tries"
	MobiHelpChange   Key = "mobi.help-change"
	MobiHelpErase    Key = "mobi.help-erase"
	MobiHelpLoss     Key = "mobi.help-loss"
)

var mobi = map[Key]phrase{
	MobiSave:   {"Кілтті сақтау", "Сохранить ключ", "Save key"},
	MobiSign:   {"Қол қою", "Подписать", "Sign"},
	MobiChange: {"PIN-кодты өзгерту", "Изменить PIN-код", "Change PIN code"},
	MobiErase:  {"Кілтті жою", "Удалить ключ", "Delete key"},
	MobiHelp:   {"Анықтама", "Справка", "Help"},
	MobiNext:   {"Әрі қарай", "Далее", "Next"},
	MobiBack:   {"Артқа", "Назад", "Back"},
	MobiExit:   {"Шығу", "Выход", "Exit"},
	MobiClose:  {"Жабу", "Закрыть", "Close"},
	MobiOpen:   {"MobiPass ашу", "Запустить MobiPass", "Start MobiPass"},
	MobiClosed: {"MobiPass жабық.", "MobiPass закрыт.", "MobiPass is closed."},

	MobiPINTitle: {"PIN-кодты сақтау", "Сохранение PIN-кода", "Saving the PIN code"},
	MobiPINChoose: {
		"Mobipass қолданбасына кіруді қорғау үшін өзіңізге ыңғайлы PIN-код таңдаңыз (4 цифр):",
		"Для защиты доступа к приложению Mobipass, выберите удобный для Вас PIN-код (4 цифры):",
		"To protect the access to Mobipass, choose a PIN code that suits you (4 digits):",
	},
	MobiPINConfirm: {"PIN-кодтың мәнін растаңыз:", "Подтвердите значение PIN-кода:", "Confirm the PIN code:"},
	MobiPINSecret: {
		"PIN-кодты құпия сақтаңыз, бөгде адамдарға бермеңіз.",
		"Храните PIN-код в секрете, не передавайте его посторонним лицам.",
		"Keep the PIN code secret, do not hand it to others.",
	},
	MobiPINSimple: {
		"PIN-код ретінде қарапайым цифрлар тізбегін таңдамаңыз (мысалы, 1234, 1111, 5555 және т. б.).",
		"Не назначайте в качестве PIN-кода простые цифровые последовательности (например, 1234, 1111, 5555 и т.п.).",
		"Do not choose simple sequences of digits as the PIN code (such as 1234, 1111, 5555 and the like).",
	},
	MobiPINDiffers: {
		"Екі жолдағы PIN-код әртүрлі. Қайта енгізіңіз.",
		"Значения PIN-кода в двух полях различаются. Введите их снова.",
		"The PIN codes in the two fields differ. Enter them again.",
	},
	MobiPINBad: {
		"PIN-код дәл 4 цифрдан тұруы керек және 1234, 1111, 5555 сияқты қарапайым тізбек болмауы керек.",
		"PIN-код должен состоять ровно из 4 цифр и не быть простой последовательностью вроде 1234, 1111, 5555.",
		"The PIN code must have exactly 4 digits, and not be a simple sequence such as 1234, 1111, 5555.",
	},

	MobiKeyTitle: {"Кілтті сақтау", "Сохранение ключа", "Saving the key"},
	MobiKeyWhere: {
		"Құпия кілттің бөліктері «Код активации Mobipass» конвертінің ішінде.",
		"Части секретного ключа находятся внутри конверта «Код активации Mobipass».",
		"The parts of the secret key are inside the envelope \"Код активации Mobipass\".",
	},
	MobiKeyFirst:  {"Қолданбаны іске қосу кодының бірінші бөлігін енгізіңіз:", "Введите первую часть кода активации приложения:", "Enter the first part of the activation code:"},
	MobiKeySecond: {"Қолданбаны іске қосу кодының екінші бөлігін енгізіңіз:", "Введите вторую часть кода активации приложения:", "Enter the second part of the activation code:"},
	MobiKeyThird:  {"Қолданбаны іске қосу кодының үшінші бөлігін енгізіңіз:", "Введите третью часть кода активации приложения:", "Enter the third part of the activation code:"},
	MobiKeyFourth: {"Қолданбаны іске қосу кодының төртінші бөлігін енгізіңіз:", "Введите четвертую часть кода активации приложения:", "Enter the fourth part of the activation code:"},
	MobiKeyPart:   {"Қолданбаны іске қосу кодының %d-бөлігін енгізіңіз:", "Введите часть %d кода активации приложения:", "Enter part %d of the activation code:"},
	MobiKeyBad: {
		"Іске қосу кодының %d-бөлігі дұрыс енгізілмеген. Конвертпен салыстырып, осы бөлікті қайта енгізіңіз.",
		"Часть %d кода активации введена неверно. Сверьте её с конвертом и введите снова.",
		"Part %d of the activation code is wrong. Compare it with the envelope and enter it again.",
	},
	MobiRemember: {
		"PIN-кодты есте сақтаңыз: ол Mobipass қолданбасымен құжаттарға қол қойғанда керек болады.",
		"Запомните PIN-код, будет использоваться при подписи документов приложением Mobipass.",
		"Remember the PIN code: it is used when documents are signed with Mobipass.",
	},
	MobiPINAgain: {
		"Таңдалған PIN-код ұмытылды, себебі терезе жабылды немесе екі минут ештеңе енгізілмеді. Артқа қайтып, басынан бастаңыз.",
		"Выбранный PIN-код забыт: окно было закрыто или две минуты ничего не вводилось. Вернитесь и начните сначала.",
		"The chosen PIN code was forgotten, as the window was closed or nothing was entered for two minutes. Go back and begin again.",
	},

	MobiPIN:    {"PIN-код:", "PIN-код:", "PIN code:"},
	MobiNumber: {"Құжаттың кодтық саны:", "Кодовое число документа:", "Code number of the document:"},
	MobiNumberBad: {
		"Құжаттың кодтық саны 6 цифрдан тұрады, біріншісі 0 емес. Банк бетімен салыстырыңыз.",
		"Кодовое число документа состоит из 6 цифр, первая не 0. Сверьте его со страницей банка.",
		"The code number has 6 digits, the first of which is not 0. Compare it with the bank's page.",
	},
	MobiPINForm: {"PIN-код 4 цифрдан тұрады.", "PIN-код состоит из 4 цифр.", "The PIN code has 4 digits."},
	MobiAnswer:  {"Жауап кодтық саны", "Ответное кодовое число", "Answer number"},
	MobiAnswerUse: {
		"Осы мәнді банк бетіне енгізіңіз. PIN-кодтан қателессеңіз, мән дұрыс есептелмейді: банк оны қабылдамаса, PIN-кодты қайта енгізіп, құжатқа қайта қол қойыңыз. Үш қате әрекеттен кейін банк MobiPass-ты бұғаттайды.",
		"Введите это значение на странице банка. Если Вы ошиблись при вводе PIN-кода, значение рассчитано неверно: если банк его не примет, введите PIN-код заново и подпишите документ снова. После трех неправильных попыток MobiPass будет заблокирован.",
		"Enter this value on the bank's page. If the PIN code was mistyped, the value is wrong: if the bank refuses it, enter the PIN code again and sign again. After three wrong tries the bank blocks MobiPass.",
	},

	MobiCurrent: {"Ағымдағы PIN-код:", "Текущий PIN-код:", "Current PIN code:"},
	MobiNew:     {"Жаңа PIN-код (4 цифр):", "Новый PIN-код (4 цифры):", "New PIN code (4 digits):"},
	MobiRepeat:  {"Жаңа PIN-кодты растаңыз:", "Повторно введите новый PIN-код:", "Enter the new PIN code once more:"},
	MobiDiffers: {
		"Сіз қателестіңіз. PIN-кодты қайта енгізу керек.",
		"Вы ошиблись. Необходимо повторить ввод PIN-кода.",
		"You were mistaken. Enter the PIN code again.",
	},
	MobiChanged: {"PIN-код сәтті өзгертілді.", "Изменение PIN-кода успешно проведено.", "The PIN code was changed."},

	MobiEraseAsk: {"Кілтті жою керек пе?", "Удалить ключ?", "Delete the key?"},
	MobiEraseWarn: {
		"Кілт осы компьютерден біржола жойылады. MobiPass-ты қайта пайдалану үшін банктен жаңа конверт керек болады.",
		"Ключ будет удалён с этого компьютера навсегда. Чтобы снова пользоваться MobiPass, понадобится новый конверт банка.",
		"The key is deleted from this computer for good. To use MobiPass again you need a new envelope from the bank.",
	},
	MobiEraseDo: {"Жою", "Удалить", "Delete"},

	MobiHelpActivate: {
		"Іске қосу. «Кілтті сақтау» тармағын таңдаңыз, PIN-код ойлап табыңыз да, конверттегі іске қосу кодының бөліктерін енгізіңіз.",
		"Активация. Выберите «Сохранить ключ», придумайте PIN-код и введите части кода активации из конверта.",
		"Activation. Choose \"Save key\", think of a PIN code, and enter the parts of the activation code from the envelope.",
	},
	MobiHelpSign: {
		"Қол қою. Банк беті құжаттың кодтық санын көрсетеді. «Қол қою» тармағын таңдап, PIN-код пен осы санды енгізіңіз, жауап санын банк бетіне көшіріңіз.",
		"Подпись. Страница банка покажет кодовое число документа. Выберите «Подписать», введите PIN-код и это число, а ответное число — на странице банка.",
		"Signing. The bank's page shows the document's code number. Choose \"Sign\", enter the PIN code and that number, and the answer on the bank's page.",
	},
	MobiHelpTries: {
		"Үш қате әрекет. Қате PIN-код туралы MobiPass ештеңе айтпайды: жауап жай ғана қате шығады. Үш қате мәннен кейін банк MobiPass-ты бұғаттайды; оны тек банктің жаңа конверті қайтарады.",
		"Три неверные попытки. О неверном PIN-коде MobiPass не сообщает: ответ просто будет неверным. После трёх неверных значений банк блокирует MobiPass; вернуть его может только новый конверт банка.",
		"Three wrong tries. MobiPass says nothing about a wrong PIN code: the answer is simply wrong. After three wrong values the bank blocks MobiPass; only a new envelope brings it back.",
	},
	MobiHelpChange: {
		"PIN-кодты өзгерту. Ағымдағы PIN-код қате енгізілсе де, қолданба жалғаса береді, бірақ содан кейін бірде-бір PIN-код дұрыс жауап бермейді: кілт жоғалады. Банк жауаптарды қабылдамаса, жаңа конверт сұрап, MobiPass-ты қайта іске қосыңыз.",
		"Изменение PIN-кода. Если текущий PIN-код введён неверно, приложение всё равно продолжит, но после этого ни один PIN-код не даст верных ответов: ключ потерян. Если банк не принимает ответы, попросите новый конверт и активируйте MobiPass заново.",
		"Change of the PIN code. With a wrong current PIN code the application goes on all the same, but from then on no PIN code gives right answers: the key is lost. If the bank refuses the answers, ask for a new envelope and activate MobiPass again.",
	},
	MobiHelpErase: {
		"Жаңа кілтті ескісі жойылғаннан кейін ғана сақтауға болады: «Кілтті жою» тармағы.",
		"Новый ключ можно сохранить только после удаления старого: пункт «Удалить ключ».",
		"A new key can be saved only after the old one was deleted: \"Delete key\".",
	},
	MobiHelpLoss: {
		"Жоғалту. PIN-код қорғаса да, компьютер жоғалса немесе ұрланса, MobiPass-ты бұғаттау үшін карта ұстаушыларды тәулік бойы қолдау қызметіне міндетті түрде хабарласыңыз.",
		"Утрата. Несмотря на защиту PIN-кодом, в случае утраты компьютера обязательно обратитесь в Круглосуточную службу поддержки держателей банковских карт для блокировки MobiPass.",
		"Loss. In spite of the PIN code, if this computer is lost or stolen, call the round-the-clock support of card holders to have MobiPass blocked.",
	},
}
