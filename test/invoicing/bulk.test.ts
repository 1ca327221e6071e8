import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { sql } from 'kysely'
import { readSheet } from 'read-excel-file/universal'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { readProjectFile } from '../../src/files.ts'
import { sealDocuments, sealUpTo, verifyArchive } from '../../src/invoicing/archive-commands.ts'
import { type Face, safeName, zipOf } from '../../src/invoicing/bulk.ts'
import { filesOf } from '../../src/invoicing/bulk-api.ts'
import { documentNames, getDocuments } from '../../src/invoicing/bulk-store.ts'
import { writeMonth } from '../../src/invoicing/folder-commands.ts'
import { pdfMaker } from '../../src/invoicing/pdf.ts'
import { getDocument } from '../../src/invoicing/store.ts'
import { ublOf } from '../../src/invoicing/ubl.ts'
import { freshDatabase } from '../support/database.ts'
import { createInvoicing } from './issued.ts'

const invoicing = await createInvoicing(await freshDatabase())
const { world, home, care } = invoicing
const { DGV, REZ } = world.organisation
const { db } = world.database
await invoicing.stay(home, 'REZ', 'R-7F3K', {
  from: '2026-02-10',
  funding: [{ source: 'client', per_unit: '2.00', cap_per_month: '40.00' }],
})
const visits = await invoicing.stay(care, 'LUD', 'L-22AB', {
  from: '2026-02-03',
  deliveries: [{ date: '2026-02-04', kind: 'delivered', quantity: '25.5' }],
})
const february = await invoicing.close('2026-02', '2026-03-05')
const right = [{ date: '2026-02-04', kind: 'delivered', quantity: '25' }] as const
await invoicing.change(visits, { deliveries: [...right] }, '2026-02-04')
const march = await invoicing.close('2026-03', '2026-04-07')
const issued = [...february, ...march]
const makePdf = pdfMaker(readProjectFile)
const everything = { of: null, month: null, type: null, counterparty_id: null }

const get = (
  code: 'DGV' | 'REZ' | 'LUD' | 'LPR',
  path: string,
  role: 'finance' | 'coordinator' | 'lister' = 'finance',
) => world.request(code, role, 'GET', `/api/v1${path}`)
const zipped = async (response: Response) => unzipSync(new Uint8Array(await response.arrayBuffer()))

test('documents read together are the documents read one by one', async () => {
  const ctx = world.as('DGV', 'finance')
  const together = await transact(ctx, async (tx) => {
    const names = await documentNames(tx, everything)
    return getDocuments(
      tx,
      names.map((each) => each.id),
    )
  })
  const apart = await transact(ctx, async (tx) => {
    const read = []
    for (const { id } of issued) read.push(await getDocument(tx, id))
    return read
  })
  expect(together).toMatchObject(apart)
})

test('a month comes as one ZIP: PDF and e-invoice of every document, the e-invoice with the bytes of its own address', async () => {
  const response = await get('DGV', '/invoices.zip?month=2026-02&role=issued')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-disposition')).toContain('vieta-issued-2026-02.zip')
  const files = await zipped(response)
  const numbers = february.map((each) => each.record.number)
  // Ludza has no number by which an e-invoice could name it: its document comes on paper alone
  const toRez = february.find((each) => each.buyer_id === REZ)!.record.number
  expect(Object.keys(files).sort()).toEqual([...numbers.map((number) => `${number}.pdf`), `${toRez}.xml`].sort())
  const own = february.find((each) => each.record.number === toRez)!
  expect(new TextDecoder().decode(files[`${toRez}.xml`])).toBe(ublOf(own.record))
  expect(Buffer.from(files[`${toRez}.pdf`]!).subarray(0, 5).toString()).toBe('%PDF-')
})

test('each party gets its own documents, and a month without any is not found', async () => {
  expect(Object.keys(await zipped(await get('REZ', '/invoices.zip?role=received'))).length).toBeGreaterThan(0)
  expect((await get('REZ', '/invoices.zip?role=issued')).status).toBe(404)
  expect((await get('DGV', '/invoices.zip?month=2025-01')).status).toBe(404)
  expect((await get('DGV', '/invoices.zip?month=2026-13')).status).toBe(422)
  expect((await get('DGV', '/invoices.zip?from=2026-04-01&to=2026-03-01')).status).toBe(422)
  expect((await get('DGV', '/invoices.zip', 'lister')).status).toBe(404)
})

