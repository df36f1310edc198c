package text

import (
	"errors"

	"qoltanba/agent"
)

// Error returns what a person is told about err: a sentence that says what
// happened, and a hint that says what to do. An error that wraps no sentinel of
// package agent gets general words: its own text is for the log, not for
// people.
func (l Lang) Error(err error) (sentence, hint string) {
	if wrong, ok := errors.AsType[*agent.PINError](err); ok {
		sentence, hint = l.ErrorNamed(agent.ErrorName(wrong))
		if tries := l.Tries(wrong.Retries); tries != "" {
			hint = tries
		}
		return sentence, hint
	}
	sentence, hint = l.ErrorNamed(agent.ErrorName(err))
	if unknown, ok := errors.AsType[*agent.AlgorithmError](err); ok && unknown.Algorithm != "" {
		hint = l.T(algorithmNamed, unknown.Algorithm)
	}
	if other, ok := errors.AsType[*agent.OtherBankError](err); ok && other.Host != "" {
		hint = l.T(otherBankNamed, other.Host)
	}
	if wait, ok := errors.AsType[*agent.ManyTriesError](err); ok && wait.After > 0 {
		hint = l.manyTries(wait.After)
	}
	if refused, ok := errors.AsType[*agent.RenewalRefusedError](err); ok && refused.Serial != "" {
		hint = l.T(renewalRefusedNamed, refused.Serial)
	}
	return sentence, hint
}

// ErrorNamed is Error for a name that agent.ErrorName gave.
func (l Lang) ErrorNamed(name string) (sentence, hint string) {
	key := errorKey(name)
	if l.T(key) == string(key) { // there is no such sentence
		key = errorKey("unknown")
	}
	return l.T(key), l.T(hintKey(key))
}

// Tries says how many tries are left, as agent.PINError.Retries counts them,
// and is empty when nothing is known.
func (l Lang) Tries(retries int) string {
	switch {
	case retries == agent.RetriesLow:
		return l.T(TriesLow)
	case retries < 0:
		return ""
	case retries == 1:
		return l.T(LastTry)
	}
	return l.N(TriesLeft, retries)
}

func errorKey(name string) Key { return Key("error." + name) }

func hintKey(sentence Key) Key { return sentence + ".hint" }

