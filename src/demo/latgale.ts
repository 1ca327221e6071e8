/**
 * Latgale as it is: its nine municipalities since 1 July 2021 and its planning region, and the social services that public
 * papers name, at their real places. What is made up says so: `made_up` at prices and places, and README.md for the rest.
 *
 * `named` keeps what the papers say of a service; where a municipality of 2010 is gone, its successor of 2021 offers it:
 * Daugavpils and Ilūkste counties → Augšdaugava; Baltinava, Rugāji, Viļaka → Balvi; Dagda and most of Aglona → Krāslava;
 * Cibla, Kārsava, Zilupe → Ludza; Riebiņi, Vārkava and Aglona parish → Preiļi; Viļāni → Rēzekne county.
 */
import type { OfferDraft } from '../catalogue/offer.ts'
import type { Tier } from '../catalogue/price.ts'
import type { StoryDay } from './calendar.ts'

export type Code = 'LPR' | Municipality
export const municipalities = ['DGV', 'REZ', 'AUG', 'BAL', 'KRA', 'LIV', 'LUD', 'PRE', 'RZN'] as const
export type Municipality = (typeof municipalities)[number]

/** Names and seats are real. Registration number, account (bank code DEMO), telephone and e-mail are made up. */
export interface Organisation {
  code: Code
  name: string
  name_en: string
  address: string
  locality: string
  postal_code: string
  /** the made-up internet name of its e-mail */
  domain: string
  registration_number: string
  iban: string
  payment_days: number
}

const org = (
  code: Code,
  name: string,
  name_en: string,
  [address, locality, postal_code]: [string, string, string],
  domain: string,
  [registration_number, iban]: [string, string],
  payment_days = 30,
): Organisation => ({
  code,
  name,
  name_en,
  address,
  locality,
  postal_code,
  domain: `${domain}.example`,
  registration_number,
  iban,
  payment_days,
})

export const organisations: readonly Organisation[] = [
  org(
    'LPR',
    'Latgales plānošanas reģions',
    'Latgale Planning Region',
    ['Atbrīvošanas aleja 95', 'Rēzekne', 'LV-4601'],
    'latgale',
    ['99991000000', 'LV92DEMO0000000000010'],
  ),
  org(
    'DGV',
    'Daugavpils valstspilsētas pašvaldība',
    'Daugavpils City Municipality',
    ['Krišjāņa Valdemāra iela 1', 'Daugavpils', 'LV-5401'],
    'daugavpils',
    ['99990100004', 'LV44DEMO0000000000001'],
  ),
  org(
    'REZ',
    'Rēzeknes valstspilsētas pašvaldība',
    'Rēzekne City Municipality',
    ['Atbrīvošanas aleja 93', 'Rēzekne', 'LV-4601'],
    'rezekne',
    ['99990200005', 'LV17DEMO0000000000002'],
  ),
  org(
    'AUG',
    'Augšdaugavas novada pašvaldība',
    'Augšdaugava Municipality',
    ['Rīgas iela 2', 'Daugavpils', 'LV-5401'],
    'augsdaugava',
    ['99990300006', 'LV87DEMO0000000000003'],
    20,
  ),
  org('BAL', 'Balvu novada pašvaldība', 'Balvi Municipality', ['Bērzpils iela 1A', 'Balvi', 'LV-4501'], 'balvi', [
    '99990400007',
    'LV60DEMO0000000000004',
  ]),
  org(
    'KRA',
    'Krāslavas novada pašvaldība',
    'Krāslava Municipality',
    ['Rīgas iela 51', 'Krāslava', 'LV-5601'],
    'kraslava',
    ['99990500008', 'LV33DEMO0000000000005'],
  ),
  org(
    'LIV',
    'Līvānu novada pašvaldība',
    'Līvāni Municipality',
    ['Rīgas iela 77', 'Līvāni', 'LV-5316'],
    'livani',
    ['99990600009', 'LV06DEMO0000000000006'],
    20,
  ),
  org('LUD', 'Ludzas novada pašvaldība', 'Ludza Municipality', ['Raiņa iela 16', 'Ludza', 'LV-5701'], 'ludza', [
    '99990700014',
    'LV76DEMO0000000000007',
  ]),
  org('PRE', 'Preiļu novada pašvaldība', 'Preiļi Municipality', ['Raiņa bulvāris 19', 'Preiļi', 'LV-5301'], 'preili', [
    '99990800000',
    'LV49DEMO0000000000008',
  ]),
  org(
    'RZN',
    'Rēzeknes novada pašvaldība',
    'Rēzekne County Municipality',
    ['Atbrīvošanas aleja 95A', 'Rēzekne', 'LV-4601'],
    'rezeknes-novads',
    ['99990900001', 'LV22DEMO0000000000009'],
  ),
]

