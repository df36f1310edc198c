package text

// Sentences of "qoltanba enroll" and "qoltanba renew".
const (
	CLIHelpEnroll  Key = "cli-help-enroll"
	CLIHelpUserID  Key = "cli-help-user-id"
	CLIHelpTokName Key = "cli-help-token-name"
	CLIHelpMonths  Key = "cli-help-months"
	CLIHelpBank    Key = "cli-help-bank"
	CLIHelpRenew   Key = "cli-help-renew"

	CLINo            Key = "cli-no"
	CLIYesNo         Key = "cli-yes-no"
	CLIEnrollBank    Key = "cli-enroll-bank"
	CLIEnrollNoBank  Key = "cli-enroll-no-bank"
	CLIEnrollPeriod  Key = "cli-enroll-period"
	CLIEnrollCreate  Key = "cli-enroll-create"
	CLIEnrollGoOn    Key = "cli-enroll-go-on"
	CLIEnrollAnew    Key = "cli-enroll-anew"
	CLIEnrollReady   Key = "cli-enroll-ready"
	CLIEnrollMatches Key = "cli-enroll-matches"
	CLIEnrollConfirm Key = "cli-enroll-confirm"
	CLIEnrollKeepIn  Key = "cli-enroll-keep-in"
	CLIEnrollMend    Key = "cli-enroll-mend"
	CLIEnrollAgain   Key = "cli-enroll-again"
	CLIEnrollWaits   Key = "cli-enroll-waits"
	CLIEnrollKept    Key = "cli-enroll-kept"
	CLIEnrollLeft    Key = "cli-enroll-left"
	CLIEnrollDone    Key = "cli-enroll-done"
	CLIEnrollLost    Key = "cli-enroll-lost"

	CLIRenewNone Key = "cli-renew-none"
	CLIRenewed   Key = "cli-renewed"
	CLIEndsIn    Key = "cli-ends-in" // N
	CLIRenewWith Key = "cli-renew-with"
)

