package text

// germanMobi is MobiPass in German. Its guide is Russian; what German banks call an
// order (Auftrag) and a confirmation code (Bestätigungscode) has those names here.
var germanMobi = map[Key]string{
	MobiSave:   "Schlüssel speichern",
	MobiSign:   "Unterschreiben",
	MobiChange: "PIN-Code ändern",
	MobiErase:  "Schlüssel löschen",
	MobiHelp:   "Hilfe",
	MobiNext:   "Weiter",
	MobiBack:   "Zurück",
	MobiExit:   "Beenden",
	MobiClose:  "Schließen",
	MobiOpen:   "MobiPass starten",
	MobiClosed: "MobiPass ist geschlossen.",

	MobiPINTitle:   "PIN-Code festlegen",
	MobiPINChoose:  "Wählen Sie einen PIN-Code, der den Zugang zu MobiPass schützt (4 Ziffern):",
	MobiPINConfirm: "Wiederholen Sie den PIN-Code:",
	MobiPINSecret:  "Halten Sie den PIN-Code geheim und geben Sie ihn an niemanden weiter.",
	MobiPINSimple:  "Wählen Sie als PIN-Code keine einfache Ziffernfolge (etwa 1234, 1111 oder 5555).",
	MobiPINDiffers: "Die beiden PIN-Codes stimmen nicht überein. Geben Sie sie noch einmal ein.",
	MobiPINBad:     "Der PIN-Code muss genau 4 Ziffern haben und darf keine einfache Folge wie 1234, 1111 oder 5555 sein.",

	MobiKeyTitle:  "Schlüssel speichern",
	MobiKeyWhere:  "Die Teile des geheimen Schlüssels stehen im Umschlag „Код активации Mobipass“.",
	MobiKeyFirst:  "Erster Teil des Aktivierungscodes:",
	MobiKeySecond: "Zweiter Teil des Aktivierungscodes:",
	MobiKeyThird:  "Dritter Teil des Aktivierungscodes:",
	MobiKeyFourth: "Vierter Teil des Aktivierungscodes:",
	MobiKeyPart:   "Teil %d des Aktivierungscodes:",
	MobiKeyBad:    "Teil %d des Aktivierungscodes ist falsch. Vergleichen Sie ihn mit dem Umschlag und geben Sie ihn noch einmal ein.",
	MobiRemember:  "Merken Sie sich den PIN-Code: Sie brauchen ihn, um mit MobiPass Aufträge zu unterschreiben.",
	MobiPINAgain:  "Der gewählte PIN-Code wurde gelöscht, weil das Fenster geschlossen oder zwei Minuten lang nichts eingegeben wurde. Gehen Sie zurück und beginnen Sie von vorn.",

	MobiPIN:       "PIN-Code:",
	MobiNumber:    "Codenummer des Auftrags:",
	MobiNumberBad: "Die Codenummer hat 6 Ziffern, die erste ist nicht 0. Vergleichen Sie sie mit der Seite der Bank.",
	MobiPINForm:   "Der PIN-Code hat 4 Ziffern.",
	MobiAnswer:    "Bestätigungscode",
	MobiAnswerUse: "Geben Sie diesen Code auf der Seite der Bank ein. Haben Sie sich beim PIN-Code vertippt, ist er falsch: Nimmt die Bank ihn nicht an, geben Sie den PIN-Code neu ein und unterschreiben Sie den Auftrag noch einmal. Nach drei falschen Versuchen sperrt die Bank MobiPass.",

	MobiCurrent: "Aktueller PIN-Code:",
	MobiNew:     "Neuer PIN-Code (4 Ziffern):",
	MobiRepeat:  "Neuen PIN-Code wiederholen:",
	MobiDiffers: "Sie haben sich vertippt. Geben Sie den PIN-Code noch einmal ein.",
	MobiChanged: "Der PIN-Code wurde geändert.",

	MobiEraseAsk:  "Schlüssel löschen?",
	MobiEraseWarn: "Der Schlüssel wird endgültig von diesem Computer gelöscht. Um MobiPass wieder zu benutzen, brauchen Sie einen neuen Umschlag der Bank.",
	MobiEraseDo:   "Löschen",

	MobiHelpActivate: "Aktivierung. Wählen Sie „Schlüssel speichern“, denken Sie sich einen PIN-Code aus und geben Sie die Teile des Aktivierungscodes aus dem Umschlag ein.",
	MobiHelpSign:     "Unterschrift. Die Seite der Bank zeigt die Codenummer des Auftrags. Wählen Sie „Unterschreiben“ und geben Sie den PIN-Code und diese Nummer ein; den Bestätigungscode geben Sie dann auf der Seite der Bank ein.",
	MobiHelpTries:    "Drei falsche Versuche. Einen falschen PIN-Code meldet MobiPass nicht: Der Bestätigungscode ist dann einfach falsch. Nach drei falschen Codes sperrt die Bank MobiPass; nur ein neuer Umschlag der Bank hebt die Sperre auf.",
	MobiHelpChange:   "Änderung des PIN-Codes. Auch bei falschem aktuellem PIN-Code macht die Anwendung weiter, aber danach ergibt kein PIN-Code mehr richtige Bestätigungscodes: Der Schlüssel ist verloren. Nimmt die Bank die Codes nicht an, bitten Sie um einen neuen Umschlag und aktivieren Sie MobiPass neu.",
	MobiHelpErase:    "Neuer Schlüssel. Er lässt sich erst speichern, wenn der alte gelöscht ist: „Schlüssel löschen“.",
	MobiHelpLoss:     "Verlust. Geht dieser Computer verloren oder wird er gestohlen, rufen Sie trotz des PIN-Codes auf jeden Fall den rund um die Uhr erreichbaren Kartenservice Ihrer Bank an und lassen Sie MobiPass sperren.",
}
