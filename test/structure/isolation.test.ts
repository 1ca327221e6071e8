/** Every route of the product, asked by everybody who has no business with what Daugavpils and Rēzekne share. */
import { sql } from 'kysely'
import { beforeAll, expect, inject, test } from 'vitest'
import { type Role, roles } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { playBetween } from '../support/between.ts'
import { playClaim, playReceipt } from '../support/claimed.ts'
import { freshDatabase } from '../support/database.ts'
import { playMonth, secretFamilyName, secretName, secretTitle } from '../support/month.ts'
import { playInterest, playLetter, playPayments } from '../support/paid.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { app } = world
const played = await playMonth(world)
// before the netting, which holds what is open
await playPayments(world)
await playBetween(world)
const claim = await playClaim(world, played)
const receipt = await playReceipt(world)
const letter = await playLetter(world)
const interest = await playInterest(world)

/** A month that is not closed yet, so that its reminder stands. */
const due = { due_on: '2026-05-10', created_at: '2026-05-07T00:00:00Z' }

/** What the third party must never see, in any answer: identifiers, numbers, names. */
const secrets: string[] = [secretName, secretFamilyName, secretTitle, played.draft_offer]
/** By the word that stands before a parameter in an address: private records to fill it with. */
const privateIds: Record<string, string[]> = {}
/** The same for what everybody may see. */
const openIds: Record<string, string[]> = {}

async function column(query: string): Promise<string[]> {
  return (await sql<{ id: string }>`${sql.raw(query)}`.execute(world.database.db)).rows.map((row) => row.id)
}

