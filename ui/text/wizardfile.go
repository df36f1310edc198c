package text

// The wizard's choice of a key file.
const (
	FileTitle     Key = "file.title"
	FileFound     Key = "file.found"
	FileFoundOn   Key = "file.found-on" // a drive
	FileUp        Key = "file.up"
	FileOpen      Key = "file.open"
	FileNothing   Key = "file.nothing"
	FileUnread    Key = "file.unread"
	FileHome      Key = "file.home"
	FileDesktop   Key = "file.desktop"
	FileDocuments Key = "file.documents"
	FileDownloads Key = "file.downloads"
	FileComputer  Key = "file.computer"
)

var wizardFile = map[Key]phrase{
	FileTitle:     {"Кілт файлын таңдаңыз", "Выберите файл ключа", "Choose the key file"},
	FileFound:     {"%s, «%s» бумасында", "%s в папке «%s»", "%s in the folder \"%s\""},
	FileFoundOn:   {"%s, «%s» дискісінде", "%s на диске «%s»", "%s on the drive \"%s\""},
	FileUp:        {"Жоғары", "Вверх", "Up"},
	FileOpen:      {"Ашу", "Открыть", "Open"},
	FileNothing:   {"Мұнда кілт файлдары (.pfx, .p12) жоқ.", "Файлов ключа (.pfx, .p12) здесь нет.", "There are no key files (.pfx, .p12) here."},
	FileUnread:    {"Бұл буманы ашу мүмкін емес.", "Эту папку не удаётся открыть.", "This folder cannot be opened."},
	FileHome:      {"Үй бумасы", "Домашняя папка", "Home folder"},
	FileDesktop:   {"Жұмыс үстелі", "Рабочий стол", "Desktop"},
	FileDocuments: {"Құжаттар", "Документы", "Documents"},
	FileDownloads: {"Жүктемелер", "Загрузки", "Downloads"},
	FileComputer:  {"Компьютер", "Компьютер", "Computer"},
}
