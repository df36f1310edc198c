package server

import "fmt"

// A lang is a language that the pages speak.
type lang string

// The languages, the first being the one for browsers that ask for none of them.
const (
	kazakh  lang = "kk"
	russian lang = "ru"
	english lang = "en"
)

var languages = []lang{kazakh, russian, english}

// A text is one sentence in every language. In texts of status messages the first
// line says what happened, and each further line is a step that helps.
type text struct{ kk, ru, en string }

func (t text) in(l lang) string {
	switch l {
	case russian:
		return t.ru
	case english:
		return t.en
	}
	return t.kk
}

// lookup returns the text of that key. Templates fail on a key that is not there,
// so a test that shows every page finds every missing one.
func lookup(l lang, key string) (string, error) {
	for _, table := range []map[string]text{pageTexts, otpPageTexts, statusTexts, otpStatusTexts} {
		if t, ok := table[key]; ok {
			return t.in(l), nil
		}
	}
	return "", fmt.Errorf("no text %q", key)
}

// pageTexts are what templates show.
var pageTexts = map[string]text{
	"bank":     {"Эталондық банк", "Эталонный банк", "Reference Bank"},
	"audience": {"Заңды тұлғаларға", "Юридическим лицам", "For legal entities"},
	"footer": {
		"Бұл — көрсету үшін жасалған банк: мұнда ақша аударылмайды.",
		"Это демонстрационный банк: деньги здесь не переводятся.",
		"This bank is a demonstration: no money moves here.",
	},
	"language":  {"Тіл", "Язык", "Language"},
	"menu":      {"Мәзір", "Меню", "Menu"},
	"noscript":  {"Кіру және қол қою үшін JavaScript қажет.", "Для входа и подписи нужен JavaScript.", "Logging in and signing need JavaScript."},
	"home":      {"Басты бет", "Главная", "Home"},
	"new-order": {"Жаңа төлем", "Новый платёж", "New payment"},
	"batch":     {"Төлемдер топтамасы", "Пакет платежей", "Batch of payments"},
	"unsigned":  {"Қол қойылмаған төлемдер", "Неподписанные платежи", "Unsigned payments"},
	"payments":  {"Қол қойылған төлемдер", "Подписанные платежи", "Signed payments"},
	"logout":    {"Шығу", "Выйти", "Log out"},

	"home.title": {"Заңды тұлғаларға арналған интернет-банк", "Интернет-банк для юридических лиц", "Internet banking for legal entities"},
	"home.lead": {
		"Кілтіңізбен кіріп, төлем тапсырмаларына компьютеріңізде қол қойыңыз. Кілт токеннен шықпайды.",
		"Войдите своим ключом и подписывайте платёжные поручения на своём компьютере. Ключ не покидает токен.",
		"Log in with your key and sign payment orders on your own computer. The key never leaves the token.",
	},
	"home.login":         {"Кілтпен кіру", "Войти с ключом", "Log in with your key"},
	"register":           {"Тіркелу", "Регистрация", "Register"},
	"register.periods":   {"Сертификаттың мерзімі", "Срок сертификата", "Period of the certificate"},
	"register.months":    {"ай", "мес.", "months"},
	"register.appendix":  {"Мерзімдер шарттың 2-қосымшасында (қабылдау-тапсыру актісі) көрсетілген.", "Сроки указаны в Приложении 2 к Договору (акт приёма-передачи).", "The periods are in Appendix 2 to the Agreement (Acceptance and Delivery Certificate)."},
	"register.title":     {"KAZTOKEN-ді қосыңыз", "Подключите KAZTOKEN", "Connect your KAZTOKEN"},
	"register.device":    {"Бұл — флешкаға ұқсас, мөлдір қызғылт сары USB-құрылғы. Компьютерге бір ғана токен қосылған болсын.", "Это прозрачное оранжевое USB-устройство, похожее на флешку. Подключён должен быть только один токен.", "It is a USB device, orange and transparent, similar to a flash drive. Leave only one token connected."},
	"register.connected": {"Kaztoken қосылды", "Я подключил Kaztoken", "I connected Kaztoken"},
	"register.close":     {"Жабу", "Закрыть", "Close"},
	"register.installer": {"Qoltanba орнатқышын жүктеп алу", "Скачать установщик Qoltanba", "Download the installer of Qoltanba"},
	"register.login":     {"Жаңа профильмен кіру", "Войти с новым профилем", "Log in with the new profile"},

	"home.needs": {"Не керек", "Что нужно", "What you need"},
	"home.need-agent": {
		"Qoltanba бағдарламасы іске қосылған, оның белгішесі сағат жанында.",
		"Запущенная программа Qoltanba, её значок рядом с часами.",
		"The program Qoltanba running, with its icon by the clock.",
	},
	"home.need-token": {"Компьютерге қосылған KAZTOKEN.", "KAZTOKEN, подключённый к компьютеру.", "KAZTOKEN connected to the computer."},
	"home.need-pin":   {"Токеннің құпиясөзі. Оны тек Qoltanba терезесіне енгізіңіз, ешқашан веб-бетке емес.", "Пароль токена. Вводите его только в окне Qoltanba, никогда на веб-странице.", "The token's password. Enter it in the window of Qoltanba only, never on a web page."},
	"home.welcome":    {"Қош келдіңіз", "Добро пожаловать", "Welcome"},
	"home.new-order":  {"Бір төлем тапсырмасын толтырып, қол қою", "Заполнить и подписать одно платёжное поручение", "Fill in and sign one payment order"},
	"home.batch":      {"Жалақы сияқты көп төлемге бір рет қол қою", "Подписать сразу много платежей, например зарплату", "Sign many payments at once, such as salaries"},
	"home.payments":   {"Қолдарды және банктің шешімін көру", "Посмотреть подписи и решения банка", "See the signatures and the bank's verdicts"},

	"words.title":  {"Сөздердің мағынасы", "Что значат слова", "What the words mean"},
	"word.profile": {"Профиль", "Профиль", "Profile"},
	"word.profile-means": {
		"Сіздің ЭЦҚ кілтіңіз және оның сертификаты: олармен банкке кіресіз және құжаттарға қол қоясыз. Оны тіркелу кезінде Профиль жасау шебері жасайды.",
		"Ваш ключ ЭЦП вместе с сертификатом: им вы входите в банк и подписываете документы. Его создаёт Мастер создания профиля при регистрации.",
		"Your EDS key with its certificate: you log in to the bank and sign documents with it. The Profile Creation Wizard makes it when you register.",
	},
	"word.carrier": {"Кілт тасығыш", "Носитель ключа", "Key carrier"},
	"word.carrier-means": {
		"ЭЦҚ жабық кілттері және сіздің сертификатыңыз сақталатын құрылғы: KAZTOKEN немесе USB-флешка.",
		"Устройство, на котором хранятся закрытые ключи ЭЦП и ваш сертификат: KAZTOKEN или USB-флешка.",
		"The device that holds the private keys of the EDS and your certificate: a KAZTOKEN or a USB flash drive.",
	},
	"word.primary": {"Бастапқы инициализация кілті", "Первичный ключ инициализации", "Primary initialization key"},
	"word.primary-means": {
		"Банк берген кілт (Key.pfx немесе GOST.pfx файлы). Ол Куәландырушы орталықпен жұмысты бастауға және оны ЭЦҚ кілтімен ауыстыруға ғана керек; онымен төлемдерге қол қойылмайды.",
		"Ключ, полученный в банке (файл Key.pfx или GOST.pfx). Он нужен только для того, чтобы начать работу с Удостоверяющим центром и заменить его ключом ЭЦП; платежи им не подписывают.",
		"The key that the bank gave you (the file Key.pfx or GOST.pfx). It serves only to start working with the Certification Authority and to be replaced by the EDS key; it signs no payment.",
	},
	"word.agent": {"Апплет/агент", "Апплет/агент", "Applet/agent"},
	"word.agent-means": {
		"Компьютеріңіздегі Qoltanba бағдарламасы. Ол банк нұсқаулығындағы e-Security Client апплетінің орнына істейді: не қол қойылатынын көрсетеді және құпиясөзді сұрайды.",
		"Программа Qoltanba на вашем компьютере. Она работает вместо апплета e-Security Client из инструкции банка: показывает, что подписывается, и спрашивает пароль.",
		"The program Qoltanba on your computer. It does the work of the applet e-Security Client of the bank's instructions: it shows what is signed and asks for the password.",
	},
	"word.authority": {"Куәландырушы орталық", "Удостоверяющий центр", "Certification Authority"},
	"word.authority-means": {
		"ЭЦҚ ашық кілтінің жабық кілтке сәйкестігін куәландыратын және сертификаттың шынайылығын растайтын заңды тұлға.",
		"Юридическое лицо, которое удостоверяет соответствие открытого ключа ЭЦП закрытому и подтверждает достоверность сертификата.",
		"The legal entity that certifies that the public key of an EDS belongs to its private key, and confirms that a certificate is genuine.",
	},
	"word.eds": {"Электрондық цифрлық қолтаңба (ЭЦҚ)", "Электронная цифровая подпись (ЭЦП)", "Electronic digital signature (EDS)"},
	"word.eds-means": {
		"Электрондық құжаттың шынайылығын, кімдікі екенін және мазмұны өзгермегенін растайтын цифрлық таңбалар.",
		"Набор цифровых символов, который подтверждает подлинность электронного документа, его принадлежность и неизменность содержания.",
		"Digital symbols that confirm that an electronic document is authentic, whose it is, and that its content was not changed.",
	},

	"field.payee":    {"Алушы", "Получатель", "Payee"},
	"field.iban":     {"Алушының шоты (IBAN)", "Счёт получателя (IBAN)", "Payee's account (IBAN)"},
	"field.bic":      {"Алушы банкінің БСК", "БИК банка получателя", "BIC of the payee's bank"},
	"field.amount":   {"Сома", "Сумма", "Amount"},
	"field.currency": {"Валюта", "Валюта", "Currency"},
	"field.knp":      {"ТТК", "КНП", "KNP"},
	"field.purpose":  {"Төлем мақсаты", "Назначение платежа", "Purpose"},
	"field.from":     {"Төлеуші", "Плательщик", "Payer"},
	"field.account":  {"Төлеушінің шоты", "Счёт плательщика", "Payer's account"},
	"field.order":    {"Тапсырма №", "Поручение №", "Order no."},
	"field.created":  {"Жасалған уақыты", "Создано", "Created"},
	"field.received": {"Уақыты", "Время", "Time"},
	"field.verdict":  {"Банк шешімі", "Решение банка", "Verdict"},
	"field.state":    {"Күйі", "Состояние", "State"},
	"hint.knp":       {"Төлем мақсатының үш таңбалы коды", "Трёхзначный код назначения платежа", "Three-digit code of the payment's purpose"},

	"new-order.title":  {"Жаңа төлем тапсырмасы", "Новое платёжное поручение", "New payment order"},
	"new-order.create": {"Тапсырманы дайындау", "Подготовить поручение", "Prepare the order"},
	"new-order.next":   {"Келесі қадамда тапсырмаға қол қоясыз.", "На следующем шаге вы подпишете поручение.", "You sign the order in the next step."},

	"order.title":    {"Төлем тапсырмасы", "Платёжное поручение", "Payment order"},
	"order.sign":     {"Қол қою", "Подписать", "Sign"},
	"order.document": {"Құжатты сақтау (ISO 20022)", "Сохранить документ (ISO 20022)", "Save the document (ISO 20022)"},

	"batch.title":   {"Төлемдер топтамасы", "Пакет платежей", "Batch of payments"},
	"batch.lead":    {"Кестені толтырыңыз. Барлық төлемге бір рет қол қоясыз; құпиясөз бір рет сұралады.", "Заполните таблицу. Все платежи подписываются за один раз; пароль спрашивается один раз.", "Fill in the table. All payments are signed in one go, and the password is asked for once."},
	"batch.samples": {"20 жалақы төлемінің үлгісі", "20 примерных выплат зарплаты", "20 sample salary payments"},
	"batch.add":     {"Жол қосу", "Добавить строку", "Add a row"},
	"batch.remove":  {"Жолды жою", "Удалить строку", "Remove the row"},
	"batch.sign":    {"Барлығына қол қою", "Подписать все", "Sign all"},
	"batch.count":   {"Төлемдер", "Платежей", "Payments"},
	"batch.total":   {"Барлығы", "Итого", "Total"},

	"unsigned.lead": {
		"Олар қолыңызды күтіп тұр, ең ескісі жоғарыда. Банк өзі ешқайсысын өшірмейді, бірақ 2000-нан артығын сақтамайды: қажет емесін кері қайтарып алыңыз.",
		"Они ждут вашей подписи, самые старые сверху. Банк сам ничего не удаляет, но хранит не больше 2000: отзовите ненужные.",
		"They wait for your signature, the oldest first. The bank removes none by itself, but keeps no more than 2000: withdraw those you do not need.",
	},
	"unsigned.none":     {"Қолыңызды күтіп тұрған төлем жоқ.", "Нет платежей, которые ждут вашей подписи.", "No payment waits for your signature."},
	"unsigned.all":      {"Барлығын таңдау", "Выбрать все", "Select all"},
	"unsigned.withdraw": {"Таңдалғанды кері қайтарып алу", "Отозвать выбранные", "Withdraw the selected ones"},

	"payments.title":   {"Қол қойылған төлемдер", "Подписанные платежи", "Signed payments"},
	"payments.none":    {"Әзірге бірде-бір қолтаңба жоқ.", "Подписей пока нет.", "No signatures yet."},
	"verdict.accepted": {"Қабылданды", "Принято", "Accepted"},
	"verdict.refused":  {"Қабылданбады", "Отклонено", "Refused"},
	"message.title":    {"Болмады", "Не получилось", "That did not work"},
	"message.back":     {"Басты бетке оралу", "Вернуться на главную", "Back to the home page"},
}
