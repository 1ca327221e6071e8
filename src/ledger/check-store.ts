/** The proof of the books in five statements, whatever their size. Row level security says whose books are looked at. */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { type Difference, type DifferenceKind, differenceKinds, type LedgerCheck } from './check.ts'

type Found = {
  organisation_id: string | null
  counterparty_id: string | null
  document_id: string | null
  transaction_id: string | null
  role: string | null
  expected: string
  found: string
  count: number
}

const listedOfEach = 200

/** @param sees the organisations whose books are proved; null for all, which only the program itself may ask */
export async function readCheck(
  tx: Tx,
  sees: readonly string[] | null,
): Promise<Omit<LedgerCheck, 'checked_at' | 'clean'>> {
  const queries: Record<DifferenceKind, RawBuilder<Found>> = {
    unbalanced,
    open_item: openItemsAgainstBooks(sees),
    mirror: mirrors(sees),
    over_settled: overSettled,
  }
  const counts = {} as LedgerCheck['counts']
  const rows: (Found & { kind: DifferenceKind })[] = []
  for (const kind of differenceKinds) {
    const found = (await queries[kind].execute(tx)).rows
    counts[kind] = found[0]?.count ?? 0
    rows.push(...found.map((row) => ({ kind, ...row })))
  }
  const { rows: looked } = await sql<Pick<LedgerCheck, 'transactions' | 'documents' | 'settlings' | 'pairs'>>`
    select (select count(distinct (organisation_id, transaction_id))::int from ledger_entry) as transactions,
      (select count(*)::int from document) as documents, (select count(*)::int from settling) as settlings,
      (select count(distinct (least(seller_id, buyer_id), greatest(seller_id, buyer_id)))::int from document) as pairs`.execute(
    tx,
  )
  return { ...looked[0]!, counts, differences: await named(tx, rows) }
}

const none = sql`null::uuid`

const unbalanced = sql<Found>`
  select organisation_id, ${none} as counterparty_id, ${none} as document_id, transaction_id, null as role,
    '0.00' as expected, sum(amount)::text as found, (count(*) over ())::int as count
  from ledger_entry group by organisation_id, transaction_id having sum(amount) <> 0
  order by organisation_id, transaction_id limit ${listedOfEach}`

/** For each party and document: what is open, as its book must say it, against what it says. */
function openItemsAgainstBooks(sees: readonly string[] | null): RawBuilder<Found> {
  const within = (column: RawBuilder<unknown>) =>
    sees === null ? sql`true` : sql`${column} = any (${[...sees]}::uuid[])`
  return sql<Found>`
    with open as (
      select d.seller_id, d.buyer_id, d.id, case d.type when 'invoice' then 1 else -1 end * (d.total - coalesce(s.settled, 0)) as amount
      from document d
      left join (select seller_id, document_id, sum(amount) as settled from settling group by seller_id, document_id) s
        on s.seller_id = d.seller_id and s.document_id = d.id
    ), must as (
      select seller_id as organisation_id, buyer_id as counterparty_id, id as document_id, 'receivable' as role, amount from open
      where ${within(sql`seller_id`)}
      union all
      select buyer_id, seller_id, id, 'payable', -amount from open where ${within(sql`buyer_id`)}
    ), is_booked as (
      select organisation_id, counterparty_id, document_id, role, sum(amount) as amount from ledger_entry
      where role in ('receivable', 'payable') group by organisation_id, counterparty_id, document_id, role
    )
    select organisation_id, counterparty_id, document_id, ${none} as transaction_id, role,
      sum(must)::numeric(14, 2)::text as expected, sum(booked)::numeric(14, 2)::text as found, (count(*) over ())::int as count
    from (
      select organisation_id, counterparty_id, document_id, role, amount as must, 0 as booked from must
      union all
      select organisation_id, counterparty_id, document_id, role, 0, amount from is_booked
    ) both_sides
    group by organisation_id, counterparty_id, document_id, role having sum(must) <> sum(booked)
    order by organisation_id, counterparty_id, document_id limit ${listedOfEach}`
}

