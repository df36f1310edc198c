package text

// The main window.
const (
	PanelTitle         Key = "panel.title"
	PanelVersion       Key = "panel.version"
	PanelProfiles      Key = "panel.profiles"
	PanelSites         Key = "panel.sites"
	PanelNoSites       Key = "panel.no-sites"
	PanelForget        Key = "panel.forget"
	PanelRefused       Key = "panel.refused"
	PanelSitesKept     Key = "panel.sites-kept"
	PanelSitesNotKept  Key = "panel.sites-not-kept"
	PanelSettings      Key = "panel.settings"
	PanelIdle          Key = "panel.idle"
	PanelWhileUnlocked Key = "panel.while-unlocked"
	PanelLanguage      Key = "panel.language"
	PanelLock          Key = "panel.lock"
	PanelChangePIN     Key = "panel.change-pin"
	PanelCreate        Key = "panel.create"
	PanelContinue      Key = "panel.continue"
	PanelDaysLeft      Key = "panel.days-left" // N

	StatusAbsent   Key = "status.absent"
	StatusLocked   Key = "status.locked"
	StatusUnlocked Key = "status.unlocked"
	StatusBlocked  Key = "status.blocked"
	StatusSessions Key = "status.sessions"
	StatusPort     Key = "status.port"
	StatusNoPort   Key = "status.no-port"
)

var panel = map[Key]phrase{
	PanelTitle:    {"Qoltanba", "Qoltanba", "Qoltanba"},
	PanelVersion:  {"Нұсқасы: %s", "Версия %s", "Version %s"},
	PanelProfiles: {"Профильдер", "Профили", "Profiles"},
	PanelSites:    {"Рұқсат етілген сайттар", "Разрешённые сайты", "Allowed sites"},
	PanelNoSites:  {"Сіз рұқсат берген сайт жоқ.", "Вы пока не разрешили ни одного сайта.", "You have not allowed any site."},
	PanelRefused:  {"%s — тыйым салынған", "%s — запрещён", "%s — refused"},
	PanelForget:   {"Ұмыту", "Забыть", "Forget"},
	PanelSitesKept: {
		"Рұқсаттар бағдарлама жабылғаннан кейін де сақталады.",
		"Разрешения сохраняются и после выхода из программы.",
		"Approvals are kept after the program ends.",
	},
	PanelSitesNotKept: {
		"Рұқсаттар бағдарлама жабылғанша ғана сақталады: жүйенің құпиясөздер қоймасы қолжетімсіз.",
		"Разрешения действуют только до выхода из программы: системное хранилище паролей недоступно.",
		"Approvals last only until the program ends: the system's keyring is not available.",
	},
	PanelSettings: {"Баптаулар", "Настройки", "Settings"},
	PanelIdle: {
		"Құлыпталғанға дейінгі әрекетсіз уақыт",
		"Время бездействия до закрытия токена",
		"Lock when idle for",
	},
	PanelWhileUnlocked: {
		"Құлыпталғанша құпиясөзді қайта сұрамау",
		"Не спрашивать пароль повторно, пока токен открыт",
		"Do not ask for the password again while the token is unlocked",
	},
	PanelLanguage:  {"Тіл", "Язык", "Language"},
	PanelLock:      {"Қазір құлыптау", "Закрыть токен", "Lock now"},
	PanelChangePIN: {"Құпиясөзді өзгерту…", "Сменить пароль…", "Change password…"},

	PanelCreate: {
		"Токенде әлі профиль жоқ: оны шебер жасайды.",
		"На токене ещё нет профиля: его создаст мастер.",
		"There is no profile on the token yet: the wizard creates one.",
	},
	PanelContinue: {
		"Осы токенмен тіркелу аяқталмаған: оны тоқтаған жерінен жалғастыруға болады.",
		"Регистрация с этим токеном не завершена: её можно продолжить с того же места.",
		"A registration with this token is not finished: it can be continued where it stopped.",
	},
	PanelDaysLeft: {
		"%s күн қалды.",
		"Остался %s день.|Осталось %s дня.|Осталось %s дней.",
		"%s day left.|%s days left.",
	},

	StatusAbsent: {
		"Токен қосылмаған",
		"Токен не подключён",
		"No token connected",
	},
	StatusLocked: {
		"Токен қосылған, құлыптаулы",
		"Токен подключён, закрыт",
		"Token connected, locked",
	},
	StatusUnlocked: {
		"Токен ашық, қол қоюға дайын",
		"Токен открыт, готов к подписи",
		"Token unlocked, ready to sign",
	},
	StatusBlocked: {
		"Токен бұғатталған, банкке хабарласыңыз",
		"Токен заблокирован, обратитесь в банк",
		"Token password locked, ask your bank",
	},
	StatusSessions: {
		"Ашық сеанстар: %s",
		"Открытые сеансы: %s",
		"Open sessions: %s",
	},
	StatusPort: {
		"Сайттармен байланыс: %d-порт",
		"Связь с сайтами: порт %d",
		"Listening for sites on port %d",
	},
	StatusNoPort: {
		"Сайттармен байланыс жоқ",
		"Связи с сайтами нет",
		"Not listening for sites",
	},
}
