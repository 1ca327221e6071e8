/** A catalogue from another system or a spreadsheet: looked through row by row, then saved whole in a constant number of statements. */
import { sql } from 'kysely'
import { type AuditEntry, recordAudit } from '../audit/record.ts'
import { traceChanges } from '../audit/trace.ts'
import { type Context, carryOut, organisationOf, permit } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { isId, newId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { PlacesFreed } from './commands.ts'
import {
  capacitiesOfDecision,
  type Decision,
  decideOffer,
  type ExistingOffer,
  type Outcome,
  withCut,
} from './import.ts'
import type { ImportedOffer, RowError } from './import-file.ts'
import type { OfferInput } from './offer.ts'
import { type CapacityRow, insertPrices, type OfferRow, offerRulesOf, type PriceRow, withdrawPrices } from './store.ts'
import { daysOfTooManyParts, staysAbove } from './vacancy-store.ts'

export interface ImportWish {
  /** says what would be done; nothing is saved */
  dry_run: boolean
  /** leaves out the offers that are wrong; otherwise one wrong offer keeps everything from being saved */
  only_right: boolean
  /** new offers of which the file does not say it are published at once; otherwise they are drafts */
  publish: boolean
  /** the program at the terminal says whose catalogue it is; anybody else imports their own */
  seller_id?: string
}

export interface ImportReport {
  saved: boolean
  created: number
  changed: number
  same: number
  wrong: number
  items: {
    row: number
    external_id: string
    offer_id: string | null
    title: string
    outcome: Outcome
    changes: string[]
    errors: RowError[]
    /** saved all the same, and should be known */
    told: RowError[]
  }[]
}

/**
 * Brings a seller's offers to what a file says: by the code of each, so that the same file twice changes nothing. What the file
 * does not name stays as it is; nothing is ever taken out of the catalogue. Prices become versions (R3), a different one for a date
 * that has one is refused; a change that closed months were rated by leaves its trace (R16).
 * @returns what became of each offer, in the order of the file; `saved` false where one is wrong, or for a dry run
 * @throws Refusal `not_permitted`
 */
export async function importOffers(
  ctx: Context,
  read: readonly ImportedOffer[],
  wish: ImportWish,
  freed?: PlacesFreed,
): Promise<ImportReport> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = ctx.actor.kind === 'system' ? (wish.seller_id ?? refuse('not_found')) : organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const existing = await existingOffers(tx, seller_id, read)
    const known = await knownNames(tx, seller_id)
    const decided = read.map((offer) =>
      decideOffer(offer, existing.get(offer.external_id) ?? null, known, wish.publish),
    )
    const decisions = await withCuts(tx, seller_id, read, decided)
    const saved = !wish.dry_run && (wish.only_right || decisions.every(({ outcome }) => outcome !== 'wrong'))
    const ids = new Map(decisions.map((one) => [one, one.existing?.offer.id ?? (one.after === null ? null : newId())]))
    if (saved) await save(tx, ctx, seller_id, decisions, ids)
    if (saved && freed !== undefined) await offerMorePlaces(tx, ctx, seller_id, decisions, freed)
    return reportOf(decisions, ids, saved)
  })
}

/** What the capacities that the file cuts come to beside what is set aside and the stays that are given. */
async function withCuts(
  tx: Tx,
  seller_id: string,
  read: readonly ImportedOffer[],
  decided: readonly Decision[],
): Promise<Decision[]> {
  const changed = decided.filter(({ changes }) => changes.includes('capacities')).map(capacitiesOfDecision)
  const before = changed.flatMap((one) => one.before)
  const after = changed.flatMap((one) => one.after)
  const tooMany = new Map((await daysOfTooManyParts(tx, seller_id, after, before)).map((day) => [day.offer_id, day]))
  const above = Map.groupBy(await staysAbove(tx, seller_id, before, after), ({ offer_id }) => offer_id)
  return decided.map((one, index) => {
    const id = one.existing?.offer.id ?? ''
    const stays = above.get(id)
    const first = stays?.[0]
    const told = first && { date: first.date, capacity: first.capacity, taken: first.taken, count: stays!.length }
    return withCut(one, read[index]!, tooMany.get(id), told)
  })
}

function reportOf(decisions: readonly Decision[], ids: ReadonlyMap<Decision, string | null>, saved: boolean) {
  const count = (wanted: Outcome) => decisions.filter(({ outcome }) => outcome === wanted).length
  return {
    saved,
    created: count('create'),
    changed: count('change'),
    same: count('same'),
    wrong: count('wrong'),
    items: decisions.map((one) => {
      const { row, external_id, title, outcome, changes, errors, told } = one
      const offer_id = saved || one.existing !== null ? (ids.get(one) ?? null) : null
      return { row, external_id, offer_id, title, outcome, changes, errors, told }
    }),
  }
}

