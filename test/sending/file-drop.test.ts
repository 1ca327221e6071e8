import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { evaluateXPathToString } from 'fontoxpath'
import { parseXmlDocument } from 'slimdom'
import { afterAll, expect, test } from 'vitest'
import { ublOf } from '../../src/invoicing/ubl.ts'
import { forThisTest, startWebServer } from './peers.ts'
import { createSellers } from './sellers.ts'

const sellers = await createSellers()
const drop_folder = mkdtempSync(join(tmpdir(), 'vieta-drop-'))
afterAll(() => rmSync(drop_folder, { recursive: true }))
const means = sellers.means({ drop_folder })
await sellers.wish('REZ', { channel: 'file_drop' })

test('files lie in the seller’s own folder, the envelope of the e-address beside them', async () => {
  await sellers.channel(means, { channel: 'file_drop', e_address: true })
  const { rez } = await sellers.issue('2026-02')
  await sellers.send(means)
  const { number } = rez.record
  const folder = join(drop_folder, 'DGV')
  expect(readdirSync(folder).sort()).toEqual([`${number}.envelope.xml`, `${number}.pdf`, `${number}.xml`])
  expect(readFileSync(join(folder, `${number}.xml`), 'utf8')).toBe(ublOf(rez.record))
  const envelope = parseXmlDocument(readFileSync(join(folder, `${number}.envelope.xml`), 'utf8'))
  const said = (path: string) =>
    evaluateXPathToString(path, envelope, null, null, {
      namespaceResolver: (prefix) => (prefix === '' ? 'http://ivis.eps.gov.lv/XMLSchemas/100001/DIV/v1-0' : null),
    })
  expect(said('//DocumentKindCode')).toBe('EINVOICE')
  expect(said('//SenderE-Address')).toBe('_DEFAULT@90000077325')
  expect(said('//RecipientE-Address')).toBe('_DEFAULT@90000025465')
  const row = await sellers.row(rez.id)
  expect(said('//SenderRefNumber')).toBe(row.id)
  const digest = createHash('sha512')
    .update(readFileSync(join(folder, `${number}.xml`)))
    .digest('base64')
  expect(said('//File[1]/Content/DigestValue')).toBe(digest)
  expect(said('string-join(//File/Name, " ")')).toBe(`${number}.xml ${number}.pdf`)
  expect(row).toMatchObject({ state: 'sent', answer: `${number}.xml, ${number}.pdf, ${number}.envelope.xml` })
})

test('a folder that cannot be written is tried again', async () => {
  const broken = join(drop_folder, 'file')
  writeFileSync(broken, '')
  const { rez } = await sellers.issue('2026-03')
  await sellers.send(sellers.means({ drop_folder: broken }))
  expect(await sellers.row(rez.id)).toMatchObject({ state: 'queued', reason: 'unreachable', answer: 'ENOTDIR' })
  await sellers.send(sellers.means({ drop_folder: null }))
  sellers.pass(60)
  await sellers.send(sellers.means({ drop_folder: null }))
  expect(await sellers.row(rez.id)).toMatchObject({ state: 'queued', reason: 'not_here' })
  sellers.pass(240)
  await sellers.send(means)
  expect(await sellers.row(rez.id)).toMatchObject({ state: 'sent', attempts: 3 })
})

test('files go into a bucket, signed; a key that is wrong is told', async () => {
  const bucket = await forThisTest(startWebServer())
  const s3 = {
    channel: 'file_drop' as const,
    ...{ place: 's3', bucket_url: `${bucket.url}/invoices/`, region: 'eu-north-1' },
    ...{ prefix: '/2026/', access_key_id: 'AKIAEXAMPLE', secret_access_key: 'never to be seen again' },
  }
  await sellers.channel(means, s3)
  const { rez } = await sellers.issue('2026-04')
  await sellers.send(means)
  const { number } = rez.record
  expect(bucket.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `PUT /invoices/2026/${number}.xml`,
    `PUT /invoices/2026/${number}.pdf`,
  ])
  const { headers, body } = bucket.requests[0]!
  expect(body.toString()).toBe(ublOf(rez.record))
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-north-1\/s3\/aws4_request, SignedHeaders=host;[a-z0-9;-]+, Signature=[0-9a-f]{64}$/,
  )
  expect(await sellers.row(rez.id)).toMatchObject({ state: 'sent' })

  bucket.answer = { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' }
  const again = { document_id: rez.id, channel: 'file_drop' }
  const { id } = (await (await sellers.ask(means, 'DGV', 'finance', 'POST', '/api/v1/sendings', again)).json()) as {
    id: string
  }
  await sellers.send(means)
  expect((await sellers.rows()).find((each) => each.id === id)).toMatchObject({
    state: 'refused',
    answer: '403 <Error><Code>SignatureDoesNotMatch</Code></Error>',
  })
})

test('what a seller has not switched on is not used: its buyer finds the document here, and the seller is told why', async () => {
  await sellers.channel(means, { channel: 'file_drop', active: false })
  const issued = await sellers.close('2026-05', '2026-06-04')
  const rez = issued.find((each) => each.buyer_id === sellers.world.organisation.REZ)!
  expect(await sellers.send(means)).toBe(0)
  expect(await sellers.row(rez.id)).toMatchObject({ channel: 'download', state: 'download', reason: 'channel_off' })
})
