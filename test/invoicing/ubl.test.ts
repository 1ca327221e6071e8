import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { roles } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { ublOf } from '../../src/invoicing/ubl.ts'
import { wrongIn } from '../einvoice/validate.ts'
import { freshDatabase } from '../support/database.ts'
import { inflated } from '../support/pdf.ts'
import { createInvoicing } from './issued.ts'

const invoicing = await createInvoicing(await freshDatabase())
const { world, home, care } = invoicing
const { DGV, REZ, LUD } = world.organisation
const stay = await invoicing.stay(home, 'REZ', 'R-7F3K', {
  from: '2026-02-10',
  surcharges: ['single_room'],
  funding: [
    { source: 'client', per_unit: '2.00', cap_per_month: '40.00' },
    { source: 'ESF', percent: '85', collected_by: 'buyer' },
  ],
  absences: [{ kind: 'hospital', from: '2026-02-20', to: '2026-03-04' }],
})
await invoicing.stay(care, 'LUD', 'L-22AB', {
  from: '2026-02-03',
  deliveries: [{ date: '2026-02-04', kind: 'delivered', quantity: '25.5' }],
})
const february = await invoicing.close('2026-02', '2026-03-05')
await invoicing.change(stay, { from: '2026-02-12' }, '2026-02-10')
const march = await invoicing.close('2026-03', '2026-04-07')
const issued = [...february, ...march]
const toRez = february.find((each) => each.buyer_id === REZ)!
const toLud = february.find((each) => each.buyer_id === LUD)!
const credit = march.find((each) => each.record.type === 'credit_note')!

type Code = 'DGV' | 'REZ' | 'LUD' | 'LPR'
const get = (code: Code, role: (typeof roles)[number], path: string) =>
  world.request(code, role, 'GET', `/api/v1/invoices${path}`)
const attached = (pdf: ArrayBuffer): string | null => {
  const folder = mkdtempSync(join(tmpdir(), 'vieta-pdf-'))
  writeFileSync(join(folder, 'document.pdf'), new Uint8Array(pdf))
  const list = execFileSync('pdfdetach', ['-list', join(folder, 'document.pdf')], { encoding: 'utf8' })
  if (!list.includes('invoice.xml')) return null
  execFileSync('pdfdetach', ['-save', '1', '-o', join(folder, 'out.xml'), join(folder, 'document.pdf')])
  return readFileSync(join(folder, 'out.xml'), 'utf8')
}

test('what was issued is given as an e-invoice that keeps to the official rules, by API and by page', async () => {
  const cookie = await world.cookie('REZ', 'finance')
  for (const { id, record } of issued.filter((each) => each.buyer_id === REZ)) {
    const response = await get('REZ', 'finance', `/${id}.xml`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/xml; charset=utf-8')
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${record.number}.xml"`)
    const xml = await response.text()
    expect(xml).toBe(ublOf(record))
    expect(wrongIn(xml)).toEqual([])
    expect(await (await world.app.request(`/invoices/${id}.xml`, { headers: { cookie } })).text()).toBe(xml)
  }
  expect(ublOf(credit.record)).toContain(
    `<cbc:ID>${toRez.record.number}</cbc:ID><cbc:IssueDate>2026-03-05</cbc:IssueDate></cac:InvoiceDocumentReference>`,
  )
})

test('both parties and those set over them read it; a third municipality and roles without money find nothing', async () => {
  const path = `/${toRez.id}.xml`
  for (const [code, role] of [
    ['DGV', 'finance'],
    ['DGV', 'auditor'],
    ['REZ', 'coordinator'],
    ['LPR', 'coordinator'],
    ['LPR', 'auditor'],
  ] as const) {
    expect([code, role, (await get(code, role, path)).status]).toEqual([code, role, 200])
  }
  for (const role of roles) expect([role, (await get('LUD', role, path)).status]).toEqual([role, 404])
  for (const role of ['lister', 'buyer', 'administrator'] as const) {
    expect([role, (await get('DGV', role, path)).status]).toEqual([role, 404])
  }
  expect((await world.app.request(`/api/v1/invoices${path}`)).status).toBe(401)
  const cookie = await world.cookie('LUD', 'finance')
  expect((await world.app.request(`/invoices${path}`, { headers: { cookie } })).status).toBe(404)
  for (const lost of [`/${newId()}.xml`, '/x.xml', '/.xml', `/${toRez.id}.json`]) {
    expect([lost, (await get('DGV', 'finance', lost)).status]).toEqual([lost, 404])
  }
})

test('the file on paper carries the same e-invoice inside', async () => {
  const pdf = await (await get('REZ', 'finance', `/${toRez.id}.pdf`)).arrayBuffer()
  expect(attached(pdf)).toBe(ublOf(toRez.record))
  expect(inflated(new Uint8Array(pdf)).replace(/\s+/g, '')).toContain('/AFRelationship/Alternative')
})

test('a party without any number has no e-invoice: the refusal names it, the page offers none, the paper goes without', async () => {
  const response = await get('LUD', 'finance', `/${toLud.id}.xml`)
  expect(response.status).toBe(409)
  const problem = await response.json()
  expect(problem).toMatchObject({ code: 'einvoice_party_unknown' })
  expect(JSON.stringify(problem)).toContain(toLud.record.buyer.name)
  const page = async (code: 'LUD' | 'REZ', id: string) =>
    (await world.app.request(`/invoices/${id}`, { headers: { cookie: await world.cookie(code, 'finance') } })).text()
  expect(await page('LUD', toLud.id)).not.toContain('.xml')
  expect(await page('REZ', toRez.id)).toContain(`/invoices/${toRez.id}.xml`)
  expect(attached(await (await get('LUD', 'finance', `/${toLud.id}.pdf`)).arrayBuffer())).toBeNull()
})

test('it stays what it was whatever changes later', async () => {
  const { db } = world.database
  const before = await (await get('REZ', 'finance', `/${toRez.id}.xml`)).text()
  await db
    .updateTable('organisation')
    .set({ name: 'Cita pašvaldība', iban: null, vat_number: null, einvoice_scheme: '0088', invoice_language: 'en' })
    .where('id', 'in', [DGV, REZ])
    .execute()
  await db.updateTable('offer').set({ title: 'Cits nosaukums' }).where('seller_id', '=', DGV).execute()
  expect(await (await get('REZ', 'finance', `/${toRez.id}.xml`)).text()).toBe(before)
})
