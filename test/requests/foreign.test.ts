import { expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { playMonth } from '../support/month.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const played = await playMonth(world)
const idOf = async (table: 'place_request' | 'queue_entry') =>
  (await world.database.db.selectFrom(table).select('id').executeTakeFirstOrThrow()).id

test('a third municipality finds no request, no answer and nobody in line; a seller finds no request', async () => {
  const request = await idOf('place_request')
  const entry = await idOf('queue_entry')
  const { id: referral } = await world.database.db
    .selectFrom('referral')
    .select('id')
    .where('request_id', '=', request)
    .executeTakeFirstOrThrow()
  const counter = { counter_offer_id: request }
  const dates = { wanted_from: '2026-05-01', held_until: '2026-04-05T12:00:00Z' }
  const writes: ['buyer' | 'lister', string, object][] = [
    ['buyer', `requests/${request}/withdraw`, { reason: 'other' }],
    ['lister', `referrals/${referral}/offer`, {}],
    ['buyer', `referrals/${referral}/choose`, {}],
    ['lister', `referrals/${referral}/counter-offer`, { wanted_from: dates.wanted_from }],
    ['buyer', `referrals/${referral}/counter-offer/accept`, counter],
    ['buyer', `referrals/${referral}/counter-offer/decline`, counter],
    ['lister', `referrals/${referral}/reserve`, { held_until: dates.held_until }],
    ['lister', `referrals/${referral}/release`, {}],
    ['buyer', `queue-entries/${entry}/leave`, {}],
    ['buyer', `queue-entries/${entry}/accept`, {}],
    ['buyer', `queue-entries/${entry}/refuse`, {}],
  ]
  for (const [role, path, body] of writes) {
    expect([path, (await world.request('LUD', role, 'POST', `/api/v1/${path}`, body)).status]).toEqual([path, 404])
  }
  for (const path of [`requests/${request}`, `referrals/${referral}/answers`, `queue-entries/${entry}`]) {
    for (const role of ['buyer', 'lister', 'auditor'] as const) {
      expect([path, (await world.request('LUD', role, 'GET', `/api/v1/${path}`)).status]).toEqual([path, 404])
    }
    expect((await world.request('LPR', 'coordinator', 'GET', `/api/v1/${path}`)).status).toBe(200)
  }
  expect((await world.request('DGV', 'lister', 'GET', `/api/v1/requests/${request}`)).status).toBe(404)
  expect((await world.request('DGV', 'lister', 'GET', `/api/v1/queue-entries/${entry}`)).status).toBe(200)
  for (const path of ['requests', 'queue-entries']) {
    expect(await (await world.request('LUD', 'buyer', 'GET', `/api/v1/${path}`)).json()).toMatchObject({ items: [] })
  }
  const rule = { priorities: ['other'] }
  expect((await world.request('LUD', 'lister', 'PUT', `/api/v1/offers/${played.day_offer}/queue`, rule)).status).toBe(
    404,
  )
  expect(
    await (await world.request('LUD', 'buyer', 'GET', `/api/v1/offers/${played.hour_offer}/queue`)).json(),
  ).toEqual({
    length: 1,
    rule: {
      criteria: ['reason', 'applied_on'],
      priorities: ['crisis', 'court', 'hospital', 'other'],
      holds_for: 'everybody',
      ...{ refusals_allowed: 3, answer_hours: 48, rest_days: 14 },
    },
  })
})