var cliEnroll = map[Key]phrase{
	CLIHelpEnroll: {
		"профиль жасау шебері терминалда; --key-file бастапқы кілтті көрсетеді",
		"мастер создания профиля в терминале; --key-file указывает первичный ключ",
		"the Profile Creation Wizard in a terminal; --key-file names the primary key",
	},
	CLIHelpUserID: {
		"шарттағы пайдаланушы идентификаторы",
		"идентификатор пользователя из договора",
		"User ID from the agreement",
	},
	CLIHelpTokName: {
		"токеннің аты, латын әріптерімен",
		"имя токена, латинскими буквами",
		"Token Name, in Latin letters",
	},
	CLIHelpMonths: {
		"сертификаттың мерзімі, ай",
		"срок сертификата в месяцах",
		"period of the certificate, in months",
	},
	CLIHelpBank: {
		"сертификаттар алынатын сервер, бірнеше банк болса",
		"сервер, выдающий сертификаты, если банков несколько",
		"host that the certificates come from, where there are several banks",
	},
	CLIHelpRenew: {
		"мерзімі бітпеген сертификатты жаңарту",
		"продлить сертификат, пока он действует",
		"renew a certificate while it is valid",
	},

	CLINo: {"жоқ", "нет", "no"},
	CLIYesNo: {
		"«иә» немесе «жоқ» деп жазыңыз:",
		"Напишите «да» или «нет»:",
		"Type yes or no:",
	},
	CLIEnrollBank: {"Банкті таңдаңыз (1–%d):", "Выберите банк (1–%d):", "Choose the bank (1–%d):"},
	CLIEnrollNoBank: {
		"%s сервері белгісіз: ондай банк сипаттамасы жоқ.",
		"Сервер %s неизвестен: описания такого банка нет.",
		"The host %s is not known: no bank's descriptor has it.",
	},
	CLIEnrollPeriod: {"Сертификаттың мерзімі (%s ай):", "Срок сертификата в месяцах (%s):", "Period of the certificate in months (%s):"},
	CLIEnrollCreate: {
		"Профиль жасалсын ба?",
		"Создать профиль?",
		"Create the profile?",
	},
	CLIEnrollGoOn: {
		"Тіркелуді жалғастыру керек пе?",
		"Продолжить регистрацию?",
		"Continue the registration?",
	},
	CLIEnrollAnew: {
		"Тіркелуді жаңа кілтпен басынан бастау керек пе?",
		"Начать регистрацию заново, с новым ключом?",
		"Start the registration anew, with a new key?",
	},
	CLIEnrollReady: {
		"Барлығы дайын болса, Enter пернесін басыңыз.",
		"Когда всё готово, нажмите Enter.",
		"Press Enter when you have everything.",
	},
	CLIEnrollMatches: {
		"Кілт файлының құпиясөзі PIN-мен бірдей ме? (Enter: иә)",
		"Пароль файла ключа совпадает с PIN? (Enter — да)",
		"Is the key file's password the PIN? (Enter means yes.)",
	},
	CLIEnrollConfirm: {
		"Деректер дұрыс па? Растасаңыз, сертификаттар алынып, интернет-банкинг жүйесінде тіркеле бастайды.",
		"Данные верны? После подтверждения начнётся получение сертификатов и их регистрация в системе интернет-банкинга.",
		"Are the data right? If you confirm, obtaining the certificates and registering them in the Internet Banking System begins.",
	},
	CLIEnrollKeepIn: {
		"Токенді шығармаңыз. Ctrl-C тіркелуді тоқтатады; оны кейін жалғастыруға болады.",
		"Не вынимайте токен. Ctrl-C остановит регистрацию; её можно будет продолжить.",
		"Do not remove the token. Ctrl-C stops the registration; it can be continued.",
	},
	CLIEnrollMend: {
		"Тіркелуді жалғастыру керек: себебін жойып, осы жерде қайталаңыз немесе кейінірек «qoltanba enroll» командасымен жалғастырыңыз. Жасалғаны сақталады.",
		"Регистрацию нужно продолжить: устраните причину и повторите здесь или продолжите позже командой «qoltanba enroll». Сделанное сохранено.",
		"Continue the registration: remove the cause and try again here, or continue later with \"qoltanba enroll\". What was done is kept.",
	},
	CLIEnrollAgain: {"Қайталау керек пе?", "Повторить?", "Try again?"},
	CLIEnrollWaits: {
		"Содан кейін тіркелу өзі жалғасады. Тоқтату: Ctrl-C.",
		"После этого регистрация продолжится сама. Остановить: Ctrl-C.",
		"The registration then goes on by itself. Ctrl-C stops it.",
	},
	CLIEnrollKept: {
		"Тіркелу аяқталған жоқ. Жасалғаны сақталды: оны осы токенмен «qoltanba enroll» командасымен жалғастырыңыз. Токенді форматтамаңыз.",
		"Регистрация не завершена. Сделанное сохранено: продолжите её с этим же токеном командой «qoltanba enroll». Не форматируйте токен.",
		"The registration is not finished. What was done is kept: continue it with the same token by \"qoltanba enroll\". Do not format the token.",
	},
	CLIEnrollLeft: {
		"Тіркелу басталған жоқ, токен сол күйінде қалды.",
		"Регистрация не начата, токен остался таким, как был.",
		"No registration was begun, and the token is as it was.",
	},
	CLIEnrollDone: {
		"Енді интернет-банкинг жүйесіне осы профильмен және токеннің жаңа құпиясөзімен кіруге болады.",
		"Теперь можно войти в систему интернет-банкинга с этим профилем и новым паролем токена.",
		"You can now log in to the Internet Banking System with this profile and the token's new password.",
	},
	CLIEnrollLost: {
		"Енгізілген соңғы жауап қолданылған жоқ.",
		"Последний ввод не использован.",
		"What you entered last was not used.",
	},

	CLIRenewNone: {
		"Қосылған токендерде жаңартуға болатын сертификат жоқ: ол жарамды болуы керек, оған қоса не осы компьютерде тіркелген, не мерзімі жақында аяқталатын болуы керек.",
		"На подключённых токенах нет сертификата, который можно продлить: он должен действовать и либо быть зарегистрирован с этого компьютера, либо скоро закончиться.",
		"No connected token has a certificate that can be renewed: it must be valid, and either have been registered from this computer or end soon.",
	},
	CLIRenewed: {
		"Сертификат жаңартылды. Ескісінің соңғы күні – %s, жаңасынікі – %s.",
		"Сертификат продлён. Прежний действовал до %s, новый действует до %s.",
		"The certificate is renewed. The old one was valid until %s, the new one is until %s.",
	},
	CLIEndsIn: {
		"сертификаттың мерзімі %s күннен кейін бітеді",
		"сертификат закончится через %s день|сертификат закончится через %s дня|сертификат закончится через %s дней",
		"the certificate ends in %s day|the certificate ends in %s days",
	},
	CLIRenewWith: {
		"Жаңарту: qoltanba renew",
		"Продлить: qoltanba renew",
		"To renew it: qoltanba renew",
	},
}