/** The seller's offers that the file means, locked: by their code, or by our own id where the file is our own output. */
async function existingOffers(
  tx: Tx,
  seller_id: string,
  read: readonly ImportedOffer[],
): Promise<Map<string, ExistingOffer>> {
  const codes = read.map(({ external_id }) => external_id)
  const own = codes.filter(isId).map((code) => code.toLowerCase())
  const { rows } = await sql<OfferRow>`
    select * from offer where seller_id = ${seller_id} and (external_id = any (${codes}::text[])
      or (external_id is null and id = any (${own}::uuid[]))) order by id for update`.execute(tx)
  if (rows.length === 0) return new Map()
  const ids = rows.map(({ id }) => id)
  const facts = sql`seller_id = ${seller_id} and offer_id = any (${ids}::uuid[])`
  const prices = await sql<PriceRow>`
    select * from price where ${facts} and withdrawn_at is null order by valid_from`.execute(tx)
  const capacities = await sql<CapacityRow>`select * from capacity where ${facts} order by valid_from`.execute(tx)
  const used = await sql<{ offer_id: string; placements: number; surcharges: string[] }>`
    select offer_id, sum(stays)::int as placements, array_agg(distinct name) filter (where name is not null) as surcharges from (
      select p.offer_id, 1 as stays, null as name from placement p where ${facts}
      union all select p.offer_id, 0, unnest(p.surcharges) from placement p where ${facts}
      union all select r.offer_id, 0, unnest(r.surcharges) from referral r where ${facts} and r.status = 'submitted'
    ) use group by offer_id`.execute(tx)
  const useOf = new Map(used.rows.map((use) => [use.offer_id, use]))
  const pricesOf = Map.groupBy(prices.rows, (price) => price.offer_id)
  const capacitiesOf = Map.groupBy(capacities.rows, (capacity) => capacity.offer_id)
  return new Map(
    rows.map((offer) => [
      offer.external_id ?? codes.find((code) => code.toLowerCase() === offer.id)!,
      {
        offer,
        input: inputOf(offer),
        prices: pricesOf.get(offer.id) ?? [],
        capacities: capacitiesOf.get(offer.id) ?? [],
        placements: useOf.get(offer.id)?.placements ?? 0,
        surcharges: useOf.get(offer.id)?.surcharges ?? [],
      },
    ]),
  )
}

function inputOf(offer: OfferRow): OfferInput {
  const { kind_code, provider_id, title, description, address, locality, delivery_mode, unit } = offer
  const { target_groups, languages, accessibility } = offer
  return {
    ...{ kind_code, provider_id, title, description, address, locality, delivery_mode, unit },
    ...{ target_groups, languages, accessibility },
    ...offerRulesOf(offer),
    frees_bed: offer.frees_bed,
    in_turn: offer.in_turn,
  } as OfferInput
}

async function knownNames(tx: Tx, seller_id: string) {
  const [kinds, groups, providers] = [
    await tx.selectFrom('service_kind').select(['code', 'name_lv', 'name_en', 'registered']).execute(),
    await tx.selectFrom('target_group').select(['code', 'name_lv', 'name_en']).execute(),
    await tx
      .selectFrom('provider')
      .select(['id', 'name', 'register_number'])
      .where('municipality_id', '=', seller_id)
      .orderBy('id')
      .execute(),
  ]
  return { kinds, groups, providers }
}

type Saved = Decision & { after: NonNullable<Decision['after']>; id: string }

async function save(
  tx: Tx,
  ctx: Context,
  seller_id: string,
  decisions: readonly Decision[],
  ids: ReadonlyMap<Decision, string | null>,
): Promise<void> {
  const at = ctx.clock.now().toISOString()
  const saved = decisions.flatMap((one): Saved[] =>
    one.after === null || one.outcome === 'same' ? [] : [{ ...one, after: one.after, id: ids.get(one)! }],
  )
  await saveOffers(tx, seller_id, saved, at)
  await keepCodes(tx, seller_id, decisions)
  const withdrawn = saved.flatMap(({ after }) => after.prices.withdrawn.map(({ id }) => id))
  await withdrawPrices(tx, seller_id, withdrawn, at)
  const added = saved.flatMap(({ id: offer_id, after }) =>
    after.prices.added.map((price) => ({
      ...price,
      ...{ seller_id, offer_id, id: newId(), recorded_at: at, withdrawn_at: null },
    })),
  )
  await insertPrices(tx, added)
  await saveCapacities(tx, seller_id, saved, at)
  await traceStays(tx, ctx, seller_id, saved)
  await recordAudit(tx, ctx, ...saved.map((one) => entryOf(seller_id, one)))
}

const offerColumns = `kind_code text, provider_id uuid, title text, description text, address text, locality text, delivery_mode text,
  target_groups jsonb, languages jsonb, accessibility jsonb, unit text, departure_day_charged boolean, absence jsonb, surcharges jsonb,
  frees_bed jsonb, in_turn boolean, no_show_percent numeric, minimum_per_month numeric, vat_category text, vat_rate numeric`

