package payment

// The part of the message "Customer Credit Transfer Initiation" (ISO 20022
// pain.001) that is read. It is the union of the versions in messages; where they
// differ in what is shown, a node says to which it belongs. Elements stand here in
// the order of the schema, which is not demanded of a document: an order cannot
// hide anything, and banks that validate refuse it anyway.

// A message is a version of the schema.
type message struct {
	name string
	old  bool // of the generation of 2009: BIC instead of BICFI, a bare ReqdExctnDt
}

// messages are the versions that are read, by the namespace of their root.
var messages = map[string]message{
	"urn:iso:std:iso:20022:tech:xsd:pain.001.001.03": {"pain.001.001.03", true},
	"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09": {"pain.001.001.09", false},
	"urn:iso:std:iso:20022:tech:xsd:pain.001.001.11": {"pain.001.001.11", false},
	"urn:iso:std:iso:20022:tech:xsd:pain.001.001.12": {"pain.001.001.12", false},
}

// A rule says how an element may occur. Without one: at most once, in any version.
type rule int

const (
	need    rule = 1 << iota // must be there, and not empty
	many                     // may be there more than once
	choice                   // of a group: holds exactly one of its elements
	older                    // in old messages only
	newer                    // not in old messages
	refuse                   // is not read: it changes the meaning of what is shown
	unseen                   // is not shown though it can change where money goes: FlagNotShown
	foreign                  // may hold anything: FlagForeignElements
)

// A node is an element of the schema. It is a group if it has nodes, a value if it
// has a slot; the content of any other one is checked for form and skipped.
type node struct {
	name  string
	rule  rule
	slot  slot // where the value goes
	max   int  // runes of the value
	nodes []node
	done  func(*reader) error // called after the element's end
}

// A slot is a place for a value while a document is read. Several values of one
// element (rule many) are joined with a space.
type slot int

const (
	_ slot = iota
	// GrpHdr
	headerCount
	headerSum
	// PmtInf
	infoCount
	infoSum
	method
	date
	payer
	payerIBAN
	payerNumber
	// CdtTrfTxInf
	reference
	amount
	bankName
	bankBIC
	bankMember
	bankNumber
	payee
	payeeIBAN
	payeeNumber
	purposeCode
	remittance
	slots
)

var schema = []node{{name: "CstmrCdtTrfInitn", rule: need, done: (*reader).endMessage, nodes: []node{
	{name: "GrpHdr", rule: need, nodes: []node{
		{name: "MsgId", rule: need},
		{name: "CreDtTm", rule: need},
		{name: "Authstn", rule: many},
		{name: "NbOfTxs", rule: need, slot: headerCount, max: 15},
		{name: "CtrlSum", slot: headerSum, max: 35},
		{name: "InitgPty", rule: need},
		{name: "FwdgAgt"},
		{name: "InitnSrc"},
	}},
	{name: "PmtInf", rule: need | many, done: (*reader).endInfo, nodes: []node{
		{name: "PmtInfId", rule: need},
		{name: "PmtMtd", rule: need, slot: method, max: 3},
		{name: "ReqdAdvcTp"},
		{name: "BtchBookg"},
		{name: "NbOfTxs", slot: infoCount, max: 15},
		{name: "CtrlSum", slot: infoSum, max: 35},
		{name: "PmtTpInf"},
		{name: "ReqdExctnDt", rule: need | older, slot: date, max: 35},
		{name: "ReqdExctnDt", rule: need | newer | choice, nodes: []node{
			{name: "Dt", slot: date, max: 35},
			{name: "DtTm", slot: date, max: 35},
		}},
		{name: "PoolgAdjstmntDt"},
		{name: "Dbtr", rule: need, nodes: party(payer, 0)},
		{name: "DbtrAcct", rule: need, nodes: account(payerIBAN, payerNumber)},
		{name: "DbtrAgt"},
		{name: "DbtrAgtAcct"},
		{name: "InstrForDbtrAgt", rule: unseen},
		{name: "UltmtDbtr"},
		{name: "ChrgBr"},
		{name: "ChrgsAcct"},
		{name: "ChrgsAcctAgt"},
		{name: "CdtTrfTxInf", rule: need | many, done: (*reader).endTransfer, nodes: transfer},
	}},
	{name: "SplmtryData", rule: many | foreign},
}}}

