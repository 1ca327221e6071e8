/** Moves: proposed by a party of the stay, accepted by whom it asks something new. */
import { recordAudit } from '../audit/record.ts'
import { asProgram, type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { getOrganisation } from '../identity/store.ts'
import { newId } from '../ids.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { moveBridge } from './bridge-store.ts'
import { agreedClass, checkTerms, refuseWithoutPlace } from './commands.ts'
import type { Commits } from './commitment.ts'
import { refuseUnapproved } from './commitment-commands.ts'
import { offerFreedPlaces } from './freed-commands.ts'
import { endBeforeMove, fundingOfOtherPayer, type MoveAcceptance, type MoveInput } from './move.ts'
import { copyPapers, getMove, insertMove, lockMove, type MoveRow, updateMove } from './move-store.ts'
import { firstDateChanged } from './placement.ts'
import { newResidentToken } from './resident.ts'
import { refuseTooLongStay } from './stay-rule-commands.ts'
import { recordStep, refuseFactsOutside } from './step-commands.ts'
import {
  findResidentByCode,
  getOfferFacts,
  getPlacement,
  insertPlacement,
  insertResident,
  lockOffer,
  lockPlacement,
  type OfferFacts,
  type PlacementRow,
  termsColumns,
  updatePlacement,
} from './store.ts'
import { cutByWeekdays } from './weekdays.ts'
import { copyWeekdays, type WeekdaysRow, weekdaysOf } from './weekdays-store.ts'

/**
 * Proposes that a stay goes on elsewhere, or at another payer's cost, from a date. A place of the same seller may be proposed by
 * either side and is accepted by the other; another seller's place by the buyer, another payer by either side. Where nobody else
 * is asked, because buyer and seller are one, it is carried out at once.
 * @throws Refusal `not_permitted`, `not_found`; `invalid_input` for a place or payer that it has already; what `endBeforeMove`
 * refuses; `offer_not_published`, `offer_has_no_price`; `move_proposed_already`; `commitment_needs_approval` for a dear place; `payer_of_nobody` for reserved places
 */
export async function proposeMove(ctx: Context, placement_id: string, input: MoveInput): Promise<MoveRow> {
  permit(ctx.actor, 'placement.manage')
  const own = organisationOf(ctx.actor)
  try {
    return await carryOut(ctx, async (tx) => {
      const stay = await lockPlacement(tx, placement_id)
      if (stay.seller_id !== own && stay.buyer_id !== own) refuse('not_found')
      endBeforeMove(stay, input.moves_on)
      const offer = await getOfferFacts(tx, input.kind === 'place' ? input.to_offer_id : stay.offer_id)
      const to_buyer_id = input.kind === 'payer' ? await otherPayer(tx, stay, input.to_buyer_id) : stay.buyer_id
      if (input.kind === 'place') refuseSamePlace(stay, offer, own)
      const valid_to = input.valid_to === undefined ? stay.valid_to : input.valid_to
      if (valid_to !== null && valid_to < input.moves_on) {
        refuseFields([{ path: 'valid_to', message: 'validation.end_before_start' }])
      }
      if (input.kind === 'place' && stay.buyer_id === own) {
        await refuseUnapproved(
          tx,
          ctx,
          await otherPlaceCommits(tx, stay, offer, { moves_on: input.moves_on, valid_to }),
        )
      }
      const answerer_id =
        input.kind === 'payer' ? to_buyer_id : offer.seller_id === own ? stay.buyer_id : offer.seller_id
      const id = newId()
      await insertMove(tx, {
        ...{ seller_id: stay.seller_id, id, placement_id: stay.id, buyer_id: stay.buyer_id, offer_id: stay.offer_id },
        ...{ resident_id: stay.resident_id, resident_token: stay.resident_token, kind: input.kind },
        ...{ to_seller_id: offer.seller_id, to_offer_id: offer.id, to_buyer_id },
        ...{ moves_on: input.moves_on, valid_to, decision: input.decision, decided_on: input.decided_on },
        ...{ longer_reason: input.longer_reason, note: input.note, status: 'proposed' },
        ...{ proposed_by_id: own, proposed_by: personOf(ctx.actor), proposed_at: ctx.clock.now().toISOString() },
        answerer_id,
      })
      if (answerer_id === own && input.kind === 'place') {
        await carryOutMove(tx, ctx, await getMove(tx, id), null)
        return auditMove(tx, ctx, 'acceptMove', id, null)
      }
      return auditMove(tx, ctx, 'proposeMove', id, null)
    })
  } catch (error) {
    if (brokeConstraint(error, 'stay_move_open_once')) refuse('move_proposed_already')
    throw error
  }
}

function refuseSamePlace(stay: PlacementRow, offer: OfferFacts, own: string): void {
  if (offer.id === stay.offer_id) refuseFields([{ path: 'to_offer_id', message: 'validation.other_choice' }])
  if (offer.status !== 'published') refuse('offer_not_published')
  // Whom else a resident's name may be told the payer decides.
  if (offer.seller_id !== stay.seller_id && stay.buyer_id !== own)
    refuse('not_permitted', { permission: 'referral.request' })
}

async function otherPayer(tx: Tx, stay: PlacementRow, id: string): Promise<string> {
  if (stay.resident_id === null) refuse('payer_of_nobody')
  const payer = await getOrganisation(tx, id)
  if (payer.kind === 'region') refuseFields([{ path: 'to_buyer_id', message: 'validation.not_known' }])
  if (payer.id === stay.buyer_id) refuseFields([{ path: 'to_buyer_id', message: 'validation.other_choice' }])
  return payer.id
}

/**
 * The yes of whom the move asks. The stay ends and the other one begins in one act; each payer is shown its own part.
 * @throws Refusal `not_permitted`, `not_found`, `move_not_open`; `no_place_free`, `offer_has_no_price`, `stay_too_long`,
 * `stay_longer_needs_reason`; `facts_outside_placement` where something was delivered after the day of the move;
 * `commitment_needs_approval` where it costs the one who says yes more than its limits
 */
export async function acceptMove(ctx: Context, id: string, acceptance: MoveAcceptance): Promise<MoveRow> {
  permit(ctx.actor, 'placement.manage')
  return carryOut(ctx, async (tx) => {
    const move = await lockForAnswer(tx, ctx, id)
    // Who says yes to a person of another payer commits nothing of its own.
    if (move.to_buyer_id === organisationOf(ctx.actor)) {
      await refuseUnapproved(tx, ctx, await moveCommits(tx, ctx, move, acceptance))
    }
    await carryOutMove(tx, ctx, move, acceptance)
    return auditMove(tx, ctx, 'acceptMove', id, move)
  })
}

/** The no of whom the move asks, with its reason; the stay goes on as it was. @throws Refusal as `acceptMove` */
export async function declineMove(ctx: Context, id: string, { note }: { note: string }): Promise<MoveRow> {
  permit(ctx.actor, 'placement.manage')
  return carryOut(ctx, async (tx) => {
    const move = await lockForAnswer(tx, ctx, id)
    await updateMove(tx, move, { status: 'declined', ...answered(ctx, note) })
    return auditMove(tx, ctx, 'declineMove', id, move)
  })
}

/** Taken back by who proposed it, before it is answered. @throws Refusal `not_permitted`, `not_found`, `move_not_open` */
export async function withdrawMove(ctx: Context, id: string): Promise<MoveRow> {
  permit(ctx.actor, 'placement.manage')
  return carryOut(ctx, async (tx) => {
    const move = await lockMove(tx, id)
    if (move.proposed_by_id !== organisationOf(ctx.actor)) refuse('not_permitted', { permission: 'placement.manage' })
    if (move.status !== 'proposed') refuse('move_not_open')
    await updateMove(tx, move, { status: 'withdrawn', ...answered(ctx, null) })
    return auditMove(tx, ctx, 'withdrawMove', id, move)
  })
}

/** What a move would commit its payer to, by its own terms and what is said with the yes. The new payer does not see the old stay. */
export async function moveCommits(
  tx: Tx,
  ctx: Context,
  move: MoveRow,
  acceptance: MoveAcceptance | null,
): Promise<Commits> {
  const offer = await getOfferFacts(tx, move.to_offer_id)
  const { stay, turns } = await asProgram(tx, ctx, async () => {
    const it = await getPlacement(tx, move.placement_id)
    return { stay: it, turns: await turnsThere(tx, it, offer) }
  })
  const terms = await termsOf(tx, move, stay, offer, acceptance)
  const { to_seller_id: seller_id, to_buyer_id: buyer_id, to_offer_id: offer_id, moves_on: valid_from, valid_to } = move
  const of = { kind: 'move_id' as const, seller_id: move.seller_id, id: move.id }
  const there = { seller_id, buyer_id, offer_id, resident_token: move.resident_token }
  return { ...terms, ...there, turns, valid_from, valid_to, of }
}

/** What the payer of a stay would commit itself to with another place; a yes to it belongs to the stay that moves. */
export async function otherPlaceCommits(
  tx: Tx,
  stay: PlacementRow,
  offer: OfferFacts,
  { moves_on, valid_to }: { moves_on: string; valid_to: string | null },
): Promise<Commits> {
  const { buyer_id, resident_token, changed_at: since } = stay
  const terms = await termsOf(tx, { kind: 'place', to_buyer_id: buyer_id, moves_on }, stay, offer, null)
  const of = { kind: 'placement_id' as const, seller_id: stay.seller_id, id: stay.id }
  const period = { valid_from: moves_on, valid_to, turns: await turnsThere(tx, stay, offer) }
  return { ...terms, ...period, seller_id: offer.seller_id, buyer_id, offer_id: offer.id, resident_token, of, since }
}

async function lockForAnswer(tx: Tx, ctx: Context, id: string): Promise<MoveRow> {
  const move = await lockMove(tx, id)
  if (move.answerer_id !== organisationOf(ctx.actor)) refuse('not_permitted', { permission: 'placement.manage' })
  if (move.status !== 'proposed') refuse('move_not_open')
  return move
}

function answered(ctx: Context, answer_note: string | null) {
  return { answered_at: ctx.clock.now().toISOString(), answered_by: personOf(ctx.actor), answer_note }
}

/**
 * Ends the one stay and begins the other. It runs as the program: who says yes need not see the stay that ends, nor the
 * other payer the one that begins.
 */
async function carryOutMove(tx: Tx, ctx: Context, move: MoveRow, acceptance: MoveAcceptance | null): Promise<void> {
  const own = organisationOf(ctx.actor)
  await asProgram(tx, ctx, async () => {
    const stay = await lockPlacement(tx, move.placement_id)
    // Always in one order: two moves between the same offers, there and back, must not wait for each other.
    const offers = [
      { seller_id: move.seller_id, offer_id: move.offer_id },
      { seller_id: move.to_seller_id, offer_id: move.to_offer_id },
    ]
    for (const offer of offers.toSorted((a, b) => (a.offer_id < b.offer_id ? -1 : 1))) await lockOffer(tx, offer)
    const end = endBeforeMove(stay, move.moves_on)
    const resident = move.kind === 'payer' ? await residentOfPayer(tx, ctx, move) : null
    await endOld(
      tx,
      own === stay.seller_id || own === stay.buyer_id ? ctx : { ...ctx, actor: { kind: 'system' } },
      move,
      stay,
      end,
    )
    const begun = await beginNew(tx, ctx, move, stay, acceptance, resident)
    if (move.kind === 'place') await moveBridge(tx, stay, begun)
    await updateMove(tx, move, {
      status: 'accepted',
      new_placement_id: begun.id,
      new_resident_id: resident?.id ?? null,
      new_resident_token: resident?.token ?? null,
      ...answered(ctx, acceptance?.note || null),
    })
  })
  await offerFreedPlaces(tx, ctx, move)
}

async function endOld(tx: Tx, ctx: Context, move: MoveRow, stay: PlacementRow, valid_to: string): Promise<void> {
  const after = { ...stay, valid_to }
  await refuseFactsOutside(tx, stay, after)
  await updatePlacement(tx, stay, {
    valid_to,
    end_reason: move.kind === 'payer' ? 'payer' : 'moved',
    handed_over: move.kind === 'payer' && valid_to === move.moves_on,
    changed_at: ctx.clock.now().toISOString(),
  })
  await recordStep(tx, ctx, 'ended', 'endPlacement', stay, stay, '', firstDateChanged(stay, after))
}

async function beginNew(
  tx: Tx,
  ctx: Context,
  move: MoveRow,
  stay: PlacementRow,
  acceptance: MoveAcceptance | null,
  resident: { id: string; token: string } | null,
): Promise<PlacementRow> {
  const { to_seller_id: seller_id, to_buyer_id: buyer_id, to_offer_id: offer_id, moves_on: valid_from, valid_to } = move
  const offer = await getOfferFacts(tx, offer_id)
  const terms = await termsOf(tx, move, stay, offer, acceptance)
  await checkTerms(tx, offer, { buyer_id, ...terms, wanted_from: valid_from })
  const placement = { seller_id, id: newId(), buyer_id }
  const turns = await turnsThere(tx, stay, offer)
  const in_turn = turns.length > 0
  const span = { valid_from, valid_to }
  const { target_group } = stay
  const asking = { seller_id, offer_id, buyer_id, target_group }
  await refuseWithoutPlace(tx, asking, in_turn ? cutByWeekdays([span], turns) : [span], terms.places)
  const now = ctx.clock.now().toISOString()
  const decision = acceptance?.decision ?? move.decision ?? (move.kind === 'place' ? stay.decision : null)
  await insertPlacement(tx, {
    ...placement,
    ...{ offer_id, valid_from, valid_to, decision, in_turn, target_group, created_at: now, changed_at: now },
    resident_id: resident?.id ?? stay.resident_id,
    resident_token: resident?.token ?? stay.resident_token,
    ...{ follows_seller_id: stay.seller_id, follows_id: stay.id },
    ...termsColumns(terms),
  })
  if (in_turn) await copyWeekdays(tx, turns, placement, { recorded_at: now, recorded_by: personOf(ctx.actor) })
  const { decided_on, longer_reason, note } = move
  await refuseTooLongStay(tx, { ...placement, offer_id, valid_from, valid_to }, longer_reason)
  await copyPapers(tx, stay, placement, now)
  const named = { decision, decided_on, longer_reason }
  return recordStep(tx, ctx, 'started', 'acceptMove', null, placement, note, valid_from, named)
}

/** The person comes on the same days of the week, where the other place is shared so too. */
async function turnsThere(tx: Tx, stay: PlacementRow, offer: OfferFacts): Promise<WeekdaysRow[]> {
  return stay.in_turn && offer.in_turn ? weekdaysOf(tx, stay) : []
}

/** What the stay takes at its new place or payer: surcharges that are offered there, and who bears a part. */
async function termsOf(
  tx: Tx,
  move: Pick<MoveRow, 'kind' | 'to_buyer_id' | 'moves_on'>,
  stay: PlacementRow,
  offer: OfferFacts,
  acceptance: MoveAcceptance | null,
) {
  const { places } = stay
  const surcharges = stay.surcharges.filter((name) => Object.hasOwn(offer.surcharges, name))
  const request = { buyer_id: move.to_buyer_id, price_class: null, surcharges, wanted_from: move.moves_on }
  const price_class = await agreedClass(tx, offer, request)
  const nothing = { per_month: null, per_year: null, total: null }
  if (move.kind === 'payer') {
    const funding = acceptance?.funding.length ? acceptance.funding : fundingOfOtherPayer(stay.funding)
    return { places, surcharges, price_class, authorised: acceptance?.authorised ?? nothing, funding }
  }
  const authorised = offer.unit === stay.unit ? stay.authorised : nothing
  return { places, surcharges, price_class, authorised, funding: stay.funding }
}

/** The person as a resident of the other payer: known there by the personal code, or registered now under a token of its own. */
async function residentOfPayer(tx: Tx, ctx: Context, move: MoveRow): Promise<{ id: string; token: string }> {
  const organisation_id = move.to_buyer_id
  const person = await tx
    .selectFrom('resident_person')
    .select(['given_name', 'family_name', 'personal_code'])
    .where('organisation_id', '=', move.buyer_id)
    .where('resident_id', '=', move.resident_id)
    .executeTakeFirstOrThrow()
  const known =
    person.personal_code === null ? undefined : await findResidentByCode(tx, organisation_id, person.personal_code)
  if (known !== undefined) return known
  const { code } = await getOrganisation(tx, organisation_id)
  const resident = {
    organisation_id,
    id: newId(),
    token: newResidentToken(code),
    created_at: ctx.clock.now().toISOString(),
  }
  await insertResident(tx, resident, person)
  await recordAudit(tx, ctx, {
    action: 'registerResident',
    subject_type: 'resident',
    subject_id: resident.id,
    after: { token: resident.token },
  })
  return resident
}

async function auditMove(tx: Tx, ctx: Context, action: string, id: string, before: MoveRow | null): Promise<MoveRow> {
  const after = await getMove(tx, id)
  // Read by the parties of the stay that ends, and by whom it asks: the one whose log it is written in.
  const { seller_id, buyer_id } = after
  await recordAudit(tx, ctx, { action, subject_type: 'stay_move', subject_id: id, seller_id, buyer_id, before, after })
  return after
}
