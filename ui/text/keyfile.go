package text

// CLIHelpKeyFile is the help of an option.
const CLIHelpKeyFile Key = "cli-help-key-file"

// keyFileTexts are about key files.
var keyFileTexts = map[Key]phrase{
	CLIHelpKeyFile: {
		"кілт файлы (PKCS#12), алмалы дискілердегілерге қосымша",
		"файл ключа (PKCS#12), дополнительно к файлам на съёмных дисках",
		"key file (PKCS#12), beside those on removable drives",
	},
	"error.read-only": {
		"Кілт файлына ештеңе жазылмайды: құпиясөзі де, кілті де өзгермейді.",
		"В файл ключа ничего не записывают: ни пароль, ни ключ в нём не меняют.",
		"A key file is not written: neither its password nor its key is changed.",
	},
	"error.read-only.hint": {
		"Басқа құпиясөз қажет болса, файлды берген банктен немесе куәландырушы орталықтан жаңасын алыңыз.",
		"Если нужен другой пароль, получите новый файл там, где выдали этот: в банке или удостоверяющем центре.",
		"If you need another password, get a new file from the bank or the authority that issued this one.",
	},
	"error.unreadable": {
		"Кілт файлын оқу мүмкін емес: ол зақымданған немесе түрі белгісіз.",
		"Файл ключа не удаётся прочитать: он повреждён или неизвестного вида.",
		"The key file cannot be read: it is damaged, or of an unknown kind.",
	},
	"error.unreadable.hint": {
		"Файлды түпнұсқасынан қайта көшіріңіз немесе банктен жаңасын сұраңыз.",
		"Скопируйте файл заново с оригинала или попросите в банке новый.",
		"Copy the file again from the original, or ask the bank for a new one.",
	},
	"error.unpaired": {
		"Бұл файлда кілт пен оның сертификаты бірге жоқ: онымен қол қою мүмкін емес.",
		"В этом файле нет ключа вместе с его сертификатом: подписать им нельзя.",
		"This file does not hold a key together with its certificate: nothing can be signed with it.",
	},
	"error.unpaired.hint": {
		"Басқа кілт файлын таңдаңыз немесе банктен жаңасын сұраңыз.",
		"Выберите другой файл ключа или попросите в банке новый.",
		"Choose another key file, or ask the bank for a new one.",
	},
	"error.primary": {
		"Бұл – бастапқы инициализация кілті: онымен ештеңеге қол қойылмайды.",
		"Это первичный ключ инициализации: им ничего не подписывают.",
		"This is a primary initialization key, which signs nothing.",
	},
	"error.primary.hint": {
		"Ол тек тіркелуге қажет. Банкте тіркеліңіз немесе өз профиліңізді таңдаңыз.",
		"Он нужен только для регистрации. Пройдите регистрацию в банке или выберите свой профиль.",
		"It is for registration only. Register with your bank, or choose your own profile.",
	},
}
