import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { BinaryRows } from '../../src/db/binary-rows.ts'
import type { BulkTable, Row } from '../../src/db/bulk.ts'
import { freshDatabase } from '../support/database.ts'

const onPostgres = inject('database').kind === 'postgres'

const table: BulkTable = {
  name: 'every_type',
  columns: [
    ['place', 'int'],
    ['id', 'uuid'],
    ['amount', 'numeric'],
    ['note', 'text'],
    ['facts', 'jsonb'],
    ['kept', 'json'],
    ['day', 'date'],
    ['at', 'timestamptz'],
  ],
}

const numbers = [
  '0',
  '0.00',
  '-0.05',
  '0.0001',
  '0.00001234',
  '7',
  '43.10',
  '9999.9999',
  '10000',
  '10000.00001',
  '-123456789012345678901234567890.123456789012',
  '1000000000000',
  '40000.5',
]
const texts = ['', 'plain', 'Rēzekne\t\\N\n"ā"', 'ž'.repeat(70), 'x'.repeat(200_000), '\u{1f600}'.repeat(40)]
const days = ['2026-03-31', '2000-01-01', '1999-12-31', '1900-02-28', '2100-03-01']

function rowOf(place: number): Row {
  const id = `01a2075f-63f6-7380-892a-${String(place).padStart(12, '0')}`
  const note = texts[place % texts.length]!
  const facts = JSON.stringify({ note: note.slice(0, 100), place })
  const at = `2026-0${(place % 9) + 1}-01T10:20:30.${String(place % 1000).padStart(3, '0')}Z`
  const row = [place, id, numbers[place % numbers.length]!, note, facts, facts, days[place % days.length]!, at]
  return row.map((value, index) => (index > 0 && (place + index) % 7 === 0 ? null : value))
}

test.skipIf(!onPostgres)('every value goes in and comes out by COPY as it is', async () => {
  const database = await freshDatabase()
  await sql`create table every_type (place int, id uuid, amount numeric, note text, facts jsonb, kept json, day date, at timestamptz)`.execute(
    database.db,
  )
  const rows = Array.from({ length: 300 }, (_, place) => rowOf(place))
  await database.bulk!.withCopy(async (copy) => {
    const spool = copy.spool(table)
    const send = async (more: readonly Row[]) => {
      for (const row of more) spool.add(row)
      spool.keep()
      expect(spool.rows).toBe(more.length)
      const into = copy.into(table)
      for (const chunk of spool.take()) await into.bytes(chunk)
      await into.end()
    }
    await send(rows.slice(0, 150))
    for (const row of rows) spool.add(row)
    spool.forget()
    await send(rows.slice(150))
    spool.drop()
  })
  const stored = await sql<Record<string, string | number | null>>`
    select place, id::text, amount::text, note, facts::text::json::text as facts, kept::text, day::text,
      to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from every_type order by place`.execute(
    database.db,
  )
  const parsed = (row: Row) =>
    row.map((value, index) => (index === 4 && value !== null ? JSON.parse(String(value)) : value))
  expect(stored.rows.map((row) => parsed(Object.values(row)))).toEqual(rows.map(parsed))
  await database.bulk!.withCopy(async (copy) => {
    const reading = new BinaryRows(2)
    let place = 0
    for await (const chunk of copy.out(
      'select place, row(id, amount, note, facts, day) from every_type order by place',
    )) {
      reading.take(chunk)
      while (reading.next()) {
        const [, id, amount, note, facts, , day] = rows[place]!
        const json = facts === null ? null : JSON.parse(String(facts))
        expect([reading.int(0), ...reading.record(1)]).toEqual([place, id, amount, note, json, day])
        place += 1
      }
    }
    expect(place).toBe(rows.length)
  })
})

test.skipIf(!onPostgres)('what is no number, id or moment is refused before it is sent', async () => {
  const database = await freshDatabase()
  const wrong = [
    ['amount', '1e5'],
    ['amount', '12.'],
    ['amount', '.5'],
    ['id', '01a2075f-63f6-7380-892a-00000000000g'],
    ['id', 'x'],
    ['at', 'yesterday'],
  ] as const
  await database.bulk!.withCopy(async (copy) => {
    for (const [name, value] of wrong) {
      const spool = copy.spool({ name: 'any', columns: table.columns.filter(([column]) => column === name) })
      expect(() => spool.add([value])).toThrow(RangeError)
    }
    expect(() => copy.spool(table).add([1])).toThrow('columns')
  })
})
