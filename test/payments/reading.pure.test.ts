import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCamt } from '../../src/payments/camt.ts'
import { tokensOf } from '../../src/payments/match-text.ts'
import { readStatementCsv } from '../../src/payments/statement-csv.ts'
import { Refusal } from '../../src/refusal.ts'
import { iban, strangerIban } from './market.ts'
import { camt, cents, type Entry } from './statements.ts'
import { schemaFile, wrongBySchema } from './xsd.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const bytes = (content: string) => new TextEncoder().encode(content)

function refusalOf(read: () => unknown): Record<string, string | number> {
  try {
    read()
  } catch (error) {
    if (error instanceof Refusal && error.code === 'statement_not_readable') return error.facts
    throw error
  }
  throw new Error('it was read')
}

const entries: Entry[] = [
  { amount: '1298.00', reference: 'RF18539007547034', iban: iban.REZ, name: 'Rēzeknes & co', end_to_end_id: 'A-1' },
  { amount: '10.50', side: 'DBIT', iban: iban.LUD, name: 'Ludza', text: ['Rek. LUD-2026', '-00003'], on: '2026-04-09' },
  { amount: '5.00', side: 'CRDT', returned: true, iban: iban.LUD, name: 'Ludza' },
  { amount: '99.00', status: 'PDNG' },
  { amount: '0.50', side: 'DBIT', family: 'CHRG' },
]

describe.each(['02', '04', '08'] as const)('camt.053.001.%s', (version) => {
  const file = camt({ version, iban: iban.DGV, id: 'ST-7', sequence: 7, entries })
  test.skipIf(schemaFile(`camt.053.001.${version}`) === null)(
    'our own samples are valid by the official schema',
    () => {
      expect(wrongBySchema(`camt.053.001.${version}`, file)).toEqual([])
    },
  )

  test('reads booked entries with their parties, references and texts, and no others', () => {
    const [statement] = readCamt(file)
    expect(statement).toMatchObject({
      format: `camt.053.001.${version}`,
      iban: iban.DGV,
      statement_id: 'ST-7',
      sequence: 7,
      opening: '1000.00',
      closing: '2292.00',
      findings: [],
    })
    expect(statement!.movements.map(({ place, key: _, bank_reference: __, ...rest }) => rest)).toEqual([
      {
        booked_on: '2026-04-10',
        amount: '1298.00',
        charges: '0.00',
        returned: false,
        is_charge: false,
        counterparty_name: 'Rēzeknes & co',
        counterparty_iban: iban.REZ,
        references: ['RF18539007547034'],
        end_to_end_id: 'A-1',
        text: '',
      },
      {
        booked_on: '2026-04-09',
        amount: '-10.50',
        charges: '0.00',
        returned: false,
        is_charge: false,
        counterparty_name: 'Ludza',
        counterparty_iban: iban.LUD,
        references: [],
        end_to_end_id: null,
        text: 'Rek. LUD-2026\n-00003',
      },
      {
        booked_on: '2026-04-10',
        amount: '5.00',
        charges: '0.00',
        returned: true,
        is_charge: false,
        counterparty_name: 'Ludza',
        counterparty_iban: iban.LUD,
        references: [],
        end_to_end_id: null,
        text: '',
      },
      expect.objectContaining({ amount: '-0.50', is_charge: true, counterparty_name: null }),
    ])
  })
})

test('the versions between are read too, others are not', () => {
  const as = (version: string) => bytes(text(camt({ iban: iban.DGV, entries })).replaceAll('001.08', version))
  for (const version of ['001.03', '001.05', '001.06', '001.07']) expect(readCamt(as(version))).toHaveLength(1)
  for (const version of ['001.01', '001.09', '001.13'])
    expect(refusalOf(() => readCamt(as(version)))).toMatchObject({ reason: 'kind' })
})

test('a document type is refused before anything is parsed, with its line', () => {
  const evil = '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n<a>&b;</a>'
  expect(refusalOf(() => readCamt(bytes(evil)))).toMatchObject({ reason: 'doctype', line: 2 })
})

test('a file that breaks off is refused whole, and the place is named', () => {
  const whole = text(camt({ iban: iban.DGV, entries }))
  const cut = whole.slice(0, whole.indexOf('</Ntry>', whole.indexOf('10.50')))
  const told = refusalOf(() => readCamt(bytes(cut)))
  expect(told.reason).toBe('xml')
  expect(Number(told.line)).toBeGreaterThan(5)
})

test('wherever a file is cut, it is refused whole and never read in part', () => {
  const whole = text(camt({ iban: iban.DGV, entries }))
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.trimEnd().length - 1 }), (at) => {
      refusalOf(() => readCamt(bytes(whole.slice(0, at))))
    }),
    { numRuns: 200 },
  )
})

