import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { roles } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { freshDatabase } from '../support/database.ts'
import { createInvoicing } from './issued.ts'

const invoicing = await createInvoicing(await freshDatabase())
const { world, home, care } = invoicing
const { DGV, REZ, LUD } = world.organisation
await invoicing.stay(home, 'REZ', 'R-7F3K', {
  from: '2026-02-10',
  surcharges: ['single_room'],
  funding: [
    { source: 'client', per_unit: '2.00', cap_per_month: '40.00' },
    { source: 'ESF', percent: '85', collected_by: 'buyer' },
  ],
})
await invoicing.stay(home, 'REZ', null, { from: '2026-02-01', places: 3 })
const visits = await invoicing.stay(care, 'LUD', 'L-22AB', {
  from: '2026-02-03',
  deliveries: [{ date: '2026-02-04', kind: 'delivered', quantity: '25.5' }],
})
const february = await invoicing.close('2026-02', '2026-03-05')
const deliveries = [
  { date: '2026-02-04', kind: 'delivered', quantity: '25' },
  { date: '2026-03-04', kind: 'delivered', quantity: '3' },
] as const
await invoicing.change(visits, { deliveries: [...deliveries] }, '2026-02-04')
const march = await invoicing.close('2026-03', '2026-04-07')
const toRez = february.find((issued) => issued.buyer_id === REZ)!
const toLud = february.find((issued) => issued.buyer_id === LUD)!
const credit = march.find((issued) => issued.record.type === 'credit_note')!

const get = (code: 'DGV' | 'REZ' | 'LUD' | 'LPR', role: (typeof roles)[number], path: string) =>
  world.request(code, role, 'GET', `/api/v1/invoices${path}`)
const list = async (code: 'DGV' | 'REZ' | 'LUD' | 'LPR', query = '') =>
  (await (await get(code, 'finance', query)).json()) as {
    items: { number: string; type: string }[]
    next_cursor: string | null
  }
const numbers = async (code: 'DGV' | 'REZ' | 'LUD' | 'LPR', query = '') =>
  (await list(code, query)).items.map((item) => item.number)

/** The file's text, blanks that do not break as blanks. */
function textOf(pdf: ArrayBuffer): string {
  const file = join(mkdtempSync(join(tmpdir(), 'vieta-pdf-')), 'document.pdf')
  writeFileSync(file, new Uint8Array(pdf))
  return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).replaceAll('\u00a0', ' ')
}

test('a list is newest first and narrowed by role, month, type and the other party', async () => {
  expect(await numbers('DGV')).toEqual([
    'DGV-2026-00005',
    'DGV-2026-00004',
    'DGV-2026-00003',
    'DGV-2026-00002',
    'DGV-2026-00001',
  ])
  expect(await numbers('DGV', '?role=received')).toEqual([])
  expect(await numbers('LUD', '?role=issued')).toEqual([])
  expect((await numbers('LUD', '?role=received')).length).toBe(3)
  expect(await numbers('DGV', `?month=2026-02&counterparty_id=${REZ}`)).toEqual([toRez.record.number])
  expect(await numbers('DGV', '?type=credit_note')).toEqual([credit.record.number])
  expect(await numbers('DGV', '?month=2026-01')).toEqual([])
})