beforeAll(async () => {
  const parties = `(select id from organisation where code in ('DGV', 'REZ'))`
  const ofParties = async (table: string, id = 'id') =>
    column(`select ${id}::text as id from ${table} where seller_id in ${parties}`)
  const { DGV } = world.organisation
  await world.database.db
    .updateTable('offer')
    .set({ locality: 'Daugavpils' })
    .where('id', '=', played.day_offer)
    .execute()
  await world.database.db
    .insertInto('notice')
    .values({ ...{ organisation_id: DGV, id: newId(), kind: 'close', seller_id: DGV, month: '2026-04' }, ...due })
    .execute()
  const [provider_id] = await column(`select id::text from provider where municipality_id = '${DGV}'`)
  const recorded_at = world.clock.now().toISOString()
  const suspension = { provider_id: provider_id!, municipality_id: DGV, reason: 'Pārbaude' }
  await world.database.db
    .insertInto('provider_suspension')
    .values({ id: newId(), ...suspension, suspended_from: '2026-04-01', recorded_at })
    .execute()
  // Rēzekne will merge into Daugavpils: theirs and the region's to know until it is done.
  const { REZ, LPR } = world.organisation
  await world.database.db
    .insertInto('merger')
    .values({
      ...{ id: newId(), region_id: LPR, predecessor_ids: [REZ], successor_id: DGV, merged_on: '2027-01-01' },
      ...{ act_number: 'secret act', act_on: '2026-03-01', recorded_at },
    })
    .execute()
  const stays = await world.database.db.selectFrom('placement').selectAll().where('seller_id', '=', DGV).execute()
  await world.database.db
    .insertInto('feedback')
    .values(
      stays
        .filter(({ buyer_id }) => buyer_id !== DGV)
        .map(({ id: placement_id, seller_id, buyer_id, offer_id }) => ({
          ...{ placement_id, seller_id, buyer_id, offer_id, care: 4, information: 4, agreed: 4 },
          ...{ note: 'secret feedback', given_at: recorded_at },
        })),
    )
    .execute()
  const [hour_offer] = await world.database.db
    .selectFrom('offer')
    .selectAll()
    .where('id', '=', played.hour_offer)
    .execute()
  const of = { seller_id: DGV, offer_id: hour_offer!.id, valid_from: '2026-03-01', recorded_at }
  await world.database.db
    .insertInto('capacity_part')
    .values({ ...of, id: newId(), places: 1, buyer_id: world.organisation.REZ, note: 'secret part' })
    .execute()
  await world.database.db
    .insertInto('over_rule')
    .values({ ...of, id: newId(), places: 1, most_days: 7, reasons: ['crisis'] })
    .execute()
  Object.assign(privateIds, {
    mergers: await column('select id::text from merger'),
    'capacity-parts': await ofParties('capacity_part'),
    referrals: await ofParties('referral'),
    placements: await ofParties('placement'),
    deliveries: await ofParties('delivery'),
    absences: await ofParties('absence'),
    invoices: await ofParties('document'),
    agreements: await ofParties('agreement'),
    netting: await column(`select id::text from netting where asked_ids && array${parties}`),
    nettings: await column(`select id::text from netting where asked_ids && array${parties}`),
    'balance-confirmations': await column(
      `select id::text from balance_confirmation where organisation_id in ${parties}`,
    ),
    disputes: await ofParties('dispute'),
    messages: await ofParties('message_thread'),
    saved: await column(`select id::text from saved_search where organisation_id in ${parties}`),
    'saved-searches': await column(`select id::text from saved_search where organisation_id in ${parties}`),
    claims: [claim],
    personal: [receipt],
    'share-receipts': [receipt],
    interest: [interest],
    'interest-claims': [interest],
    letters: [letter],
    'reminder-letters': [letter],
    payments: await column(`select id::text from payment where payee_id in ${parties}`),
    'payment-proposals': await column(`select id::text from payment_proposal where organisation_id in ${parties}`),
    proposals: await column(`select id::text from payment_proposal where organisation_id in ${parties}`),
    'bank-statements': await column(`select id::text from bank_statement where organisation_id in ${parties}`),
    statements: await column(`select id::text from bank_statement where organisation_id in ${parties}`),
    'bank-movements': await column(`select id::text from bank_movement where organisation_id in ${parties}`),
    movements: await column(`select id::text from bank_movement where organisation_id in ${parties}`),
    'bank-accounts': await column(`select iban as id from bank_account where organisation_id in ${parties}`),
    received: await column(`select id::text from received_document where organisation_id in ${parties}`),
    sending: await column(`select id::text from outbox where kind = 'document' and organisation_id in ${parties}`),
    sendings: await column(`select id::text from outbox where kind = 'document' and organisation_id in ${parties}`),
    webhooks: await column(`select id::text from webhook_endpoint where organisation_id in ${parties}`),
    transactions: await column(
      `select distinct transaction_id::text as id from ledger_entry where organisation_id in ${parties}`,
    ),
    exports: await column(`select id::text from ledger_export where organisation_id in ${parties}`),
    'write-offs': await ofParties('write_off'),
    requests: await column(`select id::text from place_request where buyer_id in ${parties}`),
    'queue-entries': await ofParties('queue_entry'),
    queue: await ofParties('queue_entry'),
    papers: await ofParties('placement_paper'),
    moves: await ofParties('stay_move'),
    commitments: await ofParties('commitment'),
    residents: await column(`select id::text from resident where organisation_id in ${parties}`),
    people: await column(`select person_id::text as id from membership where organisation_id in ${parties}`),
    tokens: await column(`select id::text from api_token where organisation_id in ${parties}`),
    offers: [played.draft_offer],
    prices: await column(`select id::text from price where offer_id = '${played.draft_offer}'`),
    notices: await column(`select id::text from notice where organisation_id in ${parties}`),
    audit: await column(`select id::text from audit_event where organisation_id in ${parties}`),
  })
  Object.assign(openIds, {
    organisations: [world.organisation.DGV],
    offers: [played.day_offer, played.hour_offer],
    rules: [played.day_offer],
    months: ['2026-03'],
    // one's own account, and what one's own book says of another
    accounts: ['receivable'],
    with: [world.organisation.DGV],
    balances: [world.organisation.DGV, world.organisation.REZ],
    years: ['2026'],
    budget: ['2026'],
    // the way of sending is one's own, whoever asks; a token of nobody
    settings: ['email'],
    'sending-reports': ['nobody.nothing'],
    // the public catalogue
    services: [played.day_offer],
    organizations: [world.organisation.DGV],
    service_at_locations: await column(
      `select md5('vieta:place:' || id)::uuid::text as id from offer where id = '${played.day_offer}'`,
    ),
    taxonomies: await column(`select md5('vieta:taxonomy:service_kind')::uuid::text as id`),
    taxonomy_terms: await column(
      `select md5('vieta:service_kind:' || code)::uuid::text as id from service_kind order by code limit 1`,
    ),
    'service-kinds': await column('select code as id from service_kind order by code limit 1'),
    'queue-rules': await column('select code as id from service_kind order by code limit 1'),
    kinds: ['all'],
    providers: await column(`select id::text from provider where municipality_id in ${parties}`),
    capacity: await ofParties('capacity'),
    // how far an offer goes beyond its capacity is everybody's to know
    'over-rules': await ofParties('over_rule'),
    file_ids: await ofParties('dispute_file'),
    message_file_ids: await ofParties('message_file'),
    // everybody sees who is suspended; whose stays are there is seen by those whose they are
    suspended: await column('select id::text from provider_suspension'),
    'provider-suspensions': await column('select id::text from provider_suspension'),
    response_ids: await column('select id::text from received_response'),
  })
  for (const [name, ids] of Object.entries(privateIds)) {
    expect(ids, `private ${name}`).not.toEqual([])
    if (name !== 'prices') secrets.push(...ids)
  }
  // every password that is set takes its time, so two people stand for all
  privateIds.people = privateIds.people!.slice(0, 2)
  secrets.push(
    ...(await ofParties('charge')),
    ...(await ofParties('document', 'number')),
    ...(await ofParties('placement_step')),
    ...(await column(`select token as id from resident where organisation_id in ${parties}`)),
    ...(await column(`select email as id from person where email like '%@dgv.example' or email like '%@rez.example'`)),
    'secret token name',
    'secret feedback',
    'secret search',
    'secret movement',
    'secret agreement',
    'secret paper',
    'secret part',
  )
})