var transfer = []node{
	{name: "PmtId", rule: need, nodes: []node{
		{name: "InstrId"},
		{name: "EndToEndId", rule: need, slot: reference, max: 35},
		{name: "UETR"},
	}},
	{name: "PmtTpInf"},
	{name: "Amt", rule: need | choice, nodes: []node{
		{name: "InstdAmt", slot: amount, max: 35},
		{name: "EqvtAmt", rule: refuse}, // an amount in one currency, paid in another
	}},
	{name: "XchgRateInf", rule: unseen},
	{name: "ChrgBr"},
	{name: "MndtRltdInf"},
	{name: "ChqInstr", rule: refuse},
	{name: "UltmtDbtr"},
	{name: "IntrmyAgt1", rule: unseen},
	{name: "IntrmyAgt1Acct", rule: unseen},
	{name: "IntrmyAgt2", rule: unseen},
	{name: "IntrmyAgt2Acct", rule: unseen},
	{name: "IntrmyAgt3", rule: unseen},
	{name: "IntrmyAgt3Acct", rule: unseen},
	{name: "CdtrAgt", nodes: []node{
		{name: "FinInstnId", rule: need, nodes: []node{
			{name: "BIC", rule: older, slot: bankBIC, max: 11},
			{name: "BICFI", rule: newer, slot: bankBIC, max: 11},
			{name: "ClrSysMmbId", nodes: []node{
				{name: "ClrSysId"},
				{name: "MmbId", rule: need, slot: bankMember, max: 35},
			}},
			{name: "LEI"},
			{name: "Nm", slot: bankName, max: 140},
			{name: "PstlAdr"},
			{name: "Othr", nodes: []node{
				{name: "Id", rule: need, slot: bankNumber, max: 35},
				{name: "SchmeNm"},
				{name: "Issr"},
			}},
		}},
		{name: "BrnchId"},
	}},
	{name: "CdtrAgtAcct", rule: unseen},
	{name: "Cdtr", rule: need, nodes: party(payee, need)},
	{name: "CdtrAcct", rule: need, nodes: account(payeeIBAN, payeeNumber)},
	{name: "UltmtCdtr", rule: unseen},
	{name: "InstrForCdtrAgt", rule: many | unseen},
	{name: "InstrForDbtrAgt", rule: unseen},
	{name: "Purp", rule: choice, nodes: []node{
		{name: "Cd", slot: purposeCode, max: 35},
		{name: "Prtry", slot: purposeCode, max: 35},
	}},
	{name: "RgltryRptg", rule: many},
	{name: "Tax"},
	{name: "RltdRmtInf", rule: many},
	{name: "RmtInf", nodes: []node{
		{name: "Ustrd", rule: many, slot: remittance, max: 140},
		{name: "Strd", rule: many, nodes: []node{
			{name: "RfrdDocInf", rule: many},
			{name: "RfrdDocAmt"},
			{name: "CdtrRefInf", nodes: []node{
				{name: "Tp"},
				{name: "Ref", slot: remittance, max: 35},
			}},
			{name: "Invcr"},
			{name: "Invcee"},
			{name: "TaxRmt"},
			{name: "GrnshmtRmt"},
			{name: "AddtlRmtInf", rule: many, slot: remittance, max: 140},
		}},
	}},
	{name: "SplmtryData", rule: many | foreign},
}

// party is a PartyIdentification: Dbtr, Cdtr.
func party(name slot, named rule) []node {
	return []node{
		{name: "Nm", rule: named, slot: name, max: 140},
		{name: "PstlAdr"},
		{name: "Id"},
		{name: "CtryOfRes"},
		{name: "CtctDtls"},
	}
}

// account is a CashAccount: DbtrAcct, CdtrAcct.
func account(iban, number slot) []node {
	return []node{
		{name: "Id", rule: need | choice, nodes: []node{
			{name: "IBAN", slot: iban, max: 34},
			{name: "Othr", nodes: []node{
				{name: "Id", rule: need, slot: number, max: 34},
				{name: "SchmeNm"},
				{name: "Issr"},
			}},
		}},
		{name: "Tp"},
		{name: "Ccy"},
		{name: "Nm"},
		{name: "Prxy", rule: refuse}, // a phone number or the like that stands for another account
	}
}

// core are elements that must not stand inside what is skipped, where a parser
// that looks for names alone would find them.
func core(name string) bool {
	switch name {
	case "Document", "CstmrCdtTrfInitn", "GrpHdr", "PmtInf", "CdtTrfTxInf", "InstdAmt", "EqvtAmt", "CdtrAcct", "DbtrAcct":
		return true
	}
	return false
}
