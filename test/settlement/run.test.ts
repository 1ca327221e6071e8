import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { tracePlacementChange } from '../../src/audit/trace.ts'
import { transact } from '../../src/context.ts'
import type { Database } from '../../src/db/connect.ts'
import { newId } from '../../src/ids.ts'
import type { RecordLine } from '../../src/invoicing/record.ts'
import { getDocument } from '../../src/invoicing/store.ts'
import { closeMonthOf } from '../../src/settlement/commands.ts'
import { readSellers, sellerMonths } from '../../src/settlement/facts-store.ts'
import { closeRun, type RunProgress } from '../../src/settlement/run-commands.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { type Code, createWorld, type World } from '../support/world.ts'

const onPostgres = inject('database').kind === 'postgres'
const sellers = ['DGV', 'REZ', 'LUD'] as const

/** Three municipalities that sell to each other: days with deliveries and no-shows, nights with an absence, own use. */
async function monthOfThree(database: Database, places = 3): Promise<World> {
  const world = await createWorld(database, '2026-03-31')
  for (const [index, seller] of sellers.entries()) {
    const day = await offerIn(world, { seller, title: `Diena ${seller}`, no_show_percent: '50' })
    const night = await offerIn(world, {
      seller,
      title: `Nakts ${seller}`,
      unit: 'calendar_day',
      absence: { hospital: [{ from_day: 4, percent: '50' }] } as never,
    })
    await world.database.db
      .insertInto('price')
      .values(
        [day, night].map((offer_id) => ({
          seller_id: world.organisation[seller],
          id: newId(),
          offer_id,
          valid_from: '2026-01-01',
          unit_price: '22.585',
          recorded_at: '2026-01-01T00:00:00Z',
        })),
      )
      .execute()
    for (let place = 0; place < places; place++) {
      for (const buyer of sellers) {
        const stay = await placementIn(world, day, {
          seller,
          buyer,
          funding: [{ source: 'client', percent: '15', cap_per_month: '20.00' }] as never,
          authorised_per_month: '13',
        })
        await daysIn(world, stay, seller, buyer, 18 + place + index)
      }
      const slept = await placementIn(world, night, {
        seller,
        buyer: sellers[(index + 1) % 3]!,
        valid_from: '2026-03-03',
      })
      await world.database.db
        .insertInto('absence')
        .values({
          seller_id: world.organisation[seller],
          placement_id: slept,
          id: newId(),
          buyer_id: world.organisation[sellers[(index + 1) % 3]!],
          kind: 'hospital',
          valid_from: '2026-03-10',
          valid_to: '2026-03-20',
          recorded_at: '2026-03-20T00:00:00Z',
        })
        .execute()
    }
  }
  return world
}

async function daysIn(world: World, placement_id: string, seller: Code, buyer: Code, days: number): Promise<void> {
  await world.database.db
    .insertInto('delivery')
    .values(
      Array.from({ length: days }, (_, index) => ({
        seller_id: world.organisation[seller],
        placement_id,
        id: newId(),
        buyer_id: world.organisation[buyer],
        delivered_on: `2026-03-${String(index + 1).padStart(2, '0')}`,
        kind: index % 5 === 4 ? 'no_show' : 'delivered',
        quantity: index % 7 === 6 ? '0.125' : '1',
        recorded_at: '2026-03-31T00:00:00Z',
      })),
    )
    .execute()
}

/** All that a close leaves, without the ids it gives and the moments; the same facts must always give the same. */
async function leftBy(database: Database, only: readonly string[]) {
  const mine = sql`any (${[...only]}::uuid[])`
  const rows = async (query: ReturnType<typeof sql>) => (await query.execute(database.db)).rows
  return {
    documents: await rows(sql`
      select d.number, d.type, d.buyer_id, d.close_month, d.net, d.total, d.record, c.number as corrects
      from document d left join document c on c.seller_id = d.seller_id and c.id = d.corrects_id
      where d.seller_id = ${mine} order by d.number`),
    charges: await rows(sql`
      select d.number, c.line_no, c.buyer_id, c.placement_id, c.service_month, c.kind, c.price_id, c.quantity, c.unit_price, c.percent,
        c.gross, c.shares, c.buyer_amount, c.explanation
      from charge c left join document d on d.seller_id = c.seller_id and d.id = c.document_id
      where c.seller_id = ${mine} order by c.seller_id, c.close_month, d.number, c.line_no`),
    settled: await rows(sql`
      select placement_id, service_month, buyer_id, buyer_amount, gross, shares, vat, invoiced_in, carry from settled_month
      where seller_id = ${mine} order by placement_id, service_month`),
    withheld: await rows(sql`
      select placement_id, close_month, reason, quantity from withheld where seller_id = ${mine} order by placement_id, close_month, reason`),
    funding: await rows(sql`
      select seller_id, close_month, buyer_id, source, amount from funding_sum where seller_id = ${mine} order by 1, 2, 3, 4`),
    evidence: await rows(sql`
      select seller_id, close_month, buyer_id, facts from rating_evidence where seller_id = ${mine} order by 1, 2, 3`),
    closes: await rows(sql`
      select seller_id, month, withheld, own_use from month_close where seller_id = ${mine} order by 1, 2`),
    numbers: await rows(sql`
      select seller_id, year, last_number from number_series where seller_id = ${mine} order by 1, 2`),
    due: await rows(sql`select placement_id from rating_due where seller_id = ${mine}`),
  }
}