/** `GET /placements/:id` with every private and every open record in its place. */
interface Address {
  route: string
  path: string
  private: boolean
}

const routes = [
  ...new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)),
]
  // a parameter may carry its ending: `:file{[^/]+\\.pdf}` is asked as `:file.pdf`
  .map((route) => route.replace(/\{[^ ]*\\\.(\w+)\}/g, '.$1'))
  .map((route) => ({ route, method: route.split(' ')[0]!, pattern: route.slice(route.indexOf(' ') + 1) }))
  .filter(({ pattern }) => !pattern.startsWith('/assets/'))

/** What an address cannot be asked without. */
const questions: Record<string, string> = {
  '/api/v1/balances/:id/statement': '?from=2026-03-01&to=2026-03-31',
  '/api/v1/offers/:id/vacancy': '?from=2026-03-01&to=2026-03-31',
  '/api/v1/offers/:id/calendar': '?month=2026-03',
  '/api/v1/ledger/with/:party': '?from=2026-03-01&to=2026-03-31',
}
/** Routes that strangers may read; what is not published is not found there either. */
const openToAll = new Set(
  app.routes
    .filter(({ method, handler }) => method === 'GET' && (handler as { permission?: string }).permission === 'public')
    .map(({ path }) => `GET ${path}`),
)
/** Nothing here depends on what is asked. */
const alwaysTheSame = ['/sign-in', '/api', '/openapi.json']
/** Lists may be asked about one record: about each of these, under the names that lists have for them. */
const asked = () => [
  ...[played.placement, played.hourly_placement].map((id) => `?placement=${id}&placement_id=${id}&month=2026-03`),
  ...[played.hour_offer, played.draft_offer].map((id) => `?offer=${id}&offer_id=${id}&month=2026-03`),
  `?resident=${played.resident.id}&resident_id=${played.resident.id}`,
  `?seller_id=${world.organisation.DGV}&buyer_id=${world.organisation.REZ}&seller=DGV&buyer=REZ`,
]
/** Only a person has an account: the tokens of this test are asked in vain. */
const forPersons = ['GET /api/v1/account', 'GET /api/v1/account/sessions', 'GET /api/v1/notice-preferences']

