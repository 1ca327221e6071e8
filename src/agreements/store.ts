/** This module's SQL: agreements and sellers' usual terms. Which rows an actor sees the database decides. */
import { type Insertable, sql, type Updateable } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Agreement as AgreementTable, AgreementTemplate as TemplateTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { Agreement, AgreementStatus, AgreementYear, Side, TemplateInput } from './agreement.ts'

function agreements(tx: Tx) {
  return tx
    .selectFrom('agreement as a')
    .innerJoin('organisation as s', 's.id', 'a.seller_id')
    .innerJoin('organisation as b', 'b.id', 'a.buyer_id')
    .select(['a.id', 'a.seller_id', 's.name as seller_name', 'a.buyer_id', 'b.name as buyer_name', 'a.number'])
    .select(['a.status', 'a.version', 'a.valid_from', 'a.valid_to', 'a.confirmation', 'a.answer_days', 'a.netting'])
    .select(['a.pay_days', 'a.price_class', 'a.year_ceiling', 'a.note', 'a.drafted_by_id', 'a.seller_signed_on'])
    .select(['a.seller_signer', 'a.buyer_signed_on', 'a.buyer_signer', 'a.end_reason', 'a.proposed_at'])
    .select(['a.created_at', 'a.changed_at', 'a.follows_id'])
    .select(
      sql<string | null>`case when a.status in ('signed', 'ended')
        then greatest(a.seller_signed_on, a.buyer_signed_on)::text end`.as('signed_on'),
    )
    .$castTo<Agreement>()
}

/** @throws Refusal `not_found` */
export async function getAgreement(tx: Tx, id: string): Promise<Agreement> {
  if (!isId(id)) refuse('not_found')
  return (await agreements(tx).where('a.id', '=', id).executeTakeFirst()) ?? refuse('not_found')
}

/** Keeps others from changing it until the transaction ends. @throws Refusal `not_found` */
export async function lockAgreement(tx: Tx, id: string): Promise<Agreement> {
  if (!isId(id)) refuse('not_found')
  await tx.selectFrom('agreement').select('id').where('id', '=', id).forUpdate().execute()
  return getAgreement(tx, id)
}

export async function insertAgreement(tx: Tx, row: Insertable<AgreementTable>): Promise<void> {
  await tx.insertInto('agreement').values(row).execute()
}

/** @throws Refusal `not_found` where the row is not this actor's to change */
export async function updateAgreement(
  tx: Tx,
  { seller_id, id }: { seller_id: string; id: string },
  change: Updateable<AgreementTable>,
): Promise<void> {
  const done = await tx
    .updateTable('agreement')
    .set(change)
    .where('seller_id', '=', seller_id)
    .where('id', '=', id)
    .executeTakeFirst()
  if (done.numUpdatedRows !== 1n) refuse('not_found')
}

export interface AgreementFilter {
  /** the organisation whose agreements are asked for, and as which side */
  of?: { organisation_id: string; side?: Side | undefined } | undefined
  status?: AgreementStatus | undefined
}

