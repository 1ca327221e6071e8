import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { acceptReferral, changePlacement, endPlacement, prolongPlacement } from '../../src/placements/commands.ts'
import { PlacementChange, type PlacementEnd, type Prolongation } from '../../src/placements/placement.ts'
import { getPlacement, listPlacements, type PlacementRow, stepsOf } from '../../src/placements/store.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { market, refusalOf } from './market.ts'

const world = await createWorld(await freshDatabase())
const m = market(world)
const buyer = world.as('REZ', 'buyer')
const seller = world.as('DGV', 'lister')
const open = await m.offer()
await m.closed('2026-01')
await m.closed('2026-02')

const stay = (wanted_from: string, wanted_to: string | null, more: object = {}) =>
  m.placed({ offer: open, wanted_from, wanted_to, ...more })
const until = (valid_to: string | null, more: object = {}): Prolongation => ({
  valid_to,
  decision: null,
  note: '',
  ...more,
})
const ending = (valid_to: string, more: object = {}): PlacementEnd => ({
  valid_to,
  reason: 'goal_reached',
  note: '',
  ...more,
})
const as = (placement: PlacementRow, more: object = {}) => {
  const { valid_from, valid_to, places, price_class, surcharges, authorised, funding } = placement
  const now = { valid_from, valid_to, places, price_class, surcharges, authorised, funding, note: 'labojums' }
  return PlacementChange.parse({ ...now, ...more })
}

test('a placement is prolonged to a later date by a new decision, then without an end', async () => {
  const placement = await stay('2026-01-10', '2026-03-31')
  const longer = await prolongPlacement(buyer, placement.id, until('2026-06-30', { decision: 'SD-40', note: 'vēl' }))
  expect(longer).toMatchObject({ valid_to: '2026-06-30', decision: 'SD-40' })
  const endless = await prolongPlacement(seller, placement.id, until(null))
  expect(endless).toMatchObject({ valid_to: null, decision: 'SD-40' })
  expect(await refusalOf(prolongPlacement(seller, placement.id, until(null)))).toMatchObject({
    code: 'placement_has_no_end',
  })
  expect(await transact(seller, (tx) => stepsOf(tx, placement))).toMatchObject([
    { kind: 'started', valid_to: '2026-03-31', person_name: 'lister DGV' },
    { kind: 'prolonged', valid_to: '2026-06-30', note: 'vēl', person_name: null },
    { kind: 'prolonged', valid_to: null, person_name: 'lister DGV' },
  ])
  expect((await m.audit(placement.id)).slice(1)).toMatchObject([
    { action: 'prolongPlacement', before: { valid_to: '2026-03-31' }, after: { valid_to: '2026-06-30' } },
    { action: 'prolongPlacement', before: { valid_to: '2026-06-30' }, after: { valid_to: null } },
  ])
})

test('a prolongation ends later than before', async () => {
  const { id } = await stay('2026-01-10', '2026-03-31')
  for (const date of ['2026-03-31', '2026-03-30', '2020-01-01']) {
    expect(await refusalOf(prolongPlacement(buyer, id, until(date)))).toMatchObject({
      code: 'prolongation_not_later',
      facts: { date: '2026-03-31' },
    })
  }
  await prolongPlacement(buyer, id, until('2026-04-01'))
})

test('a prolongation needs places on the days it adds, and only there', async () => {
  const offer = await m.offer({}, { places: 1 })
  const placement = await m.placed({ offer, wanted_from: '2026-03-01', wanted_to: '2026-03-31' })
  await m.placed({ offer, wanted_from: '2026-05-01', wanted_to: null, buyer: 'LUD' })
  expect(await refusalOf(prolongPlacement(buyer, placement.id, until('2026-05-01')))).toMatchObject({
    code: 'no_place_free',
    facts: { date: '2026-05-01', capacity: 1, taken: 1, places: 1 },
  })
  expect(await refusalOf(prolongPlacement(buyer, placement.id, until(null)))).toMatchObject({ code: 'no_place_free' })
  expect(await prolongPlacement(buyer, placement.id, until('2026-04-30'))).toMatchObject({ valid_to: '2026-04-30' })
})

test('a prolongation and an acceptance at the same moment do not share the last place', async () => {
  const offer = await m.offer({}, { places: 1 })
  const placement = await m.placed({ offer, wanted_from: '2026-03-01', wanted_to: '2026-03-31' })
  const { id } = await m.submitted({ offer, buyer: 'LUD', wanted_from: '2026-04-01', wanted_to: '2026-04-30' })
  const answers = await Promise.allSettled([
    prolongPlacement(buyer, placement.id, until('2026-04-15')),
    acceptReferral(seller, id),
  ])
  expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(answers.find((answer) => answer.status === 'rejected')?.reason).toMatchObject({ code: 'no_place_free' })
})

