import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { cancelPlacement } from '../../src/placements/cancel-commands.ts'
import { acceptReferral, changePlacement, endPlacement, prolongPlacement } from '../../src/placements/commands.ts'
import { budgetOf } from '../../src/placements/commitment-commands.ts'
import { MoveAcceptance, MoveInput } from '../../src/placements/move.ts'
import { acceptMove, proposeMove } from '../../src/placements/move-commands.ts'
import { getMove } from '../../src/placements/move-store.ts'
import { PlacementCancellation, PlacementChange } from '../../src/placements/placement.ts'
import {
  countPlacements,
  findPerson,
  getPlacement,
  getReferral,
  listPlacements,
  type PlacementRow,
  placesOn,
  stepsOf,
} from '../../src/placements/store.ts'
import { readServiceCounts } from '../../src/region/store.ts'
import { askForPlaces } from '../../src/requests/commands.ts'
import { QueueEntryInput } from '../../src/requests/queue.ts'
import { joinQueue } from '../../src/requests/queue-commands.ts'
import { getQueueEntry } from '../../src/requests/queue-store.ts'
import { RequestInput } from '../../src/requests/request.ts'
import { getRequest, partsOf } from '../../src/requests/store.ts'
import { closeMonth, previewMonth } from '../../src/settlement/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'
import { market, refusalOf } from './market.ts'

const world = await createWorld(await freshDatabase(), '2026-01-05')
const m = market(world)
const { DGV, LUD, REZ } = world.organisation
const [buyer, seller, ludza] = [world.as('REZ', 'buyer'), world.as('DGV', 'lister'), world.as('LUD', 'lister')]

const because = (more: object = {}) => PlacementCancellation.parse({ reason: 'provider', ...more })
const cancel = (it: { id: string }, ctx = buyer, more: object = {}) => cancelPlacement(ctx, it.id, because(more))
const now = (it: { id: string }) => transact(buyer, (tx) => getPlacement(tx, it.id))
const taken = (offer: string, on: string) =>
  transact(seller, async (tx) => (await placesOn(tx, { seller_id: DGV, id: offer }, on)).taken)
const coming = (offer: string, more: object = {}) =>
  m.placed({ offer, wanted_from: '2026-01-12', wanted_to: '2026-03-31', ...more })
const corrected = (it: PlacementRow, change: object) =>
  PlacementChange.parse({
    ...{ valid_from: it.valid_from, valid_to: it.valid_to, places: it.places, price_class: it.price_class },
    ...{ surcharges: it.surcharges, authorised: it.authorised, funding: it.funding, ...change },
  })

test('a place that falls through before its first day never was: not a day of it, anywhere', async () => {
  const offer = await m.offer({}, { places: 1 })
  const stay = await coming(offer)
  await m.absence(stay, '2026-01-20', '2026-01-25')
  const referral = await transact(buyer, (tx) => getReferral(tx, stay.referral_id!))
  expect(await transact(seller, (tx) => findPerson(tx, stay))).not.toBeNull()
  const cancelled = await cancel(stay, buyer, { decision: 'L-7', decided_on: '2026-01-04', note: 'Atrada radus.' })
  expect(cancelled).toMatchObject({ cancel_reason: 'provider', valid_from: '2026-01-12' })
  expect(cancelled.cancelled_at).not.toBeNull()
  expect(await taken(offer, '2026-01-12')).toBe(0)
  // the place is free at once, for anybody
  const next = await coming(offer)
  const today = '2026-01-05'
  const listed = (status?: 'cancelled') =>
    transact(buyer, async (tx) =>
      (
        await listPlacements(
          tx,
          { organisation_id: REZ, side: 'buyer', today, offer_id: offer, status },
          { limit: 9, after: null },
        )
      ).map(({ id }) => id),
    )
  expect([await listed(), await listed('cancelled')]).toEqual([[next.id], [stay.id]])
  // what was asked says what became of it, and its seller knows the person no more
  expect(await transact(seller, (tx) => getReferral(tx, referral.id))).toMatchObject({
    status: 'cancelled',
    placement_id: stay.id,
    cancelled_at: cancelled.cancelled_at,
  })
  expect(await transact(seller, (tx) => findPerson(tx, stay))).toBeNull()
  const steps = await transact(seller, (tx) => stepsOf(tx, stay))
  expect(steps.map(({ kind, decision, decided_on, note }) => [kind, decision, decided_on, note])).toEqual([
    ['started', null, null, ''],
    ['cancelled', 'L-7', '2026-01-04', 'Atrada radus.'],
  ])
  const log = (await m.audit(stay.id)).filter((event) => event.action === 'cancelPlacement')
  expect(log).toHaveLength(1)
  expect(log[0]).toMatchObject({ before: { cancelled_at: null }, after: { cancel_reason: 'provider' } })
  expect((await m.audit(referral.id)).at(-1)).toMatchObject({ after: { status: 'cancelled' } })
  const told = await world.database.db.selectFrom('notice').selectAll().where('subject_id', '=', stay.id).execute()
  expect(told.map(({ kind, organisation_id }) => [kind, organisation_id])).toEqual([['stay_cancelled', DGV]])
  // asked anew for the same person
  await m.placed({
    offer: await m.offer(),
    resident_id: stay.resident_id,
    wanted_from: '2026-01-12',
    wanted_to: '2026-01-14',
  })
})

