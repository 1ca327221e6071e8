/** Bank files that the tests write themselves: a statement of entries, in the versions whose elements differ. */

export interface Entry {
  amount: string
  side?: 'CRDT' | 'DBIT'
  on?: string
  status?: string
  reference?: string
  text?: string | string[]
  end_to_end_id?: string
  iban?: string
  name?: string
  returned?: boolean
  charge?: string
  bank_reference?: string
  family?: string
  /** several payments in one entry */
  parts?: Entry[]
}

export interface Written {
  version?: '02' | '04' | '08'
  iban: string
  id?: string
  sequence?: number
  opening?: string
  closing?: string
  entries: Entry[]
}

export function cents(amount: string): bigint {
  return BigInt(amount.replace('.', ''))
}
function euros(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

const safe = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const tag = (name: string, content: string | undefined) =>
  content === undefined || content === '' ? '' : `<${name}>${content}</${name}>`

let made = 0

export function camt(written: Written): Uint8Array {
  const { version = '08', iban, id = 'ST-1', sequence, entries, opening = '1000.00' } = written
  const moved = entries
    .filter((entry) => (entry.status ?? 'BOOK') === 'BOOK')
    .reduce((sum, entry) => sum + (entry.side === 'DBIT' ? -cents(entry.amount) : cents(entry.amount)), 0n)
  const end = cents(opening) + moved
  const closing = written.closing ?? euros(end)
  const balance = (code: string, amount: string, negative: boolean) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt>` +
    `<CdtDbtInd>${negative ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>2026-04-10</Dt></Dt></Bal>`
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}">
<BkToCstmrStmt><GrpHdr><MsgId>${id}</MsgId><CreDtTm>2026-04-11T05:00:00</CreDtTm></GrpHdr><Stmt><Id>${id}</Id>
${tag('ElctrncSeqNb', sequence?.toString())}<CreDtTm>2026-04-11T05:00:00</CreDtTm>
<Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balance('OPBD', opening, false)}${balance('CLBD', closing, written.closing === undefined && end < 0n)}
${entries.map((entry) => entryXml(entry, version)).join('\n')}
</Stmt></BkToCstmrStmt></Document>
`
  return new TextEncoder().encode(xml)
}

function entryXml(entry: Entry, version: string): string {
  const { amount, side = 'CRDT', on = '2026-04-10', status = 'BOOK', returned = false } = entry
  made += 1
  const bank = entry.bank_reference ?? `BR${made}`
  const state = version === '08' ? `<Cd>${status}</Cd>` : status
  const parts = entry.parts ?? [entry]
  return (
    `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${side}</CdtDbtInd>` +
    (returned ? '<RvslInd>true</RvslInd>' : '') +
    `<Sts>${state}</Sts><BookgDt><Dt>${on}</Dt></BookgDt>${tag('AcctSvcrRef', bank === '-' ? '' : bank)}` +
    `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>${entry.family ?? 'ESCT'}</SubFmlyCd></Fmly></Domn></BkTxCd>` +
    `<NtryDtls>${parts.map((part) => details(part, side, version, entry.parts !== undefined)).join('')}</NtryDtls></Ntry>`
  )
}

function details(part: Entry, side: string, version: string, several: boolean): string {
  const name = part.name === undefined ? '' : `<Nm>${safe(part.name)}</Nm>`
  const party = version === '08' && name !== '' ? `<Pty>${name}</Pty>` : name
  const account = part.iban === undefined ? '' : `<Id><IBAN>${part.iban}</IBAN></Id>`
  // what is taken back names its parties as they were
  const debtor = (side === 'CRDT') !== (part.returned ?? false)
  const who = debtor ? 'Dbtr' : 'Cdtr'
  const texts = part.text === undefined ? [] : Array.isArray(part.text) ? part.text : [part.text]
  const structured =
    part.reference === undefined
      ? ''
      : `<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>${part.reference}</Ref></CdtrRefInf></Strd>`
  const figure = `<Amt Ccy="EUR">${part.amount}</Amt>`
  const amount =
    version === '02' ? `<AmtDtls><TxAmt>${figure}</TxAmt></AmtDtls>` : `${figure}<CdtDbtInd>${side}</CdtDbtInd>`
  const charge =
    part.charge === undefined
      ? ''
      : version === '02'
        ? ''
        : `<Chrgs><Rcrd><Amt Ccy="EUR">${part.charge}</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>`
  return (
    `<TxDtls><Refs><EndToEndId>${part.end_to_end_id ?? 'NOTPROVIDED'}</EndToEndId></Refs>` +
    `${several || version !== '02' ? amount : ''}${charge}` +
    tag('RltdPties', tag(who, party) + tag(`${who}Acct`, account)) +
    tag('RmtInf', texts.map((text) => `<Ustrd>${safe(text)}</Ustrd>`).join('') + structured) +
    `</TxDtls>`
  )
}