test('an ended placement keeps its last date and reason, and gives its place back', async () => {
  const offer = await m.offer({}, { places: 1 })
  const placement = await m.placed({ offer, wanted_from: '2026-03-01', wanted_to: null })
  const ended = await endPlacement(seller, placement.id, ending('2026-03-20', { reason: 'moved', note: 'pie meitas' }))
  expect(ended).toMatchObject({ valid_to: '2026-03-20', end_reason: 'moved' })
  const { id } = await m.submitted({ offer, wanted_from: '2026-03-20' })
  expect(await refusalOf(acceptReferral(seller, id))).toMatchObject({ facts: { date: '2026-03-20' } })
  await m.placed({ offer, wanted_from: '2026-03-21' })
  const steps = await transact(seller, (tx) => stepsOf(tx, placement))
  expect(steps.at(-1)).toMatchObject({ kind: 'ended', valid_to: '2026-03-20', note: 'pie meitas' })
  expect((await m.audit(placement.id)).at(-1)).toMatchObject({
    action: 'endPlacement',
    before: { valid_to: null, end_reason: null },
    after: { valid_to: '2026-03-20', end_reason: 'moved' },
  })
})

test('a placement ends once, not before it began and not after its agreed end', async () => {
  const { id } = await stay('2026-03-10', '2026-06-30')
  expect(await refusalOf(endPlacement(seller, id, ending('2026-03-09')))).toMatchObject({
    code: 'end_before_start',
    facts: { end: '2026-03-09', start: '2026-03-10' },
  })
  expect(await refusalOf(endPlacement(seller, id, ending('2026-07-01')))).toMatchObject({
    code: 'end_after_agreed',
    facts: { date: '2026-06-30' },
  })
  await endPlacement(buyer, id, ending('2026-03-10'))
  const ended = { code: 'placement_ended', facts: { date: '2026-03-10' } }
  expect(await refusalOf(endPlacement(seller, id, ending('2026-03-10')))).toMatchObject(ended)
  expect(await refusalOf(prolongPlacement(buyer, id, until('2026-04-30')))).toMatchObject(ended)
})

test('what was delivered outside the new dates must be withdrawn first; the answer names the first such date', async () => {
  const placement = await stay('2026-01-10', '2026-06-30')
  await m.delivery(placement, '2026-03-10')
  await m.delivery(placement, '2026-03-25')
  await m.delivery(placement, '2026-03-30', true)
  const refused = (date: string) => refusalOf(endPlacement(seller, placement.id, ending(date)))
  const first = async (date: string) => (await refused(date)).facts
  expect(await refused('2026-03-24')).toMatchObject({ code: 'facts_outside_placement' })
  expect(await first('2026-03-24')).toMatchObject({ date: '2026-03-25' })
  expect(await first('2026-03-15')).toMatchObject({ date: '2026-03-25' })
  expect(await first('2026-03-09')).toMatchObject({ date: '2026-03-10' })
  const change = (more: object) => refusalOf(changePlacement(buyer, placement.id, as(placement, more)))
  expect(await change({ valid_from: '2026-03-11' })).toMatchObject({ facts: { date: '2026-03-10' } })
  await endPlacement(seller, placement.id, ending('2026-03-25'))
})

test('R6: an absence may reach over the edges of a stay, so it stands in the way of no new date', async () => {
  const placement = await stay('2026-01-10', '2026-06-30')
  await m.absence(placement, '2026-02-20', '2026-03-05')
  await m.absence(placement, '2026-03-18', '2026-03-22')
  await changePlacement(buyer, placement.id, as(placement, { valid_from: '2026-02-25' }))
  expect(await endPlacement(seller, placement.id, ending('2026-03-20'))).toMatchObject({ valid_to: '2026-03-20' })
})

test('either social service puts a placement right in hindsight, and everything is kept: before, after, who and why', async () => {
  const placement = await stay('2026-01-10', '2026-06-30')
  const changed = await changePlacement(
    buyer,
    placement.id,
    as(placement, {
      valid_from: '2026-01-05',
      valid_to: '2026-05-31',
      places: 2,
      price_class: 'project',
      surcharges: ['single_room'],
      authorised: { per_month: '20', per_year: '180', total: '100' },
      funding: [{ source: 'pension', per_month: '357.00' }],
      note: 'Lēmums precizēts',
    }),
  )
  expect(changed).toMatchObject({
    valid_from: '2026-01-05',
    valid_to: '2026-05-31',
    places: 2,
    price_class: 'project',
    surcharges: ['single_room'],
    authorised: { per_month: '20', per_year: '180', total: '100' },
    funding: [{ source: 'pension', per_month: '357.00', collected_by: 'seller' }],
  })
  await changePlacement(seller, placement.id, as(changed, { surcharges: [] }))
  expect((await m.audit(placement.id)).slice(1)).toMatchObject([
    { action: 'changePlacement', before: { places: 1, funding: [] }, after: { places: 2 } },
    { action: 'changePlacement', before: { surcharges: ['single_room'] }, after: { surcharges: [] } },
  ])
  const steps = await transact(buyer, (tx) => stepsOf(tx, placement))
  expect(steps.map((step) => `${step.kind} ${step.note}`)).toEqual([
    'started ',
    'changed Lēmums precizēts',
    'changed labojums',
  ])
})

