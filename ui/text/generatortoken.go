package text

// A code generator whose keys lie in a token.
const (
	GeneratorWhere         Key = "generator.where"
	GeneratorHere          Key = "generator.here"
	GeneratorOnToken       Key = "generator.on-token" // name
	GeneratorTokenPassword Key = "generator.token-password"
	GeneratorTokenWhy      Key = "generator.token-why"
	GeneratorTokenAbsent   Key = "generator.token-absent" // name
	GeneratorTokenLost     Key = "generator.token-lost"
	GeneratorTokenLocked   Key = "generator.token-locked" // name
	GeneratorTokenDevice   Key = "generator.token-device" // what the button to press says
	GeneratorTokenPad      Key = "generator.token-pad"    // name, what the button to press says
	GeneratorTokenNow      Key = "generator.token-now"
	GeneratorTokenEntered  Key = "generator.token-entered"
	GeneratorTokenNone     Key = "generator.token-none"
	GeneratorUnlockDo      Key = "generator.unlock"
	GeneratorRemoveHeld    Key = "generator.remove-held"   // name
	GeneratorRemoveAbsent  Key = "generator.remove-absent" // name
	GeneratorForgetTick    Key = "generator.forget-tick"
	SafetyToken            Key = "safety.token"

	OTPHelpToken  Key = "otp.help.token"
	OTPHelpForget Key = "otp.help.forget"
	OTPForgetAsk  Key = "otp.forget-ask" // name, token
)