test('pages follow each other without a gap or a repetition', async () => {
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(
      'DGV',
      `?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
    )
    seen.push(...page.items.map((item) => item.number))
    cursor = page.next_cursor
  } while (cursor !== null)
  expect(seen).toEqual(await numbers('DGV'))
})

test('a document gives its record with every line explained, and what corrected it', async () => {
  const response = await get('LUD', 'finance', `/${toLud.id}`)
  expect(response.status).toBe(200)
  const document = (await response.json()) as Record<string, never>
  expect(document.record).toEqual(JSON.parse(JSON.stringify(toLud.record)))
  expect(document.corrected_by).toEqual([
    { id: credit.id, type: 'credit_note', number: credit.record.number, issued_on: '2026-04-07', amount: '5.00' },
  ])
  expect(await (await get('LUD', 'finance', `/${credit.id}`)).json()).toMatchObject({
    corrects_id: toLud.id,
    corrected_by: [],
  })
})

test('both parties and those set over them read it; a third municipality finds nothing, in any role', async () => {
  for (const [code, role] of [
    ['DGV', 'finance'],
    ['DGV', 'auditor'],
    ['REZ', 'coordinator'],
    ['LPR', 'coordinator'],
    ['LPR', 'auditor'],
  ] as const) {
    expect([code, role, (await get(code, role, `/${toRez.id}`)).status]).toEqual([code, role, 200])
  }
  for (const role of roles) {
    for (const path of [`/${toRez.id}`, `/${toRez.id}.pdf`]) {
      expect([role, path, (await get('LUD', role, path)).status]).toEqual([role, path, 404])
    }
  }
  expect(await numbers('LUD')).not.toContain(toRez.record.number)
  expect(await numbers('LUD', `?counterparty_id=${REZ}`)).toEqual([])
  const cookie = await world.cookie('LUD', 'finance')
  for (const path of [`/invoices/${toRez.id}`, `/invoices/${toRez.id}.pdf`, `/invoices/${toRez.id}/lines/1`]) {
    expect((await world.app.request(path, { headers: { cookie } })).status).toBe(404)
  }
})

test('roles without money see no documents at all', async () => {
  for (const role of ['lister', 'buyer', 'administrator'] as const) {
    for (const path of ['', `/${toRez.id}`, `/${toRez.id}.pdf`]) expect((await get('DGV', role, path)).status).toBe(404)
  }
  expect((await world.app.request('/api/v1/invoices')).status).toBe(401)
  expect((await world.app.request(`/api/v1/invoices/${toRez.id}.pdf`)).status).toBe(401)
})

test('what cannot be meant is refused and named; what is not there is not found', async () => {
  for (const [query, path] of [
    ['?month=2026-13', 'month'],
    ['?month=March', 'month'],
    ['?role=both', 'role'],
    ['?type=receipt', 'type'],
    ['?counterparty_id=REZ', 'counterparty_id'],
    ['?cursor=nonsense', 'cursor'],
    [`?cursor=${btoa('["2026-02-30","x"]')}`, 'cursor'],
    [`?cursor=${btoa(`["2026-03-05","${newId()}","more"]`)}`, 'cursor'],
    ['?limit=0', 'limit'],
    ['?limit=201', 'limit'],
  ]) {
    const response = await get('DGV', 'finance', query!)
    expect([query, response.status]).toEqual([query, 422])
    expect(((await response.json()) as { errors: { path: string }[] }).errors.map((error) => error.path)).toEqual([
      path,
    ])
  }
  for (const path of [
    `/${newId()}`,
    '/1',
    '/DGV-2026-00001',
    `/${newId()}.pdf`,
    '/x.pdf',
    '/.pdf',
    `/${toRez.id}.json`,
  ]) {
    expect([path, (await get('DGV', 'finance', path)).status]).toEqual([path, 404])
  }
  const cookie = await world.cookie('DGV', 'finance')
  expect((await world.app.request('/invoices?month=2026-13', { headers: { cookie } })).status).toBe(422)
  expect((await world.app.request(`/invoices/${toRez.id}/lines/99`, { headers: { cookie } })).status).toBe(404)
})

test('the file says what the record says, every Latvian letter of it', async () => {
  const response = await get('REZ', 'finance', `/${toRez.id}.pdf`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  expect(response.headers.get('content-disposition')).toBe(`inline; filename="${toRez.record.number}.pdf"`)
  const kept = await get('REZ', 'finance', `/${toRez.id}.pdf?download=1`)
  expect(kept.headers.get('content-disposition')).toBe(`attachment; filename="${toRez.record.number}.pdf"`)
  const issued = textOf(await response.arrayBuffer())
  expect(issued).toContain('Kā aprēķināta katra rinda, redzams sistēmā Vieta')
  expect(issued).not.toContain('19 × 29,9117 = 568,3223')
  const text = textOf(await (await get('REZ', 'finance', `/${toRez.id}.pdf?annex=explanation`)).arrayBuffer())
  for (const words of [
    `Rēķins ${toRez.record.number}`,
    'Daugavpils valstspilsētas pašvaldība',
    'Krišjāņa Valdemāra iela 1, Daugavpils, LV-5401',
    'Grupu dzīvoklis „Šūpoles” Šķūņu ielā',
    'LV80 BANK 0000 4351 9500 1',
    '25.03.2026.',
    'R-7F3K',
    'rezervētas vietas',
    '29,9117 €',
    '568,32 €',
    '−38,00 €',
    '2 419,48 €',
    'Pievienotās vērtības nodokļa likuma 52. panta pirmās daļas 9. punkts',
    'Domes lēmums Nr. 131',
    '19 × 29,9117 = 568,3223',
    'katru dienu skaita 3 vietas',
    'lapa 1 no 2',
    'lapa 2 no 2',
  ]) {
    expect(text).toContain(words)
  }
})

test('a credit note on paper says which invoice it corrects, what was billed and what is right', async () => {
  const text = textOf(await (await get('LUD', 'finance', `/${credit.id}.pdf?annex=explanation`)).arrayBuffer())
  for (const words of [
    'Kredītrēķins',
    `${toLud.record.number}, izrakstīts 05.03.2026.`,
    'bija 295,03 €, ir 290,03 €',
    '5,00 €',
  ]) {
    expect(text).toContain(words)
  }
  expect(text).not.toContain('Apmaksāt līdz')
})

test('a document stays what it was when the organisations, the offer and its price change: the same record, the same bytes', async () => {
  const { db } = world.database
  const before = await (await get('REZ', 'finance', `/${toRez.id}.pdf`)).arrayBuffer()
  const record = await (await get('REZ', 'finance', `/${toRez.id}`)).json()
  world.clock.set('2026-06-01')
  await db
    .updateTable('organisation')
    .set({ name: 'Jaunā pašvaldība', iban: null, invoice_prefix: 'NEW', invoice_language: 'en' })
    .where('id', 'in', [DGV, REZ])
    .execute()
  await db.updateTable('offer').set({ title: 'Cits nosaukums' }).where('seller_id', '=', DGV).execute()
  await db
    .updateTable('price')
    .set({ decision: 'cits', withdrawn_at: '2026-05-01T00:00:00Z' })
    .where('seller_id', '=', DGV)
    .execute()
  await db.updateTable('service_kind').set({ name_lv: 'Cits veids' }).execute()
  const after = await (await get('REZ', 'finance', `/${toRez.id}.pdf`)).arrayBuffer()
  expect(Buffer.compare(Buffer.from(before), Buffer.from(after))).toBe(0)
  expect(await (await get('REZ', 'finance', `/${toRez.id}`)).json()).toEqual(record)
})

test('what is issued can be neither changed nor deleted, not even by its seller', async () => {
  const { transact } = await import('../../src/context.ts')
  const ctx = world.as('DGV')
  await expect(
    transact(ctx, (tx) => tx.updateTable('document').set({ total: '1.00' }).where('id', '=', toRez.id).execute()),
  ).rejects.toThrow()
  await expect(transact(ctx, (tx) => tx.deleteFrom('charge').where('seller_id', '=', DGV).execute())).rejects.toThrow()
})

test('the pages show the list with its totals, a document with every explanation, and its corrections', async () => {
  const cookie = await world.cookie('LUD', 'finance')
  const page = async (path: string) => {
    const response = await world.app.request(path, { headers: { cookie } })
    expect([path, response.status]).toEqual([path, 200])
    return (await response.text()).replaceAll('\u00a0', ' ').replaceAll('&nbsp;', ' ')
  }
  const issued = await page('/invoices')
  expect(issued).toContain('Rēķinu nav')
  const received = await page('/invoices?role=received')
  for (const each of [toLud, credit]) expect(received).toContain(each.record.number)
  expect(received).toContain('−5,00 €')
  const document = await page(`/invoices/${toLud.id}`)
  for (const words of [
    'L-22AB',
    '295,03 €',
    'kā aprēķināta katra rinda',
    credit.record.number,
    'atdots 5,00 €',
    'id="line-2"',
    `/invoices/${toLud.id}.pdf`,
  ]) {
    expect(document).toContain(words)
  }
  expect(await page(`/invoices/${credit.id}`)).toContain(`/invoices/${toLud.id}"`)
  expect(await page(`/invoices/${toLud.id}/lines/2`)).toContain('5,5 × 10,005 = 55,0275')
  const region = await world.cookie('LPR', 'coordinator')
  const all = await (await world.app.request('/invoices', { headers: { cookie: region } })).text()
  for (const each of [...february, ...march]) expect(all).toContain(each.record.number)
})

test('where the kept facts come to other figures now, the line says so everywhere, and the issued figures stay', async () => {
  const { db } = world.database
  const evidence = () => db.updateTable('rating_evidence').where('buyer_id', '=', LUD)
  await evidence().set({ facts: sql`replace(facts, '*25', '*24')` }).execute()
  const sentence =
    'Šīs rindas skaidrojumu vairs nevar parādīt, jo aprēķina versija ir mainījusies; spēkā ir dokumentā norādītās summas.'
  const cookie = await world.cookie('LUD', 'finance')
  for (const issued of [toLud, credit]) {
    const { record } = (await (await get('LUD', 'finance', `/${issued.id}`)).json()) as typeof issued
    const { lines, ...head } = issued.record
    expect(record).toMatchObject(head)
    const changed = record.lines.filter((line) => line.explanation_note === 'other_calculation')
    expect(changed).toHaveLength(1)
    const { explanation: now, explanation_note: _, ...figures } = changed[0]!
    const { explanation: before, ...asIssued } = lines.find((line) => line.line_no === figures.line_no)!
    expect(figures).toEqual(asIssued)
    if (figures.kind !== 'adjustment') expect(now).toBeNull()
    else expect(now).toEqual({ ...before, month: null, withheld: [], rated_lines: [] })
    const page = await (await world.app.request(`/invoices/${issued.id}`, { headers: { cookie } })).text()
    expect(page.split(sentence)).toHaveLength(2)
    expect(page).not.toContain('vairs nekas nav jāmaksā')
    const text = textOf(await (await get('LUD', 'finance', `/${issued.id}.pdf?annex=explanation`)).arrayBuffer())
    expect(text.replace(/\s+/g, ' ')).toContain(sentence)
  }
  await evidence().set({ facts: sql`replace(facts, '*24', '*25')` }).execute()
  const { record } = (await (await get('LUD', 'finance', `/${toLud.id}`)).json()) as typeof toLud
  expect(record).toEqual(JSON.parse(JSON.stringify(toLud.record)))
})