function addressesOf(route: string, pattern: string): Address[] {
  const parts = pattern.split('/')
  const at = parts.findIndex((part) => part.startsWith(':'))
  if (alwaysTheSame.includes(pattern)) return [{ route, path: pattern, private: false }]
  if (pattern === '/bridges/new')
    return privateIds.queue!.map((id) => ({ route, path: `${pattern}?bridges=queue_entry.${id}`, private: true }))
  if (at === -1) return ['', ...asked()].map((question) => ({ route, path: pattern + question, private: false }))
  const word = parts.slice(0, at).findLast((part) => part in privateIds || part in openIds) ?? ''
  const fill = (id: string) => parts.map((part, index) => (index === at ? filled(part, id) : rest(part))).join('/')
  return [
    ...(privateIds[word] ?? []).map((id) => ({ route, path: fill(id), private: true })),
    ...(openIds[word] ?? []).map((id) => ({ route, path: fill(id), private: false })),
  ].map((address) => ({ ...address, path: address.path + (questions[pattern] ?? '') }))
}
const filled = (part: string, id: string) => part.replace(/^:\w+/, id)
/** Further parameters: the line of a document, the provider of an organisation. */
function rest(part: string): string {
  if (!part.startsWith(':')) return part
  return openIds[`${part.slice(1)}s`]?.[0] ?? '1'
}

const reading = () =>
  routes.filter(({ method }) => method === 'GET').flatMap(({ route, pattern }) => addressesOf(route, pattern))

async function ask(code: Code, role: Role, path: string, init: RequestInit = {}): Promise<Response> {
  const api = path.startsWith('/api/')
  const identity: Record<string, string> = api
    ? { authorization: `Bearer ${await world.token(code, role)}` }
    : { cookie: await cookieOf(code, role), origin: 'http://localhost' }
  return app.request(path, { ...init, headers: { ...identity, ...init.headers } })
}
const cookies = new Map<string, Promise<string>>()
function cookieOf(code: Code, role: Role): Promise<string> {
  const key = `${code}.${role}`
  const known = cookies.get(key) ?? world.cookie(code, role)
  cookies.set(key, known)
  return known
}

/** What an answer gives away; the address that was asked may come back in it. */
async function leaks(response: Response, path: string): Promise<string[]> {
  const body = await response.text()
  return secrets.filter((secret) => !path.includes(secret) && body.includes(secret))
}

test('every parameter of an address has records to fill it with', () => {
  const empty = routes.filter(({ route, pattern }) => /:/.test(pattern) && addressesOf(route, pattern).length === 0)
  expect(empty.map(({ route }) => route)).toEqual([])
})

// Every page in every role takes minutes in the embedded database, and breaks there as on a server.
const onServer = inject('database').kind === 'postgres'

test.each(onServer ? roles : (['finance'] as const))(
  'a third municipality as %s reads nothing of it: 404 for records, and no list has a trace',
  async (role) => {
    const wrong: string[] = []
    for (const { path, private: own } of reading()) {
      const response = await ask('LUD', role, path)
      const led = response.status === 303 ? await ask('LUD', role, response.headers.get('location')!) : response
      if (own && led.status !== 404) wrong.push(`${path} answered ${response.status}`)
      if (response.status >= 500) wrong.push(`${path} answered ${response.status}`)
      wrong.push(...(await leaks(response, path)).map((secret) => `${path} (${response.status}) shows ${secret}`))
    }
    expect(wrong).toEqual([])
  },
)

