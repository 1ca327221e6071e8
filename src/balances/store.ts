/** This module's SQL: what is owed between two, how it came about, and confirmations. */
import { type Insertable, sql, type Updateable } from 'kysely'
import { addDays, type PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import type { BalanceConfirmation as ConfirmationTable } from '../db/tables.ts'
import { heirs, standsFor } from '../identity/succession-store.ts'
import { isId } from '../ids.ts'
import { openItems } from '../ledger/store.ts'
import { centsOf, moneyOf } from '../money.ts'
import { openTransfers } from '../netting/store.ts'
import { refuse } from '../refusal.ts'
import {
  type Confirmation,
  type ConfirmationHead,
  type ConfirmationStatus,
  type Movement,
  type Owed,
  type Statement,
  statementFrom,
} from './balance.ts'

export type OwedFilter = {
  own: string
  counterparty_id?: string
  as_of?: string
  /** what is owed to and by those that merged into either counts as theirs; a statement and a confirmation are one book's alone */
  in_place?: true
}

/** Everything owed between an organisation and others, those due first: documents, transfers of nettings, money for nothing yet. */
export async function owedItems(tx: Tx, { own, counterparty_id, as_of, in_place }: OwedFilter): Promise<Owed[]> {
  const on = as_of === undefined ? {} : { as_of }
  const successors = in_place === undefined ? new Map<string, { id: string; name: string }>() : await heirs(tx)
  const party_id = in_place === undefined ? [own] : await standsFor(tx, own)
  const documents = (await openItems(tx, { party_id, ...on })).flatMap((item): Owed[] => {
    const sells = party_id.includes(item.seller_id)
    const party = sells ? { id: item.buyer_id, name: item.buyer_name } : { id: item.seller_id, name: item.seller_name }
    const other = successors.get(party.id) ?? party
    if (other.id === own || (counterparty_id !== undefined && other.id !== counterparty_id)) return []
    const { document_id: id, type: kind, number, issued_on, due_on, total, open } = item
    const to_us = sells === (kind === 'invoice')
    const named = { counterparty_id: other.id, counterparty_name: other.name }
    return [{ id, kind, number, ...named, to_us, issued_on, due_on, total, open }]
  })
  const with_one = counterparty_id === undefined ? {} : { other_id: counterparty_id }
  const transfers = (await openTransfers(tx, { party_id: own, ...with_one, ...on })).map((transfer): Owed => {
    const to_us = transfer.creditor_id === own
    const { id, reference: number, settled_on: issued_on, due_on, amount } = transfer
    const named = to_us
      ? { counterparty_id: transfer.debtor_id, counterparty_name: transfer.debtor_name }
      : { counterparty_id: transfer.creditor_id, counterparty_name: transfer.creditor_name }
    return { id, kind: 'transfer', number, ...named, to_us, issued_on, due_on, total: amount, open: amount }
  })
  const rest = await unapplied(tx, own, counterparty_id ?? null, as_of ?? null)
  return [...documents, ...transfers, ...rest].sort((a, b) => (a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : 0))
}

/** Money that came, or went, for no document yet, by the own book: whoever received it owes it. */
async function unapplied(tx: Tx, own: string, other: string | null, as_of: string | null): Promise<Owed[]> {
  const { rows } = await sql<{ id: string; other: string; name: string; booked_on: string; amount: string }>`
    select e.source_id as id, e.counterparty_id as other, o.name, min(e.booked_on)::text as booked_on,
      sum(e.amount)::numeric(14, 2)::text as amount
    from ledger_entry e join organisation o on o.id = e.counterparty_id
    where e.organisation_id = ${own} and e.role = 'unapplied'
      and ${other === null ? sql`true` : sql`e.counterparty_id = ${other}`}
      and ${as_of === null ? sql`true` : sql`e.booked_on <= ${as_of}::date`}
    group by e.source_id, e.counterparty_id, o.name having sum(e.amount) <> 0
    order by min(e.booked_on), e.source_id`.execute(tx)
  return rows.map(({ id, other: counterparty_id, name, booked_on, amount }): Owed => {
    const cents = centsOf(amount)
    const open = moneyOf(cents < 0n ? -cents : cents)
    const dated = { issued_on: booked_on, due_on: booked_on, total: open, open }
    return { id, kind: 'unapplied', number: '', counterparty_id, counterparty_name: name, to_us: cents > 0n, ...dated }
  })
}

// Statement of account

/** The accounts on which what two owe each other stands. */
const owedRoles = sql`('receivable', 'payable', 'unapplied', 'set_off')`

/** What the other owes by the own book at the end of a day; below zero it is owed. */
export async function balanceAt(tx: Tx, own: string, other: string, on: string): Promise<string> {
  const { rows } = await sql<{ balance: string }>`
    select coalesce(sum(amount), 0)::numeric(14, 2)::text as balance from ledger_entry
    where organisation_id = ${own} and counterparty_id = ${other} and role in ${owedRoles} and booked_on <= ${on}::date`.execute(
    tx,
  )
  return rows[0]!.balance
}

/** What moved the balance between two days, both included, as it was booked. What a credit note only moves between documents is left out. */
export async function movementsBetween(
  tx: Tx,
  own: string,
  other: string,
  period: { from: string; to: string },
): Promise<Omit<Movement, 'balance'>[]> {
  const { rows } = await sql<Omit<Movement, 'balance'>>`
    with line as (
      select e.booked_on, e.recorded_at, e.source_id, e.role, e.amount, d.number,
        case e.source when 'document' then coalesce(d.type, 'other') when 'payment' then 'payment' when 'set_off' then 'set_off'
          when 'netting' then 'set_off' when 'write_off' then 'write_off' else 'other' end as kind,
        case when e.source in ('set_off', 'netting') then e.source_id else e.transaction_id end as together
      from ledger_entry e left join document d on d.id = e.document_id
      where e.organisation_id = ${own} and e.counterparty_id = ${other} and e.role in ${owedRoles}
        and e.source <> 'credit' and e.booked_on between ${period.from}::date and ${period.to}::date
    ), of_role as (
      -- what a set-off only passes through its own account is no turnover
      select booked_on, kind, source_id, together, min(recorded_at) as recorded_at, sum(amount) as amount
      from line group by booked_on, kind, source_id, together, role
    )
    select booked_on::text as booked_on, kind, source_id,
      (select coalesce(array_agg(distinct l.number order by l.number), '{}') from line l
        where l.together = of_role.together and l.booked_on = of_role.booked_on and l.number is not null) as documents,
      coalesce(sum(amount) filter (where amount > 0), 0)::numeric(14, 2)::text as debit,
      coalesce(-sum(amount) filter (where amount < 0), 0)::numeric(14, 2)::text as credit
    from of_role group by booked_on, kind, source_id, together
    order by booked_on, min(recorded_at), kind, together`.execute(tx)
  return rows
}

/** @throws Refusal `not_found` for no organisation of ours */
export async function nameOf(tx: Tx, id: string): Promise<string> {
  if (!isId(id)) refuse('not_found')
  const row = await tx.selectFrom('organisation').select('name').where('id', '=', id).executeTakeFirst()
  return row?.name ?? refuse('not_found')
}

/** With whom an organisation has any document, by name. */
export async function counterparties(tx: Tx, own: string): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select o.id, o.name from organisation o where o.id in (
      select buyer_id from document where seller_id = ${own} union select seller_id from document where buyer_id = ${own})
    order by o.name collate lv`.execute(tx)
  return rows
}

// Confirmations

function confirmations(tx: Tx) {
  return tx
    .selectFrom('balance_confirmation as k')
    .innerJoin('organisation as o', 'o.id', 'k.organisation_id')
    .innerJoin('organisation as c', 'c.id', 'k.counterparty_id')
    .select(['k.id', 'k.number', 'k.organisation_id', 'o.name as organisation_name', 'k.counterparty_id'])
    .select(['c.name as counterparty_name', 'k.stated_on', 'k.status', 'k.is_owed', 'k.owes', 'k.balance', 'k.note'])
    .select(['k.sent_at', 'k.sender_signer', 'k.answered_at', 'k.answer_signer', 'k.answer_balance', 'k.answer_note'])
    .select(['k.settled_at', 'k.settled_note'])
}

/** Confirmations one sent or was sent, the newest first; one more than `limit` where there are more. */
export async function listConfirmations(
  tx: Tx,
  status: ConfirmationStatus | undefined,
  page: { limit: number; after: string[] | null },
): Promise<ConfirmationHead[]> {
  let query = confirmations(tx)
  if (status !== undefined) query = query.where('k.status', '=', status)
  if (page.after !== null) query = query.where('k.id', '<', page.after[0]!)
  return query
    .orderBy('k.id', 'desc')
    .limit(page.limit + 1)
    .$castTo<ConfirmationHead>()
    .execute()
}

/** @throws Refusal `not_found` */
export async function getConfirmation(tx: Tx, id: string): Promise<Confirmation> {
  if (!isId(id)) refuse('not_found')
  const row = await confirmations(tx).select(['k.figures', 'k.answer_items']).where('k.id', '=', id).executeTakeFirst()
  return (row as unknown as Confirmation | undefined) ?? refuse('not_found')
}

/** Keeps others from answering until the transaction ends. @throws Refusal `not_found` */
export async function lockConfirmation(tx: Tx, id: string): Promise<Confirmation> {
  if (!isId(id)) refuse('not_found')
  await tx.selectFrom('balance_confirmation').select('id').where('id', '=', id).forUpdate().execute()
  return getConfirmation(tx, id)
}

/** The one that two parties have for a date, whoever sent it. */
export async function findConfirmation(
  tx: Tx,
  parties: [string, string],
  stated_on: string,
): Promise<{ number: string } | undefined> {
  return tx
    .selectFrom('balance_confirmation')
    .select('number')
    .where('organisation_id', 'in', parties)
    .where('counterparty_id', 'in', parties)
    .where('stated_on', '=', stated_on)
    .where('status', '<>', 'withdrawn')
    .executeTakeFirst()
}

export async function insertConfirmation(tx: Tx, row: Insertable<ConfirmationTable>): Promise<void> {
  await tx.insertInto('balance_confirmation').values(row).execute()
}

export async function updateConfirmation(tx: Tx, id: string, change: Updateable<ConfirmationTable>): Promise<void> {
  const done = await tx.updateTable('balance_confirmation').set(change).where('id', '=', id).executeTakeFirst()
  if (done.numUpdatedRows !== 1n) refuse('not_found')
}

/** The statement of account between two for a period, by the own book. @throws Refusal `not_found` for no organisation of ours */
export async function readStatement(
  tx: Tx,
  own: string,
  counterparty_id: string,
  period: { from: string; to: string },
): Promise<Statement> {
  const counterparty_name = await nameOf(tx, counterparty_id)
  const before = addDays(period.from as PlainDate, -1)
  const opening = await balanceAt(tx, own, counterparty_id, before)
  const movements = await movementsBetween(tx, own, counterparty_id, period)
  return statementFrom({ organisation_id: own, counterparty_id, counterparty_name, ...period }, opening, movements)
}

/** The municipalities whose balances one may look at, by name. */
export async function municipalitiesSeen(tx: Tx, sees: readonly string[]): Promise<{ id: string; name: string }[]> {
  return tx
    .selectFrom('organisation')
    .select(['id', 'name'])
    .where('kind', '<>', 'region')
    .where(sql<boolean>`id = any (${[...sees]}::uuid[])`)
    .orderBy(sql`name collate lv`)
    .execute()
}
