/**
 * Plays a scenario through the real commands on a fresh database, and reads the result back from what they stored. The
 * parties become municipalities, a placement is asked for and accepted, late facts leave their trace and the close follows it.
 *
 * R19 is computed from the documents in the database by the same pure function; which of them a netting has settled is
 * remembered here, because recorded payments are not part of the product yet.
 */
import { sql } from 'kysely'
import type { Month, PlainDate } from '../calendar.ts'
import { addPrice, changeOffer, createOffer, publishOffer, replacePrices } from '../catalogue/commands.ts'
import type { OfferInput } from '../catalogue/offer.ts'
import type { PriceInput } from '../catalogue/price.ts'
import { type Context, fixedClock, type Member } from '../context.ts'
import { connectPglite, connectPostgres, type Database } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { recordAbsence, recordDeliveries, withdrawDelivery } from '../deliveries/commands.ts'
import { roles } from '../identity/permissions.ts'
import { newId } from '../ids.ts'
import { sumMoney } from '../money.ts'
import { acceptReferral, changePlacement, draftReferral, submitReferral } from '../placements/commands.ts'
import type { PlacementChange } from '../placements/placement.ts'
import { closeMonthOf } from '../settlement/commands.ts'
import { calendarUnits, liesIn, overlaps, type PriceVersion } from '../settlement/facts.ts'
import { net, type OpenItem } from '../settlement/netting.ts'
import { registrationNumber } from './documents.ts'
import {
  type AbsenceRecord,
  type DeliveryRecord,
  type Facts,
  type Offer,
  type Placement,
  Refused,
  type Result,
  type ResultDocument,
  type ResultLine,
  type Scenario,
} from './format.ts'
import { type Known, nothingKnown, takeFacts } from './take.ts'

/** After every fact of every scenario: nothing recorded lies in the future. */
const clock = fixedClock('2199-12-31')
const kind = 'day-care-centre'
let opened: Promise<Database> | undefined
let dropped: (() => Promise<void>) | undefined
let played = 0

/** One migrated database for the whole run; each scenario has municipalities of its own in it. */
async function openFresh(): Promise<Database> {
  const url = process.env.DATABASE_URL
  if (url === undefined || url === '') {
    const database = await connectPglite({})
    await migrate(database)
    return database
  }
  const name = `vieta_scenario_${process.pid}`
  const admin = connectPostgres(url, 1)
  await admin.script(`create database ${name}`)
  const address = new URL(url)
  address.pathname = `/${name}`
  const database = connectPostgres(address.href, 4)
  await migrate(database)
  dropped = async () => {
    await admin.script(`drop database ${name}`)
    await admin.close()
  }
  return database
}

/** Closes the database of the run; a database of its own on a server is dropped. */
export async function finish(): Promise<void> {
  if (opened === undefined) return
  await (await opened).close()
  await dropped?.()
}

type Game = {
  database: Database
  options: Options
  known: Known
  /** ids in the database by the scenario's names, and back */
  ids: { parties: Map<string, string>; offers: Map<string, string>; placements: Map<string, string> }
  names: Map<string, string>
  /** in the order recorded; without an id what is withdrawn, because its placement does not cover its date for now */
  deliveries: { id: string | null; record: DeliveryRecord }[]
  /** absences that share no date with their placement: nothing is recorded until one day they do */
  apart: AbsenceRecord[]
  settled: Set<string>
  result: Result
}

type Options = {
  /** done before each close of a month, for all the sellers of the scenario */
  beforeClose?: (database: Database, seller_ids: string[]) => Promise<void>
}

/** Plays all steps in a database of the run's own. Rejects with `Refused` where a fact or step is refused. */
export async function play(scenario: Scenario): Promise<Result> {
  opened ??= openFresh()
  return playIn(await opened, scenario)
}

/** The same in a migrated database that is given: the scenario's municipalities are new ones in it. */
export async function playIn(database: Database, scenario: Scenario, options: Options = {}): Promise<Result> {
  const game: Game = {
    database,
    options,
    known: nothingKnown(scenario.parties),
    ids: { parties: new Map(), offers: new Map(), placements: new Map() },
    names: new Map(),
    deliveries: [],
    apart: [],
    settled: new Set(),
    result: { documents: [], withheld: [], own_use: [], funding: [], transfers: [] },
  }
  await foundMunicipalities(game, scenario.parties)
  await record(game, scenario, '')
  for (const [index, step] of scenario.steps.entries()) {
    if ('close' in step) await close(game, step.close)
    else if ('net' in step) await netOpenItems(game, step.net)
    else await record(game, step.record, `steps[${index}].record.`)
  }
  return game.result
}

