package text

// The pages of the wizard on which a registration that was begun stands in the way, and
// who asks for the wizard.
const (
	WizardAsks Key = "wizard.asks"

	WizardMissing       Key = "wizard.missing"
	WizardMiss          Key = "wizard.miss"
	WizardMissingBegun  Key = "wizard.missing-begun"
	WizardMissingGone   Key = "wizard.missing-gone"
	WizardMissingBank   Key = "wizard.missing-bank"
	WizardMissingSerial Key = "wizard.missing-serial"
	WizardMissingWrong  Key = "wizard.missing-wrong"
	WizardSetAside      Key = "wizard.set-aside"

	WizardOtherUser  Key = "wizard.other-user"
	WizardBegunFor   Key = "wizard.begun-for"
	WizardEntered    Key = "wizard.entered"
	WizardUserFirst  Key = "wizard.user-first"
	WizardUserAnew   Key = "wizard.user-anew"
	WizardUserTaken  Key = "wizard.user-taken"
	WizardGoOnFirst  Key = "wizard.go-on-first"
	WizardAnewSecond Key = "wizard.anew-second"

	// WizardOtherBank is the hint of agent.ErrOtherBank where there is no choice of a bank.
	WizardOtherBank Key = "wizard.other-bank"
	// WizardPeriodSecond is the hint of agent.ErrPeriod beside the button WizardAnewSecond.
	WizardPeriodSecond Key = "wizard.period-second"

	CLIEnrollMissing  Key = "cli-enroll-missing"
	CLIEnrollBack     Key = "cli-enroll-back"
	CLIEnrollAnewUser Key = "cli-enroll-anew-user"
)

