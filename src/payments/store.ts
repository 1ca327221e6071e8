/** This module's SQL: payments, proposals, orders, accounts and settings. */
import { type Insertable, sql } from 'kysely'
import type { PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import type { PaymentProposal as ProposalTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { transferReference } from '../netting/store.ts'
import { refuse } from '../refusal.ts'
import type { Grouping } from './orders.ts'
import type { PainVersion, PaymentParty } from './pain.ts'
import type { CsvMapping } from './statement-csv.ts'

type Page = { limit: number; after: string[] | null }

// ---- accounts and settings

export type AccountRow = {
  iban: string
  name: string
  bic: string | null
  closed_on: PlainDate | null
  on_invoices: boolean
}

/** An organisation's own accounts, the one that stands on its invoices first; those of who merged into it are its own. */
export async function accountsOf(tx: Tx, organisation_id: string): Promise<AccountRow[]> {
  const { rows } = await sql<AccountRow>`
    with own as (select unnest(${organisation_id}::uuid || predecessors_of(${organisation_id}::uuid)) as id)
    select o.iban, coalesce(o.bank_name, '') as name, coalesce(a.bic, o.bic) as bic, null as closed_on, o.id = ${organisation_id} as on_invoices
    from own join organisation o on o.id = own.id left join bank_account a on a.organisation_id = o.id and a.iban = o.iban
    where o.iban is not null
    union all
    select a.iban, a.name, a.bic, a.closed_on, false from own join bank_account a on a.organisation_id = own.id
    join organisation o on o.id = a.organisation_id
    where a.iban is distinct from o.iban
    order by on_invoices desc, name, iban`.execute(tx)
  return rows
}

/** @throws the database's refusal `bank_account_of_one` where it is somebody's already */
export async function insertAccount(
  tx: Tx,
  row: {
    organisation_id: string
    iban: string
    name: string
    bic: string | null
    changed_at: string
    changed_by: string | null
  },
): Promise<void> {
  await tx.insertInto('bank_account').values(row).execute()
}

/** @returns false where there is no such account of this organisation's own list */
export async function closeAccount(
  tx: Tx,
  organisation_id: string,
  iban: string,
  closed_on: string | null,
): Promise<boolean> {
  const done = await tx
    .updateTable('bank_account')
    .set({ closed_on })
    .where('organisation_id', '=', organisation_id)
    .where('iban', '=', iban)
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}

export type SettingsRow = {
  approval_limit: string
  grouping: Grouping
  version: PainVersion
  csv_columns: CsvMapping
  /** days after which it is forgotten who paid and why */
  text_days: number
}

export const usualTextDays = 90

/** How an organisation pays; without a row the careful way. */
export async function getSettings(tx: Tx, organisation_id: string): Promise<SettingsRow> {
  const { rows } = await sql<SettingsRow>`
    select approval_limit, grouping, version, csv_columns, text_days from payment_settings where organisation_id = ${organisation_id}`.execute(
    tx,
  )
  return (
    rows[0] ?? { approval_limit: '0.00', grouping: 'invoice', version: '09', csv_columns: {}, text_days: usualTextDays }
  )
}

export async function saveSettings(
  tx: Tx,
  organisation_id: string,
  settings: SettingsRow,
  by: { changed_at: string; changed_by: string | null },
): Promise<void> {
  const { approval_limit, grouping, version, csv_columns, text_days } = settings
  await sql`
    insert into payment_settings (organisation_id, approval_limit, grouping, version, csv_columns, text_days, changed_at, changed_by)
    values (${organisation_id}, ${approval_limit}::numeric, ${grouping}, ${version}, ${JSON.stringify(csv_columns)}::text::jsonb, ${text_days},
      ${by.changed_at}::timestamptz, ${by.changed_by}::uuid)
    on conflict (organisation_id) do update set approval_limit = excluded.approval_limit, grouping = excluded.grouping,
      version = excluded.version, csv_columns = excluded.csv_columns, text_days = excluded.text_days, changed_at = excluded.changed_at, changed_by = excluded.changed_by`.execute(
    tx,
  )
}

// ---- payments

export type PaymentStatus = 'booked' | 'returned' | 'withdrawn'
export type PaymentRow = {
  id: string
  payer_id: string
  payer_name: string
  payee_id: string
  payee_name: string
  amount: string
  paid_on: PlainDate
  reference: string | null
  end_to_end_id: string | null
  order_id: string | null
  unapplied: string
  refunds_id: string | null
  status: PaymentStatus
  returned_on: PlainDate | null
  payer_saw: boolean
  payee_saw: boolean
  recorded_at: string
}

const paymentSelect = sql`
  select p.id, p.payer_id, payer.name as payer_name, p.payee_id, payee.name as payee_name, p.amount, p.paid_on, p.reference,
    p.end_to_end_id, p.order_id, p.unapplied, p.refunds_id, p.status, p.returned_on, p.payer_saw, p.payee_saw, p.recorded_at
  from payment p join organisation payer on payer.id = p.payer_id join organisation payee on payee.id = p.payee_id`

export type PaymentFilter = {
  party_id: string | null
  counterparty_id: string | null
  direction: 'in' | 'out' | null
  unapplied: boolean
}

/** Payments, the last first; those withdrawn are left out. */
export async function listPayments(tx: Tx, filter: PaymentFilter, page: Page): Promise<PaymentRow[]> {
  const { party_id, counterparty_id, direction, unapplied } = filter
  const { rows } = await sql<PaymentRow>`${paymentSelect}
    where p.status <> 'withdrawn'
      and ${
        party_id === null
          ? sql`true`
          : direction === 'in'
            ? sql`p.payee_id = ${party_id}`
            : direction === 'out'
              ? sql`p.payer_id = ${party_id}`
              : sql`(p.payee_id = ${party_id} or p.payer_id = ${party_id})`
      }
      and ${counterparty_id === null ? sql`true` : sql`(p.payee_id = ${counterparty_id} or p.payer_id = ${counterparty_id})`}
      and ${unapplied ? sql`p.unapplied > 0 and p.status = 'booked'` : sql`true`}
      and ${page.after === null ? sql`true` : sql`(p.paid_on, p.id) < (${page.after[0]}::date, ${page.after[1]}::uuid)`}
    order by p.paid_on desc, p.id desc limit ${page.limit + 1}`.execute(tx)
  return rows
}

/** @throws Refusal `not_found` */
export async function getPayment(tx: Tx, id: string): Promise<PaymentRow> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<PaymentRow>`${paymentSelect} where p.id = ${id}`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

export async function hasRefunds(tx: Tx, payment_id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('payment')
    .select('id')
    .where('refunds_id', '=', payment_id)
    .where('status', '=', 'booked')
    .executeTakeFirst()
  return row !== undefined
}

export type NewPayment = {
  id: string
  payer_id: string
  payee_id: string
  amount: string
  paid_on: string
  reference: string | null
  end_to_end_id: string | null
  order_id: string | null
  unapplied: string
  refunds_id: string | null
  payer_saw: boolean
  payee_saw: boolean
}

export async function insertPayments(
  tx: Tx,
  payments: readonly NewPayment[],
  by: { recorded_at: string; recorded_by: string | null },
): Promise<void> {
  for (let from = 0; from < payments.length; from += 2000) {
    await sql`
      insert into payment (id, payer_id, payee_id, amount, paid_on, reference, end_to_end_id, order_id, unapplied, refunds_id,
        payer_saw, payee_saw, status, recorded_at, recorded_by)
      select id, payer_id, payee_id, amount, paid_on, reference, end_to_end_id, order_id, unapplied, refunds_id, payer_saw, payee_saw,
        'booked', ${by.recorded_at}::timestamptz, ${by.recorded_by}::uuid
      from ${rowsOf(
        payments.slice(from, from + 2000),
        `id uuid, payer_id uuid, payee_id uuid, amount numeric, paid_on date, reference text, end_to_end_id text, order_id uuid,
         unapplied numeric, refunds_id uuid, payer_saw boolean, payee_saw boolean`,
      )}`.execute(tx)
  }
}

/** The organisation's own statement has these payments too. */
export async function markSeen(tx: Tx, organisation_id: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const own = sql`any (${organisation_id}::uuid || predecessors_of(${organisation_id}::uuid))`
  await sql`update payment set payer_saw = payer_saw or payer_id = ${own}, payee_saw = payee_saw or payee_id = ${own}
    where id = any (${[...ids]}::uuid[])`.execute(tx)
}

/** The money went back. @param unapplied what of it is still for no document: nothing */
export async function markReturned(tx: Tx, organisation_id: string, id: string, returned_on: string): Promise<void> {
  const own = sql`any (${organisation_id}::uuid || predecessors_of(${organisation_id}::uuid))`
  await sql`update payment set status = 'returned', returned_on = coalesce(returned_on, ${returned_on}::date), unapplied = 0,
      payer_saw_return = payer_saw_return or payer_id = ${own}, payee_saw_return = payee_saw_return or payee_id = ${own}
    where id = ${id}`.execute(tx)
}

/** It was none: the movements of both sides' statements are free again. */
export async function withdrawPayment(tx: Tx, id: string): Promise<void> {
  await sql`update payment set status = 'withdrawn', returned_on = null, unapplied = 0, order_id = null where id = ${id}`.execute(
    tx,
  )
}

/** @param change what `unapplied` becomes greater by, or smaller */
export async function changeUnapplied(tx: Tx, id: string, change: string): Promise<void> {
  await sql`update payment set unapplied = unapplied + ${change}::numeric where id = ${id}`.execute(tx)
}

/** What a payment settled, what was taken back left out. */
export async function settledBy(
  tx: Tx,
  payment_id: string,
): Promise<
  { document_id: string; number: string; type: 'invoice' | 'credit_note'; amount: string; from_unapplied: boolean }[]
> {
  const { rows } = await sql<{
    document_id: string
    number: string
    type: 'invoice' | 'credit_note'
    amount: string
    from_unapplied: boolean
  }>`
    select s.document_id, d.number, d.type, s.amount, s.against = 'unapplied' as from_unapplied
    from settling s join document d on d.seller_id = s.seller_id and d.id = s.document_id
    where s.source_id = ${payment_id} and s.way = 'payment' and s.reverses_id is null
      and not exists (select from settling r where r.seller_id = s.seller_id and r.reverses_id = s.id)
    order by d.issued_on, d.number, s.id`.execute(tx)
  return rows
}

/** The payments of a document, what was taken back included. */
export async function paymentsOfDocument(
  tx: Tx,
  document_id: string,
): Promise<{ id: string; paid_on: PlainDate; amount: string; status: PaymentStatus; seen_by_both: boolean }[]> {
  const { rows } = await sql<{
    id: string
    paid_on: PlainDate
    amount: string
    status: PaymentStatus
    seen_by_both: boolean
  }>`
    select p.id, p.paid_on, s.amount, p.status, p.payer_saw and p.payee_saw as seen_by_both
    from payment p join (
      select s.source_id, sum(s.amount) as amount from settling s
      where s.document_id = ${document_id} and s.way = 'payment' and s.reverses_id is null
        and not exists (select from settling r where r.seller_id = s.seller_id and r.reverses_id = s.id)
      group by s.source_id) s on s.source_id = p.id
    where p.status <> 'withdrawn' order by p.paid_on, p.id`.execute(tx)
  return rows
}

// ---- proposals

/** Whether the payment of an order `o` was found on a statement; one that came back was, too. */
export const orderIsPaid = sql`(o.paid_on is not null or exists (
  select from payment y where y.payer_id = o.organisation_id and y.order_id = o.id and y.status in ('booked', 'returned')))`

/** `booked`: every payment of the file was found on a statement. */
export type ProposalStatus = 'drafted' | 'approved' | 'handed_out' | 'booked' | 'cancelled'
export type ProposalRow = {
  id: string
  number: number
  status: ProposalStatus
  due_on: PlainDate
  execution_on: PlainDate
  debtor_iban: string
  grouping: Grouping
  version: PainVersion
  debtor: PaymentParty | null
  made_at: string
  made_by: string | null
  made_by_name: string | null
  approved_at: string | null
  approved_by_name: string | null
  handed_out_at: string | null
  total: string
  items: number
  payments: number
  paid: number
}

const proposalSelect = sql`
  select p.id, p.number, case when p.status = 'handed_out' and o.paid = o.payments then 'booked' else p.status end as status, p.due_on,
    p.execution_on, p.debtor_iban, p.grouping, p.version, p.debtor, p.made_at, p.made_by, maker.name as made_by_name, p.approved_at,
    approver.name as approved_by_name, p.handed_out_at, i.total, i.items, o.payments, o.paid
  from payment_proposal p
  left join person maker on maker.id = p.made_by left join person approver on approver.id = p.approved_by
  cross join lateral (
    select greatest(coalesce(sum(case d.type when 'credit_note' then -i.amount else i.amount end), 0), 0)::numeric(14, 2) as total, count(*)::int as items
    from payment_item i left join document d on d.seller_id = i.seller_id and d.id = i.document_id
    where i.organisation_id = p.organisation_id and i.proposal_id = p.id and i.chosen) i
  cross join lateral (
    select count(*)::int as payments, (count(*) filter (where ${orderIsPaid}))::int as paid
    from payment_order o where o.organisation_id = p.organisation_id and o.proposal_id = p.id) o`

export async function listProposals(tx: Tx, organisation_id: string | null, page: Page): Promise<ProposalRow[]> {
  const { rows } = await sql<ProposalRow>`${proposalSelect}
    where ${organisation_id === null ? sql`true` : sql`p.organisation_id = ${organisation_id}`}
      and ${page.after === null ? sql`true` : sql`p.id < ${page.after[0]}::uuid`}
    order by p.id desc limit ${page.limit + 1}`.execute(tx)
  return rows
}

/** @throws Refusal `not_found` */
export async function getProposal(tx: Tx, id: string): Promise<ProposalRow & { organisation_id: string }> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<ProposalRow & { organisation_id: string }>`
    select whole.*, own.organisation_id from (${proposalSelect} where p.id = ${id}) whole
    join payment_proposal own on own.id = whole.id`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

/** Two changes of an organisation's proposals happen one after the other. */
export async function lockProposals(tx: Tx, organisation_id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('payment proposals ' || ${organisation_id}::text, 0))`.execute(
    tx,
  )
}

export async function nextProposalNumber(tx: Tx, organisation_id: string): Promise<number> {
  const { rows } = await sql<{ number: number }>`
    select coalesce(max(number), 0)::int + 1 as number from payment_proposal where organisation_id = ${organisation_id}`.execute(
    tx,
  )
  return rows[0]!.number
}

export async function insertProposal(tx: Tx, row: Insertable<ProposalTable>): Promise<void> {
  await tx.insertInto('payment_proposal').values(row).execute()
}

export async function changeProposal(
  tx: Tx,
  organisation_id: string,
  id: string,
  change: Record<string, string | null> & { debtor?: never },
): Promise<void> {
  await tx
    .updateTable('payment_proposal')
    .set(change)
    .where('organisation_id', '=', organisation_id)
    .where('id', '=', id)
    .execute()
}

export async function keepDebtor(tx: Tx, organisation_id: string, id: string, debtor: PaymentParty): Promise<void> {
  await sql`update payment_proposal set debtor = ${JSON.stringify(debtor)}::text::jsonb
    where organisation_id = ${organisation_id} and id = ${id}`.execute(tx)
}

/** What is paid: a document issued here, a transfer that a netting left, or an accepted invoice from outside. */
export type ItemKind = 'document' | 'transfer' | 'received'

export type ItemRow = {
  kind: ItemKind
  /** of the document, the transfer or the received document */
  item_id: string
  type: 'invoice' | 'credit_note'
  /** of a transfer its reference */
  number: string
  /** null for a seller outside */
  seller_id: string | null
  seller_name: string
  due_on: PlainDate | null
  netting_id: string | null
  amount: string
  chosen: boolean
}

/** Of an item `i` of a list or an order. */
export const kindOfItem = sql`case when i.document_id is not null then 'document' when i.transfer_id is not null then 'transfer' else 'received' end`

/** What a proposal holds, by seller and age. */
export async function itemsOf(tx: Tx, organisation_id: string, proposal_id: string): Promise<ItemRow[]> {
  const { rows } = await sql<ItemRow>`
    select ${kindOfItem} as kind, i.item_id, coalesce(d.type, 'invoice') as type, coalesce(d.number, ${transferReference}, r.number) as number,
      coalesce(i.seller_id, t.creditor_id) as seller_id, coalesce(o.name, r.seller_name) as seller_name,
      coalesce(d.due_on, t.due_on, r.due_on) as due_on, t.netting_id, i.amount, i.chosen
    from payment_item i
    left join document d on d.seller_id = i.seller_id and d.id = i.document_id
    left join netting_transfer t on t.id = i.transfer_id
    left join received_document r on r.organisation_id = i.organisation_id and r.id = i.received_id
    left join organisation o on o.id = coalesce(i.seller_id, t.creditor_id)
    where i.organisation_id = ${organisation_id} and i.proposal_id = ${proposal_id}
    order by coalesce(o.name, r.seller_name) collate lv, type desc, due_on, number`.execute(tx)
  return rows
}

/** An item stands in the column of its kind; only a document is named with its seller. */
const columnsOfItem = sql`document_id, seller_id, transfer_id, received_id`
const valuesOfItem = sql`case kind when 'document' then item_id end, case kind when 'document' then seller_id end,
      case kind when 'transfer' then item_id end, case kind when 'received' then item_id end`

export async function insertItems(
  tx: Tx,
  of: { organisation_id: string; proposal_id: string },
  items: readonly { kind: ItemKind; item_id: string; seller_id: string | null; amount: string }[],
): Promise<void> {
  await sql`
    insert into payment_item (organisation_id, proposal_id, ${columnsOfItem}, amount)
    select ${of.organisation_id}::uuid, ${of.proposal_id}::uuid, ${valuesOfItem}, amount
    from ${rowsOf(items, 'kind text, item_id uuid, seller_id uuid, amount numeric')}`.execute(tx)
}

/** Exactly these of a proposal's items are paid. */
export async function chooseItems(
  tx: Tx,
  of: { organisation_id: string; proposal_id: string },
  item_ids: readonly string[],
): Promise<void> {
  await sql`update payment_item set chosen = item_id = any (${[...item_ids]}::uuid[])
    where organisation_id = ${of.organisation_id} and proposal_id = ${of.proposal_id}`.execute(tx)
}

/** What stands in a proposal which is still to be carried out: it is not proposed a second time. */
export async function itemsInProposals(tx: Tx, organisation_id: string): Promise<Set<string>> {
  const { rows } = await sql<{ item_id: string }>`
    select i.item_id from payment_item i
    join payment_proposal p on p.organisation_id = i.organisation_id and p.id = i.proposal_id
    where i.organisation_id = ${organisation_id} and i.chosen and p.status = 'drafted'
    union
    select oi.item_id from payment_order_item oi
    join payment_order o on o.organisation_id = oi.organisation_id and o.id = oi.order_id
    join payment_proposal p on p.organisation_id = o.organisation_id and p.id = o.proposal_id
    where oi.organisation_id = ${organisation_id} and p.status in ('approved', 'handed_out')
      and not ${orderIsPaid}`.execute(tx)
  return new Set(rows.map((row) => row.item_id))
}

export type OrderRow = {
  id: string
  place: number
  /** null for a seller outside */
  creditor_id: string | null
  creditor: PaymentParty
  end_to_end_id: string
  amount: string
  reference: string | null
  text: string
  /** of a seller outside: when the statement had it */
  paid_on: PlainDate | null
  payment_id: string | null
  payment_status: PaymentStatus | null
}

export async function ordersOfProposal(tx: Tx, organisation_id: string, proposal_id: string): Promise<OrderRow[]> {
  const { rows } = await sql<OrderRow>`
    select o.id, o.place, o.creditor_id, o.creditor, o.end_to_end_id, o.amount, o.reference, o.text, o.paid_on, y.id as payment_id, y.status as payment_status
    from payment_order o
    left join lateral (select p.id, p.status from payment p where p.payer_id = o.organisation_id and p.order_id = o.id
      and p.status <> 'withdrawn' order by p.id desc limit 1) y on true
    where o.organisation_id = ${organisation_id} and o.proposal_id = ${proposal_id} order by o.place`.execute(tx)
  return rows
}

export type NewOrder = {
  id: string
  /** null for a seller outside */
  creditor_id: string | null
  creditor: PaymentParty
  end_to_end_id: string
  amount: string
  reference: string | null
  text: string
  items: readonly { kind: ItemKind; item_id: string; amount: string }[]
}

export async function insertOrders(
  tx: Tx,
  of: { organisation_id: string; proposal_id: string },
  orders: readonly NewOrder[],
): Promise<void> {
  const rows = orders.map(({ items: _, ...order }, index) => ({ ...order, place: index + 1 }))
  await sql`
    insert into payment_order (organisation_id, id, proposal_id, place, creditor_id, end_to_end_id, amount, reference, text, creditor)
    select ${of.organisation_id}::uuid, id, ${of.proposal_id}::uuid, place, creditor_id, end_to_end_id, amount, reference, text, creditor
    from ${rowsOf(rows, 'id uuid, place int, creditor_id uuid, end_to_end_id text, amount numeric, reference text, text text, creditor jsonb')}`.execute(
    tx,
  )
  // A document's seller is the creditor of its payment.
  const items = orders.flatMap((order) =>
    order.items.map((item) => ({ ...item, order_id: order.id, seller_id: order.creditor_id })),
  )
  await sql`
    insert into payment_order_item (organisation_id, order_id, ${columnsOfItem}, amount)
    select ${of.organisation_id}::uuid, order_id, ${valuesOfItem}, amount
    from ${rowsOf(items, 'kind text, item_id uuid, order_id uuid, seller_id uuid, amount numeric')}`.execute(tx)
}

export async function orderItems(
  tx: Tx,
  organisation_id: string,
  proposal_id: string,
): Promise<{ kind: ItemKind; item_id: string; amount: string }[]> {
  const { rows } = await sql<{ kind: ItemKind; item_id: string; amount: string }>`
    select ${kindOfItem} as kind, i.item_id, sum(i.amount) as amount from payment_order_item i
    join payment_order o on o.organisation_id = i.organisation_id and o.id = i.order_id
    where o.organisation_id = ${organisation_id} and o.proposal_id = ${proposal_id} group by 1, 2`.execute(tx)
  return rows
}

/** The statement had these orders to sellers outside; null: it was something else. */
export async function markOrdersPaid(
  tx: Tx,
  organisation_id: string,
  paid: readonly { order_id: string; paid_on: string | null }[],
): Promise<void> {
  if (paid.length === 0) return
  await sql`update payment_order o set paid_on = rows.paid_on from ${rowsOf(paid, 'order_id uuid, paid_on date')}
    where o.organisation_id = ${organisation_id} and o.id = rows.order_id`.execute(tx)
}

/** From now on the creditors see what the payments are for. */
export async function handOutOrders(
  tx: Tx,
  organisation_id: string,
  proposal_id: string,
  handed_out: boolean,
): Promise<void> {
  await tx
    .updateTable('payment_order')
    .set({ handed_out })
    .where('organisation_id', '=', organisation_id)
    .where('proposal_id', '=', proposal_id)
    .execute()
}

/** Payers and payees as a file names them. */
export async function partiesOf(
  tx: Tx,
  ids: readonly string[],
): Promise<Map<string, Omit<PaymentParty, 'iban'> & { iban: string | null; code: string }>> {
  const { rows } = await sql<Omit<PaymentParty, 'iban'> & { id: string; iban: string | null; code: string }>`
    select o.id, h.name, h.registration_number, h.address, h.locality, h.postal_code, h.country, h.iban, h.bic, h.code
    from organisation o join organisation h on h.id = heir_of(o.id)
    where o.id = any (${[...ids]}::uuid[])`.execute(tx)
  return new Map(rows.map(({ id, ...party }) => [id, party]))
}