/** Puts a database back to before its closes. */
async function undo(database: Database): Promise<void> {
  for (const table of [
    'charge',
    'document',
    'rating_evidence',
    'closed_offer',
    'withheld',
    'funding_sum',
    'settled_month',
  ]) {
    await sql.raw(`delete from ${table}`).execute(database.db)
  }
  await sql`delete from month_close`.execute(database.db)
  await sql`delete from number_series`.execute(database.db)
}

const database = await freshDatabase()
const world = await monthOfThree(database)
const ids = sellers.map((code) => world.organisation[code])
const march = { month: '2026-03', sellers: ids } as const

async function lateFact(placement_id: string, seller_id: string): Promise<void> {
  await sql`update delivery set withdrawn_at = now() where placement_id = ${placement_id} and delivered_on = '2026-03-02'`.execute(
    database.db,
  )
  await transact(world.system(), (tx) =>
    tracePlacementChange(tx, world.system(), seller_id, placement_id, '2026-03-02'),
  )
}

test('a run of many sellers leaves exactly what closing each by itself leaves, late facts included', async () => {
  world.clock.set('2026-03-31')
  for (const seller of ids) await closeMonthOf(world.system(), seller, '2026-03')
  const eachAlone = await leftBy(database, ids)
  await undo(database)
  const progress: RunProgress[] = []
  const { sellers: outcomes } = await closeRun(database, world.system(), march, (step) => progress.push(step))
  expect(await leftBy(database, ids)).toEqual(eachAlone)
  expect(eachAlone.documents).toHaveLength(6)
  expect(outcomes.map(({ documents }) => documents)).toEqual([2, 2, 2])
  expect(progress.map(({ done, of, documents }) => [done, of, documents])).toEqual([
    [1, 3, 2],
    [2, 3, 2],
    [3, 3, 2],
  ])
})

test('run again, a closed month is left as it is', async () => {
  const before = await leftBy(database, ids)
  const { sellers: outcomes } = await closeRun(database, world.system(), march)
  expect(outcomes.map(({ documents, refused }) => [documents, refused])).toEqual(ids.map(() => [null, undefined]))
  expect(await leftBy(database, ids)).toEqual(before)
})

test('what is kept of a close explains every line, and comes to the figures that were issued', async () => {
  const { rows } = await sql<{ id: string }>`select id from document order by number`.execute(database.db)
  for (const { id } of rows) {
    const { record } = await transact(world.system(), (tx) => getDocument(tx, id))
    for (const line of record.lines) {
      if (line.kind === 'adjustment') throw new Error('there are none in the first close')
      expect(line.explanation!.amount.rounded).toBe(line.gross)
      expect(line.explanation!.shares.map(({ amount }) => amount)).toEqual(line.shares.map(({ amount }) => amount))
      expect(line.price).toMatchObject({ valid_from: '2026-01-01' })
    }
  }
})

test('an explanation that does not come to what was issued is not shown, and the line says so; the figures stay', async () => {
  const { rows } = await sql<{ id: string; seller_id: string; buyer_id: string; facts: string }>`
    select d.id, d.seller_id, d.buyer_id, e.facts from document d
    join rating_evidence e on e.seller_id = d.seller_id and e.buyer_id = d.buyer_id and e.close_month = d.close_month
    order by d.number limit 1`.execute(database.db)
  const [kept] = rows
  const change = (facts: string) =>
    sql`update rating_evidence set facts = ${facts} where seller_id = ${kept!.seller_id} and buyer_id = ${kept!.buyer_id}`.execute(
      database.db,
    )
  const read = () => transact(world.system(), (tx) => getDocument(tx, kept!.id))
  const before = await read()
  await change(kept!.facts.replaceAll(/ x[0-9a-f]+/g, ' x1'))
  const after = await read()
  await change(kept!.facts)
  const without = after.record.lines.filter((line) => line.explanation === null)
  expect(without.length).toBeGreaterThan(0)
  expect(after.record.lines.filter((line) => line.explanation_note === 'other_calculation')).toEqual(without)
  const figures = ({ explanation: _, explanation_note: _note, ...issued }: RecordLine) => issued
  expect(after.record.lines.map(figures)).toEqual(before.record.lines.map(figures))
})