test.each([
  ['Amt', '<Amt Ccy="EUR">10.50</Amt>', '<Amt Ccy="EUR">10,50</Amt>'],
  ['Amt', '<Amt Ccy="EUR">10.50</Amt>', ''],
  ['CdtDbtInd', '<Amt Ccy="EUR">10.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>', '<Amt Ccy="EUR">10.50</Amt>'],
  ['BookgDt', '<BookgDt><Dt>2026-04-09</Dt></BookgDt>', '<BookgDt><Dt>2026-02-30</Dt></BookgDt>'],
  ['Sts', '<CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>', '<CdtDbtInd>DBIT</CdtDbtInd>'],
])('an entry without a proper %s is named by its number and line', (element, from, to) => {
  const whole = text(camt({ iban: iban.DGV, entries }))
  expect(whole).toContain(from)
  const line = whole.slice(0, whole.indexOf('10.50')).split('\n').length
  expect(refusalOf(() => readCamt(bytes(whole.replace(from, to))))).toMatchObject({
    reason: 'entry',
    entry: 2,
    line,
    element,
  })
})

test('an entry of several payments is as many movements; where they do not make its sum it is one, and that is said', () => {
  const parts = [
    { amount: '11.00', iban: iban.REZ },
    { amount: '12.00', iban: iban.LUD },
  ]
  const [good] = readCamt(camt({ iban: iban.DGV, entries: [{ amount: '23.00', parts }] }))
  expect(good!.movements.map((movement) => [movement.amount, movement.counterparty_iban])).toEqual([
    ['11.00', iban.REZ],
    ['12.00', iban.LUD],
  ])
  const [odd] = readCamt(camt({ iban: iban.DGV, entries: [{ amount: '24.00', parts }] }))
  expect(odd!.movements.map((movement) => movement.amount)).toEqual(['24.00'])
  expect(odd!.findings).toEqual([{ code: 'batch_differs', place: '1' }])
})

test('opening balance and movements make the closing one, whatever the entries; a cent more is found', () => {
  const entry = fc.record({
    amount: fc.integer({ min: 1, max: 9_999_999 }).map((value) => (value / 100).toFixed(2)),
    side: fc.constantFrom('CRDT' as const, 'DBIT' as const),
  })
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), (given) => {
      const [read] = readCamt(camt({ iban: iban.DGV, opening: '2000000.00', entries: given }))
      expect(read!.findings).toEqual([])
      const closing = (Number(cents(read!.closing!) + 1n) / 100).toFixed(2)
      const [wrong] = readCamt(camt({ iban: iban.DGV, opening: '2000000.00', closing, entries: given }))
      expect(wrong!.findings).toEqual([{ code: 'balance_differs', expected: read!.closing, closing }])
    }),
    { numRuns: 60 },
  )
})

test('two movements alike in everything stay two; the same file has the same keys', () => {
  const same = { amount: '5.00', bank_reference: '-', iban: strangerIban }
  const keys = () => readCamt(camt({ iban: iban.DGV, entries: [same, same] }))[0]!.movements.map(({ key }) => key)
  expect(new Set(keys()).size).toBe(2)
  expect(keys()).toEqual(keys())
})

test('20,000 entries are read', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => ({
    amount: '1.00',
    iban: strangerIban,
    text: `Rek. X-2026-${index}`,
  }))
  expect(readCamt(camt({ iban: iban.DGV, entries: many }))[0]!.movements).toHaveLength(20_000)
})

// ---- samples of others, where they are at hand

const samples = fileURLToPath(new URL('../../../shared/einvoice/iso20022', import.meta.url))
const found = existsSync(samples) ? readdirSync(samples).filter((name) => /camt.?053/.test(name)) : []

test.each(found.length > 0 ? found : ['none at hand'])('a statement of a real bank: %s', (name) => {
  if (found.length === 0) return
  const expected = JSON.parse(readFileSync(`${samples}/expected.json`, 'utf8')) as Record<string, { xsd: string[] }>
  const file = readFileSync(`${samples}/${name}`)
  const message = /camt\.053\.001\.\d\d/.exec(text(file))![0]
  if (schemaFile(message) !== null) {
    expect(wrongBySchema(message, file).length > 0 ? ['XSD'] : []).toEqual(expected[name]!.xsd)
  }
  if (expected[name]!.xsd.length > 0) {
    expect(refusalOf(() => readCamt(file))).toMatchObject({ reason: 'no_statement' })
    return
  }
  const statements = readCamt(file)
  expect(statements.length).toBeGreaterThan(0)
  for (const statement of statements) {
    expect(statement.movements.length).toBeGreaterThan(0)
    expect(statement.findings).toEqual([])
  }
})

// ---- tables

