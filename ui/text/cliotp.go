package text

// Sentences of "qoltanba otp".
const (
	OTPHelp          Key = "otp.help"
	OTPHelpList      Key = "otp.help.list"
	OTPHelpAdd       Key = "otp.help.add"
	OTPHelpCode      Key = "otp.help.code"
	OTPHelpRespond   Key = "otp.help.respond"
	OTPHelpChangePIN Key = "otp.help.change-pin"
	OTPHelpRemove    Key = "otp.help.remove"
	OTPHelpDevice    Key = "otp.help.device"
	OTPHelpFile      Key = "otp.help.file"
	OTPHelpTyped     Key = "otp.help.typed"
	OTPHelpMobiPass  Key = "otp.help.mobipass"
	OTPHelpBank      Key = "otp.help.bank"
	OTPHelpSerial    Key = "otp.help.serial"
	OTPHelpName      Key = "otp.help.name"
	OTPHelpNumber    Key = "otp.help.number"

	OTPVault          Key = "otp.vault"
	OTPNone           Key = "otp.none"
	OTPNoKey          Key = "otp.no-key"
	OTPWhich          Key = "otp.which"
	OTPAddWhat        Key = "otp.add-what"
	OTPAdded          Key = "otp.added"
	OTPRemoveAsk      Key = "otp.remove-ask"
	OTPRemoved        Key = "otp.removed"
	OTPFilePassword   Key = "otp.file-password"
	OTPKey            Key = "otp.key"
	OTPStartPIN       Key = "otp.start-pin"
	OTPPIN            Key = "otp.pin"
	OTPNewPIN         Key = "otp.new-pin"
	OTPRepeatPIN      Key = "otp.repeat-pin"
	OTPDigits         Key = "otp.digits" // N
	OTPDiffer         Key = "otp.differ"
	OTPMustChange     Key = "otp.must-change"
	OTPNotStartPIN    Key = "otp.not-start-pin"
	OTPPINChanged     Key = "otp.pin-changed"
	OTPMobiPINChanged Key = "otp.mobi-pin-changed"
	OTPWrongPIN       Key = "otp.wrong-pin"
	OTPTokenLocked    Key = "otp.token-locked"
	OTPLockNumber     Key = "otp.lock-number"
	OTPUnlockCode     Key = "otp.unlock-code"
	OTPWrongUnlock    Key = "otp.wrong-unlock"
	OTPCall           Key = "otp.call"
	OTPEnvelope       Key = "otp.envelope"
	OTPPart           Key = "otp.part"
	OTPBadPart        Key = "otp.bad-part"
)

