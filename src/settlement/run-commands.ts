/**
 * The close of a month for many sellers at once, and for one. The facts of one seller at a time are in memory; all that is
 * written is one transaction, so a run that is cut off at any point has done nothing, and run again does the same.
 */
import { agreedPayDays } from '../agreements/store.ts'
import { type AuditEntry, auditRow, auditTable } from '../audit/record.ts'
import { addMonths, lastDay, type Month, type PlainDate, yearOf } from '../calendar.ts'
import { type Context, permit, personOf, transact } from '../context.ts'
import type { BulkTable, Copy, Row, Spool } from '../db/bulk.ts'
import type { Database, Tx } from '../db/connect.ts'
import { runIn } from '../db/statement.ts'
import { chargeTable } from '../invoicing/rows.ts'
import { partiesOf } from '../invoicing/store.ts'
import { documentTermsOn } from '../invoicing/wish-store.ts'
import { queueClosed } from '../jobs/outbox-documents.ts'
import { postClosed } from '../ledger/commands.ts'
import { type RefusalCode, refuse } from '../refusal.ts'
import { type ClosedSeller, type Closing, closeSellerMonth, closeTables, type Put } from './close-rows.ts'
import type { RunStep } from './close-run.ts'
import { factsQuery, readCopied, readSellers } from './facts-store.ts'
import type { Finding } from './findings.ts'
import { blockedSellers, type FoundRow, findingOf, monthAsValues } from './findings-store.ts'
import {
  clearTrace,
  forgetSettled,
  lockSellers,
  type SellerState,
  saveNumbers,
  saveSeller,
  sellerStates,
  sellersOf,
  unproven,
} from './store.ts'

/** A seller's part of a run is settled; it is there for good when the run has ended. */
export type RunProgress = { seller: string; done: number; of: number; documents: number }

/** What a run came to for one seller: closed now, closed before, or refused. */
export type RunOutcome = {
  seller: string
  /** how many documents were issued now; null where the month was closed before, or is not closed */
  documents: number | null
  refused?: { code: RefusalCode; values: Record<string, string>; findings?: Finding[] }
}

export type RunResult = {
  month: Month
  sellers: RunOutcome[]
  /** how many statements the run took where it went by COPY: the same for any number of sellers and lines */
  statements: number | null
}

/**
 * Closes a month of many sellers, by the program itself (the terminal, a job).
 * @param chosen whose months; `all`: of everybody who offers anything
 * @param onProgress called after each seller. What it is told is committed only when the promise resolves.
 * @returns one outcome for each seller; a seller whose next month is another is refused, and holds up nobody
 * @throws Refusal `not_permitted` where the actor is not the program, `month_not_over`
 */
export async function closeRun(
  database: Database,
  ctx: Context,
  chosen: { month: Month; sellers: 'all' | readonly string[] },
  onProgress: (progress: RunProgress) => void = () => {},
): Promise<RunResult> {
  permit(ctx.actor, 'settlement.close')
  if (ctx.actor.kind !== 'system') refuse('not_permitted')
  const { month } = chosen
  if (ctx.clock.today() < lastDay(month)) refuse('month_not_over', { month })
  const { bulk } = database
  if (bulk === undefined) {
    const asked = chosen.sellers === 'all' ? await transact(ctx, sellersOf) : inOrder(chosen.sellers)
    return { month, sellers: await closeOneByOne(ctx, asked, month, onProgress), statements: null }
  }
  const read = await transact(ctx, async (tx) => ({
    asked: chosen.sellers === 'all' ? await sellersOf(tx) : inOrder(chosen.sellers),
    known: await knownOnDay(tx, ctx, chosen.sellers),
  }))
  return bulk.withCopy((copy) => runByCopy(copy, ctx, read, month, onProgress))
}

/**
 * Where there is no COPY: a transaction for each seller. The embedded database has one connection, so whoever asks for a page
 * waits for one seller and not for all of them. A run that is cut off has closed some, and run again closes the others.
 */
async function closeOneByOne(
  ctx: Context,
  sellers: readonly string[],
  month: Month,
  onProgress: (progress: RunProgress) => void,
): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = []
  for (const seller of sellers) {
    const progress = (of: RunProgress) => onProgress({ ...of, done: outcomes.length + 1, of: sellers.length })
    outcomes.push(...(await transact(ctx, (tx) => closeWithin(tx, ctx, [seller], month, progress))))
  }
  return outcomes
}

/** What the documents of a run take from outside its facts, read once. */
type Known = Pick<Closing, 'parties' | 'agreed_days' | 'terms'>

async function knownOnDay(tx: Tx, ctx: Context, sellers: 'all' | readonly string[]): Promise<Known> {
  const today = ctx.clock.today()
  const agreed_days = await agreedPayDays(tx, sellers, today)
  return { parties: await partiesOf(tx), agreed_days, terms: await documentTermsOn(tx, today) }
}