async function foundMunicipalities(game: Game, parties: readonly string[]): Promise<void> {
  const { db } = game.database
  for (const party of parties) {
    played += 1
    const id = newId()
    const code = `S${played}`
    // Well formed, so that a service with VAT can be invoiced; another database's scenarios never meet this one's.
    const vat_number = `LV${registrationNumber(played)}`
    await db
      .insertInto('organisation')
      .values({
        id,
        kind: 'municipality',
        code,
        name: party,
        valid_from: '1900-01-01',
        invoice_prefix: code,
        vat_number,
      })
      .execute()
    // Services are given by registered providers; a party's has its id.
    await db
      .insertInto('provider')
      .values({
        id,
        municipality_id: id,
        name: party,
        owner_type: 'municipal',
        register_number: code,
        valid_from: '1900-01-01',
      })
      .execute()
    game.ids.parties.set(party, id)
    game.names.set(id, party)
  }
}

function actingFor(game: Game, party: string): Context {
  const organisation_id = game.ids.parties.get(party)!
  const actor: Member = {
    kind: 'member',
    person_id: null,
    token_id: null,
    name: party,
    organisation_id,
    organisation_kind: 'municipality',
    roles: [...roles],
    sees: [organisation_id],
  }
  return { db: game.database.db, clock, actor }
}

/** Judges the facts as the format asks, then records them through the commands. */
async function record(game: Game, facts: Facts, path: string): Promise<void> {
  const before = { offers: new Map(game.known.offers), placements: new Map(game.known.placements) }
  takeFacts(game.known, facts, path)
  for (const [index, offer] of facts.offers.entries())
    await recordOffer(game, offer, before.offers.get(offer.id), `${path}offers[${index}]`)
  for (const [index, placement] of facts.placements.entries()) {
    await recordPlacement(game, placement, before.placements.get(placement.id), `${path}placements[${index}]`)
  }
  await recordDelivered(game, facts.deliveries)
  const away = [...game.apart, ...facts.absences]
  game.apart = away.filter((absence) => !overlaps(game.known.placements.get(absence.placement)!, absence))
  for (const absence of away) if (!game.apart.includes(absence)) await recordAway(game, absence)
}

async function recordOffer(game: Game, offer: Offer, before: Offer | undefined, name: string): Promise<void> {
  const ctx = actingFor(game, offer.seller)
  const input = offerInput(offer, game.ids.parties.get(offer.seller)!)
  if (before === undefined) {
    const { id } = await createOffer(ctx, input)
    game.ids.offers.set(offer.id, id)
    await replacePrices(ctx, id, pricesOf(offer))
    await publishOffer(ctx, id)
    return
  }
  if (before.seller !== offer.seller) throw new Refused(`${name}: an offer stays with its seller`)
  const id = game.ids.offers.get(offer.id)!
  await changeOffer(ctx, id, input)
  await replacePrices(ctx, id, pricesOf(offer))
}

function offerInput(offer: Offer, provider_id: string): OfferInput {
  return {
    kind_code: kind,
    provider_id,
    title: offer.id,
    description: '',
    address: null,
    locality: null,
    delivery_mode: 'on_site',
    target_groups: [],
    languages: ['lv'],
    accessibility: [],
    frees_bed: {},
    in_turn: false,
    unit: offer.unit,
    departure_day_charged: offer.departure_day_charged ?? false,
    absence: Object.fromEntries(Object.entries(offer.absence ?? {}).map(([away, steps]) => [away, [...steps]])),
    surcharges: { ...offer.surcharges },
    no_show_percent: offer.no_show_percent ?? '0',
    minimum_per_month: offer.minimum_per_month ?? null,
    vat: offer.vat?.category === 'S' ? { category: 'S', rate: offer.vat.rate } : { category: 'E', rate: null },
  }
}

/** R9: tiers do not apply to calendar units and `once`, and are not kept for them. */
function pricesOf(offer: Offer): PriceInput[] {
  const tiered = !(calendarUnits as readonly string[]).includes(offer.unit) && offer.unit !== 'once'
  return offer.prices.map((price: PriceVersion) => ({
    valid_from: price.from,
    valid_to: price.to,
    price_class: price.class ?? null,
    unit_price: price.unit_price,
    tiers:
      tiered && price.tiers !== undefined && price.tiers.length > 0 ? price.tiers.map((tier) => ({ ...tier })) : null,
    decision: null,
    made_up: true,
  }))
}

