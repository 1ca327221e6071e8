/**
 * Reads `camt.053` bank statements, versions 02 to 08. Strict: what is not as the message says is refused with its place, and
 * then nothing of the file is used. Only booked entries count. Nothing here turns a text into a number of its own accord.
 */
import { type Element, type Node, parseXmlDocument } from 'slimdom'
import { isPlainDate } from '../calendar.ts'
import { centsOf, moneyOf } from '../money.ts'
import {
  balanceFinding,
  largestStatement,
  type ReadMovement,
  type ReadStatement,
  refuseStatement,
  type StatementFinding,
  withKeys,
} from './statement.ts'

/** Whether a file looks like XML at all. */
export function isXml(bytes: Uint8Array): boolean {
  return /^\s*</.test(new TextDecoder().decode(bytes.subarray(0, 200)).replace(/^\uFEFF/, ''))
}

/** @throws Refusal `statement_not_readable` */
export function readCamt(bytes: Uint8Array): ReadStatement[] {
  if (bytes.length === 0) refuseStatement('empty')
  if (bytes.length > largestStatement) refuseStatement('too_large')
  const xml = decode(bytes)
  // A document type could name files and grow without end, so it is refused before anything is parsed.
  const doctype = /<!(?:DOCTYPE|ENTITY)/i.exec(xml)
  if (doctype !== null) refuseStatement('doctype', { line: lineAt(xml, doctype.index) })
  const root = parse(xml)
  const version = /^urn:iso:std:iso:20022:tech:xsd:(camt\.053\.001\.0[2-8])$/.exec(root.namespaceURI ?? '')?.[1]
  const message = root.localName === 'Document' && version !== undefined ? child(root, 'BkToCstmrStmt') : null
  if (message === null) refuseStatement('kind')
  const statements = children(message, 'Stmt')
  if (statements.length === 0) refuseStatement('no_statement')
  const reader = new StatementReader(xml, version!)
  return statements.map((each) => reader.read(each))
}

function decode(bytes: Uint8Array): string {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const said = /encoding\s*=\s*["']([\w.-]+)["']/.exec(start)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(said, { fatal: true }).decode(bytes)
  } catch {
    return refuseStatement('encoding')
  }
}

function parse(xml: string): Element {
  try {
    const root = parseXmlDocument(xml).documentElement
    if (root !== null) return root
  } catch (error) {
    const line = Number(/At line (\d+)/.exec((error as Error).message)?.[1] ?? 0)
    refuseStatement('xml', { line: line || xml.split('\n').length })
  }
  return refuseStatement('xml')
}

/** Refuses the file for an element that is missing or wrong. */
type Broken = (name: string) => never

class StatementReader {
  private entry = 0

  constructor(
    private readonly xml: string,
    private readonly version: string,
  ) {}

  read(statement: Element): ReadStatement {
    const account = child(child(statement, 'Acct'), 'Id')
    // An account without an IBAN is nobody's here, but the statement can still be read.
    const named = textOf(child(account, 'IBAN')) ?? textOf(descendant(account, ['Othr', 'Id']))
    const iban = named?.replace(/\s/g, '').toUpperCase() ?? null
    if (iban === null) refuseStatement('no_account')
    const period = child(statement, 'FrToDt')
    const balances = children(statement, 'Bal')
    const currency = textOf(child(child(statement, 'Acct'), 'Ccy')) ?? 'EUR'
    const amounts: string[] = []
    const movements: Omit<ReadMovement, 'key'>[] = []
    const findings: StatementFinding[] = []
    let foreign = 0
    for (const entry of children(statement, 'Ntry')) {
      this.entry += 1
      if (!this.isBooked(entry)) continue
      const amount = child(entry, 'Amt') ?? this.broken('Amt')
      if (amount.getAttribute('Ccy') !== 'EUR') {
        foreign += 1
        continue
      }
      const booked = this.signed(entry, amount)
      amounts.push(booked)
      const read = this.movementsOf(entry, booked, iban)
      movements.push(...read.movements)
      findings.push(...read.findings)
    }
    const read: ReadStatement = {
      format: this.version,
      iban,
      statement_id: textOf(child(statement, 'Id')) ?? refuseStatement('statement', { element: 'Id' }),
      sequence: sequenceOf(statement),
      from_on: dateOf(child(period, 'FrDtTm') ?? child(period, 'FrDt')),
      to_on: dateOf(child(period, 'ToDtTm') ?? child(period, 'ToDt')),
      opening: this.balance(balances, ['OPBD', 'PRCD', 'OPAV'], currency),
      closing: this.balance(balances, ['CLBD', 'CLAV'], currency),
      movements: withKeys(movements),
      findings,
    }
    if (foreign > 0) findings.push({ code: 'other_currency', count: String(foreign) })
    else findings.push(...balanceFinding(read, amounts))
    return read
  }

  /** Later versions say it in an element of its own. What is expected or only told is no movement yet. */
  private isBooked(entry: Element): boolean {
    const status = child(entry, 'Sts') ?? this.broken('Sts')
    const code = textOf(child(status, 'Cd')) ?? textOf(status) ?? this.broken('Sts')
    return code === 'BOOK'
  }

