package text

// Help, and its list of words.
const (
	Help       Key = "help"
	WordsTitle Key = "words.title"
)

// Word is a word of the bank's instructions and its meaning there.
type Word struct{ Name, Meaning string }

// Words returns the words that people must know, in the order in which they are
// explained.
func (l Lang) Words() []Word {
	var all []Word
	for _, k := range []Key{"word.profile", "word.carrier", "word.primary", "word.agent", "word.authority", "word.eds"} {
		all = append(all, Word{l.T(k), l.T(k + "-means")})
	}
	return all
}

var words = map[Key]phrase{
	Help:       {"Анықтама", "Справка", "Help"},
	WordsTitle: {"Сөздердің мағынасы", "Что значат слова", "What the words mean"},

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
}