/** Who gives the services. Names and addresses are those of the papers. */
export interface Provider {
  key: string
  municipality: Municipality
  name: string
  owner_type: 'municipal' | 'ngo'
  address: string | null
}

export const providers: readonly Provider[] = [
  {
    key: 'dgv-sd',
    municipality: 'DGV',
    name: 'Daugavpils pilsētas pašvaldības iestāde „Sociālais dienests”',
    owner_type: 'municipal',
    address: 'Lāčplēša iela 39, Daugavpils',
  },
  {
    key: 'aug-sd',
    municipality: 'AUG',
    name: 'Augšdaugavas novada sociālais dienests',
    owner_type: 'municipal',
    address: null,
  },
  {
    key: 'neatkariba-balt',
    municipality: 'BAL',
    name: 'Biedrība „Neatkarība Balt”',
    owner_type: 'ngo',
    address: 'Bērzu iela 4, Lazdukalns, Lazdukalna pagasts',
  },
  { key: 'musmajas', municipality: 'KRA', name: 'Biedrība „Mūsmājas”', owner_type: 'ngo', address: null },
  {
    key: 'dagda',
    municipality: 'KRA',
    name: 'Dagdas Veselības un sociālo pakalpojumu centrs',
    owner_type: 'municipal',
    address: 'Dagda',
  },
  {
    key: 'mezvidi',
    municipality: 'LUD',
    name: 'Mežvidu alternatīvās sociālās aprūpes centrs',
    owner_type: 'municipal',
    address: 'Mežvidi',
  },
  { key: 'radosa-kaste', municipality: 'PRE', name: 'Biedrība „Radošā KasTe”', owner_type: 'ngo', address: null },
  {
    key: 'malta',
    municipality: 'RZN',
    name: 'Veselības un sociālās aprūpes centrs „Malta”',
    owner_type: 'municipal',
    address: 'Malta',
  },
  {
    key: 'saulstarini',
    municipality: 'RZN',
    name: 'Viļānu bērnu invalīdu biedrība „Saulstariņi”',
    owner_type: 'ngo',
    address: 'Viļāni',
  },
  ...(
    [
      ['REZ', 'Rēzeknes valstspilsētas pašvaldības Sociālais dienests', 'Rēzekne'],
      ['BAL', 'Balvu novada Sociālais dienests', 'Balvi'],
      ['LUD', 'Ludzas novada Sociālais dienests', 'Ludza'],
    ] as const
  ).map(([municipality, name, address]) => ({
    key: `${municipality.toLowerCase()}-sd`,
    ...{ municipality, name, owner_type: 'municipal' as const, address },
  })),
]

/** A price that is not of a public list is made up for the demonstration, and says so itself. */
export interface DemoPrice {
  valid_from: StoryDay | '2022-01-01'
  valid_to?: StoryDay
  price_class?: 'own' | 'other'
  unit_price: string
  tiers?: Tier[]
  decision: string
  made_up: boolean
  /** when it was recorded; absent: with the offer */
  decided?: StoryDay
}

