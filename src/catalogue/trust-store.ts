/** Suspensions, standards, feedback, and how sellers answer. */
import { type Insertable, type Selectable, sql } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'
import type { Feedback as FeedbackTable, ProviderSuspension as SuspensionTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { StandardInput, Trust } from './trust.ts'

type OfferKey = { seller_id: string; id: string; provider_id: string | null }

/** What lets one trust an offer, with the suspension that holds on a day or is to come. @param since of the answers counted */
export async function trustOf(tx: Db | Tx, offer: OfferKey, on: string, since: string): Promise<Trust> {
  const { rows } = await sql<Trust>`
    select v.register_number,
      (select json_build_object('suspended_from', x.suspended_from, 'reason', x.reason, 'lifted_from', x.lifted_from)
        from provider_suspension x where x.provider_id = v.id and (x.lifted_from is null or x.lifted_from > ${on}::date)
        order by x.suspended_from limit 1) as suspended,
      coalesce((select json_agg(json_build_object('id', q.id, 'name', q.name, 'valid_to', q.valid_to, 'link', q.link) order by q.id)
        from offer_standard q where q.seller_id = ${offer.seller_id}::uuid and q.offer_id = ${offer.id}::uuid
          and q.removed_at is null and (q.valid_to is null or q.valid_to >= ${on}::date)), '[]') as standards,
      (select json_build_object('answers', f.answers, 'care', f.care::text, 'information', f.information::text,
        'agreed', f.agreed::text) from feedback_of(${offer.id}::uuid) f) as feedback,
      (select to_json(a) from answers_of(${offer.seller_id}::uuid, ${since}::timestamptz) a) as answering
    from (select 1) one left join provider v on v.id = ${offer.provider_id}::uuid`.execute(tx)
  return rows[0]!
}

/** Whether a kind of service may be given by registered providers only, and what the register knows of this one. */
export async function registrationOf(
  tx: Tx,
  kind_code: string,
  provider_id: string | null,
): Promise<{ needed: boolean; provider: string | null; register_number: string | null }> {
  const { rows } = await sql<{ needed: boolean; provider: string | null; register_number: string | null }>`
    select k.registered as needed, v.name as provider, v.register_number
    from service_kind k left join provider v on v.id = ${provider_id}::uuid where k.code = ${kind_code}`.execute(tx)
  return rows[0] ?? { needed: true, provider: null, register_number: null }
}

export type UnregisteredRow = { id: string; title: string; seller_name: string; provider_name: string | null }

/** Published offers of kinds that only registered providers may give, whose provider has no number: from before that was asked. */
export async function listUnregistered(tx: Tx): Promise<UnregisteredRow[]> {
  const { rows } = await sql<UnregisteredRow>`
    select o.id, o.title, s.name as seller_name, v.name as provider_name
    from offer o join service_kind k on k.code = o.kind_code and k.registered join organisation s on s.id = o.seller_id
    left join provider v on v.id = o.provider_id
    where o.status = 'published' and v.register_number is null
    order by s.name collate lv, o.title collate lv, o.id limit 200`.execute(tx)
  return rows
}

/** How a seller has answered since: null where too few have asked it. */
export async function answeringOf(tx: Tx, seller_id: string, since: string): Promise<Trust['answering']> {
  const { rows } = await sql<NonNullable<Trust['answering']>>`
    select * from answers_of(${seller_id}::uuid, ${since}::timestamptz)`.execute(tx)
  return rows[0] ?? null
}

/** The suspension of an offer's provider that holds on a day. */
export async function suspensionOn(
  tx: Tx,
  offer_id: string,
  on: string,
): Promise<{ suspended_from: string } | undefined> {
  const { rows } = await sql<{ suspended_from: string }>`
    select x.suspended_from from provider_suspension x join offer o on o.provider_id = x.provider_id
    where o.id = ${offer_id}::uuid and x.suspended_from <= ${on}::date and (x.lifted_from is null or x.lifted_from > ${on}::date)
    limit 1`.execute(tx)
  return rows[0]
}

export type SuspensionRow = Omit<Selectable<SuspensionTable>, 'recorded_by' | 'lifted_by'> & {
  provider_name: string
  municipality_name: string
  stays: number
}

/** All suspensions, the open ones first, with the stays that go on there. */
export async function listSuspensions(tx: Tx, on: string): Promise<SuspensionRow[]> {
  const { rows } = await sql<SuspensionRow>`
    select x.*, v.name as provider_name, m.name as municipality_name,
      (select count(*)::int from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
        where o.provider_id = x.provider_id and daterange(p.valid_from, p.valid_to, '[]') @> ${on}::date) as stays
    from provider_suspension x join provider v on v.id = x.provider_id join organisation m on m.id = x.municipality_id
    order by x.lifted_from is not null, x.suspended_from desc, x.id desc limit 200`.execute(tx)
  return rows
}

export type OpenStay = {
  id: string
  token: string | null
  offer_title: string
  buyer_name: string
  valid_from: string
  valid_to: string | null
}

/** Stays with providers whose suspension is open, as far as the reader sees them. */
export async function openStays(tx: Tx, on: string): Promise<OpenStay[]> {
  const { rows } = await sql<OpenStay>`
    select p.id, p.resident_token as token, o.title as offer_title, b.name as buyer_name, p.valid_from, p.valid_to
    from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id join organisation b on b.id = p.buyer_id
    where (p.valid_to is null or p.valid_to >= ${on}::date) and exists (
      select from provider_suspension x where x.provider_id = o.provider_id and (x.lifted_from is null or x.lifted_from > ${on}::date))
    order by o.title collate lv, p.valid_from, p.id limit 200`.execute(tx)
  return rows
}

/** Providers of the region's municipalities. */
export async function providersOfRegion(
  tx: Tx,
  region_id: string,
): Promise<{ id: string; name: string; municipality_id: string }[]> {
  return tx
    .selectFrom('provider')
    .innerJoin('organisation', 'organisation.id', 'provider.municipality_id')
    .select(['provider.id', 'provider.name', 'provider.municipality_id'])
    .where('organisation.region_id', '=', region_id)
    .orderBy('provider.name')
    .execute()
}

export async function insertSuspension(tx: Tx, row: Insertable<SuspensionTable>): Promise<void> {
  await tx.insertInto('provider_suspension').values(row).execute()
}

/** @throws Refusal `not_found` */
export async function lockSuspension(tx: Tx, id: string): Promise<Selectable<SuspensionTable>> {
  const row = isId(id)
    ? await tx.selectFrom('provider_suspension').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    : undefined
  return row ?? refuse('not_found')
}

export async function liftRow(
  tx: Tx,
  { provider_id, id }: { provider_id: string; id: string },
  lifted: { lifted_from: string; lifted_at: string; lifted_by: string | null },
): Promise<void> {
  await tx
    .updateTable('provider_suspension')
    .set(lifted)
    .where('provider_id', '=', provider_id)
    .where('id', '=', id)
    .execute()
}

/** Who has stays with a provider on a day: whom its suspension concerns. Asked by the program. */
export async function buyersThere(tx: Tx, provider_id: string, on: string): Promise<string[]> {
  const { rows } = await sql<{ buyer_id: string }>`
    select distinct p.buyer_id from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    where o.provider_id = ${provider_id}::uuid and (p.valid_to is null or p.valid_to >= ${on}::date)`.execute(tx)
  return rows.map((row) => row.buyer_id)
}

// ---- standards

export async function insertStandard(
  tx: Tx,
  offer: { seller_id: string; id: string },
  id: string,
  { name, valid_to, link }: StandardInput,
  recorded_at: string,
): Promise<void> {
  const { seller_id, id: offer_id } = offer
  await tx.insertInto('offer_standard').values({ seller_id, id, offer_id, name, valid_to, link, recorded_at }).execute()
}

/** @throws Refusal `not_found` */
export async function getStandard(tx: Tx, offer_id: string, id: string) {
  const row =
    isId(id) && isId(offer_id)
      ? await tx
          .selectFrom('offer_standard')
          .select(['seller_id', 'id', 'offer_id', 'name'])
          .where('id', '=', id)
          .where('offer_id', '=', offer_id)
          .where('removed_at', 'is', null)
          .executeTakeFirst()
      : undefined
  return row ?? refuse('not_found')
}

export async function removeStandardRow(
  tx: Tx,
  { seller_id, id }: { seller_id: string; id: string },
  removed_at: string,
): Promise<void> {
  await tx
    .updateTable('offer_standard')
    .set({ removed_at })
    .where('seller_id', '=', seller_id)
    .where('id', '=', id)
    .execute()
}

// ---- feedback

export type StayFacts = {
  id: string
  seller_id: string
  seller_name: string
  buyer_id: string
  buyer_name: string
  offer_id: string
  offer_title: string
  valid_to: string | null
}

/** @throws Refusal `not_found` */
export async function getStay(tx: Tx, id: string): Promise<StayFacts> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<StayFacts>`
    select p.id, p.seller_id, s.name as seller_name, p.buyer_id, b.name as buyer_name, p.offer_id, o.title as offer_title, p.valid_to
    from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    join organisation s on s.id = p.seller_id join organisation b on b.id = p.buyer_id
    where p.id = ${id}::uuid`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

export type FeedbackRow = Selectable<FeedbackTable>

export async function findFeedback(tx: Tx, placement_id: string): Promise<FeedbackRow | undefined> {
  return tx.selectFrom('feedback').selectAll().where('placement_id', '=', placement_id).executeTakeFirst()
}

export async function insertFeedback(tx: Tx, row: Insertable<FeedbackTable>): Promise<void> {
  await tx.insertInto('feedback').values(row).execute()
}

/** @returns false where it was answered before */
export async function saveAnswer(
  tx: Tx,
  { seller_id, placement_id }: { seller_id: string; placement_id: string },
  answer: { answer: string; answered_at: string; answered_by: string | null },
): Promise<boolean> {
  const done = await tx
    .updateTable('feedback')
    .set(answer)
    .where('seller_id', '=', seller_id)
    .where('placement_id', '=', placement_id)
    .where('answer', 'is', null)
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}