async function recordPlacement(
  game: Game,
  placement: Placement,
  before: Placement | undefined,
  name: string,
): Promise<void> {
  const buyer = actingFor(game, placement.buyer)
  if (before === undefined) {
    await placeResident(game, buyer, placement)
    return
  }
  if (before.buyer !== placement.buyer || before.offer !== placement.offer) {
    throw new Refused(`${name}: a placement stays with its buyer and offer`)
  }
  const own = game.deliveries.filter(({ record }) => record.placement === placement.id)
  const covered = ({ record }: (typeof own)[number]) => liesIn(placement, record.date)
  const back = new Set(own.filter((each) => each.id === null && covered(each)).map(({ record }) => record.date))
  const seller = actingFor(game, game.known.offers.get(placement.offer)!.seller)
  // On one date the order of recording counts, so all of a date that is covered again is recorded again.
  for (const each of own) {
    if (each.id === null || (covered(each) && !back.has(each.record.date))) continue
    await withdrawDelivery(seller, each.id)
    each.id = null
  }
  await changePlacement(buyer, game.ids.placements.get(placement.id)!, placementChange(placement))
  await recordFor(
    game,
    seller,
    own.filter(({ record }) => back.has(record.date)),
  )
}

/** A place is asked for while the offer is priced; its list of prices is then what the scenario says. */
async function placeResident(game: Game, buyer: Context, placement: Placement): Promise<void> {
  const offer = game.known.offers.get(placement.offer)!
  const offer_id = game.ids.offers.get(placement.offer)!
  const seller = actingFor(game, offer.seller)
  await replacePrices(seller, offer_id, [])
  await addPrice(seller, offer_id, {
    valid_from: '1900-01-01',
    valid_to: null,
    price_class: null,
    unit_price: '0',
    tiers: null,
    decision: null,
    made_up: true,
  })
  const { valid_from, valid_to, ...terms } = placementChange(placement)
  const referral = await draftReferral(buyer, {
    offer_id,
    resident_id: null,
    wanted_from: valid_from,
    wanted_to: valid_to,
    weekdays: null,
    target_group: null,
    decision: null,
    ...terms,
  })
  await submitReferral(buyer, referral.id)
  const { id } = await acceptReferral(seller, referral.id)
  await replacePrices(seller, offer_id, pricesOf(offer))
  game.ids.placements.set(placement.id, id)
  game.names.set(id, placement.id)
}

function placementChange(placement: Placement): PlacementChange {
  const { per_month = null, per_year = null, total = null } = placement.authorised ?? {}
  return {
    valid_from: placement.from,
    valid_to: placement.to,
    places: placement.places ?? 1,
    price_class: placement.price_class ?? null,
    surcharges: [...(placement.surcharges ?? [])],
    authorised: { per_month, per_year, total },
    funding: (placement.funding ?? []).map(
      ({ collected_by = 'seller', percent, per_unit, per_month: monthly, cap_per_month, cap_total, source }) => ({
        source,
        percent,
        per_unit,
        per_month: monthly,
        cap_per_month,
        cap_total,
        collected_by,
      }),
    ),
    note: '',
  }
}

/** In the order recorded, by seller. Deliveries of calendar units count for nothing. */
async function recordDelivered(game: Game, deliveries: readonly DeliveryRecord[]): Promise<void> {
  const counted = deliveries
    .filter((delivery) => !countsItself(game, delivery.placement))
    .map((record): Game['deliveries'][number] => ({ id: null, record }))
  for (const [seller, same] of Map.groupBy(counted, ({ record }) => sellerOf(game, record.placement))) {
    await recordFor(game, actingFor(game, seller), same)
  }
  game.deliveries.push(...counted)
}

/** In batches as the command takes them; each is given its id. */
async function recordFor(game: Game, seller: Context, deliveries: Game['deliveries']): Promise<void> {
  for (let from = 0; from < deliveries.length; from += 2000) {
    const batch = deliveries.slice(from, from + 2000)
    const { items } = await recordDeliveries(
      seller,
      batch.map(({ record: { placement, date, kind, quantity } }) => ({
        placement_id: game.ids.placements.get(placement)!,
        delivered_on: date,
        kind,
        quantity,
      })),
    )
    for (const [index, { id }] of items.entries()) batch[index]!.id = id
  }
}

function countsItself(game: Game, placement: string): boolean {
  const { unit } = game.known.offers.get(game.known.placements.get(placement)!.offer)!
  return (calendarUnits as readonly string[]).includes(unit) || unit === 'once'
}

function sellerOf(game: Game, placement: string): string {
  return game.known.offers.get(game.known.placements.get(placement)!.offer)!.seller
}

