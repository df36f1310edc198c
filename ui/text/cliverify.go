package text

// Sentences of "qoltanba verify".
const (
	CLIHelpVerify    Key = "cli-help-verify"
	CLIHelpSignature Key = "cli-help-signature"
	CLIHelpContent   Key = "cli-help-content"
	CLIHelpCA        Key = "cli-help-ca"

	VerifySigner      Key = "verify-signer"
	VerifyUnchanged   Key = "verify-unchanged"
	VerifyChanged     Key = "verify-changed"
	VerifyTime        Key = "verify-time"
	VerifyOrigin      Key = "verify-origin"
	VerifyIssuer      Key = "verify-issuer"
	VerifyThenValid   Key = "verify-then-valid"
	VerifyThenInvalid Key = "verify-then-invalid"
	VerifyNowValid    Key = "verify-now-valid"
	VerifyNowInvalid  Key = "verify-now-invalid"
	VerifyChainCA     Key = "verify-chain-ca"
	VerifyChainBank   Key = "verify-chain-bank"
	VerifyChainOwn    Key = "verify-chain-own"
	VerifyChainNone   Key = "verify-chain-none"
	VerifyChainWrong  Key = "verify-chain-wrong"
	VerifyRight       Key = "verify-right"
	VerifyWrong       Key = "verify-wrong"

	VerifyDamaged          Key = "verify-damaged"
	VerifyAlgorithm        Key = "verify-algorithm"
	VerifySignatureWrong   Key = "verify-signature-wrong"
	VerifyCertificateWrong Key = "verify-certificate-wrong"
	VerifyNeedsContent     Key = "verify-needs-content"
	VerifyHasContent       Key = "verify-has-content"
	VerifyNoCA             Key = "verify-no-ca"
)

