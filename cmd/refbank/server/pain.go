package server

import (
	"encoding/xml"
	"fmt"
	"time"

	"qoltanba/cmd/refbank/store"
)

// bankBIC is the reference bank's own, which belongs to nobody.
const bankBIC = "REFBKZKA"

// almaty is the time of Kazakhstan, UTC+5 all year, by which the bank dates.
var almaty = time.FixedZone("Asia/Almaty", 5*60*60)

// The elements of pain.001.001.09 (ISO 20022, CustomerCreditTransferInitiationV09)
// that a Kazakh payment order needs, in the order of the schema.
type (
	painDocument struct {
		XMLName    xml.Name       `xml:"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09 Document"`
		Initiation painInitiation `xml:"CstmrCdtTrfInitn"`
	}
	painInitiation struct {
		MessageID  string    `xml:"GrpHdr>MsgId"`
		Created    string    `xml:"GrpHdr>CreDtTm"`
		Count      int       `xml:"GrpHdr>NbOfTxs"`
		Sum        string    `xml:"GrpHdr>CtrlSum"`
		Initiating painParty `xml:"GrpHdr>InitgPty"`
		Info       painInfo  `xml:"PmtInf"`
	}
	painInfo struct {
		ID            string       `xml:"PmtInfId"`
		Method        string       `xml:"PmtMtd"`
		Count         int          `xml:"NbOfTxs"`
		Sum           string       `xml:"CtrlSum"`
		ExecutionDate string       `xml:"ReqdExctnDt>Dt"`
		Debtor        painParty    `xml:"Dbtr"`
		DebtorIBAN    string       `xml:"DbtrAcct>Id>IBAN"`
		DebtorBIC     string       `xml:"DbtrAgt>FinInstnId>BICFI"`
		Transfer      painTransfer `xml:"CdtTrfTxInf"`
	}
	painTransfer struct {
		InstructionID string     `xml:"PmtId>InstrId"`
		EndToEndID    string     `xml:"PmtId>EndToEndId"`
		Amount        painAmount `xml:"Amt>InstdAmt"`
		CreditorBIC   string     `xml:"CdtrAgt>FinInstnId>BICFI"`
		Creditor      painParty  `xml:"Cdtr"`
		CreditorIBAN  string     `xml:"CdtrAcct>Id>IBAN"`
		PurposeCode   string     `xml:"Purp>Prtry"` // KNP
		Purpose       string     `xml:"RmtInf>Ustrd"`
	}
	painAmount struct {
		Currency string `xml:"Ccy,attr"`
		Value    string `xml:",chardata"`
	}
	painParty struct {
		Name string `xml:"Nm"`
		BIN  string `xml:"Id>OrgId>Othr>Id,omitempty"`
	}
)

// readPain reads the payment out of a document that painOrder wrote.
func readPain(document []byte) (Payment, error) {
	var d painDocument
	if err := xml.Unmarshal(document, &d); err != nil {
		return Payment{}, fmt.Errorf("reading an order: %w", err)
	}
	t := d.Initiation.Info.Transfer
	return Payment{
		Payee: t.Creditor.Name, IBAN: t.CreditorIBAN, BIC: t.CreditorBIC, Amount: t.Amount.Value,
		Currency: t.Amount.Currency, KNP: t.PurposeCode, Purpose: t.Purpose,
	}, nil
}

// painOrder writes the document of one payment order. The bank keeps these bytes:
// they are what must come back signed, so nothing is ever written anew.
func painOrder(id string, client store.Client, p validPayment, now time.Time) ([]byte, error) {
	debtor := painParty{Name: client.Company, BIN: client.BIN}
	now = now.In(almaty)
	body, err := xml.MarshalIndent(painDocument{Initiation: painInitiation{
		MessageID:  id,
		Created:    now.Format("2006-01-02T15:04:05-07:00"),
		Count:      1,
		Sum:        p.Amount,
		Initiating: debtor,
		Info: painInfo{
			ID:            id,
			Method:        "TRF",
			Count:         1,
			Sum:           p.Amount,
			ExecutionDate: now.Format(time.DateOnly),
			Debtor:        debtor,
			DebtorIBAN:    client.Account,
			DebtorBIC:     bankBIC,
			Transfer: painTransfer{
				InstructionID: id,
				EndToEndID:    id,
				Amount:        painAmount{Currency: p.Currency, Value: p.Amount},
				CreditorBIC:   p.BIC,
				Creditor:      painParty{Name: p.Payee},
				CreditorIBAN:  p.IBAN,
				PurposeCode:   p.KNP,
				Purpose:       p.Purpose,
			},
		},
	}}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing order %s: %w", id, err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}
