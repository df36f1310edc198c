package text

import (
	"cmp"

	"qoltanba/agent"
)

// The token panel.
const (
	TokenTitle     Key = "token.title"
	TokenChoose    Key = "token.choose"
	TokenOnlyOne   Key = "token.only-one"
	TokenSeen      Key = "token.seen" // as far as can be seen without the PIN
	TokenPlugIn    Key = "token.plug-in"
	TokenBack      Key = "token.back"
	TokenWorking   Key = "token.working"
	TokenNoProfile Key = "token.no-profile"
	TokenObjects   Key = "token.objects"
	TokenNothing   Key = "token.nothing"
	TokenOrphan    Key = "token.orphan"
	TokenDelete    Key = "token.delete"
	TokenDetails   Key = "token.details"
	TokenMaker     Key = "token.maker"
	TokenModel     Key = "token.model"
	TokenSerial    Key = "token.serial"
	TokenVersions  Key = "token.versions"
	TokenDriver    Key = "token.driver"
	TokenCan       Key = "token.can"
	TokenRegister  Key = "token.register"

	TokenEnterPIN    Key = "token.enter-pin"
	TokenRole        Key = "token.role"
	TokenRoles       Key = "token.roles"
	TokenUser        Key = "token.user"
	TokenAdmin       Key = "token.admin"
	TokenPIN         Key = "token.pin"
	TokenFormat      Key = "token.format"
	TokenChangePIN   Key = "token.change-pin"
	TokenChangeAdmin Key = "token.change-admin"
	TokenUnblock     Key = "token.unblock"
	TokenLock        Key = "token.lock"
	TokenDrivers     Key = "token.drivers"
	TokenAdminFirst  Key = "token.admin-first"

	TokenPINDefault   Key = "token.pin-default"
	TokenPINFresh     Key = "token.pin-fresh" // on a token that a registration replaces it on
	TokenAdminDefault Key = "token.admin-default"
	TokenPINUnset     Key = "token.pin-unset"
	TokenPINLow       Key = "token.pin-low"
	TokenPINLast      Key = "token.pin-last"
	TokenPINLocked    Key = "token.pin-locked"
	TokenAdminLow     Key = "token.admin-low"
	TokenAdminLast    Key = "token.admin-last"
	TokenAdminLocked  Key = "token.admin-locked"

	TokenAccepted    Key = "token.done.enter-pin"
	TokenAdminTaken  Key = "token.done.enter-admin-pin"
	TokenChanged     Key = "token.done.change-pin"
	TokenAdminNew    Key = "token.done.change-admin-pin"
	TokenUnblocked   Key = "token.done.unblock"
	TokenFormatted   Key = "token.done.format"
	TokenDeleted     Key = "token.done.delete"
	TokenLocked      Key = "token.done.lock"
	TokenRescanned   Key = "token.done.rescan"
	TokenDriverAdded Key = "token.done.add-driver"
	TokenDriverGone  Key = "token.done.forget-driver"

	FormatTitle     Key = "format.title"
	FormatName      Key = "format.name"
	FormatBytes     Key = "format.bytes"
	FormatBy        Key = "format.by"
	FormatByUser    Key = "format.by-user"
	FormatByAdmin   Key = "format.by-admin"
	FormatByBoth    Key = "format.by-both"
	FormatPolicy    Key = "format.policy"
	FormatStart     Key = "format.start"
	FormatWarning   Key = "format.warning"
	FormatLosing    Key = "format.losing"
	FormatUnseen    Key = "format.unseen"
	TokenKeeps      Key = "token.keeps"
	TokenKeepsNamed Key = "token.keeps-named"
	LosingNamed     Key = "format.generator"
	LosingSerial    Key = "format.generator-serial"
	LosingUnknown   Key = "format.generator-elsewhere"
	FormatType      Key = "format.type"
	FormatAgain     Key = "format.again"
	FormatConfirm   Key = "format.confirm"

	DeleteAsk     Key = "delete.ask"
	DeleteConfirm Key = "delete.confirm"

	RuleIntro Key = "rule.intro"
)

