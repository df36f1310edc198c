package text

// algorithmNamed is the hint that names an algorithm which is not known.
const algorithmNamed Key = "error.algorithm.named"

// generatorErrorTexts are the errors of the code generators.
var generatorErrorTexts = map[Key]phrase{
	"error.no-generator": {
		"Мұндай код генераторы жоқ.",
		"Такого генератора кодов нет.",
		"There is no such code generator.",
	},
	"error.no-generator.hint": {
		"Ол жойылған болуы мүмкін. Тізімнен басқасын таңдаңыз немесе жаңасын қосыңыз.",
		"Возможно, он был удалён. Выберите другой из списка или добавьте новый.",
		"It may have been removed. Choose another one of the list, or add one.",
	},
	"error.damaged": {
		"Код генераторының жазбасы бүлінген.",
		"Запись генератора кодов повреждена.",
		"The code generator's record is damaged.",
	},
	"error.damaged.hint": {
		"Оны қалпына келтіру мүмкін емес. Генераторды жойып, банктен жаңа кілт сұраңыз.",
		"Восстановить её нельзя. Удалите генератор и попросите у банка новый ключ.",
		"It cannot be repaired. Remove the generator and ask your bank for a new key.",
	},
	"error.in-use": {
		"Код генераторы басқа терезеде немесе бағдарламада ашық.",
		"Генератор кодов открыт в другом окне или другой программе.",
		"The code generator is open in another window or program.",
	},
	"error.in-use.hint": {
		"Оны сол жерде жауып, қайталап көріңіз.",
		"Закройте его там и повторите.",
		"Close it there and try again.",
	},
	"error.device-key": {
		"Кілттер қоймасында бұл код генераторының кілті жоқ.",
		"В связке ключей нет ключа этого генератора кодов.",
		"The keyring does not hold this code generator's key.",
	},
	"error.device-key.hint": {
		"Кілттер қоймасының сақтық көшірмесін қайтарыңыз. Ол болмаса, генераторды жойып, банктен жаңа кілт сұраңыз.",
		"Верните связку ключей из резервной копии. Если её нет, удалите генератор и попросите у банка новый ключ.",
		"Restore the keyring from a backup. Without one, remove the generator and ask your bank for a new key.",
	},
	"error.generator-twice": {
		"Осы сериялық нөмірлі токен қосылып қойған.",
		"Токен с этим серийным номером уже добавлен.",
		"The token with this serial number is there already.",
	},
	"error.generator-twice.hint": {
		"Оны тізімнен таңдаңыз. Жаңадан қосу үшін алдымен ескісін жойыңыз.",
		"Выберите его в списке. Чтобы добавить заново, сначала удалите старый.",
		"Choose it in the list. To add it anew, remove the old one first.",
	},
	"error.generator-file": {
		"Файл табылмады немесе онда код генераторы жоқ.",
		"Файл не найден, или в нём нет генератора кодов.",
		"The file was not found, or it holds no code generator.",
	},
	"error.generator-file.hint": {
		"Банк берген PSKC файлын немесе QR коды бар PNG не JPEG суретін таңдаңыз.",
		"Выберите файл PSKC от банка или картинку PNG или JPEG с QR-кодом.",
		"Choose the PSKC file from your bank, or a PNG or JPEG picture with a QR code.",
	},
	"error.picture-large": {
		"Сурет тым үлкен.",
		"Изображение слишком большое.",
		"The picture is too large.",
	},
	"error.picture-large.hint": {
		"QR кодын суреттен қиып алыңыз немесе оны камераның әдеттегі баптауымен қайта суретке түсіріңіз.",
		"Вырежьте из изображения QR-код или сфотографируйте его ещё раз с обычными настройками камеры.",
		"Cut the QR code out of the picture, or photograph it again at the camera's usual setting.",
	},
	"error.file-encrypted": {
		"Файл құпиясөзбен қорғалған.",
		"Файл защищён паролем.",
		"The file is protected by a password.",
	},
	"error.file-encrypted.hint": {
		"Файлмен бірге банк берген құпиясөзді енгізіңіз.",
		"Введите пароль, который банк выдал вместе с файлом.",
		"Enter the password that your bank gave you with the file.",
	},
	"error.file-mac": {
		"Файлдың құпиясөзі қате немесе файл өзгертілген.",
		"Неверный пароль файла, или файл был изменён.",
		"The file's password is wrong, or the file was changed.",
	},
	"error.file-mac.hint": {
		"Құпиясөзді қайта енгізіңіз. Ол дұрыс болса, банктен файлды қайта сұраңыз.",
		"Введите пароль ещё раз. Если он верен, попросите у банка файл заново.",
		"Enter the password once more. If it is right, ask your bank for the file again.",
	},
	"error.algorithm": {
		"Бұл кілттің алгоритмі белгісіз.",
		"Алгоритм этого ключа неизвестен.",
		"The key's algorithm is not known.",
	},
	"error.algorithm.hint": {
		"Бағдарламаны жаңартыңыз немесе банктен басқа кілт сұраңыз.",
		"Обновите программу или попросите у банка другой ключ.",
		"Update the program, or ask your bank for another key.",
	},
	algorithmNamed: {
		"Алгоритм: %s. Бағдарламаны жаңартыңыз немесе банктен басқа кілт сұраңыз.",
		"Алгоритм: %s. Обновите программу или попросите у банка другой ключ.",
		"Algorithm: %s. Update the program, or ask your bank for another key.",
	},
	"error.typed": {
		"Бұл – otpauth мекенжайы да, base32 кілті де емес.",
		"Это не адрес otpauth и не ключ в base32.",
		"This is neither an otpauth address nor a key in base32.",
	},
	"error.typed.hint": {
		"Кілт A–Z әріптері мен 2–7 цифрларынан тұрады. Банк хатындағыдай етіп енгізіңіз.",
		"Ключ состоит из букв A–Z и цифр 2–7. Введите его так, как он стоит в письме банка.",
		"A key has the letters A to Z and the digits 2 to 7. Type it as it stands in your bank's letter.",
	},
	"error.code-kind": {
		"Бұл кілт басқа түрдегі кодтарға арналған.",
		"Этот ключ – для кодов другого вида.",
		"This key is for codes of another kind.",
	},
	"error.code-kind.hint": {
		"Мұнда тек 30 секунд сайын жаңаратын алты таңбалы кодтар шығады. Банкке хабарласыңыз.",
		"Здесь возможны только шестизначные коды, которые меняются каждые 30 секунд. Обратитесь в банк.",
		"Only codes of six digits that change every 30 seconds can be made here. Ask your bank.",
	},
	"error.key-short": {
		"Кілт тым қысқа.",
		"Ключ слишком короткий.",
		"The key is too short.",
	},
	"error.key-short.hint": {
		"Base32 кілтінде кемінде 26 таңба болады. Түгел енгізілгенін тексеріңіз.",
		"В ключе base32 не меньше 26 знаков. Проверьте, что он введён целиком.",
		"A key in base32 has 26 characters or more. Check that all of it was entered.",
	},
	"error.key-expired": {
		"Бұл кілттің мерзімі өткен немесе әлі басталмаған.",
		"Срок действия этого ключа истёк или ещё не начался.",
		"This key is not valid any more, or not yet.",
	},
	"error.key-expired.hint": {
		"Компьютердің күні мен уақытын тексеріңіз, содан кейін банктен жаңа кілт сұраңыз.",
		"Проверьте дату и время на компьютере, затем попросите у банка новый ключ.",
		"Check the computer's date and time, then ask your bank for a new key.",
	},
	"error.serial": {
		"Токеннің сериялық нөмірі белгісіз.",
		"Серийный номер токена неизвестен.",
		"The token's serial number is not known.",
	},
	"error.serial.hint": {
		"Оны енгізіңіз: ол 7–10 әріп пен цифрдан тұрады және банк хатында жазылған.",
		"Введите его: это от 7 до 10 букв и цифр, он указан в письме банка.",
		"Enter it: it has 7 to 10 letters and digits and stands in your bank's letter.",
	},
	"error.start-pin": {
		"Бастапқы PIN-код жоқ.",
		"Нет начального PIN-кода.",
		"The start PIN is missing.",
	},
	"error.start-pin.hint": {
		"Банк токенмен бірге берген төрт цифрды енгізіңіз.",
		"Введите четыре цифры, которые банк выдал вместе с токеном.",
		"Enter the four digits that your bank gave you with the token.",
	},
	"error.generator-pin": {
		"PIN-код төрт цифрдан тұрады.",
		"PIN-код состоит из четырёх цифр.",
		"A PIN has four digits.",
	},
	"error.generator-pin.hint": {
		"Төрт цифр енгізіңіз, әріптер мен бос орындарсыз.",
		"Введите четыре цифры, без букв и пробелов.",
		"Enter four digits, without letters or blanks.",
	},
	"error.generator-pin-easy": {
		"Бұл PIN-кодты табу тым оңай.",
		"Такой PIN-код слишком легко угадать.",
		"This PIN is too easy to guess.",
	},
	"error.generator-pin-easy.hint": {
		"1234, 4321 немесе 1111 сияқты қатар келетін не бірдей цифрларды таңдамаңыз.",
		"Не берите цифры подряд или одинаковые, как 1234, 4321 или 1111.",
		"Do not take digits in a row or all the same, such as 1234, 4321 or 1111.",
	},
	"error.code-number": {
		"Құжаттың кодтық саны алты цифрдан тұрады.",
		"Кодовое число документа состоит из шести цифр.",
		"A document's code number has six digits.",
	},
	"error.code-number.hint": {
		"Оны банк бетінде көрсетілгендей енгізіңіз: бірінші цифры 0 болмайды.",
		"Введите его так, как показано на странице банка: первая цифра не 0.",
		"Enter it as the bank's page shows it: the first digit is not 0.",
	},
}
