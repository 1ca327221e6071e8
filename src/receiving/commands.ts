/** The verbs of this module: a document comes from outside, and the buyer answers it. Files are read before a transaction begins. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { json } from '../db/json.ts'
import { getOrganisation, type OrganisationRow } from '../identity/store.ts'
import { newId } from '../ids.ts'
import { Refusal, refuse } from '../refusal.ts'
import type { Finding } from './finding.ts'
import { type LineMatch, matchLines, questionsOf } from './matching.ts'
import { numberKey, type ReceivedRecord, readRecord } from './read-ubl.ts'
import type { AnswerInput } from './received.ts'
import { type ResponseCode, responseXml } from './response.ts'
import { findingsOf } from './rules.ts'
import * as store from './store.ts'
import { type Element, largestDocument, readTree, refuseFile } from './tree.ts'

type Source = 'upload' | 'api' | 'inbox'

/** What a file says, and what the rules find in it, before anybody is asked. */
type Read = { record: ReceivedRecord; findings: Finding[]; root: Element; sha256: string }

/** @throws Refusal `body_too_large`, `einvoice_refused` */
async function readFile(bytes: Uint8Array): Promise<Read> {
  const root = readTree(bytes)
  const record = readRecord(root)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
  const sha256 = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return { record, findings: findingsOf(root), root, sha256 }
}

/**
 * Takes in an e-invoice from outside. The same document again is known and changes nothing.
 * @param to the organisation whose inbox it came to; only the program itself may name another than the actor's own
 * @returns `known` where the document was here before
 * @throws Refusal `not_permitted`, `body_too_large`, `einvoice_refused` with the place, `received_differs` where the seller has
 *   sent something else under this number and date
 */
export async function receiveDocument(
  ctx: Context,
  bytes: Uint8Array,
  source: Source,
  to: string = organisationOf(ctx.actor),
): Promise<{ document: store.Received; known: boolean }> {
  permit(ctx.actor, 'receiving.manage')
  if (ctx.actor.kind === 'member' && ctx.actor.organisation_id !== to) refuse('not_permitted')
  if (bytes.length > largestDocument) refuse('body_too_large')
  const read = await readFile(bytes)
  return carryOut(ctx, (tx) => takeIn(tx, ctx, read, { bytes, source, to })).catch((error) => {
    if (brokeConstraint(error, 'received_document_known_once')) refuse('changed_meanwhile')
    throw error
  })
}

async function takeIn(
  tx: Tx,
  ctx: Context,
  { record, findings, root, sha256 }: Read,
  { bytes, source, to }: { bytes: Uint8Array; source: Source; to: string },
): Promise<{ document: store.Received; known: boolean }> {
  const organisation = await getOrganisation(tx, to)
  refuseForeign(record, root, organisation)
  const seller = await sellerHere(tx, record)
  if (seller !== null && (await store.isIssuedHere(tx, seller.id, record.number))) {
    refuseFile('issued_here', `${root.place}/cbc:ID`, { number: record.number, seller: record.seller.name })
  }
  const same = await store.sameNumber(tx, to, record.seller_key, record.number)
  const before = same.find((each) => each.issued_on === record.issued_on)
  if (before !== undefined) {
    if (before.sha256 !== sha256) refuse('received_differs', { number: record.number, date: record.issued_on })
    return { document: await store.getReceived(tx, before.id), known: true }
  }
  const account = seller?.iban ?? (await store.lastAccount(tx, to, record.seller_key))
  const all = [...findings, ...ownFindings(record, root, account, same)]
  const id = newId()
  await store.insertReceived(tx, {
    ...rowOf(record),
    organisation_id: to,
    id,
    seller_id: seller?.id ?? null,
    findings: json(all),
    faults: all.filter((finding) => finding.fatal).length,
    content: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    sha256,
    source,
    received_at: ctx.clock.now().toISOString(),
    received_by: personOf(ctx.actor),
    state_at: ctx.clock.now().toISOString(),
  })
  const { type, number, issued_on, payable } = record
  await recordAudit(tx, ctx, {
    ...{ action: 'receiveDocument', subject_type: 'received_document', subject_id: id, buyer_id: to },
    after: { type, number, issued_on, payable, seller_name: record.seller.name, sha256 },
  })
  return { document: await store.getReceived(tx, id), known: false }
}

