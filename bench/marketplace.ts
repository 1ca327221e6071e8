/**
 * What the catalogue answers, against the floor: the same rows read by an index, with nothing looked for, ranked or counted.
 * Interleaved in one run, on one connection, through row level security as a municipality asks. Compare inside one run only.
 */
import { type SqlBool, sql } from 'kysely'
import pg from 'pg'
import { addDays, type PlainDate } from '../src/calendar.ts'
import { facetsOf, lookNow, placesOfOffers, searchOffers } from '../src/catalogue/search-store.ts'
import type { OfferSearch } from '../src/catalogue/store.ts'
import * as tables from '../src/catalogue/store.ts'
import { type Context, fixedClock, transact } from '../src/context.ts'
import { connectPostgres, type Db, type Tx } from '../src/db/connect.ts'
import { migrate } from '../src/db/migrate.ts'
import { makeMarket, today } from './marketplace-data.ts'
import { benchHttp } from './marketplace-http.ts'
import { best, type Measured, measure, median, ms, table } from './measure.ts'
import { settings, startServer } from './server.ts'

const perPage = 20
const nothing: OfferSearch = {
  words: [],
  kind_code: null,
  target_group: null,
  seller_id: null,
  delivery_mode: null,
  language: null,
  accessibility: null,
  owner_type: null,
  near: 'Rēzekne',
  within: null,
  priced: false,
  free: false,
  on: today,
  own: false,
}

/** @param sizes how many offers; ten times as many stays each @param http over HTTP as well */
export async function benchMarketplace({
  sizes,
  rounds,
  http,
}: {
  sizes: number[]
  rounds: number
  http: boolean
}): Promise<void> {
  const server = await startServer()
  try {
    const database = connectPostgres(server.url, 1)
    await migrate(database)
    const client = new pg.Client({ connectionString: server.url })
    client.on('error', () => {})
    await client.connect()
    const { server_version } = (await client.query('show server_version')).rows[0]
    console.log(`PostgreSQL ${server_version}, ${JSON.stringify(settings)}`)
    for (const offers of sizes) {
      await makeMarket(client, offers, offers * 10)
      console.log(`\n## ${offers} offers, ${offers * 10} placements, 43 sellers; best and median of ${rounds} rounds`)
      await benchSize(database.db, server.cpu, rounds)
      if (http && offers === sizes.at(-1)) await benchHttp(server.url)
    }
    await client.end()
    await database.close()
  } finally {
    await server.stop()
  }
}

type Work = (tx: Tx) => Promise<unknown>

async function benchSize(db: Db, cpuOfServer: () => number, rounds: number): Promise<void> {
  const { id: reader } = await db
    .selectFrom('organisation')
    .select('id')
    .where('code', '=', 'M5')
    .executeTakeFirstOrThrow()
  const ctx: Context = {
    db,
    clock: fixedClock(today),
    actor: {
      kind: 'member',
      person_id: null,
      token_id: null,
      name: 'bench',
      organisation_id: reader,
      organisation_kind: 'municipality',
      roles: ['buyer'],
      sees: [reader],
    },
  }
  const works = worksOf(reader, await offerWithMostStays(db))
  const found = new Map<string, Measured[]>()
  const start = performance.now()
  await transact(ctx, (tx) => facetsOf(tx, reader, nothing))
  console.log(`the first look of a program, which fills the shelf: ${ms(performance.now() - start)} ms`)
  for (const [, work] of works) await transact(ctx, work) // warm
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of works) {
      const measured = await measure(cpuOfServer, () => transact(ctx, work))
      found.set(name, [...(found.get(name) ?? []), measured])
    }
  }
  // By themselves, because whoever looks for words after a change reads those anew as well.
  const list = (tx: Tx) => searchOffers(tx, reader, nothing, { limit: perPage, after: null })
  const map = (tx: Tx) => placesOfOffers(tx, reader, nothing)
  const floor = works[0]![2]
  const late: [string, Work, string, (db: Db) => Promise<unknown>][] = [
    ['list after one seller changed one offer', list, floor, oneOffer],
    ['list after others changed fifty stays', list, floor, fiftyStays],
    ['map after others changed fifty stays', map, floor, fiftyStays],
  ]
  for (let round = 0; round < rounds; round++)
    for (const [name, work, , before] of late) {
      await before(db)
      found.set(name, [...(found.get(name) ?? []), await measure(cpuOfServer, () => transact(ctx, work))])
    }
  const wall = (one: Measured) => one.wall
  const of = (name: string) => found.get(name)!
  const rows = [...works, ...late].map(([name, , floor]) => [
    name,
    ms(best(of(name), wall)),
    ms(median(of(name), wall)),
    `${(median(of(name), wall) / median(of(floor), wall)).toFixed(1)} ×`,
  ])
  console.log(table([['', 'best ms', 'median ms', 'of its floor'], ...rows]))
}

