package text

// Sentences of the command line.
const (
	CLIHelp          Key = "cli-help"
	CLIHelpVersion   Key = "cli-help-version"
	CLIHelpDebug     Key = "cli-help-debug"
	CLIHelpHome      Key = "cli-help-home"
	CLIHelpModule    Key = "cli-help-module"
	CLIHelpTray      Key = "cli-help-tray"
	CLIHelpStatus    Key = "cli-help-status"
	CLIHelpLock      Key = "cli-help-lock"
	CLIHelpSign      Key = "cli-help-sign"
	CLIHelpFile      Key = "cli-help-file"
	CLIHelpAttached  Key = "cli-help-attached"
	CLIHelpOut       Key = "cli-help-out"
	CLIRunning       Key = "cli-running"
	CLINotRunning    Key = "cli-not-running"
	CLILocked        Key = "cli-locked"
	CLIChoose        Key = "cli-choose"
	CLISignQuestion  Key = "cli-sign-question"
	CLISigned        Key = "cli-signed"
	CLIExists        Key = "cli-exists"
	CLINeedsTerminal Key = "cli-needs-terminal"
	CLIYes           Key = "cli-yes"
	CLIHomeTaken     Key = "cli-home-taken"
	CLIUsage         Key = "cli-usage"
)

var cli = map[Key]phrase{
	CLIHelp: {
		"Төлемдерге токендегі кілтпен қол қоятын агент.",
		"Агент, который подписывает платежи ключом на токене.",
		"The agent that signs payments with a key on a token.",
	},
	CLIHelpVersion: {"нұсқасын көрсету", "показать версию", "show the version"},
	CLIHelpDebug: {
		"журналға көбірек жазу",
		"писать в журнал подробнее",
		"write more into the log",
	},
	CLIHelpHome: {
		"барлық файлдарға арналған бума (әдепкі: сіздің баптаулар бумаңыз)",
		"папка для всех файлов (по умолчанию: папка ваших настроек)",
		"folder for all files (default: your settings' folder)",
	},
	CLIHelpModule: {
		"PKCS#11 модулі, банк сипаттамаларындағыларға қосымша",
		"модуль PKCS#11, дополнительно к указанным в описаниях банков",
		"PKCS#11 module, beside those of the bank descriptors",
	},
	CLIHelpTray: {
		"агентті іске қосу (немесе жұмыс істеп тұрғанын көрсету)",
		"запустить агент (или показать работающий)",
		"start the agent (or show the running one)",
	},
	CLIHelpStatus: {"агенттің күйін көрсету", "показать состояние агента", "show the agent's state"},
	CLIHelpLock:   {"токенді қазір құлыптау", "заблокировать токен сейчас", "lock the token now"},
	CLIHelpSign:   {"файлға қол қою", "подписать файл", "sign a file"},
	CLIHelpFile:   {"қол қойылатын файл", "подписываемый файл", "the file to sign"},
	CLIHelpAttached: {
		"құжатты қолтаңбаның ішіне салу",
		"вложить документ в подпись",
		"put the document into the signature",
	},
	CLIHelpOut: {
		"қолтаңба файлы (әдепкі: ФАЙЛ.p7s)",
		"файл подписи (по умолчанию: ФАЙЛ.p7s)",
		"file of the signature (default: FILE.p7s)",
	},
	CLIUsage: {
		"Команда түсініксіз (%v). Командалар тізімі: qoltanba --help",
		"Команда не понята (%v). Список команд: qoltanba --help",
		"The command is not understood (%v). For the list of commands: qoltanba --help",
	},
	CLIRunning:    {"Агент жұмыс істеп тұр, нұсқасы %s.", "Агент работает, версия %s.", "The agent is running, version %s."},
	CLINotRunning: {"Агент іске қосылмаған.", "Агент не запущен.", "The agent is not running."},
	CLILocked:     {"Токен құлыпталды.", "Токен заблокирован до ввода пароля.", "The token is locked."},
	CLIChoose:     {"Профильді таңдаңыз (1–%d):", "Выберите профиль (1–%d):", "Choose a profile (1–%d):"},
	CLISignQuestion: {
		"Осы құжатқа қол қою керек пе? Иә болса «иә» деп жазыңыз:",
		"Подписать этот документ? Если да, напишите «да»:",
		"Sign this document? Type yes if so:",
	},
	CLISigned: {"Қолтаңба мына файлда: %s", "Подпись в файле %s", "The signature is in %s"},
	CLIExists: {
		"%s файлы бар және ол ауыстырылмайды.",
		"Файл %s уже есть и не будет заменён.",
		"%s is there already and is not replaced.",
	},
	CLINeedsTerminal: {
		"Құпиясөз тек терминалда енгізіледі; бұл жерде терминал жоқ.",
		"Пароль вводится только в терминале; здесь терминала нет.",
		"The password is entered in a terminal only, and there is none here.",
	},
	CLIYes: {"иә", "да", "yes"},
	CLIHomeTaken: {
		"Бұл буманы басқа Qoltanba пайдаланып тұр: %s. Терминалда күтіп тұрған командасын аяқтап, қайталап көріңіз.",
		"Эту папку использует другой Qoltanba: %s. Завершите его команду, которая ждёт в терминале, и повторите.",
		"Another Qoltanba uses this folder: %s. Finish its command that waits in a terminal, and try again.",
	},
}
