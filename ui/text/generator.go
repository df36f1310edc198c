package text

import (
	"errors"

	"qoltanba/agent"
)

// The window of the code generators. It speaks German too (generatorgerman.go), as
// the instructions of the SpectraNet token do.
const (
	GeneratorTitle    Key = "generator.title"
	GeneratorSpeech   Key = "generator.language"
	GeneratorNone     Key = "generator.none"
	GeneratorNoneHint Key = "generator.none-hint"
	GeneratorHelp     Key = "generator.help"
	GeneratorSafety   Key = "generator.safety"

	GeneratorAdd       Key = "generator.add"
	GeneratorAddTitle  Key = "generator.add-title"
	GeneratorFile      Key = "generator.file"
	GeneratorFileHint  Key = "generator.file-hint"
	GeneratorTyped     Key = "generator.typed"
	GeneratorTypedHint Key = "generator.typed-hint"
	GeneratorMobi      Key = "generator.mobi"
	GeneratorMobiHint  Key = "generator.mobi-hint"
	GeneratorName      Key = "generator.name"
	GeneratorPath      Key = "generator.path"
	GeneratorPassword  Key = "generator.password"
	GeneratorKey       Key = "generator.key"
	GeneratorSerial    Key = "generator.serial"
	GeneratorStart     Key = "generator.start"
	GeneratorOptional  Key = "generator.optional"
	GeneratorAddress   Key = "generator.address"
	GeneratorLeave     Key = "generator.leave"
	GeneratorAddDo     Key = "generator.add-do"

	GeneratorRename      Key = "generator.rename"
	GeneratorRemove      Key = "generator.remove"
	GeneratorRemoveAsk   Key = "generator.remove-ask"
	GeneratorRemoveWarn  Key = "generator.remove-warn"
	GeneratorRemoveTick  Key = "generator.remove-tick"
	GeneratorRemoveFirst Key = "generator.remove-first"
	GeneratorRemoveDo    Key = "generator.remove-do"

	GeneratorWorking Key = "generator.working"

	GeneratorVault  Key = "generator.error.vault"
	GeneratorRetry  Key = "generator.retry"
	GeneratorBank   Key = "generator.bank"
	GeneratorCopy   Key = "generator.copy"
	GeneratorCopied Key = "generator.copied"
	GeneratorClock  Key = "generator.clock"
	GeneratorLocal  Key = "generator.local"
	GeneratorUTC    Key = "generator.utc"
	GeneratorPhones Key = "generator.phones"
	GeneratorNumber Key = "generator.no-phones"

	SafetyTitle  Key = "safety.title"
	SafetyDoes   Key = "safety.does"
	SafetySealed Key = "safety.sealed"
	SafetyTries  Key = "safety.tries"
	SafetyBlind  Key = "safety.blind"
	SafetyNot    Key = "safety.not"
	SafetyGuess  Key = "safety.guess"
	SafetyOlder  Key = "safety.older"
	SafetyWatch  Key = "safety.watch"
	SafetyEqual  Key = "safety.equal"
	SafetyDo     Key = "safety.do"
)

// GeneratorError is what a person is told when something with a code generator did
// not work. Errors whose general words are about sites and signatures have words of their
// own here, "generator.error." and the name.
func (l Lang) GeneratorError(err error) string {
	own := Key("generator.error." + agent.ErrorName(err))
	if said := l.T(own); said != string(own) {
		return said
	}
	sentence, hint := l.Error(err)
	return sentence + " " + hint
}

// GeneratorProblem is GeneratorError for the name of an error.
func (l Lang) GeneratorProblem(name string) string {
	if err := agent.ErrorNamed(name); err != nil {
		return l.GeneratorError(err)
	}
	return l.GeneratorError(errors.New(name))
}