test('once it is cancelled nothing more is done with it, also not twice at the same instant', async () => {
  const stay = await coming(await m.offer())
  const twice = await Promise.all([refusalOf(cancel(stay)), refusalOf(cancel(stay, seller))])
  expect(twice.map(({ code }) => code).toSorted()).toEqual(['nothing was refused', 'placement_cancelled'])
  const dates = { valid_to: '2026-04-30', decision: null, note: '' }
  const offer = await m.offer()
  for (const again of [
    () => cancel(stay),
    () => prolongPlacement(buyer, stay.id, dates),
    () => endPlacement(buyer, stay.id, { valid_to: '2026-01-13', reason: 'other', note: '' }),
    () => changePlacement(seller, stay.id, corrected(stay, { places: 2 })),
    () => proposeMove(buyer, stay.id, MoveInput.parse({ kind: 'place', to_offer_id: offer, moves_on: '2026-01-20' })),
  ]) {
    expect(await refusalOf(again)).toMatchObject({ code: 'placement_cancelled' })
  }
  const sheet = await world.request('DGV', 'lister', 'POST', '/api/v1/absences', {
    ...{ placement_id: stay.id, kind: 'hospital', valid_from: '2026-01-20', valid_to: '2026-01-21' },
  })
  expect(await sheet.json()).toMatchObject({ errors: [{ path: 'placement_id' }] })
  // a correction that comes at the same instant is either before it, or refused
  const other = await coming(await m.offer())
  const both = await Promise.all([
    refusalOf(cancel(other)),
    refusalOf(changePlacement(seller, other.id, corrected(other, { valid_from: '2026-01-15' }))),
  ])
  expect(both[0].code).toBe('nothing was refused')
  expect(['nothing was refused', 'placement_cancelled']).toContain(both[1].code)
})

test('from its first day on a stay is ended, not cancelled; what was invoiced must be given back first', async () => {
  const begun = await coming(await m.offer(), { wanted_from: '2026-01-05' })
  expect(await refusalOf(cancel(begun))).toMatchObject({ code: 'placement_begun', facts: { date: '2026-01-05' } })
  const tomorrow = await coming(await m.offer(), { wanted_from: '2026-01-06' })
  await cancel(tomorrow)
  const moved = await coming(await m.offer(), { wanted_from: '2026-01-06' })
  const billed = { seller_id: DGV, placement_id: moved.id, service_month: '2025-12', buyer_id: REZ }
  await world.database.db
    .insertInto('settled_month')
    .values({
      ...billed,
      buyer_amount: '10.00',
      gross: '10.00',
      vat: [],
      shares: [],
      carry: {},
      settled_at: world.clock.now().toISOString(),
    } as never)
    .execute()
  expect(await refusalOf(cancel(moved))).toMatchObject({ code: 'placement_invoiced' })
})

