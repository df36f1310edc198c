package text

import (
	"time"

	"qoltanba/agent/otp"
)

// The SpectraNet token. What its display shows is the same in every language.
const (
	SpectraKeys   Key = "spectra.keys"
	SpectraOn     Key = "spectra.on"
	SpectraOffDo  Key = "spectra.off-do"
	SpectraChange Key = "spectra.change"
	SpectraBack   Key = "spectra.back"
	SpectraFront  Key = "spectra.front"
	SpectraLeft   Key = "spectra.left"
	SpectraStart  Key = "spectra.start"
	SpectraNumber Key = "spectra.number"
	SpectraClock  Key = "spectra.clock"

	SpectraHelpUse    Key = "spectra.help-use"
	SpectraHelpPIN    Key = "spectra.help-pin"
	SpectraHelpLock   Key = "spectra.help-lock"
	SpectraHelpUnlock Key = "spectra.help-unlock"
	SpectraHelpDefect Key = "spectra.help-defect"
	SpectraHelpLoss   Key = "spectra.help-loss"
)

// spectraHints name the sentence about each screen.
var spectraHints = map[otp.SpectraScreen]Key{
	otp.SpectraOff:        "spectra.hint.off",
	otp.SpectraPIN:        "spectra.hint.pin",
	otp.SpectraFail:       "spectra.hint.fail",
	otp.SpectraCode:       "spectra.hint.code",
	otp.SpectraNewPIN:     "spectra.hint.new-pin",
	otp.SpectraConfirm:    "spectra.hint.confirm",
	otp.SpectraChanged:    "spectra.hint.changed",
	otp.SpectraLockNumber: "spectra.hint.lock-number",
	otp.SpectraUnlock:     "spectra.hint.unlock",
	otp.SpectraUnlockFail: "spectra.hint.unlock-fail",
}

// Spectra says what to do at a screen of the SpectraNet token. last tells that the
// third wrong entry in a row was made.
func (l Lang) Spectra(s otp.SpectraScreen, last bool) string {
	k := spectraHints[s]
	if last && (s == otp.SpectraFail || s == otp.SpectraUnlockFail) {
		k += "-last"
	}
	return l.T(k)
}

// Refused says what it mostly means that the bank refuses a code, and what the computer's
// clock shows.
func (l Lang) Refused(now time.Time) string {
	return l.T(SpectraClock, l.T(GeneratorLocal, now.Format(time.DateTime), now.Format("MST -07:00")))
}

