import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { readProjectFile } from '../../src/files.ts'
import { changeLook, changeOrganisation } from '../../src/identity/commands.ts'
import { OrganisationChange } from '../../src/identity/organisation.ts'
import { getOrganisation } from '../../src/identity/store.ts'
import { newId } from '../../src/ids.ts'
import { eInvoiceOf, pdfMaker } from '../../src/invoicing/pdf.ts'
import { getDocument } from '../../src/invoicing/store.ts'
import { ublOf } from '../../src/invoicing/ubl.ts'
import { WishInput } from '../../src/invoicing/wish.ts'
import { setDocumentWishes } from '../../src/invoicing/wish-commands.ts'
import { wishesOf } from '../../src/invoicing/wish-store.ts'
import { freshDatabase } from '../support/database.ts'
import { createInvoicing } from './issued.ts'

const invoicing = await createInvoicing(await freshDatabase())
const { world, home } = invoicing
const { DGV, REZ, LUD } = world.organisation
const wish = (said: object) => WishInput.parse(said)
const makePdf = pdfMaker(readProjectFile)

async function ask(
  code: 'DGV' | 'REZ' | 'LPR',
  role: 'finance' | 'administrator' | 'lister' | 'auditor',
  path = '',
  init: RequestInit = {},
) {
  const headers = {
    cookie: await world.cookie(code, role),
    'content-type': 'application/json',
    origin: 'http://localhost',
  }
  return world.app.request(`http://localhost/api/v1/document-wishes${path}`, { ...init, headers })
}

test('what was said for one seller goes before what was said for all, and that before what is usual', async () => {
  const read = async (seller: string) =>
    (await transact(world.as('DGV', 'finance'), (tx) => wishesOf(tx, seller, [REZ]))).get(REZ)!
  expect(await read(DGV)).toMatchObject({
    channel: 'download',
    lines: 'cases',
    pdf_in_xml: false,
    institution_code: null,
  })
  const rez = world.as('REZ', 'finance')
  await setDocumentWishes(rez, null, wish({ channel: 'email', email: 'rekini@rezekne.example', lines: 'totals' }))
  await setDocumentWishes(rez, DGV, wish({ lines: 'cases', institution_code: 'REZ-SD-01', pdf_in_xml: true }))
  expect(await read(DGV)).toMatchObject({
    channel: 'email',
    email: 'rekini@rezekne.example',
    lines: 'cases',
    pdf_in_xml: true,
    institution_code: 'REZ-SD-01',
  })
  expect(await read(LUD)).toMatchObject({
    channel: 'email',
    lines: 'totals',
    pdf_in_xml: false,
    institution_code: null,
  })
})

test('a buyer’s finance officer and administrator keep the wishes, and nobody else sees or changes them', async () => {
  const listed = (await (await ask('REZ', 'finance')).json()) as { items: { seller_id: string | null }[] }
  expect(listed.items.map(({ seller_id }) => seller_id)).toEqual([null, DGV])
  expect(((await (await ask('DGV', 'administrator')).json()) as typeof listed).items).toEqual([])
  for (const [code, role] of [
    ['REZ', 'lister'],
    ['REZ', 'auditor'],
    ['LPR', 'administrator'],
  ] as const) {
    expect((await ask(code, role)).status).toBe(404)
    expect((await ask(code, role, '', { method: 'PUT', body: '{}' })).status).toBe(403)
  }
  // what one buyer said for one seller is theirs alone
  const seen = await transact(world.as('LUD', 'finance'), (tx) => wishesOf(tx, DGV, [REZ]))
  expect(seen.get(REZ)).toMatchObject({ institution_code: null, lines: 'totals' })
})