export interface DemoOffer {
  /** what the story calls it */
  key: string
  seller: Municipality
  provider?: string
  /** what public papers say: that it exists there, or only that it was planned there */
  named: 'place' | 'service' | 'plan' | 'made up'
  offer: OfferDraft
  prices: DemoPrice[]
  /** offered in Vieta, so few; always made up: no paper gives the places of one service. Absent: not limited by places */
  places?: number
}

const list2022 = 'Daugavpils sociālā dienesta maksas pakalpojumu cenrādis, 2022. gads'
const publicPrice = (unit_price: string, decision = list2022, price_class?: 'own' | 'other'): DemoPrice => ({
  valid_from: '2022-01-01',
  unit_price,
  decision,
  made_up: false,
  ...(price_class === undefined ? {} : { price_class }),
})
const madeUp = (unit_price: string, more: Partial<DemoPrice> = {}): DemoPrice => ({
  valid_from: [0, 1],
  unit_price,
  decision: 'Izdomāta cena demonstrācijai',
  made_up: true,
  ...more,
})

/** Rules of absence are made up: the place is kept in full for three days in hospital, then at half its price. */
const keptInHospital: OfferDraft['absence'] = {
  hospital: [
    { from_day: 1, percent: '100' },
    { from_day: 4, percent: '50' },
  ],
  home_visit: [{ from_day: 1, percent: '80' }],
}

/** Whose lister never says that it still holds, so that one offer in the list is stale. */
export const forgottenOffer = 'bal-patversme'

/** What places are fit for; no source says so. */
export const madeUpAccessibility: Readonly<Record<string, readonly string[]>> = {
  'dgv-dac': ['wheelchair', 'lift', 'accessible_toilet'],
  'dgv-darbnica': ['wheelchair', 'accessible_toilet'],
  'dgv-transports': ['wheelchair', 'own_transport'],
  'rez-rehabilitacija': ['wheelchair', 'accessible_toilet', 'quiet_room'],
  'aug-skrudaliena': ['wheelchair', 'easy_language', 'own_transport'],
  'kra-musmajas': ['wheelchair', 'quiet_room'],
  'liv-transports': ['wheelchair', 'own_transport'],
  'lud-mezvidi': ['wheelchair', 'accessible_toilet'],
  'pre-taksometrs': ['wheelchair', 'own_transport'],
  'rzn-malta': ['wheelchair', 'lift', 'accessible_toilet', 'hearing_loop'],
}

