import { expect, test } from 'vitest'
import { csvOf, decodeCsv, readDeliveriesCsv } from '../../src/deliveries/csv.ts'
import { Refusal } from '../../src/refusal.ts'

const line = {
  line: 2,
  placement_id: null,
  token: 'REZ-1',
  offer: 'Aprūpe, mājās',
  delivered_on: '2026-03-02',
  kind: 'delivered',
  quantity: '2.5',
  note: '',
}
const read = (text: string) => {
  const { lines, errors } = readDeliveriesCsv(text)
  return { lines, errors: errors.map((error) => `${error.path} ${error.message}`) }
}
function refused(work: () => unknown): Refusal['facts'] {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, ...error.facts }
    throw error
  }
  throw new Error('it must be refused')
}

test.each([
  [
    'semicolons, Windows line ends and a mark',
    '\uFEFFtoken;offer;date;kind;quantity\r\nREZ-1;Aprūpe, mājās;2026-03-02;delivered;2,5\r\n',
  ],
  ['commas and quotation marks', 'token,offer,date,kind,quantity\nREZ-1,"Aprūpe, mājās",2026-03-02,delivered,"2,5"\n'],
  ['tabs', 'token\toffer\tdate\tkind\tquantity\nREZ-1\tAprūpe, mājās\t02.03.2026.\tsniegts\t2.5'],
  [
    'Latvian headers and dates, another order',
    'Datums;Daudzums;Pakalpojums;Klients\r2.3.2026;2,50;Aprūpe, mājās;REZ-1',
  ],
  [
    'a line that names the delimiter',
    'sep=;\r\nKlienta kods;Piedāvājums;Datums;Veids;Apjoms\r\nREZ-1;Aprūpe, mājās;2026-03-02;;2,5',
  ],
])('a file with %s is read', (_, text) => {
  const { lines, errors } = read(text)
  expect(errors).toEqual([])
  expect(lines).toEqual([{ ...line, line: text.startsWith('sep') ? 3 : 2, quantity: lines[0]!.quantity }])
  expect(Number(lines[0]!.quantity)).toBe(2.5)
})

test('every wrong line is named with its column, by its number in the file; the others are read', () => {
  const { lines, errors } = read(
    [
      'placement;token;offer;date;kind;quantity;note',
      'p1;;;2026-03-02;neierašanās;1;',
      '',
      ';;;2026-03-02;;1;',
      ';REZ-1;;2026-03-02;;1;',
      'p1;;;30.02.2026;;1;',
      'p1;;;2026-03-02;gone;1;',
      'p1;;;2026-03-02;;0;',
      'p1;;;2026-03-02;;-1;',
      'p1;;;2026-03-02;;1000000;',
      'p1;;;2026-03-02;;;',
      'p1;;;;;one;',
      'p1;;;2026-03-02;;1;x;y',
      ';;;;;;',
      'p1;;;2026-03-02;no-show;1;"two',
      'lines"',
    ].join('\n'),
  )
  expect(lines.map((each) => [each.line, each.kind, each.note])).toEqual([
    [2, 'no_show', ''],
    [15, 'no_show', 'two\nlines'],
  ])
  expect(errors).toEqual([
    'line 4.placement deliveries.csv.whose',
    'line 5.offer validation.required',
    'line 6.date validation.date',
    'line 7.kind deliveries.csv.kind',
    'line 8.quantity validation.more_than',
    'line 9.quantity validation.number',
    'line 10.quantity validation.too_many_digits',
    'line 11.quantity validation.required',
    'line 12.date validation.required',
    'line 12.quantity validation.number',
    'line 13 deliveries.csv.too_many_cells',
  ])
})

test('a decimal comma in a file divided by commas is found, not read as another cell', () => {
  expect(read('placement,date,quantity\np1,2026-03-02,2,5').errors).toEqual(['line 2 deliveries.csv.too_many_cells'])
})

test('what cannot be read at all is refused with the reason', () => {
  const header = 'placement;date;quantity\n'
  expect(refused(() => read(''))).toMatchObject({ code: 'csv_not_readable', reason: 'empty' })
  expect(refused(() => read('\uFEFF\r\n'))).toMatchObject({ reason: 'empty' })
  expect(refused(() => read(header))).toMatchObject({ reason: 'header_only' })
  expect(refused(() => read(`${header};;\n`))).toMatchObject({ reason: 'header_only' })
  expect(refused(() => read('placement;date\np1;2026-03-02'))).toMatchObject({
    reason: 'column_missing',
    column: 'quantity',
  })
  expect(refused(() => read('date;quantity\n2026-03-02;1'))).toMatchObject({ column: 'placement' })
  expect(refused(() => read('klients;date;quantity\nx;2026-03-02;1'))).toMatchObject({ column: 'offer' })
  expect(refused(() => read('placement;date;datums;quantity\np1;x;x;1'))).toMatchObject({ reason: 'column_twice' })
  expect(refused(() => read(`${header}p1;2026-03-02;"1\np1;2026-03-03;1`))).toMatchObject({ reason: 'quotes', line: 2 })
  expect(refused(() => read(`${header}p1;2026-03-02;1\np1;2026-03-03;"1"x`))).toMatchObject({
    reason: 'quotes',
    line: 3,
  })
  expect(refused(() => read(header + 'p1;2026-03-02;1\n'.repeat(5001)))).toMatchObject({
    reason: 'too_long',
    maximum: 5000,
  })
  expect(read(header + 'p1;2026-03-02;1\n'.repeat(5000)).lines).toHaveLength(5000)
})

test('bytes that are not UTF-8 are refused: Windows-1257, UTF-16, and a text that lost its letters on the way', () => {
  const windows1257 = Uint8Array.from([0x41, 0x70, 0x72, 0xfb, 0x70, 0x65])
  const utf16 = Uint8Array.from([0xff, 0xfe, 0x41, 0x00])
  for (const bytes of [windows1257, utf16, new TextEncoder().encode('Apr\uFFFDpe')]) {
    expect(refused(() => decodeCsv(bytes))).toMatchObject({ code: 'csv_not_readable', reason: 'encoding' })
  }
  expect(decodeCsv(new TextEncoder().encode('\uFEFFAprūpe'))).toBe('Aprūpe')
})

test('a file that we write is one that we read', () => {
  const text = csvOf([
    ['placement', 'token', 'offer', 'date', 'kind', 'quantity'],
    ['', 'REZ-1', 'Aprūpe "mājās"; cita', '2026-03-02', 'sniegts', '1'],
  ])
  expect(readDeliveriesCsv(text).lines).toMatchObject([{ offer: 'Aprūpe "mājās"; cita', quantity: '1' }])
})
