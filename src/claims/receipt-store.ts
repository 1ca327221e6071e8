/** SQL of what residents and their families pay themselves: what the book still has of it, and what came. */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import { personalSources } from './claim.ts'
import type { PersonalShare, ShareReceipt } from './receipt.ts'

/** What the own book still has of personal shares, by source and by the other party of the months. */
export async function listPersonalShares(tx: Tx, own: string): Promise<PersonalShare[]> {
  const { rows } = await sql<PersonalShare>`
    select e.funder as source, e.counterparty_id, o.name as counterparty_name, sum(e.amount)::numeric(14, 2) as amount,
      min(e.booked_on) as since
    from ledger_entry e join organisation o on o.id = e.counterparty_id
    where e.organisation_id = ${own} and e.role = 'funder_claim' and lower(e.funder) = any (${[...personalSources]}::text[])
    group by e.funder, e.counterparty_id, o.name having sum(e.amount) <> 0 order by o.name collate lv, e.funder`.execute(
    tx,
  )
  return rows
}

const columns = sql`r.id, r.organisation_id, r.source, r.counterparty_id, o.name as counterparty_name, r.received_on, r.amount, r.payment_note,
  r.withdrawn_on, r.withdraw_note`

async function read(tx: Tx, rest: RawBuilder<unknown>): Promise<ShareReceipt[]> {
  const { rows } = await sql<ShareReceipt>`
    select ${columns} from share_receipt r join organisation o on o.id = r.counterparty_id ${rest}`.execute(tx)
  return rows
}

/** What came, the newest first; what was taken back too. One more than `limit` where there are more. */
export function listShareReceipts(
  tx: Tx,
  own: string,
  { limit, after }: { limit: number; after: string[] | null },
): Promise<ShareReceipt[]> {
  const from = after === null ? sql`true` : sql`r.id < ${after[0]}::uuid`
  return read(tx, sql`where r.organisation_id = ${own} and ${from} order by r.id desc limit ${limit + 1}`)
}

/** One of the own, locked where it is to be changed. @throws Refusal `not_found`, also for another's */
export async function getShareReceipt(tx: Tx, own: string, id: string, lock = false): Promise<ShareReceipt> {
  if (!isId(id)) refuse('not_found')
  const one = sql`where r.organisation_id = ${own} and r.id = ${id}`
  return (await read(tx, lock ? sql`${one} for update of r` : one))[0] ?? refuse('not_found')
}

export async function insertShareReceipt(
  tx: Tx,
  row: Omit<ShareReceipt, 'counterparty_name' | 'withdrawn_on' | 'withdraw_note'> & {
    recorded_at: string
    recorded_by: string | null
  },
): Promise<void> {
  await tx.insertInto('share_receipt').values(row).execute()
}

export async function saveReceiptWithdrawal(
  tx: Tx,
  { organisation_id, id }: Pick<ShareReceipt, 'organisation_id' | 'id'>,
  change: { withdrawn_on: string; withdrawn_by: string | null; withdraw_note: string },
): Promise<void> {
  await tx
    .updateTable('share_receipt')
    .set(change)
    .where('organisation_id', '=', organisation_id)
    .where('id', '=', id)
    .execute()
}
