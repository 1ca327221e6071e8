import { expect, test } from 'vitest'
import { recordAbsence, recordDeliveries, saveSheet } from '../../src/deliveries/commands.ts'
import type { Role } from '../../src/identity/permissions.ts'
import type { Refusal } from '../../src/refusal.ts'
import { freshDatabase } from '../support/database.ts'
import { closedMonthIn, offerIn, placementIn } from '../support/stay.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
const lister = () => world.as('DGV', 'lister')
const offer = await offerIn(world, { title: 'Dienas aprūpes centrs' })
const care = await offerIn(world, { title: 'Aprūpe mājās', unit: 'hour' })
const cookies = new Map<string, string>()

async function cookie(code: Code, role: Role): Promise<string> {
  const key = `${code}.${role}`
  if (!cookies.has(key)) cookies.set(key, await world.cookie(code, role))
  return cookies.get(key)!
}
async function get(path: string, code: Code = 'DGV', role: Role = 'lister') {
  const response = await world.app.request(path, { headers: { cookie: await cookie(code, role) } })
  return { status: response.status, html: await response.text(), headers: response.headers }
}
async function post(path: string, fields: [string, string][] | FormData, code: Code = 'DGV', role: Role = 'lister') {
  const form = fields instanceof FormData
  const response = await world.app.request(path, {
    method: 'POST',
    headers: {
      cookie: await cookie(code, role),
      origin: 'http://localhost',
      ...(form ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    body: form ? fields : new URLSearchParams(fields).toString(),
  })
  return { status: response.status, html: await response.text(), location: response.headers.get('location') }
}
const recordedFor = async (placement: string) =>
  (
    await db
      .selectFrom('delivery')
      .selectAll()
      .where('placement_id', '=', placement)
      .where('withdrawn_at', 'is', null)
      .orderBy('delivered_on')
      .execute()
  ).map((row) => `${row.delivered_on.slice(8)} ${row.kind} ${row.quantity}`)
/** The fields of the sheet's form as a browser sends them. */
function fieldsOf(html: string): [string, string][] {
  const form = /<form method="post" action="\/deliveries\?.*?<\/form>/s.exec(html)![0]
  return [...form.matchAll(/<input[^>]*>/g)].flatMap(([tag]): [string, string][] => {
    const of = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]
    if (of('type') === 'checkbox' && !/ checked/.test(tag)) return []
    return [[of('name')!, of('value') ?? '']]
  })
}

test('a sheet is filled in, changed and cleared, each save only with what was changed', async () => {
  const placement = await placementIn(world, offer, { valid_from: '2026-03-02', name: ['Anna', 'Bērziņa'] })
  const path = `/deliveries?offer=${offer}&month=2026-03`
  const empty = await get(path)
  expect([empty.status, empty.html.includes('Anna Bērziņa')]).toEqual([200, true])
  expect(empty.html).not.toContain(`${placement}:2026-03-01`)
  const saved = await post(path, [
    ...fieldsOf(empty.html),
    ['attended', `${placement}:2026-03-02`],
    ['attended', `${placement}:2026-03-03`],
  ])
  expect([saved.status, saved.location]).toEqual([303, `${path}&done=sheet_saved`])
  expect(await recordedFor(placement)).toEqual(['02 delivered 1', '03 delivered 1'])
  const filled = fieldsOf((await get(path)).html).filter(([, value]) => value !== `${placement}:2026-03-02`)
  await post(path, [...filled, ['attended', `${placement}:2026-03-04`]])
  expect(await recordedFor(placement)).toEqual(['03 delivered 1', '04 delivered 1'])
  const rows = await db.selectFrom('delivery').selectAll().where('placement_id', '=', placement).execute()
  expect(rows).toHaveLength(3)
})

test('figures and no-shows are filled in on the page of one placement', async () => {
  const placement = await placementIn(world, care)
  const path = `/deliveries?placement=${placement}&month=2026-03`
  const typed = new Map(fieldsOf((await get(path)).html))
  typed.set(`quantity:${placement}:2026-03-02`, '2,5').set(`no_show:${placement}:2026-03-03`, '1')
  expect((await post(path, [...typed])).status).toBe(303)
  expect(await recordedFor(placement)).toEqual(['02 delivered 2.5', '03 no_show 1'])
  const again = new Map(fieldsOf((await get(path)).html))
  again.set(`quantity:${placement}:2026-03-02`, '3').set(`no_show:${placement}:2026-03-03`, '')
  await post(path, [...again])
  expect(await recordedFor(placement)).toEqual(['02 delivered 3'])
})

test('a figure that cannot be read comes back as it was typed, and nothing is saved', async () => {
  const placement = await placementIn(world, care)
  const path = `/deliveries?placement=${placement}&month=2026-03`
  const typed = new Map(fieldsOf((await get(path)).html))
  typed.set(`quantity:${placement}:2026-03-02`, 'divas').set(`quantity:${placement}:2026-03-03`, '2')
  const answer = await post(path, [...typed])
  expect(answer.status).toBe(422)
  expect(answer.html).toContain('value="divas"')
  expect(answer.html).toMatch(new RegExp(`name="quantity:${placement}:2026-03-03" value="2"`))
  expect(answer.html).toContain(`#sheet-quantity-${placement}-2026-03-02`)
  expect(await recordedFor(placement)).toEqual([])
})

test('what somebody else changed meanwhile is not overwritten unseen, and what they did elsewhere is kept', async () => {
  const placement = await placementIn(world, care)
  const path = `/deliveries?placement=${placement}&month=2026-03`
  const mine = new Map(fieldsOf((await get(path)).html))
  await recordDeliveries(lister(), [
    { placement_id: placement, delivered_on: '2026-03-02', quantity: '4' },
    { placement_id: placement, delivered_on: '2026-03-05', quantity: '5' },
  ])
  mine.set(`quantity:${placement}:2026-03-02`, '2')
  const refused = await post(path, [...mine])
  expect([refused.status, /tagad ierakstīts 4/.test(refused.html)]).toEqual([409, true])
  expect(await recordedFor(placement)).toEqual(['02 delivered 4', '05 delivered 5'])
  // The form that came back knows what is recorded now: saved again, it does what its reader was told.
  expect((await post(path, fieldsOf(refused.html))).status).toBe(303)
  expect(await recordedFor(placement)).toEqual(['02 delivered 2', '05 delivered 5'])
})

test('two who save the same day at the same moment do not record it twice', async () => {
  const placement = await placementIn(world, care)
  const cell = (after: string) =>
    [{ placement_id: placement, delivered_on: '2026-03-02', kind: 'delivered', before: null, after }] as const
  const answers = await Promise.allSettled([saveSheet(lister(), cell('2')), saveSheet(lister(), cell('3'))])
  expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected'])
  const refused = answers.find((answer) => answer.status === 'rejected')!
  expect((refused.reason as Refusal).code).toBe('changed_meanwhile')
  expect(await recordedFor(placement)).toHaveLength(1)
})

test('a sheet refuses what a delivery refuses, and names the day', async () => {
  const placement = await placementIn(world, care, { valid_to: '2026-03-20' })
  const foreign = await placementIn(world, await offerIn(world, { seller: 'LUD' }), { seller: 'LUD' })
  const day = (placement_id: string, delivered_on: string) =>
    [{ placement_id, delivered_on, kind: 'no_show', before: null, after: '1' }] as const
  for (const [cells, path, message] of [
    [day(placement, '2026-03-21'), `no_show:${placement}:2026-03-21`, 'refusal.delivery_outside_placement'],
    [day(foreign, '2026-03-02'), `no_show:${foreign}:2026-03-02`, 'validation.not_known'],
  ] as const) {
    const refusal = await saveSheet(lister(), cells).then(
      () => null,
      (error) => error as Refusal,
    )
    expect(refusal?.fields).toMatchObject([{ path, message }])
  }
  await expect(saveSheet(world.as('DGV', 'finance'), [])).rejects.toThrow('not_permitted')
})

test('R16: a closed month may still be corrected; the page says what follows, and the change leaves a trace', async () => {
  const placement = await placementIn(world, care, { valid_from: '2026-01-01', valid_to: '2026-01-31' })
  await closedMonthIn(world, '2026-01')
  const page = await get(`/deliveries?placement=${placement}&month=2026-01`)
  expect(page.html).toContain('jau ir slēgts')
  await saveSheet(lister(), [
    { placement_id: placement, delivered_on: '2026-01-05', kind: 'delivered', before: null, after: '1' },
  ])
  expect(
    await db.selectFrom('rating_due').select('from_month').where('placement_id', '=', placement).execute(),
  ).toEqual([{ from_month: '2026-01' }])
})

test('the buyer reads the sheet of its own residents, a third municipality finds nothing, overseers see no names', async () => {
  const own = await offerIn(world, { title: 'Darbnīca' })
  const rez = await placementIn(world, own, { name: ['Zenta', 'Zariņa'] })
  await placementIn(world, own, { buyer: 'DGV', name: ['Oto', 'Egle'] })
  const path = `/deliveries?offer=${own}&month=2026-03`
  const buyer = await get(path, 'REZ', 'buyer')
  expect([buyer.status, /Zenta Zariņa/.test(buyer.html), /Oto Egle/.test(buyer.html)]).toEqual([200, true, false])
  expect(buyer.html).not.toContain('type="checkbox"')
  const buyersLister = await get(path, 'REZ', 'lister')
  expect([buyersLister.status, buyersLister.html.includes('type="checkbox"')]).toEqual([200, false])
  const overseer = await get(path, 'LPR', 'coordinator')
  expect([overseer.status, /Zenta|Oto/.test(overseer.html)]).toEqual([200, false])
  for (const role of ['lister', 'buyer', 'finance', 'coordinator', 'auditor', 'administrator'] as const) {
    expect((await get(path, 'LUD', role)).status).toBe(404)
    expect((await get(`/deliveries?placement=${rez}&month=2026-03`, 'LUD', role)).status).toBe(404)
  }
  expect((await post(path, [], 'DGV', 'finance')).status).toBe(403)
  for (const wrong of ['offer=x', 'placement=x', `offer=${rez}`])
    expect((await get(`/deliveries?${wrong}`)).status).toBe(404)
  expect((await get('/deliveries?month=2026-13')).status).toBe(200)
})

test('the month and the service are chosen first: own services, and those of others with own residents', async () => {
  const other = await offerIn(world, { seller: 'LUD', title: 'Patversme Ludzā', unit: 'calendar_day' })
  await placementIn(world, other, { seller: 'LUD', buyer: 'DGV' })
  const page = await get('/deliveries?month=2026-03')
  expect(page.html).toContain('Dienas aprūpes centrs')
  expect(page.html).toContain('Patversme Ludzā')
  expect((await get('/deliveries?month=2019-03')).html).toContain('tabeļu nav')
})

test('calendar days are counted on the sheet, not filled in', async () => {
  const days = await offerIn(world, { unit: 'calendar_day' })
  const placement = await placementIn(world, days, { valid_from: '2026-03-10', valid_to: '2026-03-20' })
  await recordAbsence(lister(), {
    placement_id: placement,
    kind: 'hospital',
    valid_from: '2026-03-12',
    valid_to: '2026-03-13',
  })
  const { html } = await get(`/deliveries?offer=${days}&month=2026-03`)
  expect(html).not.toContain('type="checkbox"')
  expect(html).toContain('slimnīca')
  expect(html).toMatch(/sheet-total"[^>]*>10</)
})

test('an absence is added, corrected after a refusal, changed and withdrawn on pages', async () => {
  const placement = await placementIn(world, offer, { valid_from: '2026-03-02' })
  const path = `/deliveries/absences/new?placement=${placement}&month=2026-03`
  expect((await get(path)).status).toBe(200)
  const fields = (from: string, to: string): [string, string][] => [
    ['placement_id', placement],
    ['kind', 'illness'],
    ['valid_from', from],
    ['valid_to', to],
    ['note', ''],
  ]
  const refused = await post(path, fields('25.02.2026.', '01.03.2026.'))
  expect([refused.status, refused.html.includes('ārpus uzņemšanas perioda (02.03.2026. –')]).toEqual([422, true])
  const missing = await post(path, fields('2026-03-03', ''))
  expect([missing.status, missing.html.includes('#field-valid_to')]).toEqual([422, true])
  const made = await post(path, fields('2026-03-03', '2026-03-05'))
  expect(made.location).toBe(`/deliveries?placement=${placement}&month=2026-03&done=absence_recorded`)
  const { id } = await db
    .selectFrom('absence')
    .select('id')
    .where('placement_id', '=', placement)
    .executeTakeFirstOrThrow()
  expect((await get(`/deliveries/absences/${id}`)).html).toContain('2026-03-05')
  expect((await post(`/deliveries/absences/${id}`, fields('2026-03-03', '2026-03-06').slice(1))).status).toBe(303)
  for (const [code, role] of [
    ['REZ', 'lister'],
    ['LUD', 'lister'],
    ['DGV', 'buyer'],
  ] as const) {
    expect((await get(`/deliveries/absences/${id}`, code, role)).status).toBe(404)
    expect([403, 404]).toContain((await post(`/deliveries/absences/${id}/withdraw`, [], code, role)).status)
  }
  expect((await post(`/deliveries/absences/${id}/withdraw`, [['back', '//evil.example']])).location).toMatch(
    /^\/deliveries\?placement/,
  )
  expect((await get(`/deliveries/absences/${id}`)).status).toBe(404)
})

test('a file is imported from the page, its template leads the way, and a wrong line is named', async () => {
  const workshop = await offerIn(world, { title: 'Darbnīca; "Rīts"', unit: 'session' })
  const placement = await placementIn(world, workshop, { valid_from: '2026-03-09' })
  const template = await get(`/deliveries/template?offer=${workshop}&month=2026-03`)
  expect(template.headers.get('content-disposition')).toBe('attachment; filename="vieta-2026-03.csv"')
  expect(template.html).toMatch(/uzņemšana;klienta kods;pakalpojums;datums;veids;daudzums\r\n/)
  expect(template.html).toMatch(`${placement};`)
  expect(template.html).toMatch(';"Darbnīca; ""Rīts""";2026-03-09;sniegts;\r\n')
  const upload = async (text: string, code: Code = 'DGV') => {
    const form = new FormData()
    form.set('file', new File([text], 'marts.csv', { type: 'text/csv' }))
    return post('/deliveries/import?month=2026-03', form, code)
  }
  const wrong = await upload(template.html)
  expect([wrong.status, wrong.html.includes('2. rinda, daudzums: Aizpildiet šo lauku')]).toEqual([422, true])
  const right = template.html.replace('sniegts;\r\n', 'sniegts;1,5\r\n')
  expect((await upload(right, 'LUD')).status).toBe(422)
  const done = await upload(right)
  expect([done.status, done.html.includes('Ierakstīta 1 rinda')]).toEqual([200, true])
  expect(await recordedFor(placement)).toEqual(['09 delivered 1.5'])
  expect((await upload(right)).html).toContain('visas šī faila rindas jau ir ierakstītas')
  expect((await post('/deliveries/import', new FormData())).html).toContain('Izvēlieties failu')
  expect((await get(`/deliveries/template?offer=${workshop}&month=2026-03`, 'REZ')).status).toBe(404)
})
