package text

import "qoltanba/agent/payment"

// Flag returns the warning that a person reads before signing a document with
// that flag. A flag that is not known is still a warning.
func (l Lang) Flag(f payment.Flag) string {
	key := flagKey(f.Kind())
	if _, known := flagTexts[key]; !known {
		key = flagKey("unknown")
	}
	warning, detail := l.T(key), f.Detail()
	switch {
	case detail == "":
		return warning
	case digits(detail):
		return warning + " " + l.T(flagWhere, detail)
	}
	return warning + " (" + detail + ")"
}

func flagKey(kind payment.Flag) Key { return Key("flag." + string(kind)) }

const flagWhere Key = "flag.where" // the number of the payment

// flagTexts has an entry for each kind of payment.Flag, and for "unknown".
var flagTexts = map[Key]phrase{
	flagWhere: {"Төлем № %s.", "Платёж № %s.", "Payment no. %s."},
	"flag.unknown": {
		"Құжат туралы ескерту бар. Қол қоймас бұрын көшірмесін ашып, тексеріңіз.",
		"По документу есть предупреждение. Откройте копию и проверьте её до подписания.",
		"There is a warning about this document. Open a copy and check it before you sign.",
	},
	"flag.unreadable": {
		"Құжат мазмұнын оқу мүмкін болмады. Көшірмесін ашып тексермей, қол қоймаңыз.",
		"Содержание документа прочитать не удалось. Не подписывайте, не открыв копию и не проверив её.",
		"The document's content could not be read. Do not sign without opening a copy and checking it.",
	},
	"flag.dtd": {
		"Құжатта көрсетілетін мәтінді алмастыра алатын анықтамалар (DTD) бар. Ондай құжат оқылмайды.",
		"В документе есть определения (DTD), которые могут подменить видимый текст. Такой документ не читается.",
		"The document holds definitions (DTD) that can replace what is seen. Such a document is not read.",
	},
	"flag.not-utf8": {
		"Құжат мәтіні басқа кодтауда жазылған, сондықтан оқылмады.",
		"Текст документа в другой кодировке, поэтому он не прочитан.",
		"The document's text is in another encoding, so it was not read.",
	},
	"flag.foreign-elements": {
		"Құжатта төлем форматында жоқ бөліктер бар. Олар көрсетілмейді, бірақ оларға да қол қойылады.",
		"В документе есть части, которых нет в формате платежа. Они не показаны, но тоже будут подписаны.",
		"The document has parts that the payment format does not know. They are not shown, but will be signed too.",
	},
	"flag.not-shown": {
		"Төлемде мұнда көрсетілмейтін қосымша нұсқаулар бар. Олар ақшаның қайда баратынын өзгерте алады.",
		"В платеже есть дополнительные указания, которые здесь не показаны. Они могут изменить путь денег.",
		"The payment carries instructions that are not shown here. They can change where the money goes.",
	},
	"flag.control": {
		"Құжатта көрінбейтін немесе мәтін бағытын өзгертетін таңбалар бар. Олар ⟨U+…⟩ түрінде көрсетілген.",
		"В документе есть невидимые знаки или знаки, меняющие направление текста. Они показаны как ⟨U+…⟩.",
		"There are invisible characters, or ones that turn the direction of text. They are shown as ⟨U+…⟩.",
	},
	"flag.type-mismatch": {
		"Құжаттың нақты түрі сайт айтқаннан өзгеше.",
		"Документ на самом деле не того типа, который назвал сайт.",
		"The document is not of the type that the site says.",
	},
	"flag.truncated": {
		"Мәтіннің басы ғана көрсетілген. Толық мәтінін көру үшін көшірмесін ашыңыз.",
		"Показано только начало текста. Чтобы увидеть его целиком, откройте копию.",
		"Only the beginning of the text is shown. Open a copy to see all of it.",
	},
	"flag.totals": {
		"Құжатта жазылған жалпы сома төлемдердің қосындысына тең емес.",
		"Итоговая сумма, записанная в документе, не равна сумме платежей.",
		"The total written in the document is not the sum of its payments.",
	},
	"flag.count": {
		"Құжатта жазылған төлемдер саны нақты санына тең емес.",
		"Число платежей, записанное в документе, не равно настоящему.",
		"The number of payments written in the document is not the real one.",
	},
	"flag.iban": {
		"Шот нөмірі (ЖСК) қате: бақылау саны сәйкес келмейді.",
		"Номер счёта (ИИК) с ошибкой: не сходится контрольное число.",
		"An account number (IBAN) is wrong: its check digits do not match.",
	},
	"flag.bic": {
		"Банктің БСК коды қате жазылған.",
		"БИК банка записан с ошибкой.",
		"A bank code (BIC) is malformed.",
	},
	"flag.confusable": {
		"Атауда немесе шотта басқа әріпке ұқсас әріптер бар. Алушыны мұқият тексеріңіз.",
		"В названии или счёте есть буквы, похожие на другие. Внимательно проверьте получателя.",
		"A name or account has letters that look like others. Check the payee with care.",
	},
	"flag.duplicate": {
		"Бірдей екі төлем бар: алушы, сома және мақсаты сәйкес келеді.",
		"Есть два одинаковых платежа: совпадают получатель, сумма и назначение.",
		"Two payments are the same in payee, amount and purpose.",
	},
}
