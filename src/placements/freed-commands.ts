/** A place that became free goes to the next in line by itself, in the transaction in which it became free. */
import { recordAudit } from '../audit/record.ts'
import { asProgram, type Context } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { afterWorkingHours, dateInRiga } from '../wall-clock.ts'
import { type NextInLine, nextInLine, passUnanswered } from './freed-store.ts'
import { insertReservation } from './referral-answer-store.ts'
import { lockOffer } from './store.ts'
import { tellQueue } from './telling-commands.ts'

/** So many places at a time; what is left over goes on within the hour. */
const mostAtOnce = 100

/**
 * Offers the free places of an offer to those who wait for it, in the order of the line, each kept until the time to answer
 * is over. Whoever calls has permitted the act that may have freed a place; the program does the rest, because nobody sees
 * the whole line.
 * @returns how many were offered a place
 */
export async function offerFreedPlaces(
  tx: Tx,
  ctx: Context,
  offer: { seller_id: string; offer_id: string },
): Promise<number> {
  const program: Context = { ...ctx, actor: { kind: 'system' } }
  return asProgram(tx, ctx, async () => {
    await lockOffer(tx, offer)
    const passed = await passUnanswered(tx, offer)
    await recordAudit(
      tx,
      program,
      ...passed.map(({ entry_id, seller_id, buyer_id }) => entry('passQueuePlace', entry_id, { seller_id, buyer_id })),
    )
    await tellQueue(
      tx,
      program,
      'queue_lapsed',
      passed.map(({ entry_id: id, seller_id, buyer_id }) => ({ id, seller_id, buyer_id })),
    )
    // One after the other, because each place that is offered is missing for the next; as often as there are places.
    let count = 0
    for (; count < mostAtOnce; count += 1) {
      const next = await nextInLine(tx, offer, ctx.clock.today())
      if (next === undefined) break
      await offerTo(tx, program, offer, next)
    }
    return count
  })
}

async function offerTo(
  tx: Tx,
  program: Context,
  { seller_id, offer_id }: { seller_id: string; offer_id: string },
  { id: queue_entry_id, buyer_id, valid_from, valid_to, answer_hours }: NextInLine,
): Promise<void> {
  const now = program.clock.now()
  const held_until = afterWorkingHours(now, answer_hours).toISOString()
  await insertReservation(tx, {
    ...{ seller_id, id: newId(), offer_id, buyer_id, queue_entry_id, places: 1, valid_from, valid_to, held_until },
    created_at: now.toISOString(),
  })
  await recordAudit(tx, program, entry('offerQueuePlace', queue_entry_id, { seller_id, buyer_id }, { held_until }))
  await tellQueue(tx, program, 'queue_offer', [
    { id: queue_entry_id, seller_id, buyer_id, date: dateInRiga(held_until) },
  ])
}

function entry(action: string, subject_id: string, parties: { seller_id: string; buyer_id: string }, after?: object) {
  return { action, subject_type: 'queue_entry', subject_id, ...parties, after }
}
