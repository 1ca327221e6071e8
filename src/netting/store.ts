/** This module's SQL: who takes part, what is proposed, and what came of it. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { json, rowsOf } from '../db/json.ts'
import { standsFor } from '../identity/succession-store.ts'
import { isId, newId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { Position } from '../settlement/netting.ts'
import type { CircleMember, Netting, NettingHead, NettingStatus, TransferToPay } from './netting.ts'
import { type Covered, type FlowChange, figuresOf, type Nettable, type Plan } from './plan.ts'

// The circle

/** The members of a region's circle, by name. */
export async function listMembers(tx: Tx, region_id: string): Promise<CircleMember[]> {
  return tx
    .selectFrom('netting_member as m')
    .innerJoin('organisation as o', 'o.id', 'm.organisation_id')
    .select(['m.organisation_id', 'o.name', 'm.joined_on'])
    .where('m.region_id', '=', region_id)
    .orderBy(sql`o.name collate lv`)
    .execute()
}

export async function insertMember(
  tx: Tx,
  row: { organisation_id: string; region_id: string; joined_on: string; joined_by: string | null },
): Promise<void> {
  await tx
    .insertInto('netting_member')
    .values(row)
    .onConflict((on) => on.doNothing())
    .execute()
}

/** @returns whether it was in */
export async function deleteMember(tx: Tx, organisation_id: string): Promise<boolean> {
  const done = await tx.deleteFrom('netting_member').where('organisation_id', '=', organisation_id).executeTakeFirst()
  return done.numDeletedRows === 1n
}

// What can be netted

/**
 * What the bank has been told to pay is not set off as well: it would be paid twice. A payment that came back, or was found on a
 * statement, no longer counts; nor does a list that was cancelled.
 */
const openToNet = sql`
  select i.document_id, i.type, i.seller_id, i.buyer_id, i.open from open_item i
  where not exists (
    select from payment_order_item p join payment_order o on o.organisation_id = p.organisation_id and o.id = p.order_id
    where p.seller_id = i.seller_id and p.document_id = i.document_id and o.handed_out and not exists (
      select from payment y where y.payer_id = o.organisation_id and y.order_id = o.id and y.status in ('booked', 'returned')))`