/** What is measured, with the name of its floor. */
function worksOf(reader: string, offer: { seller_id: string; id: string }): [string, Work, string][] {
  const list = (change: Partial<OfferSearch>): Work => {
    const search = { ...nothing, ...change }
    return (tx) => searchOffers(tx, reader, search, { limit: perPage, after: null })
  }
  const facets = (change: Partial<OfferSearch>): Work => {
    return (tx) => facetsOf(tx, reader, { ...nothing, ...change })
  }
  const pageFloor = 'floor: a page by index'
  const yearFloor = 'floor: stays of an offer by index'
  const page = async (tx: Tx) => {
    const look = await lookNow(tx)
    await searchOffers(tx, reader, nothing, { limit: perPage, after: null }, look)
    await facetsOf(tx, reader, nothing, look)
  }
  // A day that nobody has asked for: prices and places of all candidates are counted.
  let day = today as PlainDate
  const counted: Work = async (tx) => {
    day = addDays(day, 1)
    await list({ on: day })(tx)
  }
  return [
    [pageFloor, floorOfPage, pageFloor],
    ['list, first page', list({}), pageFloor],
    ['list, one kind', list({ kind_code: 'group-home' }), pageFloor],
    ['list, within 30 km, free, priced', list({ within: 30, free: true, priced: true }), pageFloor],
    ['list, two words', list({ words: ['dienas', 'centr'] }), pageFloor],
    ['list, a rare word', list({ words: ['fizioterap', 'rezekn'] }), pageFloor],
    ['list, a mistyped word', list({ words: ['fizeoterapeits'] }), pageFloor],
    ['by the tables alone: a mistyped word', byTables(reader, { words: ['fizeoterapeits'] }), pageFloor],
    ['filter counts', facets({}), pageFloor],
    ['filter counts, one kind', facets({ kind_code: 'group-home' }), pageFloor],
    ['first page whole: list and counts', page, pageFloor],
    ['list, another day each time: counted', counted, pageFloor],
    ['map: all places with free offers', (tx) => placesOfOffers(tx, reader, nothing), pageFloor],
    ['by the tables alone: map', (tx) => tables.placesOfOffers(tx, reader, nothing), pageFloor],
    ['by the tables alone: list, first page', byTables(reader), pageFloor],
    ['by the tables alone: filter counts', (tx) => tables.facetsOf(tx, reader, nothing), pageFloor],
    [yearFloor, floorOfYear(offer), yearFloor],
    ['vacancy: one offer, a year', (tx) => tables.vacancyOf(tx, offer, '2026-01-01', '2026-12-31'), yearFloor],
    ['vacancy: a page of 20 offers, one day', placesOfPage, pageFloor],
  ]
}

function byTables(reader: string, change: Partial<OfferSearch> = {}): Work {
  return (tx) => tables.searchOffers(tx, reader, { ...nothing, ...change }, { limit: perPage, after: null })
}

/** What somebody else writes before a look, each in a transaction of its own. */
const oneOffer = (db: Db) =>
  sql`update offer set changed_at = changed_at where id = (select id from offer where status = 'published' limit 1)`.execute(
    db,
  )
const fiftyStays = (db: Db) =>
  sql`update placement p set places = p.places from (
      select distinct on (offer_id) seller_id, id from placement
      where offer_id in (select id from offer where status = 'published' order by id limit 50) order by offer_id, id
    ) one where p.seller_id = one.seller_id and p.id = one.id`.execute(db)

/** Twenty-one offers by the primary index with what a row shows: names, the day's price and capacity. No order, no stays. */
async function floorOfPage(tx: Tx): Promise<void> {
  await sql`
    select o.*, s.name as seller_name, k.name_lv, k.name_en, v.name as provider_name, p.unit_price, c.places
    from (select * from offer where status = 'published' order by id limit ${perPage + 1}) o
    join organisation s on s.id = o.seller_id join service_kind k on k.code = o.kind_code
    left join provider v on v.id = o.provider_id
    left join lateral (select unit_price from price p where p.seller_id = o.seller_id and p.offer_id = o.id
      and p.withdrawn_at is null and p.valid_from <= ${today}::date and (p.valid_to is null or p.valid_to >= ${today}::date) limit 1) p on true
    left join capacity c on c.seller_id = o.seller_id and c.offer_id = o.id
      and daterange(c.valid_from, c.valid_to, '[]') @> ${today}::date`.execute(tx)
}

async function placesOfPage(tx: Tx): Promise<void> {
  await sql`select * from places_free_of(array(select id from offer where status = 'published' order by id limit ${perPage}), ${today}::date)`.execute(
    tx,
  )
}

/** The stays and capacities that a year's vacancy is counted from, just read; as the owner, because whose they are is nobody's to see. */
function floorOfYear(offer: { seller_id: string; id: string }): Work {
  return async (tx) => {
    await sql`set local role none`.execute(tx)
    for (const name of ['placement', 'capacity'] as const)
      await tx
        .selectFrom(name)
        .select(['valid_from', 'valid_to', 'places'])
        .where('seller_id', '=', offer.seller_id)
        .where('offer_id', '=', offer.id)
        .where(sql<SqlBool>`valid_from <= '2026-12-31' and (valid_to is null or valid_to >= '2026-01-01')`)
        .execute()
  }
}

async function offerWithMostStays(db: Db): Promise<{ seller_id: string; id: string }> {
  const { rows } = await sql<{ seller_id: string; id: string }>`
    select seller_id, offer_id as id from placement group by 1, 2 order by count(*) desc, 2 limit 1`.execute(db)
  return rows[0]!
}