function inOrder(sellers: readonly string[]): string[] {
  return [...new Set(sellers)].sort()
}

/** The same inside a transaction, by ordinary statements: where there is no COPY, and for a seller's own close. */
export async function closeWithin(
  tx: Tx,
  ctx: Context,
  sellers: readonly string[],
  month: Month,
  onProgress: (progress: RunProgress) => void = () => {},
  onStep: (step: RunStep) => void = () => {},
): Promise<RunOutcome[]> {
  const issued_on = ctx.clock.today() as PlainDate
  await runIn(tx, lockSellers, [sellers])
  onStep('reading')
  const states = await runIn<SellerState>(tx, sellerStates, [sellers, yearOf(issued_on), month])
  const outcomes = sortOut(states, month, issued_on)
  const run = <T>(text: string, values: unknown[]) => runIn<T>(tx, text, values)
  const open = await withoutBlocked(run, outcomes, states, { month, today: issued_on })
  if (open.length === 0) return outcomes
  const closing = closingOf(ctx, month, states, await knownOnDay(tx, ctx, sellers))
  let done = 0
  for await (const loaded of readSellers(tx, open, month)) {
    onStep('rating')
    const rows = new Map<BulkTable, Row[]>(closeTables.map((table) => [table, []]))
    const put: Put = (table, row) => rows.get(table)!.push(row)
    const closed = closeSellerMonth(loaded, closing, put)
    onStep('writing')
    done += 1
    if (isBlocked(closed, outcomes, month)) continue
    putAudit(ctx, month, closed, put)
    await saveSeller(tx, rows)
    report(outcomes, closed, { done, of: open.length }, onProgress)
  }
  onStep('proving')
  await finish(run, closedIn(outcomes, open), closing)
  return outcomes
}

/** The run by COPY: about twenty statements, whatever the month and however many sellers. */
async function runByCopy(
  copy: Copy,
  ctx: Context,
  { asked, known }: { asked: readonly string[]; known: Known },
  month: Month,
  onProgress: (progress: RunProgress) => void,
): Promise<RunResult> {
  const issued_on = ctx.clock.today() as PlainDate
  await copy.run('begin')
  // The locks are held before the facts are read, so what is read is what the last close of these sellers left.
  await copy.run(lockSellers, [asked])
  const states = await copy.run<SellerState>(sellerStates, [asked, yearOf(issued_on), month])
  const outcomes = sortOut(states, month, issued_on)
  const run = <T>(text: string, values: unknown[]) => copy.run<T>(text, values)
  const open = await withoutBlocked(run, outcomes, states, { month, today: issued_on })
  if (open.length > 0) {
    const closing = closingOf(ctx, month, states, known)
    const spools = new Map(closeTables.map((table) => [table, copy.spool(table)]))
    try {
      const replaced = await settleAndSpool(copy, ctx, { open, closing, outcomes }, spools, onProgress)
      if (replaced.length > 0) await copy.run(forgetSettled, [JSON.stringify(replaced)])
      await saveSpooled(copy, spools)
      await finish(run, closedIn(outcomes, open), closing)
    } finally {
      for (const spool of spools.values()) spool.drop()
    }
  }
  await copy.run('commit')
  return { month, sellers: outcomes, statements: copy.statements }
}

/**
 * Facts in and lines out at the same time, on two connections; what a run writes besides waits until the lines are done.
 * @returns the memories of earlier months that new ones take the place of: seller, placement, month
 */
async function settleAndSpool(
  copy: Copy,
  ctx: Context,
  run: { open: readonly string[]; closing: Closing; outcomes: RunOutcome[] },
  spools: ReadonlyMap<BulkTable, Spool>,
  onProgress: (progress: RunProgress) => void,
): Promise<Row[]> {
  const { open, closing, outcomes } = run
  const replaced: Row[] = []
  const facts = copy.out(factsQuery(open, closing.month))
  const charges = copy.into(chargeTable)
  const chargeSpool = spools.get(chargeTable)!
  const put: Put = (table, row) => spools.get(table)!.add(row)
  let done = 0
  for await (const loaded of readCopied(facts, open)) {
    const closed = closeSellerMonth(loaded, closing, put)
    done += 1
    if (isBlocked(closed, outcomes, closing.month)) {
      for (const spool of spools.values()) spool.forget()
      continue
    }
    putAudit(ctx, closing.month, closed, put)
    for (const spool of spools.values()) spool.keep()
    for (const piece of chargeSpool.take()) await charges.bytes(piece)
    for (const again of closed.settled_again) replaced.push(again)
    report(outcomes, closed, { done, of: open.length }, onProgress)
  }
  await charges.end()
  return replaced
}

async function saveSpooled(copy: Copy, spools: ReadonlyMap<BulkTable, Spool>): Promise<void> {
  for (const spool of spools.values()) {
    if (spool.rows === 0) continue
    const rows = copy.into(spool.table)
    for (const chunk of spool.take()) await rows.bytes(chunk)
    await rows.end()
  }
}

