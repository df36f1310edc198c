package text

import "cmp"

// DE is German. The window of the code generators alone offers it, as the instructions
// of the SpectraNet token are German. That window is German throughout; what it never
// shows has no German sentence and is English.
const DE Lang = "de"

// GeneratorLanguages are the languages of the window of the code generators.
func GeneratorLanguages() []Lang { return append(Languages(), DE) }

// inGerman is a sentence of that window in German, or "".
func inGerman(k Key) string { return cmp.Or(german[k], germanMobi[k], germanErrors[k]) }

// german holds what the window says around its devices and about the SpectraNet token,
// with what it borrows from other areas.
var german = map[Key]string{
	OK:           "OK",
	Cancel:       "Abbrechen",
	TokenBack:    "Zurück",
	DriverBrowse: "Durchsuchen…",

	GeneratorWhere:          "Schlüssel aufbewahren",
	GeneratorHere:           "Auf diesem Computer",
	GeneratorOnToken:        "Auf dem Token %s",
	GeneratorTokenPassword:  "Passwort des Tokens",
	GeneratorTokenWhy:       "Der Token berechnet die Codes selbst und gibt die Schlüssel niemandem. Für einen Code muss er angeschlossen und sein Passwort eingegeben sein.",
	GeneratorTokenAbsent:    "Die Schlüssel dieses Generators sind auf dem Token %s. Stecken Sie ihn in den Computer.",
	GeneratorTokenLost:      "Dieses Fenster geht von selbst weiter, wenn der Token da ist. Ist er verloren oder defekt, entfernen Sie den Generator („Entfernen…“) und bitten Sie Ihre Bank um einen neuen.",
	GeneratorTokenLocked:    "Die Schlüssel dieses Generators sind auf dem Token %s. Geben Sie sein Passwort ein.",
	GeneratorTokenDevice:    "Das Passwort wird am Token selbst eingegeben. Drücken Sie zuerst „%s“.",
	CLIPINDevice:            "Geben Sie das Passwort am Gerät selbst ein.",
	GeneratorTokenPad:       "Die Schlüssel dieses Generators sind auf dem Token %s. Sein Passwort wird am Token selbst eingegeben. Drücken Sie zuerst „%s“.",
	GeneratorTokenNow:       "Geben Sie das Passwort am Token selbst ein.",
	GeneratorTokenEntered:   "schon eingegeben",
	GeneratorTokenNone:      "nicht nötig",
	GeneratorUnlockDo:       "Token öffnen",
	GeneratorRemoveHeld:     "Seine Schlüssel werden vom Token %s gelöscht. Niemand kann sie zurückholen: Neue gibt nur Ihre Bank aus.",
	GeneratorRemoveAbsent:   "Der Token %s ist nicht angeschlossen. Stecken Sie ihn ein. Ist er verloren oder defekt, lässt sich der Generator ohne ihn entfernen: Die Schlüssel werden gelöscht, wenn der Token wieder an diesem Computer geöffnet wird.",
	GeneratorForgetTick:     "Der Token ist verloren oder defekt: den Generator ohne ihn entfernen",
	"generator.done.unlock": "Der Token ist geöffnet.",
	SafetyToken:             "Schlüssel auf einem Token kann niemand kopieren, und ohne ihn lässt sich die Datei nicht öffnen. Die Versuche des PIN-Codes zählt aber dieser Computer.",

	GeneratorRetry: "Noch einmal versuchen",
	GeneratorBank:  "Bank",

	GeneratorTitle:     "Qoltanba — Codegeneratoren",
	GeneratorSpeech:    "Sprache",
	GeneratorNone:      "Hier ist noch kein Codegenerator.",
	GeneratorNoneHint:  "Fügen Sie den hinzu, den Ihre Bank Ihnen gegeben hat: einen SpectraNet-Token oder MobiPass.",
	GeneratorHelp:      "Hilfe",
	GeneratorSafety:    "Sicherheit",
	GeneratorAdd:       "Hinzufügen…",
	GeneratorAddTitle:  "Codegenerator hinzufügen",
	GeneratorFile:      "SpectraNet: aus einer Datei…",
	GeneratorFileHint:  "Eine PSKC-Datei der Bank (.xml, .pskc) oder ein Bild mit QR-Code (.png, .jpg).",
	GeneratorTyped:     "SpectraNet: von Hand eingeben…",
	GeneratorTypedHint: "Die otpauth-Adresse oder der Schlüssel, die Seriennummer und der Start-PIN-Code aus dem Brief der Bank.",
	GeneratorMobi:      "Ein leeres MobiPass…",
	GeneratorMobiHint:  "Den Schlüssel speichern Sie danach, aus dem Umschlag „Код активации Mobipass“.",
	GeneratorName:      "Name",
	GeneratorPath:      "Datei",
	GeneratorPassword:  "Passwort der Datei",
	GeneratorKey:       "otpauth-Adresse oder Schlüssel (Base32)",
	GeneratorSerial:    "Seriennummer",
	GeneratorStart:     "Start-PIN-Code (4 Ziffern)",
	GeneratorOptional:  "Hat die Datei kein Passwort, bleibt „Passwort der Datei“ leer. Seriennummer und Start-PIN-Code braucht es nur, wenn sie nicht in der Datei stehen.",
	GeneratorAddress:   "Die Seriennummer bleibt leer, wenn sie in der otpauth-Adresse steht.",
	GeneratorLeave:     "Vernichten Sie die Datei oder den Brief danach: Wer sie hat, kann Ihre Codes erzeugen.",
	GeneratorAddDo:     "Hinzufügen",

	GeneratorRename:      "Umbenennen…",
	GeneratorRemove:      "Entfernen…",
	GeneratorRemoveAsk:   "Diesen Generator endgültig entfernen: %s?",
	GeneratorRemoveWarn:  "Sein Schlüssel wird auf diesem Computer gelöscht. Niemand kann ihn zurückholen: Einen neuen gibt nur Ihre Bank aus.",
	GeneratorRemoveTick:  "Ich verstehe, dass er endgültig weg ist",
	GeneratorRemoveFirst: "Bestätigen Sie zuerst mit dem Häkchen, dass Sie das verstehen.",
	GeneratorRemoveDo:    "Endgültig entfernen",

	GeneratorWorking: "Bitte warten…",
	GeneratorCopy:    "Kopieren",
	GeneratorCopied:  "Kopiert. Nach 60 Sekunden wird die Zwischenablage geleert, falls nichts anderes darin ist.",
	GeneratorClock:   "Lehnt die Bank die Codes ab? Prüfen Sie die Uhr des Computers. Sie zeigt:",
	GeneratorLocal:   "%s, Zeitzone %s",
	GeneratorUTC:     "%s UTC",
	GeneratorPhones:  "Telefon: %s",
	GeneratorNumber:  "Die Telefonnummer steht in Ihrem Vertrag mit der Bank.",

	"generator.done.add-file":   "Der Generator wurde hinzugefügt.",
	"generator.done.add-typed":  "Der Generator wurde hinzugefügt.",
	"generator.done.add-mobi":   "MobiPass wurde hinzugefügt.",
	"generator.done.rename":     "Der Name wurde geändert.",
	"generator.done.remove":     "Der Generator wurde entfernt.",
	"generator.kind.spectranet": "SpectraNet-Token",
	"generator.kind.mobipass":   "MobiPass",

	SafetyTitle:  "Was Software verhindern kann, und was nicht",
	SafetyDoes:   "Sie verhindert",
	SafetySealed: "Wer die Datei des Generators stiehlt, kann nichts damit anfangen: Sie ist verschlüsselt, und der Schlüssel dazu liegt im Schlüsselbund des Systems.",
	SafetyTries:  "SpectraNet: Drei falsche PIN-Codes nacheinander sperren den Token. Ein Versuch wird aufgeschrieben, bevor der PIN-Code geprüft wird; wer das Programm abbricht, gewinnt also keinen Versuch.",
	SafetyBlind:  "MobiPass: Nichts verrät hier, ob ein PIN-Code richtig ist, nicht das Fenster, nicht die Datei, nicht die Zeit. Nur die Bank weiß es, und sie zählt falsche Codes.",
	SafetyNot:    "Sie kann nicht verhindern",
	SafetyGuess:  "Wer die Datei und den Schlüsselbund lesen kann (etwa ein Schadprogramm unter Ihrem Namen), probiert alle 10.000 PIN-Codes in Stunden durch: bei SpectraNet sofort, bei MobiPass, wenn er einen Bestätigungscode gesehen hat.",
	SafetyOlder:  "Wer die Datei ändern kann, kann eine ältere Kopie zurücklegen und damit die Versuche eines SpectraNet-Tokens. Das verhindert nur ein Zähler in Hardware.",
	SafetyWatch:  "Ein Schadprogramm auf diesem Computer sieht den eingegebenen PIN-Code und den angezeigten Code und kann eine Zahlung auf der Seite der Bank verändern. Prüfen Sie die Daten einer Zahlung, bevor Sie sie absenden.",
	SafetyEqual:  "Dieser Generator ist daher einem eigenen Gerät mit Anzeige nicht gleichwertig.",
	SafetyDo:     "Sperren Sie den Computer, wenn Sie ihn verlassen, lassen Sie niemanden Ihr Konto benutzen, halten Sie das System aktuell. Rufen Sie bei jedem Verdacht sofort die Bank an und lassen Sie den Generator sperren.",

	SpectraKeys:   "Tastatur: 0–9 sind die Ziffern; Leertaste oder Rücktaste ist der Button (2 Sekunden gedrückt halten); P schaltet ein und aus.",
	SpectraOn:     "Einschalten",
	SpectraOffDo:  "Ausschalten",
	SpectraChange: "PIN-Code ändern",
	SpectraBack:   "Rückseite",
	SpectraFront:  "Vorderseite",
	SpectraLeft:   "Nächster Code in %d s",
	SpectraStart:  "Der Start-PIN-Code ist noch gesetzt. Ändern Sie ihn auf jeden Fall!",
	SpectraNumber: "Seriennummer des Tokens",

	"spectra.hint.off":              "Der Token ist aus. Schalten Sie ihn mit dem Button ein.",
	"spectra.hint.pin":              "Geben Sie den PIN-Code ein: vier Ziffern. Nach einem Fehler drücken Sie den Button und beginnen von vorn.",
	"spectra.hint.fail":             "Der PIN-Code war falsch. Drücken Sie den Button und geben Sie ihn noch einmal ein. Drei falsche PIN-Codes nacheinander sperren den Token.",
	"spectra.hint.fail-last":        "Der Token ist gesperrt. Rufen Sie die Telefonbank an oder suchen Sie die nächste Bankfiliale auf. Schalten Sie den Token aus und ein: Er zeigt die Sperrnummer.",
	"spectra.hint.code":             "Geben Sie diesen Code bei der Bank ein. Er ist einmal benutzbar. Um den PIN-Code zu ändern, halten Sie den Button 2 bis 3 Sekunden gedrückt.",
	"spectra.hint.new-pin":          "Geben Sie den neuen PIN-Code ein: vier Ziffern, nicht etwa 1111 oder 1234.",
	"spectra.hint.confirm":          "Geben Sie den neuen PIN-Code noch einmal ein.",
	"spectra.hint.changed":          "Der neue PIN-Code ist angenommen. Drücken Sie den Button, um einen Code zu sehen.",
	"spectra.hint.lock-number":      "Der Token ist gesperrt. Nennen Sie diese 7-stellige Nummer dem Sachbearbeiter der Bank; er teilt Ihnen einen 8-stelligen Code mit. Drücken Sie danach den Button.",
	"spectra.hint.unlock":           "Geben Sie den 8-stelligen Code ein, den die Bank Ihnen mitgeteilt hat. Nach einem Fehler drücken Sie den Button.",
	"spectra.hint.unlock-fail":      "Der Code war falsch. Drücken Sie den Button und geben Sie ihn noch einmal ein.",
	"spectra.hint.unlock-fail-last": "Auch der dritte Code war falsch. Drücken Sie den Button: Es erscheint eine neue Nummer, zu der die Bank Ihnen einen neuen Code gibt.",

	SpectraHelpUse:    "Code. Schalten Sie den Token ein und geben Sie den PIN-Code ein. Der 6-stellige Code ist ungefähr 30 Sekunden gültig und einmal benutzbar: einer für die Anmeldung, ein anderer für jeden Auftrag. Nach zwei Minuten ohne Tastendruck schaltet sich der Token aus.",
	SpectraHelpPIN:    "PIN-Code. Halten Sie den Button 2 bis 3 Sekunden gedrückt, während ein Code angezeigt wird. Geben Sie bei NEW PIN den neuen PIN-Code ein, bei PIN-CONF noch einmal. NEW-PIN-CONF meldet, dass er angenommen ist. Ändern Sie den Start-PIN-Code auf jeden Fall.",
	SpectraHelpLock:   "Sperre. Falsche PIN-Codes werden als FAIL1, FAIL2, FAIL3 gezählt; Ausschalten beendet die Zählung nicht. Nach FAIL3 ist der Token gesperrt; aus- und eingeschaltet zeigt er LOCK PIN und eine 7-stellige Nummer.",
	SpectraHelpUnlock: "Auflösung der Sperre. Mit einem Identifikationscode der Telefonbank rufen Sie diese an; ohne ihn suchen Sie die nächste Bankfiliale auf. Nennen Sie die Nummer, drücken Sie den Button, geben Sie den 8-stelligen Code ein, den Sie erhalten, und danach einen neuen PIN-Code.",
	SpectraHelpDefect: "Fehler. Wenn der Token nicht funktioniert oder sich nicht einschalten lässt, suchen Sie eine Bankfiliale auf, um einen neuen zu erhalten.",
	SpectraHelpLoss:   "Verlust und Diebstahl. Wurde dieser Computer gestohlen oder ging er verloren, melden Sie es sofort der Telefonbank oder in einer Bankfiliale: Die Bank sperrt den Token sofort.",
}
