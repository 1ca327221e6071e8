/** Reads bank statements that are tables: the forms of Latvian banks as far as known, or columns that the organisation names. */
import { CsvError, parse } from 'csv-parse/sync'
import { isValidIBAN } from 'ibantools'
import { centsOf, moneyOf } from '../money.ts'
import { Refusal } from '../refusal.ts'
import { parseDateInput, parseDecimalInput } from '../ui/input.ts'
import {
  balanceFinding,
  largestStatement,
  type ReadMovement,
  type ReadStatement,
  refuseStatement,
  withKeys,
} from './statement.ts'

export const csvColumns = [
  'date',
  'amount',
  'debit',
  'credit',
  'direction',
  'currency',
  'counterparty_name',
  'counterparty_iban',
  'text',
  'reference',
  'end_to_end_id',
  'bank_reference',
  'account',
  'row_kind',
] as const
export type CsvColumn = (typeof csvColumns)[number]

/** What banks call them, written without marks, signs and capitals; a word that ends in `*` begins a longer header. */
const usual: Record<CsvColumn, readonly string[]> = {
  date: ['datums', 'date', 'gramatosanasdatums', 'bookingdate', 'darijumadatums', 'transakcijasdatums'],
  amount: ['summa', 'amount', 'summaeur', 'summakontavaluta', 'darijumasumma'],
  debit: ['debets', 'debit', 'izdevumi', 'izejosaismaksajums', 'debetasumma'],
  credit: ['kredits', 'credit', 'ienemumi', 'ienakosaismaksajums', 'kreditasumma'],
  direction: ['debetskredits', 'dk', 'debitcredit', 'dc', 'debetskreditsdk', 'veidsdk'],
  currency: ['valuta', 'currency'],
  counterparty_name: [
    'sanemejsmaksatajs',
    'maksatajssanemejs',
    'beneficiarypayer',
    'payerbeneficiary',
    'kontrahentanosaukums',
    'partneris',
    'partneranosaukums',
    'nosaukums',
    'name',
    'counterparty',
  ],
  counterparty_iban: [
    'kontrahentakonts',
    'partnerakonts',
    'sanemejamaksatajakonts',
    'maksatajakonts',
    'korespondejosaiskonts',
    'counterpartyaccount',
    'iban',
    'konts',
  ],
  text: [
    'informacijasanemejam',
    'maksajumamerkis',
    'detalas',
    'details',
    'apraksts',
    'description',
    'pamatojums',
    'merkis',
    'informacija',
  ],
  reference: [
    'refernecesnumurs',
    'refernces numurs',
    'referncesnumurs',
    'atsauce',
    'atsaucesnumurs',
    'references',
    'reference',
    'referencesnumurs',
    'referencenumurs',
  ],
  end_to_end_id: ['endtoendid', 'unikalsidentifikators', 'e2eid', 'maksatajaatsauce'],
  bank_reference: [
    'arhivakods',
    'transakcijasnumurs',
    'transactionreference',
    'archivecode',
    'darijumanumurs',
    'ierakstanumurs',
  ],
  account: ['klientakonts', 'kontanumurs', 'clientaccount', 'accountnumber', 'konta nr', 'kontanr'],
  row_kind: ['ierakstatips', 'rowtype', 'recordtype'],
}

/** What a saved mapping holds: the header of each column that the usual ones do not find. */
export type CsvMapping = Partial<Record<CsvColumn, string>>

/**
 * @param account the organisation's account, where the file does not say whose it is
 * @param mapping headers of the organisation's own
 * @throws Refusal `statement_not_readable`
 */
export function readStatementCsv(bytes: Uint8Array, account: string | null, mapping: CsvMapping): ReadStatement[] {
  if (bytes.length === 0) refuseStatement('empty')
  if (bytes.length > largestStatement) refuseStatement('too_large')
  const text = decode(bytes)
  const rows = rowsIn(text)
  const { header, places } = headerOf(rows, mapping)
  const before = rows.slice(0, header).flatMap(({ cells }) => cells)
  const named = before.map(ibanIn).find((iban) => iban !== null) ?? account
  const byAccount = new Map<string, Account>()
  for (const row of rows.slice(header + 1)) readRow(row, places, named, byAccount)
  if (byAccount.size === 0) refuseStatement('empty')
  return [...byAccount].map(([iban, read]) => statementOf(iban, read, text))
}