/** These organisations under all the names they stand for. */
export async function namesOf(tx: Tx, organisation_ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select unnest(predecessors_of(o) || o) as id from unnest(${[...organisation_ids]}::uuid[]) o`.execute(tx)
  return rows.map((row) => row.id)
}

/**
 * Documents between these organisations of which something is open, issued until a date, that neither another proposal nor the
 * bank has. Works as the program: a party sees only its own.
 */
export async function nettable(
  tx: Tx,
  organisation_ids: readonly string[],
  until: string,
): Promise<Omit<Nettable, 'disputed'>[]> {
  const { rows } = await sql<Omit<Nettable, 'disputed'>>`${openToNet}
      and i.seller_id = any (${[...organisation_ids]}::uuid[]) and i.buyer_id = any (${[...organisation_ids]}::uuid[])
      and i.open > 0 and i.issued_on <= ${until}::date
      and not exists (select from netting_item h where h.document_id = i.document_id and h.held)
    order by i.document_id`.execute(tx)
  return rows
}

/** The same for the documents of a netting, as they are open now. */
export async function openOf(tx: Tx, document_ids: readonly string[]): Promise<Omit<Nettable, 'disputed'>[]> {
  const { rows } = await sql<Omit<Nettable, 'disputed'>>`${openToNet}
      and i.document_id = any (${[...document_ids]}::uuid[]) order by i.document_id`.execute(tx)
  return rows
}

// Proposals

export type NewNetting = {
  id: string
  region_id: string | null
  netted_on: string
  due_on: string
  proposer_id: string
  proposed_by: string | null
  proposed_at: string
}

export async function insertNetting(tx: Tx, row: NewNetting, plan: Plan): Promise<void> {
  const ids = plan.positions.map(({ party }) => party)
  await sql`
    insert into netting (id, region_id, status, netted_on, due_on, proposer_id, proposed_by, proposed_at, asked_ids, party_ids)
    values (${row.id}, ${row.region_id}, 'proposed', ${row.netted_on}, ${row.due_on}, ${row.proposer_id}, ${row.proposed_by},
      ${row.proposed_at}, ${ids}::uuid[], ${ids}::uuid[])`.execute(tx)
  await insertPlan(tx, row.id, plan)
}

/** Figures of a round: positions, what pairs owe, the documents, what remains to be paid. */
async function insertPlan(tx: Tx, netting_id: string, plan: Plan): Promise<void> {
  await sql`
    insert into netting_party (netting_id, organisation_id, is_owed, owes, position)
    select ${netting_id}, party, is_owed, owes, position
    from ${rowsOf(plan.positions, 'party uuid, is_owed numeric, owes numeric, position numeric')}`.execute(tx)
  await sql`
    insert into netting_flow (netting_id, debtor_id, creditor_id, items, amount)
    select ${netting_id}, debtor_id, creditor_id, items, amount
    from ${rowsOf(plan.flows, 'debtor_id uuid, creditor_id uuid, items int, amount numeric')}`.execute(tx)
  await sql`
    insert into netting_item (seller_id, netting_id, document_id, buyer_id, debtor_id, creditor_id, amount)
    select seller_id, ${netting_id}, document_id, buyer_id, debtor_id, creditor_id, amount
    from ${rowsOf(
      plan.items,
      'seller_id uuid, document_id uuid, buyer_id uuid, debtor_id uuid, creditor_id uuid, amount numeric',
    )}`.execute(tx)
  const transfers = plan.transfers.map((transfer) => ({ ...transfer, id: newId() }))
  await sql`
    insert into netting_transfer (netting_id, id, debtor_id, creditor_id, amount)
    select ${netting_id}, id, debtor_id, creditor_id, amount
    from ${rowsOf(transfers, 'id uuid, debtor_id uuid, creditor_id uuid, amount numeric')}`.execute(tx)
}

/** A netting as its verbs need it. */
export type LockedNetting = {
  id: string
  region_id: string | null
  status: NettingStatus
  round: number
  netted_on: string
  due_on: string
  proposer_id: string
  asked_ids: string[]
  party_ids: string[]
}

/** Keeps others from answering until the transaction ends. @throws Refusal `not_found` */
export async function lockNetting(tx: Tx, id: string): Promise<LockedNetting> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<LockedNetting>`
    select id, region_id, status, round, netted_on, due_on, proposer_id, asked_ids::text[] as asked_ids, party_ids::text[] as party_ids
    from netting where id = ${id} for update`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

/** What a netting's figures are now, as they were made. */
export async function planOf(tx: Tx, netting_id: string): Promise<Plan> {
  const items = (await tx
    .selectFrom('netting_item as i')
    .innerJoin('document as d', (on) => on.onRef('d.seller_id', '=', 'i.seller_id').onRef('d.id', '=', 'i.document_id'))
    .select(['i.document_id', 'd.type', 'i.seller_id', 'i.buyer_id', 'i.debtor_id', 'i.creditor_id', 'i.amount'])
    .where('i.netting_id', '=', netting_id)
    .orderBy('i.document_id')
    .execute()) as Covered[]
  const flows = (await tx
    .selectFrom('netting_flow')
    .select(['debtor_id', 'creditor_id', 'items', 'amount'])
    .where('netting_id', '=', netting_id)
    .orderBy('debtor_id')
    .orderBy('creditor_id')
    .execute()) as Plan['flows']
  const transfers = (await tx
    .selectFrom('netting_transfer')
    .select(['debtor_id', 'creditor_id', 'amount'])
    .where('netting_id', '=', netting_id)
    .orderBy('id')
    .execute()) as Plan['transfers']
  const positions = (await tx
    .selectFrom('netting_party as p')
    .innerJoin('netting as n', 'n.id', 'p.netting_id')
    .select(['p.organisation_id as party', 'p.is_owed', 'p.owes', 'p.position'])
    .where('p.netting_id', '=', netting_id)
    .where(sql<boolean>`p.organisation_id = any (n.party_ids)`)
    .orderBy('p.organisation_id')
    .execute()) as Position[]
  return { items, flows, transfers, positions }
}

/**
 * Makes the figures anew. Who dropped out keeps its row with its answer; who is in no document any more goes out without one.
 * @param kept those whose acceptance stands
 */
export async function replacePlan(
  tx: Tx,
  netting: { id: string; round: number },
  plan: Plan,
  as: { kept: readonly string[]; changes: readonly FlowChange[]; due_on: string },
): Promise<void> {
  const { id } = netting
  const ids = plan.positions.map(({ party }) => party)
  const accepted = await sql<{ organisation_id: string; answered_at: string; answered_by: string | null }>`
    select organisation_id, answered_at, answered_by from netting_party
    where netting_id = ${id} and answer = 'accepted' and organisation_id = any (${[...as.kept]}::uuid[])`.execute(tx)
  await tx.deleteFrom('netting_transfer').where('netting_id', '=', id).execute()
  await tx.deleteFrom('netting_item').where('netting_id', '=', id).execute()
  await tx.deleteFrom('netting_flow').where('netting_id', '=', id).execute()
  await sql`delete from netting_party where netting_id = ${id}
    and (answer is null or answer = 'accepted' or organisation_id = any (${ids}::uuid[]))`.execute(tx)
  await insertPlan(tx, id, plan)
  await sql`
    update netting_party p set answer = 'accepted', answered_at = rows.answered_at, answered_by = rows.answered_by
    from ${rowsOf(accepted.rows, 'organisation_id uuid, answered_at timestamptz, answered_by uuid')}
    where p.netting_id = ${id} and p.organisation_id = rows.organisation_id`.execute(tx)
  await sql`
    update netting set round = round + 1, party_ids = ${ids}::uuid[], due_on = ${as.due_on},
      changes = ${JSON.stringify(as.changes)}::text::jsonb where id = ${id}`.execute(tx)
}

export async function saveAnswer(
  tx: Tx,
  netting_id: string,
  organisation_ids: readonly string[],
  answer: { answer: 'accepted' | 'rejected' | 'silent'; answered_at: string; answered_by: string | null },
): Promise<void> {
  await tx
    .updateTable('netting_party')
    .set(answer)
    .where('netting_id', '=', netting_id)
    .where(sql<boolean>`organisation_id = any (${[...organisation_ids]}::uuid[])`)
    .execute()
}

/** Those still in that have not accepted. */
export async function unanswered(tx: Tx, netting_id: string): Promise<string[]> {
  const { rows } = await sql<{ organisation_id: string }>`
    select p.organisation_id from netting_party p join netting n on n.id = p.netting_id
    where p.netting_id = ${netting_id} and p.organisation_id = any (n.party_ids) and p.answer is null`.execute(tx)
  return rows.map((row) => row.organisation_id)
}

/** Ends a proposal: its documents are free again. */
export async function releaseNetting(tx: Tx, id: string, status: 'rejected' | 'withdrawn'): Promise<void> {
  await tx.updateTable('netting').set({ status }).where('id', '=', id).execute()
  await freeItems(tx, id)
}

async function freeItems(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('netting_item').set({ held: false }).where('netting_id', '=', id).execute()
}

export async function markSettled(
  tx: Tx,
  id: string,
  as: { settled_on: string; settled_at: string; transfers_due_on: string },
): Promise<void> {
  const { settled_on, settled_at, transfers_due_on: due_on } = as
  await tx
    .updateTable('netting')
    .set({ status: 'settled', settled_on, settled_at, changes: json([]) })
    .where('id', '=', id)
    .execute()
  await tx.updateTable('netting_transfer').set({ due_on }).where('netting_id', '=', id).execute()
  await freeItems(tx, id)
}

export async function markReversed(
  tx: Tx,
  id: string,
  as: { reversed_on: string; reversed_by: string | null; reverse_note: string },
): Promise<void> {
  await tx
    .updateTable('netting')
    .set({ status: 'reversed', ...as })
    .where('id', '=', id)
    .execute()
}

/** Proposals whose time to answer is over. */
export async function lateNettings(tx: Tx, today: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('netting')
    .select('id')
    .where('status', '=', 'proposed')
    .where('due_on', '<', today)
    .orderBy('id')
    .execute()
  return rows.map((row) => row.id)
}

// Transfers

/** By what both sides know the payment of the transfer `t`. */
export const transferReference = sql<string>`'IESKAITS-' || upper(left(replace(reverse(t.id::text), '-', ''), 10))`

/** What an organisation still has to pay after nettings, the first due first; also what those owed who merged into it. */
export async function transfersToPay(tx: Tx, organisation_id: string): Promise<TransferToPay[]> {
  const own = await standsFor(tx, organisation_id)
  const open = await openTransfers(tx, { party_id: own })
  return open.filter((transfer) => own.includes(transfer.debtor_id) && !own.includes(transfer.creditor_id))
}

/** Transfers open between two parties or of one party, under any of the names given, at the end of a date or now. */
export async function openTransfers(
  tx: Tx,
  of: { party_id: string | readonly string[]; other_id?: string | readonly string[]; as_of?: string },
): Promise<TransferToPay[]> {
  const { party_id, other_id = null, as_of = null } = of
  const with_one = (ids: string | readonly string[]) =>
    sql`array[t.debtor_id, t.creditor_id] && ${[ids].flat()}::uuid[]`
  const { rows } = await sql<TransferToPay>`
    select t.netting_id, t.id, t.debtor_id, d.name as debtor_name, t.creditor_id, c.name as creditor_name, c.iban as creditor_iban,
      t.amount, n.settled_on, t.due_on, ${transferReference} as reference
    from netting_transfer t join netting n on n.id = t.netting_id
    join organisation d on d.id = t.debtor_id join organisation c on c.id = t.creditor_id
    where ${with_one(party_id)} and ${other_id === null ? sql`true` : with_one(other_id)}
      and ${
        as_of === null
          ? sql`n.status = 'settled' and t.paid_by is null`
          : sql`n.settled_on <= ${as_of}::date and coalesce(n.reversed_on, 'infinity') > ${as_of}::date
              and coalesce(t.paid_on, 'infinity') > ${as_of}::date`
      }
    order by t.due_on, t.id`.execute(tx)
  return rows
}

type PaidTransfer = Record<'id' | 'netting_id' | 'debtor_id' | 'creditor_id' | 'amount' | 'reference', string>

/** The transfers that a payment paid. */
export async function transfersPaidBy(tx: Tx, payment_id: string): Promise<PaidTransfer[]> {
  const { rows } = await sql<PaidTransfer>`
    select t.id, t.netting_id, t.debtor_id, t.creditor_id, t.amount, ${transferReference} as reference from netting_transfer t
    where t.paid_by = ${payment_id} order by t.id`.execute(tx)
  return rows
}

export type LockedTransfer = {
  id: string
  netting_id: string
  debtor_id: string
  creditor_id: string
  amount: string
  paid_by: string | null
  paid_on: string | null
  status: NettingStatus
}

/** The transfers of these ids with what became of them. @throws Refusal `not_found` where one is not seen */
export async function lockTransfers(tx: Tx, ids: readonly string[]): Promise<LockedTransfer[]> {
  if (!ids.every(isId)) refuse('not_found')
  // Read after the lock: while it was waited for, the netting may have been reversed.
  await sql`select id from netting_transfer where id = any (${[...ids]}::uuid[]) order by id for update`.execute(tx)
  const { rows } = await sql<LockedTransfer>`
    select t.id, t.netting_id, t.debtor_id, t.creditor_id, t.amount, t.paid_by, t.paid_on, n.status
    from netting_transfer t join netting n on n.id = t.netting_id
    where t.id = any (${[...ids]}::uuid[]) order by t.id`.execute(tx)
  if (rows.length < new Set(ids).size) refuse('not_found')
  return rows
}

/** @returns how many rows it was: less than asked where one is not the actor's */
export async function savePaid(
  tx: Tx,
  ids: readonly string[],
  as: { paid_by: string | null; paid_on: string | null },
): Promise<number> {
  const done = await tx
    .updateTable('netting_transfer')
    .set(as)
    .where(sql<boolean>`id = any (${[...ids]}::uuid[])`)
    .executeTakeFirst()
  return Number(done.numUpdatedRows)
}

/** Whether a transfer of a netting is paid. Keeps others from paying one until the transaction ends. */
export async function anyPaid(tx: Tx, netting_id: string): Promise<boolean> {
  const { rows } = await sql<{ paid: boolean }>`
    select paid_by is not null as paid from netting_transfer where netting_id = ${netting_id} order by id for update`.execute(
    tx,
  )
  return rows.some((row) => row.paid)
}

// Reading

const headColumns = sql`
  n.id, n.region_id, n.status, n.netted_on, n.due_on, n.proposer_id, o.name as proposer_name, n.proposed_at, n.round, n.settled_on,
  n.reversed_on, n.reverse_note, cardinality(n.party_ids) as parties_count,
  (select count(*)::int from netting_party a where a.netting_id = n.id and a.answer = 'accepted') as answered_count,
  mine.answer as own_answer, mine.position::text as own_position`

/** Nettings that one was asked for, or oversees, the newest first; one more than `limit` where there are more. */
export async function listNettings(
  tx: Tx,
  own: string,
  status: NettingStatus | undefined,
  page: { limit: number; after: string[] | null },
): Promise<NettingHead[]> {
  const { rows } = await sql<NettingHead>`
    select ${headColumns} from netting n join organisation o on o.id = n.proposer_id
    left join netting_party mine on mine.netting_id = n.id and mine.organisation_id = ${own}
    where ${status === undefined ? sql`true` : sql`n.status = ${status}`}
      and ${page.after === null ? sql`true` : sql`n.id < ${page.after[0]}::uuid`}
    order by n.id desc limit ${page.limit + 1}`.execute(tx)
  return rows
}

/** @throws Refusal `not_found` */
export async function getNetting(tx: Tx, id: string, own: string): Promise<Netting> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<NettingHead & Pick<Netting, 'changes'>>`
    select ${headColumns}, n.changes from netting n join organisation o on o.id = n.proposer_id
    left join netting_party mine on mine.netting_id = n.id and mine.organisation_id = ${own}
    where n.id = ${id}`.execute(tx)
  const head = rows[0] ?? refuse('not_found')
  const parties = await sql<Netting['parties'][number]>`
    select p.organisation_id, o.name, p.is_owed, p.owes, p.position, p.answer, p.answered_at,
      p.organisation_id = any (n.party_ids) as taking_part
    from netting_party p join organisation o on o.id = p.organisation_id join netting n on n.id = p.netting_id
    where p.netting_id = ${id} order by p.organisation_id = any (n.party_ids) desc, o.name collate lv`.execute(tx)
  const names = sql`d.name as debtor_name, c.name as creditor_name`
  const flows = await sql<Netting['flows'][number]>`
    select f.debtor_id, f.creditor_id, ${names}, f.items, f.amount from netting_flow f
    join organisation d on d.id = f.debtor_id join organisation c on c.id = f.creditor_id
    where f.netting_id = ${id} order by f.amount desc, f.debtor_id, f.creditor_id`.execute(tx)
  const remaining = await sql<Netting['transfers'][number]>`
    select t.id, t.debtor_id, t.creditor_id, ${names}, t.amount, t.due_on, t.paid_by, t.paid_on from netting_transfer t
    join organisation d on d.id = t.debtor_id join organisation c on c.id = t.creditor_id
    where t.netting_id = ${id} order by t.amount desc, t.id`.execute(tx)
  const items = await sql<Netting['items'][number]>`
    select i.document_id, x.number, x.type, i.debtor_id, i.creditor_id, ${names}, x.issued_on, x.due_on, x.total, i.amount
    from netting_item i join document x on x.seller_id = i.seller_id and x.id = i.document_id
    join organisation d on d.id = i.debtor_id join organisation c on c.id = i.creditor_id
    where i.netting_id = ${id} and (${own}::uuid in (i.debtor_id, i.creditor_id)
      or exists (select from organisation mine where mine.id = ${own} and mine.kind = 'region'))
    order by x.due_on, x.number`.execute(tx)
  return {
    ...head,
    parties: parties.rows,
    flows: flows.rows,
    transfers: remaining.rows,
    items: items.rows,
    figures: figuresOf(flows.rows as Plan['flows'], remaining.rows),
  }
}

/** The nettings that hold or settled a document, the newest first: what settled it, for its own page. */
export async function nettingsOf(
  tx: Tx,
  document_ids: readonly string[],
): Promise<
  { document_id: string; netting_id: string; status: NettingStatus; amount: string; settled_on: string | null }[]
> {
  const { rows } = await sql<{
    document_id: string
    netting_id: string
    status: NettingStatus
    amount: string
    settled_on: string | null
  }>`
    select i.document_id, i.netting_id, n.status, i.amount, n.settled_on
    from netting_item i join netting n on n.id = i.netting_id
    where i.document_id = any (${[...document_ids]}::uuid[]) and n.status in ('proposed', 'settled')
    order by n.id desc`.execute(tx)
  return rows
}

/** With whom an organisation may set off by agreement on a date: municipalities by name. */
export async function partnersByAgreement(tx: Tx, own: string, on: string): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select distinct o.id, o.name, o.name collate lv as sorted
    from agreement a join organisation o on o.id = case when a.seller_id = ${own}::uuid then a.buyer_id else a.seller_id end
    where ${own}::uuid in (a.seller_id, a.buyer_id) and a.netting and a.status in ('signed', 'ended')
      and daterange(a.valid_from, a.valid_to, '[]') @> ${on}::date
    order by sorted`.execute(tx)
  return rows
}
