package text

// tokenErrorTexts are the errors of the token panel and of drivers.
var tokenErrorTexts = map[Key]phrase{
	"error.admin-pin": {
		"Әкімшінің PIN-коды қате.",
		"Неверный PIN-код администратора.",
		"Wrong administrator's PIN.",
	},
	"error.admin-pin.hint": {
		"Бұл – пайдаланушы құпиясөзінен бөлек код. Жаңа токенде ол 87654321.",
		"Это не пароль пользователя, а отдельный код. У нового токена он 87654321.",
		"It is not the user's password. On a new token it is 87654321.",
	},
	"error.admin-pin-locked": {
		"Әкімшінің PIN-коды бұғатталған: қате код тым көп енгізілді.",
		"PIN-код администратора заблокирован: слишком много раз введён неверный код.",
		"The administrator's PIN is locked: too many wrong tries.",
	},
	"error.admin-pin-locked.hint": {
		"Мұндай токенді енді форматтау да, бұғаттан шығару да мүмкін емес. Банкке хабарласыңыз.",
		"Такой токен уже нельзя ни отформатировать, ни разблокировать. Обратитесь в банк.",
		"Such a token can be neither formatted nor unblocked any more. Ask your bank.",
	},
	"error.pin-rule": {
		"Жаңа құпиясөз ережелерге сай емес.",
		"Новый пароль не отвечает правилам.",
		"The new password breaks a rule.",
	},
	"error.pin-rule.hint": {
		"Латын әріптері мен цифрларынан тұратын, қатарынан 123, abc немесе 111 сияқты үш таңбасы жоқ құпиясөз ойлап табыңыз.",
		"Придумайте пароль из латинских букв и цифр, в котором нет трёх подряд вроде 123, abc или 111.",
		"Choose one of Latin letters and digits, without three in a row such as 123, abc or 111.",
	},
	"error.label": {
		"Токеннің аты тым ұзын немесе оны жазу мүмкін емес.",
		"Имя токена слишком длинное, или его нельзя записать.",
		"The token's name is too long or cannot be written.",
	},
	"error.label.hint": {
		"Атауы 32 байттан аспауы керек: 32 латын немесе 16 кирилл әрпі.",
		"Имя должно занимать не больше 32 байт: 32 латинские буквы или 16 русских.",
		"It may have at most 32 bytes: 32 Latin or 16 Cyrillic letters.",
	},
	"error.confirmation": {
		"Растау үшін жазылған атау сәйкес келмейді.",
		"Введённое для подтверждения имя не совпадает.",
		"What was typed to confirm is not the name that was asked for.",
	},
	"error.confirmation.hint": {
		"Токеннің атын терезеде көрсетілгендей дәл жазыңыз.",
		"Введите имя токена точно так, как оно показано в окне.",
		"Type the token's name exactly as it is shown.",
	},
	"error.many-tokens": {
		"Бірнеше токен қосылған, ал тек біреуі ғана қосулы болуы керек.",
		"Подключено несколько токенов, а должен быть подключён только один.",
		"Several tokens are connected, and only one may be.",
	},
	"error.many-tokens.hint": {
		"Басқа ұйымдардың немесе басқа пайдаланушылардың токендерін шығарып тастаңыз, әйтпесе олардың сертификаты мен кілті байқаусызда жойылуы мүмкін.",
		"Отключите токены других организаций и других пользователей, чтобы случайно не удалить их сертификат и ключ.",
		"Remove the tokens of other organizations and other users, so that their certificate and key are not deleted by accident.",
	},
	"error.not-empty": {
		"Токен бос емес, ал тіркелу тек бос токенде мүмкін.",
		"Токен не пустой, а регистрация возможна только на пустом.",
		"The token is not empty, and registration is possible on an empty one only.",
	},
	"error.not-empty.hint": {
		"Алдымен токенді форматтап, содан кейін қайта тіркеліңіз.",
		"Сначала отформатируйте токен, затем пройдите регистрацию заново.",
		"Format the token first, then register again.",
	},
	"error.blank": {
		"Токен әлі форматталмаған.",
		"Токен ещё не отформатирован.",
		"The token is not formatted yet.",
	},
	"error.blank.hint": {
		"Оны «Токенді басқару» терезесінде форматтаңыз.",
		"Отформатируйте его в окне «Управление токеном».",
		"Format it in the token panel.",
	},
	"error.registered": {
		"ҚАЙТА ФОРМАТТАУҒА ТЫЙЫМ САЛЫНҒАН: токенде тіркелген профиль бар.",
		"ПОВТОРНОЕ ФОРМАТИРОВАНИЕ ЗАПРЕЩЕНО: на токене есть зарегистрированный профиль.",
		"RE-FORMATTING IS FORBIDDEN: the token holds a registered profile.",
	},
	"error.registered.hint": {
		"Қолдау қызметіне немесе банктегі менеджеріңізге хабарласыңыз. Форматтау жарамды сертификат пен кілтті жояды.",
		"Обратитесь в службу поддержки или к вашему менеджеру. Форматирование удалит действующий сертификат и ключ.",
		"Contact the support service or your account manager. Formatting deletes the valid certificate and key.",
	},
	"error.unfinished": {
		"Тіркелу аяқталмаған болса, Kaztoken құрылғысын форматтауға болмайды.",
		"Если регистрация не завершена, форматировать Kaztoken нельзя.",
		"If registration is incomplete, Kaztoken cannot be formatted.",
	},
	"error.unfinished.hint": {
		"Тіркелуді жалғастырыңыз. Ол мүмкін болмаса, қолдау қызметіне немесе банктегі менеджеріңізге хабарласыңыз.",
		"Продолжите регистрацию. Если это не удаётся, обратитесь в службу поддержки или к вашему менеджеру.",
		"Continue the registration. If that is not possible, contact the support service or your account manager.",
	},
	"error.other-token": {
		"Аяқталмаған тіркелу басқа токенге тиесілі.",
		"Начатая регистрация относится к другому токену.",
		"The registration that was begun belongs to another token.",
	},
	"error.other-token.hint": {
		"Тіркелу басталған токенді қосыңыз.",
		"Подключите токен, с которым она была начата.",
		"Connect the token that it was begun with.",
	},
	"error.no-driver": {
		"Токеннің драйвері табылмады.",
		"Драйвер токена не найден.",
		"The token's driver was not found.",
	},
	"error.no-driver.hint": {
		"Драйверді орнатыңыз: «Токенді басқару» терезесі қалай екенін көрсетеді.",
		"Установите драйвер: как это сделать, показано в окне «Управление токеном».",
		"Install the driver: the token panel shows how.",
	},
	"error.module-missing": {
		"Токен драйверінің файлы жоқ.",
		"Файла драйвера токена нет.",
		"The driver's file is not there.",
	},
	"error.module-missing.hint": {
		"Драйверді қайта орнатыңыз немесе оны тізімнен алып тастаңыз.",
		"Переустановите драйвер или уберите его из списка.",
		"Install the driver again, or remove it from the list.",
	},
	"error.module-unsafe": {
		"Драйвер жүктелмеді: оның файлын басқа біреу өзгерте алады.",
		"Драйвер не загружен: его файл может изменить кто-то другой.",
		"The driver was not loaded: somebody else can change its file.",
	},
	"error.module-unsafe.hint": {
		"Жүйе әкімшісінен файл мен оның бумаларының рұқсаттарын түзетуді сұраңыз.",
		"Попросите администратора компьютера исправить права на файл и его папки.",
		"Ask the administrator of this computer to correct the permissions of the file and its folders.",
	},
	"error.module-changed": {
		"Драйвер жүктелмеді: оның файлы өзгерген.",
		"Драйвер не загружен: его файл изменился.",
		"The driver was not loaded: its file has changed.",
	},
	"error.module-changed.hint": {
		"Драйвер жаңартылған болса, «Қайта іздеу» түймесін басып, рұқсат беріңіз.",
		"Если драйвер обновляли, нажмите «Искать снова» и разрешите его.",
		"If the driver was updated, press \"Look again\" and allow it.",
	},
	"error.module-foreign": {
		"Бұл файл – токеннің драйвері емес.",
		"Этот файл — не драйвер токена.",
		"This file is not a token's driver.",
	},
	"error.module-foreign.hint": {
		"PKCS#11 модулінің файлын таңдаңыз.",
		"Выберите файл модуля PKCS#11.",
		"Choose the file of a PKCS#11 module.",
	},
	"error.module-architecture": {
		"Драйвер басқа жүйеге немесе басқа процессорға арналған.",
		"Драйвер предназначен для другой системы или другого процессора.",
		"The driver is made for another system or another processor.",
	},
	"error.module-architecture.hint": {
		"Өз жүйеңізге сай драйверді жүктеп алыңыз.",
		"Скачайте драйвер, подходящий для вашей системы.",
		"Download the driver that fits your system.",
	},
	"error.module-hangs": {
		"Токеннің драйвері жауап бермейді және тоқтатылды.",
		"Драйвер токена не отвечает и был остановлен.",
		"The token's driver does not answer and was stopped.",
	},
	"error.module-hangs.hint": {
		"Токенді шығарып, қайта салыңыз да, әрекетті қайталаңыз.",
		"Выньте токен, вставьте снова и повторите действие.",
		"Unplug the token, plug it in again and repeat.",
	},
	"error.module-crashed": {
		"Токеннің драйвері қателікпен жабылды.",
		"Драйвер токена аварийно завершился.",
		"The token's driver crashed.",
	},
	"error.module-crashed.hint": {
		"Қайталап көріңіз: драйвер қайта іске қосылды. Қате қайталанса, оны жаңартыңыз.",
		"Повторите действие: драйвер запущен заново. Если ошибка повторится, обновите его.",
		"Try again: it was started anew. If it happens again, update the driver.",
	},
	"error.format-unknown": {
		"Форматтау кезінде токен ажыратылды: ол тазартылған да, тазартылмаған да болуы мүмкін.",
		"Токен отключился во время форматирования: стёрт он или нет, неизвестно.",
		"The token went while it was being formatted: it may be erased or not.",
	},
	"error.format-unknown.hint": {
		"Токенді қайта қосып, форматтауды қайтадан бастаңыз.",
		"Подключите токен снова и начните форматирование заново.",
		"Connect it again and start formatting anew.",
	},
	"error.format-erased": {
		"Токен тазартылды, бірақ пайдаланушы құпиясөзі қойылмай қалды.",
		"Токен стёрт, но пароль пользователя задать не удалось.",
		"The token is erased, but its user password could not be set.",
	},
	"error.format-erased.hint": {
		"Токенді қайта қосып, форматтауды қайтадан бастаңыз.",
		"Подключите токен снова и начните форматирование заново.",
		"Connect it again and start formatting anew.",
	},
}
