/**
 * What the marketplace is for beyond a single question: parts of a capacity, going beyond it, a line, a stay meanwhile, several
 * sellers asked at once, words between two, and what is remembered. All of it made up; played like the rest of the year.
 */
import { addDays, type PlainDate } from '../calendar.ts'
import { CapacityPartInput, OverRuleInput } from '../catalogue/capacity-part.ts'
import { SavedSearchInput } from '../catalogue/saved-search.ts'
import { saveSearch } from '../catalogue/saved-search-commands.ts'
import { FeedbackInput } from '../catalogue/trust.ts'
import { answerFeedback, giveFeedback } from '../catalogue/trust-commands.ts'
import { addCapacityPart, addOverRule } from '../catalogue/vacancy-commands.ts'
import { transact } from '../context.ts'
import { writeAbout } from '../messages/commands.ts'
import { checkFile } from '../messages/file.ts'
import { acceptReferral, declineReferral, draftReferral, submitReferral } from '../placements/commands.ts'
import { Acceptance, Decline, ReferralInput } from '../placements/referral.ts'
import { askForPlaces } from '../requests/commands.ts'
import { QueueEntryInput, QueueRuleInput } from '../requests/queue.ts'
import { joinQueue, setQueueRule } from '../requests/queue-commands.ts'
import { RequestInput } from '../requests/request.ts'
import { partsOf } from '../requests/store.ts'
import type { StoryDay } from './calendar.ts'
import { type Municipality, offers } from './latgale.ts'
import { decided, type Event, offerId, placementOf, referralOf, residentOf, seller, type Year } from './year.ts'

const daysAgo = (count: number): StoryDay => ({ from_today: -count })
const daysAhead = (count: number): StoryDay => ({ from_today: count })

export function marketEvents(year: Year): Event[] {
  const on = (day: StoryDay, happens: Event['happens']): Event => ({ on: year.calendar.date(day), happens })
  return [
    on([0, 2], (date) => sharePlaces(year, date)),
    on([0, 3], (date) => letBeyond(year, date)),
    ...crisisCentre(year),
    ...line(year, on),
    on(daysAgo(1), (date) => askThree(year, date)),
    on(daysAgo(5), (date) => askForPapers(year, date)),
    on(daysAgo(4), (date) => sendPapers(year, date)),
    ...feedbacks(year, on),
    on(daysAgo(20), (date) => saveSearches(year, date)),
  ]
}

/** Of the day care centre's eight places three are the neighbour's by agreement, and two are paid by the ESF. */
async function sharePlaces(year: Year, on: PlainDate): Promise<void> {
  const lister = year.cast.as('DGV', 'lister', on)
  const valid_from = year.calendar.date([0, 1])
  const parts = [
    { places: 3, buyer_id: year.cast.organisation.get('AUG')!, note: 'Sadarbības līgums ar Augšdaugavas novadu' },
    { places: 2, funder: 'esf', note: 'ESF projekta dalībniekiem' },
  ]
  for (const part of parts)
    await addCapacityPart(lister, offerId(year, 'dgv-dac'), CapacityPartInput.parse({ ...part, valid_from }))
}

async function letBeyond(year: Year, on: PlainDate): Promise<void> {
  const rule = { valid_from: on, places: 1, most_days: 14, reasons: ['crisis', 'court'] }
  await addOverRule(year.cast.as('DGV', 'lister', on), offerId(year, 'dgv-krize'), OverRuleInput.parse(rule))
}

/**
 * The crisis centre is full: two of the city's own, and one who waits for a group home. One more is taken beyond the capacity, by the
 * rule and with its reason.
 */
