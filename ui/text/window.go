package text

// The windows that ask: a new site, a password.
const (
	SiteTitle   Key = "site.title"
	SiteIntro   Key = "site.intro"
	SiteAbility Key = "site.ability"
	SiteNever   Key = "site.never"
	SiteKept    Key = "site.kept"
	SiteNotKept Key = "site.not-kept"
	SiteAllow   Key = "site.allow"
	SiteRefuse  Key = "site.refuse"

	PINTitle       Key = "pin.title"
	PINLogin       Key = "pin.login"
	PINSign        Key = "pin.sign"       // N, then the site
	PINSignLocal   Key = "pin.sign-local" // N
	PINRenew       Key = "pin.renew"
	PINDevice      Key = "pin.device"
	PINTrying      Key = "pin.trying"
	PINChoose      Key = "pin.choose"
	PINEmpty       Key = "pin.empty"
	PINExpired     Key = "pin.expired"
	TokenConnect   Key = "token.connect"
	TokenLooks     Key = "token.looks"
	TokenWaiting   Key = "token.waiting"
	ProfileDetails Key = "profile.details"
	ProfileOwner   Key = "profile.owner"
	ProfileExpired Key = "profile.expired"
	ProfileEmpty   Key = "profile.empty"
	ProfileLocked  Key = "profile.locked"
	ProfileDefault Key = "profile.default"

	ChangeTitle    Key = "change.title"
	ChangePurpose  Key = "change.purpose"
	ChangeOld      Key = "change.old"
	ChangeNew      Key = "change.new"
	ChangeRepeat   Key = "change.repeat"
	ChangeMismatch Key = "change.mismatch"
	ChangeTrying   Key = "change.trying"

	NoticeTitle Key = "notice.title"
)

// Details says whose certificate a profile has and, as far as it is known, until when it
// is valid.
func (l Lang) Details(subject, notAfter string) string {
	if notAfter == "" {
		return l.T(ProfileOwner, subject)
	}
	return l.T(ProfileDetails, subject, l.Date(notAfter))
}