type Row = { line: number; cells: string[] }
type Account = { opening: string | null; closing: string | null; movements: Omit<ReadMovement, 'key'>[] }

/** UTF-8 or, where it is none, the alphabet that Windows has for Latvian. */
function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/^\uFEFF/, '')
    // a body that was read as text before has the mark of what could not be read
    return text.includes('\uFFFD') ? refuseStatement('encoding') : text
  } catch (error) {
    if (error instanceof Refusal) throw error
    const text = new TextDecoder('windows-1257').decode(bytes)
    return text.includes('\0') ? refuseStatement('encoding') : text
  }
}

function rowsIn(text: string): Row[] {
  const delimiter = delimiterOf(text)
  try {
    const records = parse(text, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }))
  } catch (error) {
    if (error instanceof CsvError) {
      const line = Number((error as unknown as { lines?: number }).lines ?? 0)
      return refuseStatement('quotes', { line })
    }
    throw error
  }
}

/** What stands most often in the first lines: the header may come after lines about the account. */
function delimiterOf(text: string): string {
  const start = text.split(/\r?\n/, 20)
  const widest = (delimiter: string) => Math.max(...start.map((line) => line.split(delimiter).length))
  return [';', '\t', ','].reduce((most, each) => (widest(each) > widest(most) ? each : most))
}

function headerOf(rows: readonly Row[], mapping: CsvMapping): { header: number; places: Map<CsvColumn, number> } {
  for (const [index, row] of rows.slice(0, 30).entries()) {
    const places = placesIn(row.cells, mapping)
    const sums = places.has('amount') || (places.has('debit') && places.has('credit'))
    if (places.has('date') && sums) return { header: index, places }
  }
  return refuseStatement('columns')
}

function placesIn(cells: readonly string[], mapping: CsvMapping): Map<CsvColumn, number> {
  const headers = cells.map(plain)
  const places = new Map<CsvColumn, number>()
  for (const column of csvColumns) {
    const own = mapping[column]
    const wanted = own === undefined || own === '' ? usual[column].map(plain) : [plain(own)]
    const at = wanted.map((word) => headers.indexOf(word)).find((place) => place >= 0)
    if (at !== undefined) places.set(column, at)
  }
  return places
}

/** `Saņēmējs/Maksātājs` is sanemejsmaksatajs. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}

function readRow(
  row: Row,
  places: ReadonlyMap<CsvColumn, number>,
  named: string | null,
  all: Map<string, Account>,
): void {
  const cell = (column: CsvColumn) => row.cells[places.get(column) ?? -1] ?? ''
  const broken = (column: CsvColumn): never => refuseStatement('row', { line: row.line, element: column })
  if (row.cells.every((each) => each === '')) return
  const iban = ibanIn(cell('account')) ?? named ?? refuseStatement('no_account')
  const kind = rowKind(cell('row_kind'))
  if (kind === 'other') return
  const account = all.get(iban) ?? { opening: null, closing: null, movements: [] }
  all.set(iban, account)
  const amount = amountOf(cell) ?? broken('amount')
  if (kind !== 'movement') {
    account[kind] = amount
    return
  }
  const currency = cell('currency').toUpperCase()
  if (currency !== '' && currency !== 'EUR') broken('currency')
  const party = partyIn(cell('counterparty_name'), cell('counterparty_iban'))
  const reference = cell('reference').replace(/\s/g, '')
  const end_to_end_id = cell('end_to_end_id')
  account.movements.push({
    place: row.line,
    booked_on: dateIn(cell('date')) ?? broken('date'),
    amount,
    charges: '0.00',
    returned: false,
    is_charge: party.counterparty_iban === null && party.counterparty_name === null,
    ...party,
    references: reference === '' ? [] : [reference],
    end_to_end_id: end_to_end_id === '' || /^NOT[ _]?PROVIDED$/i.test(end_to_end_id) ? null : end_to_end_id,
    text: cell('text'),
    bank_reference: cell('bank_reference') || null,
  })
}

/** Swedbank marks its rows: 10 opening balance, 20 movement, 82 turnover, 86 closing balance. */
function rowKind(code: string): 'movement' | 'opening' | 'closing' | 'other' {
  if (code === '' || code === '20') return 'movement'
  if (code === '10') return 'opening'
  if (code === '86') return 'closing'
  return /^\d+$/.test(code) ? 'other' : 'movement'
}

