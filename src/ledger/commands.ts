/** What is booked when documents are issued, settled and unsettled: functions for the transactions of those who do it. */
import { type Context, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { runIn } from '../db/statement.ts'
import { isId, newId } from '../ids.ts'
import { centsOf, moneyOf } from '../money.ts'
import { refuse } from '../refusal.ts'
import {
  type Against,
  againstOf,
  type BookTransaction,
  bookingsOf,
  type Movement,
  moreThanOpen,
  movementBookings,
  type Settled,
  type Way,
} from './book.ts'
import { creditings, lockCredited, postings, type SumOfKind, type Which } from './postings.ts'
import * as store from './store.ts'

type Run = <T>(text: string, values: unknown[]) => Promise<T[]>

async function postWith(
  run: Run,
  which: Which,
  of: unknown[],
  { now, by, kinds }: { now: string; by: string | null; kinds?: readonly SumOfKind[] },
): Promise<void> {
  await run(lockCredited(which), of)
  await run(postings(which), [
    ...of,
    ...(which === 'named' ? [null] : []),
    now,
    ...(kinds ? [JSON.stringify(kinds)] : []),
  ])
  await run(creditings(which), [...of, ...(which === 'named' ? [null] : []), now, by])
}

/**
 * Books documents in the books of both parties, and applies each credit note to the invoice it corrects as far as that is open.
 * In the caller's transaction, which has permitted it; by either party, or by the program itself. Again changes nothing.
 */
export async function postDocuments(tx: Tx, ctx: Context, document_ids: readonly string[]): Promise<void> {
  if (document_ids.length === 0) return
  const run: Run = (text, values) => runIn(tx, text, values)
  await postWith(run, 'named', [[...document_ids]], { now: ctx.clock.now().toISOString(), by: personOf(ctx.actor) })
}

/**
 * The same for all documents of a close, with what other payers bear of it (R12): three statements, whatever its size.
 * @param run the close's own statements
 * @param as when it is recorded, by whom, and what the lines of each document come to by kind of service
 */
export async function postClosed(
  run: Run,
  sellers: readonly string[],
  month: string,
  as: { recorded_at: string; recorded_by: string | null; kinds: readonly SumOfKind[] },
): Promise<void> {
  if (sellers.length === 0) return
  await postWith(run, 'closed', [[...sellers], month], { now: as.recorded_at, by: as.recorded_by, kinds: as.kinds })
}

/** What is to be settled of a document. */
export type SettleEntry = {
  document_id: string
  /** above zero, at most what is open; of a credit note too */
  amount: string
  way: Way
  /** the payment, the netting, the write-off */
  source_id: string
  booked_on: string
  /** what stands against it; left out: `bank` for a payment, `set_off`, `write_off`. `unapplied`: taken from what came in before. */
  against?: Against
}

/**
 * Settles documents, in part or whole: rows of `settling`, and one balanced transaction in the book of each party, pair by pair.
 * Give all that belongs together in one call: pairs are locked in one order, so two such calls never wait for each other for ever.
 * @returns the rows of `settling`
 * @throws Refusal `not_found` for a document that the actor does not see, `more_than_open` with `document`, `open`, `amount`
 */
export async function settleDocuments(
  tx: Tx,
  ctx: Context,
  entries: readonly SettleEntry[],
): Promise<store.SettlingRow[]> {
  if (entries.length === 0) return []
  const ids = [...new Set(entries.map((entry) => entry.document_id))]
  if (!ids.every(isId)) refuse('not_found')
  for (const { document_id, amount } of entries) {
    if (centsOf(amount) <= 0n) throw new Error(`what is settled of ${document_id} must be above zero, not ${amount}`)
  }
  await store.lockDocuments(tx, ids)
  const documents = new Map((await store.openItems(tx, { document_ids: ids })).map((item) => [item.document_id, item]))
  if (documents.size < ids.length) refuse('not_found')
  const over = moreThanOpen(entries, documents)
  if (over !== null) refuse('more_than_open', over)
  const settled = entries.map(({ against, amount, ...entry }): Settled & { id: string } => {
    const { seller_id, buyer_id, type, issued_on } = documents.get(entry.document_id)!
    // What came before the document counts from its day: nothing is settled that is not yet owed.
    const booked_on = entry.booked_on < issued_on ? issued_on : entry.booked_on
    const figures = { amount: moneyOf(centsOf(amount)), against: againstOf(entry.way, against), booked_on }
    return { ...entry, ...figures, id: newId(), seller_id, buyer_id, type }
  })
  return book(tx, ctx, settled, () => null)
}

/**
 * Takes back what a source settled: counter rows, and counter transactions in both books. What was taken back before stays so.
 * @param of `document_ids`: only what was settled of these
 * @throws Refusal `not_found` where the source settled nothing that the actor sees, `reversed_already`
 */
export async function reverseSettling(
  tx: Tx,
  ctx: Context,
  of: { way: Way; source_id: string; booked_on: string; document_ids?: readonly string[] },
): Promise<store.SettlingRow[]> {
  if (!isId(of.source_id)) refuse('not_found')
  const chosen = (row: { document_id: string }) => of.document_ids?.includes(row.document_id) ?? true
  const seen = (await store.settlingsOf(tx, of.way, of.source_id)).filter(chosen)
  if (seen.length === 0) refuse('not_found')
  await store.lockDocuments(
    tx,
    seen.map((row) => row.document_id),
  )
  const standing = (await store.settlingsOf(tx, of.way, of.source_id)).filter((row) => chosen(row) && !row.reversed)
  if (standing.length === 0) refuse('reversed_already')
  const back = standing.map(({ reversed: _, ...row }) => ({
    ...row,
    id: newId(),
    reverses_id: row.id,
    amount: moneyOf(-centsOf(row.amount)),
    booked_on: of.booked_on < row.booked_on ? row.booked_on : of.booked_on,
  }))
  return book(tx, ctx, back, (row) => row.reverses_id)
}

async function book<T extends Settled & { id: string }>(
  tx: Tx,
  ctx: Context,
  settled: readonly T[],
  reverses: (row: T) => string | null,
): Promise<store.SettlingRow[]> {
  const recorded_at = ctx.clock.now().toISOString()
  const rows = settled.map((row): store.SettlingRow => {
    const { seller_id, id, document_id, buyer_id, way, against, source_id, amount, booked_on } = row
    const what = { seller_id, id, document_id, buyer_id, way, against, source_id, amount }
    const when = {
      booked_on: booked_on as store.SettlingRow['booked_on'],
      recorded_at,
      recorded_by: personOf(ctx.actor),
    }
    return { ...what, ...when, reverses_id: reverses(row) }
  })
  await store.insertSettlings(tx, rows)
  await store.insertTransactions(tx, recorded_at, bookingsOf(settled))
  return rows
}

/**
 * Books transactions in the books of the actor's organisation and of those it deals with.
 * @throws Error where one does not add up to zero
 */
export async function post(tx: Tx, ctx: Context, transactions: readonly BookTransaction[]): Promise<void> {
  await store.insertTransactions(tx, ctx.clock.now().toISOString(), transactions)
}

/**
 * Money between two parties that is for no document (yet): bank against `unapplied` in both books. Applied later by
 * `settleDocuments` with `against: 'unapplied'`; paid back with an amount below zero.
 */
export async function bookPayment(tx: Tx, ctx: Context, movements: readonly Movement[]): Promise<void> {
  await post(tx, ctx, movementBookings(movements))
}