var cliOTP = map[Key]phrase{
	OTPHelp:     {"код генераторлары: SpectraNet және MobiPass", "генераторы кодов: SpectraNet и MobiPass", "code generators: SpectraNet and MobiPass"},
	OTPHelpList: {"код генераторларын көрсету", "показать генераторы кодов", "list the code generators"},
	OTPHelpAdd: {
		"код генераторын қосу",
		"добавить генератор кодов",
		"add a code generator",
	},
	OTPHelpCode: {
		"SpectraNet токенінің кодын көрсету",
		"показать код токена SpectraNet",
		"show the code of a SpectraNet token",
	},
	OTPHelpRespond: {
		"құжаттың кодтық санына MobiPass қолтаңбасын есептеу",
		"вычислить подпись MobiPass для кодового числа документа",
		"answer a document's code number with MobiPass",
	},
	OTPHelpChangePIN: {"генератордың PIN-кодын өзгерту", "сменить PIN-код генератора", "change a code generator's PIN"},
	OTPHelpRemove: {
		"код генераторын біржола жою",
		"удалить генератор кодов навсегда",
		"remove a code generator for ever",
	},
	OTPHelpDevice: {
		"генератордың аты, сериялық нөмірі немесе идентификаторы",
		"имя, серийный номер или идентификатор генератора",
		"name, serial number or id of the code generator",
	},
	OTPHelpFile: {
		"PSKC файлы немесе QR коды бар PNG не JPEG суреті",
		"файл PSKC или картинка PNG или JPEG с QR-кодом",
		"a PSKC file, or a PNG or JPEG picture with a QR code",
	},
	OTPHelpTyped: {
		"кілтті терминалда енгізу: otpauth мекенжайы немесе base32",
		"ввести ключ в терминале: адрес otpauth или base32",
		"type the key in the terminal: an otpauth address or base32",
	},
	OTPHelpMobiPass: {
		"MobiPass қосу: терминалда белсендіру коды сұралады",
		"добавить MobiPass: код активации спрашивается в терминале",
		"add a MobiPass: the activation code is asked for in the terminal",
	},
	OTPHelpBank: {"MobiPass берген банк", "банк, который выдал MobiPass", "the bank that the MobiPass is from"},
	OTPHelpSerial: {
		"токеннің сериялық нөмірі, кілтпен бірге берілмесе",
		"серийный номер токена, если его нет при ключе",
		"serial number of the token, where the key comes without",
	},
	OTPHelpName:   {"генератордың аты", "имя генератора", "what to call the code generator"},
	OTPHelpNumber: {"банк бетіндегі кодтық сан", "кодовое число со страницы банка", "the code number on the bank's page"},

	OTPVault: {
		"Жүйенің құпиясөздер қоймасы қолжетімсіз, код генераторлары онсыз жұмыс істемейді. Оны (GNOME Keyring, KWallet) іске қосып, ашыңыз да, қайталап көріңіз.",
		"Системное хранилище паролей недоступно, а без него генераторы кодов не работают. Запустите и откройте его (GNOME Keyring, KWallet) и повторите.",
		"The system's keyring is not available, and code generators do not work without it. Start and unlock it (GNOME Keyring, KWallet) and try again.",
	},
	OTPNone: {"Код генераторлары жоқ.", "Генераторов кодов нет.", "There are no code generators."},
	OTPNoKey: {
		"Кілт сақталмаған",
		"Ключ не сохранён",
		"No key is stored",
	},
	OTPWhich: {
		"Бірнеше генератор бар. Қайсысы екенін --device параметрімен көрсетіңіз.",
		"Генераторов несколько. Укажите нужный параметром --device.",
		"There are several. Name the one you mean with --device.",
	},
	OTPAddWhat: {
		"Файлды, --typed немесе --mobipass параметрін көрсетіңіз, тек біреуін.",
		"Укажите файл, --typed или --mobipass, что-то одно.",
		"Name a file, --typed or --mobipass, one of them.",
	},
	OTPAdded: {"Код генераторы қосылды.", "Генератор кодов добавлен.", "The code generator was added."},
	OTPRemoveAsk: {
		"«%s» генераторы мен оның кілті біржола жойылады. Келіссеңіз, «иә» деп жазыңыз:",
		"Генератор «%s» и его ключ будут удалены навсегда. Если согласны, напишите «да»:",
		"The code generator “%s” and its key are removed for ever. Type yes if you agree:",
	},
	OTPRemoved:      {"Код генераторы жойылды.", "Генератор кодов удалён.", "The code generator was removed."},
	OTPFilePassword: {"Файлдың құпиясөзі", "Пароль файла", "Password of the file"},
	OTPKey: {
		"Кілт (otpauth мекенжайы немесе base32)",
		"Ключ (адрес otpauth или base32)",
		"Key (an otpauth address or base32)",
	},
	OTPStartPIN:  {"Банктің бастапқы PIN-коды", "Начальный PIN-код от банка", "Start PIN from the bank"},
	OTPPIN:       {"PIN-код", "PIN-код", "PIN"},
	OTPNewPIN:    {"Жаңа PIN-код (4 цифр)", "Новый PIN-код (4 цифры)", "New PIN (4 digits)"},
	OTPRepeatPIN: {"Жаңа PIN-код тағы бір рет", "Новый PIN-код ещё раз", "New PIN once more"},
	OTPDigits: {
		"%s цифр енгізіңіз.",
		"Введите %s цифру.|Введите %s цифры.|Введите %s цифр.",
		"Enter %s digit.|Enter %s digits.",
	},
	OTPDiffer: {
		"Екі PIN-код сәйкес келмейді. Қайта енгізіңіз.",
		"PIN-коды не совпадают. Введите ещё раз.",
		"The two PINs differ. Enter them again.",
	},
	OTPMustChange: {
		"Банктің бастапқы PIN-кодын өзгерту керек.",
		"Начальный PIN-код банка нужно сменить.",
		"The bank's start PIN must be changed.",
	},
	OTPNotStartPIN: {
		"Токен бұл PIN-кодты қабылдамады: бастапқысынан басқасын таңдаңыз.",
		"Токен не принял этот PIN-код: выберите не начальный.",
		"The token did not take this PIN: choose another one than the start PIN.",
	},
	OTPPINChanged: {"PIN-код өзгертілді.", "PIN-код изменён.", "The PIN was changed."},
	OTPMobiPINChanged: {
		"PIN-код өзгертілді. Банк келесі мәндерді қабылдамаса, ағымдағы PIN-код қате енгізілген: банктен жаңа конверт сұраңыз.",
		"PIN-код изменён. Если банк не примет следующие значения, текущий PIN-код был введён неверно: попросите в банке новый конверт.",
		"The PIN was changed. If the bank refuses the next values, the current PIN was mistyped: ask the bank for a new envelope.",
	},
	OTPWrongPIN: {"%s: PIN-код қате.", "%s: неверный PIN-код.", "%s: wrong PIN."},
	OTPTokenLocked: {
		"Токен бұғатталды. Телефон-банкке қоңырау шалыңыз немесе жақын бөлімшеге барыңыз.",
		"Токен заблокирован. Позвоните в телефонный банк или обратитесь в ближайшее отделение.",
		"The token is locked. Call the telephone bank or visit the nearest branch.",
	},
	OTPLockNumber: {
		"LOCK PIN %s. Бұл нөмірді банк қызметкеріне айтыңыз, ол 8 таңбалы код береді.",
		"LOCK PIN %s. Назовите этот номер сотруднику банка, он сообщит код из 8 цифр.",
		"LOCK PIN %s. Tell this number to the bank's clerk, who will tell you an 8-digit code.",
	},
	OTPUnlockCode:  {"Банктің 8 таңбалы коды", "Код из 8 цифр от банка", "8-digit code from the bank"},
	OTPWrongUnlock: {"%s: код қате.", "%s: неверный код.", "%s: wrong code."},
	OTPCall:        {"Телефон: %s.", "Телефон: %s.", "Telephone: %s."},
	OTPEnvelope: {
		"Белсендіру кодының бөліктері «Код активации Mobipass» конвертінде.",
		"Части кода активации – внутри конверта «Код активации Mobipass».",
		"The parts of the activation code are inside the envelope \"Код активации Mobipass\".",
	},
	OTPPart:    {"%d-бөлік (барлығы %d)", "Часть %d из %d", "Part %d of %d"},
	OTPBadPart: {"%d-бөлік қате. Оны қайта енгізіңіз.", "Часть %d неверна. Введите её ещё раз.", "Part %d is wrong. Enter it again."},
}