test('a month with cancelled places costs the others alone: preview, close and documents agree (by hand)', async () => {
  const own = await createWorld(await freshDatabase(), '2026-01-05')
  const it = market(own)
  const offer = await it.offer({}, { places: 2 })
  await it.placed({ offer, wanted_from: '2026-01-12', wanted_to: '2026-01-22' })
  const gone = await it.placed({ offer, wanted_from: '2026-01-12' })
  const once = await it.placed({ offer: await it.offer({ unit: 'once' }), wanted_from: '2026-01-12' })
  for (const { id } of [gone, once]) await cancelPlacement(own.as('REZ', 'buyer'), id, because())
  const year = await budgetOf(own.as('REZ', 'finance'), 2026)
  expect(year.rows).toMatchObject([{ committed: '234.50', placements: 1 }])
  own.clock.set('2026-02-03')
  const finance = own.as('DGV', 'finance')
  expect((await previewMonth(finance, '2026-01'))?.documents.map(({ total }) => total)).toEqual(['234.50'])
  await closeMonth(finance, '2026-01')
  // 12 to 21 January are 10 days at 23.45; the departure day is free.
  expect((await own.database.db.selectFrom('document').select('total').execute()).map(({ total }) => total)).toEqual([
    '234.50',
  ])
})

test('a freed place goes to the next in line in the same act', async () => {
  const offer = await m.offer({}, { places: 1 })
  const stay = await coming(offer)
  const entry = await joinQueue(
    buyer,
    QueueEntryInput.parse({
      ...{ offer_id: offer, resident_id: (await m.resident()).id, priority: 'other' },
      ...{ applied_on: '2026-01-05', wanted_from: '2026-01-12', wanted_to: '2026-03-31' },
    }),
  )
  const offered = async () =>
    (await transact(buyer, (tx) => getQueueEntry(tx, entry.id, REZ, '2026-01-05'))).offered_from
  expect(await offered()).toBeNull()
  await cancel(stay, seller)
  expect(await offered()).toBe('2026-01-12')
})

test('the place of a request falls through: it says so, and the same may be asked anew', async () => {
  const offer = await m.offer()
  const resident_id = (await m.resident()).id
  const terms = { offer_ids: [offer], resident_id, wanted_from: '2026-01-12', mode: 'first_fit', crisis: true }
  const asked = await askForPlaces(buyer, RequestInput.parse(terms))
  const [part] = await transact(buyer, (tx) => partsOf(tx, [asked]))
  await cancel(await acceptReferral(seller, part!.referral_id), seller)
  const answer = await world.request('REZ', 'buyer', 'GET', `/api/v1/requests/${asked.id}`)
  expect(await answer.json()).toMatchObject({ stage: 'cancelled', status: 'placed' })
  expect(await transact(buyer, (tx) => getRequest(tx, asked.id))).toMatchObject({ status: 'placed' })
  await askForPlaces(buyer, RequestInput.parse(terms))
})

/** Somebody in a crisis room in Ludza from today on, who has a place in Daugavpils from the 20th on. */
async function bridged({ places = null as number | null, wanted_to = '2026-03-15' as string | null } = {}) {
  const resident = await m.resident()
  const home = await m.offer()
  const room = await m.offer({ seller_id: LUD, kind_code: 'crisis-room' }, { places })
  const terms = { resident_id: resident.id, mode: 'first_fit', crisis: true }
  const ask = async (more: object) => {
    const made = await askForPlaces(buyer, RequestInput.parse({ ...terms, ...more }))
    return { id: made.id, referral: (await transact(buyer, (tx) => partsOf(tx, [made])))[0]!.referral_id }
  }
  const awaited = await ask({ offer_ids: [home], wanted_from: '2026-01-20' })
  const bridges = { awaits: 'request', id: awaited.id }
  const asked = await ask({ offer_ids: [room], wanted_from: '2026-01-05', wanted_to, bridges })
  const bridge = await acceptReferral(ludza, asked.referral)
  const place = await acceptReferral(seller, awaited.referral)
  expect(await now(bridge)).toMatchObject({ valid_to: '2026-01-20', end_reason: 'moved' })
  return { resident, home, room, bridge, place }
}

test('the awaited place falls through: the bridging stay lasts again as agreed, and waits for another place', async () => {
  for (const wanted_to of ['2026-03-15', null]) {
    const { bridge, place, resident } = await bridged({ wanted_to })
    await cancel(place, seller)
    expect(await now(bridge)).toMatchObject({ valid_to: wanted_to, end_reason: null })
    expect((await m.audit(bridge.id)).at(-1)).toMatchObject({ action: 'restorePlacement', person_id: null })
    const later = await m.placed({ offer: await m.offer(), resident_id: resident.id, wanted_from: '2026-02-10' })
    expect(later.follows_id).toBe(bridge.id)
    expect(await now(bridge)).toMatchObject({ valid_to: '2026-02-10', end_reason: 'moved' })
  }
})

