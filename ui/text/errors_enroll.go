package text

import "time"

// otherBankNamed is the hint that names the bank where a registration was begun.
const otherBankNamed Key = "error.other-bank.named"

// renewalRefusedNamed is the hint that names the certificate which was not registered.
const renewalRefusedNamed Key = "error.renewal-refused.named"

// The hints that say how long to wait, by minutes where that is long.
const (
	manyTriesSeconds Key = "error.many-tries.seconds"
	manyTriesMinutes Key = "error.many-tries.minutes"
)

// manyTries says how long to wait for a bank that counts wrong tries.
func (l Lang) manyTries(after time.Duration) string {
	const short = 2 * time.Minute
	if after < short {
		return l.N(manyTriesSeconds, int((after+time.Second-1)/time.Second))
	}
	return l.N(manyTriesMinutes, int((after+time.Minute-1)/time.Minute))
}

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
		"Используйте латинские буквы, цифры, дефис, подчёркивание и пробел, не больше 32 символов.",
		"Use Latin letters, digits, hyphens, underscores and spaces, 32 characters at most.",
	},
	"error.token-full": {
		"Токенде бос орын жоқ.",
		"На токене нет места.",
		"The token is full.",
	},
	"error.token-full.hint": {
		"Токенді форматтамаңыз. Онда не сақталғанын «Токенді басқару» терезесінен қарап, банктің қолдау қызметіне хабарласыңыз.",
		"Не форматируйте токен. Посмотрите в окне «Управление токеном», что на нём хранится, и обратитесь в поддержку банка.",
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
		"Шартта бұл мерзім жоқ.",
		"Такого срока в договоре нет.",
		"The Agreement does not have this period.",
	},
	"error.period.hint": {
		"«Келесі» түймесін тағы басып, шарттағы мерзімдердің бірін таңдаңыз. Олар шарттың 2-қосымшасында (қағаз қабылдау-тапсыру актісі) көрсетілген.",
		"Нажмите «Далее» ещё раз и выберите один из сроков договора. Они указаны в Приложении 2 к Договору (бумажный Акт приёма-передачи).",
		"Press Next again and choose one of the Agreement's periods. They are in Appendix 2 to the Agreement (hard copy of the Acceptance and Delivery certificate).",
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
		"Тіркелу басталған кілт бұл токенде енді жоқ.",
		"Ключа, с которым начата регистрация, на этом токене больше нет.",
		"The key that the registration was begun with is not on this token any more.",
	},
	"error.key-gone.hint": {
		"Токен басқа жерде форматталған болуы мүмкін. Тіркелуді басынан бастау үшін тізімнен токенді қайта таңдап, растаңыз.",
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
	"error.issuer": {
		"Бұл сертификатты қай банк бергені белгісіз.",
		"Неизвестно, какой банк выдал этот сертификат.",
		"It is not known which bank issued this certificate.",
	},
	"error.issuer.hint": {
		"Осы компьютерде банктің сипаттама файлы орнатылғанын әкімшіден сұраңыз, не сертификатты банк бөлімшесінде жаңартыңыз.",
		"Спросите администратора, установлен ли на этом компьютере файл описания банка, или продлите сертификат в отделении банка.",
		"Ask your administrator whether the bank's descriptor is installed on this computer, or renew the certificate at a branch of the bank.",
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
		"Тіркелу журналына жазу мүмкін болмады, сондықтан бұл қадам жасалған жоқ.",
		"Не удалось записать журнал регистрации, поэтому шаг не выполнен.",
		"The journal of the registration could not be written, so this step was not made.",
	},
	"error.journal.hint": {
		"Дискіде бос орын бар-жоғын тексеріп, тіркелуді жалғастырыңыз: ештеңе жоғалған жоқ.",
		"Проверьте, есть ли место на диске, и продолжите регистрацию: ничего не потеряно.",
		"Check whether the disk has room, and continue the registration: nothing is lost.",
	},
	"error.forgotten": {
		"PIN мен құпиясөздер енді сақталмайды: не ұзақ үзіліс болды, не токен құлыпталды немесе ажыратылды.",
		"PIN и пароли больше не хранятся: либо был долгий перерыв, либо токен закрыли или отключили.",
		"The PIN and the passwords are not kept any more: there was a long break, or the token was locked or removed.",
	},
	"error.forgotten.hint": {
		"Оларды қайта енгізіңіз. Ештеңе жоғалған жоқ.",
		"Введите их снова. Ничего не потеряно.",
		"Enter them again. Nothing is lost.",
	},
	"error.many-tries": {
		"Қате PIN тым көп енгізілді, сондықтан банк біраз уақыт жауап бермейді.",
		"Слишком много раз введён неверный PIN, и банк некоторое время не отвечает.",
		"A wrong PIN was entered too often, so the bank does not answer for a while.",
	},
	"error.many-tries.hint": {
		"Пайдаланушы идентификаторын, PIN-ді және кілт файлын тексеріп, бір минут күтіңіз де, қайталаңыз. Ештеңе жоғалған жоқ.",
		"Проверьте идентификатор пользователя, PIN и файл ключа, подождите минуту и повторите. Ничего не потеряно.",
		"Check the User ID, the PIN and the key file, wait a minute, and try again. Nothing is lost.",
	},
	manyTriesSeconds: {
		"Пайдаланушы идентификаторын, PIN-ді және кілт файлын тексеріп, %s секунд күтіңіз де, қайталаңыз. Ештеңе жоғалған жоқ.",
		"Проверьте идентификатор пользователя, PIN и файл ключа, подождите %s секунду и повторите. Ничего не потеряно.|Проверьте идентификатор пользователя, PIN и файл ключа, подождите %s секунды и повторите. Ничего не потеряно.|Проверьте идентификатор пользователя, PIN и файл ключа, подождите %s секунд и повторите. Ничего не потеряно.",
		"Check the User ID, the PIN and the key file, wait %s second, and try again. Nothing is lost.|Check the User ID, the PIN and the key file, wait %s seconds, and try again. Nothing is lost.",
	},
	manyTriesMinutes: {
		"Пайдаланушы идентификаторын, PIN-ді және кілт файлын тексеріп, %s минут күтіңіз де, қайталаңыз. Ештеңе жоғалған жоқ.",
		"Проверьте идентификатор пользователя, PIN и файл ключа, подождите %s минуту и повторите. Ничего не потеряно.|Проверьте идентификатор пользователя, PIN и файл ключа, подождите %s минуты и повторите. Ничего не потеряно.|Проверьте идентификатор пользователя, PIN и файл ключа, подождите %s минут и повторите. Ничего не потеряно.",
		"Check the User ID, the PIN and the key file, wait %s minute, and try again. Nothing is lost.|Check the User ID, the PIN and the key file, wait %s minutes, and try again. Nothing is lost.",
	},
	"error.bank-clock": {
		"Осы компьютердің сағаты бойынша банк серверінің сертификаты қазір жарамсыз.",
		"По часам этого компьютера сертификат сервера банка сейчас не действует.",
		"By the clock of this computer the certificate of the bank's server is not valid now.",
	},
	"error.bank-clock.hint": {
		"Компьютердегі күн мен уақытты тексеріңіз. Олар дұрыс болса, банкке хабарласыңыз. Банкке ештеңе жіберілген жоқ.",
		"Проверьте дату и время на компьютере. Если они верны, обратитесь в банк. Банку ничего не отправлено.",
		"Check the date and the time of the computer. If they are right, ask the bank. Nothing was sent to it.",
	},
	"error.key-kind": {
		"Токен банк қабылдайтын түрдегі кілтті жасай алмайды.",
		"Токен не может создать ключ того вида, который принимает банк.",
		"The token cannot make a key of a kind that the bank takes.",
	},
	"error.key-kind.hint": {
		"Токен үлгісін айтып, банктің қолдау қызметіне немесе менеджеріңізге хабарласыңыз: басқа токен немесе бағдарламаның жаңа нұсқасы қажет болуы мүмкін. Токенді форматтамаңыз.",
		"Назовите модель токена службе поддержки банка или вашему менеджеру: может понадобиться другой токен или новая версия программы. Не форматируйте токен.",
		"Tell the token's model to the bank's support service or your account manager: another token, or a newer version of this program, may be needed. Do not format the token.",
	},
	"error.other-program": {
		"Бұл токенге профильді басқа бағдарлама немесе осы компьютердің басқа пайдаланушысы жасап жатыр.",
		"Профиль на этом токене создаёт другая программа или другой пользователь этого компьютера.",
		"Another program, or another user of this computer, is making a profile on this token.",
	},
	"error.other-program.hint": {
		"Тіркелуді басталған жерінде аяқтаңыз. Ол мүмкін болмаса, қолдау қызметіне немесе менеджеріңізге хабарласыңыз. Токенді форматтамаңыз.",
		"Завершите регистрацию там, где она начата. Если это не удаётся, обратитесь в службу поддержки или к вашему менеджеру. Не форматируйте токен.",
		"Finish the registration where it was begun. If that is not possible, contact the support service or your account manager. Do not format the token.",
	},
	"error.journal-damaged": {
		"Осы компьютердегі тіркелулер тізімі (registrations.json файлы) зақымданған.",
		"Список регистраций на этом компьютере (файл registrations.json) повреждён.",
		"The list of registrations on this computer (the file registrations.json) is damaged.",
	},
	"error.journal-damaged.hint": {
		"Әкімшіден файлды сақтық көшірмеден қалпына келтіруді сұраңыз. Көшірме болмаса, файлды басқа қалтаға жылжытып, Qoltanba бағдарламасын қайта іске қосыңыз. Токенді форматтамаңыз: ондағының бәрі орнында.",
		"Попросите администратора восстановить файл из резервной копии. Если её нет, переместите файл в другую папку и перезапустите Qoltanba. Не форматируйте токен: на нём всё цело.",
		"Ask your administrator to restore the file from a backup. If there is none, move the file to another folder and restart Qoltanba. Do not format the token: all that is on it is still there.",
	},
}