test.each([
  [{ einvoice_scheme: '0218', einvoice_id: '90000025466' }, 'einvoice_id'],
  [{ einvoice_scheme: '9939', einvoice_id: 'LV123' }, 'einvoice_id'],
  [{ einvoice_scheme: '1234', einvoice_id: '1' }, 'einvoice_scheme'],
  [{ einvoice_id: '90000025465' }, 'einvoice_scheme'],
  [{ einvoice_scheme: '0218' }, 'einvoice_id'],
  [{ email: 'nav pasts' }, 'email'],
  [{ channel: 'fax' }, 'channel'],
  [{ lines: 'one' }, 'lines'],
  [{ pdf_in_xml: 'yes' }, 'pdf_in_xml'],
  [{ institution_code: '\u0000' }, 'institution_code'],
  [{ budget_code: 'x'.repeat(61) }, 'budget_code'],
])('a wrong wish is refused when it is entered: %j', async (body, field) => {
  const response = await ask('REZ', 'finance', '', { method: 'PUT', body: JSON.stringify(body) })
  expect(response.status).toBe(422)
  expect(((await response.json()) as { errors: { path: string }[] }).errors.map(({ path }) => path)).toEqual([field])
})

test('a seller that is not there, or oneself, is no seller', async () => {
  for (const seller of [newId(), REZ]) {
    const response = await ask('REZ', 'finance', `?seller_id=${seller}`, { method: 'PUT', body: '{}' })
    expect(response.status).toBe(422)
  }
  expect((await ask('REZ', 'finance', `?seller_id=${LUD}`, { method: 'DELETE' })).status).toBe(404)
})

