package text

import "qoltanba/agent"

// The Profile Creation Wizard.
const (
	WizardTitle  Key = "wizard.title"
	WizardStepOf Key = "wizard.step-of"
	WizardNext   Key = "wizard.next"
	WizardFinish Key = "wizard.finish"
	WizardWait   Key = "wizard.wait"
	WizardAsking Key = "wizard.asking"
	WizardFill   Key = "wizard.fill"
	WizardSays   Key = "wizard.says"
	WizardBank   Key = "wizard.bank"
	WizardHost   Key = "wizard.host"

	WizardChoose  Key = "wizard.choose"
	WizardEmpty   Key = "wizard.empty"
	WizardDefault Key = "wizard.default"
	WizardUnsure  Key = "wizard.unsure"
	WizardChosen  Key = "wizard.chosen"
	WizardResumed Key = "wizard.resumed"
	WizardOther   Key = "wizard.other"
	WizardGoesOn  Key = "wizard.goes-on"
	WizardAgain   Key = "wizard.again"

	WizardUnfinished Key = "wizard.unfinished"
	WizardNotLost    Key = "wizard.not-lost"
	WizardContinue   Key = "wizard.continue"
	WizardLater      Key = "wizard.later"
	WizardKeyGone    Key = "wizard.key-gone"
	WizardAnew       Key = "wizard.anew"
	WizardRestart    Key = "wizard.restart"
	WizardCreate     Key = "wizard.create"
	WizardUntouched  Key = "wizard.untouched"
	WizardOnThis     Key = "wizard.on-this"

	WizardWelcome  Key = "wizard.welcome"
	WizardHelps    Key = "wizard.helps"
	WizardHave     Key = "wizard.have"
	WizardHaveID   Key = "wizard.have-id"
	WizardHavePIN  Key = "wizard.have-pin"
	WizardHaveFile Key = "wizard.have-file"
	WizardMinutes  Key = "wizard.minutes"

	WizardApplicant    Key = "wizard.applicant"
	WizardUserID       Key = "wizard.user-id"
	WizardUserIDFrom   Key = "wizard.user-id-from"
	WizardUserIDCheck  Key = "wizard.user-id-check"
	WizardPIN          Key = "wizard.pin"
	WizardPINFrom      Key = "wizard.pin-from"
	WizardPINLayout    Key = "wizard.pin-layout"
	WizardPINClear     Key = "wizard.pin-clear"
	WizardKeyFile      Key = "wizard.key-file"
	WizardKeyFileFrom  Key = "wizard.key-file-from"
	WizardReview       Key = "wizard.review"
	WizardMatches      Key = "wizard.matches"
	WizardAdvice       Key = "wizard.advice"
	WizardFilePassword Key = "wizard.file-password"
	WizardHintFits     Key = "wizard.hint-fits"

	WizardPasswordTitle Key = "wizard.password-title"
	WizardName          Key = "wizard.name"
	WizardNameRule      Key = "wizard.name-rule"
	WizardNameEmpty     Key = "wizard.name-empty"
	WizardNameLong      Key = "wizard.name-long"
	WizardNameSign      Key = "wizard.name-sign"
	WizardNameFixed     Key = "wizard.name-fixed"
	WizardPassword      Key = "wizard.password"
	WizardConfirmation  Key = "wizard.confirmation"
	WizardPasswordFor   Key = "wizard.password-for"
	WizardDiffers       Key = "wizard.differs"
	WizardNewOnDevice   Key = "wizard.new-on-device"
	WizardNewNow        Key = "wizard.new-now"

	WizardCheck        Key = "wizard.check"
	WizardPeriod       Key = "wizard.period"
	WizardPeriodBank   Key = "wizard.period-bank"
	WizardPeriodChoose Key = "wizard.period-choose"
	WizardMonths       Key = "wizard.months" // N
	WizardFlag         Key = "wizard.flag"
	WizardStarts       Key = "wizard.starts"
)

// CredentialHint says what to check when User ID, PIN and key file do not belong
// together.
func (l Lang) CredentialHint(h agent.CredentialHint) string {
	return l.T(Key("wizard.hint." + string(h)))
}

