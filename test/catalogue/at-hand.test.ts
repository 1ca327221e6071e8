/** Prices and places that a program keeps are what the database would count, after whatever was written and by whom. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { AtHand } from '../../src/catalogue/at-hand.ts'
import * as shelf from '../../src/catalogue/search-store.ts'
import * as tables from '../../src/catalogue/store.ts'
import { type Context, transact } from '../../src/context.ts'
import { json } from '../../src/db/json.ts'
import { newId } from '../../src/ids.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
const { DGV, REZ, LUD } = world.organisation
const sellers = [DGV, REZ, LUD]
const recorded = '2026-01-01T00:00:00Z'

/** Always the same. */
let state = 11
const chance = () => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
  return state / 2_147_483_648
}
const of = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!

let now = new Date('2026-03-31T09:00:00Z')
const clock = { now: () => now, today: () => '2026-03-31' }
const at = (ctx: Context): Context => ({ ...ctx, clock })
const readers = [
  at(world.as('LUD', 'buyer')),
  at(world.as('REZ', 'buyer')),
  at(world.as('DGV', 'lister')),
  at({ ...world.as('LUD', 'buyer'), actor: { kind: 'public' } }),
]

const { code: kind_code } = await db.selectFrom('service_kind').select('code').executeTakeFirstOrThrow()
const offers = Array.from({ length: 36 }, (_, index) => ({
  seller_id: sellers[index % 3]!,
  id: newId(),
  kind_code,
  title: `Nams ${index}`,
  status: 'published',
  unit: 'calendar_day',
  in_turn: index % 4 === 0,
  frees_bed: json(index % 3 === 0 ? { hospital: 0 } : {}),
  created_at: recorded,
  changed_at: '2026-03-01T00:00:00Z',
}))
await db
  .insertInto('offer')
  .values(offers as never)
  .execute()
await db
  .insertInto('capacity')
  .values(
    offers.map(({ seller_id, id: offer_id }, index) => ({
      ...{ seller_id, offer_id, id: newId(), recorded_at: recorded },
      ...{ valid_from: '2026-01-01', places: index % 3 },
    })),
  )
  .execute()

const nothing: tables.OfferSearch = {
  ...{ words: [], kind_code: null, target_group: null, seller_id: null, delivery_mode: null, language: null },
  ...{ accessibility: null, owner_type: null, near: null, within: null, priced: false, free: false },
  ...{ on: '2026-03-31', own: false },
}

async function answers(ctx: Context, by: typeof shelf | typeof tables, search: tables.OfferSearch, limit: number) {
  const reader = ctx.actor.kind === 'member' ? ctx.actor.organisation_id : null
  return transact(ctx, async (tx) => ({
    rows: await by.searchOffers(tx, reader, search, { limit, after: null }),
    places: await by.placesOfOffers(tx, reader, search),
  }))
}
async function holdsTrue(ctx: Context, search = nothing, limit = 50) {
  const kept = await answers(ctx, shelf, search, limit)
  expect(kept).toEqual(await answers(ctx, tables, search, limit))
  return kept
}
const freeOf = async (ctx: Context, id: string) => (await holdsTrue(ctx)).rows.find((row) => row.id === id)?.free

// What may be written, one thing each.

const stays: { seller_id: string; id: string; buyer_id: string; in_turn: boolean }[] = []
async function takePlace() {
  const { seller_id, id: offer_id, in_turn } = of(offers)
  const stay = { seller_id, id: newId(), buyer_id: of(sellers), in_turn }
  await db
    .insertInto('placement')
    .values({
      ...{ ...stay, offer_id, valid_from: of(['2026-03-01', '2026-03-25']), valid_to: of([null, '2026-04-10']) },
      ...{ created_at: recorded, changed_at: recorded },
    })
    .execute()
  stays.push(stay)
  if (in_turn) await onDays(stay)
}
const onDays = ({ seller_id, id: placement_id, buyer_id }: (typeof stays)[number]) =>
  db
    .insertInto('placement_weekdays')
    .values({
      seller_id,
      buyer_id,
      id: newId(),
      placement_id,
      weekdays: of([
        [1, 2],
        [2, 3, 4],
      ]),
      recorded_at: recorded,
    })
    .execute()
