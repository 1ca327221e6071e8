/** The region's counts: each figure from the decisions themselves, by the day that its definition names, and only to whom it belongs. */
import { unzipSync } from 'fflate'
import { beforeAll, expect, test } from 'vitest'
import { newId } from '../../src/ids.ts'
import { declineReferral, endPlacement, prolongPlacement, withdrawReferral } from '../../src/placements/commands.ts'
import { MoveAcceptance, MoveInput } from '../../src/placements/move.ts'
import { acceptMove, proposeMove } from '../../src/placements/move-commands.ts'
import { serviceCounts } from '../../src/region/commands.ts'
import { CountsQuery, figures, type ServiceCount } from '../../src/region/counts.ts'
import { askForPlaces, withdrawRequest } from '../../src/requests/commands.ts'
import { QueueEntryInput } from '../../src/requests/queue.ts'
import { joinQueue, leaveQueue, refuseQueuePlace } from '../../src/requests/queue-commands.ts'
import { RequestInput } from '../../src/requests/request.ts'
import { market, refusalOf } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2025-12-30')
const m = market(world)
const seller = world.as('DGV', 'lister')
const buyer = (code: Code = 'REZ') => world.as(code, 'buyer')
const kindOf = (code: string) =>
  world.database.db
    .insertInto('service_kind')
    .values({ code, name_lv: code, name_en: code })
    .onConflict((conflict) => conflict.doNothing())
    .execute()

const counts = async (who: Code, query: object = {}) =>
  (await serviceCounts(world.as(who), CountsQuery.parse({ from: '2026-01', to: '2026-06', ...query }))).items
const short = (rows: ServiceCount[]) =>
  rows.map((row) => [row.period, row.kind_code, figures.map((figure) => row[figure]).join(' ')].join(' ')).sort()
const of = (rows: ServiceCount[], code: Code) =>
  short(rows.filter((row) => row.organisation_id === world.organisation[code]))

beforeAll(async () => {
  await kindOf('respite')
  const offer = await m.offer({ kind_code: 'respite' }, { places: 50 })
  const other = await m.offer({ kind_code: 'respite' }, { places: 50 })
  const crisis = await m.offer({}, { places: 50 })
  const full = await m.offer({}, { places: 1 })
  // Recorded on the last day of 2025, in Latvia already of the new year.
  world.clock.now = () => new Date('2025-12-31T23:30:00Z')
  await m.placed({ offer, wanted_from: '2026-01-10', wanted_to: '2026-02-28' })
  world.clock.now = () => new Date(`${world.clock.today()}T12:00:00Z`)

  world.clock.set('2026-03-02')
  const stay = await m.placed({ offer, wanted_from: '2026-03-10', wanted_to: '2026-06-30' })
  await m.placed({ offer, wanted_from: '2026-03-10', buyer: 'LUD' })
  await m.placed({ offer, wanted_from: '2026-03-10', buyer: 'DGV' })
  // Places reserved for nobody yet are no grant.
  await m.placed({ offer, wanted_from: '2026-03-10', resident_id: null, places: 2 })
  // The decision was made in the half-year before, and is recorded now.
  const step = { decision: 'Lēmums Nr. 7', longer_reason: null, note: '' }
  await prolongPlacement(buyer(), stay.id, { ...step, valid_to: '2026-08-31', decided_on: '2025-12-29' })
  await prolongPlacement(buyer(), stay.id, { ...step, valid_to: '2026-09-30' })
  // A move for the same kind of service is no new grant; one for another kind is.
  for (const to of [other, crisis]) {
    const moved = await m.placed({ offer, wanted_from: '2026-03-03' })
    const move = await proposeMove(
      buyer(),
      moved.id,
      MoveInput.parse({
        kind: 'place',
        to_offer_id: to,
        moves_on: '2026-03-20',
        decision: 'Lēmums',
        decided_on: '2026-03-02',
      }),
    )
    if (move.status === 'proposed') await acceptMove(seller, move.id, MoveAcceptance.parse({}))
  }
  // Gone on the first day because the resident wished so; and later, which is no refusal.
  for (const valid_to of ['2026-03-10', '2026-03-12']) {
    const left = await m.placed({ offer, wanted_from: '2026-03-10' })
    await endPlacement(seller, left.id, { valid_to, reason: 'resident_wish', note: '' })
  }
  await declineReferral(seller, (await m.submitted({ offer, wanted_from: '2026-03-10' })).id, {
    reason: 'no_place',
    note: '',
  })
  // Two sellers' offers of one kind: the resident refuses once.
  const request = await askForPlaces(
    buyer(),
    RequestInput.parse({
      offer_ids: [offer, other],
      resident_id: (await m.resident()).id,
      wanted_from: '2026-03-10',
      mode: 'first_fit',
      answer_by: '2026-03-04T12:00:00Z',
    }),
  )
  await withdrawRequest(buyer(), request.id, { reason: 'resident_refused' })

  const taken = await m.placed({ offer: full, wanted_from: '2026-03-01' })
  const wait = async (code: Code) =>
    joinQueue(
      buyer(code),
      QueueEntryInput.parse({
        offer_id: full,
        resident_id: (await m.resident(code)).id,
        priority: 'other',
        applied_on: '2025-12-01',
        wanted_from: '2026-03-01',
      }),
    )
  const first = await wait('REZ')
  await wait('LUD')
  world.clock.set('2026-04-01')
  await endPlacement(seller, taken.id, { valid_to: '2026-04-10', reason: 'moved', note: '' })
  await refuseQueuePlace(buyer(), first.id, { note: '' })
  world.clock.set('2026-05-04')
  await leaveQueue(buyer(), first.id, { note: '' })
})