var window = map[Key]phrase{
	SiteTitle: {
		"Qoltanba — Жаңа сайт",
		"Qoltanba — Новый сайт",
		"Qoltanba — New site",
	},
	SiteIntro: {
		"Бұл сайт ЭЦҚ-ңызды пайдалануға рұқсат сұрайды:",
		"Этот сайт просит разрешения пользоваться вашей ЭЦП:",
		"This site asks to use your electronic digital signature (EDS):",
	},
	SiteAbility: {
		"Рұқсат берсеңіз, сайт жүйеге кіруді және құжаттарға қол қоюды сұрай алады. Әр құжатты сіз қол қоймас бұрын көресіз.",
		"Если разрешить, сайт сможет запрашивать вход и подписание документов. Каждый документ вы увидите до подписания.",
		"If you allow it, the site can ask you to log in and to sign documents. You will see every document before you sign it.",
	},
	SiteNever: {
		"Сайт құпиясөзіңіз бен кілтіңізді ешқашан көрмейді. Мекенжай банкіңіздікі екеніне күмәніңіз болса, рұқсат бермеңіз.",
		"Ваш пароль и ключ сайт не увидит никогда. Если вы не уверены, что это адрес вашего банка, не разрешайте.",
		"The site never sees your password or key. If you are not sure that this is your bank's address, do not allow it.",
	},
	SiteKept: {
		"Жауабыңыз есте сақталады. Рұқсатты бағдарламаның басты терезесінде қайтарып алуға болады.",
		"Ваш ответ запомнится. Разрешение можно отозвать в главном окне программы.",
		"Your answer is remembered. You can take it back in the main window of the program.",
	},
	SiteNotKept: {
		"Жауабыңыз бағдарлама жабылғанша ғана есте сақталады: жүйенің құпиясөздер қоймасы қолжетімсіз.",
		"Ваш ответ запомнится только до выхода из программы: системное хранилище паролей недоступно.",
		"Your answer is remembered only until the program ends: the system's keyring is not available.",
	},
	SiteAllow:  {"Рұқсат беру", "Разрешить", "Allow"},
	SiteRefuse: {"Рұқсат бермеу", "Не разрешать", "Don't allow"},

	PINTitle: {
		"Qoltanba — Құпиясөз",
		"Qoltanba — Пароль",
		"Qoltanba — Password",
	},
	PINLogin: {
		"Сайтқа кіру: %s",
		"Вход на сайт %s",
		"Log in to %s",
	},
	PINRenew: {
		"Сертификатты жаңарту",
		"Продление сертификата",
		"Renew the certificate",
	},
	PINSign: {
		"%s құжатқа қол қою, сайт: %s",
		"Подписать %s документ для %s|Подписать %s документа для %s|Подписать %s документов для %s",
		"Sign %s document for %s|Sign %s documents for %s",
	},
	PINSignLocal: {
		"%s құжатқа қол қою",
		"Подписать %s документ|Подписать %s документа|Подписать %s документов",
		"Sign %s document|Sign %s documents",
	},
	PINDevice: {
		"OK түймесін басып, құпиясөзді құрылғының өзінде енгізіңіз.",
		"Нажмите OK и введите пароль на самом устройстве.",
		"Press OK and enter the password on the device itself.",
	},
	PINTrying: {
		"Құпиясөз тексерілуде…",
		"Пароль проверяется…",
		"Checking the password…",
	},
	PINChoose: {
		"Профильді таңдаңыз",
		"Выберите профиль",
		"Choose a profile",
	},
	PINEmpty: {
		"Бұл профильде кілт жоқ: алдымен банкте тіркеліңіз.",
		"В этом профиле нет ключа: сначала пройдите регистрацию в банке.",
		"This profile has no key: register with your bank first.",
	},
	PINExpired: {
		"Бұл профильдің сертификаты қазір жарамсыз. Банктен жаңасын алыңыз.",
		"Сертификат этого профиля сейчас недействителен. Получите в банке новый.",
		"This profile's certificate is not valid now. Get a new one from your bank.",
	},
	TokenConnect: {
		"Токенді қосыңыз",
		"Подключите токен",
		"Connect the token",
	},
	TokenLooks: {
		"KAZTOKEN – USB портына салынатын, қызғылт сары түсті мөлдір корпусты шағын құрылғы.",
		"KAZTOKEN — небольшое устройство для USB-порта в прозрачном оранжевом корпусе.",
		"The KAZTOKEN is a small USB device in a transparent orange case.",
	},
	TokenWaiting: {
		"Токен күтілуде. Ол қосылған соң терезе өзі жалғасады.",
		"Ожидание токена. Когда он появится, окно продолжит работу само.",
		"Waiting for the token. This window goes on by itself when it is there.",
	},
	ProfileDetails: {
		"Сертификат иесі: %s. %s дейін жарамды.",
		"Владелец сертификата: %s. Действителен до %s.",
		"Certificate of %s, valid until %s.",
	},
	ProfileOwner:   {"Сертификат иесі: %s.", "Владелец сертификата: %s.", "Certificate of %s."},
	ProfileExpired: {"қазір жарамсыз", "сейчас недействителен", "not valid now"},
	ProfileEmpty:   {"кілті жоқ", "без ключа", "no key"},
	ProfileLocked:  {"бұғатталған", "заблокирован", "password locked"},
	ProfileDefault: {"зауыттық құпиясөз, оны өзгертіңіз", "заводской пароль, смените его", "factory password, change it"},

	ChangeTitle: {
		"Qoltanba — Құпиясөзді өзгерту",
		"Qoltanba — Смена пароля",
		"Qoltanba — Change password",
	},
	ChangePurpose: {
		"Токеннің құпиясөзін өзгерту",
		"Смена пароля токена",
		"Change the token's password",
	},
	ChangeOld:    {"Қазіргі құпиясөз", "Текущий пароль", "Current password"},
	ChangeNew:    {"Жаңа құпиясөз", "Новый пароль", "New password"},
	ChangeRepeat: {"Жаңасын қайталаңыз", "Повторите новый", "Repeat the new one"},
	ChangeMismatch: {
		"Екі жаңа құпиясөз бірдей емес. Оларды қайта енгізіңіз.",
		"Новые пароли не совпадают. Введите их ещё раз.",
		"The two new passwords differ. Enter them again.",
	},
	ChangeTrying: {
		"Құпиясөз өзгертілуде…",
		"Пароль меняется…",
		"Changing the password…",
	},

	NoticeTitle: {
		"Qoltanba — Хабарлама",
		"Qoltanba — Сообщение",
		"Qoltanba — Message",
	},
}