const swedbank = `"Klienta konts";"Ieraksta tips";"Datums";"Saņēmējs/Maksātājs";"Informācija saņēmējam";"Summa";"Valūta";"Debets/Kredīts";"Arhīva kods";"Maksājuma veids";"Refernces numurs";"Dokumenta numurs";
"${iban.DGV}";"10";"01.04.2026";"";"Sākuma atlikums";"1 000,00";"EUR";"K";"";"AS";"";"";
"${iban.DGV}";"20";"10.04.2026";"Rēzeknes valstspilsētas pašvaldība, 90000025465, ${iban.REZ}";"Rek. DGV-2026-00001";"1298,00";"EUR";"K";"2026041000001";"MK";"RF18539007547034";"7";
"${iban.DGV}";"20";"10.04.2026";"Kancelejas preces";"papīrs; melns";"10,50";"EUR";"D";"2026041000002";"MK";"";"8";
"${iban.DGV}";"82";"10.04.2026";"";"Apgrozījums";"1298,00";"EUR";"K";"";"K2";"";"";
"${iban.DGV}";"86";"10.04.2026";"";"Beigu atlikums";"2287,50";"EUR";"K";"";"LS";"";"";
`

test('a table of Swedbank is read: balances, movements, the account in the party’s cell', () => {
  const [statement] = readStatementCsv(bytes(swedbank), null, {})
  expect(statement).toMatchObject({ iban: iban.DGV, opening: '1000.00', closing: '2287.50', findings: [] })
  expect(statement!.movements).toMatchObject([
    {
      booked_on: '2026-04-10',
      amount: '1298.00',
      counterparty_name: 'Rēzeknes valstspilsētas pašvaldība',
      counterparty_iban: iban.REZ,
      references: ['RF18539007547034'],
      bank_reference: '2026041000001',
    },
    { amount: '-10.50', counterparty_name: 'Kancelejas preces', text: 'papīrs; melns' },
  ])
})

test('a table in the alphabet of Windows for Latvian is read as what it says', () => {
  const letters: Record<string, number> = {
    Š: 0xd0,
    š: 0xf0,
    ē: 0xe7,
    ā: 0xe2,
    ū: 0xfb,
    ī: 0xee,
    ņ: 0xf2,
    ž: 0xfe,
    Ī: 0xce,
  }
  const encoded = Uint8Array.from([...swedbank].map((letter) => letters[letter] ?? letter.charCodeAt(0)))
  const [statement] = readStatementCsv(encoded, null, {})
  expect(statement!.movements[0]!.counterparty_name).toBe('Rēzeknes valstspilsētas pašvaldība')
})

test('a table with debit and credit columns, lines about the account first, and commas between', () => {
  const csv = `Konta pārskats ${iban.REZ}\nPeriods: 01.04.2026 - 30.04.2026\nDatums,Nosaukums,Konts,Detaļas,Debets,Kredīts\n2026-04-10,Daugavpils,${iban.DGV},"DGV-2026-00001","1,298.00",\n2026-04-11,Ludza,${iban.LUD},paldies,,5.00\n`
  const [statement] = readStatementCsv(bytes(csv), null, {})
  expect(statement!.iban).toBe(iban.REZ)
  expect(statement!.movements).toMatchObject([
    { amount: '-1298.00', counterparty_iban: iban.DGV },
    { amount: '5.00', counterparty_iban: iban.LUD },
  ])
})

test('columns of the organisation’s own are found by the names it has saved', () => {
  const csv = `Kad;Cik;Kam\n10.04.2026;-12,34;Daugavpils\n`
  expect(refusalOf(() => readStatementCsv(bytes(csv), iban.REZ, {}))).toMatchObject({ reason: 'columns' })
  const mapping = { date: 'Kad', amount: 'cik', counterparty_name: 'Kam' }
  const [statement] = readStatementCsv(bytes(csv), iban.REZ, mapping)
  expect(statement!.movements).toMatchObject([{ amount: '-12.34', counterparty_name: 'Daugavpils' }])
})

test.each([
  ['amount', `Datums;Summa\n10.04.2026;5,00\n11.04.2026;pieci\n`, 3],
  ['date', `Datums;Summa\n31.02.2026;5,00\n`, 2],
  ['currency', `Datums;Summa;Valūta\n10.04.2026;5,00;USD\n`, 2],
])('a row without a proper %s refuses the table whole, by its line', (element, csv, line) => {
  expect(refusalOf(() => readStatementCsv(bytes(csv), iban.REZ, {}))).toMatchObject({ reason: 'row', element, line })
})

test('a table that nobody’s account is known for, and an empty one, are refused', () => {
  expect(refusalOf(() => readStatementCsv(bytes(`Datums;Summa\n10.04.2026;5,00\n`), null, {})).reason).toBe(
    'no_account',
  )
  expect(refusalOf(() => readStatementCsv(new Uint8Array(), iban.REZ, {})).reason).toBe('empty')
  expect(refusalOf(() => readStatementCsv(bytes(`Datums;Summa\n`), iban.REZ, {})).reason).toBe('empty')
})

test('numbers and references are found in a text however they are written', () => {
  expect(tokensOf('Rek.Nr. DGV 2026/00012')).toContain('DGV202600012')
  expect(tokensOf('RF18 5390 0754 7034')).toContain('RF18539007547034')
  expect(tokensOf('par DGV-2026-\n00012')).toContain('DGV202600012')
  expect(tokensOf('RF185390\n07547034')).toContain('RF18539007547034')
})