test('the same change a second time records nothing', async () => {
  const placement = await stay('2026-01-10', '2026-06-30', { funding: [{ source: 'client', percent: '10' }] })
  await changePlacement(buyer, placement.id, as(placement))
  await changePlacement(buyer, placement.id, as(placement, { places: 2 }))
  await changePlacement(buyer, placement.id, as(placement, { places: 2 }))
  expect(await transact(buyer, (tx) => stepsOf(tx, placement))).toHaveLength(2)
})

test('a change is held to the offer’s surcharges and places; what was taken before stays', async () => {
  const offer = await m.offer({}, { places: 2 })
  const placement = await m.placed({
    offer,
    wanted_from: '2026-03-01',
    wanted_to: '2026-03-31',
    surcharges: ['escort'],
  })
  await m.placed({ offer, wanted_from: '2026-03-10', wanted_to: '2026-04-30' })
  await m.placed({ offer, wanted_from: '2026-04-10', wanted_to: '2026-04-30' })
  const change = (more: object) => refusalOf(changePlacement(seller, placement.id, as(placement, more)))
  expect(await change({ surcharges: ['escort', 'sea_view'] })).toMatchObject({ code: 'surcharge_not_offered' })
  expect(await change({ places: 2 })).toMatchObject({ code: 'no_place_free', facts: { date: '2026-03-10', taken: 1 } })
  expect(await change({ valid_to: '2026-04-20' })).toMatchObject({ facts: { date: '2026-04-10', taken: 2 } })
  await world.database.db.updateTable('offer').set({ surcharges: {} }).where('id', '=', offer).execute()
  expect(await change({ valid_to: '2026-04-09', price_class: 'project' })).toMatchObject({
    code: 'nothing was refused',
  })
  const { id } = await m.placed({ offer, wanted_from: '2026-05-01', wanted_to: null })
  await world.database.db.updateTable('capacity').set({ places: 0 }).where('offer_id', '=', offer).execute()
  const shrunk = await transact(seller, (tx) => getPlacement(tx, id))
  expect(await changePlacement(seller, id, as(shrunk, { authorised: { total: '5' } }))).toMatchObject({
    authorised: { total: '5' },
  })
})

test('an ended placement is put right too, but keeps a last date', async () => {
  const { id } = await stay('2026-01-10', null)
  const ended = await endPlacement(seller, id, ending('2026-02-15'))
  expect(await refusalOf(changePlacement(seller, id, as(ended, { valid_to: null })))).toMatchObject({
    fields: ['valid_to'],
  })
  expect(await changePlacement(seller, id, as(ended, { valid_to: '2026-02-20' }))).toMatchObject({
    valid_to: '2026-02-20',
    end_reason: 'goal_reached',
  })
})

test('a change that reaches a closed month leaves a trace from the first date that is different', async () => {
  const traces = async (
    work: (placement: PlacementRow) => Promise<unknown>,
    from = '2026-01-10',
    to: string | null,
  ) => {
    const placement = await stay(from, to)
    await world.database.db.deleteFrom('rating_due').where('placement_id', '=', placement.id).execute()
    await work(placement)
    return m.traces(placement.id)
  }
  const end = (date: string) => (p: PlacementRow) => endPlacement(seller, p.id, ending(date))
  const prolong = (date: string | null) => (p: PlacementRow) => prolongPlacement(buyer, p.id, until(date))
  const change = (more: object) => (p: PlacementRow) => changePlacement(buyer, p.id, as(p, more))
  expect(await traces(end('2026-02-10'), '2026-01-10', null)).toEqual(['2026-02'])
  expect(await traces(end('2026-03-10'), '2026-01-10', null)).toEqual([])
  // The old last date was the departure day and is an ordinary one now (R1).
  expect(await traces(prolong('2026-04-30'), '2026-01-10', '2026-02-28')).toEqual(['2026-02'])
  expect(await traces(prolong(null), '2026-01-10', '2026-03-31')).toEqual([])
  expect(await traces(change({ valid_to: '2026-02-15' }), '2026-01-10', '2026-06-30')).toEqual(['2026-02'])
  expect(await traces(change({ valid_from: '2026-01-02' }), '2026-02-10', '2026-06-30')).toEqual(['2026-01'])
  expect(await traces(change({ funding: [{ source: 'client', percent: '10' }] }), '2026-01-10', null)).toEqual([
    '2026-01',
  ])
  expect(await traces(change({ funding: [{ source: 'client', percent: '10' }] }), '2026-03-10', null)).toEqual([])
})