var generator = map[Key]phrase{
	GeneratorTitle: {"Qoltanba — Код генераторлары", "Qoltanba — Генераторы кодов", "Qoltanba — Code generators"},
	GeneratorSpeech: {
		"Тіл",
		"Язык",
		"Language",
	},
	GeneratorNone: {
		"Мұнда әзірге код генераторы жоқ.",
		"Здесь пока нет генератора кодов.",
		"There is no code generator here yet.",
	},
	GeneratorNoneHint: {
		"Банк берген генераторды қосыңыз: SpectraNet токенін немесе MobiPass қолданбасын.",
		"Добавьте тот, который дал вам банк: токен SpectraNet или MobiPass.",
		"Add the one that your bank gave you: a SpectraNet token or MobiPass.",
	},
	GeneratorHelp:   {"Анықтама", "Справка", "Help"},
	GeneratorSafety: {"Қауіпсіздік", "Безопасность", "Safety"},

	GeneratorAdd:      {"Қосу…", "Добавить…", "Add…"},
	GeneratorAddTitle: {"Код генераторын қосу", "Добавить генератор кодов", "Add a code generator"},
	GeneratorFile:     {"SpectraNet: файлдан…", "SpectraNet: из файла…", "SpectraNet: from a file…"},
	GeneratorFileHint: {
		"Банк берген PSKC файлы (.xml, .pskc) немесе QR коды бар сурет (.png, .jpg).",
		"Файл PSKC от банка (.xml, .pskc) или картинка с QR-кодом (.png, .jpg).",
		"A PSKC file from the bank (.xml, .pskc) or a picture with a QR code (.png, .jpg).",
	},
	GeneratorTyped: {"SpectraNet: қолмен енгізу…", "SpectraNet: ввести вручную…", "SpectraNet: by typing…"},
	GeneratorTypedHint: {
		"otpauth мекенжайы немесе кілт, сериялық нөмір және бастапқы PIN – банк хатынан.",
		"Адрес otpauth или ключ, серийный номер и начальный PIN — из письма банка.",
		"The otpauth address or the key, the serial number and the start PIN, from the bank's letter.",
	},
	GeneratorMobi: {"Бос MobiPass…", "Пустой MobiPass…", "An empty MobiPass…"},
	GeneratorMobiHint: {
		"Кілтті кейін «Код активации Mobipass» конвертінен сақтайсыз.",
		"Ключ вы сохраните потом — из конверта «Код активации Mobipass».",
		"You store the key afterwards, from the envelope \"Код активации Mobipass\".",
	},
	GeneratorName:     {"Атауы", "Название", "Name"},
	GeneratorPath:     {"Файл", "Файл", "File"},
	GeneratorPassword: {"Файлдың құпиясөзі", "Пароль файла", "Password of the file"},
	GeneratorKey:      {"otpauth мекенжайы немесе кілт (Base32)", "Адрес otpauth или ключ (Base32)", "otpauth address or key (Base32)"},
	GeneratorSerial:   {"Сериялық нөмір", "Серийный номер", "Serial number"},
	GeneratorBank:     {"Банк", "Банк", "Bank"},
	GeneratorStart:    {"Бастапқы PIN (4 цифр)", "Начальный PIN (4 цифры)", "Start PIN (4 digits)"},
	GeneratorOptional: {
		"Файлда құпиясөз болмаса, «Файлдың құпиясөзі» жолын бос қалдырыңыз. Сериялық нөмір мен бастапқы PIN файлда болмаса ғана керек.",
		"Если у файла нет пароля, оставьте поле «Пароль файла» пустым. Серийный номер и начальный PIN нужны, только если их нет в файле.",
		"Leave “Password of the file” empty when it has none. The serial number and the start PIN are needed only where the file does not hold them.",
	},
	GeneratorAddress: {
		"otpauth мекенжайында сериялық нөмір болса, оның жолын бос қалдырыңыз.",
		"Если серийный номер есть в адресе otpauth, оставьте поле номера пустым.",
		"Leave the serial number empty when the otpauth address holds it.",
	},
	GeneratorLeave: {
		"Қосқан соң файлды немесе хатты жойыңыз: ол кімде болса, сол сіздің кодтарыңызды жасай алады.",
		"После добавления уничтожьте файл или письмо: у кого они есть, тот может получать ваши коды.",
		"Destroy the file or the letter afterwards: whoever has it can make your codes.",
	},
	GeneratorAddDo: {"Қосу", "Добавить", "Add"},

	GeneratorRename:    {"Атауын өзгерту…", "Переименовать…", "Rename…"},
	GeneratorRemove:    {"Алып тастау…", "Удалить…", "Remove…"},
	GeneratorRemoveAsk: {"Осы генераторды біржола алып тастау керек пе: %s?", "Удалить этот генератор навсегда: %s?", "Remove this generator for good: %s?"},
	GeneratorRemoveWarn: {
		"Оның кілті осы компьютерден жойылады. Оны ешкім қайтара алмайды: жаңасын тек банк береді.",
		"Его ключ будет стёрт с этого компьютера. Вернуть его не сможет никто: новый выдаёт только банк.",
		"Its key is deleted from this computer. Nobody can bring it back: only your bank gives out a new one.",
	},
	GeneratorRemoveTick: {
		"Түсінемін: ол біржола жойылады",
		"Я понимаю: он исчезнет навсегда",
		"I understand that it is gone for good",
	},
	GeneratorRemoveFirst: {
		"Алдымен түсінгеніңізді белгілеңіз.",
		"Сначала отметьте, что понимаете это.",
		"Tick first that you understand this.",
	},
	GeneratorRemoveDo: {"Біржола алып тастау", "Удалить навсегда", "Remove for good"},

	GeneratorWorking: {"Күте тұрыңыз…", "Подождите…", "Please wait…"},

	GeneratorCopy: {"Көшіру", "Скопировать", "Copy"},
	GeneratorCopied: {
		"Көшірілді. 60 секундтан кейін алмасу буфері тазаланады, егер онда басқа нәрсе болмаса.",
		"Скопировано. Через 60 секунд буфер обмена будет очищен, если в нём не окажется другого.",
		"Copied. After 60 seconds the clipboard is emptied, unless something else is in it.",
	},
	GeneratorClock: {
		"Банк кодтарды қабылдамай ма? Компьютер сағатын тексеріңіз. Ол мынаны көрсетіп тұр:",
		"Банк не принимает коды? Проверьте часы компьютера. Они показывают:",
		"Does the bank refuse the codes? Check the computer's clock. It shows:",
	},
	GeneratorLocal:  {"%s, %s уақыт белдеуі", "%s, часовой пояс %s", "%s, time zone %s"},
	GeneratorUTC:    {"%s UTC", "%s UTC", "%s UTC"},
	GeneratorPhones: {"Телефон: %s", "Телефон: %s", "Telephone: %s"},
	GeneratorNumber: {
		"Телефон нөмірі банкпен жасалған шартыңызда бар.",
		"Номер телефона указан в вашем договоре с банком.",
		"The telephone number is in your contract with the bank.",
	},

	"generator.done.add-file":   {"Генератор қосылды.", "Генератор добавлен.", "The generator was added."},
	"generator.done.add-typed":  {"Генератор қосылды.", "Генератор добавлен.", "The generator was added."},
	"generator.done.add-mobi":   {"MobiPass қосылды.", "MobiPass добавлен.", "MobiPass was added."},
	"generator.done.rename":     {"Атауы өзгертілді.", "Название изменено.", "The name was changed."},
	"generator.done.remove":     {"Генератор алып тасталды.", "Генератор удалён.", "The generator was removed."},
	"generator.kind.spectranet": {"SpectraNet токені", "Токен SpectraNet", "SpectraNet token"},
	"generator.kind.mobipass":   {"MobiPass", "MobiPass", "MobiPass"},

	GeneratorVault: {
		"Жүйенің құпиясөздер қоймасы қолжетімсіз, онсыз генератордың кілтін оқу мүмкін емес. Қойманы ашып, қайталап көріңіз.",
		"Системное хранилище паролей недоступно, без него ключ генератора не прочесть. Разблокируйте хранилище и попробуйте снова.",
		"The system's keyring is not available, and without it the generator's key cannot be read. Unlock the keyring and try again.",
	},
	"generator.error.canceled": {
		"Әрекет аяқталмай тоқтатылды. Қайталап көріңіз.",
		"Действие прервано. Повторите его.",
		"It was stopped before it was done. Try again.",
	},
	"generator.error.denied": {
		"Сіз бас тарттыңыз, ештеңе өзгерген жоқ. Бұл қателік болса, әрекетті қайталаңыз.",
		"Вы отказались, ничего не изменилось. Если это вышло случайно, повторите действие.",
		"You refused; nothing was changed. If that was a mistake, try again.",
	},
	"generator.error.busy": {
		"Қазір тым көп әрекет орындалып жатыр. Олардың аяқталуын күтіп, қайталап көріңіз.",
		"Сейчас выполняется слишком много действий. Подождите, пока они закончатся, и повторите.",
		"Too much is under way. Wait until it is done, then try again.",
	},
	"generator.error.invalid": {
		"Бұл әрекет қазір мүмкін емес. Терезені жауып, қайта ашыңыз. Қате қайталанса, банкке хабарласыңыз.",
		"Сейчас это невозможно. Закройте окно и откройте его снова. Если ошибка повторится, обратитесь в банк.",
		"This cannot be done now. Close the window and open it again. If it happens again, ask your bank.",
	},
	"generator.error.mechanism": {
		"Токен мұны істей алмайды. Басқа токенді алыңыз немесе банкке хабарласыңыз.",
		"Токен этого не умеет. Возьмите другой токен или обратитесь в банк.",
		"The token cannot do this. Take another token, or ask your bank.",
	},
	"generator.error.pin-length": {
		"Құпиясөз тым қысқа немесе тым ұзын. Токеннің құпиясөзі түгел енгізілгенін тексеріңіз.",
		"Пароль слишком короткий или слишком длинный. Проверьте, что пароль токена введён целиком.",
		"The password is too short or too long. Check that the token's password was entered whole.",
	},
	GeneratorRetry: {"Қайталау", "Повторить", "Try again"},

	SafetyTitle: {"Бағдарлама неден қорғайды, неден қорғай алмайды", "От чего программа защищает, а от чего — нет", "What software can prevent, and what it cannot"},
	SafetyDoes:  {"Қорғайды", "Защищает", "It does prevent"},
	SafetySealed: {
		"Генератордың файлын ұрлаған адам онымен ештеңе істей алмайды: файл шифрланған, ал шифрлау кілті жүйенің құпиясөздер қоймасында жатыр.",
		"Укравший файл генератора ничего с ним не сделает: файл зашифрован, а ключ к нему лежит в системном хранилище паролей.",
		"Whoever steals the generator's file can do nothing with it: it is encrypted, and the key to it is in the system's keyring.",
	},
	SafetyTries: {
		"SpectraNet: қатарынан үш қате PIN токенді құлыптайды. Әрекет PIN тексерілместен бұрын жазылады, сондықтан бағдарламаны кез келген сәтте тоқтату қосымша әрекет бермейді.",
		"SpectraNet: три неверных PIN подряд блокируют токен. Попытка записывается до проверки, поэтому лишней попытки не получить, даже если оборвать программу.",
		"SpectraNet: three wrong PINs in a row lock the token. A try is written down before the PIN is checked, so ending the program at any moment wins no further try.",
	},
	SafetyBlind: {
		"MobiPass: PIN дұрыс па, жоқ па – мұнда ештеңе айтпайды: терезе де, файл да, уақыт та. Оны тек банк біледі және қате мәндерді санайды.",
		"MobiPass: верен ли PIN, здесь не выдаёт ничто: ни окно, ни файл, ни время. Это знает только банк, и он считает неверные значения.",
		"MobiPass: nothing here tells whether a PIN is right, not the window, not the file, not the time. Only the bank knows, and it counts wrong values.",
	},
	SafetyNot: {"Қорғай алмайды", "Не может защитить", "It cannot prevent"},
	SafetyGuess: {
		"Файлды да, құпиясөздер қоймасын да оқи алатын адам (мысалы, сіздің атыңыздан жұмыс істейтін зиянды бағдарлама) 10 000 PIN-ді бірнеше сағатта түгел байқап шығады: SpectraNet үшін – бірден, MobiPass үшін – бір жауабыңызды көрген болса.",
		"Кто может прочесть и файл, и хранилище паролей (например, вредоносная программа под вашим именем), переберёт все 10 000 PIN за несколько часов: у SpectraNet — сразу, у MobiPass — если видел хотя бы один ответ.",
		"Whoever can read both the file and the keyring (such as malware that runs under your name) tries all 10,000 PINs in hours: of a SpectraNet token at once, of MobiPass when one answer was seen.",
	},
	SafetyOlder: {
		"Файлды өзгерте алатын адам оның ескі көшірмесін орнына қойып, SpectraNet токенінің әрекеттерін қайтара алады. Мұны тек аппаратты санауыш тоқтатады.",
		"Кто может изменить файл, тот может вернуть его старую копию, а с ней и попытки токена SpectraNet. Остановить это может только аппаратный счётчик.",
		"Whoever can change the file can put an older copy back, and with it the tries of a SpectraNet token. Only a counter in hardware stops that.",
	},
	SafetyWatch: {
		"Компьютердегі зиянды бағдарлама терілген PIN мен көрсетілген кодты көре алады және банк бетіндегі төлемді алмастыра алады. Банктегі төлем деректерін жібермес бұрын тексеріңіз.",
		"Вредоносная программа на компьютере видит набранный PIN и показанный код и может подменить платёж на странице банка. Проверяйте данные платежа перед отправкой.",
		"Malware on this computer sees the PIN that is typed and the code that is shown, and can change a payment on the bank's page. Check a payment's data before you send it.",
	},
	SafetyEqual: {
		"Сондықтан бұл генератор өз дисплейі бар бөлек құрылғыға тең емес.",
		"Поэтому этот генератор не равен отдельному устройству со своим дисплеем.",
		"So this generator is not the equal of a device of its own with a display.",
	},
	SafetyDo: {
		"Кеткенде компьютерді құлыптаңыз, есептік жазбаңызды ешкімге бермеңіз, жүйені жаңартып отырыңыз. Күмән туса, бірден банкке қоңырау шалып, генераторды бұғаттатыңыз.",
		"Уходя, блокируйте компьютер, никому не давайте свою учётную запись, обновляйте систему. При подозрении сразу звоните в банк и блокируйте генератор.",
		"Lock the computer when you leave it, let nobody use your account, keep the system up to date. If you suspect anything, call the bank at once and have the generator blocked.",
	},
}
