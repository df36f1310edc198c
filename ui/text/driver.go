package text

// How to get a driver, and which are there.
const (
	DriverTitle    Key = "driver.title"
	DriverMissing  Key = "driver.missing"
	DriverUnplug   Key = "driver.unplug"
	DriverFetch    Key = "driver.fetch"
	DriverChoose   Key = "driver.choose"
	DriverNotYet   Key = "driver.not-yet"
	DriverInstall  Key = "driver.install"
	DriverAfter    Key = "driver.after"
	DriverTrouble  Key = "driver.trouble"
	DriverReturn   Key = "driver.return"
	DriverRetry    Key = "driver.retry"
	DriverList     Key = "driver.list"
	DriverNone     Key = "driver.none"
	DriverWorks    Key = "driver.works"
	DriverBrowse   Key = "driver.browse"
	DriverForget   Key = "driver.forget"
	DriverPhones   Key = "driver.phones"
	DriverQuestion Key = "driver.question"
	DriverWhat     Key = "driver.what"
	DriverDoubt    Key = "driver.doubt"
	DriverFile     Key = "driver.file"
	DriverDigest   Key = "driver.digest"
	DriverAskTitle Key = "driver.ask-title"
	DriverKept     Key = "driver.kept"
	DriverNotKept  Key = "driver.not-kept"
)

var driver = map[Key]phrase{
	DriverTitle: {"Токен драйвері", "Драйвер токена", "Token driver"},
	DriverMissing: {
		"%s драйвері табылмады. Онсыз токенді көру, форматтау және тіркелу мүмкін емес.",
		"Драйвер %s не найден. Без него токен не виден: ни форматирование, ни регистрация невозможны.",
		"The driver of %s was not found. Without it the token cannot be seen, formatted or registered.",
	},
	DriverUnplug: {
		"Токен қазір қосулы тұр: оны ажыратыңыз.",
		"Токен сейчас подключён: отключите его.",
		"The token is connected: disconnect it now.",
	},
	DriverFetch:  {"1. Драйвер бетін ашыңыз:", "1. Откройте страницу драйверов:", "1. Open the drivers' page:"},
	DriverChoose: {"2. Өз жүйеңізге сай драйверді таңдап, жүктеп алыңыз.", "2. Выберите драйвер, подходящий для вашей системы, и скачайте его.", "2. Choose the driver for your system and download it."},
	DriverNotYet: {
		"Назар аударыңыз! Орнату аяқталғанша токенді қоспаңыз. Қосулы болса, ажыратыңыз.",
		"Внимание! Не подключайте токен, пока установка не завершена. Если он подключён, отключите его.",
		"Attention! Do not connect the token until the installation is complete. If it is connected, disconnect it.",
	},
	DriverInstall: {
		"3. Орнату файлын іске қосып, «Create a shortcut for KAZTOKEN Control Panel on the desktop» белгісін қойыңыз да, «Install» түймесін басыңыз.",
		"3. Запустите установщик, поставьте флажок «Create a shortcut for KAZTOKEN Control Panel on the desktop» и нажмите «Install».",
		"3. Start the installer, tick \"Create a shortcut for KAZTOKEN Control Panel on the desktop\" and press \"Install\".",
	},
	DriverAfter: {
		"4. Орнатылған соң жұмыс үстелінде «KAZTOKEN Control Panel» таңбашасы пайда болады. Енді токенді қосыңыз.",
		"4. После установки на рабочем столе появится ярлык «KAZTOKEN Control Panel». Теперь подключите токен.",
		"4. When it is installed, the shortcut \"KAZTOKEN Control Panel\" appears on the desktop. Now connect the token.",
	},
	DriverTrouble: {
		"Орнату сәтсіз болса, антивирусты уақытша өшіріп көріңіз және кейін қосуды ұмытпаңыз. (Банк нұсқаулығында ненің өшірілетіні жазылмаған; біз оны антивирус деп түсінеміз.)",
		"Если установка не удаётся, попробуйте на время отключить антивирус и не забудьте включить его после установки. (В инструкции банка не сказано, что именно отключить; мы понимаем это как антивирус.)",
		"If the installation fails, try disabling the anti-virus and remember to enable it after installation. (The bank's instructions do not say what to disable; we read it as the anti-virus.)",
	},
	DriverReturn: {
		"Содан кейін «Қайта іздеу» түймесін басыңыз: бастаған ісіңіз осы жерден жалғасады.",
		"Затем нажмите «Искать снова»: начатое продолжится с этого места.",
		"Then press \"Look again\": what you began goes on from here.",
	},
	DriverRetry:  {"Қайта іздеу", "Искать снова", "Look again"},
	DriverList:   {"Табылған драйверлер", "Найденные драйверы", "Drivers that were found"},
	DriverNone:   {"Бірде-бір драйвер табылмады.", "Ни одного драйвера не найдено.", "No driver was found."},
	DriverWorks:  {"жұмыс істеп тұр", "работает", "works"},
	DriverBrowse: {"Файлды көрсету…", "Указать файл…", "Browse…"},
	DriverForget: {"Алып тастау", "Убрать", "Remove"},
	DriverPhones: {"Банктің қолдау қызметі: %s", "Поддержка банка: %s", "The bank's support: %s"},

	DriverAskTitle: {"Qoltanba — Драйвер өзгерді", "Qoltanba — Драйвер изменился", "Qoltanba — Driver changed"},
	DriverQuestion: {
		"Токен драйверінің файлы бұрынғыдай емес. Оны жүктеуге рұқсат бересіз бе?",
		"Файл драйвера токена уже не тот, что прежде. Разрешить его загрузку?",
		"The file of a token's driver is not the one that was used before. May it be loaded?",
	},
	DriverWhat: {
		"Драйвер немесе жүйе жақында жаңартылған болса, бұл қалыпты жағдай: рұқсат беріңіз.",
		"Если драйвер или систему недавно обновляли, это нормально: разрешите.",
		"If the driver or the system was updated recently, this is to be expected: allow it.",
	},
	DriverDoubt: {
		"Ештеңе жаңартылмаған болса, рұқсат бермеңіз және жүйе әкімшісіне айтыңыз: драйвер құпиясөзіңізді көреді.",
		"Если ничего не обновляли, не разрешайте и скажите администратору компьютера: драйвер видит ваш пароль.",
		"If nothing was updated, do not allow it and tell the administrator of this computer: a driver sees your password.",
	},
	DriverFile:   {"Файл", "Файл", "File"},
	DriverDigest: {"SHA-256", "SHA-256", "SHA-256"},
	DriverKept: {
		"Жауабыңыз есте сақталады.",
		"Ваш ответ запомнится.",
		"Your answer is remembered.",
	},
	DriverNotKept: {
		"Жауабыңыз бағдарлама жабылғанша ғана есте сақталады: жүйенің құпиясөздер қоймасы қолжетімсіз.",
		"Ваш ответ запомнится только до выхода из программы: системное хранилище паролей недоступно.",
		"Your answer is remembered only until the program ends: the system's keyring is not available.",
	},
}