test('late facts in a run: adjustments and credit notes, explained, and the trace is cleared', async () => {
  world.clock.set('2026-04-30')
  const { rows } = await sql<{ id: string; seller_id: string }>`
    select p.id, p.seller_id from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    where o.unit = 'attended_day' and p.seller_id <> p.buyer_id order by p.id limit 2`.execute(database.db)
  for (const { id, seller_id } of rows) await lateFact(id, seller_id)
  await closeRun(database, world.system(), { month: '2026-04', sellers: 'all' })
  const left = await leftBy(database, ids)
  expect(left.due).toEqual([])
  const credits = await sql<{ id: string }>`select id from document where type = 'credit_note'`.execute(database.db)
  expect(credits.rows.length).toBeGreaterThan(0)
  for (const { id } of credits.rows) {
    const { record } = await transact(world.system(), (tx) => getDocument(tx, id))
    for (const line of record.lines) {
      if (line.kind !== 'adjustment') continue
      expect(line.explanation.billed_on).toMatchObject([{ type: 'invoice', amount: line.billed }])
      expect(line.explanation.rated_lines.length).toBeGreaterThan(0)
    }
  }
})

test('a seller whose next month is another is refused and holds up nobody; nobody else may start a run', async () => {
  world.clock.set('2026-05-31')
  await closeMonthOf(world.system(), ids[0]!, '2026-05')
  world.clock.set('2026-06-30')
  const { sellers: outcomes } = await closeRun(database, world.system(), { month: '2026-06', sellers: ids })
  const [first, ...rest] = ids.map((id) => outcomes.find(({ seller }) => seller === id)!)
  expect(first).toMatchObject({ documents: expect.any(Number) })
  for (const other of rest)
    expect(other.refused).toMatchObject({ code: 'month_out_of_order', values: { expected: '2026-05' } })
  await expect(closeRun(database, world.as('DGV', 'finance'), march)).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(closeRun(database, world.system(), { ...march, month: '2026-07' })).rejects.toMatchObject({
    code: 'month_not_over',
  })
})

test('facts come seller by seller, and those of one seller alone are together', async () => {
  const seen: string[] = []
  await transact(world.system(), async (tx) => {
    for await (const { facts } of readSellers(tx, ids, '2026-07')) {
      seen.push(facts.seller)
      expect(new Set(facts.placements.map(({ seller }) => seller))).toEqual(new Set([facts.seller]))
    }
  })
  expect(seen).toEqual(ids)
  const rows = sellerMonths(ids)
  const row = { what: 0, placement: null, first: null, days: null, quantity: null, payload: null }
  rows.add({ seller: 2, ...row })
  expect(() => rows.add({ seller: 1, ...row })).toThrow('seller by seller')
})

test.skipIf(!onPostgres)('the number of statements does not depend on sellers, placements or lines', async () => {
  const few = await freshDatabase()
  const small = await monthOfThree(few, 1)
  const one = await closeRun(few, small.system(), { month: '2026-03', sellers: [small.organisation.DGV] })
  const two = await closeRun(few, small.system(), { month: '2026-03', sellers: 'all' })
  const many = await freshDatabase()
  const large = await monthOfThree(many, 6)
  const all = await closeRun(many, large.system(), { month: '2026-03', sellers: 'all' })
  expect([two.statements, all.statements]).toEqual([one.statements, one.statements])
  expect(all.statements).toBeLessThan(50)
})

test('two runs at once: one waits, then finds the months closed', async () => {
  const twice = await freshDatabase()
  const both = await monthOfThree(twice, 1)
  const runs = await Promise.all([1, 2].map(() => closeRun(twice, both.system(), { month: '2026-03', sellers: 'all' })))
  const issued = runs.map(({ sellers: outcomes }) => outcomes.reduce((sum, { documents }) => sum + (documents ?? 0), 0))
  expect(issued.toSorted()).toEqual([0, 6])
})