  private movementsOf(
    entry: Element,
    booked: string,
    iban: string,
  ): { movements: Omit<ReadMovement, 'key'>[]; findings: StatementFinding[] } {
    const details = children(entry, 'NtryDtls').flatMap((each) => children(each, 'TxDtls'))
    const single = details.length <= 1
    const parts = single ? null : details.map((each) => this.partOf(each, booked))
    const whole = parts?.every((part) => part !== null)
      ? moneyOf(parts.reduce((sum, part) => sum + centsOf(part!), 0n))
      : null
    if (single || whole !== booked) {
      const findings: StatementFinding[] = single ? [] : [{ code: 'batch_differs', place: String(this.entry) }]
      return { movements: [this.movement(entry, details, booked, iban)], findings }
    }
    return { movements: details.map((each, index) => this.movement(entry, [each], parts![index]!, iban)), findings: [] }
  }

  /** What one payment of an entry of several comes to, null where the bank does not say. */
  private partOf(details: Element, booked: string): string | null {
    const all = child(details, 'AmtDtls')
    const amount =
      child(details, 'Amt') ?? child(child(all, 'TxAmt'), 'Amt') ?? child(child(all, 'InstdAmt'), 'Amt') ?? null
    if (amount === null || amount.getAttribute('Ccy') !== 'EUR') return null
    const cents = centsOf(this.figure(amount))
    const side = textOf(child(details, 'CdtDbtInd'))
    const debit = side === null ? booked.startsWith('-') : side === 'DBIT'
    return moneyOf(debit ? -cents : cents)
  }

  private movement(entry: Element, details: Element[], amount: string, iban: string): Omit<ReadMovement, 'key'> {
    const [first = null] = details
    const references = children(first, 'Refs')
    const returned =
      textOf(child(entry, 'RvslInd')) === 'true' ||
      textOf(child(entry, 'RvslInd')) === '1' ||
      details.some((each) => child(each, 'RtrInf') !== null) ||
      /^(RRTN|RPCR|RIMB)$/.test(textOf(descendant(entry, ['BkTxCd', 'Domn', 'Fmly', 'SubFmlyCd'])) ?? '')
    const other = otherParty(child(first, 'RltdPties'), amount.startsWith('-') === returned, iban)
    const remittances = details.flatMap((each) => children(each, 'RmtInf'))
    const structured = remittances.flatMap((each) => children(each, 'Strd'))
    const texts = [
      ...remittances.flatMap((each) => children(each, 'Ustrd')),
      ...structured.flatMap((each) => children(each, 'RfrdDocInf')).flatMap((each) => children(each, 'Nb')),
      ...structured.flatMap((each) => children(each, 'AddtlRmtInf')),
      ...(remittances.length === 0 ? children(entry, 'AddtlNtryInf') : []),
    ]
    const family = textOf(descendant(entry, ['BkTxCd', 'Domn', 'Fmly', 'SubFmlyCd']))
    return {
      place: this.entry,
      booked_on: this.bookedOn(entry),
      amount,
      charges: this.charges(entry, details, amount),
      returned,
      is_charge: family === 'CHRG' || family === 'FEES' || family === 'COMM' || family === 'INTR',
      ...other,
      references: structured
        .flatMap((each) => children(each, 'CdtrRefInf'))
        .flatMap((each) => children(each, 'Ref'))
        .map((each) => textOf(each) ?? '')
        .filter((each) => each !== ''),
      end_to_end_id: provided(textOf(child(references[0] ?? null, 'EndToEndId'))),
      text: texts
        .map((each) => textOf(each) ?? '')
        .filter((each) => each !== '')
        .join('\n'),
      bank_reference:
        details.length <= 1
          ? (textOf(child(references[0] ?? null, 'AcctSvcrRef')) ??
            textOf(child(entry, 'AcctSvcrRef')) ??
            textOf(child(references[0] ?? null, 'TxId')))
          : textOf(child(entry, 'AcctSvcrRef')),
    }
  }

  private bookedOn(entry: Element): string {
    const date = child(entry, 'BookgDt') ?? child(entry, 'ValDt') ?? this.broken('BookgDt')
    return dateOf(child(date, 'Dt') ?? child(date, 'DtTm')) ?? this.broken('BookgDt')
  }