var generatorToken = map[Key]phrase{
	GeneratorWhere: {"Кілттер қайда сақталады", "Где хранить ключи", "Where to keep the keys"},
	GeneratorHere:  {"Осы компьютерде", "На этом компьютере", "In this computer"},
	GeneratorOnToken: {
		"Токенде: %s",
		"На токене %s",
		"On the token %s",
	},
	GeneratorTokenPassword: {"Токеннің құпиясөзі", "Пароль токена", "Password of the token"},
	GeneratorTokenWhy: {
		"Кодтарды токеннің өзі есептейді және кілттерді ешкімге бермейді. Код алу үшін токен қосулы, құпиясөзі енгізілген болуы керек.",
		"Коды вычисляет сам токен и никому не отдаёт ключи. Чтобы получить код, токен должен быть подключён, а его пароль введён.",
		"The token computes the codes itself and gives the keys to nobody. For a code it must be plugged in and its password entered.",
	},
	GeneratorTokenAbsent: {
		"Бұл генератордың кілттері %s токенінде. Оны компьютерге қосыңыз.",
		"Ключи этого генератора лежат на токене %s. Вставьте его в компьютер.",
		"The keys of this generator are on the token %s. Plug it into the computer.",
	},
	GeneratorTokenLost: {
		"Токен қосылған соң терезе өзі жалғасады. Токен жоғалса немесе сынса, генераторды алып тастап («Алып тастау…»), банктен жаңасын сұраңыз.",
		"Когда токен появится, окно продолжит работу само. Если токен потерян или сломан, удалите генератор («Удалить…») и попросите у банка новый.",
		"This window goes on by itself when the token is there. If the token is lost or broken, remove the generator (“Remove…”) and ask your bank for a new one.",
	},
	GeneratorTokenLocked: {
		"Бұл генератордың кілттері %s токенінде. Оның құпиясөзін енгізіңіз.",
		"Ключи этого генератора лежат на токене %s. Введите его пароль.",
		"The keys of this generator are on the token %s. Enter its password.",
	},
	GeneratorTokenDevice: {
		"Құпиясөзді токеннің өзінде енгізіңіз. Алдымен «%s» түймесін басыңыз.",
		"Пароль вводится на самом токене. Сначала нажмите «%s».",
		"The password is entered on the token itself. Press “%s” first.",
	},
	GeneratorTokenPad: {
		"Бұл генератордың кілттері %s токенінде. Оның құпиясөзі токеннің өзінде енгізіледі. Алдымен «%s» түймесін басыңыз.",
		"Ключи этого генератора лежат на токене %s. Его пароль вводится на самом токене. Сначала нажмите «%s».",
		"The keys of this generator are on the token %s. Its password is entered on the token itself. Press “%s” first.",
	},
	GeneratorTokenNow: {
		"Құпиясөзді токеннің өзінде енгізіңіз.",
		"Введите пароль на самом токене.",
		"Enter the password on the token itself.",
	},
	GeneratorTokenEntered: {"енгізілген", "уже введён", "entered already"},
	GeneratorTokenNone:    {"керек емес", "не нужен", "not needed"},
	GeneratorUnlockDo:     {"Токенді ашу", "Открыть токен", "Unlock the token"},
	GeneratorRemoveHeld: {
		"Оның кілттері %s токенінен жойылады. Оларды ешкім қайтара алмайды: жаңасын тек банк береді.",
		"Его ключи будут удалены с токена %s. Вернуть их никто не сможет: новые выдаёт только банк.",
		"Its keys are deleted from the token %s. Nobody can bring them back: only your bank issues new ones.",
	},
	GeneratorRemoveAbsent: {
		"%s токені қосылмаған. Оны қосыңыз. Егер ол жоғалса не сынса, генераторды онсыз да алып тастауға болады: токен осы компьютерде қайта ашылғанда кілттер жойылады.",
		"Токен %s не подключён. Вставьте его. Если он потерян или сломан, генератор можно удалить без него: ключи удалятся, когда токен снова откроют на этом компьютере.",
		"The token %s is not connected. Plug it in. If it is lost or broken, the generator can be removed without it: the keys go when the token is unlocked at this computer again.",
	},
	GeneratorForgetTick: {"Токен жоғалды немесе сынды: генераторды онсыз алып тастау", "Токен потерян или сломан: удалить генератор без него", "The token is lost or broken: remove the generator without it"},
	SafetyToken: {
		"Токендегі кілттерді ешкім көшіре алмайды, ал генератордың жазбасы токенсіз ашылмайды. Бірақ PIN-код талпыныстары осы компьютерде саналады.",
		"Ключи генератора на токене никто не скопирует, а его запись без токена не открыть. Но попытки PIN-кода считает этот компьютер.",
		"Keys that lie on a token cannot be copied, and without the token the record does not open. But the tries of the PIN are still counted by this computer.",
	},
	"generator.done.unlock": {"Токен ашылды.", "Токен открыт.", "The token is unlocked."},

	"error.generator-gone": {
		"Токенде бұл код генераторының кілттері жоқ.",
		"На токене нет ключей этого генератора кодов.",
		"The keys of this code generator are not on the token.",
	},
	"error.generator-gone.hint": {
		"Олар жойылған немесе токен форматталған. Генераторды алып тастап, банктен жаңа кілт сұраңыз.",
		"Их удалили, или токен был отформатирован. Удалите генератор и попросите у банка новый ключ.",
		"They were deleted, or the token was formatted. Remove the generator and ask your bank for a new key.",
	},
	"error.generator-mac": {
		"Бұл токен мұндай кодтарды есептей алмайды.",
		"Этот токен не умеет вычислять такие коды.",
		"This token cannot compute such codes.",
	},
	"error.generator-mac.hint": {
		"Генераторды осы компьютерге қосыңыз немесе басқа токенді алыңыз.",
		"Добавьте генератор на этот компьютер или возьмите другой токен.",
		"Add the generator in this computer, or take another token.",
	},

	OTPHelpToken: {
		"генератордың кілттері сақталатын токеннің сериялық нөмірі; құпиясөз терминалда сұралады",
		"серийный номер токена, на котором будут лежать ключи генератора; пароль спрашивается в терминале",
		"serial number of the token that is to hold the generator's keys; its password is asked for in the terminal",
	},
	OTPHelpForget: {
		"токен қосылмаған болса да жою: кілттері токен осы компьютерде қайта ашылғанда жойылады",
		"удалить и без подключённого токена: ключи удалятся, когда токен снова откроют на этом компьютере",
		"remove it also when its token is not connected: the keys go when the token is unlocked at this computer again",
	},
	OTPForgetAsk: {
		"«%s» генераторы %s токенісіз жойылады; кілттері токен осы компьютерде қайта ашылғанша сонда қалады. Келіссеңіз, «иә» деп жазыңыз:",
		"Генератор «%s» будет удалён без токена %s; ключи останутся на нём, пока его снова не откроют на этом компьютере. Если согласны, напишите «да»:",
		"The code generator “%s” is removed without the token %s, which keeps the keys until it is unlocked at this computer again. Type yes if you agree:",
	},
}