function crisisCentre(year: Year): Event[] {
  const stays: { buyer: Municipality; resident: number; days: [from: number, to: number]; more?: 'bridge' | 'over' }[] =
    [
      { buyer: 'DGV', resident: 56, days: [-15, 20] },
      { buyer: 'DGV', resident: 57, days: [-11, 9] },
      { buyer: 'KRA', resident: 26, days: [-2, 25], more: 'bridge' },
      { buyer: 'LIV', resident: 58, days: [-1, 8], more: 'over' },
    ]
  return stays.map(({ buyer: code, resident, days: [from, to], more }) => ({
    on: year.calendar.date({ from_today: from }),
    happens: async (on) => {
      const buyer = year.cast.as(code, 'buyer', on)
      const awaited = () => ({ awaits: 'referral' as const, id: referralOf(year, 'dgv-grupa-354v KRA 26') })
      const { id } = await draftReferral(
        buyer,
        ReferralInput.parse({
          offer_id: offerId(year, 'dgv-krize'),
          resident_id: await residentOf(year, code, resident, on),
          wanted_from: on,
          wanted_to: year.calendar.date({ from_today: to }),
          decision: decided(year),
          ...(more === 'bridge' ? { bridges: awaited(), note: 'Kamēr atbrīvojas vieta grupu dzīvoklī.' } : {}),
          ...(more === 'over' ? { note: 'Policija atveda naktī, citur vietas nav.' } : {}),
        }),
      )
      await submitReferral(buyer, id)
      const over = more === 'over' ? { over_reason: 'crisis' } : {}
      await acceptReferral(seller(year, { offer: 'dgv-krize' }, on), id, Acceptance.parse(over))
    },
  }))
}

/** Three wait for a place in the rehabilitation centre, in the order that its seller chose. */
function line(year: Year, on: (day: StoryDay, happens: Event['happens']) => Event): Event[] {
  const offer = 'bal-neatkariba'
  const waiting = [
    { buyer: 'LUD', resident: 59, applied: 75, priority: 'other' },
    { buyer: 'DGV', resident: 60, applied: 21, priority: 'hospital', note: 'No slimnīcas izraksta mēneša beigās.' },
    { buyer: 'BAL', resident: 61, applied: 9, priority: 'other' },
  ] as const
  const rule = {
    criteria: ['reason', 'home', 'applied_on'],
    priorities: ['hospital', 'court', 'crisis', 'other'],
    ...{ refusals_allowed: 2, answer_hours: 72, rest_days: 30 },
  }
  return [
    on([6, 2], (date) => setQueueRule(seller(year, { offer }, date), offerId(year, offer), QueueRuleInput.parse(rule))),
    ...waiting.map(({ buyer, resident, applied, ...entry }) =>
      on(daysAgo(applied), async (date) =>
        joinQueue(
          year.cast.as(buyer, 'buyer', date),
          QueueEntryInput.parse({
            ...entry,
            offer_id: offerId(year, offer),
            resident_id: await residentOf(year, buyer, resident, date),
            ...{ applied_on: date, wanted_from: date, decision: decided(year) },
          }),
        ),
      ),
    ),
  ]
}

/** Three sellers of group homes are asked for one person; one has said no, two have two days left. */
async function askThree(year: Year, on: PlainDate): Promise<void> {
  const asked = ['dgv-grupa-saura', 'aug-nicgale', 'lud-lauderi']
  const buyer = year.cast.as('RZN', 'buyer', on)
  const request = await askForPlaces(
    buyer,
    RequestInput.parse({
      offer_ids: asked.map((key) => offerId(year, key)),
      resident_id: await residentOf(year, 'RZN', 62, on),
      wanted_from: year.calendar.date(daysAhead(14)),
      mode: 'best_answer',
      answer_by: `${year.calendar.date(daysAhead(2))}T14:00:00Z`,
      decision: decided(year),
      note: 'Pēc psihoneiroloģiskās slimnīcas; radi dzīvo Maltā.',
    }),
  )
  const parts = await transact(buyer, (tx) => partsOf(tx, [request]))
  const full = parts.find(({ offer_title }) => offer_title === titleOf('lud-lauderi'))!
  const no = { reason: 'no_place', note: 'Pēdējā vieta ir apsolīta; nākamā būs pavasarī.' }
  await declineReferral(seller(year, { offer: 'lud-lauderi' }, on), full.referral_id, Decline.parse(no))
}

