package text

import "qoltanba/agent"

// The pages of the wizard from the work to its end.
const (
	WizardWorks     Key = "wizard.works"
	WizardFive      Key = "wizard.five"
	WizardKeepIn    Key = "wizard.keep-in"
	WizardTook      Key = "wizard.took"
	WizardStopped   Key = "wizard.stopped"
	WizardGoOn      Key = "wizard.go-on"
	WizardGoOnToken Key = "wizard.go-on-token"
	WizardGoOnData  Key = "wizard.go-on-data"
	// WizardGoOnUnlock is WizardGoOnToken once the token is plugged in.
	WizardGoOnUnlock Key = "wizard.go-on-unlock"
	WizardForbidden  Key = "wizard.forbidden"
	WizardContact    Key = "wizard.contact"
	WizardManager    Key = "wizard.manager"
	WizardRetry      Key = "wizard.retry"
	WizardClose      Key = "wizard.close"

	WizardLeaving Key = "wizard.leaving"
	WizardKept    Key = "wizard.kept"
	WizardStay    Key = "wizard.stay"
	WizardLeave   Key = "wizard.leave"

	WizardDone  Key = "wizard.done"
	WizardLogIn Key = "wizard.log-in"
	// WizardLogInLater is WizardLogIn where no page waits for the profile.
	WizardLogInLater Key = "wizard.log-in-later"
)

// Task says what a task of the wizard does.
func (l Lang) Task(k agent.TaskKind) string { return l.T(Key("task." + string(k))) }

var wizardWork = map[Key]phrase{
	WizardWorks: {"Профиль жасалып жатыр", "Создание профиля", "The profile is being created"},
	WizardFive: {
		"Токенде кілт жасау 5 минутқа дейін созылуы мүмкін.",
		"Генерация ключа на токене может занять до 5 минут.",
		"Key generation on the token can take up to 5 minutes.",
	},
	WizardKeepIn: {
		"Токенді шығармаңыз және терезені жаппаңыз.",
		"Не вынимайте токен и не закрывайте окно.",
		"Do not remove the token and do not close the window.",
	},
	WizardTook: {"%s ішінде орындалды", "готово за %s", "done in %s"},
	WizardStopped: {
		"Тіркелу тоқтап қалды",
		"Регистрация остановилась",
		"The registration has stopped",
	},
	WizardGoOn: {
		"Тіркелуді жалғастыру керек. Себебін жойып, «Қайталау» түймесін басыңыз немесе кейінірек жалғастырыңыз: жасалғаны сақталады.",
		"Регистрацию нужно продолжить. Устраните причину и нажмите «Повторить» или продолжите позже: сделанное сохранено.",
		"Continue the registration. Remove the cause and press \"Retry\", or continue later: what was done is kept.",
	},
	WizardGoOnToken: {
		"Тіркелуді жалғастыру керек. Дәл сол токенді қайта қосып, құпиясөзін енгізіңіз немесе кейінірек жалғастырыңыз: жасалғаны сақталады.",
		"Регистрацию нужно продолжить. Подключите снова тот же токен и введите его пароль или продолжите позже: сделанное сохранено.",
		"Continue the registration. Plug the same token in again and enter its password, or continue later: what was done is kept.",
	},
	WizardGoOnData: {
		"Тіркелуді жалғастыру керек. Дұрыс деректерді енгізіп, «Келесі» түймесін басыңыз немесе кейінірек жалғастырыңыз: жасалғаны сақталады.",
		"Регистрацию нужно продолжить. Введите верные данные и нажмите «Далее» или продолжите позже: сделанное сохранено.",
		"Continue the registration. Enter the right data and press \"Next\", or continue later: what was done is kept.",
	},
	WizardGoOnUnlock: {
		"Тіркелуді жалғастыру керек. Токеннің құпиясөзін енгізіңіз немесе кейінірек жалғастырыңыз: жасалғаны сақталады.",
		"Регистрацию нужно продолжить. Введите пароль токена или продолжите позже: сделанное сохранено.",
		"Continue the registration. Enter the token's password, or continue later: what was done is kept.",
	},
	WizardForbidden: {
		"ҚАЙТА ФОРМАТТАУҒА ТЫЙЫМ САЛЫНҒАН! Форматтау жарамды сертификат пен кілтті жояды.",
		"ПОВТОРНОЕ ФОРМАТИРОВАНИЕ ЗАПРЕЩЕНО! Оно удалит действующий сертификат и ключ.",
		"RE-FORMATTING IS FORBIDDEN! Formatting will delete the valid certificate and key.",
	},
	WizardContact: {
		"Қолдау қызметіне немесе банктегі менеджеріңізге хабарласыңыз.",
		"Обратитесь в службу поддержки или к вашему менеджеру.",
		"Contact the support service or your account manager.",
	},
	WizardManager: {"Менеджеріңіз: %s", "Ваш менеджер: %s", "Your account manager: %s"},
	WizardRetry:   {"Қайталау", "Повторить", "Retry"},
	WizardClose:   {"Жабу", "Закрыть", "Close"},

	WizardLeaving: {
		"Тіркелу әлі аяқталған жоқ",
		"Регистрация ещё не завершена",
		"The registration is not finished yet",
	},
	WizardKept: {
		"Терезені қазір жапсаңыз, жұмыс тоқтайды. Жасалғаны сақталады, тіркелуді осы токенмен кейінірек жалғастыруға болады. Токенді форматтамаңыз.",
		"Если закрыть окно сейчас, работа прервётся. Сделанное сохранится, регистрацию можно будет продолжить позже с этим же токеном. Не форматируйте токен.",
		"If you close the window now, the work stops. What was done is kept, and the registration can be continued later with the same token. Do not format the token.",
	},
	WizardStay:  {"Күту", "Подождать", "Wait"},
	WizardLeave: {"Бәрібір жабу", "Всё равно закрыть", "Close anyway"},

	WizardDone: {"Профиль жасалды", "Профиль создан", "The profile was created"},
	WizardLogIn: {
		"Енді интернет-банкинг жүйесіне кіруге болады: «Аяқтау» түймесін басыңыз, профильді таңдап, токеннің жаңа құпиясөзін енгізіңіз.",
		"Теперь можно войти в систему интернет-банкинга: нажмите «Готово», выберите профиль и введите новый пароль токена.",
		"You can now log in to the Internet Banking System: press \"Finish\", choose the profile and enter the token's new password.",
	},
	WizardLogInLater: {
		"Енді интернет-банкинг жүйесіне кіруге болады: «Аяқтау» түймесін басыңыз. Содан кейін банкіңіздің сайтын ашып, осы профильмен және токеннің жаңа құпиясөзімен кіріңіз.",
		"Теперь можно войти в систему интернет-банкинга: нажмите «Готово». Затем откройте сайт своего банка и войдите на нём с этим профилем и новым паролем токена.",
		"You can now log in to the Internet Banking System: press \"Finish\". Then open your bank's page and log in there with this profile and the token's new password.",
	},

	"task.set-password": {"Токеннің жаңа құпиясөзі", "Новый пароль токена", "New password of the token"},
	"task.generate-key": {"Токенде кілт жасау", "Генерация ключа на токене", "Key generation on the token"},
	"task.certificate":  {"Куәландырушы орталықтан сертификат алу", "Получение сертификата в удостоверяющем центре", "Certificate from the Certification Authority"},
	"task.write":        {"Сертификатты токенге жазу", "Запись сертификата на токен", "Writing the certificate to the token"},
	"task.register":     {"Интернет-банкинг жүйесінде тіркелу", "Регистрация в системе интернет-банкинга", "Registration in the Internet Banking System"},
}