test.skipIf(!onPostgres)(
  'killed at any point and run again, a run ends as if nobody had disturbed it',
  async () => {
    const killed = await freshDatabase()
    const disturbed = await monthOfThree(killed, 4)
    const all = sellers.map((code) => disturbed.organisation[code])
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(killed.db)
    const { url } = inject('database') as { url: string }
    const run = () =>
      spawn(process.execPath, ['--import', 'tsx', 'test/settlement/run-in-child.ts', `${url}/${rows[0]!.name}`])
    let cut = 0
    for (const until of ['begin', 'reading', 'settled 1', 'settled 2', 'settled 3', 'documents', 'finished']) {
      const child = run()
      let said = ''
      child.stdout.on('data', (text) => {
        said += text
        if (said.includes(`${until}\n`)) child.kill('SIGKILL')
      })
      const [, signal] = await once(child, 'exit')
      if (signal === 'SIGKILL') cut += 1
      const { closed } = (
        await sql<{ closed: number }>`select count(*)::int as closed from month_close`.execute(killed.db)
      ).rows[0]!
      expect([0, 3]).toContain(closed)
    }
    expect(cut).toBeGreaterThan(3)
    await closeRun(killed, disturbed.system(), { month: '2026-03', sellers: 'all' })
    const afterwards = await leftBy(killed, all)
    await undo(killed)
    await closeRun(killed, disturbed.system(), { month: '2026-03', sellers: 'all' })
    expect(await leftBy(killed, all)).toEqual(afterwards)
    expect(afterwards.numbers).toMatchObject(all.map(() => ({ last_number: 2 })))
  },
  180_000,
)

test('several deliveries of one day count one by one, and a limit given later finds what earlier months took', async () => {
  const fresh = await freshDatabase()
  const later = await createWorld(fresh, '2026-02-28')
  const seller = later.organisation.DGV
  const trips = await offerIn(later, { seller: 'DGV', title: 'Braucieni', unit: 'trip' })
  const price = { seller_id: seller, id: newId(), offer_id: trips, valid_from: '2026-01-01', unit_price: '10' }
  await fresh.db
    .insertInto('price')
    .values({ ...price, recorded_at: '2026-01-01T00:00:00Z' })
    .execute()
  const stay = await placementIn(later, trips, { seller: 'DGV', buyer: 'REZ', valid_from: '2026-02-01' })
  const record = (...delivered: string[]) =>
    fresh.db
      .insertInto('delivery')
      .values(
        delivered.map((delivered_on) => ({
          seller_id: seller,
          placement_id: stay,
          id: newId(),
          buyer_id: later.organisation.REZ,
          delivered_on,
          kind: 'delivered',
          quantity: '1',
          recorded_at: '2026-02-28T00:00:00Z',
        })),
      )
      .execute()
  const billed = async () =>
    (
      await sql<{ service_month: string; gross: string }>`
        select service_month, gross from settled_month where placement_id = ${stay} order by service_month`.execute(
        fresh.db,
      )
    ).rows.map(({ service_month, gross }) => `${service_month} ${gross}`)
  await record('2026-02-02', '2026-02-02', '2026-02-03')
  await closeRun(fresh, later.system(), { month: '2026-02', sellers: [seller] })
  expect(await billed()).toEqual(['2026-02 30.00'])
  await record('2026-02-05', '2026-03-05', '2026-03-05', '2026-03-05', '2026-03-31', '2026-04-01')
  await sql`update placement set authorised_total = 6 where id = ${stay}`.execute(fresh.db)
  await transact(later.system(), (tx) => tracePlacementChange(tx, later.system(), seller, stay, '2026-02-05'))
  later.clock.set('2026-03-31')
  await closeRun(fresh, later.system(), { month: '2026-03', sellers: [seller] })
  expect(await billed()).toEqual(['2026-02 40.00', '2026-03 20.00'])
  await sql`update placement set authorised_total = null where id = ${stay}`.execute(fresh.db)
  await transact(later.system(), (tx) => tracePlacementChange(tx, later.system(), seller, stay, '2026-02-01'))
  later.clock.set('2026-04-30')
  await closeRun(fresh, later.system(), { month: '2026-04', sellers: [seller] })
  expect(await billed()).toEqual(['2026-02 40.00', '2026-03 40.00', '2026-04 10.00'])
  await sql`update placement set authorised_total = 11 where id = ${stay}`.execute(fresh.db)
  await transact(later.system(), (tx) => tracePlacementChange(tx, later.system(), seller, stay, '2026-05-01'))
  await record('2026-05-01', '2026-05-02', '2026-05-02')
  later.clock.set('2026-05-31')
  await closeRun(fresh, later.system(), { month: '2026-05', sellers: [seller] })
  expect(await billed()).toEqual(['2026-02 40.00', '2026-03 40.00', '2026-04 10.00', '2026-05 20.00'])
})
