/** This module's SQL: what is owed between two, how it came about, and confirmations. */
import { type Insertable, sql, type Updateable } from 'kysely'
import { addDays, type PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import type { BalanceConfirmation as ConfirmationTable } from '../db/tables.ts'
import { heirs, type Sides, sidesOf, standsFor } from '../identity/succession-store.ts'
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

export type OwedFilter = { own: string; counterparty_id?: string; as_of?: string }

/**
 * Everything owed between an organisation and others, those due first: documents, transfers of nettings, money for nothing yet.
 * What is owed to and by those that merged into either is theirs, and says under which name it stands.
 */
export async function owedItems(tx: Tx, { own, counterparty_id, as_of }: OwedFilter): Promise<Owed[]> {
  const on = as_of === undefined ? {} : { as_of }
  const sides = counterparty_id === undefined ? null : await sidesOf(tx, own, counterparty_id)
  const ours = sides === null ? await standsFor(tx, own) : [...sides.ours.keys()]
  const whose = partiesOf(own, ours, sides, counterparty_id, await heirs(tx))
  const theirs = sides === null ? {} : { other_id: [...sides.theirs.keys()] }
  const documents = (await openItems(tx, { party_id: ours, ...on })).flatMap((item): Owed[] => {
    const sells = ours.includes(item.seller_id) && whose(item.seller_id, item.buyer_id) !== null
    const seller = { id: item.seller_id, name: item.seller_name }
    const buyer = { id: item.buyer_id, name: item.buyer_name }
    const [we, they] = sells ? [seller, buyer] : [buyer, seller]
    const named = whose(we.id, they.id, we.name, they.name)
    if (named === null) return []
    const { document_id: id, type: kind, number, issued_on, due_on, total, open } = item
    return [{ id, kind, number, ...named, to_us: sells === (kind === 'invoice'), issued_on, due_on, total, open }]
  })
  const transfers = (await openTransfers(tx, { party_id: ours, ...theirs, ...on })).flatMap((transfer): Owed[] => {
    const creditor = { id: transfer.creditor_id, name: transfer.creditor_name }
    const debtor = { id: transfer.debtor_id, name: transfer.debtor_name }
    const to_us = ours.includes(creditor.id) && whose(creditor.id, debtor.id) !== null
    const [we, they] = to_us ? [creditor, debtor] : [debtor, creditor]
    const named = whose(we.id, they.id, we.name, they.name)
    if (named === null) return []
    const { id, reference: number, settled_on: issued_on, due_on, amount } = transfer
    return [{ id, kind: 'transfer', number, ...named, to_us, issued_on, due_on, total: amount, open: amount }]
  })
  const rest = (await unapplied(tx, ours, as_of ?? null)).flatMap(
    ({ we, we_name, they, they_name, amount, ...row }): Owed[] => {
      const named = whose(we, they, we_name, they_name)
      if (named === null) return []
      const cents = centsOf(amount)
      const open = moneyOf(cents < 0n ? -cents : cents)
      const dated = { issued_on: row.booked_on, due_on: row.booked_on, total: open, open }
      return [{ id: row.id, kind: 'unapplied', number: '', ...named, to_us: cents > 0n, ...dated }]
    },
  )
  return [...documents, ...transfers, ...rest].sort((a, b) => (a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : 0))
}

type Whose = Pick<Owed, 'counterparty_id' | 'counterparty_name' | 'our_name' | 'their_name'>

/**
 * Tells with whom something is that stands between two names; null where it is not ours, is not with the one asked about, or is
 * between names that are one by now.
 */
function partiesOf(
  own: string,
  ours: readonly string[],
  sides: Sides | null,
  counterparty_id: string | undefined,
  successors: Map<string, { id: string; name: string }>,
): (we: string, they: string, we_name?: string, they_name?: string) => Whose | null {
  return (we, they, we_name = '', they_name = '') => {
    if (!ours.includes(we)) return null
    const now =
      sides === null || counterparty_id === undefined
        ? (successors.get(they) ?? { id: they, name: they_name })
        : { id: counterparty_id, name: sides.theirs.get(counterparty_id) ?? they_name }
    if (sides === null ? now.id === own || ours.includes(they) : !sides.theirs.has(they)) return null
    return {
      ...{ counterparty_id: now.id, counterparty_name: now.name },
      ...{ our_name: we === own ? null : we_name, their_name: they === now.id ? null : they_name },
    }
  }
}

type Unapplied = Record<'id' | 'we' | 'we_name' | 'they' | 'they_name' | 'booked_on' | 'amount', string>

/** Money that came, or went, for no document yet, by the own books: whoever received it owes it. */
async function unapplied(tx: Tx, ours: readonly string[], as_of: string | null): Promise<Unapplied[]> {
  const { rows } = await sql<Unapplied>`
    select e.source_id as id, e.organisation_id as we, w.name as we_name, e.counterparty_id as they, o.name as they_name,
      min(e.booked_on)::text as booked_on, sum(e.amount)::numeric(14, 2)::text as amount
    from ledger_entry e join organisation o on o.id = e.counterparty_id join organisation w on w.id = e.organisation_id
    where e.organisation_id = any (${[...ours]}::uuid[]) and e.role = 'unapplied'
      and ${as_of === null ? sql`true` : sql`e.booked_on <= ${as_of}::date`}
    group by e.source_id, e.organisation_id, w.name, e.counterparty_id, o.name having sum(e.amount) <> 0
    order by min(e.booked_on), e.source_id`.execute(tx)
  return rows
}

// Statement of account

/** The accounts on which what two owe each other stands. */
const owedRoles = sql`('receivable', 'payable', 'unapplied', 'set_off')`

/** What stands between names of ours and of theirs in our books. */
const between = ({ ours, theirs }: Sides) => sql`e.organisation_id = any (${[...ours.keys()]}::uuid[])
  and e.counterparty_id = any (${[...theirs.keys()]}::uuid[]) and e.role in ${owedRoles}`

/** What the other owes by the own books at the end of a day; below zero it is owed. */
export async function balanceAt(tx: Tx, sides: Sides, on: string): Promise<string> {
  const { rows } = await sql<{ balance: string }>`
    select coalesce(sum(e.amount), 0)::numeric(14, 2)::text as balance from ledger_entry e
    where ${between(sides)} and e.booked_on <= ${on}::date`.execute(tx)
  return rows[0]!.balance
}

/** What moved the balance between two days, both included, as it was booked. What a credit note only moves between documents is left out. */
export async function movementsBetween(
  tx: Tx,
  { own, other, sides }: { own: string; other: string; sides: Sides },
  period: { from: string; to: string },
): Promise<Omit<Movement, 'balance'>[]> {
  type Row = Omit<Movement, 'balance' | 'our_name' | 'their_name'> & { we: string[]; they: string[] }
  const { rows } = await sql<Row>`
    with line as (
      select e.organisation_id as we, e.counterparty_id as they, e.booked_on, e.recorded_at, e.source_id, e.role, e.amount, d.number,
        case e.source when 'document' then coalesce(d.type, 'other') when 'payment' then 'payment' when 'set_off' then 'set_off'
          when 'netting' then 'set_off' when 'write_off' then 'write_off' else 'other' end as kind,
        -- what one payment did at one moment is one line, whatever names it was for and whichever of them it passed through
        case when e.source in ('set_off', 'netting') then e.source_id::text when e.source = 'payment' then e.source_id || ' ' || e.recorded_at
          else e.transaction_id::text end as together
      from ledger_entry e left join document d on d.id = e.document_id
      where ${between(sides)} and e.source <> 'credit' and e.booked_on between ${period.from}::date and ${period.to}::date
    ), of_role as (
      -- what a set-off only passes through its own account is no turnover
      select booked_on, kind, source_id, together, min(recorded_at) as recorded_at, sum(amount) as amount
      from line group by booked_on, kind, source_id, together, role having sum(amount) <> 0
    ), named as (
      -- the names of the documents, or else of whoever the money is with
      select together, booked_on, array_agg(distinct number order by number) filter (where number is not null) as documents,
        coalesce(array_agg(distinct we::text) filter (where number is not null), array_agg(distinct we::text)) as we,
        coalesce(array_agg(distinct they::text) filter (where number is not null), array_agg(distinct they::text)) as they
      from line group by together, booked_on
    )
    select n.we, n.they, booked_on::text as booked_on, kind, source_id, coalesce(n.documents, '{}') as documents,
      coalesce(sum(amount) filter (where amount > 0), 0)::numeric(14, 2)::text as debit,
      coalesce(-sum(amount) filter (where amount < 0), 0)::numeric(14, 2)::text as credit
    from of_role join named n using (together, booked_on) group by n.we, n.they, n.documents, booked_on, kind, source_id, together
    order by booked_on, min(recorded_at), kind, together`.execute(tx)
  const old = (names: Map<string, string>, ids: readonly string[], present: string) =>
    ids.flatMap((id) => (id === present ? [] : [names.get(id)!])).join(', ') || null
  return rows.map(({ we, they, ...row }) => ({
    ...row,
    our_name: old(sides.ours, we, own),
    their_name: old(sides.theirs, they, other),
  }))
}

/** @throws Refusal `not_found` for no organisation of ours */
export async function nameOf(tx: Tx, id: string): Promise<string> {
  if (!isId(id)) refuse('not_found')
  const row = await tx.selectFrom('organisation').select('name').where('id', '=', id).executeTakeFirst()
  return row?.name ?? refuse('not_found')
}

/** With whom an organisation has any document, by name: those who are there now, under whichever names the documents stand. */
export async function counterparties(tx: Tx, own: string): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    with own as (select ${own}::uuid || predecessors_of(${own}::uuid) as ids)
    select o.id, o.name from organisation o where o.id <> ${own} and o.id in (
      select heir_of(party.id) from own cross join lateral (
        select buyer_id as id from document where seller_id = any (own.ids)
        union select seller_id from document where buyer_id = any (own.ids)) party)
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

/**
 * The statement of account between two for a period, by the own books: under all their names together, each line with the old
 * name where it has one.
 * @throws Refusal `not_found` for no organisation of ours
 */
export async function readStatement(
  tx: Tx,
  own: string,
  counterparty_id: string,
  period: { from: string; to: string },
): Promise<Statement> {
  const counterparty_name = await nameOf(tx, counterparty_id)
  const sides = await sidesOf(tx, own, counterparty_id)
  const opening = await balanceAt(tx, sides, addDays(period.from as PlainDate, -1))
  const movements = await movementsBetween(tx, { own, other: counterparty_id, sides }, period)
  const old = (names: Map<string, string>, present: string) =>
    [...names].flatMap(([id, name]) => (id === present ? [] : [name]))
  const parties = { organisation_id: own, counterparty_id, counterparty_name, ...period }
  const names = { our_old_names: old(sides.ours, own), their_old_names: old(sides.theirs, counterparty_id) }
  return statementFrom({ ...parties, ...names }, opening, movements)
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
