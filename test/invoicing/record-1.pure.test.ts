/**
 * Documents of version 1, as a close kept them before documents had wishes and looks. They were issued: what they say, on page,
 * on paper and to machines, is the same in ten years, byte for byte. When a test here fails, the change is wrong, not the file.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readProjectFile } from '../../src/files.ts'
import { explainLine } from '../../src/invoicing/explain-line.ts'
import { pdfMaker } from '../../src/invoicing/pdf.ts'
import { monthKey } from '../../src/invoicing/record.ts'
import { type ChargeRow, type ClosedOffer, recordOf, type StoredRecord } from '../../src/invoicing/rows.ts'
import { ublOf } from '../../src/invoicing/ubl.ts'
import { explainAgain } from '../../src/settlement/evidence.ts'

type Kept = {
  seller_id: string
  buyer_id: string
  stored: StoredRecord
  charges: ChargeRow[]
  evidence: string | null
  offers: { offer_id: string; facts: string }[]
}

const folder = 'test/golden/record-1'
const golden = (name: string) => readFileSync(`${folder}/${name}`, 'utf8')
const hashes = JSON.parse(golden('pdf-sha256.json')) as Record<string, string>
const makePdf = pdfMaker(readProjectFile)

const records = (JSON.parse(golden('kept.json')) as Kept[]).map((kept) => {
  const closed = new Map(kept.offers.map(({ offer_id, facts }) => [offer_id, JSON.parse(facts) as ClosedOffer]))
  const terms = new Map([...closed].map(([offer, { terms }]) => [offer, terms]))
  const parties = { seller: kept.seller_id, buyer: kept.buyer_id }
  const rated = explainAgain(kept.evidence!, terms, parties, kept.stored.close_month)
  const explained = new Map(rated.map((each) => [monthKey(each.placement, each.service_month), each.rated]))
  return recordOf(kept.stored, kept.charges, closed, explained)
})

test('an invoice of every sort of line, a later one with a difference, and a credit note are kept', () => {
  expect(records.map(({ version, type, number }) => [version, type, number])).toEqual([
    [1, 'invoice', 'DGV-2026-00001'],
    [1, 'invoice', 'DGV-2026-00002'],
    [1, 'credit_note', 'DGV-2026-00003'],
  ])
  expect(new Set(records.flatMap(({ lines }) => lines.map(({ kind }) => kind)))).toEqual(
    new Set(['standard', 'absence', 'no_show', 'minimum', 'adjustment']),
  )
})

for (const language of ['lv', 'en'] as const) {
  for (const record of records.map((each) => ({ ...each, language }))) {
    const name = `${record.number}.${language}`

    test(`${name}: every line is explained in the same words`, () => {
      const said = record.lines.map((line) => explainLine(line, language, record.wording))
      expect(said).toEqual(JSON.parse(golden(`${name}.words.json`)))
    })

    test(`${name}: the e-invoice has the same bytes`, () => {
      expect(ublOf(record)).toBe(golden(`${name}.xml`))
    })

    test(`${name}: the file on paper has the same bytes`, async () => {
      const bytes = await makePdf(record)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(hashes[`${name}.pdf`])
    })
  }
}
