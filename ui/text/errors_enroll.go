package text

// otherBankNamed is the hint that names the bank where a registration was begun.
const otherBankNamed Key = "error.other-bank.named"

// renewalRefusedNamed is the hint that names the certificate which was not registered.
const renewalRefusedNamed Key = "error.renewal-refused.named"

// enrollErrorTexts are the sentences and hints of errors that belong to the
// registration of a profile.
var enrollErrorTexts = map[Key]phrase{
	"error.token-name": {
		"Токен атауы жарамсыз.",
		"Недопустимое имя токена.",
		"This is not a name for the token.",
	},
	"error.token-name.hint": {
		"Латын әріптерін, цифрларды, сызықшаны, астын сызу белгісін және бос орынды пайдаланыңыз, 32 таңбадан аспасын.",
		"Используйте латинские буквы, цифры, дефис, подчёркивание и пробел, не больше 32 знаков.",
		"Use Latin letters, digits, hyphens, underscores and spaces, 32 characters at most.",
	},
	"error.token-full": {
		"Токенде бос орын жоқ.",
		"На токене нет места.",
		"The token is full.",
	},
	"error.token-full.hint": {
		"Токенді форматтамаңыз. Онда не сақталғанын токен панелінен қарап, банктің қолдау қызметіне хабарласыңыз.",
		"Не форматируйте токен. Посмотрите в панели токена, что на нём хранится, и обратитесь в поддержку банка.",
		"Do not format the token. See in the token panel what is on it, and ask your bank's support.",
	},
	"error.key-file-gone": {
		"Кілт файлын оқу мүмкін емес.",
		"Файл ключа не удаётся прочитать.",
		"The key file cannot be read.",
	},
	"error.key-file-gone.hint": {
		"Файл жатқан дискіні қосып, файлды қайта таңдаңыз.",
		"Подключите диск, на котором лежит файл, и выберите файл снова.",
		"Connect the drive that the file is on, and choose the file again.",
	},
	"error.other-bank": {
		"Бұл токенмен тіркелу басқа банкте басталған.",
		"Регистрация с этим токеном начата в другом банке.",
		"The registration with this token was begun at another bank.",
	},
	"error.other-bank.hint": {
		"Оны басталған банкте жалғастырыңыз.",
		"Продолжите её в том банке, где она начата.",
		"Continue it at the bank where it was begun.",
	},
	otherBankNamed: {
		"Оның сертификаттарын %s береді. Жалғастыру үшін сол банкті таңдаңыз.",
		"Сертификаты для неё выдаёт %s. Чтобы продолжить, выберите этот банк.",
		"Its certificates come from %s. Choose that bank to continue it.",
	},
	"error.period": {
		"Келісімшартта бұл мерзім жоқ.",
		"Такого срока в договоре нет.",
		"The contract does not have this period.",
	},
	"error.period.hint": {
		"«Келесі» түймесін тағы басып, келісімшарттағы мерзімдердің бірін таңдаңыз. Олар қабылдау-тапсыру актісінде (келісімге 2-қосымша) көрсетілген.",
		"Нажмите «Далее» ещё раз и выберите один из сроков договора. Они указаны в акте приёма-передачи (приложение 2 к соглашению).",
		"Press Next again and choose one of the contract's periods. They are in the Acceptance and Delivery Certificate (Appendix 2 to the Agreement).",
	},
	"error.no-enrollment": {
		"Бұл банк сертификатты осы бағдарлама арқылы бермейді.",
		"Этот банк не выдаёт сертификаты через эту программу.",
		"This bank issues no certificates through this program.",
	},
	"error.no-enrollment.hint": {
		"Банктің сипаттама файлы орнатылғанын әкімшіден сұраңыз.",
		"Спросите администратора, установлен ли файл описания банка.",
		"Ask your administrator whether the bank's descriptor is installed.",
	},
	"error.key-gone": {
		"Тіркеу басталған кілт бұл токенде енді жоқ.",
		"Ключа, с которым начата регистрация, на этом токене больше нет.",
		"The key that the registration was begun with is not on this token any more.",
	},
	"error.key-gone.hint": {
		"Токен басқа жерде форматталған болуы мүмкін. Тіркеуді басынан бастау үшін тізімнен токенді қайта таңдап, растаңыз.",
		"Вероятно, токен отформатировали в другом месте. Чтобы начать регистрацию заново, выберите токен ещё раз и подтвердите это.",
		"The token was probably formatted elsewhere. To start the registration anew, choose the token again and confirm that.",
	},
	"error.renewal": {
		"Банк бұл сертификатты әзірге жаңартпайды.",
		"Банк пока не продлевает этот сертификат.",
		"The bank does not renew this certificate yet.",
	},
	"error.renewal.hint": {
		"Мерзімінің аяқталуына жақын қалғанда қайталап көріңіз. Сертификат жарамды күйінде қалады.",
		"Повторите ближе к концу его срока. Сертификат остаётся действительным.",
		"Try again closer to its end. The certificate stays valid.",
	},
	"error.renewal-refused": {
		"Банк жаңартылған сертификатты тіркемеді.",
		"Банк не зарегистрировал новый сертификат.",
		"The bank has not registered the renewed certificate.",
	},
	"error.renewal-refused.hint": {
		"Банктің қолдау қызметіне немесе менеджеріңізге хабарласып, ол тіркелген бе, соны сұраңыз. Екі сертификат та токенде қалады. Банк айтқаннан кейін ғана қайта жаңартыңыз.",
		"Обратитесь в службу поддержки банка или к вашему менеджеру и узнайте, зарегистрирован ли он. Оба сертификата остаются на токене. Повторите продление, только когда банк скажет.",
		"Ask the bank's support service or your account manager whether it is registered. Both certificates stay on the token. Renew again only when the bank says so.",
	},
	renewalRefusedNamed: {
		"Жаңа сертификаттың сериялық нөмірі: %s. Осы нөмірді банктің қолдау қызметіне немесе менеджеріңізге айтып, сертификат тіркелген бе, соны сұраңыз. Екі сертификат та токенде қалады. Банк айтқаннан кейін ғана қайта жаңартыңыз.",
		"Серийный номер нового сертификата: %s. Назовите его службе поддержки банка или вашему менеджеру и узнайте, зарегистрирован ли сертификат. Оба сертификата остаются на токене. Повторите продление, только когда банк скажет.",
		"The new certificate's serial number is %s. Tell it to the bank's support service or your account manager, and ask whether the certificate is registered. Both certificates stay on the token. Renew again only when the bank says so.",
	},
	"error.journal": {
		"Тіркеу журналына жазу мүмкін болмады, сондықтан бұл қадам жасалған жоқ.",
		"Не удалось записать журнал регистрации, поэтому шаг не выполнен.",
		"The journal of the registration could not be written, so this step was not made.",
	},
	"error.journal.hint": {
		"Дискіде бос орын бар-жоғын тексеріп, тіркеуді жалғастырыңыз: ештеңе жоғалған жоқ.",
		"Проверьте, есть ли место на диске, и продолжите регистрацию: ничего не потеряно.",
		"Check whether the disk has room, and continue the registration: nothing is lost.",
	},
}
