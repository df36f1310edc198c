package text

import (
	"errors"

	"qoltanba/agent"
)

const (
	// CLIHelpKeyFile is the help of an option.
	CLIHelpKeyFile Key = "cli-help-key-file"
	// KeyFileDamaged is said beside a wrong password: PKCS#12 tells only that the
	// password is wrong or the file is damaged.
	KeyFileDamaged Key = "key-file.damaged"
)

// KeyFileError is Error for a try with the password of a key file.
func (l Lang) KeyFileError(err error) (sentence, hint string) {
	sentence, hint = l.Error(err)
	if _, wrong := errors.AsType[*agent.PINError](err); wrong {
		hint += " " + l.T(KeyFileDamaged)
	}
	return sentence, hint
}

// keyFileTexts are about key files.
var keyFileTexts = map[Key]phrase{
	CLIHelpKeyFile: {
		"кілт файлы (PKCS#12), алмалы дискілердегілерге қосымша",
		"файл ключа (PKCS#12), дополнительно к файлам на съёмных дисках",
		"key file (PKCS#12), beside those on removable drives",
	},
	KeyFileDamaged: {
		"Құпиясөз дұрыс екені анық болса, кілт файлы зақымдалған болуы мүмкін: оны қайта көшіріңіз немесе банктен жаңасын сұраңыз.",
		"Если пароль точно верный, возможно, файл ключа повреждён: скопируйте его заново или попросите в банке новый.",
		"If the password is surely right, the key file may be damaged: copy it again or ask the bank for a new one.",
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
