/**
 * The verbs of this module. A netting settles documents of many parties, and none of them sees all of it: so the program itself
 * reads and writes it, after the actor's permission and part in it have been checked here. What is shown goes through the
 * policies like everything else.
 */
import { agreementsOn } from '../agreements/store.ts'
import { recordAudit } from '../audit/record.ts'
import { addDays, type PlainDate } from '../calendar.ts'
import { type Clock, type Context, carryOut, may, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { disputedAmounts } from '../disputes/store.ts'
import { getOrganisation } from '../identity/store.ts'
import { heirs, standsFor } from '../identity/succession-store.ts'
import { newId } from '../ids.ts'
import { announce } from '../jobs/outbox.ts'
import { post, reverseSettling, settleDocuments } from '../ledger/commands.ts'
import { lockDocuments } from '../ledger/store.ts'
import { centsOf, moneyOf } from '../money.ts'
import { notify } from '../notices/commands.ts'
import { refuse, refuseFields } from '../refusal.ts'
import {
  type Netting,
  type NettingAnswer,
  type NettingInput,
  type NettingReversal,
  transferDays,
  usualAnswerDays,
} from './netting.ts'
import { changesOf, type FlowChange, isWorthwhile, movesOf, type Plan, planNetting, sameFor } from './plan.ts'
import * as store from './store.ts'

/** The same request, worked off by the program: row level security would hide the other parties' documents. */
function asProgram(ctx: Context): Context {
  return { ...ctx, actor: { kind: 'system' } }
}

function explainHeld(error: unknown): never {
  if (brokeConstraint(error, 'netting_item_held_once')) refuse('netting_item_held')
  throw error
}

// The circle

/** Takes part in the own region's circle from today on. Again changes nothing. @throws Refusal `not_permitted`, `not_found` without a region */
export async function joinNettingCircle(ctx: Context): Promise<void> {
  permit(ctx.actor, 'netting.answer')
  const organisation_id = organisationOf(ctx.actor)
  await carryOut(ctx, async (tx) => {
    const region_id = (await getOrganisation(tx, organisation_id)).region_id ?? refuse('not_found')
    const joined_on = ctx.clock.today()
    await store.insertMember(tx, { organisation_id, region_id, joined_on, joined_by: personOf(ctx.actor) })
    await recordAudit(tx, ctx, circleEntry('joinNettingCircle', organisation_id, { joined_on }))
  })
}

/** Is no longer asked. Proposals that wait are still to be answered. @throws Refusal `not_permitted`, `not_found` for who is not in */
export async function leaveNettingCircle(ctx: Context): Promise<void> {
  permit(ctx.actor, 'netting.answer')
  const organisation_id = organisationOf(ctx.actor)
  await carryOut(ctx, async (tx) => {
    if (!(await store.deleteMember(tx, organisation_id))) refuse('not_found')
    await recordAudit(tx, ctx, circleEntry('leaveNettingCircle', organisation_id, {}))
  })
}

function circleEntry(action: string, organisation_id: string, after: object) {
  return { action, subject_type: 'organisation', subject_id: organisation_id, after }
}

// Proposals

/**
 * Proposes to set off what is open and not in doubt: between two by their agreement, or among the members of the region's
 * circle. The documents are held: no other proposal can have them. Whoever proposes for an own side has accepted.
 * @throws Refusal `not_permitted`; `netting_not_agreed` where the two have no agreement in force that says so, or the own
 * municipality is not in the circle; `nothing_to_net` where nothing is mutual; `netting_item_held`; `invalid_input`
 */
export async function proposeNetting(ctx: Context, input: NettingInput): Promise<Netting> {
  permit(ctx.actor, 'netting.propose')
  const own = organisationOf(ctx.actor)
  const today = ctx.clock.today()
  const netted_on = input.netted_on ?? today
  const due_on = input.due_on ?? addDays(today as PlainDate, usualAnswerDays)
  if (netted_on > today) refuseFields([{ path: 'netted_on', message: 'validation.in_the_future' }])
  if (due_on < today) refuseFields([{ path: 'due_on', message: 'validation.in_the_past' }])
  const id = newId()
  await carryOut(asProgram(ctx), async (tx) => {
    const { region_id, parties } = await whoTakesPart(tx, ctx, own, input.counterparty_id, netted_on)
    const plan = await planFrom(tx, await store.nettable(tx, await store.namesOf(tx, parties), netted_on))
    if (!isWorthwhile(plan)) refuse('nothing_to_net')
    const at = ctx.clock.now().toISOString()
    const by = { proposer_id: own, proposed_by: personOf(ctx.actor), proposed_at: at }
    await store.insertNetting(tx, { id, region_id, netted_on, due_on, ...by }, plan)
    if (may(ctx.actor, 'netting.answer')) {
      await store.saveAnswer(tx, id, [own], { answer: 'accepted', answered_at: at, answered_by: personOf(ctx.actor) })
    }
    const proposed = await store.lockNetting(tx, id)
    await audit(tx, ctx, 'proposeNetting', proposed, summaryOf(plan))
    const asked = proposed.asked_ids.filter((party) => party !== own)
    const told = { permission: 'netting.answer', kind: 'netting_to_answer', subject_type: 'netting' } as const
    await notify(
      tx,
      asProgram(ctx),
      asked.map((organisation_id) => ({ ...told, organisation_id, subject_id: id, values: { date: netted_on } })),
    )
  }).catch(explainHeld)
  return readNetting(ctx, id)
}

/** Whose documents are netted. @throws Refusal `netting_not_agreed`, `invalid_input` for a party that cannot be */
async function whoTakesPart(
  tx: Tx,
  ctx: Context,
  own: string,
  counterparty_id: string | null,
  on: string,
): Promise<{ region_id: string | null; parties: string[] }> {
  const organisation = await getOrganisation(tx, own)
  if (counterparty_id === null) {
    const region_id = organisation.kind === 'region' ? own : organisation.region_id
    const members = region_id === null ? [] : await store.listMembers(tx, region_id)
    const parties = members.map((member) => member.organisation_id)
    if (organisation.kind !== 'region' && !parties.includes(own)) refuse('netting_not_agreed')
    return { region_id, parties }
  }
  const other = await getOrganisation(tx, counterparty_id).catch(() => null)
  if (other === null || other.id === own || other.kind === 'region' || organisation.kind === 'region') {
    refuseFields([{ path: 'counterparty_id', message: 'validation.not_known' }])
  }
  // Between two it is their own business: a coordinator proposes for the circle alone.
  if (!may(ctx.actor, 'netting.answer')) refuse('not_permitted', { permission: 'netting.answer' })
  const agreements = await agreementsOn(tx, [own, other.id], on)
  if (!agreements.some((agreement) => agreement.netting)) refuse('netting_not_agreed')
  return { region_id: null, parties: [own, other.id] }
}

async function planFrom(tx: Tx, documents: Awaited<ReturnType<typeof store.nettable>>): Promise<Plan> {
  const successors = await heirs(tx)
  const disputed = await disputedAmounts(
    tx,
    documents.map((document) => document.document_id),
  )
  return planNetting(
    documents.map((each) => ({ ...each, disputed: disputed.get(each.document_id) ?? '0.00' })),
    (id) => successors.get(id)?.id ?? id,
  )
}

/**
 * Answers for the own side. With the last yes it is settled at once, if everything is still as it was proposed; if a payment or a
 * dispute came in between, the figures are made anew and those for whom they changed are asked again. A no drops the own
 * side out, and the figures of the others are made anew.
 * @throws Refusal `not_permitted`, `not_found`; `netting_not_open` once it is settled, put aside or late; `changed_meanwhile`
 * where the figures are no longer those that were seen
 */
export async function answerNetting(ctx: Context, id: string, { answer, round }: NettingAnswer): Promise<Netting> {
  permit(ctx.actor, 'netting.answer')
  const own = organisationOf(ctx.actor)
  await carryOut(asProgram(ctx), async (tx) => {
    const netting = await store.lockNetting(tx, id)
    if (!netting.asked_ids.includes(own)) refuse('not_found')
    const late = ctx.clock.today() > netting.due_on
    if (netting.status !== 'proposed' || late || !netting.party_ids.includes(own)) refuse('netting_not_open')
    if (netting.round !== round) refuse('changed_meanwhile')
    const said = { answer, answered_at: ctx.clock.now().toISOString(), answered_by: personOf(ctx.actor) }
    await store.saveAnswer(tx, id, [own], said)
    await audit(tx, ctx, 'answerNetting', netting, { answer, round })
    if (answer === 'rejected') await dropOut(tx, ctx, netting, [own])
    else await settleIfAccepted(tx, ctx, netting)
  }).catch(explainHeld)
  return readNetting(ctx, id)
}

/** Goes on without some: the rest is netted anew, or the proposal is over where nothing mutual is left. */
async function dropOut(tx: Tx, ctx: Context, netting: store.LockedNetting, out: readonly string[]): Promise<void> {
  const before = await store.planOf(tx, netting.id)
  const left = before.items.filter(
    ({ debtor_id, creditor_id }) => !out.includes(debtor_id) && !out.includes(creditor_id),
  )
  const after = await planFrom(
    tx,
    await lockedOpen(
      tx,
      left.map((item) => item.document_id),
    ),
  )
  if (!isWorthwhile(after)) return store.releaseNetting(tx, netting.id, 'rejected')
  await makeAnew(tx, ctx, netting, before, after, [])
  await settleIfAccepted(tx, ctx, { ...netting, round: netting.round + 1 })
}

/** What is open of documents, held still: who pays or disputes meanwhile waits for the end of this transaction. */
async function lockedOpen(tx: Tx, document_ids: readonly string[]): ReturnType<typeof store.openOf> {
  await lockDocuments(tx, document_ids)
  return store.openOf(tx, document_ids)
}

async function makeAnew(
  tx: Tx,
  ctx: Context,
  netting: store.LockedNetting,
  before: Plan,
  after: Plan,
  changes: readonly FlowChange[],
): Promise<void> {
  const kept = after.positions.map(({ party }) => party).filter((party) => sameFor(party, before, after))
  const soonest = addDays(ctx.clock.today() as PlainDate, usualAnswerDays)
  const due_on = netting.due_on > soonest ? netting.due_on : soonest
  await store.replacePlan(tx, netting, after, { kept, changes, due_on })
}

/** Settles what all have accepted; or makes it anew where it is no longer what they accepted. */
async function settleIfAccepted(tx: Tx, ctx: Context, netting: store.LockedNetting): Promise<void> {
  if ((await store.unanswered(tx, netting.id)).length > 0) return
  const accepted = await store.planOf(tx, netting.id)
  const now = await planFrom(
    tx,
    await lockedOpen(
      tx,
      accepted.items.map((item) => item.document_id),
    ),
  )
  const changes = changesOf(accepted.flows, now.flows)
  if (changes.length > 0) {
    if (!isWorthwhile(now)) return store.releaseNetting(tx, netting.id, 'rejected')
    return makeAnew(tx, ctx, netting, accepted, now, changes)
  }
  await settle(tx, ctx, netting, accepted)
}

async function settle(tx: Tx, ctx: Context, netting: store.LockedNetting, plan: Plan): Promise<void> {
  const settled_on = ctx.clock.today()
  const source = { way: 'set_off' as const, source_id: netting.id, booked_on: settled_on }
  await settleDocuments(
    tx,
    ctx,
    plan.items.map(({ document_id, amount }) => ({ ...source, document_id, amount })),
  )
  await bookMoves(tx, ctx, netting.id, plan, settled_on, 1n)
  await store.markSettled(tx, netting.id, {
    settled_on,
    settled_at: ctx.clock.now().toISOString(),
    transfers_due_on: addDays(settled_on as PlainDate, transferDays),
  })
  await audit(tx, ctx, 'settleNetting', netting, summaryOf(plan))
  const ids = plan.items.map((item) => item.document_id)
  const done = (await store.openOf(tx, ids)).filter((document) => centsOf(document.open) === 0n)
  await announce(
    tx,
    ctx,
    'invoice.paid',
    done.map((document) => document.document_id),
    netting.id,
  )
}

/** In every book the set-off account moves from those whose documents were settled to those with whom the transfers are. */
async function bookMoves(tx: Tx, ctx: Context, id: string, plan: Plan, booked_on: string, sign: bigint): Promise<void> {
  const transaction_id = newId()
  const books = movesOf(plan).map(({ organisation_id, lines }) => ({
    organisation_id,
    booked_on,
    source: 'netting',
    source_id: id,
    transaction_id,
    lines: lines.map(({ counterparty_id, amount }) => ({
      role: 'set_off' as const,
      counterparty_id,
      amount: moneyOf(sign * centsOf(amount)),
    })),
  }))
  await post(tx, ctx, books)
}

/** Takes a proposal back: by whoever proposed it. @throws Refusal `not_permitted`, `not_found`, `netting_not_open` */
export async function withdrawNetting(ctx: Context, id: string): Promise<Netting> {
  permit(ctx.actor, 'netting.propose')
  const own = organisationOf(ctx.actor)
  await carryOut(asProgram(ctx), async (tx) => {
    const netting = await store.lockNetting(tx, id)
    refuseStranger(ctx, netting)
    if (netting.proposer_id !== own) refuse('not_permitted', { permission: 'netting.propose' })
    if (netting.status !== 'proposed') refuse('netting_not_open')
    await store.releaseNetting(tx, id, 'withdrawn')
    await audit(tx, ctx, 'withdrawNetting', netting, { status: 'withdrawn' })
  })
  return readNetting(ctx, id)
}

/**
 * Takes a settled netting back: its documents are open again, its transfers are owed no more, and the books have counter
 * entries. By any finance officer of a party, with the reason, as long as no transfer was paid.
 * @throws Refusal `not_permitted`, `not_found`, `netting_not_settled`, `netting_transfer_paid`
 */
export async function reverseNetting(ctx: Context, id: string, { note }: NettingReversal): Promise<Netting> {
  permit(ctx.actor, 'netting.answer')
  const own = organisationOf(ctx.actor)
  await carryOut(asProgram(ctx), async (tx) => {
    const netting = await store.lockNetting(tx, id)
    // What was settled before a merger is its successor's to take back.
    const names = await standsFor(tx, own)
    if (!netting.party_ids.some((party) => names.includes(party))) refuse('not_found')
    if (netting.status !== 'settled') refuse('netting_not_settled')
    if (await store.anyPaid(tx, id)) refuse('netting_transfer_paid')
    const reversed_on = ctx.clock.today()
    const plan = await store.planOf(tx, id)
    await reverseSettling(tx, ctx, { way: 'set_off', source_id: id, booked_on: reversed_on })
    await bookMoves(tx, ctx, id, plan, reversed_on, -1n)
    await store.markReversed(tx, id, { reversed_on, reversed_by: personOf(ctx.actor), reverse_note: note })
    await audit(tx, ctx, 'reverseNetting', netting, { status: 'reversed', note })
  })
  return readNetting(ctx, id)
}

/** @throws Refusal `not_found` for who was neither asked nor oversees those who were */
function refuseStranger(ctx: Context, netting: store.LockedNetting): void {
  const sees = ctx.actor.kind === 'member' ? ctx.actor.sees : []
  if (!netting.asked_ids.some((id) => sees.includes(id))) refuse('not_found')
}

/** The netting as the actor sees it. */
async function readNetting(ctx: Context, id: string): Promise<Netting> {
  return transact(ctx, (tx) => store.getNetting(tx, id, organisationOf(ctx.actor)))
}

function summaryOf({ items, positions, transfers }: Plan) {
  return { documents: items.length, parties: positions.length, transfers: transfers.length }
}

async function audit(tx: Tx, ctx: Context, action: string, netting: store.LockedNetting, after: object): Promise<void> {
  // The log has two parties beside who acts: among many, the netting itself tells the others.
  const [seller_id, buyer_id] = netting.asked_ids
  const parties = netting.asked_ids.length === 2 ? { seller_id: seller_id!, buyer_id: buyer_id! } : {}
  await recordAudit(tx, ctx, { action, subject_type: 'netting', subject_id: netting.id, ...parties, after })
}

// By the clock

/** Whoever has not answered in time is left out: between public bodies silence is a no. */
export async function lapseNettings(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  const late = await transact(ctx, (tx) => store.lateNettings(tx, clock.today()))
  for (const id of late) {
    await transact(ctx, async (tx) => {
      const netting = await store.lockNetting(tx, id)
      if (netting.status !== 'proposed' || netting.due_on >= clock.today()) return
      const silent = await store.unanswered(tx, id)
      const said = { answer: 'silent' as const, answered_at: clock.now().toISOString(), answered_by: null }
      await store.saveAnswer(tx, id, silent, said)
      await audit(tx, ctx, 'lapseNetting', netting, { silent: silent.length })
      await dropOut(tx, ctx, netting, silent)
    })
  }
}

export const nettingJobs = [lapseNettings]

// Transfers, for whoever books payments; in the caller's transaction, which has permitted

/**
 * Notes that a payment settled transfers, and books it: bank against the set-off account in both books. A transfer is paid
 * whole.
 * @returns the transfers
 * @throws Refusal `not_found` for a transfer that is not the actor's, `netting_not_settled`, `netting_transfer_paid`
 */
export async function payTransfers(
  tx: Tx,
  ctx: Context,
  paid: readonly { transfer_id: string; payment_id: string; paid_on: string }[],
): Promise<store.LockedTransfer[]> {
  const rows = await store.lockTransfers(
    tx,
    paid.map((each) => each.transfer_id),
  )
  for (const each of paid) {
    const transfer = rows.find((row) => row.id === each.transfer_id)!
    if (transfer.status !== 'settled') refuse('netting_not_settled')
    if (transfer.paid_by !== null) refuse('netting_transfer_paid')
    const by = { paid_by: each.payment_id, paid_on: each.paid_on }
    if ((await store.savePaid(tx, [transfer.id], by)) !== 1) refuse('not_found')
  }
  await post(
    tx,
    ctx,
    paid.flatMap(({ transfer_id, payment_id, paid_on }) =>
      transferBookings(rows.find((row) => row.id === transfer_id)!, payment_id, paid_on, 1n),
    ),
  )
  return rows
}

/** Takes the payment of transfers back: it was returned, or matched in error. @throws Refusal `not_found`, `reversed_already` */
export async function unpayTransfers(
  tx: Tx,
  ctx: Context,
  unpaid: readonly { transfer_id: string; booked_on: string }[],
): Promise<void> {
  const ids = unpaid.map((each) => each.transfer_id)
  const rows = await store.lockTransfers(tx, ids)
  if (rows.some((row) => row.paid_by === null)) refuse('reversed_already')
  if ((await store.savePaid(tx, ids, { paid_by: null, paid_on: null })) !== rows.length) refuse('not_found')
  await post(
    tx,
    ctx,
    unpaid.flatMap(({ transfer_id, booked_on }) => {
      const transfer = rows.find((row) => row.id === transfer_id)!
      return transferBookings(transfer, transfer.paid_by!, booked_on, -1n)
    }),
  )
}

function transferBookings(transfer: store.LockedTransfer, payment_id: string, booked_on: string, sign: bigint) {
  const transaction_id = newId()
  const cents = sign * centsOf(transfer.amount)
  const of = (organisation_id: string, counterparty_id: string, bank: bigint) => ({
    organisation_id,
    booked_on,
    source: 'payment',
    source_id: payment_id,
    transaction_id,
    lines: [
      { role: 'bank' as const, counterparty_id, amount: moneyOf(bank) },
      { role: 'set_off' as const, counterparty_id, amount: moneyOf(-bank) },
    ],
  })
  return [of(transfer.creditor_id, transfer.debtor_id, cents), of(transfer.debtor_id, transfer.creditor_id, -cents)]
}