// Content says what a token holds.
func (l Lang) Content(c agent.TokenContent) string { return l.T(Key("content." + string(c))) }

// Keeps says that the keys of a code generator lie on the token.
func (l Lang) Keeps(g agent.TokenGenerator) string {
	if g.Name != "" && g.Name != g.Serial {
		return l.T(TokenKeepsNamed, g.Name, cmp.Or(g.Serial, "—"))
	}
	return l.T(TokenKeeps, cmp.Or(g.Serial, "—"))
}

// Losing says that formatting makes a code generator useless.
func (l Lang) Losing(g agent.TokenGenerator) string {
	switch {
	case g.Name == "":
		return l.T(LosingUnknown, cmp.Or(g.Serial, "—"))
	case g.Name == g.Serial:
		return l.T(LosingSerial, g.Serial)
	}
	return l.T(LosingNamed, g.Name, cmp.Or(g.Serial, "—"))
}

// Object says what kind of object it is.
func (l Lang) Object(k agent.ObjectKind) string { return l.T(Key("object." + string(k))) }

// PasswordRule says what a rule for passwords demands, and where a password breaks
// it.
func (l Lang) PasswordRule(c agent.PasswordCheck) string {
	rule := Key("rule." + string(c.Rule))
	var s string
	switch {
	case c.Rule == agent.RuleLength && c.Max > 0:
		s = l.T("rule.length-max", c.Min, c.Max)
	case c.Rule == agent.RuleLength:
		s = l.T(rule, c.Min)
	default:
		s = l.T(rule)
	}
	if c.Met || c.At == 0 {
		return s
	}
	switch {
	case c.Rule == agent.RuleRun:
		s += " " + l.T("rule.at", c.At)
	case c.Layout == "":
		s += " " + l.T("rule.sign", c.At)
	default:
		s += " " + l.T(Key("rule.layout."+c.Layout), c.At)
	}
	return s
}

