/** Late facts: only what the trace names is rated again, and it comes to the same as rating everything again (R16). */
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Database } from '../../src/db/connect.ts'
import { Refusal } from '../../src/refusal.ts'
import type { Scenario } from '../../src/scenario/format.ts'
import { play } from '../../src/scenario/play.ts'
import { playIn } from '../../src/scenario/play-in-database.ts'
import { freshDatabase } from '../support/database.ts'
import { anyScenario } from '../support/generate.ts'
import { inAnyOrder } from '../support/order.ts'

const database = await freshDatabase()

/** As if everything had changed since the first closed month. */
async function allDue({ db }: Database, seller_ids: string[]): Promise<void> {
  await sql`
    insert into rating_due (seller_id, placement_id, from_month, noted_at)
    select p.seller_id, p.id, c.first, now()
    from placement p join (
      select seller_id, min(month::text) as first from month_close group by seller_id
    ) c on c.seller_id = p.seller_id
    where p.seller_id = any (${`{${seller_ids.join(',')}}`}::uuid[])
    on conflict do nothing`.execute(db)
}

/**
 * The product keeps some things for good that the rules would let change: an offer's seller, unit and surcharges, and a
 * placement's offer and buyer. What a scenario says of them later is put back.
 */
function keptFor(scenario: Scenario): Scenario {
  const offers = new Map(scenario.offers.map((offer) => [offer.id, offer]))
  const placements = new Map(scenario.placements.map((placement) => [placement.id, placement]))
  const steps = scenario.steps.map((step) => {
    if (!('record' in step)) return step
    const record = {
      ...step.record,
      offers: step.record.offers.map((offer) => {
        const { seller, unit, surcharges } = offers.get(offer.id)!
        return { ...offer, seller, unit, surcharges }
      }),
      placements: step.record.placements.map((placement) => {
        const { offer, buyer, surcharges } = placements.get(placement.id)!
        return { ...placement, offer, buyer, surcharges }
      }),
    }
    return { record }
  })
  return { ...scenario, steps }
}

function hasLateFacts({ steps }: Scenario): boolean {
  return steps.some((step) => 'record' in step)
}

/** A close refuses amounts that no column holds; such a month says nothing here. */
async function closeable<T>(played: Promise<T>): Promise<T> {
  try {
    return await played
  } catch (error) {
    fc.pre(!(error instanceof Refusal && error.code === 'month_has_findings'))
    throw error
  }
}

test('what the trace names, rated again, comes to the same as everything rated again, and as the rules in memory', async () => {
  await fc.assert(
    fc.asyncProperty(anyScenario, async (any) => {
      fc.pre(hasLateFacts(any))
      const scenario = keptFor(any)
      const traced = inAnyOrder(await closeable(playIn(database, scenario)))
      expect(traced).toEqual(inAnyOrder(await playIn(database, scenario, { beforeClose: allDue })))
      expect(traced).toEqual(inAnyOrder(await play(scenario)))
    }),
    { numRuns: 15, endOnFailure: true },
  )
}, 300_000)