async function saveOffers(tx: Tx, seller_id: string, saved: readonly Saved[], at: string) {
  const row = ({ id, external_id, after }: Saved) => {
    const { vat, ...input } = after.input
    return { ...input, id, external_id, status: after.status, vat_category: vat.category, vat_rate: vat.rate }
  }
  const lists = sql.raw(
    ['target_groups', 'languages', 'accessibility']
      .map((name) => `array(select jsonb_array_elements_text(rows.${name})) as ${name}`)
      .join(', '),
  )
  const plain = sql.raw(
    `kind_code, provider_id, title, description, address, locality, delivery_mode, unit, departure_day_charged, absence, surcharges,
     frees_bed, in_turn, no_show_percent, minimum_per_month, vat_category, vat_rate`,
  )
  const names = sql`${plain}, target_groups, languages, accessibility`
  const created = saved.filter(({ existing }) => existing === null).map(row)
  if (created.length > 0)
    await sql`
      insert into offer (seller_id, id, external_id, status, created_at, changed_at, ${names})
      select ${seller_id}::uuid, id, external_id, status, ${at}::timestamptz, ${at}::timestamptz, ${plain}, ${lists}
      from ${rowsOf(created, `id uuid, external_id text, status text, ${offerColumns}`)}`.execute(tx)
  const changed = saved.filter(({ existing }) => existing !== null).map(row)
  if (changed.length > 0)
    await sql`
      update offer o set (changed_at, ${names}) = (select ${at}::timestamptz, ${sql.raw(
        `n.kind_code, n.provider_id, n.title, n.description, n.address, n.locality, n.delivery_mode, n.unit, n.departure_day_charged,
         n.absence, n.surcharges, n.frees_bed, n.in_turn, n.no_show_percent, n.minimum_per_month, n.vat_category, n.vat_rate, n.target_groups, n.languages,
         n.accessibility`,
      )})
      from (select id, ${plain}, ${lists} from ${rowsOf(changed, `id uuid, ${offerColumns}`)}) n
      where o.seller_id = ${seller_id} and o.id = n.id`.execute(tx)
}

/** An offer found by our own id takes it as its code, so that it is found again whatever system the next file comes from. */
async function keepCodes(tx: Tx, seller_id: string, decisions: readonly Decision[]): Promise<void> {
  const rows = decisions.flatMap(({ existing, external_id, after }) =>
    existing !== null && after !== null && existing.offer.external_id === null
      ? [{ id: existing.offer.id, external_id }]
      : [],
  )
  if (rows.length === 0) return
  await sql`
    update offer o set external_id = n.external_id from (select * from ${rowsOf(rows, 'id uuid, external_id text')}) n
    where o.seller_id = ${seller_id} and o.id = n.id`.execute(tx)
}

async function saveCapacities(tx: Tx, seller_id: string, saved: readonly Saved[], at: string): Promise<void> {
  const removed = saved.flatMap(({ after }) => after.capacities.removed.map(({ id }) => id))
  if (removed.length > 0)
    await tx.deleteFrom('capacity').where('seller_id', '=', seller_id).where('id', 'in', removed).execute()
  const rows = saved.flatMap(({ id: offer_id, after }) =>
    after.capacities.added.map((capacity) => ({ ...capacity, seller_id, offer_id, id: newId(), recorded_at: at })),
  )
  if (rows.length > 0) await tx.insertInto('capacity').values(rows).execute()
}

/** Where the capacity of an offer changed and somebody waits for it: one after the other, as each place goes to one. */
async function offerMorePlaces(
  tx: Tx,
  ctx: Context,
  seller_id: string,
  decisions: readonly Decision[],
  freed: PlacesFreed,
): Promise<void> {
  const changed = decisions.flatMap(({ existing, changes }) =>
    existing !== null && changes.includes('capacities') ? [existing.offer.id] : [],
  )
  if (changed.length === 0) return
  const { rows } = await sql<{ seller_id: string; offer_id: string }>`
    select seller_id, id as offer_id from offer
    where seller_id = ${seller_id} and id = any (${changed}::uuid[]) and queue_length(seller_id, id) > 0 order by id`.execute(
    tx,
  )
  for (const offer of rows) await freed(tx, ctx, offer)
}

/** R16: the stays of offers that are charged otherwise from a date on. */
async function traceStays(tx: Tx, ctx: Context, seller_id: string, saved: readonly Saved[]): Promise<void> {
  const offers = saved.flatMap(({ id, existing, after }) =>
    existing === null || after.rated_from === null ? [] : [{ id, rated_from: after.rated_from }],
  )
  if (offers.length === 0) return
  const { rows } = await sql<{ seller_id: string; placement_id: string; from_date: string }>`
    select p.seller_id, p.id as placement_id, greatest(p.valid_from, rows.rated_from)::text as from_date
    from ${rowsOf(offers, 'id uuid, rated_from date')} join placement p
      on p.seller_id = ${seller_id} and p.offer_id = rows.id and (p.valid_to is null or p.valid_to >= rows.rated_from)`.execute(
    tx,
  )
  await traceChanges(tx, ctx, rows)
}

function entryOf(seller_id: string, { id, external_id, existing, after, changes }: Saved): AuditEntry {
  const { input, prices, capacities } = after
  return {
    action: 'importOffers',
    subject_type: 'offer',
    subject_id: id,
    seller_id,
    before: existing === null ? null : { ...existing.input, prices: prices.withdrawn, capacity: capacities.removed },
    after: { external_id, ...input, prices: prices.added, capacity: capacities.added, changes },
  }
}
