/** Who is where in the demonstration, since when and how often; all of it made up. Facts only: `story.ts` plays them. */
import type { FundingSource } from '../placements/funding.ts'
import type { PlacementEnd } from '../placements/placement.ts'
import type { StoryCalendar, StoryDay } from './calendar.ts'
import type { Municipality } from './latgale.ts'

/** When deliveries are given, and how much at a time. */
export interface Rhythm {
  /** 1: Monday to 7: Sunday */
  weekdays: readonly number[]
  /** one of these each time */
  quantities: readonly string[]
  /** of a hundred agreed days so many are kept */
  kept: number
  /** of a hundred days that are not kept on so many nobody was told before */
  no_show?: number
}

export interface Stay {
  key: string
  offer: string
  buyer: Municipality
  /** which of `residentNames`; null: reserved places */
  resident: number | null
  from: StoryDay
  to?: StoryDay
  places?: number
  surcharges?: string[]
  authorised?: { per_month?: string; per_year?: string; total?: string }
  funding?: FundingSource[]
  /** why it lasts longer than its kind allows, as the decision says */
  longer_reason?: string
  /** where the offer shares its places by days of the week */
  weekdays?: number[]
  rhythm?: Rhythm
  /** months of the story in which nothing is recorded */
  forgotten?: readonly number[]
  ended?: { on: StoryDay; told: StoryDay; reason: PlacementEnd['reason'] }
  prolonged?: { to: StoryDay; told: StoryDay }
  away?: { kind: string; from: StoryDay; to: StoryDay }[]
}

/** A request that became no placement, or not yet. */
export interface Request {
  offer: string
  buyer: Municipality
  resident: number
  written: StoryDay
  from: StoryDay
  to?: StoryDay
  note?: string
  outcome:
    | { is: 'draft' | 'waiting' | 'withdrawn' }
    | { is: 'declined'; reason: 'no_place' | 'papers_missing' | 'area'; note: string }
}

const workdays = [1, 2, 3, 4, 5]
const everyNight = [1, 2, 3, 4, 5, 6, 7]
const attends = (weekdays: readonly number[], kept: number, no_show?: number): Rhythm => ({
  weekdays,
  quantities: ['1'],
  kept,
  ...(no_show === undefined ? {} : { no_show }),
})
const hours = (weekdays: readonly number[], ...quantities: string[]): Rhythm => ({ weekdays, quantities, kept: 94 })

const source = (share: Partial<FundingSource> & { source: string }): FundingSource => ({
  percent: undefined,
  per_unit: undefined,
  per_month: undefined,
  cap_per_month: undefined,
  cap_total: undefined,
  collected_by: 'seller',
  ...share,
})
const coPayment = source({ source: 'client', per_unit: '1.00', cap_per_month: '18.00' })
const esf = (cap_total: string) => source({ source: 'esf', percent: '85', collected_by: 'buyer', cap_total })
const state = (per_unit: string) => source({ source: 'state', per_unit })
const pension = (per_month: string) => source({ source: 'pension', per_month })

const longer = 'Dzīvesvieta vēl nav pielāgota, un mājās aprūpi nav kam sniegt'

