/** This module's SQL: disputes, their thread and files, and the days within which something is said. */
import { type Insertable, type Selectable, sql } from 'kysely'
import type { Month, PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import type { Dispute as DisputeTable, DisputeStep as StepTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import type { FileType, NewFile } from '../messages/file.ts'
import { centsOf, type Money, moneyOf } from '../money.ts'
import { refuse } from '../refusal.ts'
import { type DisputeStatus, type DisputeTerms, inDoubtStatuses, usualTerms } from './dispute.ts'

/**
 * What of these documents is in doubt now, VAT included: disputes that are raised, answered or escalated. A document without
 * any is not in the map; who pays or sets off takes what is open less this, and never less than nothing.
 */
export async function disputedAmounts(tx: Tx, document_ids: readonly string[]): Promise<Map<string, string>> {
  if (document_ids.length === 0) return new Map()
  const { rows } = await sql<{ document_id: string; amount: string }>`
    select document_id, sum(in_doubt)::text as amount from dispute
    where document_id = any (${[...document_ids]}::uuid[]) and status in ('raised', 'answered', 'escalated')
    group by document_id`.execute(tx)
  return new Map(rows.map((row) => [row.document_id, row.amount]))
}

// ---- the line in doubt

/** A line of an invoice as whoever disputes it sees it. */
export type DisputableLine = {
  document_id: string
  type: 'invoice' | 'credit_note'
  number: string
  issued_on: PlainDate
  seller_id: string
  seller_name: string
  buyer_id: string
  charge_id: string
  line_no: number
  placement_id: string
  token: string | null
  offer_title: string
  unit: string
  service_month: Month
  kind: string
  quantity: string | null
  buyer_amount: Money
  vat_rate: string
  /** the last day on which it may be disputed: as the agreement of the two says, or else the seller’s usual days */
  object_until: PlainDate
}

/** A document, and the agreement or the usual days that say until when it may be disputed. */
const fromDocument = sql`from document d
  left join agreement g on g.seller_id = d.seller_id and g.buyer_id = d.buyer_id and g.status in ('signed', 'ended')
    and daterange(g.valid_from, g.valid_to, '[]') @> d.issued_on
  left join dispute_terms t on t.seller_id = d.seller_id`

const lineColumns = sql`d.id as document_id, d.type, d.number, d.issued_on, d.seller_id, s.name as seller_name, d.buyer_id,
  c.id as charge_id, c.line_no, c.placement_id, p.resident_token as token, o.title as offer_title, o.unit, c.service_month,
  c.kind, c.quantity::text as quantity, c.buyer_amount::text as buyer_amount, coalesce(c.vat_rate, 0)::text as vat_rate,
  d.issued_on + coalesce(g.answer_days, t.object_days, ${usualTerms.object_days}::int) as object_until
  ${fromDocument}
  join organisation s on s.id = d.seller_id
  join charge c on c.seller_id = d.seller_id and c.document_id = d.id
  left join placement p on p.seller_id = c.seller_id and p.id = c.placement_id
  left join offer o on o.seller_id = c.seller_id and o.id = c.offer_id`

/** @throws Refusal `not_found` */
export async function getLine(tx: Tx, document_id: string, line_no: number): Promise<DisputableLine> {
  if (!isId(document_id)) refuse('not_found')
  const { rows } = await sql<DisputableLine>`
    select ${lineColumns} where d.id = ${document_id}::uuid and c.line_no = ${line_no}::int`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

/** Whether it is an invoice that may be disputed today. */
export async function isOpenTo(tx: Tx, document_id: string, today: string): Promise<boolean> {
  const { rows } = await sql<{ type: string; object_until: string }>`
    select d.type, d.issued_on + coalesce(g.answer_days, t.object_days, ${usualTerms.object_days}::int) as object_until
    ${fromDocument} where d.id = ${document_id}::uuid`.execute(tx)
  return rows[0]?.type === 'invoice' && today <= rows[0].object_until
}

/** Lines that may be disputed yet, the newest invoice first: for choosing one. */
export async function listReceivedLines(
  tx: Tx,
  asked: { buyer_id: string; today: string; token: string | null; limit: number },
): Promise<DisputableLine[]> {
  const { rows } = await sql<DisputableLine>`
    select ${lineColumns}
    where d.buyer_id = ${asked.buyer_id}::uuid and d.type = 'invoice' and d.issued_on >= ${asked.today}::date - 366
      and d.issued_on + coalesce(g.answer_days, t.object_days, ${usualTerms.object_days}::int) >= ${asked.today}::date
      and c.buyer_amount > 0
      and (${asked.token}::text is null or p.resident_token ilike '%' || ${asked.token}::text || '%')
    order by d.issued_on desc, d.number, c.line_no limit ${asked.limit}`.execute(tx)
  return rows
}

/** Two objections about the same placement wait for each other, so that together they never exceed it. */
export async function lockPlacement(tx: Tx, placement_id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('dispute ' || ${placement_id}::text, 0))`.execute(tx)
}

/**
 * What of a line has been disputed, and what of its placement and month is in doubt or may still be escalated. What was
 * withdrawn counts for nothing, what is settled for what was agreed.
 */
export async function disputedOf(
  tx: Tx,
  line: Pick<DisputableLine, 'seller_id' | 'buyer_id' | 'charge_id' | 'placement_id' | 'service_month'>,
): Promise<{ of_line: Money; of_month: Money }> {
  const { rows } = await sql<{ of_line: Money; of_month: Money }>`
    select coalesce(sum(coalesce(agreed, amount)) filter (where charge_id = ${line.charge_id}::uuid), 0)::numeric(14, 2)::text as of_line,
      coalesce(sum(amount) filter (where agreed is null), 0)::numeric(14, 2)::text as of_month
    from dispute where seller_id = ${line.seller_id}::uuid and buyer_id = ${line.buyer_id}::uuid
      and placement_id = ${line.placement_id}::uuid and service_month = ${line.service_month} and status <> 'withdrawn'`.execute(
    tx,
  )
  return rows[0]!
}

// ---- disputes

export type DisputeRow = Omit<Selectable<DisputeTable>, 'status' | 'amount' | 'rated' | 'service_month'> & {
  status: DisputeStatus
  amount: Money
  rated: Money
  service_month: Month
}

export type ShownDispute = DisputeRow & {
  seller_name: string
  buyer_name: string
  document_number: string
  token: string | null
  offer_title: string
  credit_number: string | null
}

export async function insertDispute(tx: Tx, row: Insertable<DisputeTable>): Promise<void> {
  await tx.insertInto('dispute').values(row).execute()
}

/** The dispute, held until the transaction ends. @throws Refusal `not_found` */
export async function lockDispute(tx: Tx, id: string): Promise<DisputeRow> {
  const row = isId(id)
    ? await tx.selectFrom('dispute').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    : undefined
  // Who sees it but may not change it (an auditor) finds nothing to lock; what may be done is said by the permission.
  return (row as DisputeRow | undefined) ?? refuse('not_found')
}

export async function updateDispute(
  tx: Tx,
  { seller_id, id }: Pick<DisputeRow, 'seller_id' | 'id'>,
  change: Partial<Pick<DisputeRow, 'status' | 'due_on' | 'region_id' | 'agreed' | 'credit_id' | 'settled_on'>>,
): Promise<void> {
  await tx.updateTable('dispute').set(change).where('seller_id', '=', seller_id).where('id', '=', id).execute()
}

const shownDispute = sql`v.*, s.name as seller_name, b.name as buyer_name, d.number as document_number,
  p.resident_token as token, coalesce(o.title, '') as offer_title, k.number as credit_number
  from dispute v
  join organisation s on s.id = v.seller_id
  join organisation b on b.id = v.buyer_id
  join document d on d.seller_id = v.seller_id and d.id = v.document_id
  left join document k on k.seller_id = v.seller_id and k.id = v.credit_id
  left join placement p on p.seller_id = v.seller_id and p.id = v.placement_id
  left join offer o on o.seller_id = p.seller_id and o.id = p.offer_id`

/** @throws Refusal `not_found`, also for a dispute of two others */
export async function getDispute(tx: Tx, id: string): Promise<ShownDispute> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<ShownDispute>`select ${shownDispute} where v.id = ${id}::uuid`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

export type DisputeFilter = {
  /** raised by the own organisation, or against it; null for all that one sees */
  of: { organisation_id: string; role: 'raised' | 'received' } | null
  /** `open`: whatever is not settled, a rejection that may still be escalated included */
  state: 'open' | 'settled' | null
  document_id: string | null
  today: string
}

/** Not settled, and not a rejection that nobody may escalate any more. */
const isOpen = (today: string) => sql`v.settled_on is null and (v.status <> 'rejected' or v.due_on >= ${today}::date)`

/** Disputes, the newest first, from after the cursor (`id`); one more than `limit` where there are more. */
export async function listDisputes(
  tx: Tx,
  { of, state, document_id, today }: DisputeFilter,
  page: { limit: number; after: string[] | null },
): Promise<ShownDispute[]> {
  const own = of?.organisation_id ?? null
  const { rows } = await sql<ShownDispute>`
    select ${shownDispute}
    where (${own}::uuid is null or ${of?.role === 'raised' ? sql`v.buyer_id` : sql`v.seller_id`} = ${own}::uuid)
      and (${state}::text is null or (${isOpen(today)}) = (${state}::text = 'open'))
      and (${document_id}::uuid is null or v.document_id = ${document_id}::uuid)
      and (${page.after?.[0] ?? null}::uuid is null or v.id < ${page.after?.[0] ?? null}::uuid)
    order by v.id desc limit ${page.limit + 1}`.execute(tx)
  return rows
}

/** How many an organisation has raised and received that are not settled. */
export async function countOpen(tx: Tx, own: string, today: string): Promise<{ raised: number; received: number }> {
  const { rows } = await sql<{ raised: number; received: number }>`
    select (count(*) filter (where buyer_id = ${own}::uuid))::int as raised,
      (count(*) filter (where seller_id = ${own}::uuid))::int as received
    from dispute v where ${isOpen(today)} and (buyer_id = ${own}::uuid or seller_id = ${own}::uuid)`.execute(tx)
  return rows[0]!
}

/** What waits for an organisation's word, the soonest due first. @param sides where it may act: as seller, buyer, region */
export async function listWaiting(
  tx: Tx,
  own: string,
  sides: { seller: boolean; buyer: boolean; region: boolean },
  today: string,
  limit: number,
): Promise<ShownDispute[]> {
  const { rows } = await sql<ShownDispute>`
    select ${shownDispute}
    where (${sides.seller} and v.seller_id = ${own}::uuid and v.status = 'raised')
      or (${sides.buyer} and v.buyer_id = ${own}::uuid and v.status in ('answered', 'rejected') and ${isOpen(today)})
      or (${sides.buyer} and v.buyer_id = ${own}::uuid and v.status = 'raised' and v.due_on < ${today}::date)
      or (${sides.region} and v.region_id = ${own}::uuid and v.status = 'escalated')
    order by v.due_on, v.id limit ${limit}`.execute(tx)
  return rows
}

/** Who decides between two: the seller's region, or the buyer's where the seller has none. */
export async function regionOf(tx: Tx, { seller_id, buyer_id }: DisputeRow): Promise<string | null> {
  const { rows } = await sql<{ region_id: string | null }>`
    select coalesce((select region_id from organisation where id = ${seller_id}::uuid),
      (select region_id from organisation where id = ${buyer_id}::uuid)) as region_id`.execute(tx)
  return rows[0]!.region_id
}

// ---- the thread

export type StepRow = Omit<Selectable<StepTable>, 'kind'> & {
  kind: DisputeStatus | 'message'
  organisation_name: string
  person_name: string | null
}

export async function insertStep(tx: Tx, row: Insertable<StepTable>): Promise<void> {
  await tx.insertInto('dispute_step').values(row).execute()
}

/** The thread, oldest first. The name of another organisation's person is not seen. */
export async function listSteps(tx: Tx, { seller_id, id }: Pick<DisputeRow, 'seller_id' | 'id'>): Promise<StepRow[]> {
  const { rows } = await sql<StepRow>`
    select t.*, o.name as organisation_name, n.name as person_name
    from dispute_step t join organisation o on o.id = t.organisation_id left join person n on n.id = t.person_id
    where t.seller_id = ${seller_id}::uuid and t.dispute_id = ${id}::uuid order by t.id`.execute(tx)
  return rows
}

export type FileRow = { id: string; step_id: string; name: string; content_type: FileType; size: number }

export async function listFiles(tx: Tx, { seller_id, id }: Pick<DisputeRow, 'seller_id' | 'id'>): Promise<FileRow[]> {
  const rows = await tx
    .selectFrom('dispute_file')
    .select(['id', 'step_id', 'name', 'content_type', 'size'])
    .where('seller_id', '=', seller_id)
    .where('dispute_id', '=', id)
    .orderBy('id')
    .execute()
  return rows as FileRow[]
}

/** Bytes go as text, which both drivers take alike. */
export async function insertFile(
  tx: Tx,
  of: { seller_id: string; dispute_id: string; id: string; buyer_id: string; step_id: string; sent_at: string },
  { name, content_type, size, content }: NewFile,
): Promise<void> {
  await sql`
    insert into dispute_file (seller_id, dispute_id, id, buyer_id, step_id, name, content_type, size, content, sent_at)
    values (${of.seller_id}, ${of.dispute_id}, ${of.id}, ${of.buyer_id}, ${of.step_id}, ${name}, ${content_type}, ${size},
      decode(${Buffer.from(content).toString('base64')}, 'base64'), ${of.sent_at})`.execute(tx)
}

/** @throws Refusal `not_found` */
export async function getFile(tx: Tx, dispute_id: string, id: string): Promise<NewFile> {
  if (!isId(id) || !isId(dispute_id)) refuse('not_found')
  const { rows } = await sql<{ name: string; content_type: FileType; size: number; content: string }>`
    select name, content_type, size, encode(content, 'base64') as content
    from dispute_file where id = ${id}::uuid and dispute_id = ${dispute_id}::uuid`.execute(tx)
  const [found] = rows
  if (found === undefined) refuse('not_found')
  return { ...found, content: Buffer.from(found.content, 'base64') }
}

// ---- days

/** The days of a seller, the usual ones where it has set none. */
export async function termsOf(tx: Tx, seller_id: string): Promise<DisputeTerms & { changed_at: string | null }> {
  const row = await tx
    .selectFrom('dispute_terms')
    .select(['object_days', 'answer_days', 'escalate_days', 'decide_days', 'changed_at'])
    .where('seller_id', '=', seller_id)
    .executeTakeFirst()
  return row ?? { ...usualTerms, changed_at: null }
}

export async function saveTerms(
  tx: Tx,
  seller_id: string,
  terms: DisputeTerms,
  changed: { changed_at: string; changed_by: string | null },
): Promise<void> {
  await tx
    .insertInto('dispute_terms')
    .values({ seller_id, ...terms, ...changed })
    .onConflict((conflict) => conflict.column('seller_id').doUpdateSet({ ...terms, ...changed }))
    .execute()
}

/** The disputes of an invoice, or the one that a credit note settles: for the page of the document. */
export async function disputesOfDocument(tx: Tx, document_id: string): Promise<ShownDispute[]> {
  const { rows } = await sql<ShownDispute>`
    select ${shownDispute} where v.document_id = ${document_id}::uuid or v.credit_id = ${document_id}::uuid
    order by v.line_no, v.id`.execute(tx)
  return rows
}

/** In doubt among these disputes, VAT included. */
export function sumInDoubt(disputes: readonly Pick<ShownDispute, 'status' | 'in_doubt'>[]): Money {
  const open: readonly string[] = inDoubtStatuses
  return moneyOf(disputes.reduce((sum, each) => sum + (open.includes(each.status) ? centsOf(each.in_doubt) : 0n), 0n))
}