function rowOf(record: ReceivedRecord) {
  const { type, number, issued_on, due_on, period_from, period_to, seller, seller_key } = record
  const { corrects_number, payment_reference, net, vat, total, payable, vat_summary, lines } = record
  return {
    ...{ type, number, issued_on, due_on, period_from, period_to, seller_key, seller_name: seller.name },
    ...{ corrects_number, payment_reference, net, vat, total, payable },
    seller: json(seller),
    vat_summary: json(vat_summary),
    lines: json(lines),
  }
}

/** The document must be for the organisation that takes it in, and from somebody else. */
function refuseForeign(record: ReceivedRecord, root: Element, organisation: OrganisationRow): void {
  const { registration_number, vat_number, einvoice_scheme, einvoice_id } = organisation
  const own = [registration_number, vat_number].filter((number) => number !== null).map(numberKey)
  if (einvoice_scheme !== null && einvoice_id !== null) {
    own.push(`${einvoice_scheme}:${einvoice_id.replaceAll(/[\s.-]/g, '').toUpperCase()}`)
  }
  if (own.length === 0) refuseFile('own_number_unknown', root.place, { name: organisation.name })
  if (!record.buyer_keys.some((key) => own.includes(key))) {
    const given = record.buyer_keys[0] ?? record.buyer.name
    refuseFile('other_buyer', `${root.place}/cac:AccountingCustomerParty`, { given, name: organisation.name })
  }
  const seller = [record.seller.registration_number, record.seller.vat_number].filter((number) => number !== null)
  if (seller.some((number) => own.includes(numberKey(number)))) {
    refuseFile('own_seller', `${root.place}/cac:AccountingSupplierParty`, { name: organisation.name })
  }
}

/** The seller, where it is an organisation here. */
async function sellerHere(tx: Tx, { seller }: ReceivedRecord): Promise<{ id: string; iban: string | null } | null> {
  for (const number of [seller.registration_number, seller.vat_number]) {
    const key = number === null ? '' : numberKey(number)
    const found = /^\d{11}$/.test(key) ? await store.organisationNumbered(tx, key) : null
    if (found !== null) return found
  }
  return null
}

/** What is worth a second look and breaks no rule: another account than before, a number that was used before. */
function ownFindings(
  { seller, number }: ReceivedRecord,
  root: Element,
  account: string | null,
  same: readonly { issued_on: string }[],
): Finding[] {
  const findings: Finding[] = []
  if (account !== null && seller.iban !== null && account.replaceAll(/\s/g, '') !== seller.iban) {
    const place = `${root.place}/cac:PaymentMeans`
    const values = { given: seller.iban, expected: account }
    findings.push({ rule: 'VIETA-IBAN', fatal: false, kind: 'different_account', about: 'account', place, ...values })
  }
  const [other] = same
  if (other !== undefined) {
    const values = { given: number, expected: other.issued_on }
    const place = `${root.place}/cbc:ID`
    findings.push({ rule: 'VIETA-NUMBER', fatal: false, kind: 'same_number', about: 'number', place, ...values })
  }
  return findings
}

// ---- answering

const becomes: Record<ResponseCode, { state: store.State; from: readonly store.State[] }> = {
  AP: { state: 'accepted', from: ['received', 'disputed'] },
  UQ: { state: 'disputed', from: ['received', 'disputed'] },
  RE: { state: 'rejected', from: ['received', 'disputed'] },
  PD: { state: 'paid', from: ['accepted'] },
}
const actions = { AP: 'acceptReceived', UQ: 'disputeReceived', RE: 'rejectReceived', PD: 'payReceived' } as const

/**
 * The buyer's answer to a document from outside; each becomes an invoice response that can be sent.
 * @throws Refusal `not_permitted`, `not_found`, `received_has_faults` for accepting what breaks a rule, `received_not_open`
 *   where it was answered for good
 */
export async function answerReceived(ctx: Context, id: string, input: AnswerInput): Promise<store.Received> {
  permit(ctx.actor, 'receiving.manage')
  return carryOut(ctx, async (tx) => {
    await store.lockReceived(tx, id)
    const before = await store.getReceived(tx, id)
    if (before.organisation_id !== organisationOf(ctx.actor)) refuse('not_found')
    if (input.code === 'AP' && before.faults > 0) refuse('received_has_faults', { count: before.faults })
    await answerThese(tx, ctx, before.organisation_id, [before], input)
    return store.getReceived(tx, id)
  })
}