export function staysOf(calendar: StoryCalendar): Stay[] {
  // Respite is counted by calendar year, so its stay keeps to one.
  const respite = calendar.sameYear(2, 3) ? 2 : 3
  return [
    // Day care, workshops: days attended
    stay('dgv-dac', 'REZ', 0, [0, 1], { funding: [coPayment], rhythm: attends(workdays, 93) }),
    stay('dgv-dac', 'AUG', 1, [0, 1], {
      authorised: { per_month: '20' },
      rhythm: attends(workdays, 98),
      funding: [coPayment],
    }),
    stay('dgv-dac', 'AUG', 2, [0, 1], { funding: [esf('3600.00')], rhythm: attends([1, 2, 3, 4], 90) }),
    stay('dgv-dac', 'KRA', 3, [1, 8], { rhythm: attends([1, 3, 5], 92) }),
    stay('dgv-dac', 'DGV', 4, [0, 1], { rhythm: attends(workdays, 90), funding: [coPayment] }),
    stay('dgv-dac', 'DGV', 5, [3, 1], { rhythm: attends([2, 3, 4], 95), funding: [coPayment] }),
    stay('dgv-darbnica', 'AUG', 6, [0, 1], { rhythm: attends([1, 2, 3, 4], 88) }),
    stay('dgv-darbnica', 'KRA', 7, [4, 1], {
      to: [7, 31],
      prolonged: { to: { from_today: 75 }, told: [7, 12] },
      rhythm: attends([1, 2, 4], 93),
    }),
    stay('aug-darbnicas', 'DGV', 8, [0, 1], { rhythm: attends(workdays, 85) }),
    stay('aug-skrudaliena', 'DGV', 9, [0, 1], { funding: [esf('2500.00')], rhythm: attends([1, 2, 3, 4], 92) }),
    stay('aug-skrudaliena', 'KRA', 10, [2, 3], { rhythm: attends([1, 3, 4], 94), forgotten: [11] }),
    stay('aug-skrudaliena', 'AUG', 11, [0, 1], { rhythm: attends(workdays, 89) }),
    // Two children share one place: each has days of its own.
    stay('rzn-saulstarini', 'REZ', 12, [0, 1], {
      weekdays: [2, 4],
      rhythm: attends([2, 4], 90),
      funding: [coPayment],
    }),
    stay('rzn-saulstarini', 'PRE', 13, [5, 2], { weekdays: [1, 3, 5], rhythm: attends([1, 3, 5], 91) }),
    // Group homes, crisis and short-term care: days and nights
    stay('dgv-grupa-354v', 'AUG', 14, [0, 1], { funding: [state('7.10')] }),
    stay('dgv-grupa-354v', 'PRE', 15, [2, 10], {
      funding: [state('7.10')],
      away: [{ kind: 'hospital', from: [6, 9], to: [6, 20] }],
    }),
    stay('dgv-grupa-354v', 'REZ', 16, [6, 1], {}),
    stay('dgv-grupa-saura', 'AUG', 17, [0, 1], { ended: { on: [9, 21], told: [10, 9], reason: 'moved' } }),
    stay('dgv-grupa-saura', 'KRA', 18, [0, 1], {}),
    stay('dgv-grupa-saura', 'DGV', 19, [1, 1], {}),
    stay('aug-nicgale', 'DGV', 20, [0, 1], {
      away: [{ kind: 'hospital', from: [3, 12], to: [3, 25] }],
      funding: [state('7.10')],
    }),
    stay('aug-nicgale', 'LIV', 21, [1, 15], { away: [{ kind: 'home_visit', from: [7, 21], to: [7, 24] }] }),
    stay('aug-nicgale', 'PRE', 22, [4, 1], { away: [{ kind: 'hospital', from: [11, 18], to: [11, 28] }] }),
    stay('lud-lauderi', 'RZN', 23, [0, 1], { funding: [state('7.10')] }),
    stay('lud-lauderi', 'REZ', 24, [3, 1], { away: [{ kind: 'hospital', from: [8, 27], to: [9, 5] }] }),
    stay('dgv-krize', 'AUG', 25, [5, 12], { to: [6, 2] }),
    stay('dgv-krize', 'KRA', 26, [9, 4], { to: [9, 29] }),
    stay('bal-eglusala', 'LUD', 27, [7, 20], { to: [8, 18] }),
    stay('aug-naujene', 'DGV', 28, [8, 5], { to: [8, 30] }),
    stay('kra-dagda', 'LUD', 29, [2, 6], { to: [4, 28], surcharges: ['care_level_4'] }),
    stay('kra-dagda', 'DGV', 30, [9, 10], {
      to: { from_today: 16 },
      longer_reason: longer,
      surcharges: ['single_room', 'care_level_4'],
      funding: [pension('310.00')],
    }),
    stay('rzn-malta', 'REZ', 31, [1, 5], {
      to: [3, 31],
      ended: { on: [3, 14], told: [3, 15], reason: 'goal_reached' },
    }),
    stay('rzn-malta', 'LUD', 32, [7, 3], {
      longer_reason: longer,
      funding: [pension('285.50')],
      surcharges: ['care_level_4'],
    }),
    stay('dgv-atelpa', 'AUG', 33, [respite, 3], { to: [respite + 1, 9], authorised: { per_year: '30' } }),
    stay('dgv-atelpa', 'REZ', 34, [9, 6], { to: [9, 19], authorised: { per_year: '30' } }),
    // Months
    stay('aug-kalupe', 'DGV', 35, [0, 1], { funding: [pension('318.00')] }),
    stay('lud-mezvidi', 'RZN', 36, [0, 1], {
      funding: [pension('402.70')],
      away: [{ kind: 'hospital', from: [5, 3], to: [5, 16] }],
    }),
    stay('lud-mezvidi', 'REZ', null, [4, 1], { places: 2 }),
    stay('bal-neatkariba', 'RZN', 37, [2, 16], {}),
    stay('bal-neatkariba', 'REZ', 38, [6, 1], {}),
    stay('dgv-poga', 'AUG', 39, [0, 1], {}),
    // Hours
    stay('dgv-aprupe', 'AUG', 40, [0, 1], {
      authorised: { per_month: '40' },
      rhythm: hours([1, 3, 5], '2', '2.5', '3'),
    }),
    stay('dgv-asistents', 'AUG', 41, [1, 1], {
      rhythm: { weekdays: [2, 4], quantities: ['1.5', '2'], kept: 90, no_show: 40 },
    }),
    stay('dgv-asistents', 'DGV', 42, [2, 1], { rhythm: { weekdays: [3], quantities: ['2'], kept: 95 } }),
    stay('rez-brigade', 'RZN', 43, [0, 1], { rhythm: hours([1, 2, 4, 5], '1.5', '2') }),
    stay('rez-brigade', 'LUD', 44, [5, 1], { rhythm: hours([3], '1', '1.25') }),
    // Sessions, nights, meals
    stay('dgv-saskarsme', 'AUG', 45, [3, 1], { rhythm: attends([2, 5], 85, 30) }),
    stay('rez-rehabilitacija', 'RZN', 46, [0, 1], { authorised: { total: '90' }, rhythm: attends([1, 4], 88, 50) }),
    stay('rez-rehabilitacija', 'BAL', 47, [3, 1], { rhythm: attends([2, 4], 86, 50), funding: [esf('1800.00')] }),
    stay('kra-musmajas', 'DGV', 48, [1, 1], { rhythm: attends([3], 90, 40) }),
    stay('rez-patversme', 'RZN', 49, [0, 1], { to: [5, 15], rhythm: attends(everyNight, 40) }),
    stay('bal-patversme', 'LUD', 50, [8, 1], { rhythm: attends(everyNight, 35) }),
    stay('liv-edieni', 'PRE', 51, [1, 1], { rhythm: attends(workdays, 96) }),
    // Journeys
    stay('dgv-transports', 'AUG', 1, [0, 1], {
      rhythm: { weekdays: [2, 5], quantities: ['23.4', '38', '41.5'], kept: 90 },
      surcharges: ['escort'],
    }),
    stay('liv-transports', 'PRE', 13, [5, 2], {
      rhythm: { weekdays: [3], quantities: ['62', '64.5', '118'], kept: 80 },
    }),
    stay('pre-taksometrs', 'LIV', 52, [0, 1], {
      rhythm: { weekdays: [2, 4], quantities: ['1', '2'], kept: 90, no_show: 60 },
    }),
    // Once
    stay('pre-vasara', 'LIV', 53, [8, 10], { to: [8, 19] }),
    stay('pre-vasara', 'RZN', 54, [8, 10], { to: [8, 19] }),
    // Agreed, and about to begin
    stay('lud-lauderi', 'BAL', 55, { from_today: 12 }, { funding: [state('7.10')] }),
  ]
}

