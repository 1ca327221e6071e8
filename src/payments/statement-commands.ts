/** Statements come in, and each of their movements is matched: by itself where it is sure. What waits is tried again. */
import { recordAudit } from '../audit/record.ts'
import { addDays, parsePlainDate } from '../calendar.ts'
import { type Clock, type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { centsOf } from '../money.ts'
import { refuse } from '../refusal.ts'
import { bookCharges, carryOutDecisions, notOutside, saveOutcomes } from './booking-commands.ts'
import { isXml, readCamt } from './camt.ts'
import { matchMovements } from './match.ts'
import type { Decision } from './match-facts.ts'
import type { ReadStatement, StatementFinding } from './statement.ts'
import { readStatementCsv } from './statement-csv.ts'
import * as statements from './statement-store.ts'
import * as store from './store.ts'

export interface StatementFile {
  name: string
  bytes: Uint8Array
  /** whose account it is, for tables that do not say so; left out: the account on invoices */
  iban?: string | null
}

export interface ImportedStatement {
  statement: statements.StatementRow
  /** how many of its movements were not known yet */
  new_movements: number
}

/**
 * Takes in a bank statement: all of it or nothing. What the account had before is not taken twice, by whichever file it comes.
 * Earlier movements that still wait are tried again with it.
 * @throws Refusal `not_permitted`, `statement_not_readable` with the place, `statement_of_other_account`
 */
export async function importStatement(ctx: Context, file: StatementFile): Promise<ImportedStatement[]> {
  permit(ctx.actor, 'payment.manage')
  const organisation_id = organisationOf(ctx.actor)
  const { settings, accounts } = await transact(ctx, async (tx) => ({
    settings: await store.getSettings(tx, organisation_id),
    accounts: await store.accountsOf(tx, organisation_id),
  }))
  const read = isXml(file.bytes)
    ? readCamt(file.bytes)
    : readStatementCsv(file.bytes, file.iban ?? accounts[0]?.iban ?? null, settings.csv_columns)
  const own = new Set(accounts.map((account) => account.iban))
  const foreign = read.find((statement) => !own.has(statement.iban))
  if (foreign !== undefined) refuse('statement_of_other_account', { field: 'file', iban: foreign.iban })
  return carryOut(ctx, async (tx) => {
    await statements.lockPayments(tx)
    const kept = []
    for (const statement of read) kept.push(await keepStatement(tx, ctx, organisation_id, file.name, statement))
    const earliest = read.flatMap((each) => each.movements.map((movement) => movement.booked_on)).sort()[0]
    if (kept.some((each) => each.new_movements > 0)) {
      const from = addDays(parsePlainDate(ctx.clock.today()), -statements.triedAgainDays)
      await matchWaiting(tx, ctx, earliest !== undefined && earliest < from ? earliest : from)
    }
    await bookCharges(tx, ctx)
    await recordAudit(
      tx,
      ctx,
      ...kept.map(({ id, new_movements }, index) => ({
        action: 'importStatement',
        subject_type: 'bank_statement',
        subject_id: id,
        after: { iban: read[index]!.iban, statement_id: read[index]!.statement_id, new_movements },
      })),
    )
    const imported: ImportedStatement[] = []
    for (const { id, new_movements } of kept)
      imported.push({ statement: await statements.getStatement(tx, id), new_movements })
    return imported
  })
}

async function keepStatement(tx: Tx, ctx: Context, organisation_id: string, file_name: string, read: ReadStatement) {
  const made = newId()
  const row = { organisation_id, id: made, file_name: file_name.slice(0, 200), imported_by: personOf(ctx.actor) }
  const fresh = await statements.insertStatement(tx, { ...row, imported_at: ctx.clock.now().toISOString(), ...read })
  const id = fresh ? made : (await statements.findStatementId(tx, { organisation_id, ...read }))!
  const movements = read.movements.map((movement) => ({ ...movement, id: newId() }))
  const new_movements = await statements.insertMovements(
    tx,
    { organisation_id, statement_id: id, iban: read.iban },
    movements,
  )
  if (fresh) {
    const findings = [...read.findings, ...(await gapsBefore(tx, organisation_id, id, read))]
    if (findings.length > read.findings.length) await statements.setFindings(tx, organisation_id, id, findings)
  }
  return { id, new_movements }
}

/** Numbers follow each other, and a statement begins with what the one before ended with. */
async function gapsBefore(
  tx: Tx,
  organisation_id: string,
  id: string,
  read: ReadStatement,
): Promise<StatementFinding[]> {
  const before = await statements.statementBefore(tx, { organisation_id, id, ...read })
  if (before === null) return []
  const findings: StatementFinding[] = []
  if (read.sequence !== null && before.sequence !== null && read.sequence !== before.sequence + 1) {
    findings.push({ code: 'sequence_gap', expected: String(before.sequence + 1), found: String(read.sequence) })
  }
  if (read.opening !== null && before.closing !== null && centsOf(read.opening) !== centsOf(before.closing)) {
    findings.push({ code: 'opening_differs', expected: before.closing, found: read.opening })
  }
  return findings
}

/**
 * Tries again what still waits: new documents and the other side's statements may have come since.
 * @throws Refusal `not_permitted`
 */
export async function matchAgain(ctx: Context): Promise<{ matched: number }> {
  permit(ctx.actor, 'payment.manage')
  return carryOut(ctx, async (tx) => {
    await statements.lockPayments(tx)
    const matched = await matchWaiting(tx, ctx, '1900-01-01')
    await bookCharges(tx, ctx)
    const organisation_id = organisationOf(ctx.actor)
    await recordAudit(tx, ctx, {
      action: 'matchAgain',
      subject_type: 'organisation',
      subject_id: organisation_id,
      after: { matched },
    })
    return { matched }
  })
}

async function matchWaiting(tx: Tx, ctx: Context, from: string): Promise<number> {
  const organisation_id = organisationOf(ctx.actor)
  const movements = await statements.waitingMovements(tx, organisation_id, from)
  if (movements.length === 0) return 0
  const facts = await statements.matchFacts(tx, organisation_id, movements[0]!.booked_on, newId)
  const decisions = matchMovements(movements, facts)
  const byId = new Map(movements.map((movement) => [movement.id, movement]))
  await carryOutDecisions(
    tx,
    ctx,
    decisions.filter((decision) => decision.sure),
    byId,
  )
  const waiting = decisions.filter((decision) => !decision.sure)
  const same = (decision: Decision) => {
    const { status, reason } = byId.get(decision.movement_id)!
    return decision.what === 'unknown' && status === 'unknown' && reason === decision.reason
  }
  await saveOutcomes(
    tx,
    ctx,
    waiting
      .filter((decision) => !same(decision))
      .map((decision) => ({
        id: decision.movement_id,
        status: decision.what === 'unknown' ? 'unknown' : decision.what === 'ignore' ? 'ignored' : 'proposed',
        reason: decision.reason,
        payment_id: null,
        proposal: decision.what === 'unknown' || decision.what === 'ignore' ? null : decision,
        ...notOutside,
      })),
  )
  return decisions.length - waiting.length
}

/** Forgets, of all organisations, who paid and why where the days for it are over. */
export async function forgetBankTexts(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  await transact(ctx, (tx) => statements.forgetTexts(tx, clock.now().toISOString()))
}

export const paymentJobs = [forgetBankTexts]