const titleOf = (key: string) => offers.find((offer) => offer.key === key)!.offer.title

const inquiry = 'dgv-dac REZ 34'

async function askForPapers(year: Year, on: PlainDate): Promise<void> {
  const note = 'Labdien! Lūdzu, atsūtiet funkcionālo spēju novērtējumu, tad varēsim izlemt līdz piektdienai.'
  await writeAbout(year.cast.as('DGV', 'lister', on), 'referral', referralOf(year, inquiry), { note })
}

async function sendPapers(year: Year, on: PlainDate): Promise<void> {
  const content = plainPdf('Funkcionalo speju novertejums', 'Demonstracija: dati ir izdomati.')
  await writeAbout(year.cast.as('REZ', 'buyer', on), 'referral', referralOf(year, inquiry), {
    note: 'Pielikumā novērtējums. Transportu trīs dienas nedēļā nodrošinām paši.',
    files: [checkFile({ name: 'Funkcionālo spēju novērtējums.pdf', content })],
  })
}

/** One page with a heading and a line, in letters without marks: the smallest file that opens everywhere. */
function plainPdf(heading: string, line: string): Uint8Array {
  const page = `BT /F 18 Tf 72 760 Td (${heading}) Tj /F 11 Tf 0 -32 Td (${line}) Tj ET`
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>',
    `<</Length ${page.length}>>stream\n${page}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ]
  let file = '%PDF-1.4\n'
  const starts = objects.map((object, index) => {
    const start = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return `${String(start).padStart(10, '0')} 00000 n \n`
  })
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${starts.join('')}`
  const end = `trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${file.length}\n%%EOF\n`
  return new TextEncoder().encode(file + table + end)
}

/** What buyers said of stays that have ended, and what a seller answered. */
function feedbacks(year: Year, on: (day: StoryDay, happens: Event['happens']) => Event): Event[] {
  const said: (Omit<FeedbackInput, 'note'> & { stay: string; on: StoryDay; note: string; answer?: string })[] = [
    {
      ...{ stay: 'kra-dagda LUD 29', on: [5, 6], care: 5, information: 4, agreed: 5 },
      note: 'Aprūpe laba, par izrakstīšanu uzzinājām laikus.',
    },
    {
      ...{ stay: 'dgv-atelpa REZ 34', on: [10, 6], care: 4, information: 2, agreed: 4 },
      note: 'Bērnam patika, bet par slimošanu uzzinājām tikai pēc divām dienām.',
      answer: 'Paldies! Turpmāk zvanām tajā pašā dienā.',
    },
  ]
  return said.map(({ stay, on: day, answer, ...input }) =>
    on(day, async (date) => {
      const [offer, buyer] = stay.split(' ') as [string, Municipality]
      const { id } = placementOf(year, stay)
      await giveFeedback(year.cast.as(buyer, 'buyer', date), id, FeedbackInput.parse(input))
      if (answer !== undefined) await answerFeedback(seller(year, { offer }, addDays(date, 1)), id, { answer })
    }),
  )
}

async function saveSearches(year: Year, on: PlainDate): Promise<void> {
  const kept: [Municipality, string, object][] = [
    ['REZ', 'Grupu dzīvokļi līdz 100 km', { kind_code: 'group-home', near: 'Rēzekne', within: '100' }],
    ['RZN', 'Īslaicīga aprūpe ar ratiņkrēslu', { q: 'aprūpe', accessibility: 'wheelchair', near: 'Rēzekne' }],
  ]
  for (const [code, name, filter] of kept)
    await saveSearch(year.cast.as(code, 'buyer', on), SavedSearchInput.parse({ name, filter }))
}