async function recordAway(game: Game, absence: AbsenceRecord): Promise<void> {
  await recordAbsence(actingFor(game, sellerOf(game, absence.placement)), {
    placement_id: game.ids.placements.get(absence.placement)!,
    kind: absence.kind,
    valid_from: absence.from,
    valid_to: absence.to,
    note: '',
  })
}

async function close(game: Game, month: Month): Promise<void> {
  const system: Context = { db: game.database.db, clock, actor: { kind: 'system' } }
  const { db } = game.database
  await game.options.beforeClose?.(game.database, [...game.ids.parties.values()])
  for (const [party, seller_id] of [...game.ids.parties].sort()) {
    const done = await db
      .selectFrom('month_close')
      .select('month')
      .where('seller_id', '=', seller_id)
      .where('month', '=', month)
      .executeTakeFirst()
    if (done !== undefined) continue
    const closed = await closeMonthOf(system, seller_id, month)
    game.result.documents.push(...(await documentsOf(game, seller_id, month)))
    if (closed.own_use !== '0.00') game.result.own_use.push({ close: month, seller: party, gross: closed.own_use })
    for (const { placement_id, reason, quantity } of closed.withheld) {
      game.result.withheld.push({ close: month, placement: game.names.get(placement_id)!, reason, quantity })
    }
    for (const { source, buyer, collected_by, amount } of closed.funding) {
      game.result.funding.push({
        close: month,
        source,
        seller: party,
        buyer: game.names.get(buyer.id)!,
        collected_by,
        amount,
      })
    }
  }
}

type ChargeRow = {
  document_id: string
  placement_id: string
  service_month: Month
  kind: string
  quantity: string
  base_quantity: string
  unit_price: string
  percent: string
  gross: string
  shares: { source: string; amount: string }[]
  buyer_amount: string
}

/** The documents of a close with their lines, as they stand in the database. */
async function documentsOf(game: Game, seller_id: string, month: Month): Promise<ResultDocument[]> {
  const { rows } = await sql<{
    id: string
    type: ResultDocument['type']
    buyer_id: string
    corrects: Month | null
    net: string
    vat: string
    total: string
  }>`
    select d.id, d.type, d.buyer_id, c.close_month as corrects, d.net, d.vat, d.total
    from document d left join document c on c.seller_id = d.seller_id and c.id = d.corrects_id
    where d.seller_id = ${seller_id} and d.close_month = ${month} order by d.year, d.sequence`.execute(game.database.db)
  const charges = await sql<ChargeRow>`
    select document_id, placement_id, service_month, kind, quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount
    from charge where seller_id = ${seller_id} and close_month = ${month} and document_id is not null
    order by document_id, line_no`.execute(game.database.db)
  const lines = Map.groupBy(charges.rows, (row) => row.document_id)
  return rows.map((row) => ({
    type: row.type,
    close: month,
    seller: game.names.get(seller_id)!,
    buyer: game.names.get(row.buyer_id)!,
    ...(row.corrects === null ? {} : { corrects: row.corrects }),
    net: row.net,
    vat: row.vat,
    total: row.total,
    lines: (lines.get(row.id) ?? []).map((line) => resultLine(game, line)),
  }))
}

function resultLine(game: Game, row: ChargeRow): ResultLine {
  const placement = game.names.get(row.placement_id)!
  const { service_month, kind, buyer_amount } = row
  if (kind === 'adjustment') return { placement, service_month, kind, buyer_amount }
  const { quantity, base_quantity, unit_price, percent, gross } = row
  const bySource = Map.groupBy(row.shares, (share) => share.source)
  const shares = Object.fromEntries(
    [...bySource].map(([source, same]) => [source, sumMoney(same.map(({ amount }) => amount))]),
  )
  return { placement, service_month, kind, quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount }
}

/** R19: what is issued and not settled by an earlier netting of this play. */
async function netOpenItems(game: Game, date: PlainDate): Promise<void> {
  const rows = await game.database.db
    .selectFrom('document')
    .select(['id', 'type', 'seller_id', 'buyer_id', 'total'])
    .where('seller_id', 'in', [...game.ids.parties.values()])
    .execute()
  const open = rows.filter((row) => !game.settled.has(row.id))
  const items = open.map((row): OpenItem => {
    const [seller, buyer] = [game.names.get(row.seller_id)!, game.names.get(row.buyer_id)!]
    const [debtor, creditor] = row.type === 'invoice' ? [buyer, seller] : [seller, buyer]
    return { id: row.id, debtor, creditor, gross: row.total as OpenItem['gross'] }
  })
  for (const row of open) game.settled.add(row.id)
  game.result.transfers.push(...net(items).transfers.map((transfer) => ({ net: date, ...transfer })))
}
