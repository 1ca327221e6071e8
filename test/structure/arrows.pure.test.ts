import { expect, test } from 'vitest'
import { importsOf, type Source, sources } from '../support/sources.ts'

/** Upstream first: a module knows nothing of those after it. */
const order = [
  'identity',
  'notices',
  'messages',
  'catalogue',
  'hsds',
  'agreements',
  'placements',
  'deliveries',
  'requests',
  'comparison',
  'invoicing',
  'ledger',
  'settlement',
  'disputes',
  'sending',
  'receiving',
  'netting',
  'payments',
  'balances',
  'claims',
  'mergers',
  'region',
]
/** These look at everything: they stand at the end of every arrow. */
const overAll = ['home', 'guide', 'demo', 'reference', 'scenario']
/** What every module stands on. */
const shared = ['db', 'http', 'ui', 'audit', 'jobs', '']

const all = sources()
const known = new Map(all.map((source) => [source.path, source]))

type Layer = 'edge' | 'commands' | 'store' | 'pure'
function layerOf({ file }: Source): Layer {
  if (/(^|-)(api|pages?)\.tsx?$/.test(file) || file.endsWith('.tsx')) return 'edge'
  if (/(^|-)commands\.ts$/.test(file)) return 'commands'
  if (/(^|-)store\.ts$/.test(file)) return 'store'
  return 'pure'
}
const depth: Record<Layer, number> = { edge: 3, commands: 2, store: 1, pure: 0 }

function arrows(): { from: Source; to: Source }[] {
  return all.flatMap((from) =>
    importsOf(from).flatMap((path) => {
      const to = known.get(path)
      return to === undefined ? [] : [{ from, to }]
    }),
  )
}
const say = ({ from, to }: { from: Source; to: Source }) => `${from.path} → ${to.path}`

test('every import of our own leads to a file that is there', () => {
  const lost = all.flatMap((source) => importsOf(source).filter((path) => /\.tsx?$/.test(path) && !known.has(path)))
  expect(lost).toEqual([])
})

test('every folder has its place in the order of modules', () => {
  const folders = new Set(all.map((source) => source.module))
  expect([...folders].filter((folder) => ![...order, ...overAll, ...shared].includes(folder))).toEqual([])
})

test('upstream never imports downstream, but for the pure rules of settlement and what a stay costs by them', () => {
  const wrong = arrows().filter(({ from, to }) => {
    if (!order.includes(from.module)) return false
    if (overAll.includes(to.module)) return true
    if (['settlement', 'comparison'].includes(to.module) && layerOf(to) === 'pure') return false
    return order.indexOf(to.module) > order.indexOf(from.module)
  })
  expect(wrong.map(say)).toEqual([])
})

test('inside the modules, edges use commands, commands use stores, stores use what is pure, and never back', () => {
  const wrong = arrows().filter(
    ({ from, to }) =>
      order.includes(from.module) &&
      order.includes(to.module) &&
      depth[layerOf(to)] > depth[layerOf(from)] &&
      !ownSecrets.has(from.path),
  )
  expect(wrong.map(say)).toEqual([])
})

/** Signing in is a store and a command at once: nobody is known yet, so there is nobody to permit. */
const ownSecrets = new Set(['src/identity/sessions.ts'])

test('what is shared knows no module, but for who is asking and in which words', () => {
  const allowed = /^src\/identity\/(permissions|sessions|password)\.ts$|\/([a-z-]+-)?texts\.ts$/
  const entries = /^src\/(app|main|worker|cli|build-assets)\.ts$/
  const wrong = arrows().filter(
    ({ from, to }) =>
      shared.includes(from.module) &&
      ![...shared].includes(to.module) &&
      !entries.test(from.path) &&
      !allowed.test(to.path),
  )
  expect(wrong.map(say)).toEqual([])
})

