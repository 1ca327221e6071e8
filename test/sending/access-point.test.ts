import { expect, test } from 'vitest'
import { ublOf } from '../../src/invoicing/ubl.ts'
import { forThisTest, startWebServer } from './peers.ts'
import { createSellers } from './sellers.ts'

const sellers = await createSellers()
const means = sellers.means()
const token = 'a-token-that-nobody-else-may-read'
await sellers.wish('REZ', { channel: 'access_point' })
const report = (url: string, body: unknown) => {
  const { pathname } = new URL(url)
  return sellers.app(means.outside).request(pathname, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

test('an e-invoice goes to the access point as the adapter says, and what becomes of it is told later', async () => {
  const point = await forThisTest(startWebServer())
  point.answer = { status: 202, body: '{"id":"AP-77"}' }
  await sellers.channel(means, { channel: 'access_point', url: `${point.url}/send`, token })
  const { rez } = await sellers.issue('2026-02')
  await sellers.send(means)
  expect(point.requests).toHaveLength(1)
  const { method, path, headers, body } = point.requests[0]!
  const { id } = await sellers.row(rez.id)
  expect([method, path]).toEqual(['POST', '/send'])
  expect(body.toString()).toBe(ublOf(rez.record))
  expect(headers).toMatchObject({
    authorization: `Bearer ${token}`,
    'content-type': 'application/xml; charset=utf-8',
    'idempotency-key': id,
    'vieta-sender': 'iso6523-actorid-upis::0218:90000077325',
    'vieta-receiver': 'iso6523-actorid-upis::0218:90000025465',
    'vieta-document-type':
      'busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1',
    'vieta-process': 'cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0',
    'vieta-document-number': rez.record.number,
  })
  expect(await sellers.row(rez.id)).toMatchObject({ state: 'sent', reference: 'AP-77', answer: '202 {"id":"AP-77"}' })

  const address = String(headers['vieta-report-url'])
  expect(address).toMatch(/^https:\/\/vieta\.example\.lv\/api\/v1\/sending-reports\//)
  const wrong = address.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
  expect((await report(wrong, { state: 'delivered' })).status).toBe(404)
  expect(
    (await report(`${new URL(address).origin}/api/v1/sending-reports/nonsense`, { state: 'delivered' })).status,
  ).toBe(404)
  expect((await report(address, { state: 'lost' })).status).toBe(422)
  expect((await report(address, { state: 'delivered' })).status).toBe(204)
  const delivered = await sellers.row(rez.id)
  expect(delivered).toMatchObject({ state: 'delivered', answer: '202 {"id":"AP-77"}' })
  expect(delivered.delivered_at).not.toBeNull()
  expect((await report(address, { state: 'delivered' })).status).toBe(204)
  expect((await report(address, { state: 'refused', reason: 'Unknown receiver' })).status).toBe(204)
  expect(await sellers.row(rez.id)).toMatchObject({ state: 'refused', reason: 'refused', answer: 'Unknown receiver' })
  expect((await report(address, { state: 'delivered' })).status).toBe(409)
})

test('a request that is wrong is refused with the reason, and a key that is sent back is not kept', async () => {
  const point = await forThisTest(startWebServer())
  await sellers.channel(means, { channel: 'access_point', url: `${point.url}/v2`, token })
  point.answer = { status: 422, body: JSON.stringify({ detail: `BR-CO-25: no due date (token ${token})` }) }
  const { rez } = await sellers.issue('2026-03')
  await sellers.send(means)
  expect(await sellers.row(rez.id)).toMatchObject({
    state: 'refused',
    reason: 'refused',
    answer: '422 BR-CO-25: no due date (token …)',
  })
  sellers.pass(86_400)
  expect(await sellers.send(means)).toBe(0)

  // sent again: the other end is busy, then has it already from an attempt that we did not hear the end of
  const again = { document_id: rez.id, channel: 'access_point' }
  const { id } = (await (await sellers.ask(means, 'DGV', 'finance', 'POST', '/api/v1/sendings', again)).json()) as {
    id: string
  }
  const row = async () => (await sellers.rows()).find((each) => each.id === id)!
  point.answer = { status: 503, body: 'maintenance' }
  await sellers.send(means)
  expect(await row()).toMatchObject({ state: 'queued', reason: 'busy', answer: '503 maintenance' })
  point.answer = { status: 409, body: '{"id":"AP-78"}' }
  sellers.pass(60)
  await sellers.send(means)
  expect(await row()).toMatchObject({ state: 'sent', reference: 'AP-78', attempts: 2 })
  const keys = point.requests.slice(1).map(({ headers }) => headers['idempotency-key'])
  expect(keys).toEqual([id, id])
})

test('a redirect is not followed, and an answer without end is cut', async () => {
  const point = await forThisTest(startWebServer())
  await sellers.channel(means, { channel: 'access_point', url: point.url, token })
  point.answer = { status: 302, headers: { location: `${point.url}/elsewhere` }, body: 'x'.repeat(5_000_000) }
  const { rez } = await sellers.issue('2026-04')
  await sellers.send(means)
  expect(point.requests).toHaveLength(1)
  const row = await sellers.row(rez.id)
  expect(row.state).toBe('refused')
  expect(String(row.answer).length).toBeLessThan(1001)
})

test('a report that comes before we wrote down that it was taken is believed', async () => {
  const point = await forThisTest(startWebServer())
  await sellers.channel(means, { channel: 'access_point', url: `${point.url}/silent`, token })
  point.answer = null
  const issued = await sellers.close('2026-05', '2026-06-04')
  const rez = issued.find((each) => each.buyer_id === sellers.world.organisation.REZ)!
  const sending = sellers.send(means)
  await expect.poll(() => point.requests.length, { timeout: 10_000 }).toBe(1)
  expect((await report(String(point.requests[0]!.headers['vieta-report-url']), { state: 'delivered' })).status).toBe(
    204,
  )
  await point.stop()
  await sending
  expect(await sellers.row(rez.id)).toMatchObject({ state: 'delivered', attempts: 1, next_attempt_at: null })
})