// errorTexts and the tables of errors in files of their own together have two entries for each name that
// agent.ErrorName can give, and for "unknown": the sentence, and the hint.
var errorTexts = map[Key]phrase{
	"error.unknown": {
		"Күтпеген қате орын алды.",
		"Произошла непредвиденная ошибка.",
		"Something unexpected went wrong.",
	},
	"error.unknown.hint": {
		"Қайталап көріңіз. Қате қайталанса, банктің қолдау қызметіне хабарласыңыз.",
		"Попробуйте ещё раз. Если ошибка повторится, обратитесь в поддержку банка.",
		"Try again. If it happens again, ask your bank's support.",
	},
	"error.pin": {
		"Құпиясөз қате.",
		"Неверный пароль.",
		"Wrong password.",
	},
	"error.pin.hint": {
		"Пернетақта тілін және Caps Lock пернесін тексеріңіз.",
		"Проверьте раскладку клавиатуры и Caps Lock.",
		"Check the keyboard language and Caps Lock.",
	},
	"error.origin": {
		"Бұл сайтқа ЭЦҚ-ны пайдалануға рұқсат жоқ.",
		"Этому сайту не разрешено пользоваться ЭЦП.",
		"This site may not use the electronic digital signature (EDS).",
	},
	"error.origin.hint": {
		"Бұл сіздің банкіңіздің сайты болса, мекенжайын тексеріп, банкке хабарласыңыз.",
		"Если это сайт вашего банка, проверьте его адрес и обратитесь в банк.",
		"If this is your bank's site, check its address and ask your bank.",
	},
	"error.denied": {
		"Сіз бас тарттыңыз, ештеңеге қол қойылған жоқ.",
		"Вы отказались, ничего не подписано.",
		"You refused; nothing was signed.",
	},
	"error.denied.hint": {
		"Бұл қателік болса, сайттағы әрекетті қайталаңыз.",
		"Если это вышло случайно, повторите действие на сайте.",
		"If that was a mistake, start again on the site.",
	},
	"error.canceled": {
		"Сұрау жауапқа дейін тоқтатылды.",
		"Запрос прерван до ответа.",
		"The request ended before it was answered.",
	},
	"error.canceled.hint": {
		"Сайттың бетін жаңартып, әрекетті қайталаңыз.",
		"Обновите страницу сайта и повторите действие.",
		"Reload the site's page and start again.",
	},
	"error.busy": {
		"Сайт тым көп сұрау жіберді.",
		"Сайт отправил слишком много запросов сразу.",
		"The site sent too many requests at once.",
	},
	"error.busy.hint": {
		"Ашық тұрған терезеге жауап беріп, содан кейін қайталаңыз.",
		"Ответьте на уже открытый запрос, затем повторите.",
		"Answer the window that is open, then try again.",
	},
	"error.too-often": {
		"Сайт терезені тым жиі ашуға тырысады.",
		"Сайт слишком часто пытается открыть окно.",
		"The site asks to open a window too often.",
	},
	"error.too-often.hint": {
		"Бірнеше минут күтіңіз. Сайтқа сенімді болмасаңыз, оның бетін жабыңыз.",
		"Подождите несколько минут. Если вы не доверяете сайту, закройте его страницу.",
		"Wait a few minutes. If you do not trust the site, close its page.",
	},
	"error.no-window": {
		"Терезені көрсету мүмкін емес, сондықтан сұрауға келісім беруге болмайды.",
		"Не удаётся показать окно, поэтому подтвердить запрос невозможно.",
		"No window can be shown, so the request cannot be confirmed.",
	},
	"error.no-window.hint": {
		"Бейнекарта драйверін тексеріңіз немесе терминалда «qoltanba sign» командасын пайдаланыңыз.",
		"Проверьте драйвер видеокарты или подпишите в терминале командой «qoltanba sign».",
		"Check the graphics driver, or sign in a terminal with \"qoltanba sign\".",
	},
	"error.no-session": {
		"Сайт үшін кілтпен сеанс ашылмаған немесе ол аяқталған.",
		"Сеанс работы с ключом не открыт или уже завершён.",
		"The site has no open session with the key, or it has ended.",
	},
	"error.no-session.hint": {
		"Сайтқа қайта кіріңіз.",
		"Войдите на сайт заново.",
		"Log in to the site again.",
	},
	"error.no-token": {
		"Токен қосылмаған.",
		"Токен не подключён.",
		"No token is connected.",
	},
	"error.no-token.hint": {
		"KAZTOKEN құрылғысын компьютердің USB портына салыңыз.",
		"Вставьте KAZTOKEN в USB-порт компьютера.",
		"Plug the KAZTOKEN into a USB port of this computer.",
	},
	"error.token-lost": {
		"Токенмен байланыс үзілді.",
		"Связь с токеном потеряна.",
		"The connection to the token was lost.",
	},
	"error.token-lost.hint": {
		"Токенді USB портынан шығарып, қайта салыңыз да, әрекетті қайталаңыз.",
		"Выньте токен из USB-порта, вставьте снова и повторите действие.",
		"Unplug the token, plug it in again and repeat.",
	},
	"error.no-key": {
		"Токенде қажетті кілт жоқ.",
		"На токене нет нужного ключа.",
		"The token does not have the key that is needed.",
	},
	"error.no-key.hint": {
		"Басқа профильді таңдаңыз немесе банкте тіркеліңіз.",
		"Выберите другой профиль или пройдите регистрацию в банке.",
		"Choose another profile, or register with your bank.",
	},
	"error.locked": {
		"Токен құлыпталған: құпиясөз енгізілмеген.",
		"Токен закрыт: пароль не введён.",
		"The token is locked: no password was entered.",
	},
	"error.locked.hint": {
		"Әрекетті қайталап, құпиясөзді енгізіңіз.",
		"Повторите действие и введите пароль.",
		"Start again and enter the password.",
	},
	"error.pin-locked": {
		"Токен бұғатталған: қате құпиясөз тым көп енгізілді.",
		"Токен заблокирован: слишком много раз введён неверный пароль.",
		"The token's password is locked: too many wrong tries.",
	},
	"error.pin-locked.hint": {
		"Токенді бұғаттан шығару үшін банкке хабарласыңыз.",
		"Чтобы разблокировать токен, обратитесь в банк.",
		"Ask your bank to unblock the token.",
	},
	"error.pin-length": {
		"Жаңа құпиясөз тым қысқа немесе тым ұзын.",
		"Новый пароль слишком короткий или слишком длинный.",
		"The new password is too short or too long.",
	},
	"error.pin-length.hint": {
		"Ұзындығы басқа құпиясөз ойлап табыңыз, мысалы, 8 таңбадан тұратын.",
		"Придумайте пароль другой длины, например из 8 символов.",
		"Choose one of another length, for example 8 characters.",
	},
	"error.pin-same": {
		"Жаңа құпиясөз ескісімен бірдей.",
		"Новый пароль совпадает со старым.",
		"The new password is the old one.",
	},
	"error.pin-same.hint": {
		"Басқа құпиясөз ойлап табыңыз.",
		"Придумайте другой пароль.",
		"Choose another password.",
	},
	"error.module": {
		"Токеннің драйвері жұмыс істемейді.",
		"Драйвер токена не работает.",
		"The token's driver does not work.",
	},
	"error.module.hint": {
		"Драйверді қайта орнатыңыз: «Токенді басқару» терезесі қалай екенін көрсетеді.",
		"Переустановите драйвер: как это сделать, показано в окне «Управление токеном».",
		"Install the driver again: the token panel shows how.",
	},
	"error.token": {
		"Токен қате туралы хабарлады.",
		"Токен сообщил об ошибке.",
		"The token reported an error.",
	},
	"error.token.hint": {
		"Токенді қайта салып, әрекетті қайталаңыз. Қате қайталанса, банкке хабарласыңыз.",
		"Вставьте токен заново и повторите. Если ошибка повторится, обратитесь в банк.",
		"Plug the token in again and repeat. If it happens again, ask your bank.",
	},
	"error.mechanism": {
		"Токен бұл қолтаңба түрін қолдамайды.",
		"Токен не поддерживает этот вид подписи.",
		"The token does not support this kind of signature.",
	},
	"error.mechanism.hint": {
		"Басқа профильді таңдаңыз немесе банкке хабарласыңыз.",
		"Выберите другой профиль или обратитесь в банк.",
		"Choose another profile, or ask your bank.",
	},
	"error.certificate": {
		"Бұл сертификатты пайдалануға болмайды.",
		"Этим сертификатом нельзя воспользоваться.",
		"This certificate cannot be used.",
	},
	"error.certificate.hint": {
		"Оның мерзімін тексеріңіз. Мерзімі өткен болса, банктен жаңасын алыңыз.",
		"Проверьте срок его действия. Если он истёк, получите в банке новый.",
		"Check whether it has expired. If so, get a new one from your bank.",
	},
	"error.history": {
		"Журналға жазу мүмкін болмады, сондықтан бұл әрекет орындалған жоқ.",
		"Не удалось сделать запись в журнале, поэтому действие не выполнено.",
		"The history could not be written, so this was not done.",
	},
	"error.history.hint": {
		"Дискіде бос орын бар-жоғын тексеріп, қайталаңыз.",
		"Проверьте, есть ли место на диске, и повторите.",
		"Check that the disk has free space and try again.",
	},
	"error.invalid": {
		"Сайт қате сұрау жіберді.",
		"Сайт прислал неправильный запрос.",
		"The site sent a request that is not valid.",
	},
	"error.invalid.hint": {
		"Сайттың бетін жаңартыңыз. Қате қайталанса, банкке хабарласыңыз.",
		"Обновите страницу сайта. Если ошибка повторится, обратитесь в банк.",
		"Reload the site's page. If it happens again, ask your bank.",
	},
	"error.too-large": {
		"Құжат тым үлкен.",
		"Документ слишком большой.",
		"The document is too large.",
	},
	"error.too-large.hint": {
		"Құжатты бөліп жіберіңіз немесе кішірейтіңіз.",
		"Разделите документ на части или уменьшите его.",
		"Split the document or make it smaller.",
	},
	"error.port": {
		"Банк беттері қосылатын порттар бос емес.",
		"Порты, через которые подключаются страницы банка, заняты.",
		"The ports for the bank's pages are taken by another program.",
	},
	"error.port.hint": {
		"Басқа қолтаңба бағдарламаларын жауып, Qoltanba-ны қайта іске қосыңыз.",
		"Закройте другие программы для подписи и запустите Qoltanba снова.",
		"Close other signing programs and start Qoltanba again.",
	},
	"error.credentials": {
		"Құпиясөз немесе кілт контейнері қате.",
		"Неверный пароль или ключевой контейнер.",
		"Wrong password or key container",
	},
	"error.credentials.hint": {
		"Пайдаланушы идентификаторын, бас әріппен терілетін PIN-ді және кілт файлы басқа ұйымдікі немесе басқа адамдікі емес екенін тексеріңіз.",
		"Проверьте идентификатор пользователя, PIN (он вводится заглавными буквами) и то, что файл ключа не другой организации и не другого пользователя.",
		"Check the User ID, the PIN, which is in capital letters, and that the key file is not that of another organization or another user.",
	},
	"error.key-file": {
		"Бұл файлда жарамды бастапқы кілт жоқ.",
		"В этом файле нет пригодного первичного ключа.",
		"This file holds no primary key that can be used.",
	},
	"error.key-file.hint": {
		"Банктен алған кілт файлын таңдаңыз (GOST.pfx немесе Key.pfx). Ол зақымданған болса, банктен жаңасын сұраңыз.",
		"Выберите файл ключа, полученный в банке (GOST.pfx или Key.pfx). Если он повреждён, попросите в банке новый.",
		"Choose the key file that the bank gave you (GOST.pfx or Key.pfx). If it is damaged, ask the bank for a new one.",
	},
	"error.bank": {
		"Банк жауап бермейді.",
		"Банк не отвечает.",
		"The bank does not answer.",
	},
	"error.bank.hint": {
		"Интернет байланысын тексеріп, тоқтаған жерден жалғастырыңыз: ештеңе жоғалған жоқ.",
		"Проверьте подключение к интернету и продолжите с того же места: ничего не потеряно.",
		"Check the Internet connection and go on from where you were: nothing is lost.",
	},
	"error.bank-foreign": {
		"Сервер немесе сертификат осы банктің куәландырушы орталығынікі емес.",
		"Сервер или сертификат не от удостоверяющего центра этого банка.",
		"The server or a certificate is not of this bank's certification authority.",
	},
	"error.bank-foreign.hint": {
		"Жалғастырмаңыз. Басқа желіден байқап көріңіз немесе банкке хабарласыңыз.",
		"Не продолжайте. Попробуйте из другой сети или обратитесь в банк.",
		"Do not go on. Try from another network, or ask the bank.",
	},
	"error.pending": {
		"Банкке әлі уақыт керек.",
		"Банку нужно ещё время.",
		"The bank needs more time.",
	},
	"error.pending.hint": {
		"Тіркелуді кейінірек жалғастырыңыз: ештеңе жоғалмайды. Токенді форматтамаңыз.",
		"Продолжите регистрацию позже: ничего не пропадёт. Не форматируйте токен.",
		"Continue the registration later: nothing will be lost. Do not format the token.",
	},
	"error.rejected": {
		"Банк сұрауды қабылдамады.",
		"Банк отклонил запрос.",
		"The bank rejected the request.",
	},
	"error.rejected.hint": {
		"Тіркелуді дұрыс деректермен жалғастырыңыз немесе банктің қолдау қызметіне хабарласыңыз. Токенді форматтамаңыз.",
		"Продолжите регистрацию с верными данными или обратитесь в поддержку банка. Не форматируйте токен.",
		"Continue the registration with the right data, or ask your bank's support. Do not format the token.",
	},
	"error.vault": {
		"Жүйенің құпиясөздер қоймасы қолжетімсіз.",
		"Системное хранилище паролей недоступно.",
		"The system's keyring is not available.",
	},
	"error.vault.hint": {
		"Рұқсат етілген сайттар бағдарлама жабылғанша ғана есте сақталады.",
		"Разрешения сайтам запомнятся только до выхода из программы.",
		"Approvals of sites are remembered only until the program ends.",
	},
}