test('a municipality reads its own half-year as buyer, by kind of service', async () => {
  // granted prolonged declined queued waiting refused
  expect(short(await counts('REZ'))).toEqual(['2026-H1 day-care 2 0 1 1 0 0', '2026-H1 respite 6 1 2 0 0 1'])
  expect(short(await counts('REZ', { from: '2025-07', to: '2025-12' }))).toEqual(['2025-H2 respite 0 1 0 0 0 0'])
})

test('the seller counts what it gave to all of its buyers, and not why a request ended', async () => {
  expect(short(await counts('DGV', { side: 'seller' }))).toEqual([
    '2026-H1 day-care 2 0 1 2 1 0',
    '2026-H1 respite 8 1 1 0 0 1',
  ])
  expect(await counts('REZ', { side: 'seller' })).toEqual([])
})

test('the region reads all, and its sums are those of the municipalities', async () => {
  const rows = await counts('LPR')
  for (const code of ['REZ', 'LUD', 'DGV'] as const) expect(of(rows, code)).toEqual(short(await counts(code)))
  expect(of(rows, 'LUD')).toEqual(['2026-H1 day-care 0 0 0 1 1 0', '2026-H1 respite 1 0 0 0 0 0'])
  const one = await counts('LPR', { organisation_id: world.organisation.LUD })
  expect(short(one)).toEqual(of(rows, 'LUD'))
  expect(JSON.stringify(rows)).not.toMatch(/Ilze|Bērziņa|REZ-|LUD-/)
})

test('month by month it comes to the half-year, and who waits is who waits at the end of each', async () => {
  const months = await counts('DGV', { side: 'seller', by: 'month' })
  expect(short(months.filter((row) => row.kind_code === 'day-care'))).toEqual([
    '2026-03 day-care 2 0 0 2 2 0',
    '2026-04 day-care 0 0 1 0 2 0',
    '2026-05 day-care 0 0 0 0 1 0',
  ])
  const half = await counts('DGV', { side: 'seller' })
  const sum = (rows: ServiceCount[]) =>
    figures.filter((figure) => figure !== 'waiting').map((figure) => rows.reduce((all, row) => all + row[figure], 0))
  expect(sum(months)).toEqual(sum(half))
})

test('a report is made again as it was known on its day', async () => {
  expect(short(await counts('DGV', { side: 'seller', as_of: '2026-03-31' }))).toEqual([
    '2026-H1 day-care 2 0 0 2 2 0',
    '2026-H1 respite 8 1 1 0 0 1',
  ])
  expect(short(await counts('REZ', { as_of: '2026-01-01' }))).toEqual(['2026-H1 respite 1 0 0 0 0 0'])
})