async function otherDays() {
  const stay = of(stays.filter(({ in_turn }) => in_turn))
  if (stay === undefined) return
  await db
    .updateTable('placement_weekdays')
    .set({ weekdays: of([[2], [5], [2, 5]]) })
    .where('placement_id', '=', stay.id)
    .execute()
}
async function endStay() {
  const stay = of(stays)
  if (stay === undefined) return
  const change = { valid_to: of(['2026-03-30', '2026-03-31', null]) }
  await db.updateTable('placement').set(change).where('id', '=', stay.id).execute()
}
async function goAway() {
  const stay = of(stays)
  if (stay === undefined) return
  const { seller_id, id: placement_id, buyer_id } = stay
  await comeBack()
  const span = { valid_from: '2026-03-20', valid_to: of(['2026-03-30', '2026-04-20']) }
  await db
    .insertInto('absence')
    .values({ seller_id, buyer_id, placement_id, id: newId(), kind: 'hospital', ...span, recorded_at: recorded })
    .execute()
}
const comeBack = () => sql`update absence set withdrawn_at = ${recorded} where withdrawn_at is null`.execute(db)
async function keepPlace() {
  const { seller_id, id: offer_id } = of(offers)
  const buyer_id = of(sellers)
  const referral = { seller_id, offer_id, buyer_id, id: newId() }
  await db
    .insertInto('referral')
    .values({
      ...referral,
      wanted_from: '2026-03-01',
      status: 'submitted',
      created_at: recorded,
      submitted_at: recorded,
    } as never)
    .execute()
  const held_until = new Date(now.getTime() + of([1, 2, 5]) * 3_600_000).toISOString()
  await db
    .insertInto('reservation')
    .values({
      ...{ seller_id, offer_id, buyer_id, id: newId(), referral_id: referral.id, places: 1 },
      ...{ valid_from: '2026-03-01', held_until, created_at: recorded },
    })
    .execute()
}
const askForDays = () => sql`update referral set weekdays = '{5}'`.execute(db)
const giveUp = () =>
  sql`update reservation set status = 'released', ended_at = ${recorded} where status = 'held'`.execute(db)
const moreOrLess = () =>
  db
    .updateTable('capacity')
    .set({ places: of([0, 1, 4]) })
    .where('offer_id', '=', of(offers).id)
    .execute()
async function setApart() {
  const { seller_id, id: offer_id } = of(offers)
  await db
    .insertInto('capacity_part')
    .values({
      seller_id,
      offer_id,
      id: newId(),
      places: 1,
      valid_from: '2026-01-01',
      buyer_id: of(sellers),
      recorded_at: recorded,
    })
    .execute()
}
const shareAgain = () => sql`delete from capacity_part`.execute(db)
async function setPrice() {
  const { seller_id, id: offer_id } = of(offers)
  const price_class = of(['own', 'other'])
  await sql`update price set withdrawn_at = ${recorded} where offer_id = ${offer_id} and price_class = ${price_class}`.execute(
    db,
  )
  await db
    .insertInto('price')
    .values({
      ...{ seller_id, offer_id, id: newId(), valid_from: of(['2026-01-01', '2026-05-01']), price_class },
      ...{ unit_price: of(['10', '20']), recorded_at: recorded },
    })
    .execute()
}
const rename = () =>
  db
    .updateTable('offer')
    .set({ title: `Nams ${Math.floor(chance() * 99)}` })
    .where('id', '=', of(offers).id)
    .execute()
const withdraw = () =>
  db
    .updateTable('offer')
    .set({ status: of(['published', 'withdrawn']) })
    .where('id', '=', of(offers).id)
    .execute()
const nameSeller = () => sql`update organisation set name = name || '.' where id = ${of(sellers)}`.execute(db)
const timeGoesOn = async () => {
  now = new Date(now.getTime() + of([0.5, 1, 3]) * 3_600_000)
}
const writes = [
  ...[
    takePlace,
    takePlace,
    takePlace,
    otherDays,
    otherDays,
    endStay,
    goAway,
    comeBack,
    keepPlace,
    keepPlace,
    askForDays,
    giveUp,
    moreOrLess,
  ],
  ...[
    setApart,
    setApart,
    shareAgain,
    setPrice,
    setPrice,
    setPrice,
    rename,
    withdraw,
    nameSeller,
    timeGoesOn,
    timeGoesOn,
  ],
]

test('what is kept is what is counted, whatever was written in between and whoever asks', async () => {
  for (let round = 0; round < 110; round++) {
    for (let more = of([0, 1, 1, 2]); more > 0; more--) await of(writes)()
    const search = {
      ...nothing,
      free: chance() < 0.3,
      priced: chance() < 0.3,
      on: of([nothing.on, nothing.on, '2026-04-15']),
    }
    await holdsTrue(of(readers), search, of([3, 5, 50]))
  }
}, 120_000)