/** @throws Refusal `received_not_open` where one of them does not stand where this answer may be given */
async function answerThese(
  tx: Tx,
  ctx: Context,
  organisation_id: string,
  documents: readonly { id: string; number: string; state: store.State }[],
  { code, reason, note }: AnswerInput,
  step: { state: store.State; from: readonly store.State[]; action: string } = {
    ...becomes[code],
    action: actions[code],
  },
): Promise<void> {
  const { state, from, action } = step
  const at = ctx.clock.now().toISOString()
  const ids = documents.map((each) => each.id)
  const changed = new Set(await store.changeState(tx, ids, from, { state, state_at: at }))
  const left = documents.find((each) => !changed.has(each.id))
  if (left !== undefined) refuse('received_not_open', { number: left.number })
  await store.insertResponses(
    tx,
    ids.map((received_id) => ({
      ...{ organisation_id, received_id, id: newId(), code, reason: reason ?? null, note: note ?? '' },
      ...{ responded_on: ctx.clock.today(), recorded_at: at, recorded_by: personOf(ctx.actor) },
    })),
  )
  const entries = documents.map((each) => ({
    ...{ action, subject_type: 'received_document', subject_id: each.id, buyer_id: organisation_id },
    before: { state: each.state },
    after: { state, reason: reason ?? null, note: note ?? '' },
  }))
  await recordAudit(tx, ctx, ...entries)
}

/**
 * Marks accepted documents as paid, inside the caller's transaction; the caller has permitted.
 * @throws Refusal `not_found`, `received_not_open` where one is not accepted, or was paid before
 */
export async function markReceivedPaid(tx: Tx, ctx: Context, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const documents = await store.standings(tx, ids)
  if (documents.length !== new Set(ids).size) refuse('not_found')
  for (const [organisation_id, own] of Map.groupBy(documents, (each) => each.organisation_id)) {
    await answerThese(tx, ctx, organisation_id, own, { code: 'PD', reason: null, note: '' })
  }
}

/**
 * Takes the payment of documents back, inside the caller's transaction: what paid them turned out to be something else. They
 * are accepted as before.
 * @throws Refusal `not_found`, `received_not_open` where one is not marked as paid
 */
export async function markReceivedUnpaid(tx: Tx, ctx: Context, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const documents = await store.standings(tx, ids)
  if (documents.length !== new Set(ids).size) refuse('not_found')
  for (const [organisation_id, own] of Map.groupBy(documents, (each) => each.organisation_id)) {
    await answerThese(tx, ctx, organisation_id, own, { code: 'AP', reason: null, note: '' }, unpaid)
  }
}

const unpaid = { state: 'accepted', from: ['paid'], action: 'unpayReceived' } as const

// ---- reading

/** A document beside what is recorded here for its cases, and what was answered. */
export type ReceivedView = { document: store.Received; matches: LineMatch[]; responses: store.ReceivedAnswer[] }

/** @throws Refusal `not_found` */
export async function readReceived(ctx: Context, id: string): Promise<ReceivedView> {
  return transact(ctx, async (tx) => {
    const document = await store.getReceived(tx, id)
    const { organisation_id, seller_id, lines } = document
    const questions = questionsOf(document)
    const tokens = [...new Set(questions.map((each) => each.token))]
    const known = await store.knownTokens(tx, organisation_id, tokens)
    const candidates = await store.candidatesFor(tx, organisation_id, seller_id, questions)
    return { document, matches: matchLines(lines, candidates, known), responses: await store.responsesOf(tx, id) }
  })
}

/** The XML of one answer. @throws Refusal `not_found` */
export async function readResponse(
  ctx: Context,
  id: string,
  response_id: string,
): Promise<{ xml: string; number: string }> {
  return transact(ctx, async (tx) => {
    const document = await store.getReceived(tx, id)
    const answer = (await store.responsesOf(tx, id)).find((each) => each.id === response_id)
    if (answer === undefined) throw new Refusal('not_found')
    const buyer = await getOrganisation(tx, document.organisation_id)
    return { xml: responseXml(answer, buyer, document), number: document.number }
  })
}