/** Agreements, the newest first, from after the cursor (`id`); one more than `limit` where there are more. */
export async function listAgreements(
  tx: Tx,
  { of, status }: AgreementFilter,
  page: { limit: number; after: string[] | null },
): Promise<Agreement[]> {
  let query = agreements(tx)
  if (of !== undefined) {
    const { organisation_id, side } = of
    query = query.where((e) =>
      e.or([
        ...(side === 'buyer' ? [] : [e('a.seller_id', '=', organisation_id)]),
        ...(side === 'seller' ? [] : [e('a.buyer_id', '=', organisation_id)]),
      ]),
    )
  }
  if (status !== undefined) query = query.where('a.status', '=', status)
  if (page.after !== null) query = query.where('a.id', '<', page.after[0]!)
  return query
    .orderBy('a.id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** What one seller and one buyer agreed for a date; null where nothing signed by both covers it. */
export async function agreementOn(
  tx: Tx,
  seller_id: string,
  buyer_id: string,
  date: string,
): Promise<Agreement | null> {
  const found = await inForceOn(tx, date)
    .where('a.seller_id', '=', seller_id)
    .where('a.buyer_id', '=', buyer_id)
    .executeTakeFirst()
  return found ?? null
}

function inForceOn(tx: Tx, date: string) {
  return agreements(tx)
    .where('a.status', 'in', ['signed', 'ended'])
    .where(sql<boolean>`daterange(a.valid_from, a.valid_to, '[]') @> ${date}::date`)
}

/** Every agreement in force on a date between these organisations, in one statement. */
export async function agreementsOn(tx: Tx, organisation_ids: readonly string[], date: string): Promise<Agreement[]> {
  return inForceOn(tx, date)
    .where(
      sql<boolean>`a.seller_id = any (${organisation_ids}::uuid[]) and a.buyer_id = any (${organisation_ids}::uuid[])`,
    )
    .execute()
}

/** By `<seller> <buyer>`: in how many days the invoices of these sellers, issued on a date, are to be paid. */
export async function agreedPayDays(
  tx: Tx,
  seller_ids: 'all' | readonly string[],
  date: string,
): Promise<Map<string, number>> {
  const { rows } = await sql<{ seller_id: string; buyer_id: string; pay_days: number }>`
    select seller_id, buyer_id, pay_days from agreement
    where status in ('signed', 'ended') and daterange(valid_from, valid_to, '[]') @> ${date}::date
      and ${seller_ids === 'all' ? sql`true` : sql`seller_id = any (${seller_ids}::uuid[])`}`.execute(tx)
  return new Map(rows.map((row) => [`${row.seller_id} ${row.buyer_id}`, row.pay_days]))
}

/** The organisation's agreements that end within so many days and that no later one follows, the next to end first. */
export async function endingAgreements(
  tx: Tx,
  organisation_id: string,
  today: string,
  days: number,
): Promise<Agreement[]> {
  return agreements(tx)
    .where('a.status', 'in', ['signed', 'ended'])
    .where((e) => e.or([e('a.seller_id', '=', organisation_id), e('a.buyer_id', '=', organisation_id)]))
    .where(sql<boolean>`a.valid_to between ${today}::date and ${today}::date + ${days}::int`)
    .where(
      sql<boolean>`not exists (select from agreement later where later.seller_id = a.seller_id
        and later.buyer_id = a.buyer_id and later.status in ('signed', 'ended') and later.valid_from > a.valid_to)`,
    )
    .orderBy('a.valid_to')
    .orderBy('a.id')
    .limit(20)
    .execute()
}

/** Agreements that wait for this organisation's signature. */
export async function countToSign(tx: Tx, organisation_id: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from agreement where status = 'proposed'
      and ((seller_id = ${organisation_id} and seller_signed_on is null)
        or (buyer_id = ${organisation_id} and buyer_signed_on is null))`.execute(tx)
  return rows[0]!.count
}

/** What a calendar year has come to under an agreement. */
export async function yearOfAgreement(
  tx: Tx,
  agreement: Pick<Agreement, 'seller_id' | 'buyer_id' | 'valid_from' | 'valid_to' | 'year_ceiling'>,
  year: number,
  today: string,
): Promise<AgreementYear> {
  const { seller_id, buyer_id, valid_from, valid_to, year_ceiling: ceiling } = agreement
  const { rows } = await sql<{ invoiced: string; placements: number }>`
    select (select coalesce(sum(case d.type when 'invoice' then d.total else -d.total end), 0)::numeric(14, 2)::text
        from document d where d.seller_id = ${seller_id} and d.buyer_id = ${buyer_id}
          and left(d.close_month, 4) = ${String(year)}
          and d.close_month >= ${valid_from.slice(0, 7)} and d.close_month <= ${(valid_to ?? '9999-12').slice(0, 7)}) as invoiced,
      (select count(*)::int from placement p where p.seller_id = ${seller_id} and p.buyer_id = ${buyer_id}
          and p.valid_from <= ${valid_to ?? 'infinity'}::date and coalesce(p.valid_to, 'infinity') >= ${today}::date) as placements`.execute(
    tx,
  )
  return { year, ceiling, ...rows[0]! }
}

/** A seller's usual terms, null where it has set none. */
export async function findTemplate(tx: Tx, seller_id: string): Promise<(TemplateInput & { seller_id: string }) | null> {
  if (!isId(seller_id)) return null
  const found = await tx
    .selectFrom('agreement_template')
    .select(['seller_id', 'confirmation', 'answer_days', 'netting', 'pay_days', 'price_class', 'note'])
    .where('seller_id', '=', seller_id)
    .executeTakeFirst()
  return (found as (TemplateInput & { seller_id: string }) | undefined) ?? null
}

export async function saveTemplate(tx: Tx, row: Insertable<TemplateTable>): Promise<void> {
  const { seller_id: _, ...terms } = row
  await tx
    .insertInto('agreement_template')
    .values(row)
    .onConflict((on) => on.column('seller_id').doUpdateSet(terms))
    .execute()
}

/** Municipalities an agreement can be made with, by name: all that exist but one's own. */
export async function possibleParties(tx: Tx, own: string, today: string): Promise<{ id: string; name: string }[]> {
  return tx
    .selectFrom('organisation')
    .select(['id', 'name'])
    .where('kind', '<>', 'region')
    .where('id', '<>', own)
    .where(sql<boolean>`coalesce(valid_to, 'infinity') >= ${today}::date`)
    .orderBy(sql`name collate lv`)
    .execute()
}