test('pages: said for all and for one, taken back, wrong ones named', async () => {
  const cookie = await world.cookie('REZ', 'administrator')
  const get = async (path: string) => (await world.app.request(path, { headers: { cookie } })).text()
  const post = (path: string, fields: Record<string, string>) =>
    world.app.request(path, {
      method: 'POST',
      headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
  expect(await get('/document-wishes')).toContain('REZ-SD-01')
  const chosen = await post('http://localhost/document-wishes/choose', { seller: LUD })
  expect(chosen.headers.get('location')).toBe(`/document-wishes/edit?seller=${LUD}`)
  const wrong = await post(`http://localhost/document-wishes/edit?seller=${LUD}`, {
    einvoice_scheme: '0218',
    einvoice_id: '1',
  })
  expect(wrong.status).toBe(422)
  const saved = await post(`http://localhost/document-wishes/edit?seller=${LUD}`, {
    pdf_in_xml: 'no',
    budget_code: '08-0900',
  })
  expect(saved.headers.get('location')).toBe('/document-wishes?done=wishes_saved')
  expect(await get('/document-wishes')).toContain('08-0900')
  const removed = await post('http://localhost/document-wishes/remove', { seller: LUD })
  expect(removed.status).toBe(303)
  expect(await get('/document-wishes')).not.toContain('08-0900')
})

/** A square of one colour, as a PNG that is right in every sum. */
function png(side = 32, interlaced = 0): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length, 0)
    let sum = 0xffffffff
    for (const byte of body) {
      sum ^= byte
      for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1
    }
    ends.writeUInt32BE((sum ^ 0xffffffff) >>> 0, 4)
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  head.set([8, 6, 0, 0, interlaced], 8)
  const rows = Buffer.concat(
    Array.from({ length: side }, () => Buffer.from([0, ...Array(side).fill([90, 30, 60, 200]).flat()])),
  )
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

test('a logo is a whole picture of a kind that documents can carry, and a colour one that can be read', async () => {
  const ctx = world.as('DGV', 'administrator')
  const good = png()
  const broken = Buffer.from(good)
  broken[60]! ^= 1
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
  for (const bytes of [svg, broken, png(8), png(32, 1), good.subarray(0, 60), Buffer.from([0xff, 0xd8, 0xff, 0xe0])]) {
    const logo = bytes.toString('base64')
    await expect(changeLook(ctx, DGV, { accent: null, logo })).rejects.toMatchObject({ code: 'invalid_input' })
  }
  const put = async (body: object) =>
    world.app.request(`http://localhost/api/v1/organisations/${DGV}/look`, {
      method: 'PUT',
      headers: {
        cookie: await world.cookie('DGV', 'administrator'),
        'content-type': 'application/json',
        origin: 'http://localhost',
      },
      body: JSON.stringify(body),
    })
  for (const accent of ['#ffee00', 'green', '#12345']) expect((await put({ accent })).status).toBe(422)
  expect((await put({ accent: '#7a1f3d', logo: good.toString('base64') })).status).toBe(200)
  const shown = await world.app.request(`/api/v1/organisations/${DGV}/logo`, {
    headers: { cookie: await world.cookie('REZ', 'finance') },
  })
  expect(Buffer.from(await shown.arrayBuffer()).equals(good)).toBe(true)
  await expect(changeLook(world.as('REZ', 'administrator'), DGV, { accent: null })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('a document is frozen with wishes, references, department and look; later changes change no byte of it', async () => {
  const admin = world.as('DGV', 'administrator')
  const before = await transact(admin, (tx) => getOrganisation(tx, DGV))
  const known = Object.fromEntries(Object.entries(before).filter(([name]) => name in OrganisationChange.shape))
  const change = OrganisationChange.parse({
    ...known,
    trading_name: 'Daugavpils Sociālais dienests',
    district: 'Daugavpils',
    bic: 'TRELLV22',
  })
  await changeOrganisation(admin, DGV, change)
  await invoicing.stay(home, 'REZ', 'R-7F3K', { from: '2026-02-10' })
  await invoicing.stay(home, 'REZ', 'R-8A2B', { from: '2026-02-01' })
  await invoicing.stay(home, 'LUD', 'L-22AB', { from: '2026-02-01' })
  const documents = await invoicing.close('2026-02', '2026-03-05')
  const toRez = documents.find((each) => each.buyer_id === REZ)!
  const { record } = toRez
  expect(record).toMatchObject({
    seller: { trading_name: 'Daugavpils Sociālais dienests', district: 'Daugavpils', bic: 'TRELLV22' },
    references: { institution_code: 'REZ-SD-01', agreement_number: null },
    wishes: { lines: 'cases', pdf_in_xml: true },
    look: { accent: '#7a1f3d', logo: { type: 'image/png', width: 32, height: 32 } },
  })
  const xml = ublOf(record)
  expect(xml).toContain('<cbc:BuyerReference>REZ-SD-01</cbc:BuyerReference>')
  expect(xml).toContain('<cac:PartyName><cbc:Name>Daugavpils Sociālais dienests</cbc:Name></cac:PartyName>')
  expect(xml).toContain('<cac:FinancialInstitutionBranch><cbc:ID>TRELLV22</cbc:ID></cac:FinancialInstitutionBranch>')
  const pdf = await makePdf(record)
  expect(await eInvoiceOf(record, makePdf)).toContain(
    `filename="${record.number}.pdf">${Buffer.from(pdf).toString('base64')}<`,
  )
  // the buyer and the seller change their minds
  await changeLook(admin, DGV, { accent: null, logo: null })
  await setDocumentWishes(world.as('REZ', 'finance'), DGV, wish({ lines: 'totals' }))
  const again = (await transact(world.as('REZ', 'finance'), (tx) => getDocument(tx, toRez.id))).record
  expect(again).toEqual(record)
  expect(Buffer.from(await makePdf(again)).equals(Buffer.from(pdf))).toBe(true)
  const stored = await world.database.db
    .selectFrom('document')
    .select('record')
    .where('id', '=', toRez.id)
    .executeTakeFirstOrThrow()
  expect(JSON.stringify(stored.record)).not.toContain('content')
  const shown = (await (
    await world.app.request(`/api/v1/invoices/${toRez.id}`, {
      headers: { cookie: await world.cookie('REZ', 'finance') },
    })
  ).json()) as { record: { look: { logo: object } } }
  expect(Object.keys(shown.record.look.logo)).toEqual(['hash', 'type', 'width', 'height'])
})
