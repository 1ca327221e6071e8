/** Why something was withheld by a close: worked out again from the evidence that the close kept (`evidence.ts`). */
import { sql } from 'kysely'
import type { Month } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { explainAgain } from './evidence.ts'
import type { WithheldExplanation } from './explain.ts'
import type { Terms } from './facts.ts'

/** The explanations of what a close withheld, by `placement reason`; empty where nothing was. Two statements at most. */
export async function explainWithheld(
  tx: Tx,
  seller_id: string,
  month: Month,
  withheld: readonly { placement_id: string }[],
): Promise<Map<string, WithheldExplanation>> {
  const explained = new Map<string, WithheldExplanation>()
  if (withheld.length === 0) return explained
  const placements = [...new Set(withheld.map((row) => row.placement_id))]
  const { rows: offers } = await sql<{ offer_id: string; facts: string }>`
    select offer_id, facts from closed_offer where seller_id = ${seller_id} and close_month = ${month}
      and offer_id in (select p.offer_id from placement p where p.seller_id = ${seller_id} and p.id = any (${placements}::uuid[]))
  `.execute(tx)
  const { rows: evidence } = await sql<{ buyer_id: string; facts: string }>`
    select buyer_id, facts from rating_evidence where seller_id = ${seller_id} and close_month = ${month}
      and buyer_id in (select w.buyer_id from withheld w where w.seller_id = ${seller_id} and w.close_month = ${month})
  `.execute(tx)
  const terms = new Map(offers.map((row) => [row.offer_id, (JSON.parse(row.facts) as { terms: Terms }).terms]))
  for (const { buyer_id, facts } of evidence) {
    for (const { placement, service_month, rated } of explainAgain(
      facts,
      terms,
      { seller: seller_id, buyer: buyer_id },
      month,
    )) {
      if (service_month !== month) continue
      for (const { reason, explanation } of rated.withheld)
        if (explanation !== undefined) explained.set(`${placement} ${reason}`, explanation)
    }
  }
  return explained
}
