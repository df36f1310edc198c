package main

import (
	"fmt"
	"strings"

	"qoltanba/agent"
)

// documentSize is the size of every document in bytes.
const documentSize = 4096

// kind is a series of documents of 4 KiB.
type kind struct {
	name      string
	extension string
	mediaType string
	make      func(n int) string
}

var (
	payments = kind{"pain.001", "xml", "application/xml", paymentText}
	texts    = kind{"plain text", "txt", "text/plain", plainText}
)

// documents makes documents that all differ.
func (k kind) documents(n int) []agent.Document {
	all := make([]agent.Document, n)
	for i := range all {
		data := make([]byte, documentSize)
		for j := copy(data, k.make(i)); j < len(data); j++ {
			data[j] = ' '
		}
		all[i] = agent.Document{Name: fmt.Sprintf("%d.%s", i+1, k.extension), MediaType: k.mediaType, Data: data}
	}
	return all
}

func plainText(n int) string {
	return fmt.Sprintf("Order %d\n", n+1) + strings.Repeat("Please pay this invoice within ten days.\n", 90)
}

// transfers is the number of payments in one document.
const transfers = 3

// paymentText is an ISO 20022 pain.001.001.03 message with three payments.
func paymentText(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03">
  <CstmrCdtTrfInitn>
    <GrpHdr>
      <MsgId>MSG-2026-%06d</MsgId>
      <CreDtTm>2026-03-02T09:15:00</CreDtTm>
      <NbOfTxs>%d</NbOfTxs>
      <CtrlSum>%d.50</CtrlSum>
      <InitgPty><Nm>ТОО «Алма-Ата Сүт»</Nm></InitgPty>
    </GrpHdr>
    <PmtInf>
      <PmtInfId>PI-%d</PmtInfId>
      <PmtMtd>TRF</PmtMtd>
      <ReqdExctnDt>2026-03-03</ReqdExctnDt>
      <Dbtr><Nm>ТОО «Алма-Ата Сүт»</Nm></Dbtr>
      <DbtrAcct><Id><IBAN>KZ90999TEST000000001</IBAN></Id><Ccy>KZT</Ccy></DbtrAcct>
      <DbtrAgt><FinInstnId><BIC>TESTKZKA</BIC></FinInstnId></DbtrAgt>
`, n+1, transfers, transfers*(1000+n)+1, n+1)
	for i := range transfers {
		fmt.Fprintf(&b, `      <CdtTrfTxInf>
        <PmtId><InstrId>%d</InstrId><EndToEndId>%d-%d</EndToEndId></PmtId>
        <Amt><InstdAmt Ccy="KZT">%d.50</InstdAmt></Amt>
        <CdtrAgt><FinInstnId><BIC>DEMOKZKA</BIC><Nm>АО «Демо Банк»</Nm></FinInstnId></CdtrAgt>
        <Cdtr>
          <Nm>ЖШС «Көкше Құрылыс &amp; К°»</Nm>
          <PstlAdr><Ctry>KZ</Ctry><AdrLine>Көкшетау қ., Абай к-сі, 12</AdrLine></PstlAdr>
        </Cdtr>
        <CdtrAcct><Id><IBAN>KZ17998DEMO000000042</IBAN></Id></CdtrAcct>
        <Purp><Prtry>710</Prtry></Purp>
        <RmtInf><Ustrd>Оплата по договору № %d от 12.01.2026</Ustrd></RmtInf>
      </CdtTrfTxInf>
`, i+1, n+1, i+1, 1000+n, 15+i)
	}
	b.WriteString("    </PmtInf>\n  </CstmrCdtTrfInitn>\n</Document>\n")
	return b.String()
}