test('a ZIP that nobody reads any more ends what makes it', async () => {
  let made = 0
  let ended = false
  async function* files(): AsyncGenerator<Face> {
    try {
      for (;;) {
        made += 1
        yield { name: `${made}.pdf`, bytes: new Uint8Array(1000), made_on: '2026-03-01', packed: true }
      }
    } finally {
      ended = true
    }
  }
  const reader = zipOf(files()).getReader()
  await reader.read()
  await reader.cancel()
  expect(ended).toBe(true)
  expect(made).toBeLessThan(10)
})

test('a ZIP whose source breaks is broken, not a shorter one', async () => {
  async function* files(): AsyncGenerator<Face> {
    yield { name: 'a.pdf', bytes: new Uint8Array(10), made_on: '2026-03-01', packed: true }
    throw new Error('the database went away')
  }
  await expect(new Response(zipOf(files())).arrayBuffer()).rejects.toThrow()
})

test('the register is CSV with a byte order mark, semicolons and commas, or points where asked', async () => {
  const text = await (await get('DGV', '/invoices.csv?role=issued')).arrayBuffer()
  const csv = new TextDecoder('utf-8', { ignoreBOM: true }).decode(text)
  expect(csv.startsWith('\ufeff')).toBe(true)
  const lines = csv
    .slice(1)
    .split('\r\n')
    .filter((line) => line !== '')
  expect(lines).toHaveLength(issued.length + 1)
  const credit = march.find((each) => each.record.type === 'credit_note')!
  const row = lines.find((line) => line.startsWith(credit.record.number))!
  expect(row).toContain(`;-${credit.record.total.replace('.', ',')}`)
  const points = await (await get('DGV', '/invoices.csv?role=issued&decimal=point')).text()
  expect(points).toContain(`;-${credit.record.total}`)
})

test('the workbook has numbers and dates, and sums to what the documents come to', async () => {
  const response = await get('DGV', '/invoices.xlsx?role=issued')
  const rows = await readSheet(await response.arrayBuffer())
  expect(rows).toHaveLength(issued.length + 1)
  const body = rows.slice(1)
  for (const row of body) {
    expect(row[2]).toBeInstanceOf(Date)
    expect(typeof row.at(-1)).toBe('number')
  }
  const cents = body.reduce((all, row) => all + Math.round(Number(row.at(-1)) * 100), 0)
  const expected = issued.reduce(
    (all, { record }) => all + Math.round(Number(record.total) * 100) * (record.type === 'invoice' ? 1 : -1),
    0,
  )
  expect(cents).toBe(expected)
})

test('a list is narrowed by a part of the number and by days of issue', async () => {
  const numbers = async (query: string) =>
    ((await (await get('DGV', `/invoices?${query}`)).json()) as { items: { number: string }[] }).items.map(
      (item) => item.number,
    )
  const { number } = february[0]!.record
  expect(await numbers(`number=${number.slice(-5).toLowerCase()}`)).toEqual([number])
  expect(await numbers('number=%25')).toEqual([])
  expect((await numbers('from=2026-04-01')).length).toBe(march.length)
  expect((await numbers('to=2026-03-31')).length).toBe(february.length)
})

test('file names are safe on every system', () => {
  expect(safeName('DGV-2026-00001')).toBe('DGV-2026-00001')
  expect(safeName('../../etc/passwd')).toBe('-.-etc-passwd')
  expect(safeName('a/b\\c:d*e?"<>|')).toBe('a-b-c-d-e-')
  expect(safeName('con')).toBe('_con')
  expect(safeName('..')).toBe('document')
  expect(safeName('Rēķins 7. ')).toBe('Rēķins 7')
})

test('a folder gets every document of a month, whole, and nothing else', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'vieta-month-')), 'made', 'here')
  const done = await writeMonth(world.system(), '2026-02', folder)
  expect(done).toEqual({ documents: 2, files: 3 })
  const names = readdirSync(folder).sort()
  expect(names).toHaveLength(3)
  expect(names.some((name) => name.endsWith('.part'))).toBe(false)
  const xml = names.find((name) => name.endsWith('.xml'))!
  const own = february.find((each) => `${each.record.number}.xml` === xml)!
  expect(readFileSync(join(folder, xml), 'utf8')).toBe(ublOf(own.record))
})

