/** This module's SQL for statements: their movements, and what there is to match them with. */
import { type RawBuilder, sql } from 'kysely'
import type { PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { heirs, standsFor } from '../identity/succession-store.ts'
import { isId } from '../ids.ts'
import { type OpenItem, openItems } from '../ledger/store.ts'
import { openTransfers } from '../netting/store.ts'
import { payableReceived } from '../receiving/store.ts'
import { refuse } from '../refusal.ts'
import type { Decision, MatchFacts, MatchMovement, MatchOrder, MatchPayment } from './match-facts.ts'
import { plainName } from './match-text.ts'
import type { ReadMovement, ReadStatement, StatementFinding } from './statement.ts'
import { kindOfItem, orderIsPaid, usualTextDays } from './store.ts'

export type StatementRow = {
  id: string
  iban: string
  statement_id: string
  format: string
  sequence: number | null
  from_on: PlainDate | null
  to_on: PlainDate | null
  opening: string | null
  closing: string | null
  file_name: string
  findings: StatementFinding[]
  imported_at: string
  matched: number
  proposed: number
  unknown: number
  ignored: number
}

export type MovementStatus = 'matched' | 'proposed' | 'unknown' | 'ignored'
export type MovementRow = {
  id: string
  statement_id: string
  iban: string
  place: number
  booked_on: PlainDate
  amount: string
  charges: string
  returned: boolean
  counterparty_name: string | null
  counterparty_iban: string | null
  creditor_references: string[]
  end_to_end_id: string | null
  text: string
  status: MovementStatus
  reason: string
  proposal: Decision | null
  payment_id: string | null
  /** invoices from outside that it paid, and by which order */
  received_ids: string[]
  order_id: string | null
  /** since when nobody knows any more who it was and why */
  forgotten_at: string | null
}

const movementColumns = sql`m.id, m.statement_id, m.iban, m.place, m.booked_on, m.amount, m.charges, m.returned, m.counterparty_name,
  m.counterparty_iban, m.creditor_references, m.end_to_end_id, m.text, m.status, m.reason, m.proposal, m.payment_id,
  m.received_ids::text[] as received_ids, m.order_id, m.forgotten_at`

/** Two statements are matched one after the other, whoever's they are: what the one books, the other finds. */
export async function lockPayments(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('payments', 0))`.execute(tx)
}

/** @returns null where this statement of this account is known already */
export async function insertStatement(
  tx: Tx,
  row: {
    organisation_id: string
    id: string
    file_name: string
    imported_at: string
    imported_by: string | null
  } & ReadStatement,
): Promise<boolean> {
  const { movements: _, key: __, findings, ...columns } = row as typeof row & { key?: string }
  const done = await tx
    .insertInto('bank_statement')
    .values({ ...columns, findings: sql`${JSON.stringify(findings)}::text::jsonb` as never })
    .onConflict((conflict) => conflict.constraint('bank_statement_once').doNothing())
    .executeTakeFirst()
  return done.numInsertedOrUpdatedRows === 1n
}

export async function findStatementId(
  tx: Tx,
  of: { organisation_id: string; iban: string; statement_id: string },
): Promise<string | null> {
  const row = await tx
    .selectFrom('bank_statement')
    .select('id')
    .where('organisation_id', '=', of.organisation_id)
    .where('iban', '=', of.iban)
    .where('statement_id', '=', of.statement_id)
    .executeTakeFirst()
  return row?.id ?? null
}

/** The statement of the account that came before: by its number or, where the bank gives none, by its last day. */
export async function statementBefore(
  tx: Tx,
  of: { organisation_id: string; iban: string; id: string; sequence: number | null; from_on: string | null },
): Promise<{ sequence: number | null; closing: string | null; to_on: PlainDate | null } | null> {
  const { rows } = await sql<{ sequence: number | null; closing: string | null; to_on: PlainDate | null }>`
    select sequence, closing, to_on from bank_statement
    where organisation_id = ${of.organisation_id} and iban = ${of.iban} and id <> ${of.id}
      and (case when ${of.sequence}::int is not null and sequence is not null then sequence < ${of.sequence}::int
                else to_on is not null and to_on < ${of.from_on}::date end)
    order by sequence desc nulls last, to_on desc limit 1`.execute(tx)
  return rows[0] ?? null
}

export async function setFindings(tx: Tx, organisation_id: string, id: string, findings: StatementFinding[]) {
  await sql`update bank_statement set findings = ${JSON.stringify(findings)}::text::jsonb
    where organisation_id = ${organisation_id} and id = ${id}`.execute(tx)
}

const rowsAtOnce = 2000
/** Movements older than this are no longer tried again with every statement. */
export const triedAgainDays = 120

/** New movements only: what the account had before is left as it is. @returns how many are new */
export async function insertMovements(
  tx: Tx,
  of: { organisation_id: string; statement_id: string; iban: string },
  movements: readonly (ReadMovement & { id: string })[],
): Promise<number> {
  let inserted = 0
  for (let from = 0; from < movements.length; from += rowsAtOnce) {
    const rows = movements
      .slice(from, from + rowsAtOnce)
      .map(({ references, ...rest }) => ({ ...rest, refs: references }))
    const done = await sql`
      insert into bank_movement (organisation_id, id, statement_id, iban, place, booked_on, amount, charges, returned,
        counterparty_name, counterparty_iban, creditor_references, end_to_end_id, text, key, status, reason)
      select ${of.organisation_id}::uuid, id, ${of.statement_id}::uuid, ${of.iban}, place, booked_on, amount, charges, returned,
        counterparty_name, counterparty_iban, array(select jsonb_array_elements_text(refs)), end_to_end_id, text, key, 'unknown',
        case when is_charge then 'charge' else 'not_found' end
      from ${rowsOf(
        rows,
        `id uuid, place int, booked_on date, amount numeric, charges numeric, returned boolean, counterparty_name text,
         counterparty_iban text, refs jsonb, end_to_end_id text, text text, key text, is_charge boolean`,
      )}
      on conflict on constraint bank_movement_once do nothing`.execute(tx)
    inserted += Number(done.numAffectedRows ?? 0)
  }
  return inserted
}

/** A movement as it is matched, and what was found of it so far. */
export type WaitingMovement = MatchMovement & { status: MovementStatus; reason: string }

/** Movements that nothing was found for yet, from this day on, in their order. */
export async function waitingMovements(tx: Tx, organisation_id: string, from: string): Promise<WaitingMovement[]> {
  return matchable(
    tx,
    sql`m.organisation_id = ${organisation_id} and m.status in ('proposed', 'unknown') and m.booked_on >= ${from}::date`,
  )
}

export async function matchableMovement(tx: Tx, organisation_id: string, id: string): Promise<MatchMovement | null> {
  if (!isId(id)) return null
  return (await matchable(tx, sql`m.organisation_id = ${organisation_id} and m.id = ${id}`))[0] ?? null
}

async function matchable(tx: Tx, where: RawBuilder<unknown>): Promise<WaitingMovement[]> {
  const { rows } = await sql<WaitingMovement>`
    select m.id, m.booked_on, m.amount, m.charges, m.returned, m.reason = 'charge' as is_charge, m.counterparty_name, m.counterparty_iban,
      m.creditor_references as "references", m.end_to_end_id, m.text, m.status, m.reason
    from bank_movement m join bank_statement s on s.organisation_id = m.organisation_id and s.id = m.statement_id
    where ${where}
    order by m.booked_on, s.imported_at, m.statement_id, m.place, m.id`.execute(tx)
  return rows
}

/** What an organisation's movements since a day may be: documents, payments, orders, and whose accounts there are. */
export async function matchFacts(
  tx: Tx,
  organisation_id: string,
  from: string,
  newId: () => string,
): Promise<MatchFacts> {
  const own = await standsFor(tx, organisation_id)
  const now = await partiesNow(tx)
  const payments = (await paymentsToMatch(tx, own, from)).map(now)
  const orders = (await ordersToMatch(tx, organisation_id, own)).map(now)
  const open = await openItems(tx, { party_id: own })
  const known = new Set(open.map((item) => item.document_id))
  const settled = [
    ...new Set(payments.flatMap((payment) => (payment.seen && payment.return_seen ? [] : payment.document_ids))),
  ]
  const others = await openItems(tx, { document_ids: settled.filter((id) => !known.has(id)) })
  const parties = await sql<{ id: string; name: string; name_en: string | null; ibans: string[] }>`
    select o.id, o.name, o.name_en, array_remove(o.iban || array(select a.iban from bank_account a where a.organisation_id = o.id), null) as ibans
    from organisation o`.execute(tx)
  const documents = [...open, ...others].map(now).filter((item: OpenItem) => item.seller_id !== item.buyer_id)
  return {
    organisation_id,
    documents,
    payments,
    orders,
    transfers: (await openTransfers(tx, { party_id: own })).map(now),
    received: await payableReceived(tx, organisation_id),
    accounts: new Map(parties.rows.map(now).flatMap(({ id, ibans }) => ibans.map((iban) => [iban, id] as const))),
    names: new Map(
      parties.rows
        .map(now)
        .flatMap(({ id, name, name_en }) =>
          [name, name_en].flatMap((each) => (each === null ? [] : [[plainName(each), id] as const])),
        ),
    ),
    newId,
  }
}

/**
 * Whoever has merged into another is its successor here: money is paid by those who are there to those who are there, whatever
 * name stands on the document it is for.
 */
export async function partiesNow(tx: Tx): Promise<<Row extends object>(row: Row) => Row> {
  const successors = await heirs(tx)
  if (successors.size === 0) return (row) => row
  return (row) =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => [column, successors.get(value as string)?.id ?? value]),
    ) as typeof row
}

async function paymentsToMatch(tx: Tx, own: readonly string[], from: string): Promise<MatchPayment[]> {
  const ours = (column: string) => sql`${sql.ref(column)} = any (${[...own]}::uuid[])`
  const { rows } = await sql<MatchPayment>`
    select p.id, p.payer_id, p.payee_id, p.amount, p.paid_on, p.reference, p.end_to_end_id, p.unapplied, p.status,
      case when ${ours('p.payee_id')} then p.payee_saw else p.payer_saw end as seen,
      case when ${ours('p.payee_id')} then p.payee_saw_return else p.payer_saw_return end
        or exists (select from payment r where r.refunds_id = p.id and r.status = 'booked') as return_seen,
      array(select distinct s.document_id::text from settling s
            where s.source_id = p.id and s.way = 'payment' and s.reverses_id is null) as document_ids
    from payment p
    where (${ours('p.payee_id')} or ${ours('p.payer_id')}) and p.status <> 'withdrawn'
      and (p.paid_on >= ${from}::date - 75 or p.unapplied > 0)`.execute(tx)
  return rows
}

async function ordersToMatch(tx: Tx, organisation_id: string, own: readonly string[]): Promise<MatchOrder[]> {
  const { rows } = await sql<MatchOrder>`
    select o.id, o.organisation_id as payer_id, o.creditor_id as payee_id, o.creditor ->> 'iban' as creditor_iban, o.end_to_end_id,
      o.reference, o.amount,
      (select jsonb_agg(jsonb_build_object('item_id', i.item_id, 'amount', i.amount::text,
         'kind', ${kindOfItem}) order by i.item_id)
       from payment_order_item i where i.organisation_id = o.organisation_id and i.order_id = o.id) as items
    from payment_order o
    where (o.organisation_id = ${organisation_id} or o.creditor_id = any (${[...own]}::uuid[])) and o.handed_out
      and not ${orderIsPaid}
    order by o.id`.execute(tx)
  return rows
}

/** A movement that is a payment or, without one, a charge of the bank itself stands in the own book. */
const inBook = sql`(status = 'matched' and cardinality(received_ids) = 0)`

/**
 * By how much what is booked of charges differs from what the bank kept of the movements that are payments, and from those that
 * are a charge themselves.
 */
export async function chargesToBook(
  tx: Tx,
  organisation_id: string,
): Promise<{ id: string; booked_on: PlainDate; amount: string }[]> {
  const { rows } = await sql<{ id: string; booked_on: PlainDate; amount: string }>`
    select * from (
      select m.id, m.booked_on, (case when not ${inBook} then 0 when m.payment_id is null then -m.amount else m.charges end - coalesce((
        select sum(e.amount) from ledger_entry e where e.organisation_id = m.organisation_id and e.source_id = m.id
          and e.role = 'bank_charge'), 0))::numeric(14, 2) as amount
      from bank_movement m where m.organisation_id = ${organisation_id} and (m.charges <> 0 or m.reason = 'charge')) each_one
    where amount <> 0 order by id`.execute(tx)
  return rows
}

/** An account from its first statement to its last: what came between, and where it stands in the book or why it does not. */
export type AccountCheck = {
  iban: string
  /** null where the statements do not say it, as tables do not */
  opening: string | null
  in_book: string
  outside: string
  ignored: string
  waiting: string
  /** what the statements between must have had: some are not here */
  missing: string | null
  closing: string | null
  closing_on: PlainDate | null
}

/** The bank account of the own book beside the statements. */
export type BankCheck = {
  accounts: AccountCheck[]
  /** the bank account of the book */
  book: string
  /** what of it is on the own statements */
  on_statements: string
  /** payments that only the other side's statement has had so far */
  not_seen: string
  /** booked without a statement: what funders paid */
  otherwise: string
  /** what is left: nothing where all is well */
  difference: string
}

export async function checkBank(tx: Tx, organisation_id: string): Promise<BankCheck> {
  const { rows: accounts } = await sql<AccountCheck>`
    with of_account as (
      select iban, coalesce(sum(amount) filter (where ${inBook}), 0) as in_book,
        coalesce(sum(amount) filter (where cardinality(received_ids) > 0), 0) as outside,
        coalesce(sum(amount) filter (where status = 'ignored'), 0) as ignored,
        coalesce(sum(amount) filter (where status in ('proposed', 'unknown')), 0) as waiting, sum(amount) as moved
      from bank_movement where organisation_id = ${organisation_id} group by iban),
    first_one as (
      select distinct on (iban) iban, opening from bank_statement
      where organisation_id = ${organisation_id} and opening is not null order by iban, from_on nulls last, sequence nulls last, id),
    last_one as (
      select distinct on (iban) iban, closing, to_on from bank_statement
      where organisation_id = ${organisation_id} and closing is not null
      order by iban, to_on desc nulls last, sequence desc nulls last, id desc)
    select a.iban, f.opening::numeric(16, 2) as opening, a.in_book::numeric(16, 2) as in_book, a.outside::numeric(16, 2) as outside,
      a.ignored::numeric(16, 2) as ignored, a.waiting::numeric(16, 2) as waiting,
      (l.closing - f.opening - a.moved)::numeric(16, 2) as missing, l.closing, l.to_on as closing_on
    from of_account a left join first_one f on f.iban = a.iban left join last_one l on l.iban = a.iban order by a.iban`.execute(
    tx,
  )
  const { rows } = await sql<Omit<BankCheck, 'accounts'>>`
    with book as (
      select coalesce(sum(amount), 0) as book, coalesce(sum(amount) filter (where source not in ('payment', 'bank_charge')), 0) as otherwise
      from ledger_entry where organisation_id = ${organisation_id} and role = 'bank'),
    seen as (
      select coalesce(sum(amount), 0) as on_statements from bank_movement
      where organisation_id = ${organisation_id} and ${inBook}),
    unseen as (
      select coalesce(sum((case when p.payee_id = ${organisation_id} then p.amount else -p.amount end) * ((p.status = 'booked')::int
        - (case when p.payee_id = ${organisation_id} then p.payee_saw else p.payer_saw end)::int
        + (case when p.payee_id = ${organisation_id} then p.payee_saw_return else p.payer_saw_return end)::int)), 0) as not_seen
      from payment p where ${organisation_id}::uuid in (p.payee_id, p.payer_id) and p.status <> 'withdrawn')
    select book::numeric(16, 2) as book, on_statements::numeric(16, 2) as on_statements, not_seen::numeric(16, 2) as not_seen,
      otherwise::numeric(16, 2) as otherwise, (book - on_statements - not_seen - otherwise)::numeric(16, 2) as difference
    from book, seen, unseen`.execute(tx)
  return { accounts, ...rows[0]! }
}

/**
 * Forgets who paid and why: of what was decided on after the organisation's days; of what nobody found anything for, once it is
 * no longer tried again. Amounts, days and what was found stay. A payment keeps its parties, reference and documents.
 * @returns how many movements
 */
export async function forgetTexts(tx: Tx, now: string): Promise<number> {
  const done = await sql`
    update bank_movement m set counterparty_name = null, text = '', forgotten_at = ${now}::timestamptz,
      counterparty_iban = case when m.status = 'matched' then m.counterparty_iban end,
      end_to_end_id = case when m.status = 'matched' then m.end_to_end_id end,
      creditor_references = case when m.status = 'matched' then m.creditor_references else '{}' end
    from bank_statement s
    where s.organisation_id = m.organisation_id and s.id = m.statement_id and m.forgotten_at is null and m.status <> 'proposed'
      and case when m.status = 'unknown' then greatest(s.imported_at, m.booked_on::timestamptz + interval '${sql.raw(String(triedAgainDays))} days')
               else coalesce(m.decided_at, s.imported_at) end
        < ${now}::timestamptz - make_interval(days => coalesce(
          (select p.text_days from payment_settings p where p.organisation_id = m.organisation_id), ${usualTextDays}::int))`.execute(
    tx,
  )
  return Number(done.numAffectedRows ?? 0)
}

/** What is written of a movement that was decided on. */
export type MovementOutcome = {
  id: string
  status: MovementStatus
  reason: string
  payment_id: string | null
  proposal: Decision | null
  received_ids: string[]
  order_id: string | null
}

export async function updateMovements(
  tx: Tx,
  organisation_id: string,
  outcomes: readonly MovementOutcome[],
  by: { at: string; person_id: string | null },
): Promise<void> {
  for (let from = 0; from < outcomes.length; from += rowsAtOnce) {
    await sql`
      update bank_movement m set status = rows.status, reason = rows.reason, payment_id = rows.payment_id, proposal = rows.proposal,
        order_id = rows.order_id, received_ids = array(select jsonb_array_elements_text(rows.received_ids))::uuid[],
        decided_at = case when rows.status in ('matched', 'ignored') then ${by.at}::timestamptz end,
        matched_by = case when rows.status = 'matched' then ${by.person_id}::uuid end
      from ${rowsOf(outcomes.slice(from, from + rowsAtOnce), 'id uuid, status text, reason text, payment_id uuid, proposal jsonb, order_id uuid, received_ids jsonb')}
      where m.organisation_id = ${organisation_id} and m.id = rows.id`.execute(tx)
  }
}

type Page = { limit: number; after: string[] | null }

/** Statements, the last imported first. */
export async function listStatements(tx: Tx, organisation_id: string, page: Page): Promise<StatementRow[]> {
  const { rows } = await sql<StatementRow>`${statementSelect(sql`s.organisation_id = ${organisation_id}
      and ${page.after === null ? sql`true` : sql`s.id < ${page.after[0]}::uuid`}`)}
    order by s.id desc limit ${page.limit + 1}`.execute(tx)
  return rows
}

/** @throws Refusal `not_found` */
export async function getStatement(tx: Tx, id: string): Promise<StatementRow> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<StatementRow>`${statementSelect(sql`s.id = ${id}`)}`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

function statementSelect(where: RawBuilder<unknown>) {
  return sql`
    select s.id, s.iban, s.statement_id, s.format, s.sequence, s.from_on, s.to_on, s.opening, s.closing, s.file_name, s.findings,
      s.imported_at, n.matched, n.proposed, n.unknown, n.ignored
    from bank_statement s
    cross join lateral (
      select (count(*) filter (where m.status = 'matched'))::int as matched,
        (count(*) filter (where m.status = 'proposed'))::int as proposed,
        (count(*) filter (where m.status = 'unknown'))::int as unknown,
        (count(*) filter (where m.status = 'ignored'))::int as ignored
      from bank_movement m where m.organisation_id = s.organisation_id and m.statement_id = s.id) n
    where ${where}`
}

/** Movements in the order of their days, of one statement or of all. */
export async function listMovements(
  tx: Tx,
  organisation_id: string,
  of: { statement_id: string | null; status: MovementStatus | null },
  page: Page,
): Promise<MovementRow[]> {
  const { rows } = await sql<MovementRow>`
    select ${movementColumns} from bank_movement m
    where m.organisation_id = ${organisation_id}
      and ${of.statement_id === null ? sql`true` : sql`m.statement_id = ${of.statement_id}::uuid`}
      and ${of.status === null ? sql`true` : sql`m.status = ${of.status}`}
      and ${page.after === null ? sql`true` : sql`(m.booked_on, m.id) > (${page.after[0]}::date, ${page.after[1]}::uuid)`}
    order by m.booked_on, m.id limit ${page.limit + 1}`.execute(tx)
  return rows
}

/** @throws Refusal `not_found`, also for another organisation's */
export async function getMovement(tx: Tx, id: string): Promise<MovementRow & { organisation_id: string }> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<MovementRow & { organisation_id: string }>`
    select m.organisation_id, ${movementColumns} from bank_movement m where m.id = ${id}`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

/** The own movements of a payment. */
export async function movementsOfPayment(tx: Tx, payment_id: string): Promise<MovementRow[]> {
  const { rows } = await sql<MovementRow>`
    select ${movementColumns} from bank_movement m where m.payment_id = ${payment_id} order by m.booked_on, m.id`.execute(
    tx,
  )
  return rows
}

/** How many movements of an organisation somebody is asked about. */
export async function countProposed(tx: Tx, organisation_id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from bank_movement where organisation_id = ${organisation_id} and status = 'proposed'`.execute(
    tx,
  )
  return rows[0]!.n
}