/**
 * Both parties' books of each other: what is debit in one is credit in the other, document by document. Money of a funder is
 * between nobody here: its lines name the organisation itself.
 */
function mirrors(sees: readonly string[] | null): RawBuilder<Found> {
  const roles = sql`('receivable', 'payable', 'unapplied', 'set_off', 'bank', 'write_off', 'interest_receivable', 'interest_payable')`
  const theirs =
    sees === null
      ? sql`select organisation_id, counterparty_id, role, document_id, amount from ledger_entry
          where role in ${roles} and counterparty_id <> organisation_id`
      : sql`select organisation_id, counterparty_id, role, document_id, amount from booked_by_others(${[...sees]}::uuid[], null)
          where counterparty_id <> organisation_id`
  return sql<Found>`
    with line as (
      select organisation_id, counterparty_id, role, document_id, amount as ours, 0 as theirs from ledger_entry
      where role in ${roles} and counterparty_id <> organisation_id
      union all
      select counterparty_id, organisation_id,
        case role when 'receivable' then 'payable' when 'payable' then 'receivable'
          when 'interest_receivable' then 'interest_payable' when 'interest_payable' then 'interest_receivable' else role end,
        document_id, 0, -amount
      from (${theirs}) of_others
    ), summed as (
      select organisation_id, counterparty_id, role, document_id, sum(ours) as ours, sum(theirs) as theirs
      from line group by organisation_id, counterparty_id, role, document_id having sum(ours) <> sum(theirs)
    )
    select organisation_id, counterparty_id, document_id, ${none} as transaction_id, role,
      ours::numeric(14, 2)::text as expected, theirs::numeric(14, 2)::text as found, (count(*) over ())::int as count
    from summed
    -- one difference between two is told once, where both books are seen
    where not (organisation_id > counterparty_id and ${sees === null ? sql`true` : sql`counterparty_id = any (${[...sees]}::uuid[])`})
    order by organisation_id, counterparty_id, document_id limit ${listedOfEach}`
}

const overSettled = sql<Found>`
  select s.seller_id as organisation_id, d.buyer_id as counterparty_id, s.document_id, ${none} as transaction_id, null as role,
    coalesce(d.total, 0)::text as expected, s.settled::numeric(14, 2)::text as found, (count(*) over ())::int as count
  from (select seller_id, document_id, sum(amount) as settled from settling group by seller_id, document_id) s
  left join document d on d.seller_id = s.seller_id and d.id = s.document_id
  where s.settled > coalesce(d.total, 0) or s.settled < 0
  order by s.seller_id, s.document_id limit ${listedOfEach}`

async function named(tx: Tx, rows: readonly (Found & { kind: DifferenceKind })[]): Promise<Difference[]> {
  if (rows.length === 0) return []
  const ids = <Key extends 'organisation_id' | 'counterparty_id' | 'document_id'>(key: Key) =>
    rows.flatMap((row) => row[key] ?? [])
  const organisations = new Map(
    (
      await tx
        .selectFrom('organisation')
        .select(['id', 'name'])
        .where('id', 'in', [...new Set([...ids('organisation_id'), ...ids('counterparty_id')])])
        .execute()
    ).map((row) => [row.id, row.name]),
  )
  const { rows: documents } = await sql<{ id: string; number: string }>`
    select id, number from document where id = any (${[...new Set(ids('document_id'))]}::uuid[])`.execute(tx)
  const numbers = new Map(documents.map((row) => [row.id, row.number]))
  const party = (id: string | null) => (id === null ? null : { id, name: organisations.get(id) ?? '' })
  return rows.map(({ kind, organisation_id, counterparty_id, document_id, transaction_id, role, expected, found }) => ({
    kind,
    organisation: party(organisation_id),
    counterparty: party(counterparty_id),
    document_id,
    document: document_id === null ? null : (numbers.get(document_id) ?? null),
    transaction_id,
    role,
    expected,
    found,
  }))
}