  /** What the bank kept: said so, or seen by what was sent. */
  private charges(entry: Element, details: Element[], amount: string): string {
    const records = [entry, ...(details.length === 1 ? details : [])]
      .flatMap((each) => children(each, 'Chrgs'))
      .flatMap((each) => (child(each, 'Rcrd') === null ? [each] : children(each, 'Rcrd')))
    let kept = 0n
    let all = 0n
    for (const record of records) {
      const figure = child(record, 'Amt')
      if (figure === null || figure.getAttribute('Ccy') !== 'EUR' || textOf(child(record, 'CdtDbtInd')) === 'CRDT')
        continue
      const cents = centsOf(this.figure(figure))
      all += cents
      if (textOf(child(record, 'ChrgInclInd')) === 'true') kept += cents
    }
    if (kept > 0n || all === 0n) return moneyOf(kept)
    const sent = descendant(details[0] ?? entry, ['AmtDtls', 'InstdAmt', 'Amt'])
    if (sent === null || sent.getAttribute('Ccy') !== 'EUR') return '0.00'
    const booked = centsOf(amount)
    const expected = centsOf(this.figure(sent))
    const meant = booked < 0n ? -booked - all : booked + all
    return meant === expected ? moneyOf(all) : '0.00'
  }

  private signed(owner: Element, amount: Element, broken: Broken = (name) => this.broken(name)): string {
    const cents = centsOf(this.figure(amount, broken))
    const side = textOf(child(owner, 'CdtDbtInd'))
    if (side !== 'CRDT' && side !== 'DBIT') broken('CdtDbtInd')
    return moneyOf(side === 'DBIT' ? -cents : cents)
  }

  private figure(amount: Element, broken: Broken = (name) => this.broken(name)): string {
    const text = textOf(amount) ?? ''
    if (!/^\d{1,13}(\.\d{1,2}0*)?$/.test(text)) broken('Amt')
    return text.replace(/(\.\d\d)0+$/, '$1')
  }

  private balance(balances: Element[], codes: string[], currency: string): string | null {
    for (const code of codes) {
      const found = balances.find((each) => textOf(descendant(each, ['Tp', 'CdOrPrtry', 'Cd'])) === code)
      const amount = child(found ?? null, 'Amt')
      if (found === undefined || amount === null) continue
      if (amount.getAttribute('Ccy') !== 'EUR' || currency !== 'EUR') return null
      return this.signed(found, amount, (name) => refuseStatement('statement', { element: `Bal/${name}` }))
    }
    return null
  }

  private broken(name: string): never {
    const starts = this.xml.matchAll(/<(?:[\w.-]+:)?Ntry[\s>]/g)
    let at = 0
    for (const start of starts) {
      at += 1
      if (at === this.entry) {
        refuseStatement('entry', { entry: this.entry, element: name, line: lineAt(this.xml, start.index) })
      }
    }
    return refuseStatement('entry', { entry: this.entry, element: name })
  }
}

/** Who is on the other side. @param fromDebtor money came in: the debtor sent it; what is taken back names the parties as before */
function otherParty(
  parties: Element | null,
  toDebtor: boolean,
  own: string,
): Pick<ReadMovement, 'counterparty_name' | 'counterparty_iban'> {
  const side = (name: 'Dbtr' | 'Cdtr') => {
    const party = child(parties, name)
    const inner = child(party, 'Pty') ?? party
    const account = textOf(child(child(child(parties, `${name}Acct`), 'Id'), 'IBAN'))
    return {
      counterparty_name: textOf(child(inner, 'Nm')),
      counterparty_iban: account?.replace(/\s/g, '').toUpperCase() ?? null,
    }
  }
  const [likely, unlikely] = toDebtor ? (['Dbtr', 'Cdtr'] as const) : (['Cdtr', 'Dbtr'] as const)
  const first = side(likely)
  const second = side(unlikely)
  if (first.counterparty_iban === own) return second
  const nobody = first.counterparty_iban === null && first.counterparty_name === null
  return nobody && second.counterparty_iban !== own ? second : first
}

function provided(id: string | null): string | null {
  return id === null || /^NOT[ _]?PROVIDED$/i.test(id) ? null : id
}

function sequenceOf(statement: Element): number | null {
  const text = textOf(child(statement, 'ElctrncSeqNb')) ?? textOf(child(statement, 'LglSeqNb'))
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null
}

function dateOf(element: Element | null): string | null {
  const date = textOf(element)?.slice(0, 10) ?? null
  return date !== null && isPlainDate(date) ? date : null
}

function isElement(node: Node): node is Element {
  return node.nodeType === 1
}

function child(parent: Element | null, name: string): Element | null {
  for (let node = parent?.firstChild ?? null; node !== null; node = node.nextSibling) {
    if (isElement(node) && node.localName === name && node.namespaceURI === parent!.namespaceURI) return node
  }
  return null
}

function children(parent: Element | null, name: string): Element[] {
  const found: Element[] = []
  for (let node = parent?.firstChild ?? null; node !== null; node = node.nextSibling) {
    if (isElement(node) && node.localName === name && node.namespaceURI === parent!.namespaceURI) found.push(node)
  }
  return found
}

function descendant(parent: Element | null, names: string[]): Element | null {
  return names.reduce<Element | null>((at, name) => child(at, name), parent)
}

/** The element's own text, trimmed; null where it has none. */
function textOf(element: Element | null): string | null {
  if (element === null) return null
  let text = ''
  for (let node = element.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === 3 || node.nodeType === 4) text += node.nodeValue ?? ''
  }
  const trimmed = text.trim()
  return trimmed === '' ? null : trimmed
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