var cliVerify = map[Key]phrase{
	CLIHelpVerify:    {"қолтаңба файлын тексеру", "проверить файл подписи", "check a signature file"},
	CLIHelpSignature: {"қолтаңба файлы (CMS, .p7s)", "файл подписи (CMS, .p7s)", "the signature file (CMS, .p7s)"},
	CLIHelpContent: {
		"қол қойылған құжат, егер ол қолтаңбаның ішінде болмаса",
		"подписанный документ, если он не вложен в подпись",
		"the signed document, when it is not inside the signature",
	},
	CLIHelpCA: {
		"сенімді куәландырушы орталықтың сертификаты; бірнеше рет көрсетуге болады",
		"сертификат удостоверяющего центра, которому вы доверяете; можно указать несколько раз",
		"certificate of a certification authority that you trust; may be given again",
	},

	VerifySigner:    {"Қол қойған: %s", "Подписал: %s", "Signed by: %s"},
	VerifyUnchanged: {"Құжат: өзгертілмеген (%s)", "Документ: не изменён (%s)", "Document: unchanged (%s)"},
	VerifyChanged: {
		"Құжат: ӨЗГЕРТІЛГЕН немесе бұл басқа құжат",
		"Документ: ИЗМЕНЁН, или это другой документ",
		"Document: CHANGED, or it is another one",
	},
	VerifyTime: {
		"Қол қойылған уақыт: %s (қол қоюшының өз сөзі, оны ешкім растамаған)",
		"Время подписи: %s (со слов подписавшего, никем не подтверждено)",
		"Time of signing: %s (the signer's own claim, confirmed by nobody)",
	},
	VerifyOrigin: {"Қол қойылған сайт: %s", "Подписано для сайта: %s", "Signed for the site: %s"},
	VerifyIssuer: {
		"Сертификат: берген – %s, мерзімі %s бастап %s дейін",
		"Сертификат: издатель – %s, срок с %s по %s",
		"Certificate: issued by %s, for the time from %s to %s",
	},
	VerifyThenValid: {
		"Қол қойылған уақытта сертификат жарамды болған.",
		"На указанное время подписи сертификат действовал.",
		"The certificate was valid at the time of signing.",
	},
	VerifyThenInvalid: {
		"Қол қойылған уақытта сертификат ЖАРАМСЫЗ болған.",
		"На указанное время подписи сертификат НЕ действовал.",
		"The certificate was NOT valid at the time of signing.",
	},
	VerifyNowValid: {
		"Сертификат қазір де жарамды.",
		"Сертификат действует и сейчас.",
		"The certificate is valid now.",
	},
	VerifyNowInvalid: {
		"Сертификат қазір ЖАРАМСЫЗ.",
		"Сейчас сертификат НЕ действует.",
		"The certificate is NOT valid now.",
	},
	VerifyChainCA: {
		"Сенім: тізбек --ca арқылы көрсетілген орталыққа жетеді: %s",
		"Доверие: цепочка ведёт к центру, указанному через --ca: %s",
		"Trust: the chain ends at an authority given with --ca: %s",
	},
	VerifyChainBank: {
		"Сенім: тізбек %s орталығына жетеді; оны мына банк көрсеткен: %s",
		"Доверие: цепочка ведёт к центру %s, его указал банк: %s",
		"Trust: the chain ends at %s, an authority of this bank: %s",
	},
	VerifyChainOwn: {
		"Сенім: тізбек %s орталығына жетеді; оны сіздің баптаулар бумасындағы файл мына сайт үшін көрсеткен: %s",
		"Доверие: цепочка ведёт к центру %s; его указывает файл в вашей папке настроек для сайта %s",
		"Trust: the chain ends at %s, named by a file in your own settings for the site %s",
	},
	VerifyChainNone: {
		"Сенім: тізбек белгілі орталықтардың ЕШҚАЙСЫСЫНА жетпейді. Сенетін орталықты --ca арқылы көрсетіңіз.",
		"Доверие: цепочка НЕ ведёт ни к одному известному центру. Укажите центр, которому доверяете, через --ca.",
		"Trust: the chain ends at NO known authority. Name one that you trust with --ca.",
	},
	VerifyChainWrong: {
		"Сенім: сертификаттар тізбегі ЖАРАМСЫЗ.",
		"Доверие: цепочка сертификатов НЕ прошла проверку.",
		"Trust: the chain of certificates is NOT right.",
	},
	VerifyRight: {
		"Тексерілгеннің бәрі дұрыс. Сертификаттың кері қайтарып алынбағаны тексерілген жоқ.",
		"Всё проверенное верно. Не отозван ли сертификат, не проверялось.",
		"All that was checked is right. Whether the certificate was revoked was not checked.",
	},
	VerifyWrong: {
		"Бұл қолтаңбаға сенуге болмайды: себебі жоғарыда бас әріптермен жазылған.",
		"На эту подпись нельзя полагаться: причина выше, заглавными буквами.",
		"This signature is not to be relied on: the reason is above, in capitals.",
	},

	VerifyDamaged: {
		"Бұл – қолтаңба файлы емес, немесе файл бүлінген, немесе оның пішіні CAdES емес.",
		"Это не файл подписи, либо файл повреждён, либо его формат не CAdES.",
		"This is no signature file, or it is damaged, or its format is not CAdES.",
	},
	VerifyAlgorithm: {
		"Қолтаңбаның алгоритмі белгісіз немесе тым әлсіз.",
		"Алгоритм подписи неизвестен или слишком слаб.",
		"The signature's algorithm is unknown or too weak.",
	},
	VerifySignatureWrong: {
		"Қолтаңба ДҰРЫС ЕМЕС: файл қол қойылғаннан кейін өзгертілген.",
		"Подпись НЕВЕРНА: файл изменён после подписания.",
		"The signature is WRONG: the file was changed after it was signed.",
	},
	VerifyCertificateWrong: {
		"Файлда қол қоюшының сертификаты жоқ, не ол басқа, не қол қоюға арналмаған.",
		"В файле нет сертификата подписавшего, либо он другой или не предназначен для подписи.",
		"The signer's certificate is missing in the file, is another one, or is not for signatures.",
	},
	VerifyNeedsContent: {
		"Құжат бұл қолтаңбаның ішінде емес. Оны --content арқылы көрсетіңіз.",
		"Документ не вложен в эту подпись. Укажите его через --content.",
		"The document is not inside this signature. Name it with --content.",
	},
	VerifyHasContent: {
		"Құжат осы қолтаңбаның ішінде. --content көрсетпей қайталаңыз.",
		"Документ вложен в саму подпись. Повторите без --content.",
		"The document is inside this signature. Try again without --content.",
	},
	VerifyNoCA: {
		"%s файлында куәландырушы орталықтың сертификаты жоқ.",
		"В файле %s нет сертификата удостоверяющего центра.",
		"%s holds no certificate of a certification authority.",
	},
}
