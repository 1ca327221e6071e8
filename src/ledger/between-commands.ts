/** Both sides at a glance. */
import { type Context, permit, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { isId } from '../ids.ts'
import { sumMoney } from '../money.ts'
import { refuse } from '../refusal.ts'
import { type BetweenParties, between } from './between.ts'
import { deliveredBetween, partyNames, readBetween } from './between-store.ts'
import { openItems } from './store.ts'

/** What of documents is in doubt now: told by whoever keeps disputes. */
export type Disputed = (tx: Tx, document_ids: readonly string[]) => Promise<Map<string, string>>

/**
 * Two parties and a period, from both books.
 * @param own whose side is ours: an organisation that the actor sees (`bookAsked`)
 * @throws Refusal `not_permitted`, `not_found` for a party that is not there
 */
export async function readBetweenParties(
  ctx: Context,
  asked: { own: string; party: string; from: string; to: string },
  disputed: Disputed,
): Promise<BetweenParties> {
  permit(ctx.actor, 'ledger.read')
  const { own, party, from, to } = asked
  if (!isId(party) || party === own) refuse('not_found')
  return transact(ctx, async (tx) => {
    const names = await partyNames(tx, [own, party])
    const partyName = names.get(party) ?? refuse('not_found')
    const side = async (seller_id: string, buyer_id: string) => {
      const open = await openItems(tx, { seller_id, buyer_id })
      const doubts = await disputed(
        tx,
        open.map((item) => item.document_id),
      )
      return {
        delivered: await deliveredBetween(tx, seller_id, buyer_id, from, to),
        disputed: sumMoney(doubts.values()),
      }
    }
    const besides = { sold: await side(own, party), bought: await side(party, own) }
    const of = { own: { id: own, name: names.get(own)! }, party: { id: party, name: partyName }, from, to }
    return between(of, await readBetween(tx, own, party, from, to), besides)
  })
}