/** Numbers, trace, the proof that every document is the sum of its lines, and the books of both parties. */
async function finish(
  run: <T>(text: string, values: unknown[]) => Promise<T[]>,
  sellers: readonly string[],
  { month, issued_on, numbers, lines, kinds, closed_at, closed_by }: Closing,
): Promise<void> {
  const last = sellers.flatMap((seller_id) => {
    const last_number = numbers.get(seller_id) ?? 0
    return last_number === 0 ? [] : [{ seller_id, last_number }]
  })
  await run(saveNumbers, [JSON.stringify(last), yearOf(issued_on)])
  await run(clearTrace, [sellers, month])
  const [wrong] = await run<{ document: string | null }>(unproven, [sellers, month, lines.onDocuments])
  if (wrong!.document !== null) throw new Error(`${wrong!.document} must be the sum of its lines`)
  await postClosed(run, sellers, month, { recorded_at: closed_at, recorded_by: closed_by, kinds })
  await queueClosed(run, { sellers, month, at: closed_at, by: closed_by })
}

/** R17: whose month is open and next; the others are answered as closed before, or refused. In the order of the states. */
function sortOut(states: readonly SellerState[], month: Month, today: string): RunOutcome[] {
  return states.map(({ seller_id: seller, closed, last }): RunOutcome => {
    const none = { seller, documents: null }
    if (closed) return none
    const expected = last === null ? month : addMonths(last, 1)
    if (expected !== month) return { ...none, refused: { code: 'month_out_of_order', values: { month, expected } } }
    if (today < lastDay(month)) return { ...none, refused: { code: 'month_not_over', values: { month } } }
    return none
  })
}

/** The sellers whose month is closed now; one with findings that block is refused, and holds up nobody. */
async function withoutBlocked(
  run: <T>(text: string, values: unknown[]) => Promise<T[]>,
  outcomes: RunOutcome[],
  states: readonly SellerState[],
  { month, today }: { month: Month; today: PlainDate },
): Promise<string[]> {
  const open = states.filter(({ closed }, index) => !closed && outcomes[index]!.refused === undefined)
  if (open.length === 0) return []
  const sellers = open.map(({ seller_id }) => seller_id)
  const blocks = await run<FoundRow>(blockedSellers, monthAsValues(sellers, month, today))
  for (const [seller, found] of Map.groupBy(blocks, (block) => block.seller_id)) {
    refuseFor(outcomes, seller, month, found.map(findingOf))
  }
  return closedIn(outcomes, sellers)
}

/** Notes what an amount beyond all bounds makes impossible; then nothing of this seller is written. */
function isBlocked({ seller_id, blocks }: ClosedSeller, outcomes: RunOutcome[], month: Month): boolean {
  if (blocks.length > 0) refuseFor(outcomes, seller_id, month, blocks)
  return blocks.length > 0
}

function refuseFor(outcomes: RunOutcome[], seller: string, month: Month, findings: Finding[]): void {
  const values = { month, count: String(findings.length) }
  outcomes.find((outcome) => outcome.seller === seller)!.refused = { code: 'month_has_findings', values, findings }
}

/** Those of the open sellers that were not refused. */
function closedIn(outcomes: readonly RunOutcome[], open: readonly string[]): string[] {
  const refused = new Set(outcomes.filter((outcome) => outcome.refused !== undefined).map(({ seller }) => seller))
  return open.filter((seller) => !refused.has(seller))
}

function closingOf(ctx: Context, month: Month, states: readonly SellerState[], known: Known): Closing {
  return {
    month,
    closed_at: ctx.clock.now().toISOString(),
    closed_by: personOf(ctx.actor),
    issued_on: ctx.clock.today() as PlainDate,
    ...known,
    numbers: new Map(states.map(({ seller_id, last_number }) => [seller_id, last_number])),
    lines: { onDocuments: 0 },
    kinds: [],
  }
}

function report(
  outcomes: RunOutcome[],
  { seller_id: seller, issued }: ClosedSeller,
  progress: { done: number; of: number },
  onProgress: (progress: RunProgress) => void,
): void {
  outcomes.find((outcome) => outcome.seller === seller)!.documents = issued.length
  onProgress({ seller, ...progress, documents: issued.length })
}

function putAudit(ctx: Context, month: Month, closed: ClosedSeller, put: Put): void {
  const { seller_id, issued, withheld, own_use } = closed
  for (const { id, buyer_id, type, number, close_month, total } of issued) {
    const of = { subject_type: 'document', subject_id: id, seller_id, buyer_id }
    const entry: AuditEntry = { action: 'issueDocument', ...of, after: { type, number, close_month, total } }
    put(auditTable, auditRow(ctx, entry))
  }
  const after = { month, documents: issued.length, withheld, own_use }
  put(auditTable, auditRow(ctx, { action: 'closeMonth', subject_type: 'month', subject_id: month, seller_id, after }))
}
