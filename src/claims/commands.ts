/** The verbs of this module: programmes, and claims from draft to payment. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import type { AccountRole } from '../ledger/book.ts'
import { post } from '../ledger/commands.ts'
import { centsOf, moneyOf } from '../money.ts'
import { refuse, refuseFields } from '../refusal.ts'
import {
  byRate,
  type Claim,
  type ClaimAnswer,
  type ClaimInput,
  type ClaimLine,
  type ClaimPaid,
  type ClaimSent,
  type ClaimStatus,
  grantedOf,
  type Programme,
  type ProgrammeInput,
} from './claim.ts'
import * as store from './store.ts'

/** Programmes with what the rate comes to, beside what was agreed. In a transaction that has permitted. */
export async function programmesOf(tx: Tx, organisation_id: string): Promise<Programme[]> {
  return (await store.listProgrammes(tx, organisation_id)).map((row) => ({
    ...row,
    ...byRate(row),
    left: moneyOf(centsOf(row.agreed) - centsOf(row.claimed)),
  }))
}

/**
 * Writes down what was agreed with a funder. The agreed amount stays as it is printed, also where the rate comes to another.
 * @throws Refusal `not_permitted`
 */
export async function setProgramme(ctx: Context, input: ProgrammeInput): Promise<Programme> {
  permit(ctx.actor, 'claim.manage')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = (await programmesOf(tx, organisation_id)).find((row) => row.source === input.source)
    const changed = { changed_at: ctx.clock.now().toISOString(), changed_by: personOf(ctx.actor) }
    await store.saveProgramme(tx, { ...input, ...changed, organisation_id })
    const after = (await programmesOf(tx, organisation_id)).find((row) => row.source === input.source)!
    const of = { subject_type: 'funder_programme', subject_id: input.source }
    await recordAudit(tx, ctx, { action: 'setProgramme', ...of, ...(before && { before }), after })
    return after
  })
}

/**
 * Puts together what is in no claim yet: whole shares of months that were never claimed, and what later facts changed of the others.
 * @throws Refusal `not_permitted`, `nothing_to_claim`
 */
export async function draftClaim(ctx: Context, { source, until_month }: ClaimInput): Promise<Claim> {
  permit(ctx.actor, 'claim.manage')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    await store.lockSource(tx, organisation_id, source)
    const id = newId()
    const drafted = { drafted_at: ctx.clock.now().toISOString(), drafted_by: personOf(ctx.actor) }
    await store.insertClaim(tx, { organisation_id, id, source, until_month, ...drafted })
    if ((await store.insertLines(tx, { organisation_id, id, source, until_month })) === 0) refuse('nothing_to_claim')
    return audited(tx, ctx, 'draftClaim', id, null)
  })
}

/** Puts a draft aside: what it holds can be claimed again. @throws Refusal `not_permitted`, `not_found`, `claim_not_open` */
export async function withdrawClaim(ctx: Context, id: string): Promise<Claim> {
  return onClaim(ctx, id, 'withdrawClaim', ['drafted'], async (tx, claim) => {
    await store.lockSource(tx, claim.organisation_id, claim.source)
    await store.updateClaim(tx, claim, { status: 'withdrawn' })
  })
}

/** Notes that the claim went to the funder; from then on it stays as it is. @throws Refusal as `onClaim` */
export async function sendClaim(ctx: Context, id: string, { claimed_on }: ClaimSent): Promise<Claim> {
  notLater(ctx, 'claimed_on', claimed_on)
  return onClaim(ctx, id, 'sendClaim', ['drafted'], (tx, claim) =>
    store.updateClaim(tx, claim, { status: 'claimed', claimed_on }),
  )
}

/**
 * Notes the funder's answer. What it cut is a loss: it is booked against the claim at once, and asked of nobody else by itself.
 * @throws Refusal as `onClaim`; `invalid_input` for a line that is not there or a cut beyond its amount, or of an answer before the claim
 */
