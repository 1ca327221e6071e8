/** The verbs of a merger: to look, to record, to withdraw; and by the clock to carry it out. */
import { continueTemplate, moveAgreements } from '../agreements/succession-store.ts'
import { recordAudit } from '../audit/record.ts'
import { traceChanges } from '../audit/trace.ts'
import { continueOffers, continueSearches } from '../catalogue/succession-store.ts'
import {
  asProgram,
  type Clock,
  type Context,
  carryOut,
  organisationOf,
  permit,
  personOf,
  transact,
} from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { json } from '../db/json.ts'
import { moveRecorded } from '../deliveries/succession-store.ts'
import { continueDisputeTerms } from '../disputes/succession-store.ts'
import { getOrganisation } from '../identity/store.ts'
import type { Succession } from '../identity/succession.ts'
import { endPredecessors } from '../identity/succession-store.ts'
import { newId } from '../ids.ts'
import { continueWishes } from '../invoicing/succession-store.ts'
import { continueChart } from '../ledger/succession-store.ts'
import { continueMembership, endProposals } from '../netting/succession-store.ts'
import { notify } from '../notices/commands.ts'
import { continuePaymentSettings } from '../payments/succession-store.ts'
import {
  continueBudgets,
  continueLimits,
  continueRequests,
  continueResidents,
  continueStayRules,
  continueStays,
  dropRewritten,
  movingStays,
} from '../placements/succession-store.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { continueQueueRules } from '../requests/succession-store.ts'
import { continueChannels, continueEndpoints } from '../sending/succession-store.ts'
import { continueCalendar } from '../settlement/succession-store.ts'
import { translator } from '../ui/texts.ts'
import { type Merger, type MergerInput, type MergerWithMoves, type Moves, mistakesOf, successionOf } from './merger.ts'
import {
  concerned,
  dueMergers,
  getMerger,
  holdWriters,
  insertMerger,
  lockMerger,
  lockMergers,
  movesOf,
  partiesOf,
  updateMerger,
} from './store.ts'

/**
 * What would go over if these merged on that day; nothing is saved.
 * @throws Refusal as `recordMerger`
 */
export async function previewMerger(ctx: Context, input: MergerInput): Promise<Moves> {
  permit(ctx.actor, 'merger.record')
  return transact(ctx, async (tx) => {
    await checkParties(tx, ctx, input)
    const predecessors = input.predecessor_ids.map((id) => ({ id, name: '' }))
    const succession = successionOf({ ...input, id: newId(), predecessors }, ctx.clock.now())
    return asProgram(tx, ctx, () => movesOf(tx, succession))
  })
}

/**
 * Records that municipalities of the own region merge into another of it. Where the day has come it is carried out at once,
 * otherwise by the hourly job on the day.
 * @throws Refusal `not_permitted`; `invalid_input` for parties that are not of the region, a day that is not the first of a
 * month or of a month that is over; `merger_party_taken` for who has merged already or is about to
 */
export async function recordMerger(ctx: Context, input: MergerInput): Promise<MergerWithMoves> {
  permit(ctx.actor, 'merger.record')
  const id = newId()
  await carryOut(ctx, async (tx) => {
    await lockMergers(tx)
    await checkParties(tx, ctx, input)
    await insertMerger(tx, {
      ...input,
      ...{ id, region_id: organisationOf(ctx.actor) },
      ...{ recorded_at: ctx.clock.now().toISOString(), recorded_by: personOf(ctx.actor) },
    })
    const merger = await getMerger(tx, id)
    await audited(tx, ctx, 'recordMerger', null, merger)
    await tell(tx, ctx, 'merger_recorded', merger)
  })
  await carryOutMergers(ctx.db, ctx.clock)
  return readMerger(ctx, id)
}

async function checkParties(tx: Tx, ctx: Context, input: MergerInput): Promise<void> {
  const known = await partiesOf(tx, input)
  const mistakes = mistakesOf(input, known, organisationOf(ctx.actor), ctx.clock.today())
  if (mistakes.length > 0) refuseFields(mistakes)
}

/** A merger with what goes over now, or what went over. @throws Refusal `not_found` */
export async function readMerger(ctx: Context, id: string): Promise<MergerWithMoves> {
  permit(ctx.actor, 'merger.read')
  return transact(ctx, async (tx) => {
    const { moved, ...merger } = await getMerger(tx, id)
    const moves = moved ?? (await asProgram(tx, ctx, () => movesOf(tx, successionOf(merger, ctx.clock.now()))))
    return { ...merger, moves }
  })
}

/** Takes a merger back before its day. @throws Refusal `not_permitted`, `not_found`, `merger_not_open` */
export async function withdrawMerger(ctx: Context, id: string): Promise<MergerWithMoves> {
  permit(ctx.actor, 'merger.record')
  await carryOut(ctx, async (tx) => {
    const before = await lockMerger(tx, id)
    if (before.status !== 'recorded') refuse('merger_not_open')
    await updateMerger(tx, id, {
      ...{ status: 'withdrawn', withdrawn_at: ctx.clock.now().toISOString(), withdrawn_by: personOf(ctx.actor) },
    })
    const after = await getMerger(tx, id)
    await audited(tx, ctx, 'withdrawMerger', before, after)
    await tell(tx, ctx, 'merger_withdrawn', after)
  })
  return readMerger(ctx, id)
}