var wizard = map[Key]phrase{
	WizardTitle:  {"Профиль жасау шебері", "Мастер создания профиля", "Profile Creation Wizard"},
	WizardStepOf: {"%d-қадам, барлығы %d", "Шаг %d из %d", "Step %d of %d"},
	WizardNext:   {"Келесі", "Далее", "Next"},
	WizardFinish: {"Аяқтау", "Готово", "Finish"},
	WizardWait:   {"Күте тұрыңыз…", "Подождите…", "Please wait…"},
	WizardAsking: {"Банк деректерді тексеріп жатыр…", "Банк проверяет данные…", "The bank is checking the data…"},
	WizardFill:   {"Барлық өрісті толтырыңыз.", "Заполните все поля.", "Fill in all fields."},
	WizardSays:   {"Банктің жауабы: %s", "Ответ банка: %s", "The bank says: %s"},
	WizardBank:   {"Банк", "Банк", "Bank"},
	WizardHost: {
		"Сертификаттарды беруші: %s",
		"Сертификаты выдаёт %s",
		"Its certificates come from %s",
	},

	WizardChoose: {
		"Профильді таңдап, оның құпиясөзін енгізіңіз",
		"Выберите профиль и введите его пароль",
		"Choose a profile and enter its password",
	},
	WizardEmpty: {
		"Профиль бос: тіркелуді жалғастыруға болады.",
		"Профиль пустой: регистрацию можно продолжать.",
		"The profile is empty: registration may continue.",
	},
	WizardDefault: {
		"Жаңа токеннің құпиясөзі – 12345678.",
		"Пароль нового токена — 12345678.",
		"The password of a new token is 12345678.",
	},
	WizardUnsure: {
		"Тіркелу жаңа құпиясөз қойылып жатқанда үзілген. Сіз таңдаған жаңа құпиясөз қойылып үлгерген болуы мүмкін: алдымен соны енгізіңіз, ол сәйкес келмесе, ескісін енгізіңіз.",
		"Регистрация прервалась, когда задавался новый пароль. Возможно, он уже действует: сначала введите тот новый пароль, который вы выбрали, а если он не подойдёт — прежний.",
		"The registration stopped while the new password was being set. The password may be the new one you chose: try that first, then the old one.",
	},
	WizardChosen: {
		"Токеннің құпиясөзі – осы тіркелуде өзіңіз таңдаған құпиясөз.",
		"Пароль токена — тот, который вы выбрали при этой регистрации.",
		"The token's password is the one you chose in this registration.",
	},
	WizardResumed: {
		"Басталған тіркелу жалғасады.",
		"Начатая регистрация продолжается.",
		"The registration that was begun is continued.",
	},
	WizardOther: {
		"Бұл тіркелу мына токенге тиесілі: %s. Соны қосыңыз.",
		"Эта регистрация относится к токену %s. Подключите его.",
		"This registration belongs to token %s. Connect that one.",
	},
	WizardGoesOn: {
		"Содан кейін терезе өзі жалғасады.",
		"После этого окно продолжит работу само.",
		"This window then goes on by itself.",
	},
	WizardAgain: {
		"Токен шығарылды немесе ұзақ уақыт ештеңе жасалмады: құпиясөзді қайта енгізіңіз. Тіркелу тоқтаған жерінен жалғасады.",
		"Токен отключали или долго ничего не происходило: введите пароль снова. Регистрация продолжится с того же места.",
		"The token was removed, or nothing was done for a long time: enter the password again. The registration goes on from where it was.",
	},

	WizardUnfinished: {
		"Осы токенмен тіркелу аяқталмаған",
		"Регистрация с этим токеном не завершена",
		"A registration with this token is not finished",
	},
	WizardNotLost: {
		"Оны тоқтаған жерінен жалғастыруға болады: ештеңе жоғалған жоқ. Құпиясөз бен PIN сақталмайды, сондықтан олар қайта сұралады.",
		"Её можно продолжить с того же места: ничего не потеряно. Пароль и PIN не сохраняются, поэтому их нужно будет ввести снова.",
		"It can be continued where it stopped: nothing is lost. The password and the PIN are not kept, so they are asked for again.",
	},
	WizardContinue: {"Жалғастыру", "Продолжить", "Continue"},
	WizardLater:    {"Кейінірек", "Позже", "Later"},
	WizardKeyGone: {
		"Тіркелудің кілті токенде енді жоқ",
		"Ключа начатой регистрации на токене больше нет",
		"The key of the registration is not on the token any more",
	},
	WizardAnew: {
		"Токен басқа жерде форматталған болуы керек. Бұл тіркелуді жалғастыру мүмкін емес, бірақ оны жаңа кілтпен басынан бастауға болады. Жаңа тіркелу тек сіз растағаннан кейін басталады.",
		"По-видимому, токен отформатировали в другом месте. Продолжить эту регистрацию нельзя, но можно начать заново, с новым ключом. Новая регистрация начнётся только после вашего подтверждения.",
		"The token was probably formatted elsewhere. This registration cannot be continued, but it can be started anew, with a new key. The new one starts only after you confirm.",
	},
	WizardRestart: {"Қайтадан бастау", "Начать заново", "Start anew"},
	WizardCreate:  {"Жаңа профиль жасау керек пе?", "Создать новый профиль?", "Create a new profile?"},
	WizardUntouched: {
		"Жаңа профиль осы токенде жасалады: %s. Бас тартсаңыз, токен сол күйінде қалады.",
		"Новый профиль будет создан на этом токене: %s. Если отказаться, токен останется таким, как был.",
		"The new profile will be created on this token: %s. If you cancel, the token stays as it was.",
	},

	WizardOnThis: {
		"Жаңа профиль осы токенде жасалады. Бас тартсаңыз, токен сол күйінде қалады.",
		"Новый профиль будет создан на этом токене. Если отказаться, токен останется таким, как был.",
		"The new profile will be created on this token. If you cancel, the token stays as it was.",
	},

	WizardWelcome: {"Қош келдіңіз", "Добро пожаловать", "Welcome"},
	WizardHelps: {
		"Шебер кілт тасығышта (токенде) ЭЦҚ кілтін жасайды, куәландырушы орталықтан сертификат алады және оны интернет-банкинг жүйесінде тіркейді.",
		"Мастер создаст на носителе ключа (токене) ключ ЭЦП, получит сертификат в удостоверяющем центре и зарегистрирует его в системе интернет-банкинга.",
		"The wizard makes an EDS key on the key carrier (the token), obtains its certificate from the Certification Authority and registers it in the Internet Banking System.",
	},
	WizardHave: {"Мыналар қолыңызда болсын:", "Приготовьте:", "Have at hand:"},
	WizardHaveID: {
		"пайдаланушы идентификаторы: шарттың 2-қосымшасында, қағаз қабылдау-тапсыру актісінде жазылған;",
		"идентификатор пользователя: он указан в Приложении 2 к Договору, в бумажном Акте приёма-передачи;",
		"the User ID: it is in Appendix 2 to the Agreement, the hard copy of the Acceptance and Delivery certificate;",
	},
	WizardHavePIN: {
		"банк бөлімшесінде берілген OTP-карта: онда PIN бар;",
		"OTP-карту, выданную в отделении банка: на ней указан PIN;",
		"the OTP card issued at the bank's branch: the PIN is on it;",
	},
	WizardHaveFile: {
		"бастапқы инициализация кілті жазылған USB-флешка: GOST.pfx немесе Key.pfx файлы.",
		"USB-флешку с первичным ключом инициализации (файл GOST.pfx или Key.pfx).",
		"the USB flash drive with the primary initialization key: the file GOST.pfx or Key.pfx.",
	},
	WizardMinutes: {
		"Тіркелу бірнеше минут алады. Аяқталғанша токенді шығармаңыз.",
		"Регистрация займёт несколько минут. До её окончания не вынимайте токен.",
		"The registration takes some minutes. Do not remove the token before it is finished.",
	},

	WizardApplicant: {"Тіркелу деректері", "Данные для регистрации", "Registration data"},
	WizardUserID:    {"Пайдаланушы идентификаторы:", "Идентификатор пользователя:", "User ID:"},
	WizardUserIDFrom: {
		"Шарттың 2-қосымшасынан (қағаз қабылдау-тапсыру актісі), мысалы: qq111111_qwertyui.",
		"Из Приложения 2 к Договору (бумажный Акт приёма-передачи), например: qq111111_qwertyui.",
		"From Appendix 2 to the Agreement (hard copy of the Acceptance and Delivery certificate), such as qq111111_qwertyui.",
	},
	WizardUserIDCheck: {
		"Тексеріңіз: әдетте ол qq111111_qwertyui түрінде болады. Шарттың 2-қосымшасында (қағаз қабылдау-тапсыру актісі) жазылған.",
		"Проверьте: обычно он выглядит как qq111111_qwertyui. Он указан в Приложении 2 к Договору (бумажный Акт приёма-передачи).",
		"Check: it usually looks like qq111111_qwertyui. It is in Appendix 2 to the Agreement (hard copy of the Acceptance and Delivery certificate).",
	},
	WizardPIN: {"PIN", "PIN", "PIN"},
	WizardPINFrom: {
		"Банк бөлімшесінде берілген OTP-картадан, бас әріптермен.",
		"С OTP-карты, выданной в отделении банка, заглавными буквами.",
		"From the OTP card issued at the bank's branch, in capital letters.",
	},
	WizardPINLayout: {
		"Мұнда латын емес әріп бар: пернетақтаны ағылшынға ауыстырыңыз.",
		"Здесь есть нелатинская буква: переключите раскладку на английскую.",
		"There is a letter here that is not Latin: switch the keyboard to English.",
	},
	WizardPINClear: {"Тазарту", "Очистить", "Clear"},
	WizardKeyFile:  {"Кілт файлы:", "Файл ключа:", "Key file:"},
	WizardKeyFileFrom: {
		"Банк бөлімшесінде USB-флешкаға жазылған бастапқы кілт (GOST.pfx, Key.pfx).",
		"Первичный ключ (GOST.pfx, Key.pfx), записанный в отделении банка на USB-флешку.",
		"The primary initialization key (GOST.pfx, Key.pfx) recorded on the USB flash drive at the bank's branch.",
	},
	WizardReview:  {"Шолу...", "Обзор...", "Review..."},
	WizardMatches: {"Құпиясөз PIN-мен бірдей", "Пароль совпадает с PIN", "Password matches PIN"},
	WizardAdvice: {
		"Банк бұл белгіні алып тастамауға кеңес береді: әдетте кілт файлының құпиясөзі PIN-мен бірдей.",
		"Банк советует не снимать эту отметку: обычно пароль файла ключа совпадает с PIN.",
		"The bank advises to leave the tick: usually the key file's password is the PIN.",
	},
	WizardFilePassword: {"Кілт файлының құпиясөзі:", "Пароль файла ключа:", "Key file password:"},
	WizardHintFits:     {"(енгізгеніңізге қатысты)", "(относится к введённому вами)", "(this fits what you typed)"},
	"wizard.hint.user-id": {
		"Пайдаланушы идентификаторын қайта тексеріңіз. Мысалы, aq орнына ag теріліп кетуі мүмкін.",
		"Ещё раз проверьте идентификатор пользователя. Например, вместо aq может быть введено ag.",
		"Recheck the User ID. For example, you may have ag instead of aq.",
	},
	"wizard.hint.capital": {
		"PIN бас әріптермен енгізіледі.",
		"PIN вводится заглавными буквами.",
		"The PIN must be entered in capital letters.",
	},
	"wizard.hint.lookers": {
		"PIN-дегі 1 цифры ағылшынның I әрпі болуы мүмкін немесе керісінше; O әрпі мен 0 цифры да солай.",
		"Цифра 1 в PIN может оказаться английской буквой I или наоборот; то же с буквой O и цифрой 0.",
		"What looks like number one in the PIN may be the English letter I or vice versa; so may the letter O and the number 0.",
	},
	"wizard.hint.key-file": {
		"Бастапқы кілт (GOST.pfx, Key.pfx) басқа ұйымдікімен немесе басқа пайдаланушынікімен шатастырылған болуы мүмкін.",
		"Первичный ключ (GOST.pfx, Key.pfx) мог быть перепутан с ключом другой организации или другого пользователя.",
		"You may have mixed up the primary initialization key (GOST.pfx, Key.pfx) with that of another organization or another user.",
	},

	WizardPasswordTitle: {"Токеннің аты мен құпиясөзі", "Имя и пароль токена", "Name and password of the token"},
	WizardName:          {"Токен аты", "Имя токена", "Token Name"},
	WizardNameRule: {
		"Латын әріптерімен жазыңыз; цифр, сызықша, астын сызу белгісі және бос орын да болады. Ең көбі %d таңба.",
		"Латинскими буквами; можно также цифры, дефис, подчёркивание и пробел. Не больше %d символов.",
		"In Latin letters; digits, hyphen, underscore and space are also allowed. At most %d characters.",
	},
	WizardNameEmpty: {"Токеннің атын енгізіңіз.", "Введите имя токена.", "Enter a name for the token."},
	WizardNameLong: {
		"Атау тым ұзын: ең көбі %d таңба болады.",
		"Имя слишком длинное: можно не больше %d символов.",
		"The name is too long: at most %d characters are allowed.",
	},
	WizardNameSign: {
		"«%s» таңбасын қолдануға болмайды: тек латын әріптері, цифрлар, сызықша, астын сызу белгісі және бос орын болады.",
		"Символ «%s» нельзя использовать: можно только латинские буквы, цифры, дефис, подчёркивание и пробел.",
		"\"%s\" is not allowed: only Latin letters, digits, hyphen, underscore and space are.",
	},
	WizardNameFixed: {
		"Бұл атау кілтке берілген, оны енді өзгертуге болмайды.",
		"Это имя уже дано ключу, изменить его нельзя.",
		"The key has this name already; it cannot be changed any more.",
	},
	WizardPassword:     {"Құпиясөз:", "Пароль:", "Password:"},
	WizardConfirmation: {"Растау:", "Подтверждение:", "Confirmation:"},
	WizardPasswordFor: {
		"Осы құпиясөзбен интернет-банкинг жүйесіне кіресіз және төлем тапсырмаларын жібересіз. Токендегі профиль енді осы жаңа құпиясөзбен қорғалады.",
		"Этот пароль нужен для входа в систему интернет-банкинга и отправки платёжных поручений. Профиль на токене будет защищён этим новым паролем.",
		"You will use this password for logging in and for sending payment orders in the Internet Banking System. The profile on the token will be protected by it.",
	},
	WizardDiffers: {
		"Құпиясөз бен оның растауы бірдей емес.",
		"Пароль и подтверждение не совпадают.",
		"Password and confirmation differ.",
	},
	WizardNewOnDevice: {"Жаңа құпиясөзді құрылғының өзі сұрайды.", "Новый пароль запросит само устройство.", "The device itself will ask for the new password."},
	WizardNewNow:      {"Жаңа құпиясөзді құрылғының өзінде енгізіңіз.", "Введите новый пароль на самом устройстве.", "Enter the new password on the device itself."},

	WizardCheck:        {"Деректерді тексеріңіз", "Проверьте данные", "Check the data"},
	WizardPeriod:       {"Мерзімі", "Срок", "Period"},
	WizardPeriodBank:   {"банк белгілейді", "определяет банк", "set by the bank"},
	WizardPeriodChoose: {"Мерзімді таңдаңыз", "Выберите срок", "Choose the period"},
	WizardMonths:       {"%s ай", "%s месяц|%s месяца|%s месяцев", "%s month|%s months"},
	WizardFlag:         {"Деректер дұрыс екенін растаймын", "Подтверждаю, что данные верны", "I confirm that the data are right"},
	WizardStarts: {
		"«Келесі» түймесі басылғанда сертификаттар алынып, интернет-банкинг жүйесінде тіркеле бастайды.",
		"После нажатия «Далее» начнётся получение сертификатов и их регистрация в системе интернет-банкинга.",
		"\"Next\" starts obtaining the certificates and registering them in the Internet Banking System.",
	},
}
