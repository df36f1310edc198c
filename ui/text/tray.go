package text

import "qoltanba/agent"

// The menu of the tray icon. Words that the main window has too are its words.
const (
	TrayReady  Key = "tray.ready"  // N
	TrayLocked Key = "tray.locked" // N
	TrayEmpty  Key = "tray.empty"
	TrayBusy   Key = "tray.busy"
	TrayMore   Key = "tray.more" // N
	TrayOpen   Key = "tray.open"
	TrayExit   Key = "tray.exit"
	TrayHidden Key = "tray.hidden" // there is no notification area

	TrayToken       Key = "tray.token"
	TrayCodes       Key = "tray.codes"
	TrayUnblock     Key = "tray.unblock"
	TrayWizard      Key = "tray.wizard"
	TrayContinue    Key = "tray.continue"
	TrayRenew       Key = "tray.renew"
	TrayRenewIn     Key = "tray.renew-in"
	TrayUse         Key = "tray.use"
	TrayCertificate Key = "tray.certificate"
	TrayLock        Key = "tray.lock"
	TrayUnlocked    Key = "tray.unlocked"
)

// Wizard is what the way to the wizard is called, in the tray and in the main window.
func (l Lang) Wizard(s agent.Status) string {
	if s.Unfinished {
		return l.T(TrayContinue)
	}
	return l.T(TrayWizard)
}

// Renewal is what the way to renew a profile's certificate is called in both: with the
// days that are left where they are few. One that has ended has none: its successor waits to
// be written and registered.
func (l Lang) Renewal(p agent.Profile) string {
	if !p.Expired && p.DaysLeft <= agent.RenewalDue {
		return l.N(TrayRenewIn, p.DaysLeft)
	}
	return l.T(TrayRenew)
}

var tray = map[Key]phrase{
	TrayReady: {
		"Токен ашық, %s профиль дайын",
		"Токен открыт, %s профиль готов|Токен открыт, %s профиля готовы|Токен открыт, %s профилей готовы",
		"Unlocked, %s profile ready|Unlocked, %s profiles ready",
	},
	TrayLocked: {
		"Токен қосылған, құлыптаулы, %s профиль",
		"Токен подключён, закрыт, %s профиль|Токен подключён, закрыт, %s профиля|Токен подключён, закрыт, %s профилей",
		"Token connected, locked, %s profile|Token connected, locked, %s profiles",
	},
	TrayEmpty: {
		"Токен қосылған, кілті жоқ",
		"Токен подключён, ключа на нём нет",
		"Token connected, it has no key",
	},
	TrayBusy: {
		"Сұрау орындалуда…",
		"Выполняется запрос…",
		"A request is being handled…",
	},
	TrayMore: {
		"тағы %s профиль",
		"ещё %s профиль|ещё %s профиля|ещё %s профилей",
		"%s more profile|%s more profiles",
	},
	TrayOpen:     {"Qoltanba терезесін ашу…", "Открыть Qoltanba…", "Open Qoltanba…"},
	TrayExit:     {"Шығу", "Выход", "Exit"},
	TrayToken:    {"Токенді басқару…", "Управление токеном…", "Token panel…"},
	TrayCodes:    {"Код генераторлары…", "Генераторы кодов…", "Code generators…"},
	TrayUnblock:  {"Токенді бұғаттан шығару…", "Разблокировать токен…", "Unblock the token…"},
	TrayWizard:   {"Профиль жасау шебері…", "Мастер создания профиля…", "Profile Creation Wizard…"},
	TrayContinue: {"Тіркелуді жалғастыру…", "Продолжить регистрацию…", "Continue registration…"},
	TrayRenew:    {"Сертификатты жаңарту…", "Продлить сертификат…", "Renew certificate…"},
	TrayRenewIn: {
		"Сертификатты жаңарту: %s күн қалды…",
		"Продлить сертификат: остался %s день…|Продлить сертификат: осталось %s дня…|Продлить сертификат: осталось %s дней…",
		"Renew certificate: %s day left…|Renew certificate: %s days left…",
	},
	TrayUse:         {"Осы профильді бірінші ұсыну", "Предлагать первым", "Offer this profile first"},
	TrayCertificate: {"Сертификат…", "Сертификат…", "Certificate…"},
	TrayLock:        {"Құлыптау", "Закрыть токен", "Lock"},
	TrayUnlocked:    {"ашық", "открыт", "unlocked"},
	TrayHidden: {
		"Мұнда тапсырмалар тақтасындағы белгіше көрсетілмейді. Басты терезені ашу үшін Qoltanba бағдарламасын қайта іске қосыңыз.",
		"Здесь нельзя показать значок в области уведомлений. Чтобы открыть главное окно, запустите Qoltanba ещё раз.",
		"No icon can be shown in the notification area here. Start Qoltanba again to open its main window.",
	},
}
