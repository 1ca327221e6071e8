import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { announce } from '../../src/jobs/outbox.ts'
import type { Code } from '../support/world.ts'
import { forThisTest, startWebServer, type WebServer } from './peers.ts'
import { createSellers } from './sellers.ts'

const sellers = await createSellers()
const means = sellers.means()
const { world } = sellers
const ask = (code: Code, method: string, path: string, body?: unknown) =>
  sellers.ask(means, code, 'administrator', method, `/api/v1${path}`, body)
const add = async (code: Code, url: string, events: string[]) => {
  const response = await ask(code, 'POST', '/webhooks', { url, events })
  expect(response.status).toBe(201)
  expect(response.headers.get('cache-control')).toBe('no-store')
  return (await response.json()) as { endpoint: { id: string }; secret: string }
}
const deliveries = async (code: Code, id: string) =>
  ((await (await ask(code, 'GET', `/webhooks/${id}/deliveries`)).json()) as { items: Record<string, unknown>[] }).items
const events = ({ requests }: WebServer) => requests.map(({ body }) => JSON.parse(body.toString()).type as string)

test('both parties are told of what was issued, each at its own endpoint, signed so that it can be checked', async () => {
  const seller = await forThisTest(startWebServer())
  const buyer = await forThisTest(startWebServer())
  const own = await add('DGV', `${seller.url}/hook`, ['invoice.issued'])
  const theirs = await add('REZ', buyer.url, ['invoice.issued', 'invoice.paid'])
  const { rez, lud } = await sellers.issue('2026-02')
  await sellers.send(means)
  expect(events(seller)).toEqual(['invoice.issued', 'invoice.issued'])
  expect(events(buyer)).toEqual(['invoice.issued'])
  const { headers, body, path } = seller.requests[0]!
  expect(path).toBe('/hook')
  const key = Buffer.from(own.secret.replace('whsec_', ''), 'base64')
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  expect(Number(headers['webhook-timestamp'])).toBe(Date.parse('2026-03-05T12:00:00Z') / 1000)
  const told = seller.requests.map(({ body }) => JSON.parse(body.toString()))
  expect(told.map(({ data }) => data.id).sort()).toEqual([rez.id, lud.id].sort())
  expect(told.find(({ data }) => data.id === rez.id)).toEqual({
    type: 'invoice.issued',
    timestamp: '2026-03-05T12:00:00.000Z',
    data: {
      ...{ id: rez.id, type: 'invoice', number: rez.record.number, seller_id: rez.seller_id, buyer_id: rez.buyer_id },
      ...{ close_month: '2026-02', issued_on: '2026-03-05', due_on: rez.record.due_on, corrects_id: null },
      ...{ net: rez.record.net, vat: rez.record.vat, total: rez.record.total },
    },
  })
  expect(await deliveries('REZ', theirs.endpoint.id)).toMatchObject([
    { event: 'invoice.issued', number: rez.record.number, state: 'delivered', attempts: 1, answer: '200' },
  ])
  for (const [code, made] of [
    ['DGV', own],
    ['REZ', theirs],
  ] as const) {
    expect((await ask(code, 'POST', `/webhooks/${made.endpoint.id}/remove`)).status).toBe(200)
  }
})

test('what is announced twice of one occasion is told once; another occasion is told again', async () => {
  const web = await forThisTest(startWebServer())
  const { endpoint } = await add('REZ', web.url, ['invoice.paid', 'invoice.disputed'])
  const { rez } = await sellers.issue('2026-03')
  const ctx = world.as('REZ', 'finance')
  const tell = (event: 'invoice.paid' | 'invoice.disputed', occasion?: string) =>
    transact(ctx, (tx) => announce(tx, ctx, event, [rez.id], occasion))
  await tell('invoice.paid', 'payment 1')
  await tell('invoice.paid', 'payment 1')
  await tell('invoice.paid', 'payment 2')
  await tell('invoice.disputed')
  await tell('invoice.disputed')
  await sellers.send(means)
  expect(events(web).sort()).toEqual(['invoice.disputed', 'invoice.disputed', 'invoice.paid', 'invoice.paid'])
  expect(await sellers.send(means)).toBe(0)
  await ask('REZ', 'POST', `/webhooks/${endpoint.id}/remove`)
})

test('a third party announces nothing of a document that is not its own', async () => {
  const web = await forThisTest(startWebServer())
  const { endpoint } = await add('REZ', web.url, ['invoice.paid'])
  const document = (await sellers.rows()).find(({ buyer_id }) => buyer_id === world.organisation.REZ)!
  const ctx = world.as('LUD', 'finance')
  await transact(ctx, (tx) => announce(tx, ctx, 'invoice.paid', [String(document.document_id)]))
  expect(await sellers.send(means)).toBe(0)
  await ask('REZ', 'POST', `/webhooks/${endpoint.id}/remove`)
})