export async function answerClaim(ctx: Context, id: string, { answered_on, cuts }: ClaimAnswer): Promise<Claim> {
  notLater(ctx, 'answered_on', answered_on)
  return onClaim(ctx, id, 'answerClaim', ['claimed'], async (tx, claim) => {
    notBefore('answered_on', answered_on, claim.claimed_on)
    const given = cuts.filter((cut) => centsOf(cut.amount) > 0n)
    const lines = new Map(claim.items.map((line) => [line.line_no, line]))
    const wrong = cuts.flatMap(({ line_no, amount }, index) => {
      const line = lines.get(line_no)
      if (line === undefined) return [{ path: `cuts.${index}.line_no`, message: 'validation.not_known' }]
      const most = centsOf(line.amount) > 0n ? line.amount : '0.00'
      if (centsOf(amount) <= centsOf(most)) return []
      return [{ path: `cuts.${index}.amount`, message: 'validation.too_large', values: { maximum: most } }]
    })
    if (wrong.length > 0) refuseFields(wrong)
    if (given.length > 0) await store.saveCuts(tx, claim, given)
    await store.updateClaim(tx, claim, { status: given.length > 0 ? 'cut' : 'approved', answered_on })
    const cut = new Map(given.map((each) => [each.line_no, centsOf(each.amount)]))
    await book(tx, ctx, claim, answered_on, 'write_off', (line) => cut.get(line.line_no) ?? 0n)
  })
}

/** Notes that what was granted came into the bank. @throws Refusal as `onClaim`; `invalid_input` for a day before the answer */
export async function payClaim(ctx: Context, id: string, { paid_on, payment_note }: ClaimPaid): Promise<Claim> {
  notLater(ctx, 'paid_on', paid_on)
  return onClaim(ctx, id, 'payClaim', ['approved', 'cut'], async (tx, claim) => {
    notBefore('paid_on', paid_on, claim.answered_on)
    await store.updateClaim(tx, claim, { status: 'paid', paid_on, payment_note })
    await book(tx, ctx, claim, paid_on, 'bank', grantedOf)
  })
}

/**
 * The claim on the funder shrinks, by the other party of its months; against it stands one line that is between nobody here. Own
 * use has no document and no posting (R13), so there is no claim in the book for it either.
 */
async function book(
  tx: Tx,
  ctx: Context,
  { organisation_id, id, source, items }: Claim,
  booked_on: string,
  against: AccountRole,
  centsIn: (line: ClaimLine) => bigint,
): Promise<void> {
  const between = items.filter((line) => line.seller_id !== line.buyer_id)
  const byParty = Map.groupBy(between, (line) => (line.seller_id === organisation_id ? line.buyer_id : line.seller_id))
  const lines = [...byParty]
    .map(([counterparty_id, own]) => ({ counterparty_id, cents: own.reduce((sum, line) => sum + centsIn(line), 0n) }))
    .filter(({ cents }) => cents !== 0n)
  if (lines.length === 0) return
  const sum = lines.reduce((all, { cents }) => all + cents, 0n)
  const whole = { role: against, counterparty_id: organisation_id, amount: moneyOf(sum) }
  const shrunk = lines.map(({ counterparty_id, cents }) => ({
    role: 'funder_claim' as const,
    counterparty_id,
    funder: source,
    amount: moneyOf(-cents),
  }))
  await post(tx, ctx, [
    { organisation_id, booked_on, source: 'claim', source_id: id, lines: sum === 0n ? shrunk : [whole, ...shrunk] },
  ])
}

function notLater(ctx: Context, path: string, on: string): void {
  if (on > ctx.clock.today()) refuseFields([{ path, message: 'validation.in_the_future' }])
}

function notBefore(path: string, on: string, start: string | null): void {
  if (start !== null && on < start) refuseFields([{ path, message: 'validation.end_before_start' }])
}

/** @throws Refusal `not_permitted`, `not_found` (also for another's), `claim_not_open` */
async function onClaim(
  ctx: Context,
  id: string,
  action: string,
  from: readonly ClaimStatus[],
  act: (tx: Tx, claim: Claim) => Promise<void>,
): Promise<Claim> {
  permit(ctx.actor, 'claim.manage')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const claim = await store.lockClaim(tx, organisation_id, id)
    if (!from.includes(claim.status)) refuse('claim_not_open')
    await act(tx, claim)
    return audited(tx, ctx, action, id, claim)
  })
}

async function audited(tx: Tx, ctx: Context, action: string, id: string, before: Claim | null): Promise<Claim> {
  const after = await store.getClaim(tx, id)
  const told = ({ source, number, status, until_month, amount, cut, paid_on }: Claim) => ({
    source,
    number,
    status,
    until_month,
    amount,
    cut,
    paid_on,
  })
  const of = { subject_type: 'funder_claim', subject_id: id }
  await recordAudit(tx, ctx, { action, ...of, ...(before && { before: told(before) }), after: told(after) })
  return after
}
