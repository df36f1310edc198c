package server

// statusTexts are what scripts show: each page carries them all in the template
// element #texts, by key. "agent." goes with the name of an SDK error, and "-login" or
// "-register" after it with what was done where that makes a difference; "error." goes
// with a word of this server's answers, "reason." with a refused signature's.
// "state." is in both worlds: templates show an order's state, scripts change it.
var statusTexts = map[string]text{
	"busy.prepare": {"Дайындалуда…", "Подготовка…", "Preparing…"},
	"wait.connect": {"Qoltanba бағдарламасымен байланыс орнатылуда. Браузер рұқсат сұраса, рұқсат беріңіз.", "Соединение с программой Qoltanba. Если браузер спросит разрешение, дайте его.", "Connecting to Qoltanba. If the browser asks for permission, allow it."},
	"wait.login":   {"Qoltanba терезесінде профильді таңдап, құпиясөзді енгізіңіз.", "Выберите профиль и введите пароль в окне Qoltanba.", "Choose your profile and enter the password in the window of Qoltanba."},
	"wait.sign":    {"Qoltanba терезесінде құжатты тексеріп, қол қойыңыз.", "Проверьте документ и подпишите его в окне Qoltanba.", "Check the document and sign it in the window of Qoltanba."},
	"busy.send":    {"Банк қолтаңбаны тексеріп жатыр…", "Банк проверяет подпись…", "The bank is checking the signature…"},

	"wait.register": {"Тіркелуді Qoltanba терезесінде жалғастырыңыз.", "Продолжите регистрацию в окне Qoltanba.", "Go on with the registration in the window of Qoltanba."},
	"wait.agent": {
		"Qoltanba бағдарламасы іске қосылмаған.\nОрнатылған болса, оны іске қосыңыз: бағдарламалар мәзірінен «Qoltanba» деп іздеңіз.\nОрнатылмаған болса, төмендегі орнатқышты немесе банк берген орнатқышты іске қосыңыз.\nБұл бет бағдарламаны күтіп тұр және өзі жалғастырады.",
		"Программа Qoltanba не запущена.\nЕсли она установлена, запустите её: найдите «Qoltanba» в меню программ.\nЕсли нет, запустите установщик по ссылке ниже или полученный от банка.\nЭта страница ждёт программу и продолжит сама.",
		"The program Qoltanba is not running.\nIf it is installed, start it: look for “Qoltanba” among your programs.\nIf not, run the installer that is linked below, or the one that the bank gave you.\nThis page waits for the program and goes on by itself.",
	},

	"state.issued":    {"Қол қоюды күтуде", "Ждёт подписи", "Waits for a signature"},
	"state.accepted":  {"Орындауға қабылданды", "Принято к исполнению", "Accepted for processing"},
	"state.withdrawn": {"Кері қайтарып алынды", "Отозвано", "Withdrawn"},
	"busy.withdraw":   {"Банк төлемдерді кері қайтарып жатыр…", "Банк отзывает платежи…", "The bank is withdrawing the payments…"},
	"done.withdraw":   {"Кері қайтарып алынған төлемдер: {n}. Оларға енді қол қойылмайды.", "Отозвано платежей: {n}. Подписать их больше нельзя.", "Payments withdrawn: {n}. They cannot be signed any more."},

	"button.cancel": {"Болдырмау", "Отменить", "Cancel"},

	"done.register": {"Профиль жасалып, банкте тіркелді.\nЕнді сол профильмен кіре аласыз.", "Профиль создан и зарегистрирован в банке.\nТеперь с ним можно войти.", "The profile was created and registered with the bank.\nYou can log in with it now."},
	"done.sign":     {"Төлем орындауға қабылданды.", "Платёж принят к исполнению.", "The payment was accepted for processing."},
	"done.batch":    {"Барлық төлем қабылданды: {n}.", "Все платежи приняты: {n}.", "All payments were accepted: {n}."},
	"partial.batch": {"{total} төлемнің {n} қабылданды. Қалғандары кестеде белгіленген; «Барлығына қол қою» тек соларды қайталайды.", "Принято {n} из {total} платежей. Остальные отмечены в таблице; «Подписать все» повторит только их.", "{n} of {total} payments were accepted. The others are marked in the table; “Sign all” repeats only those."},
	"refused.sign":  {"Банк қолтаңбаны қабылдамады: {reason}", "Банк отклонил подпись: {reason}", "The bank refused the signature: {reason}"},
	"row.accepted":  {"Қабылданды", "Принято", "Accepted"},
	"row.refused":   {"Қабылданбады: {reason}", "Отклонено: {reason}", "Refused: {reason}"},
	"row.unsigned":  {"Қол қойылмады: {reason}", "Не подписано: {reason}", "Not signed: {reason}"},
	"row.wrong":     {"Өрістерді түзетіңіз", "Исправьте поля", "Correct the fields"},

	"agent.not-running": {
		"Qoltanba бағдарламасы іске қосылмаған.\nОны іске қосыңыз: бағдарламалар мәзірінен «Qoltanba» деп іздеңіз.\nСағат жанында белгішесі пайда болғанын күтіңіз де, қайталап көріңіз.\nБағдарлама орнатылмаған болса, банк берген орнатқышты іске қосыңыз.",
		"Программа Qoltanba не запущена.\nЗапустите её: найдите «Qoltanba» в меню программ.\nДождитесь значка рядом с часами и повторите.\nЕсли программа не установлена, запустите установщик, полученный от банка.",
		"The program Qoltanba is not running.\nStart it: look for “Qoltanba” among your programs.\nWait for its icon by the clock, then try again.\nIf it is not installed, run the installer that the bank gave you.",
	},
	"agent.blocked": {
		"Браузер бұл бетке осы компьютердегі бағдарламамен байланысуға рұқсат бермейді.\nМекенжай жолағының сол жағындағы белгішені басыңыз.\n«Осы құрылғыдағы басқа қолданбалар мен қызметтерге кіру» рұқсатын қосыңыз.\nБетті жаңартып, қайталап көріңіз.",
		"Браузер не разрешает этой странице связаться с программой на этом компьютере.\nНажмите значок слева в адресной строке.\nВключите разрешение «Доступ к другим приложениям и службам на этом устройстве».\nОбновите страницу и повторите.",
		"The browser does not let this page reach the program on this computer.\nClick the icon at the left of the address bar.\nTurn on “Access other apps and services on this device”.\nReload the page and try again.",
	},
	"agent.origin":        {"Qoltanba бұл сайтпен жұмыс істемейді: оған рұқсат берілмеген.\nМекенжайды тексеріңіз, содан кейін Qoltanba баптауларында осы сайтқа рұқсат беріңіз.", "Qoltanba не работает с этим сайтом: он не разрешён.\nПроверьте адрес, затем разрешите этот сайт в настройках Qoltanba.", "Qoltanba does not work with this site: it is not allowed.\nCheck the address, then allow the site in the settings of Qoltanba."},
	"agent.denied":        {"Сіз бас тарттыңыз. Ештеңеге қол қойылған жоқ.", "Вы отказались. Ничего не подписано.", "You refused. Nothing was signed."},
	"agent.no-enrollment": {"Qoltanba бұл банктің сертификаттары қайдан алынатынын білмейді.\nӘкімшіден немесе банктен банктің сипаттама файлын сұраңыз.", "Qoltanba не знает, откуда получать сертификаты этого банка.\nПопросите у администратора или в банке файл описания банка.", "Qoltanba does not know where this bank's certificates come from.\nAsk your administrator or the bank for the bank's descriptor."},
	"agent.canceled":      {"Тоқтатылды. Ештеңеге қол қойылған жоқ.", "Отменено. Ничего не подписано.", "Cancelled. Nothing was signed."},
	"agent.busy":          {"Qoltanba басқа сұрауды күтіп тұр.\nОның терезесін аяқтап, қайталаңыз.", "Qoltanba ждёт ответа на другой запрос.\nЗавершите его окно и повторите.", "Qoltanba is waiting for the answer to another request.\nFinish that window, then try again."},
	"agent.too-often":     {"Сұраулар тым жиі.\nБір минут күтіп, қайталаңыз.", "Слишком частые запросы.\nПодождите минуту и повторите.", "Too many requests.\nWait a minute, then try again."},
	"agent.no-window":     {"Qoltanba терезесін көрсете алмайды.\nQoltanba бағдарламасын қайта іске қосыңыз.", "Qoltanba не может показать окно.\nПерезапустите Qoltanba.", "Qoltanba cannot show its window.\nRestart Qoltanba."},
	"agent.no-session":    {"Qoltanba сеансы аяқталды.\nҚайта кіріңіз.", "Сеанс Qoltanba завершён.\nВойдите снова.", "The session of Qoltanba has ended.\nLog in again."},
	"agent.no-token":      {"Токен қосылмаған.\nKAZTOKEN-ді компьютерге қосып, қайталаңыз.", "Токен не подключён.\nПодключите KAZTOKEN к компьютеру и повторите.", "No token is connected.\nConnect your KAZTOKEN to the computer, then try again."},
	"agent.token-lost":    {"Токен ажыратылды.\nОны қайта қосып, қайталаңыз.", "Токен был отключён.\nПодключите его снова и повторите.", "The token was removed.\nConnect it again, then try again."},
	"agent.no-key":        {"Токенде бұл банктің кілті жоқ.\nБасқа токенді қосыңыз немесе банкке хабарласыңыз.", "На токене нет ключа этого банка.\nПодключите другой токен или обратитесь в банк.", "The token holds no key of this bank.\nConnect another token, or contact the bank."},
	"agent.locked":        {"Токен құлыптаулы: құпиясөз енгізілмеді.\nҚайталап, құпиясөзді енгізіңіз.", "Токен закрыт: пароль не введён.\nПовторите и введите пароль.", "The token is locked: no password was entered.\nTry again and enter the password."},
	"agent.pin":           {"Құпиясөз қате.\nПернетақта тілін және Caps Lock-ты тексеріңіз.", "Неверный пароль.\nПроверьте раскладку клавиатуры и Caps Lock.", "Wrong password.\nCheck the keyboard layout and Caps Lock."},
	"agent.pin-retries":   {"Құпиясөз қате, қалған әрекет: {n}.\nПернетақта тілін және Caps Lock-ты тексеріңіз.", "Неверный пароль, осталось попыток: {n}.\nПроверьте раскладку клавиатуры и Caps Lock.", "Wrong password, tries left: {n}.\nCheck the keyboard layout and Caps Lock."},
	"agent.pin-locked":    {"Токеннің құпиясөзі бұғатталған.\nБанктің қолдау қызметіне хабарласыңыз.", "Пароль токена заблокирован.\nОбратитесь в службу поддержки банка.", "The token's password is locked.\nContact the bank's support."},
	"agent.module":        {"Токен драйвері табылмады немесе жұмыс істемейді.\nДрайверді https://kaztoken.kz/downloads/ мекенжайынан орнатыңыз.", "Драйвер токена не найден или не работает.\nУстановите драйвер с https://kaztoken.kz/downloads/.", "The token's driver is missing or does not work.\nInstall it from https://kaztoken.kz/downloads/."},
	"agent.token":         {"Токен қате қайтарды.\nОны ажыратып, қайта қосыңыз.", "Токен сообщил об ошибке.\nОтключите и снова подключите его.", "The token reported an error.\nDisconnect it and connect it again."},
	"agent.certificate":   {"Токендегі сертификатты қолдануға болмайды, мысалы мерзімі өткен.\nБанкке хабарласыңыз.", "Сертификат на токене использовать нельзя, например истёк его срок.\nОбратитесь в банк.", "The certificate on the token cannot be used, it may have expired.\nContact the bank."},
	"agent.history":       {"Qoltanba тарихқа жаза алмады, сондықтан қол қойылмады.\nДискідегі бос орынды тексеріңіз.", "Qoltanba не смогла записать историю, поэтому подписи нет.\nПроверьте место на диске.", "Qoltanba could not write its history, so nothing was signed.\nCheck for free disk space."},
	"agent.too-large":     {"Құжат тым үлкен.", "Документ слишком большой.", "The document is too large."},
	"agent.failed":        {"Qoltanba сұрауды орындай алмады ({name}).\nҚайталаңыз; көмектеспесе, банктің қолдау қызметіне хабарласыңыз.", "Qoltanba не смогла выполнить запрос ({name}).\nПовторите; если не поможет, обратитесь в поддержку банка.", "Qoltanba could not do this ({name}).\nTry again; if that does not help, contact the bank's support."},
	"agent.primary":       {"Бұл – бастапқы инициализация кілті: онымен ештеңеге қол қойылмайды.\nТіркелуден өтіңіз немесе өз профиліңізді таңдаңыз.", "Это первичный ключ инициализации: им ничего не подписывают.\nПройдите регистрацию или выберите свой профиль.", "This is a primary initialization key, which signs nothing.\nRegister, or choose your own profile."},
	"agent.unreadable":    {"Кілт файлын оқу мүмкін емес: ол зақымданған немесе түрі белгісіз.\nФайлды түпнұсқасынан қайта көшіріңіз.", "Файл ключа не удаётся прочитать: он повреждён или неизвестного вида.\nСкопируйте файл заново с оригинала.", "The key file cannot be read: it is damaged, or of an unknown kind.\nCopy it again from the original."},

	"agent.protocol":     misunderstood,
	"agent.invalid":      misunderstood,
	"agent.parse":        misunderstood,
	"agent.request":      misunderstood,
	"agent.method":       misunderstood,
	"agent.duplicate-id": misunderstood,
	"agent.internal":     {"Qoltanba бағдарламасында қате болды.\nҚайталаңыз; көмектеспесе, Qoltanba бағдарламасын қайта іске қосыңыз.", "В Qoltanba произошла ошибка.\nПовторите; если не поможет, перезапустите Qoltanba.", "Something went wrong in Qoltanba.\nTry again; if that does not help, restart Qoltanba."},
	"agent.mechanism":    {"Токен бұл қолтаңба түрін қолдамайды.\nБасқа профильді таңдаңыз немесе банкке хабарласыңыз.", "Токен не поддерживает этот вид подписи.\nВыберите другой профиль или обратитесь в банк.", "The token does not support this kind of signature.\nChoose another profile, or contact the bank."},
	"agent.vault":        {"Жүйенің құпиясөздер қоймасы қолжетімсіз.\nҚайталаңыз; көмектеспесе, Qoltanba бағдарламасын қайта іске қосыңыз.", "Системное хранилище паролей недоступно.\nПовторите; если не поможет, перезапустите Qoltanba.", "The system's keyring is not available.\nTry again; if that does not help, restart Qoltanba."},
	"agent.pin-length":   {"Жаңа құпиясөз тым қысқа немесе тым ұзын.\nҰзындығы басқа құпиясөз ойлап табыңыз.", "Новый пароль слишком короткий или слишком длинный.\nПридумайте пароль другой длины.", "The new password is too short or too long.\nChoose one of another length."},
	"agent.pin-same":     {"Жаңа құпиясөз ескісімен бірдей.\nБасқа құпиясөз ойлап табыңыз.", "Новый пароль совпадает со старым.\nПридумайте другой пароль.", "The new password is the old one.\nChoose another one."},

	// The connection ended before the answer: what the page did not get, the bank has not.
	"agent.disconnected": {
		"Qoltanba жауап бермей тұрып, онымен байланыс үзілді. Банкке қолтаңба жіберілген жоқ.\nQoltanba енді жұмыс істемесе, оны іске қосыңыз: бағдарламалар мәзірінен «Qoltanba» деп іздеңіз.\nҚайталап көріңіз.",
		"Связь с Qoltanba прервалась до её ответа. Подпись в банк не отправлена.\nЕсли Qoltanba больше не работает, запустите её: найдите «Qoltanba» в меню программ.\nПовторите.",
		"The connection to Qoltanba ended before it answered. No signature was sent to the bank.\nIf Qoltanba does not run any more, start it: look for “Qoltanba” among your programs.\nTry again.",
	},
	"agent.disconnected-login": {
		"Сіз кірмей тұрып, Qoltanba бағдарламасымен байланыс үзілді.\nQoltanba енді жұмыс істемесе, оны іске қосыңыз: бағдарламалар мәзірінен «Qoltanba» деп іздеңіз.\nҚайта кіріңіз.",
		"Связь с Qoltanba прервалась до входа в банк.\nЕсли Qoltanba больше не работает, запустите её: найдите «Qoltanba» в меню программ.\nВойдите снова.",
		"The connection to Qoltanba ended before you were logged in.\nIf Qoltanba does not run any more, start it: look for “Qoltanba” among your programs.\nLog in again.",
	},

	// What a registration has come to is not for the page to know, and it says nothing of
	// that: the wizard may be open still, and a registration may or may not have begun there.
	"agent.disconnected-register": {
		"Тіркелу аяқталмай тұрып, Qoltanba бағдарламасымен байланыс үзілді.\nQoltanba енді жұмыс істемесе, оны іске қосыңыз: бағдарламалар мәзірінен «Qoltanba» деп іздеңіз.\nОнда тіркелу басталған болса, Qoltanba оны сол жерден жалғастыруды ұсынады: токенді форматтамаңыз.",
		"Связь с Qoltanba прервалась до окончания регистрации.\nЕсли Qoltanba больше не работает, запустите её: найдите «Qoltanba» в меню программ.\nЕсли регистрация в ней уже началась, Qoltanba предложит продолжить с того же места: не форматируйте токен.",
		"The connection to Qoltanba ended before the registration was finished.\nIf Qoltanba does not run any more, start it: look for “Qoltanba” among your programs.\nIf a registration was begun there, Qoltanba offers to go on from where it was: do not format the token.",
	},
	"agent.denied-register": {
		"Жаңа профиль дайын болмай тұрып, терезе жабылды.\nОнда тіркелу басталған болса, ол сол жерден жалғасады: «Тіркелу» түймесін қайта басыңыз, токенді форматтамаңыз.",
		"Окно закрыто до того, как новый профиль был готов.\nЕсли регистрация в нём уже началась, она продолжится с того же места: нажмите «Регистрация» снова и не форматируйте токен.",
		"The window was closed before a new profile was ready.\nIf a registration was begun there, it is continued from where it is: press “Register” again, and do not format the token.",
	},
	"agent.canceled-register": {
		"Бұл бет енді күтпейді.\nQoltanba терезесі әлі ашық болса, сонда жалғастырыңыз.",
		"Эта страница больше не ждёт.\nЕсли окно Qoltanba ещё открыто, продолжите в нём.",
		"This page does not wait any more.\nIf the window of Qoltanba is still open, go on there.",
	},

	"error.network":    {"Банкпен байланыс жоқ.\nИнтернетті тексеріп, қайталаңыз. Қолтаңба жеткен-жетпегенін «Қол қойылған төлемдер» көрсетеді.", "Нет связи с банком.\nПроверьте интернет и повторите. Дошла ли подпись, покажут «Подписанные платежи».", "The bank cannot be reached.\nCheck the connection and try again. “Signed payments” shows whether a signature arrived."},
	"error.internal":   {"Банкте қате болды.\nСәл кейін қайталаңыз.", "В банке произошла ошибка.\nПовторите чуть позже.", "Something went wrong at the bank.\nTry again a little later."},
	"error.invalid":    {"Сұрау түсініксіз.", "Запрос непонятен.", "The request is malformed."},
	"error.too-large":  {"Сұрау тым үлкен.", "Запрос слишком большой.", "The request is too large."},
	"error.not-found":  {"Мұндай тапсырма жоқ.", "Такого поручения нет.", "There is no such order."},
	"error.no-session": {"Сеанс аяқталды.\nҚайта кіріңіз.", "Сеанс завершён.\nВойдите снова.", "Your session has ended.\nLog in again."},
	"error.origin":     {"Сұрау басқа сайттан келді.", "Запрос пришёл с другого сайта.", "The request came from another site."},
	"error.host":       {"Сұрау басқа мекенжайға келді.", "Запрос пришёл на другой адрес.", "The request came to another address."},
	"error.many-unsigned": {
		"Қол қойылмаған төлемдер тым көп: банк олардың ең көбі 2000-ын сақтайды. Жаңа тапсырмалар сақталмады, бұрынғылардың бәрі орнында.\n«Қол қойылмаған төлемдер» бетін ашыңыз.\nОларға қол қойыңыз немесе қажет емесін кері қайтарып алыңыз.\nОсында оралып, қайталаңыз.",
		"Слишком много неподписанных платежей: банк хранит не больше 2000. Новые поручения не сохранены, все прежние на месте.\nОткройте «Неподписанные платежи».\nПодпишите их или отзовите ненужные.\nВернитесь сюда и повторите.",
		"Too many payments wait for your signature: the bank keeps 2000 at most. The new orders were not kept, and all earlier ones are still there.\nOpen “Unsigned payments”.\nSign them, or withdraw those you do not need.\nCome back here and try again.",
	},
	"error.withdrawn":         {"Бұл тапсырма кері қайтарып алынған.\nҚажет болса, жаңасын жасаңыз.", "Это поручение отозвано.\nЕсли оно нужно, создайте новое.", "This order was withdrawn.\nIf it is needed, make a new one."},
	"error.fields":            {"Белгіленген өрістерді түзетіңіз.", "Исправьте отмеченные поля.", "Correct the marked fields."},
	"error.nonce-unknown":     {"Кіру осы браузерде басталмаған.\nҚайта кіріңіз.", "Вход начат не в этом браузере.\nВойдите снова.", "The login was not begun in this browser.\nLog in again."},
	"error.nonce-used":        {"Бұл кіру әрекеті бұрын қолданылған.\nҚайта кіріңіз.", "Эта попытка входа уже использована.\nВойдите снова.", "This login was used before.\nLog in again."},
	"error.nonce-expired":     {"Кіру бес минуттан ұзаққа созылды.\nҚайта кіріңіз.", "Вход занял больше пяти минут.\nВойдите снова.", "The login took more than five minutes.\nLog in again."},
	"error.token-format":      {"Банк кіру белгісін оқи алмады.\nQoltanba бағдарламасын жаңартыңыз.", "Банк не смог прочитать маркер входа.\nОбновите Qoltanba.", "The bank cannot read the login token.\nUpdate Qoltanba."},
	"error.token-algorithm":   {"Банк бұл кілт түрін қабылдамайды.", "Банк не принимает ключи этого вида.", "The bank does not accept this kind of key."},
	"error.token-signature":   {"Кіру қолтаңбасы дұрыс емес немесе басқа сайтқа арналған.", "Подпись для входа неверна или сделана для другого сайта.", "The login's signature is wrong, or was made for another site."},
	"error.token-certificate": {"Банк бұл сертификатты қабылдамайды: ол басқа орталықтан, мерзімі өткен немесе кіруге арналмаған.", "Банк не принимает этот сертификат: он другого центра, просрочен или не для входа.", "The bank does not accept this certificate: it is another authority's, has expired, or is not for logging in."},
	"error.not-a-client":      {"Бұл сертификат банкте тіркелмеген.\nБасқа токенді қосыңыз немесе банкке хабарласыңыз.", "Этот сертификат не зарегистрирован в банке.\nПодключите другой токен или обратитесь в банк.", "This certificate is not registered with the bank.\nConnect another token, or contact the bank."},

	"error.empty":     {"Толтырыңыз.", "Заполните.", "Fill this in."},
	"error.too-long":  {"140 таңбадан артық.", "Больше 140 знаков.", "More than 140 characters."},
	"error.letters":   {"Көрінбейтін таңбалар бар.", "Есть невидимые знаки.", "Holds characters that cannot be seen."},
	"error.iban-form": {"KZ әріптері және 18 таңба, барлығы 20.", "Буквы KZ и ещё 18 знаков, всего 20.", "The letters KZ and 18 characters, 20 in all."},
	"error.iban-sum":  {"Бақылау саны сәйкес емес: шотта қате бар.", "Контрольное число не сходится: в счёте ошибка.", "The check digits do not fit: there is a mistake in the account."},
	"error.bic":       {"8 немесе 11 таңба, мысалы REFBKZKA.", "8 или 11 знаков, например REFBKZKA.", "8 or 11 characters, such as REFBKZKA."},
	"error.amount":    {"Нөлден үлкен сан, үтірден кейін ең көбі екі цифр.", "Число больше нуля, не более двух цифр после запятой.", "A number above zero with at most two decimals."},
	"error.currency":  {"Тізімнен таңдаңыз.", "Выберите из списка.", "Choose one of the list."},
	"error.knp":       {"Үш цифр.", "Три цифры.", "Three digits."},

	"reason.format":          {"бұл CAdES қолтаңбасы емес.", "это не подпись CAdES.", "this is not a CAdES signature."},
	"reason.document":        {"банк берген құжатқа емес, басқасына қол қойылған.", "подписан не тот документ, который выдал банк.", "another document was signed than the bank issued."},
	"reason.signature":       {"қолтаңба дұрыс емес.", "подпись неверна.", "the signature is wrong."},
	"reason.certificate":     {"сертификат басқа орталықтан, мерзімі өткен немесе қол қоюға арналмаған.", "сертификат другого центра, просрочен или не для подписи.", "the certificate is another authority's, has expired, or is not for signing."},
	"reason.signer":          {"басқа клиент қол қойған.", "подписал другой клиент.", "another client signed."},
	"reason.origin":          {"қолтаңба басқа сайтқа арналған.", "подпись сделана для другого сайта.", "the signature was made for another site."},
	"reason.withdrawn":       {"бұл тапсырма кері қайтарып алынған.", "это поручение отозвано.", "this order was withdrawn."},
	"reason.accepted-before": {"бұл тапсырма бұрын қабылданған.", "это поручение уже принято раньше.", "this order was accepted before."},
}

// misunderstood is for page and agent whose versions do not go together.
var misunderstood = text{
	"Бұл бет пен Qoltanba бір-бірін түсінбейді: олардың бірі ескірген.\nБетті жаңартыңыз.\nКөмектеспесе, Qoltanba бағдарламасының жаңа нұсқасын орнатыңыз.",
	"Эта страница и Qoltanba не понимают друг друга: что-то из них устарело.\nОбновите страницу.\nЕсли не поможет, установите новую версию Qoltanba.",
	"This page and Qoltanba do not understand each other: one of them is out of date.\nReload the page.\nIf that does not help, install the newest version of Qoltanba.",
}