test('nobody signed in reads nothing: machines are answered 401, people are asked to sign in', async () => {
  const wrong: string[] = []
  for (const { route, path, private: own } of reading()) {
    const response = await app.request(path)
    const closed = path.startsWith('/api/') ? [401] : [303]
    const expected = openToAll.has(route) ? (own ? [404] : [200, 404]) : closed
    if (!expected.includes(response.status)) wrong.push(`${path} answered ${response.status}`)
    wrong.push(...(await leaks(response, path)).map((secret) => `${path} shows ${secret}`))
  }
  expect(wrong).toEqual([])
})

test.each(roles)('a third municipality as %s changes nothing of it', async (role) => {
  const wrong: string[] = []
  // Signing in, and the first use of a key, leave traces of their own.
  for (const path of ['/', '/api/v1/offers']) await ask('LUD', role, path)
  const before = await fingerprint()
  for (const { route, method, pattern } of routes.filter((found) => found.method !== 'GET')) {
    for (const { path } of addressesOf(route, pattern).filter((address) => address.private)) {
      for (const init of bodies(path)) {
        const response = await ask('LUD', role, path, { method, ...init })
        if (response.status < 400 || response.status >= 500) wrong.push(`${method} ${path} answered ${response.status}`)
        wrong.push(...(await leaks(response, path)).map((secret) => `${method} ${path} shows ${secret}`))
      }
    }
  }
  expect(wrong).toEqual([])
  expect(await fingerprint()).toEqual(before)
})

function bodies(path: string): RequestInit[] {
  const json = { 'content-type': 'application/json' }
  if (path.startsWith('/api/')) return [{}, { body: '{}', headers: json }]
  return [{ body: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } }]
}

/** The facts as they stand: a sum over every row of the tables that two parties share. */
async function fingerprint(): Promise<string[]> {
  const tables = [
    'offer',
    'price',
    'capacity',
    'agreement',
    'netting',
    'netting_party',
    'balance_confirmation',
    'referral',
    'placement',
    'delivery',
    'absence',
    'document',
    'charge',
    'payment',
    'payment_proposal',
    'bank_movement',
    'bank_account',
    'payment_settings',
    'dispute',
    'message_thread',
    'message',
    'saved_search',
    'feedback',
    'provider_suspension',
    'offer_standard',
    'dispute_step',
    'dispute_file',
    'day_confirmation',
    'received_document',
    'received_response',
    'settling',
    'ledger_entry',
    'write_off',
    'ledger_export',
    'account',
    'resident',
    'outbox',
    'webhook_endpoint',
    'api_token',
    'membership',
    'person',
  ]
  return Promise.all(
    tables.map(
      async (table) =>
        (await column(`select md5(string_agg(t::text, ',' order by t::text)) as id from ${table} t`))[0]!,
    ),
  )
}

const readBySomeone = new Set<string>()

test.skipIf(!onServer).each([
  ['DGV', roles],
  ['REZ', roles],
  ['LPR', ['coordinator', 'auditor', 'administrator']],
] as const)('nothing breaks for %s, whatever is asked in whatever role', async (code, held) => {
  const broken: string[] = []
  for (const { route, path } of reading()) {
    for (const role of held) {
      const response = await ask(code, role, path)
      if (response.status >= 500) broken.push(`${path} as ${role} of ${code} answered ${response.status}`)
      if (response.status === 200 || response.status === 303) readBySomeone.add(route)
      await response.body?.cancel()
    }
  }
  expect(broken).toEqual([])
})

test.skipIf(!onServer)(
  'each of these routes is read by one of the two parties, so that a 404 for others means something',
  () => {
    const unread = reading().filter(({ route }) => !readBySomeone.has(route) && !forPersons.includes(route))
    expect([...new Set(unread.map(({ route }) => route))]).toEqual([])
  },
)