function stay(offer: string, buyer: Municipality, resident: number | null, from: StoryDay, more: Partial<Stay>): Stay {
  return { key: `${offer} ${buyer} ${resident ?? 'reserved'}`, offer, buyer, resident, from, ...more }
}

/** A resident who is asked for elsewhere too keeps the one token. */
export const requests: readonly Request[] = [
  {
    offer: 'dgv-grupa-saura',
    buyer: 'LIV',
    resident: 21,
    written: [3, 4],
    from: [4, 1],
    outcome: {
      is: 'declined',
      reason: 'no_place',
      note: 'Visas trīs vietas ir aizņemtas. Brīvas vietas ir 18. novembra ielā.',
    },
  },
  {
    offer: 'rez-rehabilitacija',
    buyer: 'LUD',
    resident: 44,
    written: [7, 11],
    from: [8, 1],
    outcome: {
      is: 'declined',
      reason: 'papers_missing',
      note: 'Trūkst ārstējošā ārsta izziņas. Lūdzu, iesniedziet vēlreiz.',
    },
  },
  {
    offer: 'dgv-dac',
    buyer: 'PRE',
    resident: 15,
    written: [8, 16],
    from: [9, 1],
    outcome: { is: 'withdrawn' },
  },
  {
    offer: 'dgv-dac',
    buyer: 'REZ',
    resident: 34,
    written: { from_today: -6 },
    from: { from_today: 8 },
    note: 'Lūdzam vietu trīs dienas nedēļā, transportu nodrošinām paši.',
    outcome: { is: 'waiting' },
  },
  {
    offer: 'dgv-grupa-354v',
    buyer: 'KRA',
    resident: 26,
    written: { from_today: -3 },
    from: { from_today: 9 },
    outcome: { is: 'waiting' },
  },
  {
    offer: 'rez-brigade',
    buyer: 'LUD',
    resident: 29,
    written: { from_today: -2 },
    from: { from_today: 5 },
    note: 'Pēc slimnīcas, sešas stundas nedēļā.',
    outcome: { is: 'waiting' },
  },
  {
    offer: 'aug-nicgale',
    buyer: 'DGV',
    resident: 28,
    written: { from_today: -1 },
    from: { from_today: 20 },
    outcome: { is: 'waiting' },
  },
  {
    offer: 'rzn-malta',
    buyer: 'LUD',
    resident: 50,
    written: { from_today: -1 },
    from: { from_today: 6 },
    to: { from_today: 66 },
    outcome: { is: 'draft' },
  },
]

/** What comes out after a month was closed. */
export type Correction = { told: StoryDay; stay: string; month: number } & (
  | { is: 'withdrawn' }
  | { is: 'late'; quantity: string; note: string }
)

export const corrections: readonly Correction[] = [
  // A day recorded by mistake: the close of the sixth month gives a credit note.
  { told: [5, 10], stay: 'aug-skrudaliena DGV 9', month: 4, is: 'withdrawn' },
  // A visit found on paper: the close of the eighth month adds an adjustment.
  {
    told: [7, 12],
    stay: 'rez-brigade RZN 43',
    month: 6,
    is: 'late',
    quantity: '2',
    note: 'Vizīte atrasta papīra žurnālā',
  },
  // Both once more for a month closed already: the preview of the open month shows them.
  { told: [11, 19], stay: 'dgv-dac REZ 0', month: 10, is: 'withdrawn' },
  { told: [11, 20], stay: 'dgv-darbnica AUG 6', month: 10, is: 'late', quantity: '1', note: 'Diena nebija ierakstīta' },
]