test('an endpoint that does not answer well is asked again with the same id; one that is gone or removed is not', async () => {
  const web = await forThisTest(startWebServer())
  const { endpoint } = await add('DGV', web.url, ['invoice.issued'])
  web.answer = { status: 404, body: 'no such page yet' }
  expect((await ask('DGV', 'POST', `/webhooks/${endpoint.id}/test`)).status).toBe(202)
  await sellers.send(means)
  expect(await deliveries('DGV', endpoint.id)).toMatchObject([
    { event: 'test', state: 'queued', attempts: 1, answer: '404 no such page yet', reason: 'refused' },
  ])
  web.answer = { status: 204 }
  sellers.pass(60)
  await sellers.send(means)
  expect(web.requests.map(({ headers }) => headers['webhook-id'])).toEqual(
    Array(2).fill((await deliveries('DGV', endpoint.id))[0]!.id),
  )
  expect(await deliveries('DGV', endpoint.id)).toMatchObject([{ state: 'delivered', attempts: 2 }])

  web.answer = { status: 410 }
  await ask('DGV', 'POST', `/webhooks/${endpoint.id}/test`)
  await sellers.send(means)
  expect((await deliveries('DGV', endpoint.id))[0]).toMatchObject({ state: 'refused', answer: '410' })

  // By hand it goes once more, as a message of its own; one that failed is not doubled by asking twice.
  const resend = async (code: Code) => (await ask(code, 'POST', `/webhooks/${endpoint.id}/send-again`)).json()
  expect(await resend('REZ')).toMatchObject({ code: 'not_found' })
  expect(await resend('DGV')).toEqual({ queued: 1 })
  expect(await resend('DGV')).toEqual({ queued: 0 })
  web.answer = { status: 200 }
  await sellers.send(means)
  expect(
    (await deliveries('DGV', endpoint.id))
      .map(({ state }) => state)
      .sort()
      .slice(0, 2),
  ).toEqual(['delivered', 'delivered'])
  expect(web.requests).toHaveLength(4)
  expect(web.requests[3]!.headers['webhook-id']).not.toBe(web.requests[2]!.headers['webhook-id'])

  await ask('DGV', 'POST', `/webhooks/${endpoint.id}/test`)
  await ask('DGV', 'POST', `/webhooks/${endpoint.id}/remove`)
  await sellers.send(means)
  expect(web.requests).toHaveLength(4)
  const left = (await deliveries('DGV', endpoint.id)).filter(({ reason }) => reason === 'endpoint_removed')
  expect(left).toMatchObject([{ state: 'refused' }])
  expect((await ask('DGV', 'POST', `/webhooks/${endpoint.id}/send-again`)).status).toBe(404)
  expect((await ask('DGV', 'POST', `/webhooks/${endpoint.id}/test`)).status).toBe(404)
  expect((await ask('DGV', 'POST', `/webhooks/${endpoint.id}/remove`)).status).toBe(200)
})

test('an endpoint is checked when it is entered, field by field', async () => {
  const refused = async (body: unknown) => {
    const response = await ask('DGV', 'POST', '/webhooks', body)
    const { errors = [] } = (await response.json()) as { errors?: { path: string }[] }
    return [response.status, ...errors.map(({ path }) => path)]
  }
  const events = ['invoice.issued']
  expect(await refused({ url: 'not an address', events })).toEqual([422, 'url'])
  expect(await refused({ url: 'http://example.lv/hook', events })).toEqual([422, 'url'])
  expect(await refused({ url: 'https://10.0.0.8/hook', events })).toEqual([422, 'url'])
  expect(await refused({ url: 'https://user:password@example.lv/hook', events })).toEqual([422, 'url'])
  expect(await refused({ url: 'ftp://example.lv/hook', events })).toEqual([422, 'url'])
  expect(await refused({ url: 'https://example.lv/hook', events: [] })).toEqual([422, 'events'])
  expect(await refused({ url: 'https://example.lv/hook', events: ['invoice.lost'] })).toEqual([422, 'events.0'])
  expect(await refused({ url: 'https://example.lv/hook' })).toEqual([422, 'events'])
  expect(await refused({ url: 'https://example.lv/hook', events, secret: 'mine' })).toEqual([422, 'secret'])
  expect(
    (await sellers.ask(means, 'DGV', 'finance', 'POST', '/api/v1/webhooks', { url: 'https://a.lv', events })).status,
  ).toBe(403)
  expect((await ask('LPR', 'POST', '/webhooks', { url: 'https://a.lv', events })).status).toBe(403)
})

test('there are ten endpoints at most, and another organisation sees none of them', async () => {
  for (let index = 0; index < 10; index++) await add('LUD', `https://example.lv/${index}`, ['invoice.paid'])
  const response = await ask('LUD', 'POST', '/webhooks', { url: 'https://example.lv/11', events: ['invoice.paid'] })
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([409, 'too_many_endpoints'])
  const { items } = (await (await ask('LUD', 'GET', '/webhooks')).json()) as { items: { id: string }[] }
  expect(items).toHaveLength(10)
  for (const verb of ['', '/deliveries']) {
    expect((await ask('REZ', 'GET', `/webhooks/${items[0]!.id}${verb}`)).status).toBe(404)
  }
  for (const verb of ['/test', '/remove']) {
    expect((await ask('REZ', 'POST', `/webhooks/${items[0]!.id}${verb}`)).status).toBe(404)
  }
})