test('what another has not committed is not seen and not kept; what is committed is seen at once', async () => {
  const [one, other] = offers.filter(({ seller_id }) => seller_id === REZ)
  await sql`update offer set status = 'published' where id = any (${[one!.id, other!.id]}::uuid[])`.execute(db)
  const stay = (offer_id: string) => ({
    ...{ seller_id: REZ, id: newId(), offer_id, buyer_id: DGV, valid_from: '2026-03-01' },
    ...{ created_at: recorded, changed_at: recorded },
  })
  await sql`delete from capacity_part`.execute(db)
  await sql`update capacity set places = 50 where offer_id = any (${[one!.id, other!.id]}::uuid[])`.execute(db)
  const reader = readers[0]!
  const before = [await freeOf(reader, one!.id), await freeOf(reader, other!.id)] as [number, number]
  const taken = transact(at(world.system()), async (tx) => {
    await tx.insertInto('placement').values(stay(one!.id)).execute()
    if (world.database.kind === 'postgres') {
      // Nobody waits for whoever writes at the same time, also with the same seller; and its change is not taken for this one's.
      await db.insertInto('placement').values(stay(other!.id)).execute()
      expect(await freeOf(reader, other!.id)).toBe(before[1] - 1)
      expect(await freeOf(reader, one!.id)).toBe(before[0])
    }
    const own = await shelf.searchOffers(tx, LUD, nothing, { limit: 50, after: null })
    expect(own.find(({ id }) => id === one!.id)?.free).toBe(before[0] - 1)
    throw new Error('taken back')
  })
  await expect(taken).rejects.toThrow('taken back')
  expect(await freeOf(reader, one!.id)).toBe(before[0])
  await db.insertInto('placement').values(stay(one!.id)).execute()
  expect(await freeOf(reader, one!.id)).toBe(before[0] - 1)
})

test('where nothing has changed the places of a page are not counted again', async () => {
  const reader = readers[1]!
  await answers(reader, shelf, nothing, 50)
  await transact(reader, async (tx) => {
    const look = await shelf.lookNow(tx)
    // a transaction that fails at the first statement shows that none is sent
    const none = new Proxy(tx, {
      get: () => {
        throw new Error('the database was asked')
      },
    })
    const rows = await shelf.searchOffers(none, REZ, nothing, { limit: 50, after: null }, look)
    expect(rows.length).toBeGreaterThan(10)
    await shelf.placesOfOffers(none, REZ, nothing, look)
  })
})

test('a change is nobody’s to read or to make', async () => {
  const attempt = (text: string) => transact(readers[2]!, (tx) => sql.raw(text).execute(tx))
  for (const text of [
    'select * from offer_change',
    'delete from offer_change',
    'insert into offer_change default values',
  ])
    await expect(attempt(text)).rejects.toThrow(/permission denied/)
})

test('what was being counted while something changed is not kept, and nothing is after an hour or in another database', () => {
  const first = {
    version: '',
    database: 'a',
    organisation: '',
    now: 0,
    seen_at: 0,
    snapshot: '1',
    wrote: false,
    changed: null,
  }
  const held = () => ({
    seller_id: 's',
    unit_price: null,
    capacity: 1,
    taken: 0,
    row: null,
    counted_at: 5,
    lapses_at: 9,
  })
  const hand = new AtHand<string>(first)
  const find = (now: number, reader: string | null = null) => hand.finder('mine', 'day', reader, now)('x')
  const began = hand.drops
  hand.keep('day', 'x', held(), began)
  expect([find(4), find(9)]).toEqual([undefined, undefined])
  expect([find(5), find(5, 's')]).toEqual([held(), undefined])
  expect(hand.bringUpTo({ ...first, seen_at: 9, snapshot: '2' })).toBe(true)
  expect(hand.snapshot).toBe('1')
  expect(hand.bringUpTo({ ...first, seen_at: 10, snapshot: '3', changed: 'y,x' })).toBe(true)
  expect([hand.snapshot, find(5)]).toEqual(['3', undefined])
  hand.keep('day', 'x', held(), began)
  expect(find(5)).toBeUndefined()
  hand.keep('day', 'x', held(), hand.drops)
  expect(find(5)).toBeDefined()
  expect(hand.bringUpTo({ ...first, database: 'b' })).toBe(false)
  expect(hand.bringUpTo({ ...first, seen_at: 10 + 3_600_001 })).toBe(false)
  hand.bringUpTo({ ...first, seen_at: 11, changed: 'all' })
  expect(find(5)).toBeUndefined()
})