/** Whose facts a table holds; a few are written by two. */
const owners: Record<string, string[]> = {
  organisation: ['identity'],
  provider: ['identity'],
  succession: ['identity'],
  merger: ['mergers'],
  person: ['identity'],
  membership: ['identity'],
  session: ['identity'],
  sign_in_attempt: ['identity'],
  api_token: ['identity'],
  target_group: ['catalogue'],
  service_kind: ['catalogue'],
  offer: ['catalogue'],
  offer_text: ['catalogue'],
  catalogue_version: ['catalogue'],
  offer_change: ['catalogue'],
  catalogue_word: ['catalogue'],
  locality: ['catalogue'],
  need_word: ['catalogue'],
  price: ['catalogue'],
  capacity: ['catalogue'],
  capacity_part: ['catalogue'],
  over_rule: ['catalogue'],
  resident: ['placements'],
  resident_person: ['placements'],
  stay_rule_of_kind: ['placements'],
  stay_rule: ['placements'],
  placement_paper: ['placements'],
  paper_setting: ['placements'],
  stay_move: ['placements'],
  bridge: ['placements'],
  spending_limit: ['placements'],
  year_budget: ['placements'],
  commitment: ['placements'],
  agreement: ['agreements'],
  agreement_template: ['agreements'],
  netting: ['netting'],
  netting_member: ['netting'],
  netting_party: ['netting'],
  netting_flow: ['netting'],
  netting_item: ['netting'],
  netting_transfer: ['netting'],
  balance_confirmation: ['balances'],
  late_terms: ['payments'],
  reminder: ['payments'],
  reminder_letter: ['payments'],
  interest_claim: ['payments'],
  funder_programme: ['claims'],
  funder_claim: ['claims'],
  funder_claim_line: ['claims'],
  share_receipt: ['claims'],
  referral: ['placements'],
  counter_offer: ['placements'],
  reservation: ['placements'],
  // a seller's answer closes what its buyer asked others for
  place_request: ['requests', 'placements'],
  // a place offered to the next in line is a reservation, and marks whom it was offered to
  queue_entry: ['requests', 'placements'],
  queue_rule: ['requests'],
  placement: ['placements'],
  placement_record: ['placements'],
  placement_step: ['placements'],
  placement_weekdays: ['placements'],
  delivery: ['deliveries'],
  absence: ['deliveries'],
  received_document: ['receiving'],
  received_response: ['receiving'],
  document_wish: ['invoicing'],
  settling: ['ledger'],
  ledger_entry: ['ledger'],
  account: ['ledger'],
  write_off: ['ledger'],
  ledger_export: ['ledger'],
  ledger_export_columns: ['ledger'],
  ledger_exported: ['ledger'],
  // the close writes documents and their lines in its own transaction; invoicing says how they look, and reads them
  document: ['settlement'],
  number_series: ['settlement'],
  charge: ['settlement'],
  month_close: ['settlement'],
  settled_month: ['settlement'],
  withheld: ['settlement'],
  funding_sum: ['settlement'],
  seller_calendar: ['settlement'],
  notice: ['settlement', 'notices'],
  notice_read: ['settlement', 'notices'],
  notice_preference: ['notices'],
  notice_digest: ['notices'],
  message_thread: ['messages'],
  message: ['messages'],
  message_file: ['messages'],
  file_upload: ['messages'],
  message_read: ['messages'],
  saved_search: ['catalogue'],
  provider_suspension: ['catalogue'],
  offer_standard: ['catalogue'],
  feedback: ['catalogue'],
  close_run: ['settlement'],
  agreed_credit: ['settlement'],
  dispute: ['disputes'],
  dispute_step: ['disputes'],
  dispute_file: ['disputes'],
  dispute_terms: ['disputes'],
  day_confirmation: ['deliveries'],
  bank_account: ['payments'],
  payment_settings: ['payments'],
  payment_proposal: ['payments'],
  payment_item: ['payments'],
  payment_order: ['payments'],
  payment_order_item: ['payments'],
  payment: ['payments'],
  bank_statement: ['payments'],
  bank_movement: ['payments'],
  // the report of an access point comes to sending
  outbox: ['jobs', 'sending'],
  sending_channel: ['sending'],
  webhook_endpoint: ['sending'],
  // the trace is left by whoever changes a fact, through one function, and taken away by the close
  rating_due: ['audit', 'settlement'],
  audit_event: ['audit'],
  // marked in the transaction of the write itself
  idempotency_key: ['http', 'identity', ''],
}

test('only a module writes its own tables', () => {
  const writes =
    /(?:insertInto|updateTable|deleteFrom|mergeInto)\('(\w+)'|\b(?:insert into|delete from|merge into)\s+(\w+)|\bupdate\s+(\w+)(?:\s+(?:as\s+)?\w+)?\s+set\b/gi
  const wrong = all
    .filter((source) => source.module !== 'demo' && source.module !== 'scenario' && source.module !== 'db')
    .flatMap((source) =>
      [...source.text.matchAll(writes)].flatMap(([, typed, inserted, updated]) => {
        const table = (typed ?? inserted ?? updated)!
        const owner = owners[table]
        if (owner === undefined || owner.includes(source.module)) return []
        return [`${source.path} writes ${table} of ${owner.join(' and ')}`]
      }),
    )
  expect(wrong).toEqual([])
})
