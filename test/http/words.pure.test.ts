import { expect, test } from 'vitest'
import { DeliveryInput } from '../../src/deliveries/delivery.ts'
import { DisputeNote } from '../../src/disputes/dispute.ts'
import { MessageInput } from '../../src/messages/message.ts'
import { MoveDecline } from '../../src/placements/move.ts'
import { Decline } from '../../src/placements/referral.ts'
import { QueueWords } from '../../src/requests/queue.ts'

const delivery = {
  placement_id: '00000000-0000-4000-8000-000000000000',
  delivered_on: '2026-03-01',
  kind: 'delivered',
  quantity: '1',
}

test.each([
  ['a message', MessageInput, {}],
  ['a referral declined', Decline, { reason: 'no_place' }],
  ['a place of a line refused', QueueWords, {}],
  ['a move declined', MoveDecline, {}],
  ['an objection', DisputeNote, {}],
  ['a delivery', DeliveryInput, delivery],
])('what is said with %s may name a resident’s code, and nobody’s personal code', (_what, schema, rest) => {
  const said = (note: string) => schema.safeParse({ ...rest, note })
  expect(said('REZ-7K3M9Q, lēmums 12-3/456, tālrunis 654 12345').success).toBe(true)
  for (const code of ['161175-19997', '161175–19997', '32161175199', '321611-75199']) {
    const { error } = said(`Runa par ${code}.`)
    expect(error?.issues).toMatchObject([{ path: ['note'], message: 'validation.no_personal_code' }])
  }
})