export const offers: readonly DemoOffer[] = [
  {
    key: 'dgv-dac',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'place',
    offer: {
      kind_code: 'day-care-centre',
      title: 'Dienas aprūpes centrs personām ar garīga rakstura traucējumiem',
      description:
        'Šūšanas, radošā, aušanas un datornodarbību telpa un daiļrades studija, sešas rehabilitācijas programmas. Cenā ir ēdināšana.',
      address: 'Arhitektu iela 21',
      locality: 'Daugavpils',
      target_groups: ['mental'],
      languages: ['lv', 'ru'],
      unit: 'attended_day',
    },
    prices: [publicPrice('22.58')],
    places: 8,
  },
  {
    key: 'dgv-grupa-354v',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'place',
    offer: {
      kind_code: 'group-home',
      title: 'Grupu dzīvokļi 18. novembra ielā',
      description: 'Dzīve dzīvoklī ar atbalstu visu diennakti; jaunas telpas kopš 2022. gada.',
      address: '18. novembra iela 354V',
      locality: 'Daugavpils',
      target_groups: ['mental'],
      languages: ['lv', 'ru'],
      unit: 'calendar_day',
      absence: keptInHospital,
    },
    // The public list names two prices of group homes and not which house has which: the figure is real, its place a guess.
    prices: [
      madeUp('22.49', { decision: `${list2022}: viena no divām grupu dzīvokļu cenām; kurai adresei – pieņēmums` }),
    ],
    places: 4,
  },
  {
    key: 'dgv-grupa-saura',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'place',
    offer: {
      kind_code: 'group-home',
      title: 'Grupu dzīvokļi Šaurā ielā 26',
      description: 'Neliela grupu māja ar atbalstu patstāvīgai dzīvei.',
      address: 'Šaurā iela 26',
      locality: 'Daugavpils',
      target_groups: ['mental'],
      languages: ['lv', 'ru'],
      unit: 'calendar_day',
      absence: keptInHospital,
    },
    prices: [
      madeUp('16.95', { decision: `${list2022}: viena no divām grupu dzīvokļu cenām; kurai adresei – pieņēmums` }),
    ],
    places: 3,
  },
  {
    key: 'dgv-darbnica',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'service',
    offer: {
      kind_code: 'specialised-workshop',
      title: 'Specializētās darbnīcas',
      description: 'Darba prasmes nelielās grupās: audumi, koks, keramika.',
      locality: 'Daugavpils',
      target_groups: ['mental'],
      languages: ['lv', 'ru'],
      unit: 'attended_day',
    },
    prices: [publicPrice('18.51')],
    places: 4,
  },
  {
    key: 'dgv-krize',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'service',
    offer: {
      kind_code: 'crisis-centre',
      title: 'Krīzes centrs',
      description: 'Īslaicīga drošība un speciālistu palīdzība cilvēkiem un ģimenēm krīzē.',
      locality: 'Daugavpils',
      target_groups: ['crisis', 'families', 'children-youth'],
      languages: ['lv', 'ru'],
      unit: 'calendar_day',
      departure_day_charged: true,
    },
    prices: [publicPrice('11.52')],
    places: 3,
  },
  {
    key: 'dgv-aprupe',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'service',
    offer: {
      kind_code: 'home-care',
      title: 'Aprūpe mājās',
      description: 'Palīdzība ikdienas darbos un pašaprūpē klienta dzīvesvietā, arī pilsētai tuvajos pagastos.',
      locality: 'Daugavpils',
      delivery_mode: 'outreach',
      target_groups: ['elderly', 'disability'],
      languages: ['lv', 'ru'],
      unit: 'hour',
    },
    prices: [publicPrice('4.82')],
  },
  {
    key: 'dgv-asistents',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'service',
    offer: {
      kind_code: 'family-assistant',
      title: 'Ģimenes asistents',
      description: 'Asistents palīdz ģimenei ikdienā. Ārpus pilsētas cena ir augstāka, jo tajā ir ceļš.',
      locality: 'Daugavpils',
      delivery_mode: 'outreach',
      target_groups: ['families', 'children-disability'],
      languages: ['lv', 'ru'],
      unit: 'hour',
      no_show_percent: '50',
    },
    prices: [
      publicPrice('21.06', 'Daugavpils sociālā dienesta agrākais cenrādis: pilsētā', 'own'),
      publicPrice('27.84', 'Daugavpils sociālā dienesta agrākais cenrādis: ārpus pilsētas', 'other'),
    ],
  },
  {
    key: 'dgv-saskarsme',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'place',
    offer: {
      kind_code: 'day-centre',
      title: 'Dienas centrs „Saskarsme”',
      description: 'Programmas „Esmu. Gribu. Varu!”, „Viss manās rokās!”, „Veselības skola”, „Nūjosim!” un citas.',
      address: 'Liepājas iela 4',
      locality: 'Daugavpils',
      target_groups: ['disability', 'elderly', 'unemployed'],
      languages: ['lv', 'ru'],
      unit: 'session',
      no_show_percent: '25',
    },
    prices: [madeUp('6.40')],
    places: 6,
  },
  {
    key: 'dgv-atelpa',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'service',
    offer: {
      kind_code: 'respite',
      title: '„Atelpas brīdis” bērniem ar invaliditāti',
      description: 'Bērnu ar īpašas kopšanas nepieciešamību pieskata visu diennakti, lai ģimene var atpūsties.',
      locality: 'Daugavpils',
      target_groups: ['children-disability', 'guardians'],
      languages: ['lv', 'ru'],
      unit: 'calendar_day',
      departure_day_charged: true,
    },
    prices: [madeUp('46.80')],
    places: 2,
  },
  {
    key: 'dgv-transports',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'service',
    offer: {
      kind_code: 'specialised-transport',
      title: 'Autotransports ar pacēlāju',
      description: 'Ratiņkrēslam pielāgots auto: uz ārstu, rehabilitāciju un dienas centru.',
      locality: 'Daugavpils',
      delivery_mode: 'outreach',
      target_groups: ['disability', 'mobility', 'elderly'],
      languages: ['lv', 'ru'],
      unit: 'kilometre',
      surcharges: { escort: { per_unit: '0.15' } },
    },
    prices: [
      madeUp('0.95', {
        tiers: [
          { up_to: '150', unit_price: '0.95' },
          { up_to: null, unit_price: '0.78' },
        ],
      }),
    ],
  },
  {
    key: 'dgv-poga',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'service',
    offer: {
      kind_code: 'safety-button',
      title: 'Drošības poga',
      description: 'Ierīce ar saziņu visu diennakti un izbraukumu, ja klients neatbild.',
      locality: 'Daugavpils',
      delivery_mode: 'outreach',
      target_groups: ['elderly', 'disability'],
      languages: ['lv', 'ru'],
      unit: 'month',
    },
    prices: [madeUp('14.50')],
  },
  {
    key: 'dgv-patversme',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'service',
    offer: {
      kind_code: 'night-shelter',
      title: 'Naktspatversme Daugavpilī',
      description: 'Naktsmītne, mazgāšanās iespēja un vakariņas.',
      locality: 'Daugavpils',
      target_groups: ['homeless', 'crisis', 'ex-prisoners'],
      languages: ['lv', 'ru'],
      unit: 'attended_day',
    },
    prices: [madeUp('9.60')],
    places: 6,
  },
  {
    key: 'dgv-piladzis',
    seller: 'DGV',
    provider: 'dgv-sd',
    named: 'place',
    offer: {
      kind_code: 'family-house',
      title: 'Ģimenes māja „Pīlādzis”',
      description: 'Ģimeniska dzīve bērniem ar funkcionāliem traucējumiem. Cenu citām pašvaldībām vēl gatavo.',
      address: 'Komandanta iela 3',
      locality: 'Daugavpils',
      target_groups: ['children-disability'],
      languages: ['lv', 'ru'],
      unit: 'calendar_day',
    },
    prices: [],
    places: 6,
  },
  {
    key: 'rez-patversme',
    seller: 'REZ',
    provider: 'rez-sd',
    named: 'service',
    offer: {
      kind_code: 'night-shelter',
      title: 'Naktspatversme Rēzeknē',
      description: 'Naktsmītne un siltas vakariņas.',
      locality: 'Rēzekne',
      target_groups: ['homeless', 'crisis', 'ex-prisoners'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'attended_day',
    },
    prices: [madeUp('10.20')],
    places: 5,
  },
  {
    key: 'rez-brigade',
    seller: 'REZ',
    provider: 'rez-sd',
    named: 'plan',
    offer: {
      kind_code: 'mobile-care-team',
      title: 'Mobilā brigāde: aprūpe mājās',
      description: 'Aprūpētāju brigāde izbrauc arī uz kaimiņu pagastiem. No 21. stundas mēnesī cena ir zemāka.',
      locality: 'Rēzekne',
      delivery_mode: 'mobile_team',
      target_groups: ['elderly', 'disability'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'hour',
      minimum_per_month: '8',
      surcharges: { night: { percent: '50' } },
    },
    prices: [
      madeUp('9.40', {
        tiers: [
          { up_to: '20', unit_price: '9.40' },
          { up_to: null, unit_price: '8.60' },
        ],
      }),
    ],
  },
  {
    key: 'rez-rehabilitacija',
    seller: 'REZ',
    provider: 'rez-sd',
    named: 'service',
    offer: {
      kind_code: 'social-rehabilitation-child',
      title: 'Sociālā rehabilitācija bērniem ar funkcionāliem traucējumiem',
      description: 'Fizioterapija, ABA terapija, kanisterapija un multisensorā istaba.',
      locality: 'Rēzekne',
      target_groups: ['children-disability'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'session',
      no_show_percent: '50',
    },
    prices: [madeUp('24.30')],
    places: 4,
  },
  {
    key: 'aug-nicgale',
    seller: 'AUG',
    provider: 'aug-sd',
    named: 'place',
    offer: {
      kind_code: 'group-home',
      title: 'Nīcgales grupu dzīvokļi',
      description: 'Grupu dzīvokļi lauku vidē; jaunas telpas kopš 2022. gada.',
      address: 'Skolas iela 15, Nīcgales pagasts',
      locality: 'Nīcgale',
      target_groups: ['mental'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'calendar_day',
      absence: keptInHospital,
    },
    prices: [madeUp('19.80')],
    places: 4,
  },
  {
    key: 'aug-darbnicas',
    seller: 'AUG',
    provider: 'aug-sd',
    named: 'place',
    offer: {
      kind_code: 'specialised-workshop',
      title: 'Nīcgales darbnīcas',
      description: 'Specializētās darbnīcas pie grupu dzīvokļiem.',
      address: 'Nīcgales pagasts',
      locality: 'Nīcgale',
      target_groups: ['mental'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'attended_day',
    },
    prices: [madeUp('17.20')],
    places: 3,
  },
  {
    key: 'aug-skrudaliena',
    seller: 'AUG',
    provider: 'aug-sd',
    named: 'place',
    offer: {
      kind_code: 'day-care-centre',
      title: 'Skrudalienas dienas aprūpes centrs',
      description: 'Nodarbības, ēdināšana un speciālistu atbalsts; jaunas telpas kopš 2022. gada.',
      address: 'Miera iela 12, Skrudalienas pagasts',
      locality: 'Skrudaliena',
      target_groups: ['mental'],
      languages: ['lv', 'ru'],
      unit: 'attended_day',
    },
    // The council decides a new price in the middle of a month: both stand on the invoice of that month.
    prices: [
      madeUp('20.90', { valid_to: [6, 14] }),
      madeUp('21.95', {
        valid_from: [6, 15],
        decided: [5, 20],
        decision: 'Izdomāts domes lēmums demonstrācijai: jauna cena no mēneša vidus',
      }),
    ],
    places: 4,
  },
  {
    key: 'aug-naujene',
    seller: 'AUG',
    provider: 'aug-sd',
    named: 'place',
    offer: {
      kind_code: 'crisis-centre',
      title: 'Naujenes krīzes centrs',
      description: 'Patvērums un palīdzība ģimenēm ar bērniem.',
      address: 'Naujenes pagasts',
      locality: 'Naujene',
      target_groups: ['crisis', 'families', 'children-youth'],
      languages: ['lv', 'ru'],
      unit: 'calendar_day',
      departure_day_charged: true,
    },
    prices: [madeUp('13.40')],
    places: 3,
  },
  {
    key: 'aug-kalupe',
    seller: 'AUG',
    provider: 'aug-sd',
    named: 'place',
    offer: {
      kind_code: 'halfway-house',
      title: 'Pusceļa māja Kalupē',
      description: 'Sagatavošanās patstāvīgai dzīvei pēc institūcijas.',
      address: 'Kalupes pagasts',
      locality: 'Kalupe',
      target_groups: ['mental'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'month',
      absence: { hospital: [{ from_day: 8, percent: '60' }] },
    },
    prices: [madeUp('568.00')],
    places: 2,
  },
  {
    key: 'bal-patversme',
    seller: 'BAL',
    provider: 'bal-sd',
    named: 'place',
    offer: {
      kind_code: 'night-shelter',
      title: 'Naktspatversme Balvos',
      description: 'Naktsmītne cilvēkiem bez noteiktas dzīvesvietas.',
      locality: 'Balvi',
      target_groups: ['homeless', 'crisis', 'ex-prisoners'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'attended_day',
    },
    prices: [madeUp('8.90')],
    places: 3,
  },
  {
    key: 'bal-eglusala',
    seller: 'BAL',
    provider: 'bal-sd',
    named: 'place',
    offer: {
      kind_code: 'crisis-centre',
      title: 'Krīzes centrs Egļusalā',
      description: 'Krīzes palīdzība ģimenēm ar bērniem un pieaugušajiem.',
      locality: 'Egļusala',
      target_groups: ['crisis', 'families', 'children-youth'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'calendar_day',
    },
    // The new decision comes six days late: for these days there is no price, and nothing is charged (R3).
    prices: [
      madeUp('14.10', { valid_to: [7, 31] }),
      madeUp('14.80', {
        valid_from: [8, 7],
        decided: [8, 6],
        decision: 'Izdomāts domes lēmums demonstrācijai: pieņemts par vēlu',
      }),
    ],
    places: 2,
  },
  {
    key: 'bal-neatkariba',
    seller: 'BAL',
    provider: 'neatkariba-balt',
    named: 'place',
    offer: {
      kind_code: 'social-rehabilitation-addiction',
      title: 'Sociālās rehabilitācijas centrs „Neatkarība Balt”',
      description: 'Dzīve un darbs kopienā cilvēkiem ar atkarībām.',
      address: 'Bērzu iela 4, Lazdukalna pagasts',
      locality: 'Lazdukalns',
      target_groups: ['addiction'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'month',
    },
    prices: [madeUp('420.00')],
    places: 2,
  },
  {
    key: 'kra-musmajas',
    seller: 'KRA',
    provider: 'musmajas',
    named: 'service',
    offer: {
      kind_code: 'social-rehabilitation-centre-child',
      title: '„Mūsmājas”: sociālā rehabilitācija bērniem',
      description: 'Speciālistu nodarbības bērniem un ģimenēm.',
      locality: 'Krāslava',
      target_groups: ['children-disability', 'children-youth'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'session',
      no_show_percent: '40',
    },
    prices: [madeUp('21.50')],
    places: 3,
  },
  {
    key: 'kra-dagda',
    seller: 'KRA',
    provider: 'dagda',
    named: 'service',
    offer: {
      kind_code: 'short-term-care',
      title: 'Īslaicīga sociālā aprūpe Dagdā',
      description: 'Aprūpe līdz trim mēnešiem pēc slimnīcas vai kamēr ģimene nevar aprūpēt.',
      locality: 'Dagda',
      target_groups: ['elderly', 'disability'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'calendar_day',
      absence: keptInHospital,
      surcharges: { single_room: { percent: '33' }, care_level_4: { per_unit: '1.64' } },
    },
    prices: [madeUp('28.60')],
    places: 3,
  },
  {
    key: 'liv-edieni',
    seller: 'LIV',
    named: 'made up',
    offer: {
      kind_code: 'meals-at-home',
      title: 'Siltas pusdienas uz mājām',
      description: 'Pusdienas darbdienās, arī Preiļu pusē. Ēdinātājs ir uzņēmums, tāpēc ir PVN.',
      locality: 'Līvāni',
      delivery_mode: 'outreach',
      target_groups: ['elderly', 'disability'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'meal',
      vat: { category: 'S', rate: '21' },
    },
    prices: [madeUp('3.95')],
  },
  {
    key: 'liv-transports',
    seller: 'LIV',
    named: 'plan',
    offer: {
      kind_code: 'specialised-transport',
      title: 'Specializētais transports Līvānos',
      description: 'Braucieni uz slimnīcām un rehabilitāciju, arī uz Rīgu.',
      locality: 'Līvāni',
      delivery_mode: 'outreach',
      target_groups: ['disability', 'mobility', 'severely-ill'],
      languages: ['lv', 'ru'],
      unit: 'kilometre',
    },
    prices: [madeUp('0.88')],
  },
  {
    key: 'lud-lauderi',
    seller: 'LUD',
    provider: 'lud-sd',
    named: 'place',
    offer: {
      kind_code: 'group-home',
      title: 'Lauderu grupu dzīvokļi',
      description: 'Grupu dzīvokļi ar saimniecību un dārzu.',
      locality: 'Lauderi',
      target_groups: ['mental'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'calendar_day',
      absence: keptInHospital,
    },
    prices: [madeUp('17.75')],
    places: 3,
  },
  {
    key: 'lud-mezvidi',
    seller: 'LUD',
    provider: 'mezvidi',
    named: 'service',
    offer: {
      kind_code: 'long-term-care-municipal',
      title: 'Mežvidu alternatīvās sociālās aprūpes centrs',
      description: 'Ilgstoša aprūpe nelielā mājā; vietas var rezervēt arī bez konkrēta klienta.',
      locality: 'Mežvidi',
      target_groups: ['elderly', 'disability'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'month',
      absence: { hospital: [{ from_day: 6, percent: '70' }] },
      surcharges: { single_room: { percent: '20' } },
    },
    prices: [madeUp('692.00')],
    places: 4,
  },
  {
    key: 'pre-vasara',
    seller: 'PRE',
    provider: 'radosa-kaste',
    named: 'service',
    offer: {
      kind_code: 'summer-camp',
      title: '„Piedzīvojumu vasara”: integrējoša nometne',
      description: 'Diennakts nometne bērniem un jauniešiem, arī ar invaliditāti.',
      locality: 'Preiļi',
      target_groups: ['children-youth', 'children-disability'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'once',
    },
    prices: [madeUp('198.00')],
    places: 10,
  },
  {
    key: 'pre-taksometrs',
    seller: 'PRE',
    named: 'made up',
    offer: {
      kind_code: 'social-taxi',
      title: 'Sociālais taksometrs',
      description: 'Brauciens novadā un uz kaimiņu novadiem cilvēkiem ar kustību traucējumiem.',
      locality: 'Preiļi',
      delivery_mode: 'outreach',
      target_groups: ['mobility'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'trip',
      no_show_percent: '100',
    },
    prices: [madeUp('6.70')],
  },
  {
    key: 'rzn-malta',
    seller: 'RZN',
    provider: 'malta',
    named: 'service',
    offer: {
      kind_code: 'short-term-care',
      title: 'Veselības un sociālās aprūpes centrs „Malta”',
      description: 'Īslaicīga aprūpe ar medicīnas māsu visu diennakti.',
      locality: 'Malta',
      target_groups: ['elderly', 'disability'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'calendar_day',
      absence: keptInHospital,
      surcharges: { single_room: { percent: '33' }, care_level_4: { percent: '8' } },
    },
    prices: [madeUp('29.40')],
    places: 2,
  },
  {
    key: 'rzn-saulstarini',
    seller: 'RZN',
    provider: 'saulstarini',
    named: 'service',
    offer: {
      kind_code: 'day-care-centre',
      title: '„Saulstariņi”: dienas aprūpe bērniem ar invaliditāti',
      description: 'Nodarbības, pieskatīšana un atbalsts vecākiem. Vietu var dalīt vairāki bērni, katrs savās dienās.',
      locality: 'Viļāni',
      target_groups: ['children-disability', 'guardians'],
      languages: ['lv', 'ltg', 'ru'],
      unit: 'attended_day',
      in_turn: true,
    },
    prices: [madeUp('19.30')],
    places: 2,
  },
]