function amountOf(cell: (column: CsvColumn) => string): string | null {
  const figure = (text: string) => {
    const read = parseDecimalInput(text)
    return read === null || !/^-?\d{1,13}(\.\d{1,2}0*)?$/.test(read) ? null : centsOf(read.replace(/(\.\d\d)0+$/, '$1'))
  }
  if (cell('amount') === '') {
    const [debit, credit] = [cell('debit'), cell('credit')]
    const given = debit === '' ? credit : debit
    const cents = figure(given)
    if (cents === null) return null
    const size = cents < 0n ? -cents : cents
    return moneyOf(debit === '' ? size : -size)
  }
  const cents = figure(cell('amount'))
  if (cents === null) return null
  const direction = cell('direction').trim().toUpperCase().charAt(0)
  const size = cents < 0n ? -cents : cents
  if (direction === 'D') return moneyOf(-size)
  if (direction === 'K' || direction === 'C') return moneyOf(size)
  return moneyOf(cents)
}

/** `31.12.2026`, `2026-12-31`, `31/12/2026`, with or without a time of day. */
function dateIn(text: string): string | null {
  const day = text.trim().split(/[ T]/)[0]!.replaceAll('/', '.')
  const iso = /^(\d{4})\.(\d{2})\.(\d{2})\.?$/.exec(day)
  return parseDateInput(iso === null ? day : `${iso[1]}-${iso[2]}-${iso[3]}`)
}

/** Banks put name, number and account into one cell: `SIA Mežs, 40003000000, LV80BANK0000435195001`. */
function partyIn(name: string, iban: string): Pick<ReadMovement, 'counterparty_name' | 'counterparty_iban'> {
  const found = ibanIn(iban) ?? ibanIn(name)
  const bare = name
    .split(/[|,;]/)
    .map((part) => part.trim())
    .find((part) => part !== '' && ibanIn(part) === null && !/^\d[\d-]*$/.test(part))
  return { counterparty_name: bare ?? null, counterparty_iban: found }
}

function ibanIn(text: string): string | null {
  const bare = text.replace(/\s/g, '').toUpperCase()
  for (const [found] of bare.matchAll(/[A-Z]{2}\d{2}[A-Z0-9]{11,30}/g)) {
    for (let length = found.length; length >= 15; length--) {
      if (isValidIBAN(found.slice(0, length))) return found.slice(0, length)
    }
  }
  return null
}

function statementOf(iban: string, { opening, closing, movements }: Account, text: string): ReadStatement {
  const dates = movements.map((movement) => movement.booked_on).sort()
  const read = { opening, closing }
  return {
    format: 'csv',
    iban,
    statement_id: `csv-${fingerprint(text)}`,
    sequence: null,
    from_on: dates[0] ?? null,
    to_on: dates.at(-1) ?? null,
    ...read,
    movements: withKeys(movements),
    findings: balanceFinding(
      read,
      movements.map((movement) => movement.amount),
    ),
  }
}

/** A name for a file's content (FNV-1a, 64 bits): a table has no number of its own. Movements are told apart by more. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let at = 0; at < text.length; at++) {
    hash = ((hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n) & 0xffffffffffffffffn
  }
  return hash.toString(16).padStart(16, '0')
}