var wizardAside = map[Key]phrase{
	WizardAsks: {
		"Осы сайт токеніңізде профиль жасауды сұрайды.",
		"Этот сайт просит создать профиль на вашем токене.",
		"This site asks to create a profile on your token.",
	},

	WizardMissing: {
		"Токен жоғалды немесе бұзылды",
		"Токен потерян или сломан",
		"The token is lost or broken",
	},
	WizardMiss: {
		"Ол токен жоғалды немесе бұзылды…",
		"Тот токен потерян или сломан…",
		"That token is lost or broken…",
	},
	WizardMissingBegun: {
		"Тіркелу мына токенмен басталған: %s. Ол өзіңізде болса, артқа қайтып, соны қосыңыз: тіркелу жалғасады, ештеңе жоғалмайды.",
		"Регистрация начата с токеном %s. Если он у вас, вернитесь назад и подключите его: регистрация продолжится, ничего не пропадёт.",
		"A registration was begun with token %s. If you still have it, go back and connect it: the registration goes on then, and nothing is lost.",
	},
	WizardMissingGone: {
		"Ол жоғалса немесе бұзылса, оның тіркелуін осы компьютерде тоқтатуға болады. Одан кейін ол токен табылса ғана және тек сол банкте жалғасады; ондағы кілт қалпына келмейді.",
		"Если он потерян или сломан, его регистрацию можно отменить на этом компьютере. Продолжить её после этого можно, только если токен найдётся, и только в том же банке; ключ с него не восстановить.",
		"If it is lost or broken, its registration can be set aside on this computer. It is continued after that only if the token is found, and only at the same bank; the key on it cannot be restored.",
	},
	WizardMissingBank: {
		"Банк жоғалған токенге сертификат шығарып үлгерген болуы мүмкін, бұл бағдарлама оның күшін жоя алмайды. Банкке қоңырау шалыңыз: сертификаттың күшін жоюды сұраңыз, PIN мен кілт файлы әлі жарамды ма, соны біліңіз. Банк ол тіркелуді аяқтап үлгерсе, олар пайдаланылған: жаңасы керек болады.",
		"Банк мог уже выпустить сертификат для потерянного токена, и отозвать его эта программа не может. Позвоните в банк: попросите отозвать сертификат и узнайте, действуют ли ещё ваши PIN и файл ключа. Если банк успел завершить ту регистрацию, они уже использованы: понадобятся новые.",
		"The bank may have issued a certificate for the lost token already, and this program cannot revoke it. Call the bank: ask to have the certificate revoked, and whether your PIN and key file are still good. If the bank had finished that registration they are used up, and you need new ones.",
	},
	WizardMissingSerial: {
		"Растау үшін жоғалған токеннің сериялық нөмірін енгізіңіз:",
		"Для подтверждения введите серийный номер потерянного токена:",
		"To confirm, type the serial number of the lost token:",
	},
	WizardMissingWrong: {
		"Жоғалған токеннің нөмірі басқа: %s. Соны енгізіңіз.",
		"Номер потерянного токена другой: %s. Введите его.",
		"The lost token has another number: %s. Type that one.",
	},
	WizardSetAside: {
		"Ол тіркелуді тоқтату",
		"Отменить ту регистрацию",
		"Set that registration aside",
	},

	WizardOtherUser: {
		"Тіркелу басқа идентификатор үшін басталған",
		"Регистрация начата для другого идентификатора",
		"The registration was begun for another User ID",
	},
	WizardBegunFor: {"Бірінші (тіркелу басталған):", "Первый (регистрация начата):", "First (registration begun):"},
	WizardEntered:  {"Екінші (қазір енгізілген):", "Второй (введён сейчас):", "Second (entered now):"},
	WizardUserFirst: {
		"Екіншісі қате енгізілсе, біріншісімен жалғастырыңыз: оның PIN-і мен кілт файлы керек болады.",
		"Если второй введён по ошибке, продолжите с первым: понадобятся его PIN и файл ключа.",
		"If the second was entered by mistake, go on with the first: you need its PIN and key file.",
	},
	WizardUserAnew: {
		"Екіншісіне басынан басталса, токендегі кілт қалады, ал сертификат жаңадан сұралады. Банк бас тартуы мүмкін: ол бірінші идентификатордікі деп білетін кілт соныкі болып қала береді. Ондайда біріншісіне қайта аласыз: ештеңе жоғалмайды.",
		"Если начать заново для второго, ключ на токене останется, а сертификат будет запрошен новый. Банк может отказать: ключ, который он уже знает за первым идентификатором, остаётся за ним. Тогда можно вернуться к первому: ничего не пропадёт.",
		"If it is begun anew for the second, the key on the token stays and a new certificate is asked for. The bank may refuse: a key that it knows as the first one's stays the first one's. You can come back to the first then: nothing is lost.",
	},
	WizardUserTaken: {
		"Банк бұл токенді бірінші идентификаторға тіркеп үлгерген болуы мүмкін, сондықтан тек сонымен жалғастыруға болады. Дұрысы екіншісі болса, банкке хабарласыңыз.",
		"Банк мог уже зарегистрировать этот токен за первым идентификатором, поэтому продолжить можно только с ним. Если верен второй, обратитесь в банк.",
		"The bank may have registered this token for the first one already, so it can only be continued for that one. If the second is the right one, ask your bank.",
	},
	WizardGoOnFirst:  {"Біріншісімен жалғастыру", "Продолжить с первым", "Go on with the first"},
	WizardAnewSecond: {"Екіншісіне басынан бастау", "Начать заново для второго", "Begin anew for the second"},
	WizardOtherBank: {
		"Оның сертификаттарын %s береді. Жалғастыру үшін осы терезені жауып, сол банктің сайтын ашыңыз немесе Qoltanba белгішесінің мәзірінен «%s» тармағын таңдаңыз.",
		"Сертификаты для неё выдаёт %s. Чтобы продолжить, закройте это окно и откройте сайт того банка или выберите «%s» в меню значка Qoltanba.",
		"Its certificates come from %s. To continue it, close this window and open that bank's page, or choose \"%s\" in the menu of Qoltanba's icon.",
	},
	WizardPeriodSecond: {
		"«%s» түймесін тағы басып, шарттағы мерзімдердің бірін таңдаңыз. Олар шарттың 2-қосымшасында (қағаз қабылдау-тапсыру актісі) көрсетілген.",
		"Нажмите «%s» ещё раз и выберите один из сроков договора. Они указаны в Приложении 2 к Договору (бумажный Акт приёма-передачи).",
		"Press \"%s\" again and choose one of the Agreement's periods. They are in Appendix 2 to the Agreement (hard copy of the Acceptance and Delivery certificate).",
	},

	CLIEnrollMissing: {
		"Ол токен жоғалды ма немесе бұзылды ма?",
		"Тот токен потерян или сломан?",
		"Is that token lost or broken?",
	},
	CLIEnrollBack: {"(Enter: артқа)", "(Enter — назад)", "(Enter goes back)"},
	CLIEnrollAnewUser: {
		"Екіншісіне басынан бастау керек пе? («жоқ»: біріншісімен жалғасады)",
		"Начать заново для второго? («нет» — продолжить с первым)",
		"Begin anew for the second? (no goes on with the first)",
	},
}