/**
 * The hourly job: carries out the mergers whose day has come, each in one transaction. One that was cut off has done nothing,
 * one that is done is not done again.
 */
export async function carryOutMergers(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  const due = await transact(ctx, (tx) => dueMergers(tx, clock.today()))
  for (const id of due) await transact(ctx, (tx) => carryOutMerger(tx, ctx, id))
}

async function carryOutMerger(tx: Tx, ctx: Context, id: string): Promise<void> {
  const before = await lockMerger(tx, id)
  if (before.status !== 'recorded') return
  await holdWriters(tx)
  const succession = successionOf(before, ctx.clock.now())
  const moved = await movesOf(tx, succession)
  const told = await concerned(tx, succession)
  await moveAll(tx, ctx, succession)
  await updateMerger(tx, id, { status: 'carried_out', carried_out_at: succession.at, moved: json(moved) })
  const after = await getMerger(tx, id)
  await audited(tx, ctx, 'carryOutMerger', before, after)
  await tell(tx, ctx, 'merger_carried_out', after, told)
}

/** In the order in which one hangs on the other. */
async function moveAll(tx: Tx, ctx: Context, succession: Succession): Promise<void> {
  const say = translator('lv')
  const successor = await getOrganisation(tx, succession.successor_id)
  await continueResidents(tx, succession, successor.code)
  await continueOffers(tx, succession)
  await continueStayRules(tx, succession)
  await continueQueueRules(tx, succession)
  await continueRequests(tx, succession, { move: say('merger.move_withdrawn'), twice: say('merger.waits_already') })
  const moving = await movingStays(tx, succession)
  await continueStays(tx, succession, moving)
  await moveRecorded(tx, succession.succeeded_on, succession.at, moving)
  await dropRewritten(tx, moving)
  await moveAgreements(tx, succession, say('merger.agreement_ended', { name: successor.name }))
  await moveSettings(tx, succession)
  await continueMembership(tx, succession)
  await endProposals(tx, succession)
  await endPredecessors(tx, succession)
  await traceChanges(
    tx,
    ctx,
    moving.flatMap(({ seller_id, id, to_seller_id, new_id, running, once, from_date }) => [
      ...(running ? [{ seller_id, placement_id: id, from_date }] : []),
      ...(once && running ? [] : [{ seller_id: to_seller_id, placement_id: new_id, from_date }]),
    ]),
  )
}

/** What offices have set for themselves: where the successor has its own, its own holds. Saved searches look at offers that go on. */
async function moveSettings(tx: Tx, succession: Succession): Promise<void> {
  await continueSearches(tx, succession)
  await continueTemplate(tx, succession)
  await continueLimits(tx, succession)
  await continueBudgets(tx, succession)
  await continueWishes(tx, succession)
  await continueChart(tx, succession)
  await continueCalendar(tx, succession)
  await continueDisputeTerms(tx, succession)
  await continueChannels(tx, succession)
  await continueEndpoints(tx, succession)
  await continuePaymentSettings(tx, succession)
}

/** Tells the parties, and everybody who has to do with a predecessor: those see the organisation, not the merger. */
async function tell(
  tx: Tx,
  ctx: Context,
  kind: 'merger_recorded' | 'merger_withdrawn' | 'merger_carried_out',
  merger: Merger,
  others?: Awaited<ReturnType<typeof concerned>>,
): Promise<void> {
  const { id, successor_id, successor_name: party, merged_on, predecessors } = merger
  const succession = successionOf(merger, ctx.clock.now())
  const whom = others ?? (await asProgram(tx, ctx, () => concerned(tx, succession)))
  const permission = 'merger.read' as const
  const reference = predecessors.map(({ name }) => name).join(', ')
  await notify(tx, ctx, [
    ...[...predecessors.map((one) => one.id), successor_id].map((organisation_id) => ({
      ...{ organisation_id, kind, subject_type: 'merger' as const, subject_id: id, permission },
      ...{ values: { party, reference, date: merged_on }, key: `${id} ${kind}` },
    })),
    ...whom.map(({ organisation_id, predecessor_id, name }) => ({
      ...{ organisation_id, kind, subject_type: 'organisation' as const, subject_id: predecessor_id, permission },
      ...{ values: { party, reference: name, date: merged_on }, key: `${id} ${predecessor_id} ${kind}` },
    })),
  ])
}

async function audited(tx: Tx, ctx: Context, action: string, before: Merger | null, after: Merger): Promise<void> {
  await recordAudit(
    tx,
    ctx,
    ...after.predecessors.map((predecessor) => ({
      ...{ action, subject_type: 'merger', subject_id: after.id, before, after },
      ...{ seller_id: predecessor.id, buyer_id: after.successor_id },
    })),
  )
}