var spectra = map[Key]phrase{
	SpectraKeys: {
		"Пернетақта: 0–9 – цифрлар; Бос орын немесе Backspace – түйме (ұстап тұру – 2 секунд); P – қосу және өшіру.",
		"Клавиатура: 0–9 — цифры; пробел или Backspace — кнопка (удержание — 2 секунды); P — включить и выключить.",
		"Keyboard: 0–9 are the digits; Space or Backspace is the button (hold it for 2 seconds); P switches on and off.",
	},
	SpectraOn:     {"Қосу", "Включить", "Switch on"},
	SpectraOffDo:  {"Өшіру", "Выключить", "Switch off"},
	SpectraChange: {"PIN өзгерту", "Изменить PIN", "Change PIN"},
	SpectraBack:   {"Артқы жағы", "Обратная сторона", "Turn over"},
	SpectraFront:  {"Алдыңғы жағы", "Лицевая сторона", "Turn back"},
	SpectraLeft:   {"Келесі кодқа дейін: %d с", "До следующего кода: %d с", "Next code in %d s"},
	SpectraStart: {
		"Бастапқы PIN әлі өзгертілмеген. Оны міндетті түрде өзгертіңіз!",
		"Начальный PIN ещё не изменён. Обязательно измените его!",
		"The start PIN is still set. Change it in any case!",
	},
	SpectraClock: {
		"Банк кодты қабылдамаса, көбіне осы компьютердің сағаты қате. Ол қазір мынаны көрсетіп тұр: %s.",
		"Если банк не принимает код, чаще всего неверны часы этого компьютера. Сейчас они показывают: %s.",
		"If the bank refuses a code, mostly the clock of this computer is wrong. It shows: %s.",
	},
	SpectraNumber: {"Токеннің сериялық нөмірі", "Серийный номер токена", "Serial number of the token"},

	"spectra.hint.off": {
		"Токен өшірулі. Түймені басып қосыңыз.",
		"Токен выключен. Включите его кнопкой.",
		"The token is off. Switch it on with the button.",
	},
	"spectra.hint.pin": {
		"PIN-ді енгізіңіз: төрт цифр. Қателессеңіз, түймені басып, басынан енгізіңіз.",
		"Введите PIN: четыре цифры. Ошиблись — нажмите кнопку и введите с начала.",
		"Enter the PIN: four digits. After a slip press the button and begin again.",
	},
	"spectra.hint.fail": {
		"PIN қате. Түймені басып, қайта енгізіңіз. Қатарынан үш қате PIN токенді құлыптайды.",
		"PIN неверен. Нажмите кнопку и введите снова. Три неверных PIN подряд блокируют токен.",
		"The PIN was wrong. Press the button and enter it again. Three wrong PINs in a row lock the token.",
	},
	"spectra.hint.fail-last": {
		"Токен құлыпталды. Банктің телефон қызметіне қоңырау шалыңыз немесе ең жақын бөлімшеге барыңыз. Токенді өшіріп, қайта қоссаңыз, құлып нөмірі көрінеді.",
		"Токен заблокирован. Позвоните в телефонный банк или придите в ближайшее отделение. Выключите и включите токен: он покажет номер блокировки.",
		"The token is locked. Call the telephone bank or visit the nearest branch. Switch the token off and on: it shows the lock number.",
	},
	"spectra.hint.code": {
		"Бұл кодты банк бетіне енгізіңіз. Оны бір рет қана пайдалануға болады. PIN өзгерту үшін түймені 2–3 секунд ұстап тұрыңыз.",
		"Введите этот код на странице банка. Он годится один раз. Чтобы изменить PIN, удерживайте кнопку 2–3 секунды.",
		"Enter this code at the bank. It can be used once. To change the PIN, hold the button for 2 to 3 seconds.",
	},
	"spectra.hint.new-pin": {
		"Жаңа PIN енгізіңіз: төрт цифр, 1111 немесе 1234 сияқты емес.",
		"Введите новый PIN: четыре цифры, не такие, как 1111 или 1234.",
		"Enter the new PIN: four digits, not such as 1111 or 1234.",
	},
	"spectra.hint.confirm": {
		"Жаңа PIN-ді тағы бір рет енгізіңіз.",
		"Введите новый PIN ещё раз.",
		"Enter the new PIN once more.",
	},
	"spectra.hint.changed": {
		"Жаңа PIN қабылданды. Код алу үшін түймені басыңыз.",
		"Новый PIN принят. Нажмите кнопку, чтобы увидеть код.",
		"The new PIN is accepted. Press the button to see a code.",
	},
	"spectra.hint.lock-number": {
		"Токен құлыптаулы. Осы 7 цифрлы нөмірді банк қызметкеріне айтыңыз: ол 8 цифрлы код береді. Содан кейін түймені басыңыз.",
		"Токен заблокирован. Назовите этот номер из 7 цифр сотруднику банка: он сообщит код из 8 цифр. Затем нажмите кнопку.",
		"The token is locked. Tell this number of 7 digits to the bank's clerk, who gives you a code of 8 digits. Then press the button.",
	},
	"spectra.hint.unlock": {
		"Банк айтқан 8 цифрлы кодты енгізіңіз. Қателессеңіз, түймені басыңыз.",
		"Введите код из 8 цифр, который сообщил банк. Ошиблись — нажмите кнопку.",
		"Enter the code of 8 digits that the bank told you. After a slip press the button.",
	},
	"spectra.hint.unlock-fail": {
		"Код қате. Түймені басып, қайта енгізіңіз.",
		"Код неверен. Нажмите кнопку и введите снова.",
		"The code was wrong. Press the button and enter it again.",
	},
	"spectra.hint.unlock-fail-last": {
		"Үшінші код та қате. Түймені басыңыз: жаңа нөмір шығады, оған банк жаңа код береді.",
		"Неверен и третий код. Нажмите кнопку: появится новый номер, для него банк сообщит новый код.",
		"The third code was wrong as well. Press the button: there is a new number, for which the bank gives you a new code.",
	},

	SpectraHelpUse: {
		"Код. Токенді қосып, PIN енгізіңіз. Алты цифрлы код шамамен 30 секунд жарамды және бір рет қана пайдаланылады: жүйеге кіруге бір код, әр тапсырмаға бөлек код. Екі минут ештеңе басылмаса, токен өзі өшеді.",
		"Код. Включите токен и введите PIN. Код из шести цифр действует около 30 секунд и годится один раз: один код для входа и отдельный для каждого поручения. Через две минуты без нажатий токен выключается сам.",
		"Code. Switch the token on and enter the PIN. The code of six digits is valid for about 30 seconds and can be used once: one for the login, and another for every order. After two minutes without a key the token switches itself off.",
	},
	SpectraHelpPIN: {
		"PIN. Код көрініп тұрғанда түймені 2–3 секунд ұстап тұрыңыз. NEW PIN шыққанда жаңа PIN-ді, PIN-CONF шыққанда оны қайта енгізіңіз. NEW-PIN-CONF жаңа PIN қабылданғанын білдіреді. Бастапқы PIN-ді міндетті түрде өзгертіңіз.",
		"PIN. Когда виден код, удерживайте кнопку 2–3 секунды. При NEW PIN введите новый PIN, при PIN-CONF — ещё раз. NEW-PIN-CONF значит, что новый PIN принят. Начальный PIN измените обязательно.",
		"PIN. While a code is shown, hold the button for 2 to 3 seconds. At NEW PIN enter the new one, at PIN-CONF once more. NEW-PIN-CONF says that it is accepted. Change the start PIN in any case.",
	},
	SpectraHelpLock: {
		"Құлып. Қате PIN FAIL1, FAIL2, FAIL3 деп саналады: токенді өшіру санауды тоқтатпайды. FAIL3-тен кейін токен құлыпталады; өшіріп қоссаңыз, LOCK PIN және 7 цифрлы нөмір шығады.",
		"Блокировка. Неверные PIN считаются: FAIL1, FAIL2, FAIL3; выключение счёт не обнуляет. После FAIL3 токен заблокирован; выключите и включите его — появятся LOCK PIN и номер из 7 цифр.",
		"Lock. Wrong PINs are counted as FAIL1, FAIL2, FAIL3, and switching off does not end the count. After FAIL3 the token is locked; switched off and on it shows LOCK PIN and a number of 7 digits.",
	},
	SpectraHelpUnlock: {
		"Құлыпты ашу. Телефон банкінің сәйкестендіру коды болса, банкке қоңырау шалыңыз; болмаса, ең жақын бөлімшеге барыңыз. Нөмірді айтыңыз, түймені басыңыз, алған 8 цифрлы кодты, содан кейін жаңа PIN енгізіңіз.",
		"Разблокировка. Если у вас есть код для телефонного банка, позвоните; если нет — придите в ближайшее отделение. Назовите номер, нажмите кнопку, введите полученный код из 8 цифр, затем новый PIN.",
		"Unlocking. If you have an identification code for the telephone bank, call it; if not, visit the nearest branch. Tell the number, press the button, enter the code of 8 digits that you get, and then a new PIN.",
	},
	SpectraHelpDefect: {
		"Ақау. Токен істемесе немесе қосылмаса, жаңасын алу үшін банк бөлімшесіне барыңыз.",
		"Неисправность. Если токен не работает или не включается, придите в отделение банка за новым.",
		"Defect. If the token does not work or cannot be switched on, visit a branch of the bank for a new one.",
	},
	SpectraHelpLoss: {
		"Жоғалту және ұрлық. Компьютер ұрланса немесе жоғалса, бірден банктің телефон қызметіне немесе бөлімшеге хабарлаңыз: банк токенді сол сәтте бұғаттайды.",
		"Потеря и кража. Если компьютер украден или потерян, сразу сообщите в телефонный банк или в отделение: банк тут же заблокирует токен.",
		"Loss and theft. If this computer was stolen or lost, report it at once by telephone bank or in a branch: the bank blocks the token immediately.",
	},
}
