package text

// keyFileTexts are the errors of key files.
var keyFileTexts = map[Key]phrase{
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
