package text

// Sentences of "qoltanba token".
const (
	CLIHelpToken      Key = "cli-help-token"
	CLIHelpList       Key = "cli-help-list"
	CLIHelpInfo       Key = "cli-help-info"
	CLIHelpFormat     Key = "cli-help-format"
	CLIHelpChangePIN  Key = "cli-help-change-pin"
	CLIHelpUnblock    Key = "cli-help-unblock"
	CLIHelpWatch      Key = "cli-help-watch"
	CLIHelpJSON       Key = "cli-help-json"
	CLIHelpSerial     Key = "cli-help-serial"
	CLIHelpName       Key = "cli-help-name"
	CLIHelpReregister Key = "cli-help-reregister"
	CLIHelpAdmin      Key = "cli-help-admin"

	CLINoTokens     Key = "cli-no-tokens"
	CLIWhichToken   Key = "cli-which-token"
	CLINoSuchToken  Key = "cli-no-such-token"
	CLIAdminPIN     Key = "cli-admin-pin"
	CLINewAdminPIN  Key = "cli-new-admin-pin"
	CLIFormatAsk    Key = "cli-format-ask"
	CLIFormatLosing Key = "cli-format-losing"
	CLIFormatType   Key = "cli-format-type"
	CLIFormatted    Key = "cli-formatted"
	CLIPINChanged   Key = "cli-pin-changed"
	CLIUnblocked    Key = "cli-unblocked"
	CLIInserted     Key = "cli-inserted"
	CLIRemoved      Key = "cli-removed"
	CLIChanged      Key = "cli-changed"
	CLIModuleAlone  Key = "cli-module-alone"
)

var cliToken = map[Key]phrase{
	CLIHelpToken: {"токенді басқару", "управление токеном", "look after a token"},
	CLIHelpList:  {"қосылған токендерді көрсету", "показать подключённые токены", "list the connected tokens"},
	CLIHelpInfo: {
		"токен, оның кілттері мен драйвері туралы мәлімет",
		"сведения о токене, его ключах и драйвере",
		"tell about a token, its keys and its driver",
	},
	CLIHelpFormat: {
		"токенді форматтау: ондағының бәрі жойылады",
		"отформатировать токен: всё, что на нём есть, будет удалено",
		"format a token: everything on it is deleted",
	},
	CLIHelpChangePIN: {"құпиясөзді өзгерту", "сменить пароль", "change the password"},
	CLIHelpUnblock: {
		"әкімшінің PIN-кодымен жаңа құпиясөз қою",
		"задать новый пароль с помощью PIN-кода администратора",
		"set a new password with the administrator's PIN",
	},
	CLIHelpWatch: {
		"токендердің қосылуы мен ажыратылуын көрсетіп тұру",
		"показывать подключение и отключение токенов",
		"tell of tokens that come and go",
	},
	CLIHelpJSON:   {"JSON түрінде жазу", "вывод в формате JSON", "print JSON"},
	CLIHelpSerial: {"токеннің сериялық нөмірі", "серийный номер токена", "serial number of the token"},
	CLIHelpName: {
		"токеннің жаңа аты, ең көбі 32 байт",
		"новое имя токена, не длиннее 32 байт",
		"new name of the token, at most 32 bytes",
	},
	CLIHelpReregister: {
		"профилі бар токенді қайта тіркелу үшін форматтау",
		"отформатировать токен с профилем для повторной регистрации",
		"format a token that holds a profile, to register again",
	},
	CLIHelpAdmin: {"әкімшінің PIN-коды", "PIN-код администратора", "the administrator's PIN"},

	CLINoTokens: {"Қосылған токен жоқ.", "Подключённых токенов нет.", "No token is connected."},
	CLIWhichToken: {
		"Бірнеше токен қосылған. Қайсысы екенін --token параметрімен көрсетіңіз.",
		"Подключено несколько токенов. Укажите нужный параметром --token.",
		"Several tokens are connected. Name the one you mean with --token.",
	},
	CLINoSuchToken: {
		"Сериялық нөмірі %s токен қосылмаған.",
		"Токен с серийным номером %s не подключён.",
		"No token with the serial number %s is connected.",
	},
	CLIAdminPIN:    {"Әкімшінің PIN-коды", "PIN-код администратора", "Administrator's PIN"},
	CLINewAdminPIN: {"Әкімшінің жаңа PIN-коды", "Новый PIN-код администратора", "New administrator's PIN"},
	CLIFormatAsk: {
		"Токен форматталады: %s. Ондағы кілттер мен сертификаттар біржола жойылады. Келіссеңіз, «иә» деп жазыңыз:",
		"Токен будет отформатирован: %s. Ключи и сертификаты на нём будут удалены навсегда. Если согласны, напишите «да»:",
		"The token will be formatted: %s. Keys and certificates on it are deleted for ever. Type yes if you agree:",
	},
	CLIFormatLosing: {
		"Жойылатын сертификат: %s (берген: %s), мерзімі: %s",
		"Будет потерян сертификат: %s (издатель: %s), действителен до %s",
		"This certificate will be lost: %s (issued by %s), valid until %s",
	},
	CLIFormatType: {
		"Растау үшін токеннің атын жазыңыз (%s):",
		"Для подтверждения введите имя токена (%s):",
		"To confirm, type the token's name (%s):",
	},
	CLIFormatted: {
		"Токен форматталды. Құпиясөзі: 12345678.",
		"Токен отформатирован. Пароль: 12345678.",
		"The token is formatted. Its password is 12345678.",
	},
	CLIPINChanged: {"Өзгертілді.", "Изменено.", "Changed."},
	CLIUnblocked: {
		"Токен бұғаттан шығарылды, жаңа құпиясөз қойылды.",
		"Токен разблокирован, новый пароль задан.",
		"The token is unblocked and has its new password.",
	},
	CLIModuleAlone: {
		"Бұл команданы агенттің өзі драйвер үшін іске қосады. Оны қолмен іске қосудың қажеті жоқ.",
		"Эту команду запускает сам агент для драйвера токена. Запускать её вручную не нужно.",
		"The agent starts this command itself, for a token's driver. There is no need to start it by hand.",
	},
	CLIInserted: {"Қосылды: %s", "Подключён: %s", "Connected: %s"},
	CLIRemoved:  {"Ажыратылды: %s", "Отключён: %s", "Removed: %s"},
	CLIChanged:  {"Өзгерді: %s", "Изменился: %s", "Changed: %s"},
}
