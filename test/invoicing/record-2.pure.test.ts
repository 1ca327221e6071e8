/**
 * Documents of version 2 were drawn by the library. They were issued: their files have the same bytes in ten years, whatever
 * draws newer ones. When a test here fails, the change is wrong, not the hash.
 */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { readProjectFile } from '../../src/files.ts'
import { pdfMaker } from '../../src/invoicing/pdf.ts'
import type { DocumentRecord } from '../../src/invoicing/record.ts'
import { recordsOf } from '../../src/scenario/documents.ts'
import { parseScenario } from '../../src/scenario/format.ts'

/** Three services, half of the lines with what the client pays. */
function invoiceOf(lines: number): DocumentRecord {
  const prices = { aprupe: '14.43', transports: '11.35', terapija: '27.4' }
  const offers = Object.entries(prices).map(([id, unit_price]) => ({
    id,
    seller: 'DGV',
    unit: 'hour',
    prices: [{ from: '2026-01-01', unit_price }],
  }))
  const placements = Array.from({ length: lines }, (_, index) => ({
    id: `R-${String(index).padStart(4, '0')}`,
    offer: ['aprupe', 'transports', 'terapija'][index % 3],
    buyer: 'REZ',
    from: '2026-01-01',
    ...(index % 2 === 0 ? { funding: [{ source: 'client', percent: '10' }] } : {}),
  }))
  const deliveries = placements.map(({ id }, index) => ({
    placement: id,
    date: '2026-03-10',
    kind: 'delivered',
    quantity: String(1 + (index % 9)),
  }))
  const steps = [{ close: '2026-03' }]
  return recordsOf(parseScenario({ parties: ['DGV', 'REZ'], offers, placements, deliveries, absences: [], steps }))[0]!
}

const makePdf = pdfMaker(readProjectFile)
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test.each([
  [3, '63c5353b65cbb9383d1698cb1c940512731f1141fdc58f6bc1de370dee76ef91'],
  [100, 'fa4b4cb4c88b9872c0b8045cdbd76ec1acf502c16cde13f59d824cb723f1859c'],
])('a document of version 2 with %i lines keeps its bytes', async (lines, hash) => {
  expect(hashOf(await makePdf({ ...invoiceOf(lines), version: 2, wording: 1 }))).toBe(hash)
})

test('version 3 says the same in fewer bytes, and the same bytes whoever made other documents before', async () => {
  const record = invoiceOf(12)
  const alone = await pdfMaker(readProjectFile)(record)
  await makePdf({ ...invoiceOf(3), seller: { ...record.seller, name: 'Ąžuolų Łódź Ţăran Приют ДІМ' } })
  expect(hashOf(await makePdf(record))).toBe(hashOf(alone))
  expect(alone.length).toBeLessThan((await makePdf({ ...record, version: 2 })).length)
})
