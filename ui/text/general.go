package text

// Words that every area uses.
const (
	Product   Key = "product"
	OK        Key = "ok"
	Cancel    Key = "cancel"
	Profile   Key = "profile"
	Password  Key = "password"
	Documents Key = "documents"  // N
	Payments  Key = "payments"   // N
	Minutes   Key = "minutes"    // N
	TriesLeft Key = "tries-left" // N
	TriesLow  Key = "tries-low"
	LastTry   Key = "last-try"
	Bytes     Key = "bytes" // N
	Kilobytes Key = "kilobytes"
	Megabytes Key = "megabytes"
)

var general = map[Key]phrase{
	// The name is the same in all languages, so that it is found under one
	// name in a menu, a task list and a bank's instruction.
	Product:  {"Qoltanba", "Qoltanba", "Qoltanba"},
	OK:       {"OK", "OK", "OK"},
	Cancel:   {"Бас тарту", "Отмена", "Cancel"},
	Profile:  {"Профиль", "Профиль", "Profile"},
	Password: {"Құпиясөз", "Пароль", "Password"},
	Documents: {
		"%s құжат",
		"%s документ|%s документа|%s документов",
		"%s document|%s documents",
	},
	Payments: {
		"%s төлем тапсырмасы",
		"%s платёжное поручение|%s платёжных поручения|%s платёжных поручений",
		"%s payment order|%s payment orders",
	},
	Minutes: {
		"%s минут",
		"%s минута|%s минуты|%s минут",
		"%s minute|%s minutes",
	},
	TriesLeft: {
		"Қалған әрекет саны: %s.",
		"Осталась %s попытка.|Осталось %s попытки.|Осталось %s попыток.",
		"%s try left.|%s tries left.",
	},
	TriesLow: {
		"Бірнеше әрекет қана қалды.",
		"Осталось всего несколько попыток.",
		"Only a few tries are left.",
	},
	LastTry: {
		"Бұл – соңғы әрекет: құпиясөз тағы да қате болса, токен бұғатталады.",
		"Это последняя попытка: при новой ошибке токен будет заблокирован.",
		"This is the last try: another wrong password blocks the token.",
	},
	Bytes:     {"%s байт", "%s байт|%s байта|%s байт", "%s byte|%s bytes"},
	Kilobytes: {"%s КБ", "%s КБ", "%s KB"},
	Megabytes: {"%s МБ", "%s МБ", "%s MB"},
}