test('both parties see a placement, the region too, a third municipality does not, in any role', async () => {
  const { id } = await stay('2026-01-10', '2026-06-30')
  const seen = (code: Code, ...roles: Role[]) =>
    refusalOf(transact(world.as(code, ...roles), (tx) => getPlacement(tx, id))).then((answer) => answer.code)
  for (const role of ['lister', 'buyer', 'finance', 'coordinator', 'auditor'] as const) {
    expect(await seen('REZ', role)).toBe('nothing was refused')
    expect(await seen('DGV', role)).toBe('nothing was refused')
    expect(await seen('LUD', role), role).toBe('not_found')
  }
  expect(await seen('LPR', 'coordinator')).toBe('nothing was refused')
  const stranger = world.as('LUD')
  const placement = await transact(buyer, (tx) => getPlacement(tx, id))
  for (const work of [
    () => prolongPlacement(stranger, id, until('2026-12-31')),
    () => endPlacement(stranger, id, ending('2026-03-01')),
    () => changePlacement(stranger, id, as(placement, { places: 9 })),
    () => endPlacement(stranger, 'no-id', ending('2026-03-01')),
  ]) {
    expect(await refusalOf(work)).toMatchObject({ code: 'not_found' })
  }
  expect(await refusalOf(endPlacement(world.as('LPR', 'coordinator'), id, ending('2026-03-01')))).toMatchObject({
    code: 'not_permitted',
  })
})

test('placements change only by social workers', async () => {
  const placement = await stay('2026-01-10', '2026-06-30')
  for (const role of ['finance', 'coordinator', 'auditor', 'administrator'] as const) {
    const ctx = world.as('REZ', role)
    for (const work of [
      () => prolongPlacement(ctx, placement.id, until('2026-12-31')),
      () => endPlacement(ctx, placement.id, ending('2026-03-01')),
      () => changePlacement(ctx, placement.id, as(placement, { places: 2 })),
    ]) {
      expect(await refusalOf(work), role).toMatchObject({ code: 'not_permitted' })
    }
  }
})

test('the list is filtered by side, standing, offer and token, and read page by page', async () => {
  const offer = await m.offer()
  const past = await m.placed({ offer, wanted_from: '2026-01-01', wanted_to: '2026-03-30' })
  const soon = await m.placed({ offer, wanted_from: '2026-01-01', wanted_to: '2026-04-30' })
  const now = await m.placed({ offer, wanted_from: '2026-02-01', wanted_to: '2026-05-01', buyer: 'DGV' })
  const next = await m.placed({ offer, wanted_from: '2026-04-01', wanted_to: null })
  const read = (
    code: Code,
    filter: object,
    page: { limit: number; after: string[] | null } = { limit: 50, after: null },
  ) =>
    transact(world.as(code, 'lister'), (tx) =>
      listPlacements(
        tx,
        { organisation_id: world.organisation[code], today: world.system().clock.today(), offer_id: offer, ...filter },
        page,
      ),
    )
  const ids = async (code: Code, filter: object) => (await read(code, filter)).map((row) => row.id)
  expect(await ids('DGV', {})).toEqual([next.id, now.id, soon.id, past.id])
  expect(await ids('DGV', { side: 'buyer' })).toEqual([now.id])
  expect(await ids('REZ', { side: 'buyer' })).toEqual([next.id, soon.id, past.id])
  expect(await ids('REZ', { side: 'seller' })).toEqual([])
  expect(await ids('DGV', { status: 'planned' })).toEqual([next.id])
  expect(await ids('DGV', { status: 'active' })).toEqual([now.id])
  expect(await ids('DGV', { status: 'ending_soon' })).toEqual([soon.id])
  expect(await ids('DGV', { status: 'ended' })).toEqual([past.id])
  expect(await ids('DGV', { token: soon.resident_token!.slice(4).toLowerCase() })).toEqual([soon.id])
  const [first] = await read('DGV', {}, { limit: 1, after: null })
  const rest = await read('DGV', {}, { limit: 50, after: [first!.valid_from, first!.id] })
  expect(rest.map((row) => row.id)).toEqual([now.id, soon.id, past.id])
})