var tokenPanel = map[Key]phrase{
	TokenTitle:  {"Qoltanba — Токенді басқару", "Qoltanba — Управление токеном", "Qoltanba — Token panel"},
	TokenChoose: {"Токен", "Токен", "Token"},
	TokenOnlyOne: {
		"Тек бір токенді қосулы қалдырыңыз: басқа ұйымдардың немесе басқа пайдаланушылардың токендерін шығарып тастаңыз, әйтпесе олардың сертификаты мен кілті байқаусызда жойылуы мүмкін.",
		"Оставьте подключённым только один токен: отключите токены других организаций и других пользователей, чтобы случайно не удалить их сертификат и ключ.",
		"Leave only one token connected: remove those of other organizations and other users, so that their certificate and key are not deleted by accident.",
	},
	TokenSeen: {
		"Мұнда PIN-кодсыз көрінетіні ғана көрсетілген.",
		"Здесь показано только то, что видно без PIN-кода.",
		"Only what can be seen without the PIN is shown here.",
	},
	TokenPlugIn:   {"KAZTOKEN қосыңыз", "Подключите KAZTOKEN", "Connect KAZTOKEN"},
	TokenBack:     {"Артқа", "Назад", "Back"},
	TokenWorking:  {"Токен жұмыс істеп жатыр, оны ажыратпаңыз…", "Токен работает, не отключайте его…", "The token is at work, do not unplug it…"},
	TokenObjects:  {"Кілттер мен сертификаттар", "Ключи и сертификаты", "Keys and certificates"},
	TokenNothing:  {"Токенде көрінетін ештеңе жоқ.", "На токене ничего не видно.", "Nothing can be seen on the token."},
	TokenOrphan:   {"жұбы жоқ", "без пары", "belongs to nothing"},
	TokenDelete:   {"Жою…", "Удалить…", "Delete…"},
	TokenDetails:  {"Мәліметтер", "Сведения", "Details"},
	TokenMaker:    {"Өндіруші", "Изготовитель", "Manufacturer"},
	TokenModel:    {"Үлгісі", "Модель", "Model"},
	TokenSerial:   {"Сериялық нөмірі", "Серийный номер", "Serial number"},
	TokenVersions: {"Құрылғы / бағдарлама нұсқасы", "Версия устройства / прошивки", "Hardware / firmware"},
	TokenDriver:   {"Драйвер", "Драйвер", "Driver"},
	TokenCan:      {"Механизмдер", "Механизмы", "Mechanisms"},
	TokenRegister: {
		"Осы токенмен банкте тіркелуге болады.",
		"С этим токеном можно пройти регистрацию в банке.",
		"You can register with your bank with this token.",
	},

	TokenEnterPIN: {"PIN-кодты енгізу…", "Ввести PIN-код…", "Enter PIN Code …"},
	TokenRole:     {"Кім ретінде", "Кто вы", "Role"},
	TokenRoles: {
		"Пайдаланушының PIN-коды – токеннің құпиясөзі: онымен банкке кіресіз. Әкімшінің PIN-коды – бөлек код, ол форматтауға және бұғаттан шығаруға керек.",
		"PIN-код пользователя — это пароль токена, с которым вы входите в банк. PIN-код администратора — отдельный код: он нужен для форматирования и разблокировки.",
		"The user's PIN is the token's password, with which you log in to the bank. The administrator's PIN is another one: it is for formatting and unblocking.",
	},
	TokenUser:        {"Пайдаланушы", "Пользователь", "User"},
	TokenAdmin:       {"Әкімші", "Администратор", "Administrator"},
	TokenPIN:         {"PIN-код", "PIN-код", "PIN Code"},
	TokenFormat:      {"Форматтау…", "Форматировать…", "Format…"},
	TokenChangePIN:   {"Құпиясөзді өзгерту…", "Сменить пароль…", "Change password…"},
	TokenChangeAdmin: {"Әкімшінің PIN-кодын өзгерту…", "Сменить PIN-код администратора…", "Change administrator's PIN…"},
	TokenUnblock:     {"Бұғаттан шығару…", "Разблокировать…", "Unblock…"},
	TokenLock:        {"Токенді құлыптау", "Закрыть токен", "Lock the token"},
	TokenDrivers:     {"Драйверлер…", "Драйверы…", "Drivers…"},
	TokenAdminFirst: {
		"Форматтау үшін алдымен әкімшінің PIN-кодын енгізіңіз.",
		"Чтобы отформатировать токен, сначала введите PIN-код администратора.",
		"To format the token, enter the administrator's PIN first.",
	},

	TokenPINDefault: {
		"Токенде зауыттық құпиясөз (12345678) тұр. Оны өзгертіңіз: оны бәрі біледі.",
		"На токене заводской пароль (12345678). Смените его: он известен всем.",
		"The token has the factory password (12345678). Change it: everybody knows it.",
	},
	TokenPINFresh: {
		"Токенде зауыттық құпиясөз (12345678) тұр. Тіркелген кезде оны өз құпиясөзіңізге ауыстырасыз.",
		"На токене заводской пароль (12345678). При регистрации вы замените его своим.",
		"The token has the factory password (12345678). You replace it with your own when you register.",
	},
	TokenAdminDefault: {
		"Әкімшінің PIN-коды зауыттық (87654321). Оны өзгертіп, сенімді жерде сақтаған жөн.",
		"PIN-код администратора заводской (87654321). Лучше сменить его и сохранить в надёжном месте.",
		"The administrator's PIN is the factory one (87654321). Better change it and keep it in a safe place.",
	},
	TokenPINUnset: {
		"Пайдаланушы құпиясөзі қойылмаған. «Бұғаттан шығару» арқылы қойыңыз.",
		"Пароль пользователя не задан. Задайте его кнопкой «Разблокировать».",
		"No user password is set. Set one with \"Unblock\".",
	},
	TokenPINLow: {
		"Құпиясөз қате енгізілді: бірнеше әрекет қана қалды.",
		"Пароль вводили неверно: осталось всего несколько попыток.",
		"A wrong password was entered: only a few tries are left.",
	},
	TokenPINLast: {
		"Құпиясөзді енгізудің соңғы әрекеті қалды.",
		"Осталась последняя попытка ввести пароль.",
		"One last try for the password is left.",
	},
	TokenPINLocked: {
		"Құпиясөз бұғатталған. Әкімшінің PIN-коды белгілі болса, токенді бұғаттан шығаруға болады.",
		"Пароль заблокирован. Если известен PIN-код администратора, токен можно разблокировать.",
		"The password is locked. With the administrator's PIN the token can be unblocked.",
	},
	TokenAdminLow: {
		"Әкімшінің PIN-коды қате енгізілді: бірнеше әрекет қана қалды.",
		"PIN-код администратора вводили неверно: осталось всего несколько попыток.",
		"A wrong administrator's PIN was entered: only a few tries are left.",
	},
	TokenAdminLast: {
		"Әкімшінің PIN-кодын енгізудің соңғы әрекеті қалды. Ол бұғатталса, токенді қалпына келтіру мүмкін болмайды.",
		"Осталась последняя попытка ввести PIN-код администратора. Если он заблокируется, токен не восстановить.",
		"One last try for the administrator's PIN is left. Once it is locked the token cannot be recovered.",
	},
	TokenAdminLocked: {
		"Әкімшінің PIN-коды бұғатталған: токенді форматтау да, бұғаттан шығару да мүмкін емес.",
		"PIN-код администратора заблокирован: токен нельзя ни отформатировать, ни разблокировать.",
		"The administrator's PIN is locked: the token can be neither formatted nor unblocked.",
	},

	TokenAccepted:   {"PIN-код дұрыс.", "PIN-код верный.", "The PIN is right."},
	TokenAdminTaken: {"Әкімшінің PIN-коды дұрыс.", "PIN-код администратора верный.", "The administrator's PIN is right."},
	TokenChanged:    {"Құпиясөз өзгертілді.", "Пароль изменён.", "The password is changed."},
	TokenAdminNew:   {"Әкімшінің PIN-коды өзгертілді.", "PIN-код администратора изменён.", "The administrator's PIN is changed."},
	TokenUnblocked:  {"Токен бұғаттан шығарылды, жаңа құпиясөз қойылды.", "Токен разблокирован, новый пароль задан.", "The token is unblocked and has its new password."},
	TokenFormatted: {
		"Токен форматталды, енді оның құпиясөзі 12345678. Бағдарламадан шықпай-ақ, компьютерді қайта қоспай-ақ бірден тіркеле беруге болады.",
		"Токен отформатирован, теперь его пароль 12345678. К регистрации можно перейти сразу: выходить из программы или перезагружать компьютер не нужно.",
		"The token is formatted; its password is 12345678 now. You can register at once: there is no need to exit the program or to restart the computer.",
	},
	TokenDeleted:     {"Жойылды.", "Удалено.", "Deleted."},
	TokenLocked:      {"Токен құлыпталды.", "Токен закрыт.", "The token is locked."},
	TokenRescanned:   {"Драйверлер қайта ізделді.", "Драйверы проверены заново.", "Drivers were looked for again."},
	TokenDriverAdded: {"Драйвер қосылды.", "Драйвер добавлен.", "The driver was added."},
	TokenDriverGone:  {"Драйвер тізімнен алынды.", "Драйвер убран из списка.", "The driver was removed from the list."},

	FormatTitle: {"Токенді форматтау", "Форматирование токена", "Format the token"},
	FormatName:  {"Токеннің аты (міндетті емес)", "Имя токена (необязательно)", "Token name (optional)"},
	FormatBytes: {"%d / %d байт", "%d из %d байт", "%d of %d bytes"},
	FormatBy: {
		"Пайдаланушының PIN-кодын өзгерте алады:",
		"PIN-код пользователя может менять:",
		"User's PIN-code can be changed by:",
	},
	FormatByUser:  {"Пайдаланушы", "Пользователь", "User"},
	FormatByAdmin: {"Әкімші", "Администратор", "Administrator"},
	FormatByBoth:  {"Пайдаланушы мен әкімші", "Пользователь и администратор", "User and administrator"},
	FormatPolicy: {
		"Бұл драйвер арқылы оны таңдау мүмкін емес: құпиясөзді пайдаланушының өзі өзгертеді, ал ол бұғатталса, әкімші жаңасын қояды.",
		"Через этот драйвер выбрать это нельзя: пароль меняет сам пользователь, а если он заблокирован, новый задаёт администратор.",
		"This driver cannot set it: the user changes the password, and when it is locked the administrator sets a new one.",
	},
	FormatStart: {"Бастау", "Начать", "Start"},
	FormatWarning: {
		"Форматтау токендегі жарамды сертификат пен кілтті жояды. Оларды қайтару мүмкін болмайды.",
		"Форматирование удалит действующий сертификат и ключ на токене. Вернуть их будет невозможно.",
		"Formatting deletes the valid certificate and key on the token. They cannot be brought back.",
	},
	FormatUnseen: {
		"Пайдаланушының PIN-коды енгізілмеген: токенде қазір көрінбейтін кілттер мен сертификаттар болуы мүмкін. Олар да жойылады.",
		"PIN-код пользователя не введён: на токене могут быть ключи и сертификаты, которых сейчас не видно. Они тоже будут удалены.",
		"The user PIN was not entered: there may be keys and certificates that cannot be seen now. They are deleted as well.",
	},
	FormatLosing: {
		"Жойылатын сертификат: %s. Берген: %s. %s дейін жарамды.",
		"Будет потерян сертификат: %s. Издатель: %s. Действителен до %s.",
		"This certificate will be lost: %s, issued by %s, valid until %s.",
	},
	TokenKeeps: {
		"Токенде код генераторының кілттері бар, сериялық нөмірі: %s.",
		"На токене лежат ключи генератора кодов с серийным номером %s.",
		"The token keeps the keys of the code generator with the serial number %s.",
	},
	TokenKeepsNamed: {
		"Токенде код генераторының кілттері бар: «%s», сериялық нөмірі %s.",
		"На токене лежат ключи генератора кодов «%s», серийный номер %s.",
		"The token keeps the keys of the code generator “%s”, serial number %s.",
	},
	LosingNamed: {
		"Код генераторының кілттері жойылады: «%s», сериялық нөмірі %s. Ол енді код бермейді: банктен жаңасын алу керек болады.",
		"Будут потеряны ключи генератора кодов «%s», серийный номер %s. Кодов он больше не покажет: в банке нужно будет получить новый.",
		"The keys of the code generator “%s”, serial number %s, will be lost. It will show no more codes: you will need a new one from your bank.",
	},
	LosingSerial: {
		"Код генераторының кілттері жойылады, сериялық нөмірі: %s. Ол енді код бермейді: банктен жаңасын алу керек болады.",
		"Будут потеряны ключи генератора кодов с серийным номером %s. Кодов он больше не покажет: в банке нужно будет получить новый.",
		"The keys of the code generator with the serial number %s will be lost. It will show no more codes: you will need a new one from your bank.",
	},
	LosingUnknown: {
		"Басқа компьютерде қосылған код генераторының құпия кілттері жойылады, сериялық нөмірі: %s.",
		"Будут потеряны секретные ключи генератора кодов, добавленного на другом компьютере, серийный номер: %s.",
		"The secret keys of a code generator that was added on another computer, serial number %s, will be lost.",
	},
	FormatType: {
		"Растау үшін токеннің атын жазыңыз: %s",
		"Для подтверждения введите имя токена: %s",
		"To confirm, type the token's name: %s",
	},
	FormatAgain: {
		"Банк қайта тіркелу үшін жаңа кілт берген болса ғана форматтаңыз.",
		"Форматируйте, только если банк выдал новый ключ для повторной регистрации.",
		"Format it only if the bank has issued a new key, to register again.",
	},
	FormatConfirm: {"Иә, бәрін жою", "Да, удалить всё", "Yes, delete everything"},

	DeleteAsk: {
		"Мынаны токеннен біржола жою керек пе: %s?",
		"Удалить с токена навсегда: %s?",
		"Delete this from the token for ever: %s?",
	},
	DeleteConfirm: {"Жою", "Удалить", "Delete"},

	TokenNoProfile:       {"Токенде профиль жоқ.", "На токене нет профиля.", "There is no profile on the token."},
	"content.blank":      {"Токен әлі форматталмаған.", "Токен ещё не отформатирован.", "The token was never formatted."},
	"content.empty":      {"Токен бос: кілт те, сертификат та жоқ.", "Токен пустой: нет ни ключа, ни сертификата.", "The token is empty: no key and no certificate."},
	"content.foreign":    {"Токенде профильге жатпайтын объектілер бар.", "На токене есть объекты, которые не относятся к профилю.", "The token holds objects that are no profile."},
	"content.profile":    {"Токенде профиль бар.", "На токене есть профиль.", "The token holds a profile."},
	"content.unfinished": {"Осы токенмен басталған тіркелу аяқталмаған.", "Регистрация, начатая с этим токеном, не завершена.", "A registration that was begun with this token is not finished."},

	"object.private-key": {"Жабық кілт", "Закрытый ключ", "Private key"},
	"object.public-key":  {"Ашық кілт", "Открытый ключ", "Public key"},
	"object.certificate": {"Сертификат", "Сертификат", "Certificate"},
	"object.other":       {"Басқа объект", "Другой объект", "Other object"},

	RuleIntro:         {"Жаңа құпиясөз:", "Новый пароль:", "The new password:"},
	"rule.length":     {"кемінде %d таңба", "не короче %d символов", "at least %d characters"},
	"rule.length-max": {"кемінде %d, ең көбі %d таңба", "от %d до %d символов", "%d to %d characters"},
	"rule.letter":     {"латын әрпі бар", "есть латинская буква", "a Latin letter in it"},
	"rule.digit":      {"цифр бар", "есть цифра", "a digit in it"},
	"rule.latin":      {"тек латын әріптері мен цифрлар", "только латинские буквы и цифры", "Latin letters and digits only"},
	"rule.run":        {"қатарынан 123, cba немесе 111 сияқты үш таңба жоқ", "нет трёх символов подряд вроде 123, cba или 111", "no three characters in a row such as 123, cba or 111"},
	"rule.default":    {"зауыттық құпиясөз емес", "не заводской пароль", "not the factory password"},
	"rule.at":         {"(%d-таңбадан бастап бар)", "(есть, начиная с символа %d)", "(there are, from character %d on)"},
	"rule.sign":       {"(%d-таңба басқа)", "(символ %d другой)", "(character %d is another one)"},
	"rule.layout.ru":  {"(%d-таңба – орыс әрпі: пернетақтаны ағылшынға ауыстырыңыз)", "(символ %d — русская буква: переключите раскладку на английскую)", "(character %d is Russian: switch the keyboard to English)"},
	"rule.layout.kk":  {"(%d-таңба – қазақ әрпі: пернетақтаны ағылшынға ауыстырыңыз)", "(символ %d — казахская буква: переключите раскладку на английскую)", "(character %d is Kazakh: switch the keyboard to English)"},
}