test('days of the bridging stay that somebody else was given meanwhile do not come back', async () => {
  const { bridge, place, room } = await bridged({ places: 1 })
  await m.placed({ offer: room, wanted_from: '2026-02-02', wanted_to: '2026-02-10' }, 'LUD')
  await cancel(place)
  expect(await now(bridge)).toMatchObject({ valid_to: '2026-02-01', end_reason: null })
})

test('the bridging stay falls through itself: the place begins as agreed, and another bridge may be asked for', async () => {
  const resident = await m.resident()
  const home = await m.submitted({ offer: await m.offer(), resident_id: resident.id, wanted_from: '2026-01-20' })
  const bridges = { awaits: 'referral' as const, id: home.id }
  const meanwhile = async () => {
    const room = await m.offer({ seller_id: LUD, kind_code: 'crisis-room' })
    return m.placed({ offer: room, resident_id: resident.id, wanted_from: '2026-01-07', bridges }, 'LUD')
  }
  const first = await meanwhile()
  const place = await acceptReferral(seller, home.id)
  expect(place.follows_id).toBe(first.id)
  await cancel(first, ludza)
  expect(await now(place)).toMatchObject({ valid_from: '2026-01-20', follows_id: null })
  const second = await meanwhile()
  expect([(await now(second)).valid_to, (await now(place)).follows_id]).toEqual(['2026-01-20', second.id])
})

const agreeing = () => MoveAcceptance.parse({ decision: 'L-8', authorised: {}, funding: [] })

test('a stay that was to go on elsewhere, or at another payer’s cost, lasts again as it was agreed', async () => {
  for (const to of [
    { kind: 'place', to_offer_id: await m.offer() },
    { kind: 'payer', to_buyer_id: LUD },
  ]) {
    const old = await coming(await m.offer({}, { places: 1 }), { wanted_from: '2026-01-05' })
    const { id } = await proposeMove(buyer, old.id, MoveInput.parse({ ...to, moves_on: '2026-01-20' }))
    const yes = to.kind === 'place' ? seller : world.as('LUD', 'buyer')
    const { new_placement_id } = await acceptMove(yes, id, agreeing())
    expect(await now(old)).toMatchObject({ valid_to: '2026-01-20' })
    await cancelPlacement(yes, new_placement_id!, because())
    expect(await now(old)).toMatchObject({ valid_to: '2026-03-31', end_reason: null, handed_over: false })
    expect(await transact(buyer, (tx) => getMove(tx, id))).toMatchObject({ status: 'cancelled' })
    // and may move again
    await proposeMove(buyer, old.id, MoveInput.parse({ ...to, moves_on: '2026-01-20' }))
  }
})

test('what somebody put right since, or what is over, does not come back; what goes on is cancelled from its end', async () => {
  const old = await coming(await m.offer(), { wanted_from: '2026-01-05' })
  const move = async (from: PlacementRow, moves_on: string) => {
    const input = MoveInput.parse({ kind: 'place', to_offer_id: await m.offer(), moves_on })
    const { new_placement_id } = await acceptMove(seller, (await proposeMove(buyer, from.id, input)).id, agreeing())
    return now({ id: new_placement_id! })
  }
  const second = await move(old, '2026-01-20')
  const third = await move(second, '2026-01-30')
  expect(await refusalOf(cancel(second))).toMatchObject({ code: 'placement_goes_on' })
  await cancel(third)
  expect(await now(second)).toMatchObject({ valid_to: '2026-03-31', end_reason: null })
  await changePlacement(buyer, old.id, corrected(await now(old), { valid_to: '2026-01-18' }))
  await cancel(second)
  expect(await now(old)).toMatchObject({ valid_to: '2026-01-18', end_reason: 'moved' })
})

