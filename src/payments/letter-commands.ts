/** Writing reminder letters: by the clock with the reminders, and by a person at any time. */
import { recordAudit } from '../audit/record.ts'
import type { PlainDate } from '../calendar.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { enqueue } from '../jobs/outbox.ts'
import { refuse } from '../refusal.ts'
import { letterOf } from './letter.ts'
import * as store from './letter-store.ts'

/**
 * One letter for each pair that has something late, written into the caller's transaction, and on its way by e-mail where the seller
 * sends by e-mail and the buyer has an address.
 */
export async function writeLetters(tx: Tx, ctx: Context, pairs: readonly store.Pair[]): Promise<store.LetterRow[]> {
  if (pairs.length === 0) return []
  await store.lockLetters(tx)
  const written_on = ctx.clock.today() as PlainDate
  const late = Map.groupBy(await store.lateBetween(tx, pairs, written_on), store.keyOf)
  const sides = await store.sidesOf(tx, pairs)
  const numbers = new Map<string, number>()
  const letters = pairs.flatMap(({ seller_id, buyer_id }): (store.LetterRow & { mail_to: string | null })[] => {
    const documents = late.get(store.keyOf({ seller_id, buyer_id }))
    if (documents === undefined) return []
    const { seller, buyer, language, terms, mail_to, next } = sides.get(store.keyOf({ seller_id, buyer_id }))!
    const number = numbers.get(seller_id) ?? next
    numbers.set(seller_id, number + 1)
    const record = letterOf({ number, written_on, language, seller, buyer }, documents, terms)
    return [{ seller_id, buyer_id, id: newId(), number, written_on, record, mail_to }]
  })
  const rows = letters.map(({ mail_to: _, ...row }) => row)
  await store.insertLetters(tx, rows, { written_at: ctx.clock.now().toISOString(), written_by: personOf(ctx.actor) })
  const mailed = letters.filter(({ mail_to }) => mail_to !== null)
  await enqueue(
    tx,
    ctx,
    mailed.map(({ seller_id, id, mail_to }) => {
      return { organisation_id: seller_id, kind: 'reminder_letter', key: id, payload: {}, recipient: mail_to }
    }),
  )
  return rows
}

/**
 * Writes a letter to one payer of all that is late now.
 * @throws Refusal `not_permitted`, `not_late` where nothing is (also for who never bought anything)
 */
export async function writeReminder(ctx: Context, { buyer_id }: { buyer_id: string }): Promise<store.LetterRow> {
  permit(ctx.actor, 'payment.manage')
  const seller_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const [letter] = await writeLetters(tx, ctx, [{ seller_id, buyer_id }])
    if (letter === undefined) return refuse('not_late')
    const { open, interest, documents } = letter.record
    await recordAudit(tx, ctx, {
      ...{ action: 'writeReminder', subject_type: 'reminder_letter', subject_id: letter.id, seller_id, buyer_id },
      after: { number: letter.number, open, interest, documents: documents.map(({ number }) => number) },
    })
    return letter
  })
}