test('a folder that cannot be made is answered in a sentence', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'vieta-month-')), 'a file')
  writeFileSync(file, '')
  await expect(writeMonth(world.system(), '2026-02', file)).rejects.toThrow(/^The folder .* cannot be made/)
})

test('every document is sealed once, by the hour, and a PDF when it is first made', async () => {
  expect(await sealUpTo(db, world.clock, 1000)).toBe(issued.length)
  await sealDocuments(db, world.clock)
  const seals = await db.selectFrom('audit_event').selectAll().where('action', '=', 'sealDocument').execute()
  expect(seals.map((seal) => seal.subject_id).sort()).toEqual(issued.map((each) => each.id).sort())
  const { id } = february[0]!
  await get('DGV', `/invoices/${id}.pdf`)
  await get('DGV', `/invoices/${id}.pdf`)
  const pdfs = await db.selectFrom('audit_event').selectAll().where('action', '=', 'sealPdf').execute()
  expect(pdfs.filter((seal) => seal.subject_id === id)).toHaveLength(1)
  expect(pdfs.find((seal) => seal.subject_id === id)!.seller_id).toBe(DGV)
})

test('the archive as it was sealed is found whole, files made again included', async () => {
  for await (const _ of filesOf(
    world.as('DGV', 'finance'),
    issued.map(({ id, record }) => ({ id, number: record.number })),
    makePdf,
  ));
  const report = await verifyArchive(world.system(), makePdf)
  expect(report).toEqual({ documents: issued.length, unsealed: 0, pdfs: issued.length, findings: [] })
})

/** Changes the database as its owner, looks, and puts it back. */
async function tampered(change: string, back: string) {
  await sql.raw(change).execute(db)
  const { findings } = await verifyArchive(world.system(), makePdf)
  await sql.raw(back).execute(db)
  expect((await verifyArchive(world.system())).findings).toEqual([])
  return findings
}

test('one byte that changed is found: a party, a line, what it was rated from', async () => {
  const { id, record } = february.find((each) => each.buyer_id === REZ)!
  const swap = (from: string, to: string) =>
    `update document set record = replace(record::text, '${from}', '${to}')::jsonb where id = '${id}'`
  const [party] = await tampered(swap('Atbrīvošanas aleja 93', 'Atbrīvošanas aleja 94'), swap('aleja 94', 'aleja 93'))
  expect(party).toMatchObject({ number: record.number, changed: ['record', 'xml', 'pdf'] })
  const line = (by: string) =>
    `update charge set buyer_amount = buyer_amount ${by} where document_id = '${id}' and line_no = 1`
  const [changed] = await tampered(line('+ 0.01'), line('- 0.01'))
  expect(changed!.changed).toContain('lines')
  const evidence = (from: string, to: string) =>
    `update rating_evidence set facts = replace(facts, '${from}', '${to}') where buyer_id = '${REZ}'`
  const [rated] = await tampered(evidence('2026-02-10', '2026-02-11'), evidence('2026-02-11', '2026-02-10'))
  expect(rated!.changed).toContain('evidence')
})

test('a document that cannot be put together any more is found, and its neighbours are still looked at', async () => {
  const offer = `seller_id = '${DGV}' and offer_id = '${home}' and close_month = '2026-02'`
  const findings = await tampered(
    `update closed_offer set offer_id = '${DGV}' where ${offer}`,
    `update closed_offer set offer_id = '${home}' where offer_id = '${DGV}'`,
  )
  const toRez = february.find((each) => each.buyer_id === REZ)!
  expect(findings).toMatchObject([{ number: toRez.record.number, changed: ['evidence', 'xml'] }])
})

test('a document that is gone is found', async () => {
  const { id, record } = february[0]!
  await sql`create table kept as select * from document where id = ${id}`.execute(db)
  await sql`alter table document disable trigger all`.execute(db)
  await sql`delete from document where id = ${id}`.execute(db)
  const { findings } = await verifyArchive(world.system())
  await sql`insert into document select * from kept`.execute(db)
  await sql`alter table document enable trigger all`.execute(db)
  expect(findings).toMatchObject([{ document_id: id, changed: ['missing'] }])
  expect(record.number).toBeTruthy()
})
