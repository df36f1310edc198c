package text

// The window that shows what is to be signed.
const (
	ConsentTitle   Key = "consent.title"
	ConsentOne     Key = "consent.one"
	ConsentBatch   Key = "consent.batch" // N
	ConsentOther   Key = "consent.other"
	ConsentLocal   Key = "consent.local"
	ConsentKey     Key = "consent.key"
	ConsentSign    Key = "consent.sign"
	ConsentSignN   Key = "consent.sign-n" // N
	ConsentOpen    Key = "consent.open"
	ConsentTotal   Key = "consent.total"
	ConsentNoTotal Key = "consent.no-total"

	Payee     Key = "payment.payee"
	Account   Key = "payment.account"
	Bank      Key = "payment.bank"
	Amount    Key = "payment.amount"
	Purpose   Key = "payment.purpose"
	Payer     Key = "payment.payer"
	Reference Key = "payment.reference"
	Date      Key = "payment.date"
	Number    Key = "payment.number"

	FileName Key = "file.name"
	FileType Key = "file.type"
	FileSize Key = "file.size"
	FileHash Key = "file.hash"
)

var consent = map[Key]phrase{
	ConsentTitle: {
		"Qoltanba — Қол қою",
		"Qoltanba — Подпись",
		"Qoltanba — Sign",
	},
	ConsentOne: {
		"Төлем тапсырмасы",
		"Платёжное поручение",
		"Payment order",
	},
	ConsentBatch: {
		"%s құжаттан тұратын топтама",
		"Пакет: %s документ|Пакет: %s документа|Пакет: %s документов",
		"Batch of %s document|Batch of %s documents",
	},
	ConsentOther: {
		"Төлем емес құжат",
		"Документ, не являющийся платежом",
		"A document that is not a payment",
	},
	ConsentLocal: {"Осы компьютер (командалық жол)", "Этот компьютер (командная строка)", "This computer (command line)"},
	ConsentKey:   {"Кілт", "Ключ", "Key"},
	ConsentSign:  {"Қол қою", "Подписать", "Sign"},
	ConsentSignN: {
		"%s құжатқа қол қою",
		"Подписать %s документ|Подписать %s документа|Подписать %s документов",
		"Sign %s document|Sign %s documents",
	},
	ConsentOpen:    {"Көшірмесін ашу", "Открыть копию", "Open a copy"},
	ConsentTotal:   {"Барлығы", "Итого", "Total"},
	ConsentNoTotal: {"сомасыз", "без суммы", "no amount"},

	Payee:     {"Алушы", "Получатель", "Payee"},
	Account:   {"Шот (ЖСК)", "Счёт (ИИК)", "Account"},
	Bank:      {"Банк", "Банк", "Bank"},
	Amount:    {"Сомасы", "Сумма", "Amount"},
	Purpose:   {"Төлем мақсаты", "Назначение платежа", "Purpose"},
	Payer:     {"Төлеуші", "Плательщик", "Payer"},
	Reference: {"Құжат нөмірі", "Номер документа", "Reference"},
	Date:      {"Күні", "Дата", "Date"},
	Number:    {"№", "№", "No."},

	FileName: {"Файл атауы", "Имя файла", "File name"},
	FileType: {"Түрі", "Тип", "Type"},
	FileSize: {"Көлемі", "Размер", "Size"},
	FileHash: {"SHA-256", "SHA-256", "SHA-256"},
}