test('what cannot be asked is refused at its field', async () => {
  const ask = (query: object) => refusalOf(counts('REZ', query))
  expect(await ask({ from: '2026-06', to: '2026-01' })).toMatchObject({ code: 'invalid_input', fields: ['to'] })
  expect(await ask({ from: '2020-01', to: '2026-01' })).toMatchObject({ code: 'invalid_input', fields: ['to'] })
  expect(await ask({ as_of: '2026-05-05' })).toMatchObject({ code: 'invalid_input', fields: ['as_of'] })
  expect(await ask({ organisation_id: world.organisation.LUD })).toMatchObject({ code: 'not_found' })
  expect(await ask({ organisation_id: newId() })).toMatchObject({ code: 'not_found' })
  const answered = async (query: string) => {
    const response = await world.request('REZ', 'buyer', 'GET', `/api/v1/service-counts?${query}`)
    const { errors } = (await response.json()) as { errors?: { path: string }[] }
    return [response.status, errors?.[0]?.path]
  }
  expect(await answered('side=both')).toEqual([422, 'side'])
  expect(await answered('by=year')).toEqual([422, 'by'])
  expect(await answered('from=2026-13')).toEqual([422, 'from'])
  expect(await answered('as_of=2026-02-30')).toEqual([422, 'as_of'])
  expect(await answered('organisation_id=LUD')).toEqual([422, 'organisation_id'])
  expect(await answered('colour=red')).toEqual([422, 'colour'])
  expect((await world.request('REZ', 'administrator', 'GET', '/api/v1/service-counts')).status).toBe(404)
})

test('the API, the page and both files say the same', async () => {
  const query = 'from=2026-01&to=2026-06&side=seller'
  const { items } = (await (await world.request('DGV', 'lister', 'GET', `/api/v1/service-counts?${query}`)).json()) as {
    items: ServiceCount[]
  }
  expect(items).toEqual(await counts('DGV', { side: 'seller' }))
  const read = { 'accept-language': 'lv' }
  const csv = await (
    await world.request('DGV', 'lister', 'GET', `/api/v1/service-counts.csv?${query}`, undefined, read)
  ).text()
  expect(csv.split('\r\n')[0]).toContain('Periods;No;Līdz;Sniedzēja pašvaldība;Pakalpojuma veids;Piešķirts;Pagarināts')
  expect(csv.split('\r\n')).toContain(
    '2026. gada 1. pusgads;2026-01-01;2026-06-30;Daugavpils valstspilsētas pašvaldība;Dienas aprūpes centrs;2;0;1;2;1;0',
  )
  const xlsx = await world.request('DGV', 'lister', 'GET', `/api/v1/service-counts.xlsx?${query}`)
  expect(Object.keys(unzipSync(new Uint8Array(await xlsx.arrayBuffer())))).toContain('xl/worksheets/sheet1.xml')
  const cookie = await world.cookie('LPR', 'coordinator')
  const page = await world.app.request('/service-counts?period=2026-H1', { headers: { cookie } })
  const html = await page.text()
  expect([page.status, html.includes('Pa pašvaldībām'), html.includes('2026. gada 1. pusgads')]).toEqual([
    200,
    true,
    true,
  ])
  const bad = await world.app.request('/service-counts?period=2026-H3', { headers: { cookie } })
  expect(bad.status).toBe(422)
})

test('a single referral that the resident refuses counts as declined for both parties; for another reason, as a draft or a part of a request it does not', async () => {
  world.clock.set('2026-06-01')
  await kindOf('transport')
  const offer = await m.offer({ kind_code: 'transport' }, { places: 50 })
  const sent = async () => (await m.submitted({ offer, wanted_from: '2026-06-10' })).id
  await withdrawReferral(buyer(), await sent(), { reason: 'resident_refused' })
  await withdrawReferral(buyer(), await sent(), { reason: 'not_needed' })
  await withdrawReferral(buyer(), (await m.draft({ offer, wanted_from: '2026-06-10' })).id, {
    reason: 'resident_refused',
  })
  const request = await askForPlaces(
    buyer(),
    RequestInput.parse({
      ...{ offer_ids: [offer, await m.offer({ kind_code: 'transport' }, { places: 50 })], mode: 'first_fit' },
      ...{ resident_id: (await m.resident()).id, wanted_from: '2026-06-10', answer_by: '2026-06-04T12:00:00Z' },
    }),
  )
  const part = await world.database.db
    .selectFrom('referral')
    .select('id')
    .where('request_id', '=', request.id)
    .executeTakeFirstOrThrow()
  await withdrawReferral(buyer(), part.id, { reason: 'resident_refused' })
  const kind = (rows: ServiceCount[]) => short(rows.filter((row) => row.kind_code === 'transport'))
  expect(kind(await counts('REZ'))).toEqual(['2026-H1 transport 0 0 1 0 0 0'])
  expect(kind(await counts('DGV', { side: 'seller' }))).toEqual(['2026-H1 transport 0 0 1 0 0 0'])
  expect(kind(await counts('REZ', { as_of: '2026-05-31' }))).toEqual([])
})