test('what was proposed for it is taken back with it', async () => {
  const stay = await coming(await m.offer())
  const input = MoveInput.parse({ kind: 'place', to_offer_id: await m.offer(), moves_on: '2026-02-01' })
  const { id } = await proposeMove(buyer, stay.id, input)
  await cancel(stay, seller)
  expect(await transact(buyer, (tx) => getMove(tx, id))).toMatchObject({ status: 'withdrawn' })
})

test('a grant counts until it falls through, and as declined where the resident wished it', async () => {
  const counts = async () => {
    const rows = await transact(buyer, (tx) =>
      readServiceCounts(tx, {
        side: 'buyer',
        organisation_ids: [REZ],
        periods: [{ period: 'p', from: '2025-01-01', to: '2026-12-31' } as never],
        as_of: '2026-01-05',
      }),
    )
    const row = rows.find((one) => one.kind_code === 'counted')
    return [row?.granted ?? 0, row?.declined ?? 0]
  }
  await world.database.db
    .insertInto('service_kind')
    .values({ code: 'counted', name_lv: 'Skaitītais', name_en: 'Counted' })
    .execute()
  const offer = await m.offer({ kind_code: 'counted' })
  const [one, two] = [await coming(offer), await coming(offer)]
  expect(await counts()).toEqual([2, 0])
  await cancel(one, buyer, { reason: 'resident_wish' })
  await cancel(two, buyer, { reason: 'provider' })
  expect(await counts()).toEqual([0, 1])
  const of = await transact(buyer, (tx) => countPlacements(tx, REZ, '2026-01-12'))
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from placement_record where buyer_id = ${REZ} and cancelled_at is null
      and valid_from <= '2026-01-12' and coalesce(valid_to, 'infinity') >= '2026-01-12'`.execute(world.database.db)
  expect(of.find(({ side }) => side === 'buyer')?.count).toBe(rows[0]!.count)
})

test('by machine and by form: each wrong field is named, and who is no party finds nothing', async () => {
  const stay = await coming(await m.offer())
  const path = `/placements/${stay.id}/cancel`
  const post = (code: 'REZ' | 'LUD' | 'DGV', role: 'buyer' | 'lister' | 'finance', body: unknown) =>
    world.request(code, role, 'POST', `/api/v1${path}`, body)
  for (const [body, field] of [
    [{}, 'reason'],
    [{ reason: 'luck' }, 'reason'],
    [{ reason: 'other', decided_on: '2026-02-30' }, 'decided_on'],
    [{ reason: 'other', note: 5 }, 'note'],
    [{ reason: 'other', decision: 'x'.repeat(201) }, 'decision'],
    [{ reason: 'other', valid_to: '2026-01-20' }, 'valid_to'],
  ] as const) {
    const answer = await post('REZ', 'buyer', body)
    expect(answer.status).toBe(422)
    expect((await answer.json()).errors.map((error: { path: string }) => error.path)).toEqual([field])
  }
  expect((await post('LUD', 'buyer', { reason: 'other' })).status).toBe(404)
  expect((await post('REZ', 'finance', { reason: 'other' })).status).toBe(403)
  const page = async (code: 'REZ' | 'DGV', at: string) => {
    const cookie = await world.cookie(code, code === 'REZ' ? 'buyer' : 'lister')
    return (await world.app.request(at, { headers: { cookie } })).text()
  }
  const read = (at: string) => page('DGV', at)
  expect(await read(`/placements/${stay.id}`)).toContain(path)
  expect(await read(path)).toContain('name="reason"')
  const filled = await world.app.request(path, {
    method: 'POST',
    headers: { cookie: await world.cookie('DGV', 'lister'), origin: 'http://localhost' },
    body: new URLSearchParams({ reason: 'provider', decided_on: '05.01.2026', note: '' }),
  })
  expect([filled.status, filled.headers.get('location')]).toEqual([
    303,
    `/placements/${stay.id}?done=placement_cancelled`,
  ])
  expect((await post('REZ', 'buyer', { reason: 'other' })).status).toBe(409)
  const shown = await read(`/placements/${stay.id}`)
  expect(shown).toContain('Neviena diena netiek skaitīta')
  expect(shown).not.toContain(path)
  expect(await page('REZ', `/placements/${stay.id}`)).toContain('/referrals/new?offer=')
  expect(await page('REZ', `/referrals/${stay.referral_id}`)).toContain('vieta atcelta')
})
