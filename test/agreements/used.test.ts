import { expect, test } from 'vitest'
import { AgreementInput } from '../../src/agreements/agreement.ts'
import { draftAgreement, signAgreement } from '../../src/agreements/commands.ts'
import { getAgreement, yearOfAgreement } from '../../src/agreements/store.ts'
import { transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import { closeRun } from '../../src/settlement/run-commands.ts'
import { market } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const database = await freshDatabase()
const world = await createWorld(database)
const { db } = database
const { DGV, REZ } = world.organisation
const { offer, draft, placed } = market(world)

const agreed = await draftAgreement(
  world.as('DGV', 'finance'),
  AgreementInput.parse({
    seller_id: DGV,
    buyer_id: REZ,
    number: '7',
    valid_from: '2026-02-01',
    pay_days: 12,
    price_class: 'partner',
    year_ceiling: '2000.00',
  }),
)
await signAgreement(world.as('DGV', 'finance'), agreed.id, { signer: 'A', version: 1 })
await signAgreement(world.as('REZ', 'buyer'), agreed.id, { signer: 'B', version: 1 })

async function price(offer_id: string, price_class: string, unit_price: string): Promise<void> {
  const kept = { valid_from: '2025-01-01', recorded_at: world.clock.now().toISOString() }
  await db
    .insertInto('price')
    .values({ seller_id: DGV, id: newId(), offer_id, price_class, unit_price, ...kept })
    .execute()
}

test('a referral takes the agreed price class where the offer has a price of it, on the days of the agreement', async () => {
  const classed = await offer()
  await price(classed, 'partner', '20.00')
  const plain = await offer()
  expect((await draft({ offer: classed, wanted_from: '2026-03-01' })).price_class).toBe('partner')
  expect((await draft({ offer: plain, wanted_from: '2026-03-01' })).price_class, 'no such price').toBeNull()
  expect((await draft({ offer: classed, wanted_from: '2026-01-31' })).price_class, 'before it').toBeNull()
  expect(
    (await draft({ offer: classed, buyer: 'LUD', wanted_from: '2026-03-01' })).price_class,
    'not theirs',
  ).toBeNull()
  expect(
    (await draft({ offer: classed, wanted_from: '2026-03-01', price_class: 'other' })).price_class,
    'asked for',
  ).toBe('other')
})

test('an invoice is due in the agreed days, others in the seller’s usual ones; so by a run and by one’s own close', async () => {
  const bed = await offer()
  await placed({ offer: bed, wanted_from: '2026-03-01', wanted_to: '2026-04-30' })
  await placed({ offer: bed, buyer: 'LUD', wanted_from: '2026-03-01', wanted_to: '2026-04-30' })
  world.clock.set('2026-04-10')
  await closeRun(database, world.system(), { month: '2026-03', sellers: [DGV] })
  world.clock.set('2026-05-04')
  await closeMonth(world.as('DGV', 'finance'), '2026-04')
  const documents = await db
    .selectFrom('document')
    .select(['buyer_id', 'issued_on', 'due_on'])
    .orderBy('issued_on')
    .execute()
  const due = (buyer_id: string) => documents.filter((each) => each.buyer_id === buyer_id).map((each) => each.due_on)
  expect(due(REZ)).toEqual(['2026-04-22', '2026-05-16'])
  expect(due(world.organisation.LUD)).toEqual(['2026-05-10', '2026-06-03'])
  const year = await transact(world.as('REZ', 'buyer'), async (tx) =>
    yearOfAgreement(tx, await getAgreement(tx, agreed.id), 2026, '2026-05-04'),
  )
  // 31 + 29 days at 23.45, without the departure day (R1); the stay is over
  expect(year).toEqual({ year: 2026, ceiling: '2000.00', invoiced: '1407.00', placements: 0 })
})
