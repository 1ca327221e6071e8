/**
 * One of everything between Daugavpils, which sells, and Rēzekne, which buys, made through the API as their people would:
 * offers, prices, places, residents, referrals of every kind, stays, visits, an absence, a closed month with its invoice.
 */
import { sql } from 'kysely'
import type { Role } from '../../src/identity/permissions.ts'
import { sampleXml } from '../receiving/sample.ts'
import type { Code, World } from './world.ts'

// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers; the tests that care check it
type Answer = any

export interface PlayedMonth {
  draft_offer: string
  day_offer: string
  hour_offer: string
  resident: { id: string; token: string }
  placement: string
  hourly_placement: string
}

export const secretName = 'Zelmīra'
export const secretFamilyName = 'Neredzamā-Krastiņa'
export const secretTitle = 'Vēl nepublicētais nams'

/** A picture of 16 by 16 points. */
const greenSquare =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mPgj/YhCTGMahjVMHw1AACGWrYBmxKu4gAAAABJRU5ErkJggg=='

/** The month is March 2026; afterwards the clock stands at 2 April. */
export async function playMonth(world: World): Promise<PlayedMonth> {
  const call = async (code: Code, role: Role, method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await world.request(code, role, method, `/api/v1${path}`, body)
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
  // An e-invoice names its parties by their numbers.
  for (const [code, registration_number] of [
    ['DGV', '90000077325'],
    ['REZ', '90000025465'],
  ] as const) {
    const id = world.organisation[code]
    await world.database.db.updateTable('organisation').set({ registration_number }).where('id', '=', id).execute()
    const logo_hash = 'a'.repeat(64)
    const content = sql<never>`decode(${greenSquare}, 'base64')`
    const picture = { type: 'image/png' as const, width: 16, height: 16, content }
    const added_at = world.clock.now().toISOString()
    await world.database.db
      .insertInto('organisation_logo')
      .values({ organisation_id: id, hash: logo_hash, ...picture, added_at })
      .execute()
    await world.database.db.updateTable('organisation').set({ logo_hash }).where('id', '=', id).execute()
  }
  const lists = (path: string, body?: unknown) => call('DGV', 'lister', 'POST', path, body)
  const buys = (path: string, body?: unknown) => call('REZ', 'buyer', 'POST', path, body)
  const [kind] = (await call('DGV', 'lister', 'GET', '/service-kinds')).items
  const provider = await lists('/providers', {
    name: 'Sociālo pakalpojumu centrs',
    owner_type: 'municipal',
    register_number: 'SPSR-1',
    valid_from: '2021-07-01',
  })

  const offer = async (title: string, unit: string, unit_price: string): Promise<string> => {
    const of = { kind_code: kind.code, provider_id: provider.id }
    const { id } = await lists('/offers', { ...of, title, unit, absence: {}, surcharges: {} })
    await lists(`/offers/${id}/prices`, { valid_from: '2026-01-01', unit_price })
    return id
  }
  const draft_offer = await offer(secretTitle, 'month', '900.00')
  const day_offer = await offer('Diennakts aprūpe', 'calendar_day', '31.20')
  const hour_offer = await offer('Aprūpe mājās', 'hour', '14.05')
  await lists(`/offers/${day_offer}/capacity`, { valid_from: '2026-01-01', places: 12 })
  await lists(`/offers/${day_offer}/publish`)
  await lists(`/offers/${hour_offer}/publish`)

  const resident = await buys('/residents', {
    given_name: secretName,
    family_name: secretFamilyName,
    personal_code: null,
  })
  const refer = (offer_id: string) =>
    buys('/referrals', { offer_id, resident_id: resident.id, wanted_from: '2026-03-05', wanted_to: '2026-12-31' })
  const submit = async (offer_id: string) => buys(`/referrals/${(await refer(offer_id)).id}/submit`)
  const accept = async (offer_id: string): Promise<string> => {
    const accepted = await lists(`/referrals/${(await submit(offer_id)).id}/accept`, {})
    return accepted.placement_id ?? accepted.id
  }
  // What a draft would cost waits for a second person's yes.
  await buys(`/referrals/${(await refer(day_offer)).id}/ask-approval`)
  await lists(`/referrals/${(await submit(day_offer)).id}/decline`, { reason: 'no_place' })
  const placement = await accept(day_offer)
  const hourly_placement = await accept(hour_offer)
  await submit(hour_offer)

  await lists('/deliveries', {
    deliveries: ['2026-03-09', '2026-03-10'].map((delivered_on) => ({
      placement_id: hourly_placement,
      delivered_on,
      quantity: '1.5',
    })),
  })
  await lists('/absences', {
    placement_id: placement,
    kind: 'hospital',
    valid_from: '2026-03-12',
    valid_to: '2026-03-15',
  })
  world.clock.set('2026-04-02')
  await call('DGV', 'finance', 'POST', '/months/2026-03/close')
  const doubted = (await call('REZ', 'finance', 'GET', '/invoices?role=received')).items[0]
  const objection = { reason: 'wrong_absence', amount: '10.00', note: 'Slimnīcā klients bija ilgāk.' }
  const dispute = await buys('/disputes', { document_id: doubted.id, line_no: 1, ...objection })
  const file = await world.request(
    'REZ',
    'buyer',
    'POST',
    `/api/v1/disputes/${dispute.id}/files?name=izraksts.pdf`,
    '%PDF-1.4',
    {
      'content-type': 'application/octet-stream',
    },
  )
  if (!file.ok) throw new Error(`a file answered ${file.status}: ${await file.text()}`)
  // They write to each other, a search is kept, and a provider is suspended for a day that is over.
  const thread = await buys('/messages', {
    subject_type: 'placement',
    subject_id: placement,
    note: 'Vai gulta ir pie loga?',
  })
  const attached = await world.request(
    'REZ',
    'buyer',
    'POST',
    `/api/v1/messages/${thread.id}/files?name=plans.pdf`,
    '%PDF-1.4',
    {
      'content-type': 'application/octet-stream',
    },
  )
  if (!attached.ok) throw new Error(`a message's file answered ${attached.status}: ${await attached.text()}`)
  await lists(`/offers/${day_offer}/standards`, { name: 'EQUASS Assurance', link: 'https://example.lv/equass.pdf' })
  const kept = await world.app.request('/api/v1/saved-searches', {
    method: 'POST',
    headers: {
      ...{ cookie: await world.cookie('REZ', 'buyer'), origin: 'http://localhost', 'content-type': 'application/json' },
    },
    body: JSON.stringify({ name: 'secret search', filter: { q: 'aprūpe' } }),
  })
  if (!kept.ok) throw new Error(`a search answered ${kept.status}: ${await kept.text()}`)
  // What is on its way is the document of the close; and both parties want to be told.
  for (const code of ['DGV', 'REZ'] as const) {
    const events = ['invoice.issued', 'invoice.paid']
    await call(code, 'administrator', 'POST', '/webhooks', {
      url: `https://${code.toLowerCase()}.example.lv/hook`,
      events,
    })
  }
  const [invoice] = (await call('DGV', 'finance', 'GET', '/open-items')).items
  const given_up = { amount: '0.01', reason: 'Noapaļojums', booked_on: '2026-04-02' }
  await call('DGV', 'finance', 'POST', '/ledger/write-offs', { document_id: invoice.document_id, ...given_up })
  for (const code of ['DGV', 'REZ'] as const)
    await call(code, 'finance', 'POST', '/ledger/exports', { what: 'journal' })
  // From a seller outside Rēzekne has an invoice, and asks about it.
  const outside = sampleXml({ number: 'ARPUS-2026-7', lines: [{ token: resident.token }] })
  const received = await call('REZ', 'finance', 'POST', '/received', outside)
  const asked = { code: 'UQ', reason: 'QTY', note: 'Cik stundu?' }
  await call('REZ', 'finance', 'POST', `/received/${received.id}/responses`, asked)
  // Asked for together, answered otherwise, kept for a while; and somebody waits in line.
  const wanted = { resident_id: resident.id, wanted_from: '2026-05-01' }
  const request = { ...wanted, mode: 'best_answer', answer_by: '2026-04-06T12:00:00Z' }
  const [part] = (await buys('/requests', { offer_ids: [day_offer], ...request })).parts
  await lists(`/referrals/${part.referral_id}/reserve`, { held_until: '2026-04-06T12:00:00Z' })
  await lists(`/referrals/${part.referral_id}/counter-offer`, {
    wanted_from: '2026-05-04',
    conditions: 'No pirmdienas',
  })
  const waiting = { priority: 'hospital', applied_on: '2026-03-30' }
  await buys('/queue-entries', { offer_id: hour_offer, ...wanted, ...waiting })
  // The stay rests on a paper, and it is proposed that it goes on in another place.
  const paper = {
    kind: 'support_plan',
    number: 'secret paper',
    issued_by: 'Sociālais dienests',
    valid_from: '2026-01-01',
  }
  await buys(`/placements/${placement}/papers`, paper)
  await lists(`/placements/${placement}/moves`, { kind: 'place', to_offer_id: hour_offer, moves_on: '2026-06-01' })
  await call('DGV', 'administrator', 'POST', '/tokens', { name: 'secret token name', role: 'finance' })
  return { draft_offer, day_offer, hour_offer, resident, placement, hourly_placement }
}
