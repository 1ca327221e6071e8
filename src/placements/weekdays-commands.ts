/** The verb of days of the week: a stay comes on other ones from a day on. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, permit, personOf } from '../context.ts'
import { newId } from '../ids.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { refuseWithoutPlace } from './commands.ts'
import { offerFreedPlaces } from './freed-commands.ts'
import { getOfferFacts, insertStep, lockOffer, lockPlacement, updatePlacement } from './store.ts'
import { addedDays, type WeekdaysInput, weekdaysOn } from './weekdays.ts'
import { beginWeekdays, saveWeekdays, type WeekdaysRow, weekdaysOf } from './weekdays-store.ts'

/**
 * Says on which days of the week a stay takes its place from a day on, by either social service. Days that it did not have must
 * be free on every date to its end; days that it gives up are free for others. What it costs follows what is delivered, as before.
 * @returns the versions as they are now
 * @throws Refusal `not_permitted`, `not_found`; `weekdays_not_offered` where the offer's places are not shared so; `placement_ended`;
 * `invalid_input` for a day outside the stay; `no_place_free` with the first date that lacks a place
 */
export async function changeWeekdays(ctx: Context, id: string, input: WeekdaysInput): Promise<WeekdaysRow[]> {
  permit(ctx.actor, 'placement.manage')
  return carryOut(ctx, async (tx) => {
    const stay = await lockPlacement(tx, id)
    if (stay.end_reason !== null && stay.valid_to! < input.valid_from)
      refuse('placement_ended', { date: stay.valid_to! })
    if (input.valid_from < stay.valid_from || (stay.valid_to !== null && input.valid_from > stay.valid_to)) {
      refuseFields([{ path: 'valid_from', message: 'weekdays.outside_stay' }])
    }
    if (input.weekdays !== null && !(await getOfferFacts(tx, stay.offer_id)).in_turn) {
      refuse('weekdays_not_offered', { field: 'weekdays' })
    }
    if (!stay.in_turn && input.weekdays === null) return []
    await lockOffer(tx, stay)
    const recorded = { recorded_at: ctx.clock.now().toISOString(), recorded_by: personOf(ctx.actor) }
    if (!stay.in_turn) {
      await beginWeekdays(tx, stay, null, recorded)
      await updatePlacement(tx, stay, { in_turn: true })
    }
    const before = await weekdaysOf(tx, stay)
    const needed = addedDays(stay, before, input.valid_from, input.weekdays)
    await refuseWithoutPlace(tx, { ...stay, in_turn: false }, needed, stay.places)
    const valid_from = input.valid_from === stay.valid_from ? null : input.valid_from
    await saveWeekdays(tx, stay, before, { valid_from, weekdays: input.weekdays }, recorded)
    await insertStep(tx, {
      ...{ seller_id: stay.seller_id, placement_id: stay.id, id: newId(), buyer_id: stay.buyer_id, kind: 'changed' },
      ...{ valid_from: stay.valid_from, valid_to: stay.valid_to, note: input.note, ...recorded },
    })
    const { seller_id, buyer_id } = stay
    const was = { valid_from: input.valid_from, weekdays: weekdaysOn(before, input.valid_from) }
    const subject = { action: 'changeWeekdays', subject_type: 'placement', subject_id: stay.id, seller_id, buyer_id }
    await recordAudit(tx, ctx, { ...subject, before: was, after: { ...was, weekdays: input.weekdays } })
    await offerFreedPlaces(tx, ctx, stay)
    return weekdaysOf(tx, stay)
  })
}
